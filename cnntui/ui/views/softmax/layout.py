"""The layout of softmax: the classes with their exponentials, the sum, and the image beside them."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.cnn.ops import Pair
from cnntui.ui.views.base.sizes import holds
from cnntui.ui.widgets.places import Places, Room, drawn, head, is_small, shown_at, text_at

LARGE = Size(116, 24)
"""The smallest stage with a column for the image."""


def places(size: Size, image: Pair, classes: int) -> Places:
    """The layout of softmax in a stage of some size."""
    room = Room.of(size)
    placed = head(room, "head", "where", 17)
    lines = classes + 2
    if is_small(size):
        placed["equation"] = text_at(room.bottom(1))
        placed["sum"] = text_at(room.bottom(2))
        placed["classes"] = room.top(min(lines, room.height))
        return placed
    if holds(size, LARGE):
        digit = drawn(image, min(56, room.width - 3 - 84), room.height - 1)
        column = Room(room.right(max(28, digit.width), gap=3))
        placed |= {"digit-title": column.top(1), "digit": shown_at(column.rest(), digit)}
    gap = min(3, 1 + max(0, room.height - lines - 9) // 6)
    placed["classes"] = room.top(min(lines, room.height - 8), gap=gap if room.height > lines + 8 else 0)
    placed["sum"] = text_at(room.top(2, gap=gap - 1))
    placed["equation"] = text_at(room.top(1, gap=gap))
    placed["shift"] = text_at(room.top(3, gap=gap - 1))
    placed["from"] = text_at(room.top(1))
    return placed
