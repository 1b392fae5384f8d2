"""The layout of Network: the layers, below them the output of the selected one, and beside it one of its maps."""

from __future__ import annotations

from enum import Enum

from textual.geometry import Size

from cnntui.cnn.ops import Pair
from cnntui.ui.widgets.grids.geometry import Geometry
from cnntui.ui.widgets.grids.tiling import fit_gallery
from cnntui.ui.widgets.places import Places, Room, drawn, shown_at, text_at
from cnntui.values import dataclass

TABLE_WIDTH = 88
"""The width of the table of layers with all its columns."""

SLOT = Size(13, 12)
"""The columns and lines of the words about a slot of a vector."""

LARGE = Size(116, 32)
"""The smallest stage with a column for the image and a large map; the image alone needs fewer lines."""

NEIGHBOUR_WIDTH = 44
"""The least width for the maps of the neighbouring layer."""

CLASSES = 11
"""The number of lines of the classes, including their heading."""

CLASSES_APART = 20
"""The same with a blank line between the classes."""


class OutputKind(Enum):
    """The kinds of output of the selected layer."""

    MAPS = "maps"
    VECTOR = "vector"
    UNITS = "units"
    CLASSES = "classes"


@dataclass(frozen=True)
class NetworkForm:
    """The properties that the layout depends on, besides the room.

    Attributes:
        kind: the kind of the selected layer's output.
        layers: the number of layers.
        image: the rows and columns of the input.
        grid: the rows and columns of a map, of the flattened vector, or of a unit's weights arranged like pixels.
        is_pictured: whether the units read pixels, so that their weights form a picture.
        is_scaled: whether the input scale is shown.
        maps: the number of maps.
        has_neighbour: whether another layer with maps comes after or before the selected one.
    """

    kind: OutputKind
    layers: int
    image: Pair
    grid: Pair
    is_pictured: bool
    is_scaled: bool
    maps: int
    has_neighbour: bool


def places(size: Size, form: NetworkForm) -> Places:
    """The layout of Network in a stage of some size."""
    room = Room.of(size)
    is_large = size.width >= LARGE.width and size.height >= (LARGE.height if form.kind is OutputKind.MAPS else 24)
    placed = _beside(room, form) if is_large else {}
    if form.is_scaled:
        placed["scale"] = text_at(room.top(1))
    _place_table(placed, room, form, is_large)
    is_small = size.width < 80 or size.height < 22
    match form.kind:
        case OutputKind.MAPS:
            return placed | _maps(room, form, is_alone=is_large or is_small)
        case OutputKind.VECTOR:
            return placed | _vector(room, form)
        case OutputKind.UNITS:
            return placed | _units(room, form, with_picture=form.is_pictured and not (is_large or is_small))
        case OutputKind.CLASSES:
            placed["title"] = text_at(room.top(1))
            placed["classes"] = room.top(CLASSES_APART if room.height >= CLASSES_APART else CLASSES)
            return placed


def _beside(room: Room, form: NetworkForm) -> Places:
    """Place the column on the right: the image, below it the large map or a unit's weights; beside it the neighbour."""
    if form.kind is not OutputKind.MAPS and not form.is_pictured:
        image = drawn(form.image, min(56, max(28, room.width - 3 - TABLE_WIDTH)), room.height - 1)
        return _column(Room(room.right(max(28, image.width), gap=3)), image)
    image = drawn(form.image, 28, 14)
    lines = room.height - image.height - 4
    maps = [drawn(form.grid, wide, lines) for wide in (28, min(56, max(28, room.width - 3 - TABLE_WIDTH)))]
    if form.kind is not OutputKind.MAPS:
        return _column(Room(room.right(max(28, maps[-1].width), gap=3)), image, maps[-1])
    # The resolution of all maps counts first, then the size of the large one; the neighbour gets the rest.
    fineness = [_fineness(form, room.width - 3 - max(28, each.width), room) for each in maps]
    large = maps[-1] if fineness[-1] == fineness[0] else maps[0]
    width = max(28, large.width)
    placed: Places = {}
    if form.has_neighbour:
        most = room.width - 3 - width
        finest = _fineness(form, most, room)
        enough = next(each for each in range(min(TABLE_WIDTH, most), most + 1) if _fineness(form, each, room) == finest)
        if most - enough - 3 >= NEIGHBOUR_WIDTH:
            neighbour = Room(room.right(most - enough - 3, gap=3))
            placed = {"neighbour-title": neighbour.top(1), "neighbour": neighbour.rest()}
    return placed | _column(Room(room.right(width, gap=3)), image, large)


def _fineness(form: NetworkForm, width: int, room: Room) -> int:
    """How many rows and columns of each map are drawn as one in some width."""
    return fit_gallery(form.maps, *form.grid, width, room.height - form.layers - 4).reduced


def _column(column: Room, image: Geometry, large: Geometry | None = None) -> Places:
    placed = {"digit-title": column.top(1), "digit": shown_at(column.top(image.height, gap=1), image)}
    if large is not None:
        placed["map-title"] = column.top(2)
        placed["map"] = shown_at(column.rest(), large)
    return placed


def _place_table(placed: Places, room: Room, form: NetworkForm, is_large: bool) -> None:
    lines = form.layers + 2
    if form.kind is OutputKind.VECTOR and form.grid == form.image:
        below = 15
    elif form.is_pictured and not is_large:
        below = 16
    else:
        # About six layers fit into the smallest window; more if there are lines for them.
        below = max(7, 13 * room.height // 22)
    most = max(room.height - below, 5)
    placed["layers"] = text_at(room.top(min(lines, most), gap=int(room.height >= 40)))


def _maps(room: Room, form: NetworkForm, is_alone: bool) -> Places:
    placed: Places = {}
    if not is_alone:
        large = drawn(form.grid, max(27, room.width - 60), room.height)
        placed["map"] = shown_at(room.right(max(large.width, min(27, form.grid[1])), gap=1), large)
    placed["title"] = text_at(room.top(1))
    placed["gallery"] = room.rest()
    return placed


def _vector(room: Room, form: NetworkForm) -> Places:
    shape = drawn(form.grid, room.width, room.height)
    beside = drawn(form.grid, room.width - SLOT.width - 3, room.height)
    if room.width < 70 and form.grid != form.image:
        return {"slot": text_at(room.rest())}
    if shape.cell_width > beside.cell_width and shape.height + 3 + SLOT.height <= room.height:
        vector = shown_at(room.top(shape.height, gap=1), shape)
        return {"vector": vector, "slot": text_at(room.top(SLOT.height))}
    vector = shown_at(room.left(beside.width, gap=3), beside)
    room.top(1)
    return {"vector": vector, "slot": text_at(room.top(max(SLOT.height, min(room.height, 20))))}


def _units(room: Room, form: NetworkForm, with_picture: bool) -> Places:
    placed: Places = {}
    if with_picture:
        picture = drawn(form.grid, room.width - 50, room.height - 2)
        column = Room(room.left(picture.width, gap=2))
        placed |= {"map-title": column.top(2), "map": shown_at(column.rest(), picture)}
        room.top(2 if room.height > 14 else 0)
    placed["title"] = text_at(room.top(1))
    if room.height < 8:
        return placed | {"before": room.rest()}
    placed["before"] = room.top((room.height - 1) * 3 // 5, gap=int(room.height >= 14))
    placed["after-title"] = text_at(room.top(1))
    placed["after"] = room.rest()
    return placed
