"""The layout of the labs' cards: two or three columns of cards with pictures, or a plain list in little room."""

from __future__ import annotations

from textual.geometry import Region, Size

from cnntui.cnn.ops import Pair
from cnntui.ui.widgets.grids.overview import reduction
from cnntui.ui.widgets.places import Places, Room, text_at

LEAST = Size(116, 30)
"""The smallest stage with cards."""

WIDEST_PICTURE = 28
"""The widest picture of a card."""


def columns_of(size: Size) -> int:
    """How many cards stand side by side; 0 if the labs are a list."""
    if size.width < LEAST.width or size.height < LEAST.height:
        return 0
    return 3 if size.width >= 170 else 2


def places(size: Size, image: Pair, count: int) -> Places:
    """The layout of the cards in a stage of some size."""
    room, across = Room.of(size), columns_of(size)
    if not across:
        room.top(int(size.height >= 20))
        return {"labs": text_at(room.rest())}
    placed = {"labs-title": room.top(1, gap=1)}
    down, gap = -(-count // across), 4
    height, width = room.height // down, (room.width - gap * (across - 1)) // across
    rows, cols = image
    by = reduction(rows, cols, min(WIDEST_PICTURE, width // 2), height - 1)
    picture = Size(-(-cols // by), -(-rows // (2 * by)))

    def card_at(place: int) -> Room:
        row, col = divmod(place, across)
        return Room(Region(room.region.x + col * (width + gap), room.region.y + row * height, width, height - 1))

    for place in range(count):
        card = card_at(place)
        placed[f"picture-{place}"] = Room(card.left(picture.width, gap=2)).top(picture.height)
        placed[f"card-{place}"] = text_at(card.rest())
    if count < down * across:
        placed["more"] = text_at(card_at(count).rest())
    return placed
