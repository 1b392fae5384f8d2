"""The layout of flatten: a map on the left, and on the right the vector that all maps become."""

from __future__ import annotations

from textual.geometry import Region, Size

from cnntui.cnn.ops import Pair
from cnntui.ui.views.base.sizes import holds
from cnntui.ui.widgets.places import Places, Room, drawn, head, is_small, shown_at, text_at

LARGE = Size(116, 34)
"""The smallest stage with the image below the map."""

CELL = Size(14, 7)
"""The columns and lines of the words about a cell of the map."""

ARITHMETIC_WIDTH = 73
"""The number of columns of the arithmetic from a cell to its slot and back."""

VECTOR_LEFT = 48
"""The columns beside the vector for a map, the words about its cell and the image in a large window."""


def places(size: Size, map_shape: Pair, vector: Pair, image: Pair, is_single: bool) -> Places:
    """The layout of flatten in a stage of some size.

    Args:
        size: columns and lines.
        map_shape: the rows and columns of a map.
        vector: the rows and columns of the grid that shows the vector.
        image: the rows and columns of the input.
        is_single: whether there is only one map, such as the image itself.
    """
    room, small = Room.of(size), is_small(size)
    placed = head(room, "head", "where", 32 if not small else 19)
    is_large = holds(size, LARGE)
    if is_large and not is_single and vector[1] + VECTOR_LEFT <= room.width:
        return placed | _large(room, map_shape, vector, image)
    if small:
        bottom = Room(room.bottom(1))
        placed |= {"arithmetic": bottom.left(bottom.width // 2 - 1, gap=2), "why": text_at(bottom.rest())}
    else:
        placed["why"] = text_at(room.bottom(3, gap=int(size.height > 22)))
        placed["arithmetic"] = text_at(room.bottom(3, gap=int(is_large)))
    widest = max(28, room.width // 3) if is_single else 28 if is_large else 11
    beside = drawn(map_shape, widest, (room.height - 1) if is_single else room.height // 3)
    column = Room(room.left(max(11, beside.width, 28 if is_large else 0), gap=1))
    placed["map-title"] = column.top(1)
    placed["map"] = shown_at(column.top(beside.height, gap=1), beside)
    if not is_single:
        placed["cell"] = column.top(2 if small else CELL.height, gap=1)
        if is_large and column.height >= 2 + -(-image[0] // 2):
            digit = drawn(image, 28, column.height - 2)
            placed |= {"digit-title": column.top(1), "field-columns": column.top(1)}
            placed["digit"] = shown_at(column.rest(), digit)
            placed["field-rows"] = Region(placed["digit"].x - 1, placed["digit"].y, 1, placed["digit"].height)
    else:
        cell = room.bottom(2 if small else CELL.height, gap=1)
        placed["cell"] = Region(cell.x + 1, cell.y, cell.width - 1, cell.height)
    above = Room(room.top(1))
    above.left(1)
    placed["column"] = above.rest()
    placed["row"] = room.left(1)
    grid = drawn(vector, room.width, room.height)
    placed["vector"] = shown_at(room.rest(), grid)
    placed["row"] = Region(placed["row"].x, placed["row"].y, 1, placed["vector"].height)
    return placed


def _large(room: Room, map_shape: Pair, vector: Pair, image: Pair) -> Places:
    """Put map and image on the left, as large as possible; on the right the vector, and below it the arithmetic."""
    grid = drawn(vector, room.width - VECTOR_LEFT, room.height - 1 - 2 * 4)
    right = Room(room.right(max(grid.width + 1, min(ARITHMETIC_WIDTH + 1, room.width - VECTOR_LEFT + 4)), gap=3))
    above = Room(right.top(1))
    above.left(1)
    placed = {"column": above.rest()}
    line = Room(right.top(grid.height, gap=2))
    placed |= {"row": line.left(1), "vector": shown_at(line.rest(), grid)}
    right.left(1)
    placed |= {"arithmetic": text_at(right.top(3, gap=1)), "why": text_at(right.top(5))}
    digit = drawn(image, room.width - 1, room.height - 2 - 2 - CELL.height)
    below = Room(room.bottom(2 + digit.height, gap=1))
    placed |= {"digit-title": below.top(1), "field-columns": below.top(1), "digit": shown_at(below.rest(), digit)}
    placed["field-rows"] = Region(placed["digit"].x - 1, placed["digit"].y, 1, placed["digit"].height)
    placed["map-title"] = room.top(1)
    beside = drawn(map_shape, room.width - CELL.width - 2, room.height)
    placed["map"] = shown_at(room.left(beside.width, gap=2), beside)
    return placed | {"cell": Room(room.rest()).top(CELL.height)}
