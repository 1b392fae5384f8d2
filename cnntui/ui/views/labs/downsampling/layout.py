"""The layout of the downsampling lab: a map, and beside it the same map downsampled, with cells of one size."""

from __future__ import annotations

from collections.abc import Iterable

from textual.geometry import Region, Size

from cnntui.cnn.ops import Pair
from cnntui.ui.widgets.places import Places, Room, is_small, text_at

WORDS = 6
"""The number of lines below the maps."""

NUMBERS = Size(15, 4)
"""The columns and lines for how many numbers a method leaves, and for how much of them stays in place."""

OF_WHOLE = 40
"""The number of columns for the same about the whole map, in one line."""

SUMMARY = Size(13, 5)
"""The least size of a table of the same for all methods."""

TABLE = Size(116, 18)
"""The size of the table of networks."""

SMALL = ("max", "average", "stride")
"""The parts that show the downsampled maps."""


def places(size: Size, before: Pair, after: Pair, is_table: bool) -> Places:
    """The layout of the lab in a stage of some size.

    Args:
        size: columns and lines.
        before, after: the rows and columns of the map before and after downsampling.
        is_table: whether a comparison of networks replaces the maps.
    """
    room, small = Room.of(size), is_small(size)
    placed = {} if small else {"head": room.top(1, gap=int(size.height >= 40))}
    if is_table:
        return placed | _table(room, small)
    if not small:
        gap = int(size.height >= 28)
        placed["found"] = text_at(room.bottom(WORDS - 2))
        placed["moved"] = text_at(room.bottom(1))
        placed["window"] = text_at(room.bottom(1, gap=gap))
    for whole, part in _sizes(before, after, room.size):
        if not small and (row := _in_a_row(room.rest(), whole, part)):
            return placed | row
        if square := _in_a_square(room.rest(), whole, part):
            return placed | square
    return placed | {"none-title": room.top(1), "none": room.rest()}


def _table(room: Room, small: bool) -> Places:
    if small:
        return {"networks": room.rest()}
    beside = room.width >= TABLE.width + 40
    column = Room(room.left(TABLE.width, gap=4) if beside else room.rest())
    placed = {"networks": column.top(min(TABLE.height, column.height - 5), gap=int(column.height > TABLE.height + 5))}
    placed["said"] = text_at((room if beside else column).rest())
    return placed


def _sizes(before: Pair, after: Pair, room: Size) -> Iterable[tuple[Size, Size]]:
    """The sizes of both maps, from the largest cells to cells that each stand for several."""
    for side in range(room.width // max(before), 0, -1):
        yield _drawn(before, side), _drawn(after, side)
    for by in range(2, max(before) + 1):
        yield _reduced(before, by), _reduced(after, by)


def _drawn(shape: Pair, side: int) -> Size:
    return Size(shape[1] * side, -(-shape[0] * side // 2))


def _reduced(shape: Pair, by: int) -> Size:
    return Size(-(-shape[1] // by), -(-shape[0] // (2 * by)))


def _in_a_row(room: Region, whole: Size, part: Size) -> Places:
    """The downsampled maps in a row with their numbers below; no places if they do not fit."""
    least = max(part.width, NUMBERS.width)
    is_below = whole.width >= OF_WHOLE
    height = max(whole.height + is_below, part.height + 1 + NUMBERS.height + 2 * (not is_below)) + 1
    if whole.width + len(SMALL) * (least + 1) + 2 > room.width or height > room.height:
        return {}
    rest = Room(room)
    wide = max(whole.width, 24)
    spare = rest.width - wide - len(SMALL) * least
    gap = min(8, spare // (len(SMALL) + 1))
    left = Room(rest.left(wide, gap=max(3, gap)))
    placed = {"none-title": left.top(1), "none": Region(*left.region[:2], *whole)}
    lines = Room(rest.top(height))
    if is_below:
        left.top(whole.height)
        placed["none-numbers"] = left.top(1)
    else:
        placed["none-numbers"] = lines.bottom(1)
    for method in SMALL:
        column = Room(lines.left(least, gap=max(1, gap)))
        placed[f"{method}-title"] = column.top(1)
        placed[method] = Region(*column.top(part.height, gap=1)[:2], *part)
        placed[f"{method}-numbers"] = column.top(NUMBERS.height)
    return placed


def _in_a_square(room: Region, whole: Size, part: Size) -> Places:
    """The downsampled maps two by two, with a table in the fourth place; no places if they do not fit."""
    wide = max(part.width, SUMMARY.width)
    spare = room.width - whole.width - 2 * wide
    gap, between = (3, 2) if spare >= 5 else (2, 1)
    last = room.width - whole.width - gap - wide - between
    high = max(part.height, SUMMARY.height)
    height = max(whole.height + 1, 2 * (1 + high))
    if last < wide or height > room.height:
        return {}
    rest = Room(room)
    left = Room(rest.left(whole.width, gap=gap))
    placed = {"none-title": left.top(1), "none": left.top(whole.height)}
    upper = Room(rest.top(1 + high, gap=int(height < room.height)))
    for line, methods in ((upper, SMALL[:2]), (rest, SMALL[2:])):
        for method in methods:
            column = Room(line.left(wide, gap=between))
            placed[f"{method}-title"] = column.top(1)
            placed[method] = Region(*column.region[:2], *part)
    rest.top(1)
    placed["summary"] = rest.top(SUMMARY.height)
    return placed
