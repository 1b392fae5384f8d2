"""Dense layers: every unit is a weighted sum of the whole input."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from cnntui.cnn.cells import Cells, Shape
from cnntui.cnn.layers.layer import Activation, Factors, Index, LayerActivation, times
from cnntui.cnn.layers.weighted import WeightedLayer
from cnntui.cnn.ops import Floats
from cnntui.cnn.window import ReceptiveField
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class Dense(WeightedLayer):
    """A dense layer: every unit is a weighted sum of the whole input.

    Attributes:
        kernel: `(inputs, units)` float32.
        bias: `(units,)` float32.
    """

    KIND: ClassVar[str] = "dense"
    MIXES_MAPS: ClassVar[bool] = True
    AXES: ClassVar[tuple[str, ...]] = ("inputs", "units")

    activation: Activation = "relu"

    @property
    def units(self) -> int:
        return len(self.bias)

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """`(units,)`. Raises CnntuiError when the input is not a vector of the kernel's length."""
        inputs = self.kernel.shape[0]
        if input_shape != (inputs,):
            raise CnntuiError(
                f"Layer '{self.name}' weighs a vector of {inputs:,} numbers, but its input is {times(input_shape)}."
            )
        return (self.units,)

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        return self._activated(x, x @ self.kernel)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        (unit,) = index
        return Factors(np.arange(x.size)[:, np.newaxis], x, self.kernel[:, unit], float(self.bias[unit]))

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        return Cells.every(input_shape) if len(cells) else Cells()

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        return Cells.every((self.units,)) if len(cells) else Cells()

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return None
