"""The words of Pool for one step, computed from the step's own numbers."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.arithmetic import MINUS, apart, counted, number, percent, relation
from cnntui.cnn.layers import Pool2D, times
from cnntui.cnn.network import Network
from cnntui.cnn.receptive_field import receptive_field
from cnntui.cnn.steps import PoolStep, PoolSteps
from cnntui.ui.widgets.text.line import Line


def equation(step: PoolStep) -> Line:
    """`max(0.000, 0.121, 0.345, 0.098) = 0.345` with the winner marked, or `mean(…) ≈ 0.141`, which has no winner."""
    shown, output = [number(value, 3) for value in step.patch.ravel().tolist()], number(step.output, 3)
    if step.winner is None:
        # The printed values have the printed mean if subtracting it once for each of them leaves nothing.
        equal = relation([*((value,) for value in shown), (f"{MINUS}{len(shown)}", output)], "0")
        return (("mean(", ""), (", ".join(shown), "dim"), (f") {equal} ", ""), (output, "window"))
    winner = step.winner[0] * step.patch.shape[1] + step.winner[1]
    pieces: list[tuple[str, str]] = [("max(", "")]
    for place, value in enumerate(shown):
        pieces.append((", " if place else "", ""))
        pieces.append((value, "winner" if place == winner else "dim"))
    return (*pieces, (") = ", ""), (output, "winner"))


def counts(steps: PoolSteps, maps: int) -> list[Line]:
    """The count of numbers before and after pooling."""
    rows, cols = steps.input_map.shape
    before, after = rows * cols, steps.rows * steps.cols
    return [
        (("before  ", "dim"), (f"{rows}×{cols} = {before}", "")),
        (("after   ", "dim"), (f"{steps.rows}×{steps.cols} = {after}", "strong")),
        ((percent(after / before), "strong"), (" are kept", "dim")),
        (),
        ((f"in {counted(maps, 'map')}", "dim"),),
        ((f"{before * maps:,} → ", ""), (f"{after * maps:,}", "strong")),
    ]


def field_growth(network: Network, layer: Pool2D) -> Line:
    """How the pool widens the receptive field of a cell, and that of the next layer."""
    source = network.before(layer.name)
    before = receptive_field(network, source.name).size if source is not None else (1, 1)
    after = receptive_field(network, layer.name).size
    line: Line = (
        ("receptive field ", "dim"), (times(before), ""), (" pixels before, ", "dim"),
        (times(after), "strong"), (" after", "dim"),
    )  # fmt: skip
    following = network.after(layer.name)
    if following is not None and network.has_maps(following.name):
        wider = receptive_field(network, following.name).size
        line = (*line, ("; the next layer's ", "dim"), (times(wider), "strong"))
    return line


def unread(steps: PoolSteps) -> Line:
    """The cells of the input that are never read."""
    mask = steps.unread
    if not mask.any():
        return (("Every cell is read exactly once.", "dim"),) if steps.layer.size == steps.layer.stride else ()
    rows, cols = (np.flatnonzero(mask.all(axis=axis)).tolist() for axis in (1, 0))
    parts = [f"{word} {', '.join(map(str, places))}" for word, places in (("row", rows), ("column", cols)) if places]
    return (("× ", "negative"), (f"never read: {' and '.join(parts)}, {counted(int(mask.sum()), 'cell')}", "dim"))


def sentence(step: PoolStep) -> Line:
    """One sentence about what is kept and what is dropped."""
    values = np.sort(step.patch.ravel())
    kept, count = number(step.output, 3), step.patch.size
    if step.winner is None:
        if not step.patch.any():
            return ((f"All {count} values are 0, and so is their average: the filter found nothing here.", ""),)
        largest = number(float(values[-1]), 3)
        return ((f"The average is {kept}; the largest value alone is {largest}. Positions are lost.", ""),)
    row, col = step.window.top + step.winner[0], step.window.left + step.winner[1]
    if not step.patch.any():
        return ((f"All {count} values are 0: the filter found nothing here, so the output is 0.", ""),)
    if values[-1] == values[-2]:
        tied = int((values == values[-1]).sum())
        return ((f"{tied} values tie at {kept}; the first of them, at ({row}, {col}), is marked.", ""),)
    first, second = apart(float(values[-1]), float(values[-2]))
    return ((f"{first} at ({row}, {col}) wins over {second}; its position within the window is lost.", ""),)
