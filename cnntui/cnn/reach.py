"""Dependencies: the cells on earlier layers that a cell is computed from, and those on later layers that depend on it.

Only windows matter here. Weights and values decide how much a cell changes with another; windows decide which cells can
change it at all. A convolution reads all maps within its window, a pool only its own map, a dense unit everything.
"""

from __future__ import annotations

from collections.abc import Mapping

from cnntui.cnn.cells import Cells, as_maps
from cnntui.cnn.layers import Layer, Shape
from cnntui.cnn.network import IMAGE, Network
from cnntui.values import dataclass


def dependencies(network: Network, name: str, cells: Cells) -> tuple[Cells, ...]:
    """The cells that some output cells of a layer depend on: in the image, the first layer, …, and last these cells.

    Raises:
        CnntuiError: there is no such layer.
    """
    needed = {name: cells}
    layers = network.layers[: network.index(name) + 1]
    for layer in reversed(layers):
        made, shapes = needed.get(layer.name, Cells()), network.input_shapes_of(layer.name)
        for input, read in enumerate(network.reads(layer.name)):
            needed[read] = needed.get(read, Cells()) | layer.sources(made, *shapes, input=input)
    return tuple(needed.get(place, Cells()) for place in (IMAGE, *(layer.name for layer in layers)))


def dependents(network: Network, name: str, cells: Cells) -> tuple[Cells, ...]:
    """The cells that depend on some output cells of a layer: these cells, those of the next layer, … of the last one.

    Raises:
        CnntuiError: there is no such layer.
    """
    made = {name: cells}
    for layer in network.layers[network.index(name) + 1 :]:
        made[layer.name] = _made(network, layer, made)
    return tuple(made.values())


def _made(network: Network, layer: Layer, read: Mapping[str, Cells]) -> Cells:
    """The cells of a layer that are computed from at least one of the given cells of its inputs."""
    shapes = network.input_shapes_of(layer.name)
    made = Cells()
    for input, name in enumerate(network.reads(layer.name)):
        made |= layer.readers(read.get(name, Cells()), *shapes, input=input)
    return made


def read_at_all(network: Network) -> tuple[Cells, ...]:
    """The cells that the network's output as a whole depends on: in the image, in the first layer, … in the last one.

    Every other cell can have any value without changing the answer. If no layer is known to give the answer, all cells
    are returned.
    """
    if network.answer is None:
        return tuple(map(Cells.every, (network.input_shape, *network.shapes)))
    last = network.answer.name
    return dependencies(network, last, Cells.every(network.output_shape_of(last)))


@dataclass(frozen=True)
class Unread:
    """One row (or column) of an activation that the network's output does not depend on, and why.

    Attributes:
        index: the number of the row.
        readers: the layers that depend on the row, in order, each with those of its own rows that do.
        end: the layer whose windows leave out the last of those rows.
    """

    index: int
    readers: tuple[tuple[Layer, tuple[int, ...]], ...]
    end: Layer


def never_read(network: Network, place: int, axis: int) -> tuple[Unread, ...]:
    """The rows (axis 0) or columns (axis 1) that the network never reads.

    Args:
        network: the network.
        place: 0 for the image, 1 for the output of the first layer, and so on.
        axis: 0 for rows, 1 for columns.
    """
    shape = as_maps(_before(network, place))
    alive = read_at_all(network)[place]
    dead = [index for index in range(shape[axis]) if index not in (alive.rows, alive.cols)[axis]]
    return tuple(_unread(network, place, axis, index) for index in dead)


def _unread(network: Network, place: int, axis: int, index: int) -> Unread:
    every = Cells.every(_before(network, place))
    cells = Cells((index,), every.cols, every.maps) if axis == 0 else Cells(every.rows, (index,), every.maps)
    way: list[tuple[Layer, tuple[int, ...]]] = []
    reached = {(IMAGE, *(layer.name for layer in network))[place]: cells}
    end: Layer | None = None
    for layer in network.layers[place:]:
        if not any(len(reached.get(read, Cells())) for read in network.reads(layer.name)):
            continue
        reached[layer.name] = cells = _made(network, layer, reached)
        if len(cells):
            way.append((layer, (cells.rows, cells.cols)[axis]))
        else:
            end = layer
    if end is None:
        raise ValueError(f"the network reads {('row', 'column')[axis]} {index}")
    return Unread(index, tuple(way), end)


def _before(network: Network, place: int) -> Shape:
    """The shape of the input of the layer at a place."""
    return network.shapes[place - 1] if place else network.input_shape
