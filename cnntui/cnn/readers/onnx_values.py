"""The network that an ONNX graph becomes, and where its tensors are in it.

ONNX has channels before rows and columns; here they come last. So that no number has to be moved for it, a tensor is a
layer and a place in what that layer gives for each of its numbers: to reshape or to transpose a tensor is to do so with
the places, and costs no layer. A kernel that weighs a flattened tensor has its rows put in the order of the places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from cnntui.cnn.cost import check_size
from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import Shape, times
from cnntui.cnn.readers.onnx_graph import LONGEST_NAME, Array, Operation, places
from cnntui.cnn.readers.unsupported import UnsupportedError
from cnntui.printable import printable

SUPPORTED = (
    "Of ONNX cnntui reads convolutions, pools, normalization, dense layers (Gemm, MatMul), the usual activations, "
    "arithmetic, padding, resizing and reshaping."
)


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor that depends on the image.

    Attributes:
        layer: the name of the layer that gives its numbers, or `IMAGE`.
        places: an array of the tensor's axes but the first, which counts images: where each number is among all that
            the layer gives, counted in its own order. All of them are somewhere; of a tensor that repeats its numbers
            more than once.
    """

    layer: str
    places: Array

    @property
    def shape(self) -> Shape:
        """Its lengths for one image."""
        return self.places.shape


Given = Value | Array | None
"""What an operation is given: a tensor that depends on the image, a constant, or nothing."""


@dataclass(eq=False)
class Builder:
    """Layers that are added one by one, each after those that it reads.

    Attributes:
        batch: how many images the graph declares that it is given at once.
        opset: the version of ONNX's operations.
        layers: so far.
        weights: by their names, then by role.
        shapes: what they give, by their names.
    """

    batch: int
    opset: int
    layers: list[LayerDescription] = field(default_factory=list)
    weights: dict[str, dict[str, Array]] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    _made: dict[tuple[str, Shape], str] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        name: str,
        inputs: tuple[str, ...],
        settings: Mapping[str, Any] | None = None,
        weights: Mapping[str, Array] | None = None,
    ) -> str:
        """Add a layer; returns its name, which may be another one where that was taken.

        Raises:
            CnntuiError: it does not fit what it reads, or is too large.
        """
        unique, number = name, 0
        while unique in self.shapes:
            number += 1
            unique = f"{name}_{number}"
        arrays = {role: np.ascontiguousarray(array, np.float32) for role, array in (weights or {}).items()}
        shapes = {role: array.shape for role, array in arrays.items()}
        layer = LayerDescription(kind, unique, settings or {}, shapes, inputs)
        shape = layer.layer().output_shape(*(self.shapes[name] for name in inputs))
        check_size(shape, f"Layer '{unique}' gives")
        self.layers.append(layer)
        self.shapes[unique] = shape
        if arrays:
            self.weights[unique] = arrays
        return unique

    def flat(self, value: Value) -> tuple[str, Array]:
        """A vector with the numbers of a tensor, and the place in it of each in the tensor's own order.

        Raises:
            UnsupportedError: it repeats its numbers in an odd way.
        """
        value = self._whole(value)
        return self.shaped(value.layer, (prod(self.shapes[value.layer]),)), value.places.reshape(-1)

    def maps(self, value: Value, operation: Operation) -> str:
        """A layer that gives a tensor `(channels, rows, columns)` as maps, channels last.

        Raises:
            UnsupportedError: its numbers do not lie so.
        """
        value = self._whole(value)
        if value.places.ndim == 3 and _is_counting(turned := value.places.transpose(1, 2, 0)):
            return self.shaped(value.layer, turned.shape)
        raise odd_layout(operation, value)

    def maps_and_axes(self, value: Value, operation: Operation) -> tuple[str, tuple[int, ...]]:
        """As `maps`, of a tensor in any order of axes: for each axis of the maps, which of the tensor's it is.

        Raises:
            UnsupportedError: its numbers do not lie so.
        """
        value = self._whole(value)
        if value.places.ndim == 3:
            shape = self.shapes[value.layer]
            fitting = [axes for axes in ((1, 2, 0), (0, 1, 2)) if _is_counting(value.places.transpose(axes))]
            fitting.sort(key=lambda axes: value.places.transpose(axes).shape != shape)
            if fitting:
                return self.shaped(value.layer, value.places.transpose(fitting[0]).shape), fitting[0]
        raise odd_layout(operation, value)

    def given(self, layer: str, axes: tuple[int, ...] = (1, 2, 0)) -> Value:
        """What a layer gives as a tensor: channels first, or with its axes as `maps_and_axes` says; or a vector."""
        shape = self.shapes[layer]
        lying = places(prod(shape)).reshape(shape)
        return Value(layer, lying if len(shape) == 1 else lying.transpose(tuple(np.argsort(axes))))

    def _whole(self, value: Value) -> Value:
        value = self.enlarged(value)
        if value.places.size != prod(self.shapes[value.layer]):
            raise UnsupportedError("Numbers are repeated in a way that is not supported.", SUPPORTED)
        return value

    def enlarged(self, value: Value) -> Value:
        """A tensor that repeats the rows and columns of maps as what a layer gives that does so; else the tensor."""
        shape, places_ = self.shapes[value.layer], value.places
        if places_.size == prod(shape):
            return value
        for axes in ((1, 2, 0), (0, 1, 2)) if len(shape) == places_.ndim == 3 else ():
            lying = places_.transpose(axes)
            rows, cols = lying.shape[0] // shape[0], lying.shape[1] // shape[1]
            repeated = places(prod(shape)).reshape(shape).repeat(rows, 0).repeat(cols, 1)
            if np.array_equal(repeated, lying):
                settings = {"size": (rows, cols)}
                return self.given(self.add("UpSampling2D", "upsampling", (value.layer,), settings), axes)
        return value

    def shaped(self, layer: str, shape: Shape) -> str:
        """A layer that gives the numbers of another one in the same order, in a shape."""
        if self.shapes[layer] == shape:
            return layer
        if (layer, shape) not in self._made:
            kind, settings = ("Flatten", {}) if len(shape) == 1 else ("Reshape", {"shape": shape})
            self._made[layer, shape] = self.add(kind, kind.lower(), (layer,), settings)
        return self._made[layer, shape]


