"""Reorders the axes of maps: rows become columns, or maps become rows."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from cnntui.cnn.cells import Cells, Shape
from cnntui.cnn.layers.layer import Factors, Index, Layer, LayerActivation, check_is_a_map
from cnntui.cnn.ops import Floats
from cnntui.cnn.window import ReceptiveField
from cnntui.values import dataclass

Axes = tuple[int, int, int]
"""For the rows, columns and maps of the output, the axis of the input that each comes from."""

_AXES = "rows", "columns", "maps"


@dataclass(frozen=True, eq=False)
class Permute(Layer):
    """The same numbers, with the axes of the maps in another order.

    Attributes:
        axes: for each axis of the output, the axis of the input that it comes from; `(1, 0, 2)` swaps rows and columns.
    """

    KIND: ClassVar[str] = "permute"
    IS_REARRANGED: ClassVar[bool] = True
    KEEPS_LEVELS: ClassVar[bool] = True

    axes: Axes = (0, 1, 2)

    @property
    def description(self) -> str:
        turned = (f"{_AXES[axis]} as {_AXES[place]}" for place, axis in enumerate(self.axes) if place != axis)
        return ", ".join(turned) or "axes as they are"

    def rule(self, index: Index, activation: LayerActivation) -> str:
        row, col, map = self._before(index)
        return f"The number in cell ({row}, {col}) of map {map} of its input, unchanged."

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """The shape of the input with its axes reordered. Raises CnntuiError when the input has no maps."""
        check_is_a_map(self.name, input_shape)
        return tuple(input_shape[axis] for axis in self.axes)

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = np.ascontiguousarray(np.moveaxis(x, [axis - 3 for axis in self.axes], (-3, -2, -1)))
        return LayerActivation((x,), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The number from its place in the input."""
        cell = self._before(index)
        return Factors(np.array([cell]), x[cell][np.newaxis], None)

    def _before(self, index: Index) -> tuple[int, int, int]:
        row, col, map = (index[self.axes.index(axis)] for axis in range(3))
        return row, col, map

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        places = cells.rows, cells.cols, cells.maps
        return Cells(*(places[self.axes.index(axis)] for axis in range(3)))

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        places = cells.rows, cells.cols, cells.maps
        return Cells(*(places[axis] for axis in self.axes))

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return None
