"""The transposed convolution: every cell lays a kernel on a larger map, and overlapping numbers are added up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from cnntui.cnn.cells import Cells, Shape, ascending
from cnntui.cnn.layers.activation import said
from cnntui.cnn.layers.layer import Activation, Factors, Index, LayerActivation, check_is_a_map, times
from cnntui.cnn.layers.operation import Operation, on_the_way
from cnntui.cnn.layers.weighted import WeightedLayer
from cnntui.cnn.ops import Floats, Margins, Pair
from cnntui.cnn.window import ReceptiveField
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class Conv2DTranspose(WeightedLayer):
    """A transposed convolution: each input cell adds the kernel, multiplied by the cell's number, to the output.

    It goes the opposite way to a convolution of the same stride, so it makes maps larger. Input cell `i` and kernel
    cell `k` meet in output cell `i × stride + k × dilation − cut`.

    Attributes:
        kernel: `(height, width, input channels, filters)` float32.
        bias: `(filters,)` float32.
        size: the rows and columns of the output.
        stride: the distance between the kernels of neighbouring input cells on the output, `(rows, columns)`.
        cut: the rows at the top and columns at the left that are cut off: those that the convolution would have padded.
        dilation: the distance between neighbouring weights on the output, `(rows, columns)`.
    """

    KIND: ClassVar[str] = "transposed"
    MIXES_MAPS: ClassVar[bool] = True
    AXES: ClassVar[tuple[str, ...]] = ("height", "width", "input channels", "filters")

    size: Pair = (1, 1)
    stride: Pair = (1, 1)
    cut: Margins = (0, 0)
    activation: Activation = "linear"
    dilation: Pair = (1, 1)

    @property
    def description(self) -> str:
        return f"transposed conv {times(self.kernel.shape[:2])}, stride {times(self.stride)}, {self.activation}"

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """`(rows, columns, filters)`. Raises CnntuiError when the input does not fit."""
        check_is_a_map(self.name, input_shape)
        if input_shape[-1] != self.kernel.shape[2]:
            raise CnntuiError(
                f"Layer '{self.name}' has kernels for {self.kernel.shape[2]} input channels, "
                f"but its input is {times(input_shape)}, which has {input_shape[-1]}."
            )
        return *self.size, self.outputs

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        sums = np.zeros((*x.shape[:-3], *self.size, self.outputs), np.float32)
        for weights, read, made in self._laid(x.shape):
            sums[..., *made, :] += x[..., *read, :] @ weights
        return self._activated(x, sums)

    def subtotals(self, input: Floats, map: int) -> Floats:
        sums = np.zeros((*self.size, input.shape[-1]), np.float32)
        for weights, read, made in self._laid(input.shape):
            sums[*made] += input[*read] * weights[:, map]
        return sums

    def _laid(self, shape: Shape) -> Iterator[tuple[Floats, tuple[slice, slice], tuple[slice, slice]]]:
        """Each cell of the kernel, the inputs that lay it on the output, and the output cells that it lies on."""
        for row, col in np.ndindex(*self.kernel.shape[:2]):
            down, right = (self._meeting(cell, axis, shape[axis - 3]) for axis, cell in enumerate((row, col)))
            if down is not None and right is not None:
                yield self.kernel[row, col], (down[0], right[0]), (down[1], right[1])

    def _meeting(self, cell: int, axis: int, length: int) -> tuple[slice, slice] | None:
        """The inputs along an axis that lay a cell of the kernel on the map, and the outputs that it lies on."""
        stride, first = self.stride[axis], cell * self.dilation[axis] - self.cut[axis]
        begin = max(0, -(first // stride))
        end = min(length, (self.size[axis] - 1 - first) // stride + 1)
        if begin >= end:
            return None
        return slice(begin, end), slice(begin * stride + first, (end - 1) * stride + first + 1, stride)

    def _meetings(self, place: int, axis: int, length: int) -> Iterator[tuple[int, int]]:
        """The pairs of an input and a cell of the kernel that meet in an output row or column."""
        for cell in range(self.kernel.shape[axis]):
            input, rest = divmod(place + self.cut[axis] - cell * self.dilation[axis], self.stride[axis])
            if not rest and 0 <= input < length:
                yield input, cell

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The inputs on all maps whose kernel reaches the cell, each times the weight that lies there."""
        down, right = (list(self._meetings(index[axis], axis, x.shape[axis])) for axis in (0, 1))
        maps = x.shape[-1]
        cells = [(row, col, i, j) for row, i in down for col, j in right]
        rows, cols, high, wide = np.array(cells, np.int64).reshape(-1, 4).T
        indices = np.stack([*(np.repeat(part, maps) for part in (rows, cols)), np.tile(np.arange(maps), len(cells))], 1)
        weights = self.kernel[high, wide, :, index[-1]].ravel()
        return Factors(indices, x[rows, cols].ravel(), weights, float(self.bias[index[-1]]))

    def operations(self, index: Index, activation: LayerActivation) -> tuple[Operation, ...]:
        total, y = float(activation.sums[index]), float(activation.output[index])
        name = f"sum of {len(self.factors(index, activation.input).values):,} products"
        biased = float(activation.pre_activation[index])
        steps = on_the_way(total, [("+", "bias", float(self.bias[index[-1]]))], biased, name)
        return steps if self.activation == "linear" else (*steps, Operation("", said(self.activation), None, y))

    def rule(self, index: Index, activation: LayerActivation) -> str:
        down, right = (len([*self._meetings(index[axis], axis, activation.input.shape[axis])]) for axis in (0, 1))
        return (
            f"Every input cell adds the {times(self.kernel.shape[:2])} kernel, times its number, to the output, "
            f"{times(self.stride)} cells from the next. Kernels that lie on this cell: {down * right}."
        )

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        rows, cols = (
            ascending(read for place in places for read, _ in self._meetings(place, axis, input_shape[axis]))
            for axis, places in enumerate((cells.rows, cells.cols))
        )
        return Cells(rows, cols, tuple(range(input_shape[-1]))) if rows and cols else Cells()

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        rows, cols = (
            ascending(
                place
                for read in places
                for cell in range(self.kernel.shape[axis])
                for place in [read * self.stride[axis] + cell * self.dilation[axis] - self.cut[axis]]
                if 0 <= place < self.size[axis]
            )
            for axis, places in enumerate((cells.rows, cells.cols))
        )
        return Cells(rows, cols, tuple(range(self.outputs))) if rows and cols else Cells()

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return None
