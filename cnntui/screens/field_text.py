"""What is said of what a cell sees, made from the network's live shapes and from the cells that are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from cnntui.cnn.layers import Conv2D, Dense, Flatten, Layer, MaxPool2D
from cnntui.cnn.network import Network
from cnntui.cnn.reach import Cells, as_maps, made_from, seen_by
from cnntui.cnn.receptive_field import receptive_field
from cnntui.focus import Focus, slot_of
from cnntui.widgets.lines import Line

MARKER = "▸"


@dataclass(frozen=True)
class Sight:
    """What one number depends on, and what depends on it.

    Attributes:
        place: the place of its layer in the network, from 0.
        cells: those of the image, of the first layer, … of the last one; at `place + 1` it stands itself.
    """

    place: int
    cells: tuple[Cells, ...]

    @property
    def pixels(self) -> Cells:
        """What it sees of the image."""
        return self.cells[0]


def sight(focus: Focus, network: Network) -> Sight:
    """What the number in focus sees, and what it becomes a part of."""
    layer = network[focus.layer]
    if isinstance(layer, Dense):
        cell = Cells.one(0, 0, focus.unit)
    elif isinstance(layer, Flatten):
        cell = Cells.one(0, 0, slot_of(focus, network))
    else:
        cell = Cells.one(focus.row, focus.col, focus.filter)
    before, after = seen_by(network, layer.name, cell), made_from(network, layer.name, cell)
    return Sight(network.index(layer.name), (*before, *after[1:]))


# What stands over the grids


def head(focus: Focus, network: Network) -> Line:
    """The layer, and which of its maps or units."""
    layer = network[focus.layer]
    line: Line = ((layer.name, "strong"),)
    if isinstance(layer, Dense):
        return (*line, ("   unit ", "dim"), (f"{focus.unit}", "strong"), (f" of {layer.units}", "dim"))
    if isinstance(layer, Flatten):
        (slots,) = network.output_shape_of(layer.name)
        return (*line, ("   slot ", "dim"), (f"{slot_of(focus, network)}", "strong"), (f" of {slots:,}", "dim"))
    word, maps = word_for_map(layer), network.output_shape_of(layer.name)[-1]
    return (*line, (f"   {word} ", "dim"), (f"{focus.filter}", "strong"), (f" of {maps}", "dim"))


def word_for_map(layer: Layer) -> str:
    """What one of a layer's maps is called."""
    return "filter" if isinstance(layer, Conv2D) else "map"


def title(layer: Layer, map: int, maps: int, selected: bool, width: int) -> Line:
    """Which map of a layer is drawn, in as many words as fit."""
    name = layer.name
    kind = "conv" if isinstance(layer, Conv2D) else "pool"
    forms = (f"{name} map {map} of {maps}", f"{name} {map}/{maps}", f"{kind} {map}/{maps}", f"{map}/{maps}")
    text = next((form for form in forms if len(form) <= width), forms[-1])
    return ((text, "window" if selected else "dim"),)


# What is said of the cell


def sees(network: Network, seen: Sight) -> Line:
    """How many of the image's pixels the number depends on."""
    pixels, (height, width, _) = seen.pixels, as_maps(network.input_shape)
    count, all_pixels = pixels.on_a_map, height * width
    return (
        ("sees ", "dim"), (f"{len(pixels.rows)}×{len(pixels.cols)} = {count}", "window"),
        (f" of {all_pixels:,} pixels, ", "dim"), (f"{count / all_pixels:.1%}", "window"),
    )  # fmt: skip


def where(seen: Sight) -> Line:
    """Which pixels those are."""
    rows, cols = seen.pixels.rows, seen.pixels.cols
    return ((f"{_counted('row', rows)}, {_counted('column', cols)} of the digit", ""),)


def growth(network: Network, layer: Layer, width: int) -> list[Line]:
    """How the size of the receptive field comes about, as arithmetic."""
    lines: list[Line] = []
    fields = receptive_field(network, layer.name)
    square = fields.size[0] == fields.size[1]
    for axis, word in ((1, "wide"),) if square else ((0, "high"), (1, "wide")):
        long, short = "1", ""
        before, jump = 1, 1
        for other in network.layers[: network.index(layer.name) + 1]:
            assert isinstance(other, Conv2D | MaxPool2D)
            field = receptive_field(network, other.name)
            long += f" +{other.size[axis] - 1}×{jump}→ {field.size[axis]}"
            short += f"{' → ' if short else ''}{field.size[axis]}"
            before, jump = field.size[axis], field.jump[axis]
        text = next((form for form in (f"{long} {word}", long, f"{short} {word}") if len(form) <= width), short)
        lines.append(((text, "window"),))
    return lines


def why(network: Network, layer: Layer, width: int) -> list[Line]:
    """What the last of these additions means."""
    assert isinstance(layer, Conv2D | MaxPool2D)
    place = network.index(layer.name)
    jump = receptive_field(network, network.layers[place - 1].name).jump[1] if place else 1
    window = layer.size[1]
    apart = f"whose cells are {jump} pixels apart" if jump > 1 else "whose cells are 1 pixel apart"
    read = network.layers[place - 1].name if place else "the digit"
    text = f"{layer.name} adds ({window} − 1) × {jump}: its window is {window} cells of {read}, {apart}."
    later = " That is why later layers know larger forms."
    return [((line, "dim"),) for line in wrap(text + later, max(width, 20))]


def _counted(word: str, places: Sequence[int]) -> str:
    """`rows 8–18`, `row 3`, `rows 0, 2, 4`."""
    if not places:
        return f"no {word}"
    if len(places) == 1:
        return f"{word} {places[0]}"
    together = places[-1] - places[0] + 1 == len(places)
    return f"{word}s {places[0]}–{places[-1]}" if together else f"{word}s {', '.join(map(str, places))}"
