"""Where the parts of Learn lie: the lessons in the middle, a blank line between two where there are enough."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.ui.widgets.places import Places, Room, is_small

WIDTH = 104
"""Columns of a lesson's line at most."""

BELOW = 3
"""Lines on the chosen lesson."""


def apart(lines: int, lessons: int) -> int:
    """How many lines there are from one lesson to the next in so many lines."""
    return 2 if lines >= 2 * lessons - 1 else 1


def places(size: Size, lessons: int) -> Places:
    """Where the parts of Learn lie in a stage of a size, for so many lessons."""
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
