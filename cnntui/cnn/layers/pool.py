"""Pools: one number for every window, on each map separately, without parameters."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

import numpy as np

from cnntui.cnn import ops
from cnntui.cnn.cells import Cells, Shape
from cnntui.cnn.layers.layer import Factors, Index, Layer, LayerActivation, check_is_a_map, positions, times
from cnntui.cnn.layers.operation import Operation, on_the_way
from cnntui.cnn.ops import Floats, Padding, Pair
from cnntui.cnn.sliding import Sliding
from cnntui.cnn.window import ReceptiveField, Window
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class Pool2D(Layer):
    """A pool reduces every window to one number, on each map separately. It has no parameters.

    Attributes:
        padding: 'valid' keeps the window inside the input; with 'same' it may stick out, and padding does not count.
    """

    KIND: ClassVar[str] = "pool"
    POOLS_CELLS: ClassVar[bool] = True
    TAKES: ClassVar[str]
    """What is kept of a window."""

    size: Pair = (2, 2)
    stride: Pair = (2, 2)
    padding: Padding = "valid"

    @cached_property
    def sliding(self) -> Sliding:
        return Sliding(self.size, self.stride, self.padding)

    @property
    def description(self) -> str:
        return f"{self.TAKES} of {times(self.size)}"

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """`(rows, columns, channels)`. Raises CnntuiError when the window does not fit."""
        check_is_a_map(self.name, input_shape)
        return *positions(self.name, self.sliding, input_shape), input_shape[-1]

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        read = self.sliding.read(cells, input_shape)
        return read if len(cells) else Cells(read.rows, read.cols)

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        return self.sliding.readers(cells, input_shape) if len(cells) else Cells()

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return self.sliding.field(before, input_shape)

    def _window(self, index: Index, x: Floats) -> Window:
        """The part of the map that is compared or averaged: padding does not count."""
        row, col, _ = index
        return self.sliding.window(row, col, x.shape).clipped(*x.shape[:2])


class MaxPool2D(Pool2D):
    """Max pooling: only the largest value of every window is kept."""

    TAKES: ClassVar[str] = "max"
    CHOICE: ClassVar[str] = "largest"

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = ops.max_pool2d(x, self.size, self.stride, self.padding)
        return LayerActivation((x,), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The cell whose value was kept; among equal ones, the first in reading order."""
        window, channel = self._window(index, x), index[2]
        patch = x[window.top : window.bottom, window.left : window.right, channel]
        down, right = divmod(int(patch.argmax()), patch.shape[1])
        winner = window.top + down, window.left + right, channel
        return Factors(np.array([winner]), x[winner][np.newaxis], None)


