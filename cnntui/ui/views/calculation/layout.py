"""The layout of the calculation page: maps, and below them the steps of the computation and the number's terms."""

from __future__ import annotations

from math import prod

from textual.geometry import Region, Size

from cnntui.cnn.ops import Pair
from cnntui.ui.widgets.grids.geometry import NUMBER_WIDTH, Geometry
from cnntui.ui.widgets.grids.overview import reduction
from cnntui.ui.widgets.places import Places, Room, drawn, text_at
from cnntui.values import dataclass

MOST_INPUTS = 3
"""The most inputs of a layer that are drawn."""

SIGN = 5
"""The number of columns of the operator between two maps."""

STEPS = 33
"""The number of columns of the steps of the computation."""

DETAILS = Size(28, 4)

DIGIT = 14
"""The most lines of the image, unless the maps beside it have more."""

TREE = 90
"""The widest tree, in columns: numbers should stay close to their names."""

LEAST_TREE = 4
"""The fewest lines of the tree."""

LINES_A_CELL = 2
"""The most lines for a cell of a map."""

MOST_LINES = 32
"""The most lines for maps: beyond that, the terms of the number matter more."""

LEAST_IMAGE = Size(20, 8)
"""The smallest drawing of the image beside the maps."""

RESULT = 22
"""The number of columns of a number in place of a map."""


@dataclass(frozen=True)
class CalculationForm:
    """The properties that the layout depends on, besides the room.

    Attributes:
        maps: the rows and columns of each input that is drawn.
        output: the rows and columns of the output; None if it is a vector.
        steps: the number of lines for the steps of the computation.
        rule: the number of lines for the words about the layer.
        kernel: the rows and columns of the kernel before and after folding; None if there is no folding.
        image: the rows and columns of the image; None if it is one of the inputs, and so drawn already.
    """

    maps: tuple[Pair, ...] = ()
    output: Pair | None = None
    steps: int = 0
    rule: int = 1
    kernel: Pair | None = None
    image: Pair | None = None


def places(size: Size, form: CalculationForm) -> Places:
    """The layout of the parts in a stage of some size."""
    room = Room.of(size)
    placed: Places = {"head": room.top(1, gap=int(size.height >= 30))}
    placed["equation"] = room.bottom(1)
    lines = min(2, form.rule) if size.height >= 22 else 1
    if size.height < 20 or size.width < 78:
        placed["rule"] = room.bottom(lines)
        return placed | _tree(room)
    if form.maps:
        least = max(LEAST_TREE, form.steps) + 3 + lines
        most = room.height - least
        maps = _maps(Room(Region(*room.region.offset, room.width, _most_lines(form, most))), form)
        maps |= _image(Room(Region(*room.region.offset, room.width, most)), maps, form)
        room.top(max(region.bottom for region in maps.values()) - room.region.y, gap=1)
        placed |= maps
        placed["rule"] = text_at(room.top(lines, gap=1))
        below = Room(room.left(STEPS, gap=2))
        placed["steps"] = below.top(form.steps, gap=1)
    else:
        placed["rule"] = text_at(room.top(lines, gap=1))
        below = Room(room.left(DETAILS.width, gap=2))
        placed["digit-title"] = below.top(1)
        placed["digit"] = below.top(max(1, min(DIGIT, below.height - DETAILS.height - form.steps)), gap=1)
        placed["steps"] = below.top(form.steps)
    if below.height >= DETAILS.height:
        placed["details"] = Room(below.rest()).left(DETAILS.width) if form.maps else below.top(DETAILS.height)
    return placed | _tree(room)


def _image(room: Room, maps: Places, form: CalculationForm) -> Places:
    """The image, with the receptive field of the number, at the right of the maps if there is room."""
    if form.image is None:
        return {}
    around = Region.from_union([*maps.values()])
    room.left(around.right - room.region.x, gap=SIGN)
    line = room.top(1)
    shown = _shown(form.image, room.width, min(room.height, max(around.height - 1, DIGIT)))
    if shown.width < LEAST_IMAGE.width or shown.height < LEAST_IMAGE.height:
        return {}
    return {"digit-title": line, "digit": Region(*room.region.offset, shown.width, shown.height)}


def _tree(room: Room) -> Places:
    column = Room(room.left(TREE))
    return {"heading": column.top(1), "tree": column.rest()}


def _most_lines(form: CalculationForm, lines: int) -> int:
    """The most lines for maps and their titles: no more than the largest useful cells need."""
    rows = max(rows for rows, _ in (*form.maps, *([form.output] if form.output else [])))
    folding = _folding(form).height if form.kernel is not None else 0
    return min(lines, max(folding, 1 + min(LINES_A_CELL * rows, MOST_LINES)))


def _folding(form: CalculationForm) -> Size:
    """The space of two kernels, one above the other, with a line for each bias."""
    assert form.kernel is not None
    rows, cols = form.kernel
    return Size(max(RESULT, cols * NUMBER_WIDTH), 2 * rows + 3)


def _maps(room: Room, form: CalculationForm) -> Places:
    placed: Places = {}
    whole = room.region
    folding = _folding(form) if form.kernel is not None else Size(0, 0)
    if folding.height > room.height or 2 * folding.width > room.width:
        folding = Size(0, 0)
    shapes = [*form.maps, *([form.output] if form.output else [])]
    beside = (folding.width + SIGN if folding else 0) + (0 if form.output else RESULT)
    width = room.width - beside - SIGN * len(form.maps)
    # No map is drawn larger than the largest: one cell that counts for a whole map is as large as that map.
    most = _shown(max(shapes, key=prod), width // len(shapes), room.height - 1)
    for place, shape in enumerate(shapes):
        is_output = place == len(form.maps)
        name = "result" if is_output else f"input-{place}"
        shown = _shown(shape, most.width, most.height)
        column = Room(room.left(max(shown.width, min(width // len(shapes), 18))))
        x, y, wide, _ = column.top(1)
        placed[f"{name}-title"] = Region(x, y, wide + SIGN - 2, 1).intersection(whole)
        placed[name] = Region(*column.region.offset, shown.width, min(shown.height, column.height))
        if not is_output:
            placed[f"sign-{place}"] = _in_the_middle(room.left(SIGN), 1 + shown.height // 2)
    if not form.output:
        first = placed["input-0"]
        placed["number"] = _in_the_middle(room.left(RESULT), 1 + first.height // 2)
    if folding and form.kernel is not None:
        room.left(SIGN)
        column = Room(room.left(folding.width))
        for name in ("kernel", "folded"):
            placed[f"{name}-title"] = column.top(1)
            placed[name] = column.top(form.kernel[0])
        placed["folded-bias"] = column.top(1)
    return placed


def _shown(shape: Pair, width: int, height: int) -> Geometry:
    """The geometry of a map in a room, reduced if the map is too large."""
    by = reduction(*shape, width, height)
    return drawn((-(-shape[0] // by), -(-shape[1] // by)), width, height)


def _in_the_middle(column: Region, line: int) -> Region:
    return Region(column.x, column.y + line, column.width, 1)
