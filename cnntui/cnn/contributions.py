"""What a number of the network is made of, term by term: from a class's logit down to pixels.

Almost every number in a network is a weighted sum of numbers of the layer before, plus a bias. So a logit can be taken
apart into what each unit contributes to it, each unit into what each cell contributes, and so on to the pixels, and at
every level the terms add up to the number they make. Three kinds of numbers are no sums. A slot of a flattened vector
is a map cell. A max pool's cell is its window's winner; in an average pool's, which is a sum, all weigh the same. And
what ReLU made 0 is 0, whatever it was before.

Everything is worked out when it is asked for: a tree of all numbers would have billions of branches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn import ops
from cnntui.cnn.layers import AveragePool2D, Conv2D, Dense, Flatten, Layer, MaxPool2D, Pool2D
from cnntui.cnn.network import Activations, Network
from cnntui.cnn.ops import Floats
from cnntui.cnn.window import Window

IMAGE = ""
"""Stands for the name of a layer where a number is a pixel."""


@dataclass(frozen=True)
class Place:
    """Where a number stands.

    Attributes:
        layer: name of the layer that hands it on; `IMAGE` for a pixel.
        index: `(unit,)` of a vector, `(row, column, channel)` of maps and of the image.
    """

    layer: str
    index: tuple[int, ...]


class Kind(Enum):
    """What kind of number it is."""

    LOGIT = "logit"
    UNIT = "unit"
    CELL = "cell"
    """A cell of a convolution's map."""
    POOLED = "pooled"
    """A cell of a pool's map."""
    PIXEL = "pixel"


@dataclass(frozen=True, eq=False)
class Term:
    """One number that another one is made of.

    Attributes:
        child: the number.
        weight: what it is multiplied by; None where parent and child are the same number, as in a pool.
        contribution: child × weight, in double precision.
    """

    child: Node
    weight: float | None
    contribution: float


@dataclass(frozen=True, eq=False)
class Node:
    """One number of the network, and what it is made of.

    Attributes:
        activations: everything that the network computed.
        place: which number.
    """

    activations: Activations
    place: Place

    @property
    def _layer(self) -> Layer | None:
        return self.activations.network[self.place.layer] if self.place.layer != IMAGE else None

    @property
    def kind(self) -> Kind:
        match self._layer:
            case None:
                return Kind.PIXEL
            case Conv2D():
                return Kind.CELL
            case Pool2D():
                return Kind.POOLED
            case layer:
                return Kind.LOGIT if layer is self.activations.network.layers[-1] else Kind.UNIT

    @property
    def value(self) -> float:
        """What the network goes on with; of a logit what goes into softmax."""
        if self.place.layer == IMAGE:
            return float(self.activations.image[self.place.index])
        activation = self.activations[self.place.layer]
        return float((activation.pre_activation if self.kind is Kind.LOGIT else activation.output)[self.place.index])

    @property
    def pre_activation(self) -> float:
        """The weighted sum, before ReLU; the value itself where there is none."""
        if self.place.layer == IMAGE:
            return self.value
        return float(self.activations[self.place.layer].pre_activation[self.place.index])

    @property
    def is_silent(self) -> bool:
        """Whether ReLU made it 0."""
        layer = self._layer
        rectified = isinstance(layer, Conv2D | Dense) and layer.activation == "relu" and self.kind is not Kind.LOGIT
        return rectified and self.pre_activation <= 0

    @property
    def is_sum(self) -> bool:
        """Whether it is what its terms add up to; a pixel, or what ReLU made 0, has no terms."""
        layer = self._layer
        squashed = isinstance(layer, Conv2D | Dense) and layer.activation == "softmax" and self.kind is not Kind.LOGIT
        return layer is not None and not self.is_silent and not squashed

    @cached_property
    def terms(self) -> Terms:
        """What adds up to the value; none for a pixel and for what ReLU made 0."""
        layer = self._layer
        if layer is None or not self.is_sum:
            return Terms(self, (), None)
        place = self.activations.network.index(layer.name)
        if isinstance(layer, Flatten):
            # The last layer of a network that has no weights behind its maps.
            return _same(self, _source(self.activations.network, place, self.place.index))
        values = self.activations[layer.name].input
        if isinstance(layer, MaxPool2D):
            return _same(self, _winner(layer, values, self.place.index, _name(self.activations.network, place - 1)))
        if isinstance(layer, AveragePool2D):
            return Terms(self, _mean(layer, values, self.place.index), None)
        bias = float(layer.bias[self.place.index[-1]])
        if isinstance(layer, Dense):
            (unit,) = self.place.index
            slots = np.arange(values.size)[:, np.newaxis]
            return Terms(self, (slots, values, layer.kernel[:, unit]), bias)
        return Terms(self, _window(layer, values, self.place.index), bias)


Factors = tuple[NDArray[np.int64], Floats, Floats]
"""`(n, axes)` indices in the layer's input, `(n,)` the values there, `(n,)` the weight of each."""


