"""The layout of Pool: the window's numbers between the maps, and the words about them below."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.cnn.ops import Pair
from cnntui.ui.views.base import stepper_layout
from cnntui.ui.widgets.grids.geometry import NUMBER_CELLS, NUMBER_WIDTH
from cnntui.ui.widgets.places import Places, Room, head, text_at

COUNTS = Size(20, 6)
"""The columns and lines for the count of numbers before and after."""

WIDEST = 3 * NUMBER_WIDTH
"""The most columns that the maps leave for a window's numbers."""


def places(size: Size, before: Pair, after: Pair, window: Pair) -> Places:
    """The layout of Pool in a stage of some size."""
    room = Room.of(size)
    placed = head(room, "head", "where")
    if stepper_layout.is_small(size):
        placed["equation"] = text_at(room.bottom(1))
        return placed | stepper_layout.maps_alone(room.rest(), before, after)
    placed["sentence"] = text_at(room.bottom(1))
    placed["equation"] = text_at(room.bottom(1, gap=1))
    placed["field-growth"] = text_at(room.bottom(1))
    placed["unread"] = text_at(room.bottom(1, gap=int(size.height > 22)))
    grid = stepper_layout.numbers_of(window)
    corner = Size(grid.width + 2 + COUNTS.width, max(2 + grid.height, COUNTS.height))
    column = grid.width if COUNTS.width < grid.width <= WIDEST else COUNTS.width
    both = stepper_layout.maps(room.rest(), before, after, column, corner)
    lines = max(region.bottom for region in both.places.values()) - room.region.y
    return placed | both.places | _window(both.numbers.within(room.top(lines)), window)


def _window(room: Room, window: Pair) -> Places:
    """Place the window's numbers and the output, and beside or below them the count of numbers."""
    grids = (stepper_layout.numbers_of(window, cell) for cell in NUMBER_CELLS)
    fitting = (grid for grid in grids if grid.width <= room.width and grid.height + 4 + COUNTS.height <= room.height)
    grid = next(fitting, stepper_layout.numbers_of(window))
    placed: Places = {}
    is_beside = room.height < grid.height + 3 + COUNTS.height
    if is_beside and room.width >= grid.width + 3 + COUNTS.width:
        placed["counts"] = Room(room.right(max(COUNTS.width, room.width - grid.width - 3))).top(COUNTS.height)
        room.right(0, gap=3)
    elif not is_beside:
        room = Room(room.centred(max(COUNTS.width, grid.width)))
    placed["patch-title"] = room.top(1)
    placed["patch"] = room.top(grid.height, gap=int(not is_beside))
    placed["goes-on"] = room.top(1, gap=1)
    if "counts" not in placed:
        placed["counts"] = room.top(COUNTS.height)
    return placed
