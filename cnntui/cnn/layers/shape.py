"""Layers that only move numbers, or add padding beside them."""

from __future__ import annotations

from abc import abstractmethod
from math import prod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.cells import Cells, Shape, as_maps, ascending
from cnntui.cnn.layers.layer import Factors, Index, Layer, LayerActivation, check_is_a_map, times
from cnntui.cnn.ops import Floats, Margins, Pair
from cnntui.cnn.window import ReceptiveField
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass


class Flatten(Layer):
    """Lays a stack of maps out as one vector, row by row, all channels of a cell together."""

    KIND: ClassVar[str] = "flatten"
    IS_REARRANGED: ClassVar[bool] = True
    KEEPS_LEVELS: ClassVar[bool] = True

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        return (prod(input_shape),)

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        # An axis more than those of maps or of a vector is the batch axis; a vector stays unchanged.
        output = x if x.ndim <= 2 else x.reshape(*x.shape[:-3], prod(x.shape[-3:]))
        return LayerActivation((x,), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The cell that fills the slot."""
        cell = np.unravel_index(index[0], x.shape)
        return Factors(np.array([cell]), x[cell][np.newaxis], None)

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        """Exact if the slots cover one place or all places along each axis; otherwise they need not form a window."""
        rows, cols, maps = (ascending(places.tolist()) for places in np.unravel_index(cells.maps, input_shape))
        return Cells(rows, cols, maps)

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        if not len(cells):
            return Cells()
        slots = np.ravel_multi_index(np.ix_(cells.rows, cells.cols, cells.maps), input_shape)
        return Cells((0,), (0,), ascending(slots.ravel().tolist()))

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return None


@dataclass(frozen=True, eq=False)
class Reshape(Layer):
    """The same numbers in the same order, in another shape.

    Attributes:
        shape: the shape of the output.
    """

    KIND: ClassVar[str] = "reshape"
    IS_REARRANGED: ClassVar[bool] = True
    KEEPS_LEVELS: ClassVar[bool] = True

    shape: Shape = ()

    def rule(self, index: Index, activation: LayerActivation) -> str:
        return f"The same {activation.output.size:,} numbers in the same order, laid out as {times(self.shape)}."

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        if prod(self.shape) != prod(input_shape):
            raise CnntuiError(f"Layer '{self.name}' gives {times(self.shape)}, but its input is {times(input_shape)}.")
        return self.shape

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        batch = x.shape[:1] if x.size != prod(self.shape) else ()
        output = x.reshape(*batch, *self.shape)
        return LayerActivation((x,), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The number at the same place in reading order."""
        cell = np.unravel_index(np.ravel_multi_index(index, self.shape), x.shape)
        return Factors(np.array([cell]), x[cell][np.newaxis], None)

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        return _moved(cells, as_maps(self.shape), as_maps(input_shape))

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        return _moved(cells, as_maps(input_shape), as_maps(self.shape))

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return before if as_maps(input_shape) == as_maps(self.shape) else None


def _moved(cells: Cells, shape: Shape, other: Shape) -> Cells:
    """The cells of another shape that hold the same numbers as the given cells."""
    if not len(cells):
        return Cells()
    slots = np.ravel_multi_index(np.ix_(cells.rows, cells.cols, cells.maps), shape).ravel()
    rows, cols, maps = (ascending(places.tolist()) for places in np.unravel_index(slots, other))
    return Cells(rows, cols, maps)


class Placed(Layer):
    """A layer whose cells are 0, or cells of the input moved to other places, in the same way on all maps."""

    KEEPS_LEVELS: ClassVar[bool] = True

    @abstractmethod
    def places(self, length: int, axis: int) -> NDArray[np.int64]:
        """The input row (axis 0) or column (axis 1) of each output row or column; −1 for a row or column of zeros."""

    def rule(self, index: Index, activation: LayerActivation) -> str:
        row, col = (int(self.places(activation.input.shape[axis], axis)[index[axis]]) for axis in (0, 1))
        if row < 0 or col < 0:
            return "A zero beside the map, where there is nothing to read."
        return f"The number in cell ({row}, {col}) of the map before, unchanged."

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        check_is_a_map(self.name, input_shape)
        rows, cols = (len(self.places(input_shape[axis], axis)) for axis in (0, 1))
        if not rows or not cols:
            raise CnntuiError(f"Layer '{self.name}' leaves nothing of {times(input_shape)}.")
        return rows, cols, input_shape[-1]

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        rows, cols = self.places(x.shape[-3], 0), self.places(x.shape[-2], 1)
        output = x[..., rows[:, np.newaxis], cols, :]
        output[..., (rows < 0), :, :] = 0
        output[..., (cols < 0), :] = 0
        return LayerActivation((x,), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The number that is copied; no terms if the output is 0."""
        row, col = int(self.places(x.shape[0], 0)[index[0]]), int(self.places(x.shape[1], 1)[index[1]])
        if row < 0 or col < 0:
            return Factors(np.zeros((0, 3), np.int64), np.zeros(0, np.float32), np.zeros(0, np.float32))
        return Factors(np.array([(row, col, index[2])]), x[row, col, index[2]][np.newaxis], None)

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        rows, cols = self.places(input_shape[0], 0), self.places(input_shape[1], 1)
        return Cells(
            ascending(int(rows[row]) for row in cells.rows if rows[row] >= 0),
            ascending(int(cols[col]) for col in cells.cols if cols[col] >= 0),
            cells.maps,
        )

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        rows, cols = self.places(input_shape[0], 0), self.places(input_shape[1], 1)
        return Cells(
            ascending(np.flatnonzero(np.isin(rows, cells.rows)).tolist()),
            ascending(np.flatnonzero(np.isin(cols, cells.cols)).tolist()),
            cells.maps,
        )

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return None


@dataclass(frozen=True, eq=False)
class Edged(Placed):
    """A layer that adds rows and columns at the edges of every map, or takes some away.

    Attributes:
        rows, cols: the rows and columns to add or remove, before and after.
    """

    rows: Margins = (0, 0)
    cols: Margins = (0, 0)

    @property
    def _edges(self) -> str:
        return f"{self.rows[0]}+{self.rows[1]} rows, {self.cols[0]}+{self.cols[1]} columns"


class ZeroPadding2D(Edged):
    """Adds rows and columns of zeros around every map."""

    KIND: ClassVar[str] = "padding"

    @property
    def description(self) -> str:
        return f"zeros around: {self._edges}"

    def places(self, length: int, axis: int) -> NDArray[np.int64]:
        before, after = (self.rows, self.cols)[axis]
        return np.concatenate([np.full(before, -1), np.arange(length), np.full(after, -1)])

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return before.shifted(-self.rows[0], -self.cols[0])


class EdgePadding2D(Edged):
    """Repeats the edge rows and columns of every map outwards, so no new number exceeds those on the map."""

    KIND: ClassVar[str] = "padding"

    @property
    def description(self) -> str:
        return f"edges repeated: {self._edges}"

    def places(self, length: int, axis: int) -> NDArray[np.int64]:
        before, after = (self.rows, self.cols)[axis]
        return np.clip(np.arange(-before, length + after), 0, length - 1)

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return before.shifted(-self.rows[0], -self.cols[0])


class Cropping2D(Edged):
    """Crops rows and columns from the edges of every map."""

    KIND: ClassVar[str] = "cropping"

    @property
    def description(self) -> str:
        return f"less {self._edges}"

    def places(self, length: int, axis: int) -> NDArray[np.int64]:
        before, after = (self.rows, self.cols)[axis]
        return np.arange(before, max(before, length - after))

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return before.shifted(self.rows[0], self.cols[0])


@dataclass(frozen=True, eq=False)
class UpSampling2D(Placed):
    """Repeats every row and column.

    Attributes:
        size: how often each row and column is repeated, `(rows, columns)`.
    """

    KIND: ClassVar[str] = "upsampling"

    size: Pair = (2, 2)

    @property
    def description(self) -> str:
        return f"each cell {times(self.size)} times"

    def places(self, length: int, axis: int) -> NDArray[np.int64]:
        return np.repeat(np.arange(length), self.size[axis])

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        """A field that covers those of all copies of a cell, since neighbouring copies begin at the same pixel."""
        (down, right), (rows, cols) = before.jump, self.size
        if down % rows or right % cols:
            return None
        jump = down // rows, right // cols
        size = before.size[0] + down - jump[0], before.size[1] + right - jump[1]
        offset = before.offset[0] - (down - jump[0]), before.offset[1] - (right - jump[1])
        return ReceptiveField(size, jump, offset)
