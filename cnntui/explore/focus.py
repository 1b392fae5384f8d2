"""The focus: the number that is shown, and the moves from it to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from math import prod

import numpy as np

from cnntui.cnn.cells import Cells
from cnntui.cnn.layers import Layer, Shape
from cnntui.cnn.network import Network
from cnntui.cnn.receptive_field import receptive_field
from cnntui.cnn.window import PIXEL, ReceptiveField
from cnntui.values import dataclass


@dataclass(frozen=True)
class Focus:
    """One number that the network computes for one image. Everything is counted from 0.

    Attributes:
        index: the index of the image among the test images.
        own: whether the user's own picture is shown instead of that image.
        layer: the name of a layer. If the layer is flat, the cell below stays the one on the last map before it; if no
            layer before it has maps, that map is the image, and the cell is a pixel.
        filter: the layer's output map; for a pool, which keeps maps apart, also its input map.
        channel: the input map of a convolution whose products are shown, counted from the first one that the filter
            reads.
        row, col: the row and column of the output cell.
        unit: the output of a dense layer.
        source: the input of a dense layer whose product is selected.
    """

    index: int = 0
    own: bool = False
    layer: str = "conv2d"
    filter: int = 0
    channel: int = 0
    row: int = 0
    col: int = 0
    unit: int = 0
    source: int = 0


class Move(Enum):
    """The direction of an arrow key, in rows and columns of the output."""

    UP = (-1, 0)
    DOWN = (1, 0)
    LEFT = (0, -1)
    RIGHT = (0, 1)


class Aim(Enum):
    """How a number of a layer is identified."""

    CELL = "cell"
    """By its row, column and map."""
    SLOT = "slot"
    """By the cell that was flattened into its place."""
    UNIT = "unit"
    """By its place in a vector of its own."""


def aim_at(network: Network, name: str) -> Aim:
    """How the numbers of a layer are identified."""
    if network.has_maps(name):
        return Aim.CELL
    is_map_in_line = network[name].IS_REARRANGED and prod(maps_shape(network, name)) == network.shape_of(name)[0]
    return Aim.SLOT if is_map_in_line else Aim.UNIT


def maps_of(network: Network) -> tuple[Layer, ...]:
    """The layers that output maps, in order."""
    return tuple(layer for layer in network if network.has_maps(layer.name))


def map_of(network: Network, name: str) -> Layer | None:
    """The layer that a focus's cell lies on; for a flat layer, the last layer before it that still has maps.

    None if there is no such layer: the cell is then a pixel of the image.
    """
    return next((layer for layer in reversed(network.path_to(name)) if network.has_maps(layer.name)), None)


def maps_shape(network: Network, name: str) -> Shape:
    """`(rows, columns, maps)` of what a focus's cell lies on, see `map_of`; the image counts as one map."""
    layer = map_of(network, name)
    return network.input_shape if layer is None else network.output_shape_of(layer.name)


def reads_pixels(network: Network, name: str) -> bool:
    """Whether a layer's units are weighted sums of the pixels themselves."""
    return network[name].MIXES_MAPS and reads_slots(network, name) and map_of(network, name) is None


def reads_slots(network: Network, name: str) -> bool:
    """Whether a layer reads flattened cells."""
    before = network.before(name)
    return before is not None and aim_at(network, before.name) is Aim.SLOT


def field_of(network: Network, name: str) -> ReceptiveField:
    """The receptive field of a focus's cell, see `map_of`; for a pixel, the pixel itself."""
    layer = map_of(network, name)
    return PIXEL if layer is None else receptive_field(network, layer.name)


def channels_of(network: Network, name: str) -> int:
    """How many maps are read by the layer that a focus's cell lies on."""
    layer = map_of(network, name)
    count = (network.input_shape if layer is None else network.input_shape_of(layer.name))[-1]
    return len(layer.maps_read(0, count)) if layer is not None and layer.MIXES_MAPS else count


def clamped(focus: Focus, network: Network) -> Focus:
    """The focus, moved no more than needed to lie within the network's layer."""
    if focus.layer not in network:
        focus = replace(focus, layer=network.layers[0].name)
    rows, cols, filters = maps_shape(network, focus.layer)
    focus = replace(
        focus,
        filter=_within(focus.filter, filters),
        channel=_within(focus.channel, channels_of(network, focus.layer)),
        row=_within(focus.row, rows),
        col=_within(focus.col, cols),
    )
    if aim_at(network, focus.layer) is not Aim.UNIT:
        return focus
    inputs, units = prod(network.input_shape_of(focus.layer)), network.output_shape_of(focus.layer)[-1]
    return replace(focus, unit=_within(focus.unit, units), source=_within(focus.source, inputs))


def _within(place: int, count: int) -> int:
    return min(max(place, 0), count - 1)


