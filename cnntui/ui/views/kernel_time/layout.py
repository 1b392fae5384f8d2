"""The layout of a kernel through time: parts one below the other, as wide as the window."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.ui.widgets.places import Places, Room, head, is_small, text_at


def places(size: Size, rows: int, is_numbered: bool) -> Places:
    """The layout of the view in a stage of some size."""
    room, small = Room.of(size), is_small(size)
    if small or size.width >= 110:
        placed = head(room, "head", "where", 30)
    else:
        placed = {"head": room.top(1), "where": room.top(1)}
    placed["sentence"] = text_at(room.bottom(1, gap=int(size.height >= 30)))
    placed["axis"] = room.bottom(1)
    gap = int(size.height >= 30)
    if is_numbered:
        placed["captions"] = room.top(1)
        roomy = room.height >= 30
        placed["numbers"] = room.top(rows * (2 if roomy else 1))
        placed["biases"] = room.top(1, gap=int(not small))
    placed["strip-title"] = room.top(1)
    bars = 1 if small else 2
    # A third of the rest is for the kernels, and two thirds for the distances that they have moved.
    strip = max(max(3, rows), min(3 * rows, room.height // 3))
    placed["strip"] = room.top(min(strip, room.height - 2 * bars), gap=gap)
    if small:
        return placed | {"moved-title": room.top(1), "moved": room.rest()}
    placed["moved-title"] = room.top(1)
    placed["moved"] = room.top((room.height - 1 - gap + 1) // 2, gap=gap)
    placed["alike-title"] = room.top(1)
    placed["alike"] = room.rest()
    return placed
