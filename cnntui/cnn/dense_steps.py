"""A dense layer unit by unit, as a value: `steps.at(unit)` holds every product of the unit's weighted sum.

As with the walks of windows, nothing is computed twice: the steps are a view of the layer's activation from the forward
run.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.layers import Dense, LayerActivation, Shape
from cnntui.cnn.ops import Floats
from cnntui.values import dataclass


@dataclass(frozen=True)
class Contributions:
    """The terms that matter most in a weighted sum, and all others combined.

    Attributes:
        positive: the places of the largest products above 0, the largest first.
        negative: the places of the products furthest below 0, the lowest first.
        also: the places of terms that are listed although they are smaller.
        rest: the sum of all other products, including those that are 0 or NaN.
        others: the number of these other products.
    """

    positive: tuple[int, ...]
    negative: tuple[int, ...]
    also: tuple[int, ...]
    rest: float
    others: int

    @property
    def places(self) -> tuple[int, ...]:
        """The places of all listed terms, in order."""
        return self.positive + self.negative + self.also


@dataclass(frozen=True, eq=False)
class DenseStep:
    """One unit of a dense layer: the weighted sum of the whole input.

    Attributes:
        unit: which unit of the layer, from 0.
        input: `(inputs,)`, the layer's input.
        weights: `(inputs,)`, the unit's weights.
        products: `(inputs,)`, input × weights.
        total: the sum of all products as the network computes it. Floating-point sums depend on the order of addition,
            so `products.sum()` may differ in the last of float32's seven digits.
        bias: the unit's bias.
        pre_activation: total + bias.
        output: the pre-activation after ReLU or softmax, if that is the layer's activation.
    """

    unit: int
    input: Floats
    weights: Floats
    products: Floats
    total: float
    bias: float
    pre_activation: float
    output: float

    def largest(self, positive: int, negative: int, also: int | None = None) -> Contributions:
        """The terms that move the sum most.

        Args:
            positive, negative: the most terms above and below 0 to list individually.
            also: a term to list whatever its size, in place of the last term below 0.
        """
        order = np.argsort(self.products, kind="stable")  # NaN last.
        above = order[self.products[order] > 0][::-1][:positive].tolist()
        below = order[self.products[order] < 0][:negative].tolist()
        own = []
        if also is not None and also not in above + below:
            below, own = below[: max(0, negative - 1)], [also]
        others = np.ones(self.products.size, np.bool_)
        others[above + below + own] = False
        with np.errstate(invalid="ignore"):
            rest = float(self.products[others].sum(dtype=np.float64))
        return Contributions(tuple(above), tuple(below), tuple(own), rest, int(others.sum()))

    def by_cell(self, maps: Shape) -> Floats:
        """The contribution of each cell of the flattened maps, summed over all maps: `(rows, columns)`.

        Args:
            maps: `(rows, columns, maps)`, the shape of the maps that Flatten turned into the input.
        """
        with np.errstate(invalid="ignore"):
            cells: Floats = self.products.reshape(maps).sum(axis=-1)
        return cells


class DenseSteps:
    """All units of a dense layer for one input.

    Args:
        layer: the dense layer.
        activation: the layer's inputs and outputs for one image.
    """

    def __init__(self, layer: Dense, activation: LayerActivation) -> None:
        self.layer = layer
        self.input = activation.input
        self.totals = activation.sums
        self.pre_activations = activation.pre_activation
        self.outputs = activation.output

    def at(self, unit: int) -> DenseStep:
        """The step of one unit. Raises IndexError if there is no such unit."""
        if not 0 <= unit < len(self):
            raise IndexError(f"layer '{self.layer.name}' has no unit {unit}")
        weights: NDArray[Any] = self.layer.kernel[:, unit]
        with np.errstate(over="ignore", invalid="ignore"):
            products = self.input * weights
        return DenseStep(
            unit=unit,
            input=self.input,
            weights=weights,
            products=products,
            total=float(self.totals[unit]),
            bias=float(self.layer.bias[unit]),
            pre_activation=float(self.pre_activations[unit]),
            output=float(self.outputs[unit]),
        )

    def __len__(self) -> int:
        return self.layer.units
