"""What Pool says about one step, made from the step's own numbers."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.arithmetic import number
from cnntui.cnn.steps import PoolStep, PoolSteps
from cnntui.widgets.lines import Line


def maximum(step: PoolStep) -> Line:
    """`max(0.000, 0.121, 0.345, 0.098) = 0.345`, the winner marked."""
    winner = step.winner[0] * step.patch.shape[1] + step.winner[1]
    pieces: list[tuple[str, str]] = [("max(", "")]
    for place, value in enumerate(step.patch.ravel().tolist()):
        pieces.append((", " if place else "", ""))
        pieces.append((number(value, 3), "winner" if place == winner else "dim"))
    return (*pieces, (") = ", ""), (number(step.output, 3), "winner"))


def sizes(steps: PoolSteps) -> list[Line]:
    """How many numbers there are before and after."""
    rows, cols = steps.input_map.shape
    before, after = rows * cols, steps.rows * steps.cols
    return [
        ((f"{rows}×{cols} = {before}", ""), ("  before", "dim")),
        ((f"{steps.rows}×{steps.cols} = {after}", "strong"), ("  after", "dim")),
        ((f"{after / before:.1%}", "strong"), (" of the numbers go on", "dim")),
    ]


def unread(steps: PoolSteps) -> Line:
    """Which cells of the map before are never read."""
    mask = steps.unread
    if not mask.any():
        return (("Every cell is read exactly once.", "dim"),) if steps.layer.size == steps.layer.stride else ()
    rows, cols = (np.flatnonzero(mask.all(axis=axis)).tolist() for axis in (1, 0))
    parts = [f"{word} {', '.join(map(str, places))}" for word, places in (("row", rows), ("column", cols)) if places]
    return (("× ", "negative"), (f"never read: {' and '.join(parts)}, {int(mask.sum())} cells", "dim"))


def sentence(step: PoolStep) -> Line:
    """One sentence on what is kept and what is dropped."""
    values = np.sort(step.patch.ravel())
    kept, count = number(step.output, 3), step.patch.size
    row, col = step.window.top + step.winner[0], step.window.left + step.winner[1]
    if not step.patch.any():
        return ((f"All {count} values are 0: the filter found nothing here, and 0 goes on.", ""),)
    if values[-1] == values[-2]:
        return ((f"{int((values == values[-1]).sum())} values tie at {kept}; the first of them, at ({row}, {col}), is marked.", ""),)
    second = number(float(values[-2]), 3)
    return ((f"{kept} at ({row}, {col}) wins, {second} comes second; where in the window it stood is forgotten.", ""),)