class Terms(Sequence[Term]):
    """The terms of a number, the largest contribution first, whatever its sign; the bias stands apart."""

    def __init__(
        self, parent: Node, factors: Factors | tuple[()], bias: float | None, same: Term | None = None
    ) -> None:
        """Terms, none of them made before it is asked for.

        Args:
            parent: the number that they add up to.
            factors: the inputs and their weights; empty for none.
            bias: what is added besides; None for nothing.
            same: the only term of a number that is handed on as it is.
        """
        self.parent = parent
        self.bias = bias
        self._same = same
        if not factors:
            self._contributions = np.array([same.contribution] if same is not None else [], np.float64)
            return
        indices, values, weights = factors
        # NaN and infinities of a diverged network are there to be seen.
        with np.errstate(over="ignore", invalid="ignore"):
            contributions = values.astype(np.float64) * weights.astype(np.float64)
        # What is no number comes first: it makes the sum what it is.
        order = np.argsort(-np.nan_to_num(np.abs(contributions), nan=np.inf), kind="stable")
        self._contributions, self._weights, self._indices = contributions[order], weights[order], indices[order]

    def __len__(self) -> int:
        return len(self._contributions)

    @overload
    def __getitem__(self, index: int) -> Term: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Term]: ...
    def __getitem__(self, index: int | slice) -> Term | Sequence[Term]:
        """The term at a place in the order of contributions."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        contribution = float(self._contributions[index])
        if self._same is not None:
            return self._same
        network = self.parent.activations.network
        here = network.index(self.parent.place.layer)
        place = _source(network, here - 1, tuple(self._indices[index].tolist()))
        return Term(Node(self.parent.activations, place), float(self._weights[index]), contribution)

    def rest(self, shown: int) -> float:
        """What the terms after the first `shown` add up to."""
        with np.errstate(invalid="ignore"):
            return float(self._contributions[shown:].sum())

    def zeros(self, shown: int = 0) -> int:
        """How many of the terms after the first `shown` contribute exactly nothing."""
        return int((self._contributions[shown:] == 0).sum())

    @property
    def is_same(self) -> bool:
        """Whether the parent is its only term, handed on as it is."""
        return self._same is not None

    @property
    def total(self) -> float:
        """All terms and the bias; the parent's value, but for the order in which floats are added."""
        return self.rest(0) + (self.bias or 0.0)


def logit(activations: Activations, label: int) -> Node:
    """The top of a tree: the number that the network gives a class before softmax."""
    return Node(activations, Place(activations.network.layers[-1].name, (label,)))


def margin(activations: Activations, winner: int, other: int) -> Terms | None:
    """What the difference of two logits is made of: the same inputs, weighed with the difference of their weights.

    None where the last layer is not dense. The child of each term is an input of the last layer.
    """
    network = activations.network
    last = network.layers[-1]
    if not isinstance(last, Dense):
        return None
    values = activations[last.name].input
    with np.errstate(over="ignore", invalid="ignore"):
        weights = last.kernel[:, winner] - last.kernel[:, other]
        bias = float(last.bias[winner] - last.bias[other])
    slots = np.arange(values.size)[:, np.newaxis]
    return Terms(logit(activations, winner), (slots, values, weights), bias)


def _name(network: Network, place: int) -> str:
    return network.layers[place].name if place >= 0 else IMAGE


def _source(network: Network, place: int, index: tuple[int, ...]) -> Place:
    """Where a number of a layer's output stands; a slot of a flattened vector is the cell that fills it."""
    while place >= 0 and isinstance(network.layers[place], Flatten):
        shape = network.input_shape_of(network.layers[place].name)
        (slot,) = index
        index = tuple(int(axis) for axis in np.unravel_index(slot, shape))
        place -= 1
    return Place(_name(network, place), index)


def _same(parent: Node, place: Place) -> Terms:
    child = Node(parent.activations, place)
    return Terms(parent, (), None, Term(child, None, child.value))


def _winner(layer: MaxPool2D, values: Floats, index: tuple[int, ...], source: str) -> Place:
    """The cell whose value a pool handed on; of several, the first in reading order."""
    row, col, channel = index
    window = _corner(layer, values, row, col).clipped(*values.shape[:2])
    patch = values[window.top : window.bottom, window.left : window.right, channel]
    down, right = divmod(int(patch.argmax()), patch.shape[1])
    return Place(source, (window.top + down, window.left + right, channel))


def _mean(layer: AveragePool2D, values: Floats, index: tuple[int, ...]) -> Factors:
    """The cells of an average pool's window, as far as it lies on the map; each weighs one share."""
    row, col, channel = index
    window = _corner(layer, values, row, col).clipped(*values.shape[:2])
    rows, cols = (cells.ravel() for cells in np.indices((window.height, window.width)))
    rows, cols, channels = rows + window.top, cols + window.left, np.full(rows.size, channel)
    shares = np.full(rows.size, 1 / rows.size, np.float32)
    return np.stack([rows, cols, channels], axis=1), values[rows, cols, channel], shares


def _corner(layer: Conv2D | Pool2D, values: Floats, row: int, col: int) -> Window:
    """The window on the layer's input that makes an output cell."""
    zeros = ops.zeros_before(values.shape, layer.extent, layer.stride, layer.padding)
    return Window(row * layer.stride[0] - zeros[0], col * layer.stride[1] - zeros[1], *layer.extent)


def _window(layer: Conv2D, values: Floats, index: tuple[int, ...]) -> Factors:
    """The inputs under a convolution's window; where padding sticks out of the map there is nothing to weigh."""
    row, col, filter = index
    window = _corner(layer, values, row, col)
    cells = np.indices((*layer.size, values.shape[-1])).reshape(3, -1)
    apart, corner = np.array([*layer.dilation, 1]), np.array([window.top, window.left, 0])
    inputs = cells * apart[:, np.newaxis] + corner[:, np.newaxis]
    inside = ((inputs >= 0) & (inputs < np.array(values.shape)[:, np.newaxis])).all(axis=0)
    rows, cols, channels = inputs[:, inside]
    weights = layer.kernel[*cells[:, inside], filter]
    return np.stack([rows, cols, channels], axis=1), values[rows, cols, channels], weights
