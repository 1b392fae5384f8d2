"""Layers that multiply each number by a factor and add a term, the same everywhere on a map."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar

import numpy as np

from cnntui.cnn.arithmetic import MINUS, bracketed, number
from cnntui.cnn.cells import Shape
from cnntui.cnn.input_scale import BRIGHTEST
from cnntui.cnn.layers.conv import Conv2D
from cnntui.cnn.layers.layer import Factors, Index, Layer, LayerActivation, times
from cnntui.cnn.layers.operation import Operation, on_the_way
from cnntui.cnn.ops import Floats
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass


class Affine(Layer):
    """Each number times the factor of its map, plus the term of its map."""

    @property
    @abstractmethod
    def stretch(self) -> tuple[Floats, Floats]:
        """The factor and the term of each map, `(channels,)` float32 each, or `()` if all maps share them."""

    def rule(self, index: Index, activation: LayerActivation) -> str:
        factor, term = self._at(index, activation.input)
        x, y = (number(float(array[index])) for array in (activation.input, activation.output))
        computed = f"{x} × {number(factor, 4)} + {bracketed(number(term))} ≈ {y}"
        return f"{computed}, in the same way for every cell of map {index[-1]}."

    def operations(self, index: Index, activation: LayerActivation) -> tuple[Operation, ...]:
        factor, term = self._at(index, activation.input)
        steps = [("÷", "", 1 / factor) if 0 < abs(factor) < 1 else ("×", "", factor)]
        steps += [(MINUS if term < 0 else "+", "", abs(term))] if term else []
        return on_the_way(float(activation.input[index]), steps, float(activation.output[index]))

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """The shape of the input. Raises CnntuiError when the factors are for another number of maps."""
        factor, _ = self.stretch
        if factor.shape not in ((), (1,), input_shape[-1:]):
            raise CnntuiError(
                f"Layer '{self.name}' has factors for {factor.shape[-1]} maps, but its input is {times(input_shape)}."
            )
        return input_shape

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        factor, term = self.stretch
        output = x * factor + term
        return LayerActivation((x,), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The number, times the factor of its map; the bias is the map's term."""
        factor, term = self._at(index, x)
        return Factors(np.array([index]), x[index][np.newaxis], np.array([factor], np.float32), term)

    def _at(self, index: Index, x: Floats) -> tuple[float, float]:
        """The factor and the term for one number."""
        factor, term = (float(np.broadcast_to(part, x.shape[-1:])[index[-1]]) for part in self.stretch)
        return factor, term


@dataclass(frozen=True, eq=False)
class BatchNormalization(Affine):
    """Brings each map to a mean of 0 and a variance of 1, as measured in training, then stretches and shifts it.

    The output is `(x − mean) ÷ √(variance + ε) × γ + β`, that is `x × a + b` with `a = γ ÷ √(variance + ε)` and `b = β
    − mean × a`. Folding it into the convolution before it multiplies that layer's kernels by a, and turns each bias
    into `bias × a + b` (Ioffe and Szegedy, 2015).

    Attributes:
        mean, variance: `(channels,)` float32, moving averages over the batches of the training.
        gamma, beta: `(channels,)` float32, learned; None if the layer has none.
        epsilon: a small number that keeps the root above 0.
    """

    KIND: ClassVar[str] = "batch norm"

    mean: Floats
    variance: Floats
    gamma: Floats | None = None
    beta: Floats | None = None
    epsilon: float = 1e-3

    @property
    def weights(self) -> dict[str, Floats]:
        return {**_present(gamma=self.gamma, beta=self.beta), "mean": self.mean, "variance": self.variance}

    def folded_into(self, before: Layer) -> Layer | None:
        """The convolution with its kernels times a, and its biases times a plus b; see the class for a and b."""
        if not isinstance(before, Conv2D) or before.activation != "linear":
            return None
        factor, term = self.stretch
        kernel, bias = (np.asarray(part, np.float32) for part in (before.kernel * factor, before.bias * factor + term))
        return replace(before, kernel=kernel, bias=bias, has_bias=True)

    @property
    def stretch(self) -> tuple[Floats, Floats]:
        gamma = np.ones_like(self.mean) if self.gamma is None else self.gamma
        factor = gamma / np.sqrt(self.variance + np.float32(self.epsilon))
        term = -self.mean * factor if self.beta is None else self.beta - self.mean * factor
        return np.asarray(factor, np.float32), np.asarray(term, np.float32)

    def operations(self, index: Index, activation: LayerActivation) -> tuple[Operation, ...]:
        map = index[-1]
        deviation = float(np.sqrt(self.variance[map] + np.float32(self.epsilon)))
        steps = [(MINUS, "mean", float(self.mean[map])), ("÷", "√(var + ε)", deviation)]
        steps += [("×", "γ", float(self.gamma[map]))] if self.gamma is not None else []
        steps += [("+", "β", float(self.beta[map]))] if self.beta is not None else []
        return on_the_way(float(activation.input[index]), steps, float(activation.output[index]))

    def rule(self, index: Index, activation: LayerActivation) -> str:
        map = index[-1]
        x, mean, variance = (float(part) for part in (activation.input[index], self.mean[map], self.variance[map]))
        text = f"({number(x)} − {bracketed(number(mean))}) ÷ √({number(variance)} + {self.epsilon:g})"
        text += "" if self.gamma is None else f" × {bracketed(number(float(self.gamma[map])))}"
        text += "" if self.beta is None else f" + {bracketed(number(float(self.beta[map])))}"
        factor, term = (float(part[map]) for part in self.stretch)
        folded = f"In short, for every cell of map {map}: × {number(factor)} + {bracketed(number(term))}."
        return f"{text} ≈ {number(float(activation.output[index]))}. {folded}"


