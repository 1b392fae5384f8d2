"""The terms of a number in the network, from a class's logit down to pixels.

Almost every number in a network is a weighted sum of numbers from the layer before, plus a bias. So a logit can be
taken apart into the contributions of units, each unit into the contributions of cells, and so on down to the pixels; at
every level the terms add up to the number above them. Some numbers are not such sums: a slot of a flattened vector is a
cell of a map; a cell of a max pool is the winner of its window; and where ReLU gives 0, the sum before it does not
matter. A cell of an average pool is a sum in which all terms have the same weight.

Terms are computed only when they are requested: a tree of all numbers would have billions of branches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from functools import cached_property
from typing import overload

import numpy as np

from cnntui.cnn.layers import Factors, Index, Layer
from cnntui.cnn.network import IMAGE, Activations
from cnntui.values import dataclass


@dataclass(frozen=True)
class NumberPlace:
    """The place of a number in the network.

    Attributes:
        layer: the name of the layer whose output it is in; `IMAGE` for a pixel.
        index: `(unit,)` in a vector, `(row, column, channel)` in maps and in the image.
    """

    layer: str
    index: Index


class NumberKind(Enum):
    """The kind of number."""

    LOGIT = "logit"
    UNIT = "unit"
    CELL = "cell"
    """A cell of a map."""
    PIXEL = "pixel"


@dataclass(frozen=True, eq=False)
class Term:
    """One term of a number: another number that it is computed from.

    Attributes:
        child: the number.
        weight: the factor that the number is multiplied by; None if parent and child are the same number, as in a pool.
        contribution: child × weight, in double precision.
    """

    child: Node
    weight: float | None
    contribution: float


@dataclass(frozen=True, eq=False)
class Node:
    """One number of the network, and the terms that it is computed from.

    Attributes:
        activations: all activations of the network for one image.
        place: the place of the number.
    """

    activations: Activations
    place: NumberPlace

    @property
    def _layer(self) -> Layer | None:
        return self.activations.network[self.place.layer] if self.place.layer != IMAGE else None

    @property
    def kind(self) -> NumberKind:
        layer = self._layer
        if layer is None:
            return NumberKind.PIXEL
        if len(self.place.index) > 1:
            return NumberKind.CELL
        network = self.activations.network
        is_logit = layer is network.answer and not network.passes_probabilities
        return NumberKind.LOGIT if is_logit else NumberKind.UNIT

    @property
    def value(self) -> float:
        """The number that the next layer reads; for a logit, the number that softmax reads."""
        if self.place.layer == IMAGE:
            return float(self.activations.image[self.place.index])
        activation = self.activations[self.place.layer]
        return float(
            (activation.pre_activation if self.kind is NumberKind.LOGIT else activation.output)[self.place.index]
        )

    @property
    def pre_activation(self) -> float:
        """The weighted sum before ReLU; the value itself if the number is not a weighted sum."""
        if self.place.layer == IMAGE:
            return self.value
        return float(self.activations[self.place.layer].pre_activation[self.place.index])

    @property
    def is_silent(self) -> bool:
        """Whether ReLU set it to 0."""
        layer = self._layer
        is_rectified = layer is not None and layer.activation == "relu" and self.kind is not NumberKind.LOGIT
        return is_rectified and self.pre_activation <= 0

    @property
    def is_sum(self) -> bool:
        """Whether the number is the sum of its terms; a pixel, or a number that ReLU set to 0, has no terms."""
        layer = self._layer
        if layer is None or self.is_silent:
            return False
        return layer.activation != "softmax" or self.kind is NumberKind.LOGIT

    @cached_property
    def terms(self) -> Terms:
        """The terms that add up to the value; empty for a pixel and for a number that ReLU set to 0."""
        layer = self._layer
        if layer is None or not self.is_sum:
            return Terms(self, None)
        return Terms(self, layer.factors(self.place.index, *self.activations[layer.name].inputs))


class Terms(Sequence[Term]):
    """The terms of a number, the largest contribution first whatever its sign; the bias is kept apart."""

    def __init__(self, parent: Node, factors: Factors | None) -> None:
        """The terms, each of them created only when it is requested."""
        self.parent = parent
        self._contributions = np.zeros(0, np.float64)
        self.bias: float | None = None
        """The bias that is added to the terms; None if there is none."""
        self.is_same = False
        """Whether the parent is its only term, passed on unchanged."""
        if factors is None:
            return
        self.bias, self.is_same = factors.bias, factors.weights is None
        weights = np.ones(len(factors.values)) if factors.weights is None else factors.weights
        # A diverged network's infinities and NaN are shown, not warned about.
        with np.errstate(over="ignore", invalid="ignore"):
            contributions = factors.values.astype(np.float64) * weights.astype(np.float64)
        # NaN sorts first, because it alone makes the sum NaN.
        order = np.argsort(-np.nan_to_num(np.abs(contributions), nan=np.inf), kind="stable")
        self._contributions, self._weights, self._indices = contributions[order], weights[order], factors.indices[order]
        self._inputs = np.zeros(len(order), np.int64) if factors.inputs is None else factors.inputs[order]

    def __len__(self) -> int:
        return len(self._contributions)

    @property
    def is_mean(self) -> bool:
        """Whether all terms have the same weight, as in a mean."""
        return len(self) > 1 and self.bias is None and bool(np.allclose(self._weights, 1 / len(self)))

    @overload
    def __getitem__(self, index: int) -> Term: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Term]: ...
    def __getitem__(self, index: int | slice) -> Term | Sequence[Term]:
        """The term at a place in the order of contributions."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        activations = self.parent.activations
        read = activations.network.reads(self.parent.place.layer)[self._inputs[index]]
        child = Node(activations, _origin(activations, read, tuple(self._indices[index].tolist())))
        weight = None if self.is_same else float(self._weights[index])
        return Term(child, weight, float(self._contributions[index]))

    def rest(self, shown: int) -> float:
        """The sum of the terms after the first `shown`."""
        with np.errstate(invalid="ignore"):
            return float(self._contributions[shown:].sum())

    def zeros(self, shown: int = 0) -> int:
        """How many of the terms after the first `shown` contribute exactly nothing."""
        return int((self._contributions[shown:] == 0).sum())

    @property
    def total(self) -> float:
        """The sum of all terms and the bias: the parent's value, up to the order of floating-point addition."""
        return self.rest(0) + (self.bias or 0.0)


