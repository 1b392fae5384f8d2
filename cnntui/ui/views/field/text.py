"""The words about a number's receptive field, computed from the network's shapes and the marked cells."""

from __future__ import annotations

from collections.abc import Sequence

from cnntui.cnn.arithmetic import counted, number, percent
from cnntui.cnn.cells import Cells, as_maps
from cnntui.cnn.layers import Layer, times
from cnntui.cnn.network import Network
from cnntui.cnn.reach import Unread, dependencies, dependents, never_read, read_at_all
from cnntui.cnn.receptive_field import receptive_field
from cnntui.explore.focus import Aim, Focus, aim_at, map_of, maps_of, reads_slots, slot_of
from cnntui.explore.scene import Scene
from cnntui.printable import shortened, text_width
from cnntui.ui.widgets.text.line import FILL, Line, in_lines, line_width
from cnntui.values import dataclass

ROWS, COLUMNS = 0, 1
"""The axes of a map."""

NO_PLACE = ("no row", "no column")
ONE_PLACE = ("row {}", "column {}")
SEVERAL_PLACES = ("rows {}", "columns {}")

GOES = ("Row {places} goes only into {made} of {layer}", "Column {places} goes only into {made} of {layer}")
GO = ("Rows {places} go only into {made} of {layer}", "Columns {places} go only into {made} of {layer}")
GOES_ON, GO_ON = "that goes only into {made} of {layer}", "those go only into {made} of {layer}"
TAKES = (
    "{end} has {windows} on {source}: they take {covered} of {length} rows, not {left_out}.",
    "{end} has {windows} on {source}: they take {covered} of {length} columns, not {left_out}.",
)


@dataclass(frozen=True)
class Reach:
    """The numbers that one number depends on, and those that depend on it.

    Attributes:
        place: the place of the number's layer in the network, counted from 0.
        cells: the cells of the image, the first layer, … and the last layer; at `place + 1` is the number itself.
    """

    place: int
    cells: tuple[Cells, ...]

    @property
    def pixels(self) -> Cells:
        """The pixels of the image that the number depends on."""
        return self.cells[0]


def reach_of(focus: Focus, network: Network) -> Reach:
    """The numbers that the focused number depends on, and those that depend on it."""
    layer = network[focus.layer]
    match aim_at(network, layer.name):
        case Aim.UNIT:
            cell = Cells.one(0, 0, focus.unit)
        case Aim.SLOT:
            cell = Cells.one(0, 0, slot_of(focus, network))
        case Aim.CELL:
            cell = Cells.one(focus.row, focus.col, focus.filter)
    before, after = dependencies(network, layer.name, cell), dependents(network, layer.name, cell)
    return Reach(network.index(layer.name), (*before, *after[1:]))


# Titles of the grids


def head(scene: Scene, of_this_cell: bool, width: int) -> Line:
    """The layer, the number of its map or unit, and how the maps of the other layers are chosen.

    Args:
        scene: the current scene.
        of_this_cell: whether those maps are chosen for the cell alone rather than for its whole map.
        width: the number of columns; what does not fit is left out.
    """
    focus, network = scene.focus, scene.network
    layer = network[focus.layer]
    (*_, count) = network.output_shape_of(layer.name)
    aim = aim_at(network, layer.name)
    word, place = (
        ("unit", focus.unit) if aim is Aim.UNIT
        else ("slot", slot_of(focus, network)) if aim is Aim.SLOT
        else ("filter" if layer.MIXES_MAPS else "map", focus.filter)
    )  # fmt: skip
    line: Line = ((layer.name, "strong"), (f"   {word} ", "dim"), (f"{place}", "strong"), (f" of {count:,}", "dim"))
    if aim is Aim.UNIT or not maps_of(network):
        return line
    others = f"  with what feeds {'the cell' if of_this_cell else 'it'} most"
    return (*line, (others, "dim")) if line_width(line) + len(others) <= width else line


