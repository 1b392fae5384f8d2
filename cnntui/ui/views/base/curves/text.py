"""Words for the newest value of a curve."""

from __future__ import annotations

import math

from cnntui.printable import shortened
from cnntui.runs.history.history import History


def newest_loss(history: History, mean: float) -> str:
    """The loss over the newest batches, or a note that the newest loss is not a number."""
    lost = history.lost_steps
    return "not a number" if lost.size and lost[-1] == history.step else loss(mean)


def loss(value: float) -> str:
    """A loss with three significant digits; a dash if there is none."""
    if not math.isfinite(value):
        return "–"
    if value >= 100:
        return f"{value:,.0f}" if value < 100_000 else f"{value:.2e}".replace("e+0", "e").replace("e+", "e")
    return f"{value:.3f}" if value >= 0.01 else f"{value:.2g}"


def measured(value: float) -> str:
    """The newest value on the test images; empty if none was measured."""
    return loss(value) if math.isfinite(value) else ""


def curve_name(name: str, place: int, count: int) -> str:
    """The name of the second chart's curve, and its number if there are several curves."""
    short = shortened(name, 16)
    return short if count < 2 else f"{short} {place + 1}/{count}"
