"""The layout of the shift lab: the image and the predictions, the curve, and the maps as large as possible."""

from __future__ import annotations

from collections.abc import Callable

from textual.geometry import Region, Size

from cnntui.cnn.ops import Pair
from cnntui.labs.shift import SIDE
from cnntui.ui.widgets.places import Places, Room, drawn, is_small, shown_at, text_at
from cnntui.values import dataclass

IMAGE = Size(28, 14)
"""The smallest size of the image."""

ANSWERS = 26
"""The least width of the probabilities of both networks, and of the curve."""

FOUND = 4
"""The number of lines for the conclusion."""

MAPS = 3
"""The number of maps for two networks: one for each, and one for their difference."""


@dataclass(frozen=True)
class ShiftForm:
    """The properties that the layout depends on, besides the room.

    Attributes:
        image: the rows and columns of the image.
        classes: the number of classes.
        networks: the number of networks, one or two.
    """

    image: Pair
    classes: int
    networks: int

    @property
    def maps(self) -> int:
        """The number of maps."""
        return MAPS if self.networks > 1 else 1

    @property
    def answers(self) -> int:
        """The number of lines of the probabilities, including their headings."""
        return min(self.classes, 10) + 1


Arrangement = Callable[[Room, ShiftForm, Size], Places]
"""Places the parts below the first line into a part of a stage."""


def views(size: Size, form: ShiftForm) -> tuple[tuple[str, ...], ...]:
    """The parts that share one place and are shown in turn, in groups."""
    maps = tuple((f"title-{place}", f"map-{place}") for place in range(form.maps))
    if is_small(size):
        return ("classes", "says", "at"), *((*map, "says", "at") for map in maps), ("found",)
    if form.maps < MAPS or _arrangement(size) is not _stacked or _stack(size, form) == MAPS:
        return ((),)
    return maps[1:]


def places(size: Size, form: ShiftForm, view: int = 0) -> Places:
    """The layout of the lab in a stage of some size.

    Args:
        size: columns and lines.
        form: the properties that the layout depends on.
        view: the number of the group in `views` to show.
    """
    by_turns = views(size, form)
    room, shown = Room.of(size), by_turns[view % len(by_turns)]
    placed = {"head": room.top(1, gap=int(size.height >= 40))}
    if is_small(size):
        return placed | _small(room, form, shown)
    placed |= _arrangement(size)(room, form, size)
    if shown and shown[0] not in placed:
        placed |= {part: placed.pop(other) for part, other in zip(shown, by_turns[0], strict=True)}
    return placed


def _arrangement(size: Size) -> Arrangement:
    """The arrangement of the parts, with large maps if they fit."""
    large = _map_at(2)
    if _image_beside(size, large) and size.height >= 2 * large.height + 5:
        return _grid
    if size.width >= 3 * large.width + 6 and size.height >= 1 + IMAGE.height + large.height + FOUND + 3:
        return _rows
    return _stacked


