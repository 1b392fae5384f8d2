"""The layout of the kernel lab: input and output as large as possible, the numbers between or below them."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.cnn.ops import Pair
from cnntui.ui.views.base import stepper_layout
from cnntui.ui.views.base.sizes import holds
from cnntui.ui.widgets.grids.geometry import NUMBER_CELLS, NUMBER_WIDTH, Geometry
from cnntui.ui.widgets.places import Places, Room, drawn, place_map, side, text_at
from cnntui.values import dataclass

NUMBERS = 3 * NUMBER_WIDTH
"""The width of a grid of numbers; of a wider grid only a part is in view."""

GAP = 3
"""The least gap between two maps, in columns."""

STORY = 8
"""The number of lines of text about all positions, if there is room."""

GALLERY = Size(116, 30)
"""The smallest stage that shows the maps of all filters."""


@dataclass(frozen=True)
class KernelForm:
    """The properties that the layout depends on, besides the room.

    Attributes:
        input: the rows and columns of the input, including the zeros drawn around it.
        output: the rows and columns of one output map.
        kernel: the rows and columns of the kernel.
        filters: the number of filters.
        is_table: whether numbers replace the input.
        is_brief: whether the maps get the line of the kernel's name.
    """

    input: Pair
    output: Pair
    kernel: Pair
    filters: int
    is_table: bool = False
    is_brief: bool = False


def places(size: Size, form: KernelForm) -> Places:
    """The layout of the lab in a stage of some size."""
    room = Room.of(size)
    placed = {} if form.is_brief else {"name": room.top(1)}
    placed["settings"] = room.top(1, gap=int(size.height >= 36))
    if stepper_layout.is_small(size):
        placed |= stepper_layout.maps_alone(room.rest(), form.input, form.output)
        return _as_table(placed) if form.is_table else placed
    if form.filters > 1 and holds(size, GALLERY):
        twice = 2 * form.input[1] + 2 * form.output[1] + GAP
        left = room.width - twice - GAP
        gallery = Room(room.right(left if left >= room.width // 3 else room.width // 2, gap=GAP))
        placed |= {"maps-title": gallery.top(1), "maps": gallery.rest()}
    several = form.filters > 1
    # The vector of several filters has a line of its own, or two if there is room.
    text = 1 + several * (1 + (size.height >= 30)), 4 - several
    between, below = _between(Room(room.rest()), form, text), _below(Room(room.rest()), form, text)
    placed |= max((between, below), key=lambda way: way[0])[1]
    return _as_table(placed) if form.is_table else placed


def _between(room: Room, form: KernelForm, text: Pair) -> tuple[int, Places]:
    """Put the numbers between the maps, and the text below them. Returns the size of the maps and the places.

    Args:
        room: the room for everything.
        form: the properties that the layout depends on.
        text: the least lines of the step and of the story.
    """
    step, story = text
    numbers = NUMBERS
    first, second = _maps(room.width - numbers - 2, room.height - 1 - step - story, form)
    story = min(STORY, room.height - 2 - max(first.height, second.height) - step)
    placed: Places = {"story": text_at(room.bottom(max(story, text[1])))}
    placed["step"] = text_at(room.bottom(step))
    spare = room.width - first.width - second.width - numbers
    if spare < 2:
        return 0, {}
    wider = min(spare - 2, form.kernel[1] * NUMBER_CELLS[0].width - numbers)
    numbers += max(0, wider)
    gap = min(14, (room.width - first.width - second.width - numbers) // 2)
    place_map(placed, "input", Room(room.left(first.width, gap=gap)), first)
    middle = Room(room.left(numbers, gap=gap))
    place_map(placed, "output", room, second)
    lines = Room(middle.top(1 + max(first.height, second.height)))
    _stacked(placed, lines, form)
    return _size(first, second, form), placed


def _below(room: Room, form: KernelForm, text: Pair) -> tuple[int, Places]:
    """Put both maps side by side, the numbers below them, and the text beside the numbers."""
    step, story = text
    grid = _grid(form, Size(room.width // 3, 14))
    is_wide = room.width >= 2 * grid.width + 50
    lines = max(1 + grid.height, step + story + 1) if is_wide else 1 + grid.height + 1 + step + story
    first, second = _maps(room.width - GAP, room.height - 1 - lines, form)
    spare = room.height - 1 - max(first.height, second.height) - lines
    bottom = Room(room.bottom(lines + spare, gap=int(spare > 0)))
    story = min(STORY, story + max(0, spare - 1))
    if 2 * grid.height + 1 <= bottom.height - (0 if is_wide else 1 + step + story):
        grid = Size(grid.width, 2 * grid.height)
    placed: Places = {}
    place_map(placed, "input", Room(room.left(max(first.width, min(28, room.width // 2)), gap=GAP)), first)
    place_map(placed, "output", room, second)
    row = bottom if is_wide else Room(bottom.top(1 + grid.height, gap=1))
    for name in ("kernel", "patch"):
        column = Room(row.left(grid.width, gap=3))
        placed |= {f"{name}-title": column.top(1), name: column.top(grid.height)}
    bottom.top(int(is_wide))
    placed |= {"step": text_at(bottom.top(step)), "story": text_at(bottom.top(story))}
    return _size(first, second, form), placed


def _size(first: Geometry, second: Geometry, form: KernelForm) -> int:
    """How large the input and the output are drawn; 0 if one of them is not shown completely."""
    is_whole = (first.rows, first.cols) == form.input and (second.rows, second.cols) == form.output
    return min(side(first), side(second)) if is_whole else 0


def _grid(form: KernelForm, room: Size) -> Size:
    """The size of a grid of numbers."""
    rows, cols = form.kernel
    return Size(max(NUMBERS, min(cols * NUMBER_WIDTH, room.width)), min(rows, max(3, room.height)))


def _maps(width: int, height: int, form: KernelForm) -> tuple[Geometry, Geometry]:
    """The input and the output, with cells of one size."""
    (_, in_cols), (_, out_cols) = form.input, form.output
    first = drawn(form.input, max(min(in_cols, width // 2), width * in_cols // (in_cols + out_cols)), height)
    return first, drawn(form.output, min(width - first.width, side(first) * out_cols), height)


def _stacked(placed: Places, room: Room, form: KernelForm) -> None:
    """Put the kernel above the window."""
    each = (room.height - 3) // 2
    lines = next((cell.height for cell in NUMBER_CELLS if cell.height * form.kernel[0] <= each), 1)
    high = max(1, min(lines * form.kernel[0], each))
    for name in ("kernel", "patch"):
        placed[f"{name}-title"] = room.top(1)
        placed[name] = room.top(high, gap=1)


def _as_table(placed: Places) -> Places:
    placed["reads"] = placed.pop("input")
    return placed
