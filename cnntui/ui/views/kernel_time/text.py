"""The words of the view of a kernel through time, computed from the history of its weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnntui.cnn.arithmetic import counted, number
from cnntui.cnn.layers import Conv2D
from cnntui.cnn.trajectory import Trajectory
from cnntui.explore.focus import Focus
from cnntui.ui.widgets.text.line import Line, line_width

MARKER = "▲"


def head(layer: Conv2D, focus: Focus, width: int) -> Line:
    """Which kernel is shown."""
    line: Line = (
        (layer.name, "strong"), ("   filter ", "dim"), (f"{focus.filter}", "strong"), (f" of {layer.filters}", "dim"),
    )  # fmt: skip
    channel: Line = (
        ("   channel ", "dim"), (f"{focus.channel}", "strong"), (f" of {layer.kernel.shape[2]}", "dim"),
    )  # fmt: skip
    return (*line, *channel) if line_width((*line, *channel)) <= width else line


def chosen(count: int, place: int, room: int) -> list[int]:
    """The places whose weights are printed: the first, the last, and the page between them that contains `place`.

    It is a page because grids that stay in place need not be sent again at every step.
    """
    if count <= room:
        return list(range(count))
    if room < 3:
        return [place]
    page = room - 2
    first = min(1 + (min(max(place, 1), count - 2) - 1) // page * page, count - 1 - page)
    return [0, *range(first, first + page), count - 1]


def captions(way: Trajectory, places: Sequence[int], place: int, pitch: int) -> Line:
    """The steps of the grids below; the current one is marked, and … stands for omitted steps."""
    pieces: list[tuple[str, str]] = []
    for before, here in zip([-1, *places], places, strict=False):
        dots = "… " if here > before + 1 else ""
        text = f"{dots}batch {way.steps[here]:,}"
        if here == place:
            text = f"{dots}▸ {way.steps[here]:,}"
        pieces.append((text[: pitch - 1].ljust(pitch), "strong" if here == place else "dim"))
    return tuple(pieces)


def biases(way: Trajectory, places: Sequence[int], pitch: int) -> Line:
    """The bias of each grid above."""
    return tuple((f"bias {number(float(way.biases[here]))}"[: pitch - 1].ljust(pitch), "dim") for here in places)


def strip_title(count: int, view: int, width: int) -> Line:
    """The title of the row of small grids."""
    if count == 1:
        return (("only one moment was kept: there is nothing to compare it with", "dim"),)
    line: Line = (
        (
            f"{count} moments of the training" if count <= view else f"{view} of {count} moments of the training",
            "strong",
        ),
        (": warm weights are positive, blue negative", "dim"),
    )
    return line if line_width(line) <= width else line[:1]


def moved_title(way: Trajectory, place: int, width: int) -> Line:
    """How far the weights are from their initial values."""
    begin, whole = f"distance from batch {way.steps[0]:,}", f", over {counted(way.kernels[0].size, 'weight')}: "
    now, end = _value(way.moved[place]), (("   at the end ", "dim"), (number(float(way.moved[-1])), ""))
    line: Line = ((begin + whole, "dim"), now, *end)
    return line if line_width(line) <= width else ((begin + ": ", "dim"), now, *end)


def alike_title(way: Trajectory, place: int, width: int) -> Line:
    """How similar the weights already are to their final values."""
    line: Line = (("cosine to the last kernel: ", "dim"), _value(way.alike[place]))
    long: Line = (("   1 is the same pattern, 0 unrelated, −1 its opposite", "dim"),)
    return (*line, *long) if line_width((*line, *long)) <= width else line


def _value(value: np.float32) -> tuple[str, str]:
    return number(float(value)), "strong"


def axis(steps: Sequence[int], place: int | None, pitch: int) -> Line:
    """The numbers of the steps below their bars, as many as keep apart; always that of the current step.

    Args:
        steps: the steps in view.
        place: the place of the current step among them; None if it is out of view.
        pitch: the number of columns from one step to the next.
    """
    pieces: list[tuple[str, str]] = []
    end = 0
    start = None if place is None else place * pitch
    for index, step in enumerate(steps):
        at, text = index * pitch, f"{step}"
        if index == place:
            text = MARKER + text
        elif at < end or (start is not None and at < start <= at + len(text)):
            continue
        if at < end:
            continue
        # Blanks have the role of their neighbours, so that all are one run of text.
        pieces += [(" " * (at - end), "dim"), (text + " ", "strong" if index == place else "dim")]
        end = at + len(text) + 1
    return tuple(pieces)


def sentence(way: Trajectory, width: int) -> Line:
    """One sentence about when the kernel moved."""
    for text in _sentences(way):
        if len(text) <= width:
            return ((text, ""),)
    return ((_sentences(way)[-1], ""),)


def _sentences(way: Trajectory) -> list[str]:
    """The sentence, the longest form first."""
    last = way.steps[-1]
    if len(way.steps) < 2:
        return ["A run trained in cnntui keeps its moments and shows here how a kernel forms."]
    if not np.isfinite(way.moved[-1]):
        return ["The last weights are not numbers: the training diverged.", "The training diverged."]
    place = way.reached(0.5)
    if place is None:
        return [f"None of its weights changed from batch {way.steps[0]:,} to batch {last:,}."]
    if place == len(way.steps) - 1:
        return [f"Most of the change happened after batch {way.steps[-2]:,}."]
    most = way.reached(0.9)
    assert most is not None
    step = f"{way.steps[place]:,}"
    nine = f"nine tenths by batch {way.steps[most]:,}"
    half = f"Half of the change had come by batch {step} of {last:,}"
    form = f"Cosine of its first and its last pattern: {number(float(way.alike[0]), 2)}"
    return [f"{half}, {nine}. {form}.", f"{half}, {nine}.", f"{half}.", f"Half of the change: by batch {step}."]