class AveragePool2D(Pool2D):
    """Average pooling: the mean of every window is kept."""

    TAKES: ClassVar[str] = "mean"

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = ops.average_pool2d(x, self.size, self.stride, self.padding)
        return LayerActivation((x,), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The cells of the window that lie on the map; each has an equal weight."""
        window, channel = self._window(index, x), index[2]
        rows, cols = (cells.ravel() for cells in np.indices((window.height, window.width)))
        rows, cols, channels = rows + window.top, cols + window.left, np.full(rows.size, channel)
        shares = np.full(rows.size, 1 / rows.size, np.float32)
        return Factors(np.stack([rows, cols, channels], axis=1), x[rows, cols, channels], shares)


@dataclass(frozen=True, eq=False)
class GlobalPool2D(Layer):
    """A pool whose window is the whole map: one number for each map, as a vector.

    Attributes:
        keeps_map: whether the output consists of maps of one cell rather than a vector.
    """

    KIND: ClassVar[str] = "global pool"
    POOLS_CELLS: ClassVar[bool] = True
    TAKES: ClassVar[str]
    """What is kept of a map."""

    keeps_map: bool = False

    @property
    def description(self) -> str:
        return f"{self.TAKES} of each map"

    def operations(self, index: Index, activation: LayerActivation) -> tuple[Operation, ...]:
        cells, output = activation.input[..., index[-1]], float(activation.output[index])
        if self.TAKES == "mean":
            total = float(cells.sum(dtype=np.float64))
            return on_the_way(
                total, [("÷", f"{cells.size:,} cells", cells.size)], output, f"sum of {cells.size:,} cells"
            )
        row, col = divmod(int(cells.argmax()), cells.shape[1])
        return (Operation("", f"max at ({row}, {col})", output, output),)

    def rule(self, index: Index, activation: LayerActivation) -> str:
        rows, cols, _ = activation.input.shape
        return (
            f"The {'mean' if self.TAKES == 'mean' else 'largest'} of the {rows}×{cols} cells of map {index[-1]}: "
            "how strong the map is, not where."
        )

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """`(channels,)`, or `(1, 1, channels)`. Raises CnntuiError when the input has no maps."""
        check_is_a_map(self.name, input_shape)
        return (1, 1, input_shape[-1]) if self.keeps_map else input_shape[-1:]

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        every = Cells.every(input_shape)
        return Cells(every.rows, every.cols, cells.maps) if len(cells) else Cells()

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        return Cells((0,), (0,), cells.maps) if len(cells) else Cells()

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return None


class GlobalAveragePool2D(GlobalPool2D):
    """Global average pooling: how strong a map is on average."""

    TAKES: ClassVar[str] = "mean"

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = x.mean(axis=(-3, -2), keepdims=self.keeps_map)
        return LayerActivation((x,), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """All cells of the map; each has an equal weight."""
        rows, cols = (cells.ravel() for cells in np.indices(x.shape[:2]))
        indices = np.stack([rows, cols, np.full(rows.size, index[-1])], axis=1)
        return Factors(indices, x[rows, cols, index[-1]], np.full(rows.size, 1 / rows.size, np.float32))


class GlobalMaxPool2D(GlobalPool2D):
    """Global max pooling: how strong a map is where it is strongest."""

    TAKES: ClassVar[str] = "max"
    CHOICE: ClassVar[str] = "largest"

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = x.max(axis=(-3, -2), keepdims=self.keeps_map)
        return LayerActivation((x,), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The cell whose value was kept; among equal ones, the first in reading order."""
        row, col = divmod(int(x[..., index[-1]].argmax()), x.shape[1])
        winner = row, col, index[-1]
        return Factors(np.array([winner]), x[winner][np.newaxis], None)


class PoolOfMaps(Layer):
    """A pool across maps: one number for each cell, from all maps there. It has no parameters."""

    KIND: ClassVar[str] = "map pool"
    MIXES_MAPS: ClassVar[bool] = True
    TAKES: ClassVar[str]
    """The number that is kept from all maps at a cell."""

    @property
    def description(self) -> str:
        return f"{self.TAKES} of all maps"

    def rule(self, index: Index, activation: LayerActivation) -> str:
        maps = activation.input.shape[-1]
        what = "mean" if self.TAKES == "mean" else "largest"
        return f"The {what} of the numbers that the {maps} maps have at this cell."

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """`(rows, columns, 1)`. Raises CnntuiError when the input has no maps."""
        check_is_a_map(self.name, input_shape)
        return *input_shape[:2], 1

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        return Cells(cells.rows, cells.cols, tuple(range(input_shape[-1])) if len(cells) else ())

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        return Cells(cells.rows, cells.cols, (0,) if len(cells) else ())


class AveragePoolOfMaps(PoolOfMaps):
    """The mean of all maps at each cell."""

    TAKES: ClassVar[str] = "mean"

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = x.mean(axis=-1, keepdims=True)
        return LayerActivation((x,), output, output)

    def operations(self, index: Index, activation: LayerActivation) -> tuple[Operation, ...]:
        numbers, output = activation.input[index[:2]], float(activation.output[index])
        total, count = float(numbers.sum(dtype=np.float64)), len(numbers)
        return on_the_way(total, [("÷", f"{count:,} maps", count)], output, f"sum of {count:,} maps")

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The cell on every map; each has an equal weight."""
        count = x.shape[-1]
        indices = np.array([(*index[:2], map) for map in range(count)])
        return Factors(indices, x[index[:2]], np.full(count, 1 / count, np.float32))


class MaxPoolOfMaps(PoolOfMaps):
    """The largest number on any map at each cell."""

    TAKES: ClassVar[str] = "max"
    CHOICE: ClassVar[str] = "largest"

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = x.max(axis=-1, keepdims=True)
        return LayerActivation((x,), output, output)

    def operations(self, index: Index, activation: LayerActivation) -> tuple[Operation, ...]:
        output = float(activation.output[index])
        return (Operation("", f"largest, on map {int(activation.input[index[:2]].argmax())}", output, output),)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The map whose number was kept; among equal ones, the first."""
        winner = *index[:2], int(x[index[:2]].argmax())
        return Factors(np.array([winner]), x[winner][np.newaxis], None)
