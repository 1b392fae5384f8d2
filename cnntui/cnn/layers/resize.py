"""Brings maps to another size: each cell that it gives lies between up to four cells of the map before, or on one."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.arithmetic import number
from cnntui.cnn.cells import Cells, Shape, ascending
from cnntui.cnn.layers.layer import Factors, Index, Layer, LayerActivation, check_is_a_map, times
from cnntui.cnn.ops import Floats, Pair
from cnntui.cnn.window import ReceptiveField
from cnntui.values import dataclass

Interpolation = Literal["bilinear", "nearest"]


@dataclass(frozen=True)
class _Between:
    """Where each row, or each column, that a layer gives lies on the map before.

    Attributes:
        first, second: the rows that it lies between; the same where it lies on one.
        share: float32, how much of the second it has, from 0 to 1.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    share: Floats


@dataclass(frozen=True, eq=False)
class Resizing(Layer):
    """Maps of another size: the middles of cells are laid over each other, as TensorFlow and PyTorch do.

    Attributes:
        size: rows and columns that it gives.
        interpolation: 'bilinear' mixes the cells around a place by how near they are; 'nearest' takes the one it is on.
    """

    KIND: ClassVar[str] = "resizing"

    size: Pair = (1, 1)
    interpolation: Interpolation = "bilinear"

    @property
    def description(self) -> str:
        return f"to {times(self.size)}, {self.interpolation}"

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """`(rows, columns, channels)`. Raises CnntuiError when the input has no maps."""
        check_is_a_map(self.name, input_shape)
        return *self.size, input_shape[-1]

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        rows, cols = self._between(x.shape[-3], 0), self._between(x.shape[-2], 1)
        share = rows.share[:, np.newaxis, np.newaxis]
        upright: Floats = x[..., rows.first, :, :] * (np.float32(1) - share) + x[..., rows.second, :, :] * share
        share = cols.share[:, np.newaxis]
        output: Floats = upright[..., cols.first, :] * (np.float32(1) - share) + upright[..., cols.second, :] * share
        return LayerActivation((x,), output, output)

    def _between(self, length: int, axis: int) -> _Between:
        scale = length / self.size[axis]
        middles = (np.arange(self.size[axis]) + 0.5) * scale
        if self.interpolation == "nearest":
            on = np.minimum(np.floor(middles).astype(np.int64), length - 1)
            return _Between(on, on, np.zeros(len(on), np.float32))
        places = np.clip(middles - 0.5, 0, length - 1)
        first = np.floor(places).astype(np.int64)
        share: Floats = (places - first).astype(np.float32)
        return _Between(first, np.minimum(first + 1, length - 1), share)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The cells around its place, each with its share."""
        rows, cols = self._between(x.shape[0], 0), self._between(x.shape[1], 1)
        cells: dict[tuple[int, int], float] = {}
        for row, down in ((rows.first, 1 - rows.share), (rows.second, rows.share)):
            for col, right in ((cols.first, 1 - cols.share), (cols.second, cols.share)):
                cell, weight = (int(row[index[0]]), int(col[index[1]])), float(down[index[0]] * right[index[1]])
                if weight:
                    cells[cell] = cells.get(cell, 0.0) + weight
        indices = np.array([(*cell, index[2]) for cell in cells])
        values = x[indices[:, 0], indices[:, 1], index[2]]
        return Factors(indices, values, np.array([*cells.values()], np.float32))

    def rule(self, index: Index, activation: LayerActivation) -> str:
        made = self.factors(index, activation.input)
        y = number(float(activation.output[index]))
        if len(made.indices) == 1:
            row, col, _ = made.indices[0]
            return f"The number of cell ({row}, {col}) of the map before, on which this cell lies: {y}."
        return f"Between {len(made.indices)} cells of the map before, each weighed by how near it is: {y}."

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        rows, cols = (
            ascending(
                int(near[place])
                for between in [self._between(input_shape[axis], axis)]
                for place in places
                for near, share in ((between.first, 1 - between.share), (between.second, between.share))
                if share[place] > 0
            )
            for axis, places in enumerate((cells.rows, cells.cols))
        )
        return Cells(rows, cols, cells.maps)

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        found = []
        for axis, places in enumerate((cells.rows, cells.cols)):
            between = self._between(input_shape[axis], axis)
            reads = np.isin(between.first, places) & (between.share < 1)
            reads |= np.isin(between.second, places) & (between.share > 0)
            found.append(ascending(np.flatnonzero(reads).tolist()))
        rows, cols = found
        return Cells(rows, cols, cells.maps) if rows and cols else Cells()

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return None