def _present(**learned: Floats | None) -> dict[str, Floats]:
    """The learned arrays that a layer has, by role."""
    return {role: array for role, array in learned.items() if array is not None}


@dataclass(frozen=True, eq=False)
class LayerScale(Affine):
    """Every map times its own learned factor, which starts near 0, so that a branch joins in gradually (ConvNeXt).

    Attributes:
        gamma: `(channels,)` float32, learned.
    """

    KIND: ClassVar[str] = "layer scale"

    gamma: Floats

    @property
    def weights(self) -> dict[str, Floats]:
        return {"gamma": self.gamma}

    @property
    def stretch(self) -> tuple[Floats, Floats]:
        return self.gamma, np.zeros_like(self.gamma)


@dataclass(frozen=True, eq=False)
class Rescaling(Affine):
    """Every number times a fixed factor, plus a fixed term, neither of them learned: for example pixels divided by 255.

    Attributes:
        scale, offset: the factors and terms, one for all maps or one for each.
    """

    KIND: ClassVar[str] = "rescaling"
    SCALES_LEVELS: ClassVar[bool] = True

    scale: tuple[float, ...] = (1.0,)
    offset: tuple[float, ...] = (0.0,)

    @property
    def description(self) -> str:
        if len({*self.scale}) > 1 or len({*self.offset}) > 1:
            return "× and + by map"
        scale, offset = self.scale[0], self.offset[0]
        by = f"÷ {1 / scale:.6g}" if scale and abs(scale) < 1 else f"× {scale:.6g}"
        end = f" {MINUS if offset < 0 else '+'} {abs(offset):.6g}" if offset else ""
        return by.replace("-", MINUS) + end

    def rule(self, index: Index, activation: LayerActivation) -> str:
        factor, term = self._at(index, activation.input)
        ends = (f"{end:.6g}".replace("-", MINUS) for end in (term, BRIGHTEST * factor + term))
        black, white = ends
        return f"Nothing is learned here: 0 becomes {black}, and {BRIGHTEST} becomes {white}, in every cell."

    @property
    def stretch(self) -> tuple[Floats, Floats]:
        factor, term = np.broadcast_arrays(np.array(self.scale, np.float32), np.array(self.offset, np.float32))
        return factor, term


@dataclass(frozen=True, eq=False)
class Normalization(Affine):
    """Subtracts the mean and divides by the deviation, both measured in a data set.

    Attributes:
        mean, variance: `(channels,)` float32.
        invert: whether the layer does the reverse.
    """

    KIND: ClassVar[str] = "normalization"
    SCALES_LEVELS: ClassVar[bool] = True

    mean: Floats
    variance: Floats
    invert: bool = False

    @property
    def weights(self) -> dict[str, Floats]:
        return {"mean": self.mean, "variance": self.variance}

    def operations(self, index: Index, activation: LayerActivation) -> tuple[Operation, ...]:
        if self.invert:
            return super().operations(index, activation)
        mean, variance = (np.broadcast_to(part, activation.input.shape[-1:]) for part in (self.mean, self.variance))
        deviation = max(float(np.sqrt(variance[index[-1]])), 1e-7)
        steps = [(MINUS, "mean", float(mean[index[-1]])), ("÷", "deviation", deviation)]
        return on_the_way(float(activation.input[index]), steps, float(activation.output[index]))

    @property
    def stretch(self) -> tuple[Floats, Floats]:
        # Keras never divides by less than its own epsilon.
        deviation: Floats = np.maximum(np.sqrt(self.variance), np.float32(1e-7))
        if self.invert:
            return deviation, self.mean
        inverse: Floats = np.reciprocal(deviation)
        return inverse, -self.mean * inverse
