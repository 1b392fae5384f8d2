"""Picks rows, columns and maps: a slice, every second row, the first half of the maps, or channels in another order."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np

from cnntui.cnn.cells import Cells, Shape, as_maps, ascending
from cnntui.cnn.layers.layer import Factors, Index, Layer, LayerActivation, times
from cnntui.cnn.ops import Floats
from cnntui.cnn.window import ReceptiveField
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass

Places = tuple[int, ...]
"""For each row, column or map of the output, the row, column or map of the input that it comes from."""


@dataclass(frozen=True, eq=False)
class Select(Layer):
    """Some of the numbers of its input, in any order of rows, columns and maps.

    Attributes:
        rows, cols, maps: the picked places; for a vector only `maps`, as its only row and column are 0.
    """

    KIND: ClassVar[str] = "select"
    IS_REARRANGED: ClassVar[bool] = True
    KEEPS_LEVELS: ClassVar[bool] = True

    rows: Places = (0,)
    cols: Places = (0,)
    maps: Places = (0,)

    @property
    def description(self) -> str:
        counts = [(self.rows, "row"), (self.cols, "column"), (self.maps, "map")]
        said = (f"{len(places)} {word}{'s' * (len(places) > 1)}" for places, word in counts)
        return f"select {', '.join(said)}"

    def rule(self, index: Index, activation: LayerActivation) -> str:
        cell = self._before(index)
        where = f"in cell ({cell[0]}, {cell[1]}) of map {cell[2]}" if len(cell) == 3 else f"at place {cell[0]}"
        return f"The number {where} of its input, unchanged."

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """The number of picked rows, columns and maps. Raises CnntuiError if the input does not have them."""
        picked = self.rows, self.cols, self.maps
        lengths = as_maps(input_shape)
        if any(max(places, default=length) >= length for places, length in zip(picked, lengths, strict=True)):
            raise CnntuiError(f"Layer '{self.name}' picks numbers that its input, {times(input_shape)}, does not have.")
        return tuple(map(len, picked))[-len(input_shape) :]

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = x[..., self.maps]
        if x.ndim > 2:
            output = output.take(self.rows, -3).take(self.cols, -2)
        return LayerActivation((x,), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The number from its place in the input."""
        cell = self._before(index)
        return Factors(np.array([cell]), x[cell][np.newaxis], None)

    def _before(self, index: Index) -> Index:
        picked = (self.rows, self.cols, self.maps)[-len(index) :]
        return tuple(places[place] for places, place in zip(picked, index, strict=True))

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        picked = (self.rows, cells.rows), (self.cols, cells.cols), (self.maps, cells.maps)
        return Cells(*(ascending(places[each] for each in wanted) for places, wanted in picked))

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        picked = (self.rows, cells.rows), (self.cols, cells.cols), (self.maps, cells.maps)
        return Cells(*(ascending(np.flatnonzero(np.isin(places, given)).tolist()) for places, given in picked))

    def maps_read(self, map: int, count: int) -> range:
        return range(self.maps[map], self.maps[map] + 1)

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        down, right = (places[1] - places[0] if len(places) > 1 else 1 for places in (self.rows, self.cols))
        for places, step in ((self.rows, down), (self.cols, right)):
            if step < 1 or places != (*range(places[0], places[-1] + 1, step),):
                return None
        moved = before.shifted(self.rows[0], self.cols[0])
        return replace(moved, jump=(moved.jump[0] * down, moved.jump[1] * right))
