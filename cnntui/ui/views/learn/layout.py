"""The layout of Learn: the lessons in the middle, with blank lines between them if there is room."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.ui.widgets.places import Places, Room, is_small

WIDTH = 104
"""The widest line of a lesson."""

BELOW = 3
"""The number of lines about the selected lesson."""


def apart(lines: int, lessons: int) -> int:
    """The number of lines from one lesson to the next."""
    return 2 if lines >= 2 * lessons - 1 else 1


def places(size: Size, lessons: int) -> Places:
    """The layout of Learn in a stage of some size, for some number of lessons."""
    if is_small(size):
        room = Room.of(size)
        placed = {"head": room.top(1), "below": room.bottom(BELOW - 1)}
        return placed | {"lessons": room.rest()}
    room = Room(Room.of(size).centred(WIDTH))
    fixed = 1 + 1 + 1 + BELOW
    each = 2 if room.height >= fixed + 2 * lessons + 2 else 1
    lines = min(each * lessons, room.height - fixed)
    room.top((room.height - fixed - lines) // 3)
    placed = {"head": room.top(1, gap=1)}
    placed["lessons"] = room.top(lines, gap=1)
    placed["below"] = room.top(BELOW)
    return placed
