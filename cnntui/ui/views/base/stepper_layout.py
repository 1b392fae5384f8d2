"""The layout of the input, the numbers of one step and the output on Convolve and Pool."""

from __future__ import annotations

from typing import NamedTuple

from textual.geometry import Region, Size

from cnntui.cnn.ops import Pair
from cnntui.ui.widgets.grids.geometry import NUMBER_CELLS, Geometry
from cnntui.ui.widgets.places import Places, Room, drawn, is_whole, place_map, side

TITLE_WIDTH = 24
"""The narrowest title above a map."""


class Maps(NamedTuple):
    """Both maps, and the room that they leave for numbers.

    Attributes:
        places: the places of the maps and their titles.
        numbers: the room between the maps, or above the output.
    """

    places: Places
    numbers: Room


def is_small(size: Size) -> bool:
    """Whether there is room only for both maps and one line."""
    return size.height < 22 or (size.width < 80 and size.height < 36)


def maps(room: Region, before: Pair, after: Pair, column: int, corner: Size) -> Maps:
    """The arrangement in which both maps are largest, with the numbers between the maps if possible.

    Args:
        room: the room for maps, titles and numbers.
        before, after: the rows and columns of the input map and the output map.
        column: the number of columns that the numbers need between the maps.
        corner: the size that the numbers need beside the output.
    """
    ways = (
        _beside(room, before, after, column),
        _large_and_small(room, before, after, corner),
        _above(room, before, after, corner),
    )
    return max(ways, key=lambda way: way.size).maps


def maps_alone(room: Region, before: Pair, after: Pair) -> Places:
    """Both maps side by side, with titles unless these make either map smaller."""
    titled = _beside(room, before, after, 1)
    lines = Region(room.x, room.y - 1, room.width, room.height + 1)
    untitled = _beside(lines, before, after, 1)
    if titled.size == untitled.size and titled.shows_all:
        return titled.maps.places
    return {name: untitled.maps.places[name] for name in ("input", "output")}


NOT_WHOLE = (0, 0, 0)
"""The size of an arrangement that is used only if there is no other."""


class _Arrangement(NamedTuple):
    """An arrangement and the size of its maps, `NOT_WHOLE` if the output is not shown completely."""

    size: tuple[int, int, int]
    shows_all: bool
    maps: Maps


def _beside(room: Region, before: Pair, after: Pair, column: int) -> _Arrangement:
    """Put the numbers between the maps."""
    columns = room.width - column - 2
    first = drawn(
        before, max(columns * before[1] // (before[1] + after[1]), min(before[1], columns // 2)), room.height - 1
    )
    second = drawn(after, columns - first.width, room.height - 1)
    gap = min(3, 1 + max(0, columns - first.width - second.width) // 2)
    places: Places = {}
    left = Room(room)
    place_map(places, "input", Room(left.left(first.width, gap=gap)), first)
    wide = max(second.width, min(TITLE_WIDTH, columns - first.width - 2 * gap + 2))
    place_map(places, "output", Room(left.right(wide, gap=gap)), second)
    shows_all = is_whole(first, before) and is_whole(second, after)
    return _Arrangement(_size(first, second), shows_all, Maps(places, left))


def _large_and_small(room: Region, before: Pair, after: Pair, corner: Size) -> _Arrangement:
    """Put the numbers above the output, in the column beside the input."""
    first = drawn(before, room.width - max(corner.width, after[1]) - 3, room.height - 1)
    width = room.width - first.width - 3
    second = drawn(after, width, first.height - corner.height - 1)
    if second.rows < after[0]:
        second = drawn(after, width, room.height - corner.height - 2)
    places: Places = {}
    left = Room(room)
    place_map(places, "input", Room(left.left(first.width, gap=3)), first)
    left = Room(left.top(max(1 + first.height, corner.height + 2 + second.height)))
    numbers = Room(left.top(left.height - second.height - 2, gap=1))
    place_map(places, "output", left, second)
    size = _size(first, second) if is_whole(second, after) else NOT_WHOLE
    return _Arrangement(size, is_whole(first, before), Maps(places, numbers))


def _above(room: Region, before: Pair, after: Pair, corner: Size) -> _Arrangement:
    """Put the input above everything else, for tall windows."""
    least = max(corner.height, -(-after[0] // 2) + 1)
    first = drawn(before, room.width, room.height - least - 2)
    places: Places = {}
    left = Room(room)
    place_map(places, "input", Room(left.top(1 + first.height, gap=1)), first)
    second = drawn(after, room.width - corner.width - 3, left.height - 1)
    place_map(places, "output", Room(left.right(max(second.width, TITLE_WIDTH), gap=3)), second)
    fits = is_whole(second, after) and left.height >= corner.height and left.width >= corner.width
    return _Arrangement(_size(first, second) if fits else NOT_WHOLE, is_whole(first, before), Maps(places, left))


def _size(first: Geometry, second: Geometry) -> tuple[int, int, int]:
    """How large the maps are drawn: the smaller cells count first, then those of both, then those of the input."""
    sides = side(first), side(second)
    return min(sides), sum(sides), sides[0]


def numbers_of(shape: Pair, cell: Size = NUMBER_CELLS[-1]) -> Size:
    """The space that a grid of numbers takes up.

    Args:
        shape: the rows and columns of the grid.
        cell: the size of a cell, one of `NUMBER_CELLS`.
    """
    return Size(shape[1] * cell.width, shape[0] * cell.height)