def cell(scene: Scene) -> Line:
    """The place of the focused number, and its value."""
    focus, layer = scene.focus, scene.network[scene.focus.layer]
    output = scene.activations[layer.name].output
    aim = aim_at(scene.network, layer.name)
    if aim is Aim.UNIT:
        return (FILL, (number(float(output[focus.unit])), "window"))
    place = slot_of(focus, scene.network) if aim is Aim.SLOT else (focus.row, focus.col, focus.filter)
    return (FILL, (f"cell ({focus.row}, {focus.col})   {number(float(output[place]))}", "window"))


def image_title(scene: Scene) -> Line:
    """The title of the image."""
    return ((f"{scene.title} ", "strong"), (times(scene.network.input_shape[:2]), "dim"))


def map_title(network: Network, layer: Layer, map: int, selected: bool, width: int) -> Line:
    """The title of a layer's map, in as many words as fit."""
    rows, cols, maps = network.output_shape_of(layer.name)
    kind = layer.KIND
    forms = [
        *(f"{layer.name} {rows}×{cols} map {map} of {maps}", f"{layer.name} map {map} of {maps}"),
        *(f"{layer.name} {map}/{maps}", f"{kind} {map}/{maps}"),
    ]
    short = shortened(layer.name, max(0, width - len(f" {map}/{maps}")))
    forms[-1:-1] = [f"{short} {map}/{maps}"] if text_width(short) > len(kind) + 1 else []
    text = next((form for form in forms if text_width(form) <= width), f"{map}/{maps}")
    return ((text, "selected" if selected else "dim"),)


# About the number


def story(scene: Scene, seen: Reach, width: int) -> list[Line]:
    """The pixels that the number depends on, the reason for it, and the numbers that depend on it."""
    network, layer = scene.network, scene.network[scene.focus.layer]
    lines = [*field_size(network, seen, width), where(scene, seen, width)]
    if network.has_maps(layer.name):
        lines += [*growth(network, layer, width), *why(network, layer, width)]
    else:
        lines += flat(network, layer, width)
    return [*lines, becomes(scene, seen, width)]


def field_size(network: Network, seen: Reach, width: int) -> list[Line]:
    """How many of the image's pixels the number depends on, in two lines if one is too short."""
    pixels, (height, wide, _) = seen.pixels, as_maps(network.input_shape)
    count, of_all = pixels.on_a_map, height * wide
    many: Line = (
        ("receptive field ", "dim"),
        (f"{len(pixels.rows)}×{len(pixels.cols)} = {count}", "window"),
        (f" of {of_all:,}", "dim"),
    )
    share = (percent(count / of_all), "window")
    line: Line = (*many, (" pixels, ", "dim"), share)
    return [line] if line_width(line) <= width else [many, (("pixels, ", "dim"), share)]


def where(scene: Scene, seen: Reach, width: int) -> Line:
    """Which pixels the number depends on, and whether the border of the image cuts off part of the window."""
    focus, network = scene.focus, scene.network
    places = f"{_named(ROWS, seen.pixels.rows)}, {_named(COLUMNS, seen.pixels.cols)}"
    whole = f"{places} of the image"
    line: Line = ((whole if len(whole) <= width else places, ""),)
    if network.has_maps(focus.layer):
        window = receptive_field(network, focus.layer).window(focus.row, focus.col)
        if window.clipped(*network.input_shape[:2]) != window:
            return (*line, (", the rest is off it", "dim"))
    return line


def growth(network: Network, layer: Layer, width: int) -> list[Line]:
    """The size of the receptive field as arithmetic: `1 +1×1→ 2 +1×1→ 3 +1×2→ 5 pixels`."""
    sizes = receptive_field(network, layer.name).size
    lines: list[Line] = []
    for axis, word in ((1, "pixels"),) if sizes[0] == sizes[1] else ((0, "high"), (1, "wide")):
        forms = _ways_of_growing(network, network.path_to(layer.name), axis)
        form = next((form for form in forms if len(form) + len(word) < width), f"{sizes[axis]}")
        lines.append(((form, "window"), (f" {word}", "dim")))
    return lines


