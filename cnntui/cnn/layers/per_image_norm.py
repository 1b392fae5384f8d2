"""Layers that normalize numbers by statistics of the image itself, not by statistics measured in training."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import field
from typing import ClassVar

import numpy as np

from cnntui.cnn.arithmetic import MINUS, counted, number
from cnntui.cnn.cells import Cells, Shape, ascending
from cnntui.cnn.layers.layer import Factors, Index, Layer, LayerActivation, check_is_a_map, times
from cnntui.cnn.layers.operation import Operation, on_the_way
from cnntui.cnn.ops import Floats
from cnntui.cnn.window import ReceptiveField
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class PerImageNormalization(Layer):
    """Subtracts a mean and divides by a length, both measured in the image, then stretches and shifts.

    Attributes:
        gamma, beta: `(channels,)` float32, learned; None if the layer has none.
        epsilon: a small number that keeps the root above 0.
    """

    LENGTH: ClassVar[str] = "√(var + ε)"
    """What numbers are divided by, as a formula."""

    gamma: Floats | None = field(default=None, kw_only=True)
    beta: Floats | None = field(default=None, kw_only=True)
    epsilon: float = field(default=1e-3, kw_only=True)

    @abstractmethod
    def measured(self, x: Floats) -> tuple[Floats | None, Floats]:
        """The mean to subtract, if any, and the length to divide by; either broadcasts to the shape of `x`."""

    @abstractmethod
    def among(self, index: Index, x: Floats) -> Floats:
        """The numbers of one image from which the mean and the length for one of them are measured."""

    @property
    def weights(self) -> dict[str, Floats]:
        learned = {"gamma": self.gamma, "beta": self.beta}
        return {role: array for role, array in learned.items() if array is not None}

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """The shape of the input. Raises CnntuiError when the layer has weights for another number of maps."""
        for array in self.weights.values():
            if array.shape != input_shape[-1:]:
                raise CnntuiError(
                    f"Layer '{self.name}' has factors for {times(array.shape)} maps, "
                    f"but its input is {times(input_shape)}."
                )
        return input_shape

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        factor, term = self._stretch(x)
        output = np.asarray(x * factor + term, np.float32)
        return LayerActivation((x,), output, output)

    def _stretch(self, x: Floats) -> tuple[Floats, Floats]:
        """The factor and the term of each number, which depend on the other numbers."""
        mean, length = self.measured(x)
        factor = (np.float32(1) if self.gamma is None else self.gamma) / length
        term = np.float32(0) if self.beta is None else self.beta
        return factor, np.asarray(term if mean is None else term - mean * factor)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The number, times a factor that depends on all numbers that are measured together with it."""
        factor, term = (np.broadcast_to(part, x.shape)[index] for part in self._stretch(x))
        return Factors(np.array([index]), x[index][np.newaxis], np.array([factor], np.float32), float(term))

    def _at(self, index: Index, x: Floats) -> tuple[float | None, float]:
        mean, length = self.measured(x)
        return (
            None if mean is None else float(np.broadcast_to(mean, x.shape)[index]),
            float(np.broadcast_to(length, x.shape)[index]),
        )

    def operations(self, index: Index, activation: LayerActivation) -> tuple[Operation, ...]:
        x = activation.input
        mean, length = self._at(index, x)
        steps = [(MINUS, f"mean of {self.among(index, x).size:,}", mean)] if mean is not None else []
        steps += [("÷", self.LENGTH, length)]
        steps += [("×", "γ", float(self.gamma[index[-1]]))] if self.gamma is not None else []
        steps += [("+", "β", float(self.beta[index[-1]]))] if self.beta is not None else []
        return on_the_way(float(x[index]), steps, float(activation.output[index]))

    def rule(self, index: Index, activation: LayerActivation) -> str:
        mean, length = self._at(index, activation.input)
        less = "" if mean is None else f"Less {number(mean)}, the mean of {self.group_name(index, activation.input)}, "
        by = "their deviation" if mean is not None else f"the length of {self.group_name(index, activation.input)}"
        learned = [name for name, array in (("× γ", self.gamma), ("+ β", self.beta)) if array is not None]
        then = f"; then {' '.join(learned)}" if learned else ""
        return f"{less}{'÷' if less else 'Divided by'} {number(length)}, {by}{then}."

    def group_name(self, index: Index, x: Floats) -> str:
        """The numbers that are measured, for a sentence."""
        return f"the {x.shape[-1]} maps here" if x.ndim == 3 else f"the {x.shape[-1]} numbers"