def logit(activations: Activations, label: int) -> Node:
    """The top of a tree: the logit of a class, or the single logit that two classes share."""
    last = activations.network.answering().name
    return Node(activations, NumberPlace(last, (min(label, activations.network.shapes[-1][0] - 1),)))


def margin(activations: Activations, winner: int, other: int) -> Terms | None:
    """The terms of the difference between two logits: the same inputs, times the difference of their weights.

    None if the two logits do not weigh the same inputs. The child of each term is an input of the last layer.
    """
    last = activations.network.answering()
    if activations.network.shapes[-1] == (1,):
        shared = last.factors((0,), *activations[last.name].inputs)
        return None if shared.weights is None else Terms(logit(activations, winner), shared)
    first, second = (last.factors((label,), *activations[last.name].inputs) for label in (winner, other))
    if first.weights is None or second.weights is None or not np.array_equal(first.indices, second.indices):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        weights = first.weights - second.weights
        bias = (first.bias or 0.0) - (second.bias or 0.0)
    return Terms(logit(activations, winner), replace(first, weights=weights, bias=bias))


def _origin(activations: Activations, layer: str, index: Index) -> NumberPlace:
    """Where a number in a layer's output comes from: for a slot of a flattened vector, the cell that fills it."""
    network = activations.network
    while layer != IMAGE and network[layer].IS_REARRANGED:
        factors = network[layer].factors(index, *activations[layer].inputs)
        index = tuple(factors.indices[0].tolist())
        (layer,) = network.reads(layer)
    return NumberPlace(layer, index)
