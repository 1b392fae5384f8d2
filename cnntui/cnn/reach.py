"""What depends on what: the cells that a cell is made from on every layer before it, and those made from it after it.

This is a matter of windows alone. Weights and values decide how much a cell changes with another; here is said which
ones can change it at all. A convolution reads all maps of its window, a pool only its own, a dense unit everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn import ops
from cnntui.cnn.layers import Conv2D, Dense, Flatten, Layer, Pool2D, Shape
from cnntui.cnn.network import Network
from cnntui.cnn.window import Window


@dataclass(frozen=True)
class Cells:
    """Some cells of a stack of maps: those in any of `rows` and any of `cols`, on any of `maps`.

    A vector is a stack of maps of one cell each: its places are `maps`, its only row and column are 0. The rows need
    not follow one another: a stride that is larger than the window leaves some out.
    """

    rows: tuple[int, ...]
    cols: tuple[int, ...]
    maps: tuple[int, ...]

    @classmethod
    def one(cls, row: int, col: int, map: int) -> Cells:
        """A single cell."""
        return cls((row,), (col,), (map,))

    @classmethod
    def every(cls, shape: Shape) -> Cells:
        """All cells of an activation."""
        rows, cols, maps = as_maps(shape)
        return cls(tuple(range(rows)), tuple(range(cols)), tuple(range(maps)))

    def __len__(self) -> int:
        return len(self.rows) * len(self.cols) * len(self.maps)

    @property
    def on_a_map(self) -> int:
        """How many cells of one map they are."""
        return len(self.rows) * len(self.cols)

    @property
    def window(self) -> Window | None:
        """The smallest window that they all lie in; None where there are none."""
        if not len(self):
            return None
        top, left = self.rows[0], self.cols[0]
        return Window(top, left, self.rows[-1] + 1 - top, self.cols[-1] + 1 - left)

    def mask(self, shape: Shape) -> NDArray[np.bool_]:
        """`(rows, columns)` of an activation of that shape: True where a map has one of the cells."""
        height, width, _ = as_maps(shape)
        return np.logical_and.outer(np.isin(range(height), self.rows), np.isin(range(width), self.cols))


def as_maps(shape: Shape) -> tuple[int, int, int]:
    """Rows, columns and maps of an activation; a vector is as many maps of one cell as it has places."""
    return (1, 1, shape[0]) if len(shape) == 1 else (shape[0], shape[1], shape[2])


def sources(layer: Layer, cells: Cells, input_shape: Shape) -> Cells:
    """What a layer reads of its input to make some of its output cells.

    Of a flatten layer's slots, either one or all: others need not fill a window.
    """
    if isinstance(layer, Dense):
        return Cells.every(input_shape) if len(cells) else Cells((), (), ())
    if isinstance(layer, Flatten):
        rows, cols, maps = (_sorted(places.tolist()) for places in np.unravel_index(cells.maps, input_shape))
        return Cells(rows, cols, maps)
    rows, cols = (
        _sorted(
            cell
            for position in positions
            for cell in (position * step - before + offset for offset in window)
            if 0 <= cell < length
        )
        for positions, window, step, before, length in _axes(layer, cells, input_shape)
    )
    maps = tuple(range(input_shape[-1])) if isinstance(layer, Conv2D) else cells.maps
    return Cells(rows, cols, maps if len(cells) else ())


def readers(layer: Layer, cells: Cells, input_shape: Shape) -> Cells:
    """The output cells of a layer that read at least one of some cells of its input."""
    output = Cells.every(layer.output_shape(input_shape))
    if not len(cells) or isinstance(layer, Dense):
        return output if len(cells) else Cells((), (), ())
    if isinstance(layer, Flatten):
        slots = np.ravel_multi_index(np.ix_(cells.rows, cells.cols, cells.maps), input_shape)
        return Cells((0,), (0,), _sorted(slots.ravel().tolist()))
    rows, cols = (
        tuple(position for position in positions if any(cell - position * step + before in window for cell in read))
        for positions, read, (_, window, step, before, _) in zip(
            (output.rows, output.cols), (cells.rows, cells.cols), _axes(layer, cells, input_shape), strict=True
        )
    )
    maps = output.maps if isinstance(layer, Conv2D) else cells.maps
    return Cells(rows, cols, maps) if rows and cols else Cells((), (), ())


def seen_by(network: Network, name: str, cells: Cells) -> tuple[Cells, ...]:
    """What some output cells of a layer depend on: in the image, on the first layer, …, and last the cells themselves.

    Raises:
        CnntuiError: there is no such layer.
    """
    chain = [cells]
    for place in range(network.index(name), -1, -1):
        chain.append(sources(network.layers[place], chain[-1], _before(network, place)))
    return tuple(reversed(chain))


def made_from(network: Network, name: str, cells: Cells) -> tuple[Cells, ...]:
    """What depends on some output cells of a layer: the cells themselves, those on the next layer, … on the last one.

    Raises:
        CnntuiError: there is no such layer.
    """
    chain = [cells]
    for place in range(network.index(name) + 1, len(network)):
        chain.append(readers(network.layers[place], chain[-1], _before(network, place)))
    return tuple(chain)


def read_at_all(network: Network) -> tuple[Cells, ...]:
    """What the network's output as a whole depends on: on the image, on the first layer, … on the last one.

    Whatever is left out can have any value without changing the answer.
    """
    last = network.layers[-1].name
    return seen_by(network, last, Cells.every(network.output_shape_of(last)))


@dataclass(frozen=True)
class Unread:
    """One row (or column) of an activation that the network's output does not depend on, and why.

    Attributes:
        index: which row.
        readers: the layers that still read something of it, in order, each with the rows that it makes of it.
        end: the layer whose windows leave the last of those rows out.
    """

    index: int
    readers: tuple[tuple[Layer, tuple[int, ...]], ...]
    end: Layer


def never_read(network: Network, place: int, axis: int) -> tuple[Unread, ...]:
    """The rows (axis 0) or columns (axis 1) that the network never reads.

    Args:
        network: the network.
        place: 0 for the image, 1 for what the first layer hands on, and so on.
        axis: 0 or 1.
    """
    shape = as_maps(_before(network, place))
    alive = read_at_all(network)[place]
    dead = [index for index in range(shape[axis]) if index not in (alive.rows, alive.cols)[axis]]
    return tuple(_unread(network, place, axis, index) for index in dead)


def _unread(network: Network, place: int, axis: int, index: int) -> Unread:
    every = Cells.every(_before(network, place))
    cells = Cells((index,), every.cols, every.maps) if axis == 0 else Cells(every.rows, (index,), every.maps)
    way: list[tuple[Layer, tuple[int, ...]]] = []
    for layer, shape in zip(network.layers[place:], (network.input_shape, *network.shapes)[place:], strict=False):
        cells = readers(layer, cells, shape)
        if not len(cells):
            return Unread(index, tuple(way), layer)
        way.append((layer, (cells.rows, cells.cols)[axis]))
    raise ValueError(f"the network reads {('row', 'column')[axis]} {index}")


def _before(network: Network, place: int) -> Shape:
    """The shape of what the layer at a place is given."""
    return network.shapes[place - 1] if place else network.input_shape


def _axes(
    layer: Conv2D | Pool2D, cells: Cells, input_shape: Shape
) -> list[tuple[tuple[int, ...], range, int, int, int]]:
    """Down and along: some positions, the cells of the window, its step, the zeros before the input, its length."""
    zeros = ops.zeros_before(input_shape, layer.extent, layer.stride, layer.padding)
    return [
        (
            positions,
            range(0, layer.extent[axis], layer.dilation[axis]),
            layer.stride[axis],
            zeros[axis],
            input_shape[axis],
        )
        for axis, positions in enumerate((cells.rows, cells.cols))
    ]


def _sorted(places: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(places)))
