"""A dense layer unit by unit, as a value: `steps.at(unit)` holds every product of the unit's weighted sum.

As with the walks of windows, nothing is computed twice: the steps are a view of what the layer made of its input when
the network ran forward.
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
    """The terms that matter most in a weighted sum, and the rest as one.

    Attributes:
        positive: places of the largest products above 0, the largest first.
        negative: places of the largest products below 0, the one furthest below first.
        also: places of terms that are listed although they are smaller.
        rest: all other products added up, those that are 0 or not a number among them.
        others: how many these are.
    """

    positive: tuple[int, ...]
    negative: tuple[int, ...]
    also: tuple[int, ...]
    rest: float
    others: int

    @property
    def places(self) -> tuple[int, ...]:
        """The terms that are listed by themselves, in order."""
        return self.positive + self.negative + self.also


@dataclass(frozen=True, eq=False)
class DenseStep:
    """One unit of a dense layer: the weighted sum of the whole input.

    Attributes:
        unit: which unit of the layer, from 0.
        input: `(inputs,)`, what the layer is given.
        weights: `(inputs,)`, the unit's weights.
        products: `(inputs,)`, input × weights.
        total: the sum of all products, as the network computes it. Floating-point addition depends on the order, so
            `products.sum()` may differ from it in the last of float32's seven digits.
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
            positive, negative: how many terms above and below 0 stand for themselves, at most.
            also: a term that does so whatever its size, in place of the last of those below 0.
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
        """What each cell of the flattened maps contributes, all maps together: `(rows, columns)`.

        Args:
            maps: `(rows, columns, maps)` of what Flatten laid out as the input.
        """
        with np.errstate(invalid="ignore"):
            cells: Floats = self.products.reshape(maps).sum(axis=-1)
        return cells


class DenseSteps:
    """All units of a dense layer for one input.

    Args:
        layer: the dense layer.
        activation: what the layer made of one image.
    """

    def __init__(self, layer: Dense, activation: LayerActivation) -> None:
        self.layer = layer
        self.input = activation.input
        self.totals = activation.sums
        self.pre_activations = activation.pre_activation
        self.outputs = activation.output

    def at(self, unit: int) -> DenseStep:
        """The step of a unit. Raises IndexError where there is no such unit."""
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