def _is_counting(array: Array) -> bool:
    """Whether the numbers of an array are 0, 1, 2 and so on."""
    return bool(np.array_equal(array.ravel(), places(array.size)))


def unsupported(operation: Operation, what: str) -> UnsupportedError:
    """That an operation is used in a way that cannot be computed here.

    Args:
        operation: it.
        what: the end of a sentence, such as "pads by reflection".
    """
    return UnsupportedError(
        f"Layer '{name_of(operation)}' ({operation.kind}) {what}, which is not supported.", SUPPORTED
    )


def odd_layout(operation: Operation, value: Value) -> UnsupportedError:
    return unsupported(
        operation, f"reads numbers of an image in another order, as {times(value.shape) or 'one number'}"
    )


def name_of(operation: Operation, *weights: str) -> str:
    """What a layer is called: as its weights are, where these have a name of PyTorch, or as its node is."""
    for weight in weights:
        module, _, role = weight.rpartition(".")
        if module and role in ("weight", "bias", "kernel", "running_mean"):
            return printable(module[:LONGEST_NAME])
    # Exporters write the path of the module, and the operation as its last part, or parts.
    parts = [part for part in operation.name.split("/") if part]
    kind = operation.kind.rpartition(".")[2]
    if len(parts) > 1 and _NUMBERED.sub("", parts[-1]).lower() in (kind.lower(), *_OPERATIONS):
        del parts[-1 - ("batchnorm" in parts[1:]) :]
    name = parts[-1] if parts else kind.lower()
    return name.removeprefix("node_") or kind.lower()


_NUMBERED = re.compile(r"_[_0-9]*$")

_OPERATIONS = (
    "add", "avgpool", "biasadd", "convolution", "depthwise", "matmul", "maxpool", "maxpool2d", "mean",
    "mul", "relu", "sub",
)  # fmt: skip
"""What TensorFlow calls the parts of a layer."""
