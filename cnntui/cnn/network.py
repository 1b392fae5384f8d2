"""A network is a sequence of layers whose shapes fit; running it forward keeps every activation on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn import ops
from cnntui.cnn.layers import (
    AveragePool2D,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    LayerActivation,
    MaxPool2D,
    Pool2D,
    Shape,
    times,
)
from cnntui.cnn.ops import Floats
from cnntui.errors import CnntuiError

__all__ = [
    "Activations", "AveragePool2D", "Conv2D", "Dense", "Flatten", "Layer", "LayerActivation", "MaxPool2D", "Network",
    "Pool2D", "Weights", "as_input", "weights_of", "with_weights",
]  # fmt: skip

Weights = Mapping[str, Mapping[str, Floats]]
"""Weights by layer name, then by role: `weights["conv2d"]["kernel"]`."""


def as_input(digit: NDArray[np.uint8]) -> Floats:
    """A digit as the network wants it: `(..., 28, 28)` uint8 becomes `(..., 28, 28, 1)` float32 from 0 to 1."""
    return digit[..., np.newaxis].astype(np.float32) / np.float32(255)


@dataclass(frozen=True, eq=False)
class Activations:
    """Everything a network computed for one image: `activations["conv2d"].output` and so on, in layer order."""

    network: Network
    image: Floats
    by_layer: Mapping[str, LayerActivation]

    def __getitem__(self, name: str) -> LayerActivation:
        return self.by_layer[self.network[name].name]

    def __iter__(self) -> Iterator[tuple[Layer, LayerActivation]]:
        return zip(self.network, self.by_layer.values(), strict=True)

    @property
    def logits(self) -> Floats:
        """The last layer's weighted sums, before softmax."""
        return self.by_layer[self.network.layers[-1].name].pre_activation

    @property
    def scores(self) -> Floats:
        """What softmax is taken of: the logits, or the last layer's output if that layer has no softmax of its own."""
        last = self.network.layers[-1]
        has_softmax = isinstance(last, Dense) and last.activation == "softmax"
        return self.logits if has_softmax else self.by_layer[last.name].output

    @cached_property
    def probabilities(self) -> Floats:
        """One number for each class, adding up to 1: the last layer's output, or its softmax if that layer has none."""
        last = self.network.layers[-1]
        output = self.by_layer[last.name].output
        return output if isinstance(last, Dense) and last.activation == "softmax" else ops.softmax(output)

    @property
    def predicted(self) -> int:
        """The most probable class of a single image. For a batch ask `probabilities.argmax(-1)`."""
        return int(self.probabilities.argmax(axis=-1))


@dataclass(frozen=True, eq=False)
class Network:
    """Layers that follow one another.

    Attributes:
        layers: in the order in which they are applied; their names are unique.
        input_shape: `(height, width, channels)` of one image.
        shapes: the output shape of every layer; `shapes[0]` is the first layer's.

    Raises:
        CnntuiError: a layer does not fit the output of the one before it, or two layers have one name.
    """

    layers: tuple[Layer, ...]
    input_shape: Shape = (28, 28, 1)

    def __post_init__(self) -> None:
        if not self.layers:
            raise CnntuiError("A network needs at least one layer.")
        names = [layer.name for layer in self.layers]
        for name in names:
            if names.count(name) > 1:
                raise CnntuiError(f"Two layers of the network have the name '{name}'.", "Give each a name of its own.")
        _ = self.shapes

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        shapes = []
        shape = self.input_shape
        for layer in self.layers:
            shape = layer.output_shape(shape)
            shapes.append(shape)
        return tuple(shapes)

    @property
    def parameters(self) -> int:
        """How many numbers training can change."""
        return sum(layer.parameters for layer in self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __contains__(self, name: object) -> bool:
        return any(layer.name == name for layer in self.layers)

    def __getitem__(self, name: str) -> Layer:
        """The layer of that name. Raises CnntuiError, which lists the names there are."""
        return self.layers[self.index(name)]

    def index(self, name: str) -> int:
        """The place of a layer, from 0. Raises CnntuiError, which lists the names there are."""
        for index, layer in enumerate(self.layers):
            if layer.name == name:
                return index
        raise CnntuiError(
            f"The network has no layer '{name}'.",
            f"Its layers are {', '.join(layer.name for layer in self.layers)}.",
        )

    def input_shape_of(self, name: str) -> Shape:
        """The shape of what the layer of that name is given."""
        index = self.index(name)
        return self.shapes[index - 1] if index else self.input_shape

    def output_shape_of(self, name: str) -> Shape:
        """The shape of what the layer of that name gives."""
        return self.shapes[self.index(name)]

    def forward(self, image: Floats) -> Activations:
        """Runs an image `(height, width, channels)` float32, or a batch of them, through every layer.

        Raises:
            CnntuiError: the image has another shape or is not float32.
        """
        if image.shape[-len(self.input_shape) :] != self.input_shape or image.dtype != np.float32:
            raise CnntuiError(
                f"The network takes {times(self.input_shape)} images in float32, "
                f"not {times(image.shape)} in {image.dtype}."
            )
        by_layer: dict[str, LayerActivation] = {}
        x = image
        # A network whose training diverged holds infinities and NaN. They are there to be seen, not to be warned about.
        with np.errstate(over="ignore", invalid="ignore"):
            for layer in self.layers:
                by_layer[layer.name] = layer.forward(x)
                x = by_layer[layer.name].output
        return Activations(self, image, by_layer)


def weights_of(network: Network) -> dict[str, dict[str, Floats]]:
    """The weights of every layer that has any, by layer name."""
    return {
        layer.name: {"kernel": layer.kernel, "bias": layer.bias}
        for layer in network
        if isinstance(layer, Conv2D | Dense)
    }


def with_weights(network: Network, weights: Weights) -> Network:
    """The same architecture with other weights.

    Raises:
        CnntuiError: weights are missing, left over, or of another shape or type than the layer's own.
    """
    unknown = set(weights) - set(weights_of(network))
    if unknown:
        raise CnntuiError(f"There are weights for '{min(unknown)}', but the network has no such layer with weights.")
    return replace(network, layers=tuple(_layer_with_weights(layer, weights) for layer in network))


def _layer_with_weights(layer: Layer, weights: Weights) -> Layer:
    if not isinstance(layer, Conv2D | Dense):
        return layer
    own = weights.get(layer.name, {})
    kernel = _checked(layer.name, "kernel", own.get("kernel"), layer.kernel.shape)
    bias = _checked(layer.name, "bias", own.get("bias"), layer.bias.shape)
    return replace(layer, kernel=kernel, bias=bias)


def _checked(name: str, role: str, array: NDArray[Any] | None, shape: Shape) -> Floats:
    if array is None:
        raise CnntuiError(f"There is no {role} for layer '{name}' among the weights.")
    if array.shape != shape:
        raise CnntuiError(f"The {role} for layer '{name}' is {times(array.shape)}; the layer needs {times(shape)}.")
    return array
