"""The occlusion experiment in words: the effect of a grey square on a probability."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.arithmetic import counted, percent
from cnntui.cnn.layers import times
from cnntui.cnn.occlusion import Occlusion
from cnntui.cnn.ops import Pair
from cnntui.ui.widgets.text.line import Line, line_width


def title(label: int, size: int) -> Line:
    """The title of the heat map, which explains its colours."""
    return (
        (f"grey {times((size, size))}: ", "dim"), (f"P({label}) ", "strong"),
        ("■falls ", "positive"), ("■rises", "negative"),
    )  # fmt: skip


def sentence(occlusion: Occlusion | None, label: int, pointed: Pair | None, width: int) -> Line:
    """The effect of the grey square: where the effect is largest, or at the pixel that is pointed at.

    Args:
        occlusion: the measurement so far; None if there is none.
        label: the class whose probability is measured.
        pointed: the row and column of a pixel; None for the place with the largest effect.
        width: the number of columns.
    """
    if occlusion is None or not occlusion.is_complete:
        done, rows = (occlusion.done, occlusion.positions) if occlusion is not None else (0, (1, 1))
        return ((f"measuring: {done:,} of {rows[0] * rows[1]:,} places", "dim"),)
    before = float(occlusion.before[label])
    if not np.isfinite(before):
        return (("P is not a number: training diverged, so there is nothing to measure.", "bad"),)
    place = pointed or occlusion.extreme(label)
    after = before if place is None else float(occlusion.probability(label, *place) or 0.0)
    shown, shown_after = _apart(before, after)
    if shown == shown_after:
        where = "No grey square anywhere changes" if pointed is None else f"Grey at {place} does not change"
        return ((f"{where} P({label}), {percent(before, 4)}.", ""),)
    line: Line = (
        (f"Grey at {place} ", ""), ("drops", "positive") if after < before else ("raises", "negative"),
        (f" P({label}) from {shown} to {shown_after}", ""),
    )  # fmt: skip
    if pointed is None:
        end = ": more than anywhere else"
        misread = f"; at {occlusion.misread} of {counted(occlusion.done, 'place')} the answer changes"
        for more in (end + misread, end):
            if line_width(line) + len(more) < width:
                line = (*line, (more, ""))
                break
    return (*line, (".", ""))


def _apart(before: float, after: float) -> tuple[str, str]:
    """Two probabilities with just enough decimals to show their difference; with the most if none suffice."""
    for decimals in (2, 4, 6):
        shown, shown_after = percent(before, decimals), percent(after, decimals)
        if shown != shown_after and not {*shown, *shown_after} & {*"<>"}:
            break
    return shown, shown_after
