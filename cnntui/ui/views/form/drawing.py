"""A drawing of the network that the form describes: a line for each layer, as wide as its maps."""

from __future__ import annotations

from collections.abc import Sequence

from cnntui.cnn.arithmetic import counted
from cnntui.images import mnist
from cnntui.runs.starting.draft import Draft
from cnntui.ui.widgets.text.line import Line

NAME_WIDTH = 18
SHAPE_WIDTH = 20
COUNT_WIDTH = 12

HIGHEST = 3
"""The most lines for a layer."""


def drawing(draft: Draft, width: int, height: int) -> list[Line]:
    """The drawing of the network; empty if no network has these settings, or there is no room for it."""
    plan, error = draft.plan()
    if error is not None or height < len(plan) + 3:
        return []
    room = width - NAME_WIDTH - SHAPE_WIDTH - COUNT_WIDTH
    shapes = [("image", mnist.SHAPE, 0), *((layer.name, layer.output_shape, layer.parameters) for layer in plan)]
    widest = max(_breadth(shape) for _, shape, _ in shapes)
    lines: list[Line] = [(("the network as it will be", "strong"),), ()]
    high = max(1, min(HIGHEST, (height - 3) // len(shapes)))
    for name, shape, parameters in shapes:
        bar = ("█" * max(1, round(room * _breadth(shape) / widest))).center(room)
        role = "positive" if parameters else "faint"
        count = f"{parameters:,}" if parameters else ""
        said = ((f"{_shape(shape):>{SHAPE_WIDTH}}", "dim"), (f"{count:>{COUNT_WIDTH}}", ""))
        beside: Line = ((" " * NAME_WIDTH, ""), (bar, role))
        lines += [((f"{name:<{NAME_WIDTH}}", ""), (bar, role), *said), *[beside] * (high - 1)]
    total = sum(parameters for _, _, parameters in shapes)
    return [*lines, ((f"{counted(total, 'parameter'):>{width}}", "strong"),)]


def _breadth(shape: Sequence[int]) -> float:
    """The drawn width of a layer: the width of its maps; for a vector, the side of a square with as many cells."""
    return float(shape[0]) if len(shape) > 1 else float(shape[0]) ** 0.5


def _shape(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) if len(shape) > 1 else counted(shape[0], "number")
