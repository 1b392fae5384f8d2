"""Layers that change no number, only where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np

from cnntui.cnn.cells import Cells, Shape, ascending
from cnntui.cnn.layers.layer import Factors, Index, Layer, LayerActivation
from cnntui.cnn.ops import Floats
from cnntui.cnn.window import ReceptiveField


@dataclass(frozen=True, eq=False)
class Flatten(Layer):
    """Lays a stack of maps out as one vector, row by row, all channels of a cell together."""

    KIND: ClassVar[str] = "flatten"
    IS_REARRANGED: ClassVar[bool] = True

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        return (prod(input_shape),)

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        # One axis more than maps, or a vector, have is that of a batch; a vector stays as it is.
        output = x if x.ndim <= 2 else x.reshape(*x.shape[:-3], prod(x.shape[-3:]))
        return LayerActivation((x,), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The cell that fills the slot."""
        cell = np.unravel_index(index[0], x.shape)
        return Factors(np.array([cell]), x[cell][np.newaxis], None)

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        """Of either one slot or all: others need not fill a window."""
        rows, cols, maps = (ascending(places.tolist()) for places in np.unravel_index(cells.maps, input_shape))
        return Cells(rows, cols, maps)

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        if not len(cells):
            return Cells()
        slots = np.ravel_multi_index(np.ix_(cells.rows, cells.cols, cells.maps), input_shape)
        return Cells((0,), (0,), ascending(slots.ravel().tolist()))

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return None
