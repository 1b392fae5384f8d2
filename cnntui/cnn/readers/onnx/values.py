"""The network that is built from an ONNX graph, and the names of its layers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import times
from cnntui.cnn.readers.onnx.graph import LONGEST_NAME, Array, OnnxNode
from cnntui.cnn.readers.tensors import CHANNELS_FIRST, CHANNELS_LAST, Axes, Layers, Value, places
from cnntui.cnn.readers.unsupported import UnsupportedError
from cnntui.printable import printable

SUPPORTED = (
    "Of ONNX cnntui reads convolutions, pools, normalization, dense layers (Gemm, MatMul), the usual activations, "
    "arithmetic, padding, resizing and reshaping."
)

Given = Value | Array | None
"""An input of an operation: a tensor that depends on the image, a constant, or nothing."""


@dataclass(eq=False)
class Builder(Layers):
    """Layers that are added for operations, with their weights.

    Attributes:
        batch: how many images the graph declares to read at once.
        opset: the version of ONNX's set of operations.
        weights: the weights by layer name, then by role.
    """

    batch: int = 1
    opset: int = 0
    weights: dict[str, dict[str, Array]] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        name: str,
        inputs: tuple[str, ...],
        settings: Mapping[str, Any] | None = None,
        weights: Mapping[str, Array] | None = None,
    ) -> str:
        """Add a layer; returns its name, which differs from the given one if that was taken.

        Raises:
            CnntuiError: it does not fit its inputs, or is too large.
        """
        arrays = {role: np.ascontiguousarray(array, np.float32) for role, array in (weights or {}).items()}
        shapes = {role: array.shape for role, array in arrays.items()}
        unique = self.append(LayerDescription(kind, self.unique(name), settings or {}, shapes, inputs))
        if arrays:
            self.weights[unique] = arrays
        return unique

    def flat(self, value: Value) -> tuple[str, Array]:
        """As in `Layers`, but raises UnsupportedError if a tensor repeats its numbers in an odd way."""
        return super().flat(self._whole(value))

    def maps(self, value: Value, operation: OnnxNode) -> str:
        """A layer that gives a tensor `(channels, rows, columns)` as maps, channels last.

        Raises:
            UnsupportedError: its numbers do not lie in such an order.
        """
        if (found := self.lying(self._whole(value), CHANNELS_FIRST)) is None:
            raise odd_layout(operation, value)
        return found[0]

    def maps_and_axes(self, value: Value, operation: OnnxNode) -> tuple[str, Axes]:
        """As `maps`, for axes in any order: also returns, for each axis of the maps, the tensor's matching one.

        Raises:
            UnsupportedError: its numbers do not lie in such an order.
        """
        if (found := self.lying(self._whole(value))) is None:
            raise odd_layout(operation, value)
        return found

    def _whole(self, value: Value) -> Value:
        value = self.enlarged(value)
        value = self.picked(value, "repeated") or value
        if value.places.size != prod(self.shapes[value.layer]):
            raise UnsupportedError("Numbers are repeated in a way that is not supported.", SUPPORTED)
        return value

    def enlarged(self, value: Value) -> Value:
        """A tensor that repeats rows and columns of maps, as the output of a layer that does so; others unchanged."""
        shape = self.shapes[value.layer]
        if value.places.size == prod(shape):
            return value
        for axes in (CHANNELS_FIRST, CHANNELS_LAST) if len(shape) == value.places.ndim == 3 else ():
            lying = value.places.transpose(axes)
            rows, cols = lying.shape[0] // shape[0], lying.shape[1] // shape[1]
            repeated = places(prod(shape)).reshape(shape).repeat(rows, 0).repeat(cols, 1)
            if np.array_equal(repeated, lying):
                settings = {"size": (rows, cols)}
                return self.given(self.add("UpSampling2D", "upsampling", (value.layer,), settings), axes)
        return value


def unsupported(operation: OnnxNode, what: str) -> UnsupportedError:
    """The error for an operation that is used in a way that cannot be computed here.

    Args:
        operation: the operation.
        what: the end of a sentence, such as "pads by reflection".
    """
    return UnsupportedError(
        f"Layer '{name_of(operation)}' ({operation.kind}) {what}, which is not supported.", SUPPORTED
    )


def odd_layout(operation: OnnxNode, value: Value) -> UnsupportedError:
    return unsupported(
        operation, f"reads numbers of an image in another order, as {times(value.shape) or 'one number'}"
    )


def name_of(operation: OnnxNode, *weights: str) -> str:
    """The name of a layer: that of its weights if it comes from PyTorch, otherwise that of its node."""
    for weight in weights:
        module, _, role = weight.rpartition(".")
        if module and role in ("weight", "bias", "kernel", "running_mean"):
            return printable(module[:LONGEST_NAME])
    # Exporters write the path of the module; its last part, or parts, name the operation.
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
