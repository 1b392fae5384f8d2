"""A window's walk over a map, as a value: `len(steps)` positions in reading order, each with all its numbers.

Because a walk is a value, stepping back, jumping to a cell and playing are just other indices. A walk computes nothing
itself: it is a view of the layer's activation from the forward run.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cached_property, singledispatch
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn import ops
from cnntui.cnn.cells import Cells, Shape
from cnntui.cnn.layers import Conv2D, Layer, LayerActivation, Pool2D
from cnntui.cnn.ops import Floats, Pair
from cnntui.cnn.sliding import Sliding
from cnntui.cnn.window import Window
from cnntui.values import dataclass

Step = TypeVar("Step")


@dataclass(frozen=True, eq=False)
class ConvStep:
    """One position of a kernel: its window on the input, and the sum of products there.

    Attributes:
        index: the place in the walk, from 0.
        row, col: the output cell that is computed here.
        window: the part of the input that the kernel lies on; with 'same' padding it may stick out of the input.
        rows, cols: the rows and columns of the window that are read: all of them, unless the kernel is dilated.
        patch: `(height, width, input channels)`, the values under the window, zeros where it sticks out.
        kernel: `(height, width, input channels)`, the filter's weights.
        products: `(height, width, input channels)`, patch × kernel.
        subtotals: `(input channels,)`, the products of each channel added up.
        total: the sum of all products as the network computes it. Floating-point sums depend on the order of addition,
            so `products.sum()` may differ in the last of float32's seven digits.
        bias: the filter's bias.
        pre_activation: total + bias.
        output: the pre-activation after ReLU, if that is the layer's activation.
    """

    index: int
    row: int
    col: int
    window: Window
    rows: range
    cols: range
    patch: Floats
    kernel: Floats
    products: Floats
    subtotals: Floats
    total: float
    bias: float
    pre_activation: float
    output: float


@dataclass(frozen=True, eq=False)
class PoolStep:
    """One position of a pooling window on one channel.

    Attributes:
        index: the place in the walk, from 0.
        row, col: the output cell that is filled here.
        window: the input cells that are compared or averaged.
        patch: `(height, width)`, the values of those cells.
        winner: the row and column of the largest value within the patch; of several, the first in reading order. None
            if the pool takes the average, which has no winner.
        output: the winner's value, or the average: the only number that is kept.
    """

    index: int
    row: int
    col: int
    window: Window
    patch: Floats
    winner: Pair | None
    output: float


class _Walk(ABC, Generic[Step]):
    """Output cells in reading order. A subclass defines how many there are, and the step `at` each."""

    rows: int
    cols: int

    @abstractmethod
    def at(self, row: int, col: int) -> Step:
        """The step that computes an output cell. Raises IndexError outside the output map."""

    def index(self, row: int, col: int) -> int:
        """The place of an output cell in the walk. Raises IndexError outside the output map."""
        if not (0 <= row < self.rows and 0 <= col < self.cols):
            raise IndexError(f"cell ({row}, {col}) is not on a map of {self.rows}×{self.cols}")
        return row * self.cols + col

    def __len__(self) -> int:
        return self.rows * self.cols

    def __getitem__(self, index: int) -> Step:
        """The step at a place of the walk; -1 is the last. Raises IndexError outside the walk."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"step {index} of {len(self)}")
        return self.at(*divmod(index % len(self), self.cols))

    def __iter__(self) -> Iterator[Step]:
        return (self[index] for index in range(len(self)))


