"""Where the parts of Runs lie: the list, and beside it the curves and the settings of the run that is pointed at."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.ui.widgets.places import Places, Room, is_small

LARGE = Size(116, 30)
"""The smallest stage with a column for one run."""

LIST_WIDTH = 78
"""Columns of the list beside it."""


def places(size: Size, is_asking: bool) -> Places:
    """Where the parts of Runs lie in a stage of a size.

    Args:
        size: columns and lines.
        is_asking: whether something is typed.
    """
    room = Room.of(size)
    placed: Places = {}
    if size.width >= LARGE.width and size.height >= LARGE.height:
        width = max(36, min(room.width - LIST_WIDTH - 3, room.width // 2))
        column = Room(room.right(width, gap=3))
        placed["of-run"] = column.top(1)
        placed["loss"] = column.top(min(14, (column.height - 12) // 2), gap=1)
        placed["accuracy"] = column.top(placed["loss"].height, gap=1)
        placed["settings"] = column.rest()
    placed["title"] = room.top(1)
    placed["details"] = room.bottom(2)
    gap = room.bottom(1)
    if is_asking:
        placed["typed"] = gap
    placed["table"] = room.rest() if not is_small(size) else room.top(room.height)
    return placed
