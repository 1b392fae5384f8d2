"""The layout of Train: the curves above, and below them the network's prediction for one image."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.cnn.ops import Pair
from cnntui.ui.widgets.grids.geometry import Geometry
from cnntui.ui.widgets.places import Places, Room, drawn, is_small, shown_at, text_at

LEAST_BELOW = 14
"""The fewest lines below the curves."""

PROBABILITIES_WIDTH = 9
"""The least width of the probabilities beside the names of their classes."""

LONGEST_NAME = 7
"""The least width for the name of a class, if the name is that long."""

WAYS_WIDTH = 36
"""The number of columns of the list of views for a network from a file."""

WITH_PROBLEM = 110
"""The least width at which both charts stay beside a run's problem."""

WIDEST_PROBLEM = 60
"""The most columns of a run's problem."""

MOST_KNOWN = 9
"""The most lines of facts about a network from a file."""


def places(
    size: Size,
    image: Pair,
    classes: int,
    has_problem: bool,
    is_unopened: bool = False,
    names: int = 1,
    is_file: bool = False,
) -> Places:
    """The layout of Train in a stage of some size.

    Args:
        size: columns and lines.
        image: the rows and columns of the input.
        classes: the number of classes.
        has_problem: whether a run's problem is shown, which replaces the accuracy if there is little room.
        is_unopened: whether the reason why the run's network cannot be opened replaces the kernels.
        names: the number of columns of the longest class name.
        is_file: whether the network comes from a file, which has no curves.
    """
    room = Room.of(size)
    placed = {"status": room.top(1)}
    kernels = "unopened" if is_unopened else "kernels"
    if is_small(size):
        return placed | _small(room, has_problem, kernels, is_file)
    lines = 6 + max(0, size.height - 22) // 2
    if is_file:
        lines = min(lines, MOST_KNOWN)
    below = size.height - 2 - lines - int(size.height >= 34)
    picture = _picture(image, room.width, below)
    # The curves get the lines that neither the image nor the classes need.
    lines += max(0, below - max(picture.height, classes + 4, LEAST_BELOW)) if not is_file else 0
    charts = Room(room.top(lines))
    if is_file:
        placed["ways"] = charts.right(max(WAYS_WIDTH, charts.width // 2 - 1), gap=2)
        placed["known"] = charts.rest()
    else:
        if has_both := has_problem and charts.width >= WITH_PROBLEM:
            placed["problem"] = charts.right(min(WIDEST_PROBLEM, charts.width // 3), gap=3)
        replaces = has_problem and not has_both
        placed["loss"] = charts.left(charts.width // 2 - 1, gap=3 if replaces else 1)
        placed["problem" if replaces else "accuracy"] = charts.rest()
    placed["diagnosis"] = room.top(1, gap=int(size.height >= 34))
    digit = _picture(image, room.width, room.height)
    placed["digit"] = shown_at(Room(room.left(digit.width, gap=1 if size.width < 100 else 2)).rest(), digit)
    placed["sentence"] = text_at(room.top(1, gap=int(room.height >= 20)))
    wide = PROBABILITIES_WIDTH + max(min(names, LONGEST_NAME), 1 + max(0, size.width - 80) // 6)
    bars = Room(room.left(wide, gap=1 if size.width < 100 else 2))
    placed["probabilities-title"] = bars.top(1)
    placed["probabilities"] = bars.top(min(classes, bars.height - 2))
    if not is_unopened:
        placed["legend"] = bars.top(2)
    placed["kernels-title"] = room.top(1)
    placed["kernels-range"] = room.bottom(1)
    # The blank column on the right also belongs to the kernels: a row of five units needs it.
    placed[kernels] = room.rest().grow((0, 1, 0, 0))
    return placed


def _picture(image: Pair, width: int, height: int) -> Geometry:
    return drawn(image, max(28, width * 2 // 5), height)


def _small(room: Room, has_problem: bool, kernels: str, is_file: bool) -> Places:
    charts = Room(room.top(max(5, room.height // 3)))
    if is_file:
        placed = {"known": charts.rest()}
    elif has_problem:
        placed = {"problem": charts.rest()}
    else:
        placed = {"loss": charts.left(charts.width // 2 - 1, gap=1), "accuracy": charts.rest()}
    placed["probabilities"] = room.left(17, gap=2)
    placed["diagnosis"] = room.top(1)
    placed["sentence"] = text_at(room.top(1))
    placed["kernels-title"] = room.top(1)
    placed[kernels] = room.rest()
    return placed