def _image_beside(size: Size, map: Size) -> int:
    """How many times its smallest size the image can have beside two maps; 0 if that is less than twice."""
    columns, lines = size.width - ANSWERS - 2 * map.width - 12, size.height - FOUND - 6
    times = min(columns // IMAGE.width, lines // IMAGE.height)
    return times if times > 1 else 0


def _map_at(side: int) -> Size:
    """The size of a map with cells of some width."""
    return Size(SIDE * side, -(-SIDE * side // 2))


def _grid(room: Room, form: ShiftForm, size: Size) -> Places:
    """Put a large image above the conclusion, then predictions and curve, and the maps two by two."""
    placed: Places = {}
    left = Room(room.left(_image_beside(size, _map_at(2)) * IMAGE.width, gap=3))
    _image(placed, left, form, left.height - FOUND - 1)
    placed["found"] = text_at(left.rest())
    map = drawn((SIDE, SIDE), (room.width - ANSWERS - 6) // 2, (room.height - 3) // 2)
    right = Room(room.right(2 * map.width + 3, gap=3))
    for row in range(-(-form.maps // 2)):
        line = Room(right.top(1 + map.height, gap=1))
        for place in range(2 * row, min(2 * row + 2, form.maps)):
            _map(placed, line.left(map.width, gap=3), place)
    placed["classes"] = room.top(form.answers, gap=1)
    placed["curve"] = room.top(max(map.height + 1 + map.height + 1 - form.answers, 12))
    return placed


def _rows(room: Room, form: ShiftForm, size: Size) -> Places:
    """Put the maps in a row, below the image, the predictions and the curve."""
    placed: Places = {"found": text_at(room.bottom(FOUND - 1, gap=1))}
    map = drawn((SIDE, SIDE), (room.width - 6) // 3, room.height - IMAGE.height - 2)
    below = Room(room.bottom(1 + map.height, gap=int(room.height > IMAGE.height + map.height + 2)))
    pitch = (below.width - map.width) // (MAPS - 1)
    for place in range(form.maps):
        _map(placed, Region(below.region.x + place * pitch, below.region.y, map.width, below.height), place)
    left = Room(room.left(IMAGE.width, gap=4))
    placed["digit-title"] = left.top(1)
    placed["digit"] = shown_at(left.rest(), drawn(form.image, left.width, left.height))
    middle = Room(room.left(max(ANSWERS, room.width // 2 - 4), gap=4))
    placed["classes"] = middle.top(form.answers, gap=1)
    placed["says"] = middle.top(form.networks)
    placed["curve"] = room.rest()
    return placed


def _stack(size: Size, form: ShiftForm) -> int:
    """How many maps fit one above the other."""
    return min(form.maps, (size.height - 1) // (1 + _map_at(1).height), MAPS)


def _stacked(room: Room, form: ShiftForm, size: Size) -> Places:
    """Put the maps one above the other on the right, and the conclusion below image and curve."""
    placed: Places = {}
    count = _stack(size, form)
    widest = room.width - IMAGE.width - ANSWERS - 4 - max(0, room.width - 78) // 2
    map = drawn((SIDE, SIDE), max(SIDE, widest), room.height // count - 1)
    right = Room(room.right(map.width, gap=2))
    for place in range(count):
        _map(placed, right.top(1 + map.height, gap=(room.height - count * (1 + map.height)) // count), place)
    placed["found"] = text_at(room.bottom(FOUND, gap=int(size.height >= 26)))
    image = drawn(form.image, max(IMAGE.width, room.width - ANSWERS - 2), room.height - 2 - form.networks)
    left = Room(room.left(max(IMAGE.width, image.width), gap=2))
    _image(placed, left, form, left.height)
    placed["classes"] = room.top(form.answers, gap=int(room.height >= form.answers + 10))
    placed["curve"] = room.rest()
    return placed


def _image(placed: Places, room: Room, form: ShiftForm, height: int) -> None:
    """Place the image with its title, and the predictions below it."""
    placed["digit-title"] = room.top(1)
    image = drawn(form.image, room.width, height - 1 - form.networks)
    placed["digit"] = shown_at(room.top(image.height), image)
    placed["says"] = room.top(form.networks, gap=1)


def _map(placed: Places, region: Region, place: int) -> None:
    room = Room(region)
    placed[f"title-{place}"] = room.top(1)
    placed[f"map-{place}"] = room.rest()


def _small(room: Room, form: ShiftForm, shown: tuple[str, ...]) -> Places:
    """Place the image, and beside it the parts that are shown in turn."""
    left = Room(room.left(IMAGE.width, gap=1))
    placed = {"digit-title": left.top(1)}
    placed["digit"] = shown_at(left.rest(), drawn(form.image, left.width, left.height))
    if "found" in shown:
        return placed | {"found": room.rest()}
    if "at" in shown:
        placed["at"] = room.bottom(2)
        placed["says"] = room.bottom(form.networks)
    if "classes" in shown:
        return placed | {"classes": room.rest()}
    map = drawn((SIDE, SIDE), room.width, room.height - 1)
    placed[shown[0]] = room.top(1)
    placed[shown[1]] = shown_at(room.rest(), map)
    return placed