class ConvSteps(_Walk[ConvStep]):
    """The walk of one filter of a convolution over its input.

    Args:
        layer: the convolution.
        activation: the layer's inputs and outputs for one image.
        filter: which of the layer's filters, from 0.

    Raises:
        IndexError: there is no such filter.
    """

    def __init__(self, layer: Conv2D, activation: LayerActivation, filter: int) -> None:
        if not 0 <= filter < layer.filters:
            raise IndexError(f"layer '{layer.name}' has no filter {filter}")
        self.layer = layer
        self.activation = activation
        # If filters read only part of the maps, the walk is over that part, and its channels are counted from there.
        self.maps = maps = layer.maps_read(filter, activation.input.shape[-1])
        self.input = input = activation.input[..., maps.start : maps.stop]
        self.filter = filter
        self.rows, self.cols, _ = activation.output.shape
        self.kernel: Floats = layer.kernel[..., filter]
        self.bias = float(layer.bias[filter])
        self._padded = ops.pad_same(input, layer.extent, layer.stride) if layer.padding == "same" else input

    @property
    def output_map(self) -> Floats:
        """`(rows, cols)`: the filter's map after the activation."""
        return self.activation.output[..., self.filter]

    @property
    def output_maps(self) -> Floats:
        """`(rows, cols, filters)`: the maps of all filters after the activation."""
        return self.activation.output

    def vector(self, row: int, col: int) -> Floats:
        """`(filters,)`: the outputs of all filters at one position, the vector that this window becomes."""
        self.index(row, col)
        vector: Floats = self.activation.output[row, col]
        return vector

    def at(self, row: int, col: int) -> ConvStep:
        """The step that computes the output cell `(row, col)`. Raises IndexError outside the output map."""
        index = self.index(row, col)
        (height, width), (down, along), apart = self.layer.extent, self.layer.stride, self.layer.dilation
        top, left = row * down, col * along
        patch = self._padded[top : top + height : apart[0], left : left + width : apart[1]]
        products = patch * self.kernel
        window = self.layer.sliding.window(row, col, self.input.shape)
        return ConvStep(
            index=index,
            row=row,
            col=col,
            window=window,
            rows=range(window.top, window.bottom, apart[0]),
            cols=range(window.left, window.right, apart[1]),
            patch=patch,
            kernel=self.kernel,
            products=products,
            subtotals=products.sum(axis=(0, 1)),
            total=float(self.activation.sums[row, col, self.filter]),
            bias=self.bias,
            pre_activation=float(self.activation.pre_activation[row, col, self.filter]),
            output=float(self.activation.output[row, col, self.filter]),
        )

    def cell_of(self, input_row: int, input_col: int) -> Pair | None:
        """The output cell whose window begins at an input cell or, if there is none, as shortly before it as possible.

        None if no window reads that input cell.
        """
        return _cell_reading(self.layer.sliding, input_row, input_col, self.input.shape)


class PoolSteps(_Walk[PoolStep]):
    """The walk of a pooling window over one channel of its input.

    Args:
        layer: the pooling layer.
        activation: the layer's inputs and outputs for one image.
        channel: which channel, from 0.

    Raises:
        IndexError: there is no such channel.
    """

    def __init__(self, layer: Pool2D, activation: LayerActivation, channel: int) -> None:
        self.rows, self.cols, channels = activation.output.shape
        if not 0 <= channel < channels:
            raise IndexError(f"the input of layer '{layer.name}' has no channel {channel}")
        self.layer = layer
        self.activation = activation
        self.channel = channel
        self.input_map: Floats = activation.input[..., channel]
        self.output_map: Floats = activation.output[..., channel]

    @cached_property
    def unread(self) -> NDArray[np.bool_]:
        """`(height, width)`: True for the input cells that lie in no window, such as the last row of an odd map."""
        read = self.layer.sliding.read(Cells.every((*self.output_map.shape, 1)), self.input_map.shape)
        return np.logical_not(read.mask((*self.input_map.shape, 1)))

    def at(self, row: int, col: int) -> PoolStep:
        """The step that fills the output cell `(row, col)`. Raises IndexError outside the output map."""
        index = self.index(row, col)
        # With 'same' padding a window may stick out; padding is not compared.
        window = self.layer.sliding.window(row, col, self.input_map.shape).clipped(*self.input_map.shape)
        patch = self.input_map[window.top : window.bottom, window.left : window.right]
        factors = self.layer.factors((row, col, self.channel), self.activation.input)
        winner = None
        if factors.weights is None:
            winner_row, winner_col, _ = factors.indices[0].tolist()
            winner = winner_row - window.top, winner_col - window.left
        return PoolStep(
            index=index,
            row=row,
            col=col,
            window=window,
            patch=patch,
            winner=winner,
            output=float(self.output_map[row, col]),
        )

    def cell_of(self, input_row: int, input_col: int) -> Pair | None:
        """The last output cell whose window contains an input cell; None if no window reads that cell."""
        return _cell_reading(self.layer.sliding, input_row, input_col, self.input_map.shape)


@singledispatch
def steps_of(layer: Layer, activation: LayerActivation, map: int) -> ConvSteps | PoolSteps | None:
    """The walk of a layer's window that fills one of its maps; None if the layer has no window.

    Args:
        layer: the layer.
        activation: its inputs and outputs for one image.
        map: the number of one of its output maps.
    """
    return None


@steps_of.register
def _(layer: Conv2D, activation: LayerActivation, map: int) -> ConvSteps:
    return ConvSteps(layer, activation, map)


@steps_of.register
def _(layer: Pool2D, activation: LayerActivation, map: int) -> PoolSteps:
    return PoolSteps(layer, activation, map)


def _cell_reading(sliding: Sliding, input_row: int, input_col: int, input_shape: Shape) -> Pair | None:
    """The last position, in reading order, at which a window reads an input cell; None if there is none."""
    positions, origin = sliding.positions(input_shape), sliding.origin(input_shape)
    row, col = (
        sliding.position_reading(cell + origin[axis], axis, positions[axis])
        for axis, cell in enumerate((input_row, input_col))
    )
    return None if row is None or col is None else (row, col)