def moved(focus: Focus, network: Network, move: Move, cells: int = 1) -> Focus:
    """The focus some cells further in a direction, stopping at the edge of the map."""
    rows, cols = move.value
    return clamped(replace(focus, row=focus.row + rows * cells, col=focus.col + cols * cells), network)


def to_cell(focus: Focus, network: Network, row: int, col: int) -> Focus:
    """The focus on an output cell, or on the nearest one on the map."""
    return clamped(replace(focus, row=row, col=col), network)


def to_index(focus: Focus, network: Network, index: int) -> Focus:
    """The focus on the output cell at a place in reading order, stopping at the first and the last."""
    rows, cols, _ = maps_shape(network, focus.layer)
    row, col = divmod(_within(index, rows * cols), cols)
    return replace(focus, row=row, col=col)


def slot_of(focus: Focus, network: Network) -> int:
    """The place of the focus's cell in the flattened vector: maps vary fastest, then columns, then rows."""
    return int(np.ravel_multi_index((focus.row, focus.col, focus.filter), maps_shape(network, focus.layer)))


def to_slot(focus: Focus, network: Network, slot: int) -> Focus:
    """The focus on the cell that fills a slot of the flattened vector; after the last slot comes the first."""
    shape = maps_shape(network, focus.layer)
    row, col, filter = (int(place) for place in np.unravel_index(slot % prod(shape), shape))
    return replace(focus, row=row, col=col, filter=filter)


def to_term(focus: Focus, network: Network, source: int) -> Focus:
    """The focus on a term of a unit's sum and, where the layer reads a flattened vector, on the term's cell."""
    focus = replace(focus, source=source)
    return to_slot(focus, network, source) if reads_slots(network, focus.layer) else focus


def with_image(focus: Focus, step: int) -> Focus:
    """The focus on another image, or from the user's own picture back to the image that was shown before.

    The caller brings the index back into the range of the images.
    """
    return replace(focus, own=False) if focus.own else replace(focus, index=focus.index + step)


def with_filter(focus: Focus, network: Network, step: int) -> Focus:
    """The focus on another filter; after the last comes the first."""
    filters = maps_shape(network, focus.layer)[-1]
    return replace(focus, filter=(focus.filter + step) % filters)


def with_unit(focus: Focus, network: Network, step: int) -> Focus:
    """The focus on another place in the vector of a flat layer; after the last comes the first."""
    if aim_at(network, focus.layer) is Aim.UNIT:
        return replace(focus, unit=(focus.unit + step) % network.output_shape_of(focus.layer)[-1])
    return to_slot(focus, network, slot_of(focus, network) + step)


def with_map_or_unit(focus: Focus, network: Network, step: int) -> Focus:
    """The focus on another map of the layer, or on another place in its vector."""
    return (with_filter if network.has_maps(focus.layer) else with_unit)(focus, network, step)


def with_channel(focus: Focus, network: Network, step: int) -> Focus:
    """The focus on another input channel; after the last comes the first."""
    return replace(focus, channel=(focus.channel + step) % channels_of(network, focus.layer))


def with_layer(focus: Focus, network: Network, layers: Sequence[Layer], step: int) -> Focus:
    """The focus on another of some layers; after the last comes the first. The position is kept if it exists there."""
    names = [layer.name for layer in layers]
    place = names.index(focus.layer) + step if focus.layer in names else 0
    return clamped(replace(focus, layer=names[place % len(names)]), network)


