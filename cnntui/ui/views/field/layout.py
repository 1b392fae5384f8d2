"""The layout of the receptive field view: the image, and beside it the maps that its pixels lead to."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region, Size

from cnntui.cnn.ops import Pair
from cnntui.ui.widgets.places import Places, Room, drawn, head, is_small, shown_at, text_at

STORY = 6
"""The number of lines of text in a small window."""

TITLE_WIDTH = 28
"""The narrowest title above a map."""

BREADTHS = (112, 84, 70, 56, 42, 28)
"""The widths that are tried for the maps, the widest first."""


def places(size: Size, image: Pair, maps: Sequence[Pair], selected: int | None) -> Places:
    """The layout of the view in a stage of some size.

    Args:
        size: columns and lines.
        image: the rows and columns of the input.
        maps: the rows and columns of each map that is drawn.
        selected: the place of the current layer's map among them; None if no layer with maps is current.
    """
    room = Room.of(size)
    placed = head(room, "head", "where", 28)
    if not maps:
        digit = drawn(image, max(28, min(room.width // 2, room.width - 48)), room.height - 1)
        column = Room(room.left(max(28, digit.width), gap=2))
        placed |= {"digit-title": column.top(1), "digit": shown_at(column.rest(), digit)}
        room.top(1)
        return placed | {"story": text_at(room.rest())}
    if is_small(size):
        placed["story"] = text_at(room.bottom(1))
        chosen = selected or 0
        digit, one = drawn(image, room.width // 2, room.height), drawn(maps[chosen], room.width // 2, room.height)
        placed["digit"] = shown_at(room.left(max(28, digit.width), gap=2), digit)
        placed[f"map-{chosen}"] = shown_at(room.rest(), one)
        return placed
    if size.width >= 100 and size.height >= 28 and (roomy := _beside_the_image(room, image, maps)):
        return placed | roomy
    return placed | _few(room, image, maps)


def _beside_the_image(room: Room, image: Pair, maps: Sequence[Pair]) -> Places:
    """Much room: put the image above its text, and all maps beside it; no places if the maps do not fit."""
    digit = drawn(image, room.width // 2, room.height - 1 - STORY - 2)
    whole = Room(room.region)
    left = Room(whole.left(max(28, digit.width), gap=3))
    packed = _packed(whole.rest(), maps)
    if not packed:
        return {}
    placed = {"digit-title": left.top(1), "digit": shown_at(left.top(digit.height, gap=1), digit)}
    return placed | {"story": text_at(left.rest())} | packed


def _few(room: Room, image: Pair, maps: Sequence[Pair]) -> Places:
    """Little room: put one map beside the image, and the others, smaller, in a column of their own."""
    placed: Places = {}
    column = Room(room.right(21 + max(0, room.width - 78) // 2, gap=1))
    placed["story"] = text_at(room.bottom(max(STORY, room.height - 15)))
    digit, first = drawn(image, 28, room.height - 1), drawn(maps[0], room.width - 29, room.height - 1)
    left = Room(room.left(28, gap=1))
    placed |= {"digit-title": left.top(1), "digit": shown_at(left.rest(), digit)}
    placed |= {"title-0": room.top(1), "map-0": shown_at(room.rest(), first)}
    last = len(maps) > 3
    for place in range(1, min(len(maps), 3)):
        lines = (column.height - (6 if last else 0)) // (3 - place)
        part = Room(column.top(lines))
        placed[f"title-{place}"] = part.top(1)
        placed[f"map-{place}"] = shown_at(part.rest(), drawn(maps[place], part.width, part.height))
    halves = [column.left((column.width - 1) // 2, gap=1), column.rest()]
    for place, half in zip(range(3, len(maps)), halves, strict=False):
        part = Room(half)
        placed[f"title-{place}"] = part.top(1)
        placed[f"map-{place}"] = shown_at(part.rest(), drawn(maps[place], part.width, part.height))
    return placed


def _packed(room: Region, maps: Sequence[Pair]) -> Places:
    """The maps in rows, as large as possible, the last ones smaller if that helps the others; no places if none fit."""
    ways = ((breadth, large) for breadth in BREADTHS for large in range(len(maps), 0, -1))
    for breadth, large in ways:
        breadths = [breadth if place < large else breadth // 2 for place in range(len(maps))]
        if placed := _in_rows(room, maps, breadths):
            return placed
    return {}


def _in_rows(room: Region, maps: Sequence[Pair], breadths: Sequence[int]) -> Places:
    """The maps in rows; no places if they do not fit."""
    placed: Places = {}
    x, y, high = room.x, room.y, 0
    for place, (shape, breadth) in enumerate(zip(maps, breadths, strict=True)):
        size = drawn(shape, breadth, (breadth + 1) // 2)
        wide = max(size.width, TITLE_WIDTH)
        if x + wide > room.right and x > room.x:
            x, y, high = room.x, y + high + 1, 0
        if (size.rows, size.cols) != shape or x + wide > room.right or y + 1 + size.height > room.bottom:
            return {}
        placed[f"title-{place}"] = Region(x, y, wide, 1)
        placed[f"map-{place}"] = Region(x, y + 1, size.width, size.height)
        x, high = x + wide + 2, max(high, 1 + size.height)
    return placed
