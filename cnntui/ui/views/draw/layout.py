"""The layout of Draw: the canvas as large as possible, and beside it the network's input and its prediction."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.cnn.ops import Pair
from cnntui.ui.widgets.places import Places, Room, drawn, is_small, shown_at, text_at

ANSWER_WIDTH = 17
"""The least width of the prediction and the probabilities."""


def places(size: Size, image: Pair, classes: int) -> Places:
    """The layout of Draw in a stage of some size."""
    room = Room.of(size)
    placed = {"tools": room.top(1)}
    if is_small(size):
        placed["talk"] = text_at(room.bottom(1))
        canvas = drawn(image, room.width - 30, room.height)
        placed["canvas"] = shown_at(room.left(canvas.width, gap=2), canvas)
        placed |= {"answer": room.top(3, gap=1), "probabilities": room.rest()}
        return placed
    placed["talk"] = text_at(room.bottom(5, gap=int(size.height >= 24)))
    given = drawn(image, 28 if size.width < 180 else 56, room.height - 1)
    gap = 2 if room.width < 100 else 3
    beside = max(28, given.width) + 2 + ANSWER_WIDTH + gap
    canvas = drawn(image, room.width - beside, room.height - 1)
    column = Room(room.left(max(28, canvas.width), gap=gap))
    placed |= {"canvas-title": column.top(1), "canvas": shown_at(column.rest(), canvas)}
    above = Room(room.top(max(1 + given.height, 1 + 3 + 1 + min(classes, 10)), gap=1))
    column = Room(above.left(max(28, given.width), gap=2))
    placed |= {"given-title": column.top(1), "given": shown_at(column.rest(), given)}
    above.top(1)
    placed["answer"] = above.top(3, gap=1)
    placed["probabilities"] = Room(above.rest()).top(min(above.height, classes))
    if room.height >= 6:
        placed["lesson"] = text_at(room.rest())
    return placed