def to_layer(focus: Focus, network: Network, name: str) -> Focus:
    """The focus on another layer; from maps to maps, on the map of the same number, at about the same place."""
    here, there = network.index(focus.layer), network.index(name)
    row, col = focus.row, focus.col
    for layer in network.layers[min(here, there) + 1 : max(here, there) + 1]:
        down, right = layer.stride
        row, col = (row // down, col // right) if here < there else (row * down, col * right)
    return clamped(replace(focus, layer=name, row=row, col=col), network)


def towards(focus: Focus, network: Network, layers: Sequence[Layer]) -> Focus | None:
    """The same place on the nearest of some layers, later layers first; None if there are none."""
    here = network.index(focus.layer)
    places = [network.index(layer.name) for layer in layers]
    if not places:
        return None
    if here in places:
        return focus
    place = min(places, key=lambda place: (place < here, abs(place - here)))
    there = network.layers[place]
    if there is network.after(focus.layer) and not dead_end(focus, network):
        return followed(focus, network)
    if there is network.before(focus.layer):
        return retraced(focus, network)
    return to_layer(focus, network, there.name)


def followed(focus: Focus, network: Network, to: str | None = None) -> Focus | None:
    """The place where another layer reads this number.

    In a convolution or pool, this is the window that begins with the output cell, or the last one that still reads it;
    in a flattened vector, the slot of the cell; in a dense layer, a term of a unit. None if no layer reads the number;
    `dead_end` says why.

    Args:
        focus: the number.
        network: its network.
        to: the name of the layer that reads it; None for the first one.
    """
    if dead_end(focus, network, to):
        return None
    following = _reader(focus, network, to)
    assert following is not None
    aim = aim_at(network, following.name)
    there = replace(focus, layer=following.name)
    if aim is Aim.SLOT:
        return there
    if aim is Aim.UNIT and following.MIXES_MAPS:
        return clamped(replace(there, source=_place(focus, network)[-1]), network)
    read_at = _read_at(following, focus, network)
    if aim is Aim.UNIT:
        return clamped(replace(there, unit=read_at.maps[0]), network)
    cell_row, cell_col, map = _place(focus, network)
    row, col = (
        min(positions, key=lambda position: abs(position - cell // stride))
        for positions, cell, stride in zip(
            (read_at.rows, read_at.cols), (cell_row, cell_col), following.stride, strict=True
        )
    )
    # Of the filters that read a map, the one with the same number, if it is among them.
    filter = focus.filter if focus.filter in read_at.maps else read_at.maps[0]
    maps = following.maps_read(filter, network.input_shape_of(following.name)[-1])
    channel = map - maps.start if following.MIXES_MAPS else 0
    return clamped(replace(there, filter=filter, channel=channel, row=row, col=col), network)


def _place(focus: Focus, network: Network) -> tuple[int, int, int]:
    """The row, column and map of the focused number; each place in a vector is a map of one cell."""
    aim = aim_at(network, focus.layer)
    if aim is Aim.CELL:
        return focus.row, focus.col, focus.filter
    return 0, 0, focus.unit if aim is Aim.UNIT else slot_of(focus, network)


def _read_at(following: Layer, focus: Focus, network: Network) -> Cells:
    """The output cells of a layer after the focused one that are computed from the focused number."""
    shapes = network.input_shapes_of(following.name)
    which = network.reads(following.name).index(focus.layer)
    return following.readers(Cells.one(*_place(focus, network)), *shapes, input=which)


def _reader(focus: Focus, network: Network, to: str | None) -> Layer | None:
    return network.after(focus.layer) if to is None else network[to]


def dead_end(focus: Focus, network: Network, to: str | None = None) -> str:
    """Why a number cannot be followed into a later layer, by default the first that reads it; empty if it can."""
    following = _reader(focus, network, to)
    if following is None:
        return f"{focus.layer} is the network's last layer."
    if network.has_maps(following.name):
        everything = Cells.every(network.output_shape_of(following.name))
        which = network.reads(following.name).index(focus.layer)
        read = following.sources(everything, *network.input_shapes_of(following.name), input=which)
        row, col, _ = _place(focus, network)
        for word, cell, places in (("row", row, read.rows), ("column", col, read.cols)):
            if cell not in places:
                why = "no complete window fits there" if cell > places[-1] else "its windows skip it"
                return f"{following.name} never reads {word} {cell}: {why}."
    return ""


def readers_of(focus: Focus, network: Network) -> tuple[str, ...]:
    """The names of the layers into which a number can be followed."""
    readers = [layer.name for layer in network.readers(focus.layer)]
    return tuple(name for name in readers if not dead_end(focus, network, name))


def retraced(focus: Focus, network: Network, to: str | None = None) -> Focus | None:
    """A number in an earlier layer that this one is computed from; None at the first layer.

    This is the first cell that a window reads, the cell of a slot, or the selected input of a dense layer.

    Args:
        focus: the number.
        network: its network.
        to: the name of the earlier layer; None for the first one that the layer reads.
    """
    layer, before = network[focus.layer], network.before(focus.layer) if to is None else network[to]
    if before is None:
        return None
    back, aim = replace(focus, layer=before.name), aim_at(network, layer.name)
    if aim is Aim.SLOT:
        return clamped(back, network)
    if aim is Aim.UNIT and layer.MIXES_MAPS:
        place = focus.source
    else:
        which = network.reads(layer.name).index(before.name)
        read = layer.sources(Cells.one(*_place(focus, network)), *network.input_shapes_of(layer.name), input=which)
        if not len(read):
            return clamped(back, network)
        place = read.maps[min(focus.channel, len(read.maps) - 1)] if layer.MIXES_MAPS else read.maps[0]
        if aim_at(network, before.name) is Aim.CELL:
            down, right = layer.stride
            row, col = (focus.row * down, focus.col * right) if layer.sliding else (read.rows[0], read.cols[0])
            return clamped(replace(back, filter=place, channel=0, row=row, col=col), network)
    if aim_at(network, before.name) is Aim.UNIT:
        return clamped(replace(back, unit=place, source=0), network)
    return to_slot(back, network, place)
