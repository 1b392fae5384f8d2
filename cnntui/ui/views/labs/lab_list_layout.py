"""The layout of the labs: cards with pictures; in less room a list above the selected lab's card; at worst a list."""

from __future__ import annotations

from textual.geometry import Region, Size

from cnntui.cnn.ops import Pair
from cnntui.ui.widgets.grids.overview import reduction
from cnntui.ui.widgets.places import Places, Room, text_at

LEAST = Size(116, 30)
"""The smallest stage with cards."""

LEAST_WITH_CARD = Size(100, 28)
"""The smallest stage with a list and a card below it."""

EXPERIMENT = 4
"""The most lines of an experiment beside its picture."""

TOP = 2
"""The number of lines above the first lab of the list."""

WIDEST_PICTURE = 28
"""The widest picture of a card."""


def columns_of(size: Size) -> int:
    """How many cards stand side by side; 0 if only the selected lab has a card, or none has."""
    if size.width < LEAST.width or size.height < LEAST.height:
        return 0
    return 3 if size.width >= 170 else 2


def places(size: Size, image: Pair, count: int, chosen: int) -> Places:
    """The layout of a number of labs, one of them selected, in a stage of some size."""
    room, across = Room.of(size), columns_of(size)
    if not across and size.width >= LEAST_WITH_CARD.width and size.height >= LEAST_WITH_CARD.height:
        room.top(1)
        placed = {"labs": text_at(room.top(TOP + 2 * count, gap=1))}
        picture = _picture(image, min(WIDEST_PICTURE, room.width // 2), room.height)
        placed[f"picture-{chosen}"] = Room(room.left(picture.width, gap=2)).top(picture.height)
        column = Room(text_at(room.rest()))
        placed[f"card-{chosen}"] = column.top(EXPERIMENT, gap=1)
        return placed | {"more": column.rest()}
    if not across:
        room.top(int(size.height >= 20))
        return {"labs": text_at(room.rest())}
    placed = {"labs-title": room.top(1, gap=1)}
    down, gap = -(-count // across), 4
    height, width = room.height // down, (room.width - gap * (across - 1)) // across
    picture = _picture(image, min(WIDEST_PICTURE, width // 2), height - 1)

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


def _picture(image: Pair, width: int, height: int) -> Size:
    rows, cols = image
    by = reduction(rows, cols, width, height)
    return Size(-(-cols // by), -(-rows // (2 * by)))