class LayerNormalization(PerImageNormalization):
    """Brings the numbers of all maps at a place to a mean of 0 and a variance of 1, then stretches and shifts them."""

    KIND: ClassVar[str] = "layer norm"

    def measured(self, x: Floats) -> tuple[Floats | None, Floats]:
        mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
        return mean, np.sqrt(variance + np.float32(self.epsilon))

    def among(self, index: Index, x: Floats) -> Floats:
        at: Floats = x[index[:-1]]
        return at


class RMSNormalization(LayerNormalization):
    """Divides the numbers of all maps at a place by the root of the mean of their squares."""

    KIND: ClassVar[str] = "RMS norm"
    LENGTH: ClassVar[str] = "√(mean of x² + ε)"

    def measured(self, x: Floats) -> tuple[Floats | None, Floats]:
        return None, np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + np.float32(self.epsilon))


class UnitNormalization(LayerNormalization):
    """Divides the numbers of all maps at a place by the root of the sum of their squares: a vector of length 1."""

    KIND: ClassVar[str] = "unit norm"
    LENGTH: ClassVar[str] = "√(sum of x²)"

    def measured(self, x: Floats) -> tuple[Floats | None, Floats]:
        return None, np.sqrt(np.maximum(np.square(x).sum(axis=-1, keepdims=True), np.float32(self.epsilon)))


@dataclass(frozen=True, eq=False)
class GroupNormalization(PerImageNormalization):
    """Brings the cells of each group of maps to a mean of 0 and a variance of 1, then stretches and shifts each map.

    One map in each group makes it an instance normalization; all maps in one group, a layer normalization of whole
    images (Wu and He, 2018).

    Attributes:
        groups: the number of groups that the maps form, in order.
    """

    KIND: ClassVar[str] = "group norm"

    groups: int = 1

    @property
    def description(self) -> str:
        return f"{self.KIND}, {counted(self.groups, 'group')}"

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """The shape of the input. Raises CnntuiError when the groups do not fit it."""
        check_is_a_map(self.name, input_shape)
        if not 0 < self.groups <= input_shape[-1] or input_shape[-1] % self.groups:
            raise CnntuiError(
                f"Layer '{self.name}' divides the maps of {times(input_shape)} into {self.groups} groups, "
                "which does not come out even."
            )
        return super().output_shape(input_shape)

    def measured(self, x: Floats) -> tuple[Floats | None, Floats]:
        *before, maps = x.shape
        grouped = x.reshape(*before, self.groups, maps // self.groups)
        over = (-4, -3, -1)
        mean, variance = grouped.mean(axis=over, keepdims=True), grouped.var(axis=over, keepdims=True)
        each = maps // self.groups
        return tuple(  # type: ignore[return-value]
            np.repeat(part.reshape(*part.shape[:-2], self.groups), each, axis=-1)
            for part in (mean, np.sqrt(variance + np.float32(self.epsilon)))
        )

    def _group(self, map: int, count: int) -> range:
        each = count // self.groups
        return range(map // each * each, map // each * each + each)

    def among(self, index: Index, x: Floats) -> Floats:
        maps = self._group(index[-1], x.shape[-1])
        cells: Floats = x[..., maps.start : maps.stop]
        return cells

    def group_name(self, index: Index, x: Floats) -> str:
        maps = self._group(index[-1], x.shape[-1])
        which = f"map {maps.start}" if len(maps) == 1 else f"maps {maps.start} to {maps.stop - 1}"
        return f"the {self.among(index, x).size:,} cells of {which}"

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        if not len(cells):
            return Cells()
        every = Cells.every(input_shape)
        maps = ascending(each for map in cells.maps for each in self._group(map, input_shape[-1]))
        return Cells(every.rows, every.cols, maps)

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        return self.sources(cells, input_shape)

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        """None: through the mean and the variance, a cell depends on all cells of its maps."""
        return None