def _ways_of_growing(network: Network, way: Sequence[Layer], axis: int) -> list[str]:
    """The sizes along the way, with or without the summands; none if cells on the way have no place in the image."""
    if not all(network.has_maps(layer.name) for layer in way):
        return []
    long, short, size, jump, is_sum = "1", "1", 1, 1, True
    for layer in way:
        field = receptive_field(network, layer.name)
        long += f" +{layer.extent[axis] - 1}×{jump}→ {field.size[axis]}"
        short += f"→{field.size[axis]}"
        is_sum &= size + (layer.extent[axis] - 1) * jump == field.size[axis]
        size, jump = field.size[axis], field.jump[axis]
    return [long, short] if is_sum else [short]


def why(network: Network, layer: Layer, width: int) -> list[Line]:
    """The meaning of the last summand in `growth`."""
    before, axis = network.before(layer.name), int(layer.extent[1] >= layer.extent[0])
    if before is not None and not network.has_maps(before.name):
        text = f"{layer.name} lays out {before.name}, in which every number may depend on the whole image."
        return in_lines(text, width, "dim")
    jump = receptive_field(network, before.name).jump[axis] if before is not None else 1
    window = layer.extent[axis]
    if before is None and window == 1:
        text = "A window of 1 pixel contains its level and nothing of its neighbours."
    elif before is None:
        text = f"A window {counted(window, 'pixel')} {('high', 'wide')[axis]} has room for an edge or a corner."
    else:
        text = f"{layer.name} adds ({window} − 1) × {jump}: its window is "
        if window == 1:
            text += "one cell, so its receptive field is no larger."
        else:
            text += f"{window} cells, {counted(jump, 'pixel')} apart. So later layers can detect larger shapes."
    return in_lines(text, width, "dim")


def flat(network: Network, layer: Layer, width: int) -> list[Line]:
    """The reason for the receptive field of a flat layer."""
    source = map_of(network, layer.name)
    inputs = network.input_shape_of(layer.name)
    if layer.IS_REARRANGED and source is None:
        text = "A slot is one pixel of the image, placed in line: nothing else reaches it."
    elif layer.IS_REARRANGED:
        assert source is not None
        text = f"A slot is one cell of {source.name}, placed in line: it has that cell's receptive field."
    elif source is None:
        reads = "pixels" if reads_slots(network, layer.name) else "numbers before it"
        text = (
            f"Every unit reads all {inputs[0]:,} {reads}, each with a weight of its own. It learns patterns of the "
            "whole image: the same shape one pixel further is a different pattern to it."
        )
    else:
        text = (
            f"Every unit reads all {inputs[0]:,} numbers before it, so every cell of every map that any window reads. "
            "Which number is large now says where in the image a shape is."
        )
    return in_lines(text, width, "dim")


def becomes(scene: Scene, seen: Reach, width: int) -> Line:
    """The numbers in later layers that depend on the number."""
    network = scene.network
    following = network.layers[seen.place + 1 :]
    if not following:
        return (("It is a number of the answer itself.", "winner"),)
    if not len(seen.cells[seen.place + 2]):
        return ((f"No window of {following[0].name} reads it: it changes nothing.", "bad"),)
    text = "read by"
    for layer, cells in zip(following, seen.cells[seen.place + 2 :], strict=True):
        if not len(cells):
            text += f", no further: {layer.name} leaves that out"
            break
        many = (
            f"{len(cells.rows)}×{len(cells.cols)}" if network.has_maps(layer.name)
            else counted(len(cells), "slot" if layer.IS_REARRANGED else "unit")
        )  # fmt: skip
        more = f"{',' if text != 'read by' else ''} {many} of {layer.name}"
        if len(text) + len(more) + (0 if layer is following[-1] else 2) > width:
            text += " …"
            break
        text += more
    return ((text, "winner"),)


