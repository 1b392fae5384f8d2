"""The layout of Convolve: the arithmetic matters most, so it stands complete between the maps."""

from __future__ import annotations

from itertools import product

from textual.geometry import Region, Size

from cnntui.cnn.ops import Pair
from cnntui.ui.views.base import stepper_layout
from cnntui.ui.views.convolve.text import NAMES, NUMBERS
from cnntui.ui.widgets.grids.geometry import NUMBER_CELLS
from cnntui.ui.widgets.places import Places, Room, head, text_at
from cnntui.values import dataclass

SUMS = Size(NAMES + NUMBERS, 5)
"""The columns and lines of the sums with their names."""

HIGHEST = 10
"""The most lines of bars."""

GRIDS = ("patch", "kernel", "products")


@dataclass(frozen=True)
class ConvolveForm:
    """The properties that the layout depends on, besides the room.

    Attributes:
        before, after: the rows and columns of the input map and the output map.
        kernel: the rows and columns of the kernel.
        channels, filters: the numbers of input channels and of filters.
        notes: the number of lines for the words about the layer.
    """

    before: Pair
    after: Pair
    kernel: Pair
    channels: int
    filters: int
    notes: int = 0


def places(size: Size, form: ConvolveForm) -> Places:
    """The layout of Convolve in a stage of some size."""
    room = Room.of(size)
    placed = head(room, "head", "where")
    if stepper_layout.is_small(size):
        placed["sentence"] = text_at(room.bottom(1))
        return placed | stepper_layout.maps_alone(room.rest(), form.before, form.after)
    has_channels = form.channels > 1
    placed["sentence"] = text_at(room.bottom((1 if has_channels else 2) + form.notes))
    numbers = stepper_layout.numbers_of(form.kernel)
    column = SUMS.width
    high = numbers.height + 2 + SUMS.height
    corner = Size(numbers.width + 3 + SUMS.width, max(2 * (1 + numbers.height) + 1, high))
    least = 1 + (size.height >= 30) + (size.height >= 44)
    gap = int(size.height >= 24)
    above = Room(room.rest())
    above.bottom(_lines_of_bars(has_channels, least, gap), gap=gap + int(not has_channels))
    both = stepper_layout.maps(above.rest(), form.before, form.after, column, corner)
    lines = max(region.bottom for region in both.places.values()) - room.region.y
    # The room that the maps leave goes to the bars, which show more in more lines, and then to the numbers.
    needs = (count * (1 + numbers.height) + 1 + SUMS.height for count in (3, 2))
    lines = max(lines, next((need for need in needs if need <= above.height), 0))
    lines = max(lines, room.height - _lines_of_bars(has_channels, least + 3, 1) - 2)
    placed |= both.places | _calculation(both.numbers.within(room.top(lines)), form.kernel)
    return placed | _bars(room, has_channels)


def _lines_of_bars(has_channels: bool, high: int, gap: int) -> int:
    """Lines for the bars of all filters, `high`, and for those of all channels, which show both signs, with titles."""
    return 1 + high + (gap + 1 + max(2, high) if has_channels else 0)


def _bars(room: Room, has_channels: bool) -> Places:
    """Place the bars above the sentence, as high as the lines allow."""
    gap, high = max(
        (gap, high)
        for high in range(1, HIGHEST + 1)
        for gap in (0, 1)
        if (not gap and high == 1) or _lines_of_bars(has_channels, high, gap) + 2 * gap <= room.height
    )
    room.bottom(gap if _lines_of_bars(has_channels, high, gap) + gap <= room.height else 0)
    placed = {"vector": room.bottom(high), "vector-title": text_at(room.bottom(1, gap=gap))}
    if has_channels:
        placed |= {"channels": room.bottom(max(2, high)), "channels-title": text_at(room.bottom(1))}
    return placed


def _calculation(room: Room, kernel: Pair) -> Places:
    """Place patch, kernel and products, in a row if possible, and the sums."""
    for count, cell in product((3, 2), NUMBER_CELLS):
        grid = stepper_layout.numbers_of(kernel, cell)
        is_row = count * grid.width + 4 <= room.width and 1 + grid.height + 1 + SUMS.height <= room.height
        if count == len(GRIDS) and is_row:
            return _in_a_row(room, grid)
        stacked = count * (1 + grid.height)
        if grid.width <= room.width and stacked + 1 + SUMS.height <= room.height:
            return _stacked(room, grid, count)
        is_beside = grid.width + 3 + SUMS.width <= room.width
        if is_beside and max(stacked, SUMS.height) <= room.height:
            return _stacked_beside_sums(room, grid, count)
    return _squeezed(room, kernel)


def _in_a_row(room: Room, grid: Size) -> Places:
    placed: Places = {}
    # The grids are centred vertically.
    room.top(max(0, room.height - grid.height - 2 - SUMS.height) // 3)
    width = min(room.width, 3 * grid.width + 8)
    room = Room(room.centred(width))
    row, gap = Room(room.top(1 + grid.height, gap=1)), min(4, (room.width - 3 * grid.width) // 2)
    for name in GRIDS:
        part = Room(row.left(grid.width, gap=gap))
        placed[f"{name}-title"] = part.top(1)
        placed[name] = part.rest()
    return placed | _sums(room)


def _stacked(room: Room, grid: Size, count: int) -> Places:
    placed: Places = {}
    wide = max(grid.width, SUMS.width)
    room = Room(room.centred(wide))
    spare = room.height - count * (1 + grid.height) - 1 - SUMS.height
    gap = min(2, spare // count)
    for name in GRIDS[:count]:
        placed[f"{name}-title"] = room.top(1)
        placed[name] = Region(*room.top(grid.height, gap=gap)[:2], grid.width, grid.height)
    room.top(max(0, 1 - gap))
    return placed | _sums(room)


def _stacked_beside_sums(room: Room, grid: Size, count: int) -> Places:
    column = Room(room.left(grid.width, gap=3))
    placed: Places = {}
    stacked = count * (1 + grid.height)
    gap = int(stacked + count - 1 <= room.height)
    for name in GRIDS[:count]:
        placed[f"{name}-title"] = column.top(1)
        placed[name] = column.top(grid.height, gap=gap)
    room.top(stacked + gap * (count - 1) - SUMS.height)
    return placed | _sums(room)


def _squeezed(room: Room, kernel: Pair) -> Places:
    """Leave out the products, and use grids that show shape if their numbers do not fit."""
    sums = _sums(Room(room.bottom(SUMS.height, gap=1)))
    high = max(1, min(kernel[0], (room.height - 3) // 2))
    placed: Places = {}
    for name in GRIDS[:2]:
        placed[f"{name}-title"] = room.top(1)
        placed[name] = room.top(high, gap=1)
    return placed | sums


def _sums(room: Room) -> Places:
    lines = Room(room.top(SUMS.height))
    return {"sum-labels": lines.left(NAMES), "sums": lines.left(NUMBERS)}