# About what is never read


def unread(network: Network, width: int) -> list[Line]:
    """What the network never reads of the image, or of the first map that is not read completely, and the reason."""
    shapes = (network.input_shape, *network.shapes)
    alive = read_at_all(network)
    lines: list[Line] = []
    for place, shape in enumerate(shapes[: len(maps_of(network)) + 1]):
        height, wide, _ = as_maps(shape)
        left_out = height * wide - alive[place].on_a_map
        what, cells = (f"maps of {network.layers[place - 1].name}", "cells") if place else ("image", "pixels")
        if not left_out:
            if not place:
                lines.append(((f"The network reads all {height * wide:,} pixels of the image.", "strong"),))
            continue
        entries = [never_read(network, place, axis) for axis in (0, 1)]
        named = [_named(axis, [entry.index for entry in unread]) for axis, unread in enumerate(entries) if unread]
        lines.append((("× ", "negative"), (f"never read: {' and '.join(named)} of the {what}", "strong")))
        lines.append(((f"{left_out} of {height * wide:,} {cells}, {percent(left_out / (height * wide))}", ""),))
        reasons = [_reason(network, unread[-1], axis, place) for axis, unread in enumerate(entries) if unread]
        if all(entries) and _reason(network, entries[COLUMNS][-1], COLUMNS, place, called=ROWS) == reasons[0]:
            reasons[1:] = ["The same holds for the columns."]
        text = " ".join(reasons) + " Nothing there can change the answer."
        return [*lines, *in_lines(text, width, "dim")]
    if maps_of(network):
        lines.append((("Nor does any window leave out a cell of a map.", "dim"),))
    return lines


def _reason(network: Network, unread: Unread, axis: int, place: int, called: int | None = None) -> str:
    """The way of a row or column to the place where it is left out.

    Args:
        network: the network.
        unread: what is left out, and where.
        axis: the axis of the row or column.
        place: the number of layers before its map.
        called: the axis that gives the words, if it is another one, for comparing the ways of both axes.
    """
    words = axis if called is None else called
    source = network.layers[place - 1].name if place else "the image"
    rows: tuple[int, ...] = (unread.index,)
    way: list[str] = []
    for layer, made in unread.readers:
        one, more = (GOES_ON, GO_ON) if way else (GOES[words], GO[words])
        goes = one if len(rows) == 1 else more
        way.append(goes.format(places=_listed(rows), made=_named(words, made), layer=layer.name))
        source, rows = layer.name, made
    end = unread.end
    positions, length = network.output_shape_of(end.name)[axis], network.input_shape_of(end.name)[axis]
    window, stride = end.extent[axis], end.stride[axis]
    windows = f"{positions} windows of {window}" + (f", {stride} apart," if stride != window else "")
    shapes = network.output_shape_of(end.name), network.input_shape_of(end.name)
    read = end.sources(Cells.every(shapes[0]), shapes[1])
    covered = len((read.rows, read.cols)[axis])
    takes = TAKES[words].format(
        end=end.name, windows=windows, source=source, covered=covered, length=length, left_out=_named(words, rows)
    )
    return f"{', '.join(way)}. {takes}" if way else takes


def _named(axis: int, places: Sequence[int]) -> str:
    """`rows 8–18`, `row 3`, `rows 0, 2, 4`."""
    if not places:
        return NO_PLACE[axis]
    return (ONE_PLACE if len(places) == 1 else SEVERAL_PLACES)[axis].format(_listed(places))


def _listed(places: Sequence[int]) -> str:
    """`8–18`, `3`, `0, 2, 4`."""
    together = len(places) > 1 and places[-1] - places[0] + 1 == len(places)
    return f"{places[0]}–{places[-1]}" if together else ", ".join(map(str, places))
