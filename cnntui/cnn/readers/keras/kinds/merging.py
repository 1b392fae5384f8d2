"""Keras layers that merge branches, and arithmetic with constants, as our layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import ACTIVATIONS, Shape
from cnntui.cnn.readers.keras.activations import ALIASES
from cnntui.cnn.readers.keras.arguments import LARGEST, SUPPORTED, number, unsupported
from cnntui.cnn.readers.keras.described import Described
from cnntui.cnn.readers.keras.graph import KerasNode
from cnntui.cnn.readers.unsupported import UnsupportedError
from cnntui.printable import printable


def merge(kind: str) -> Callable[[KerasNode, Sequence[Shape]], list[Described]]:
    def make(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
        constants = [value for value in node.arguments if not isinstance(value, str)]
        if len(node.inputs) == 1 and len(constants) == 1:
            row = constants[0] if isinstance(constants[0], tuple) else (constants[0],)
            if len(row) in (1, shapes[0][-1]) and all(abs(number) <= LARGEST for number in row):
                return [_with_a_constant(kind, node, np.array(row, np.float64))]
        if len(node.inputs) < 2:
            raise UnsupportedError(
                f"Layer '{node.name}' merges {len(node.inputs)} inputs, which is not supported.", SUPPORTED
            )
        if kind == "Concatenate":
            settings = {"axis": _axis(node, shapes[0])}
            return [Described(LayerDescription(kind, node.name, settings, inputs=node.inputs))]
        if kind == "Divide":
            raise UnsupportedError(
                f"Layer '{node.name}' divides by what a layer gives, which is not supported.", SUPPORTED
            )
        return [Described(LayerDescription(kind, node.name, inputs=node.inputs))]

    return make


def _axis(node: KerasNode, shape: Shape) -> int:
    """The axis along which a layer works, counted backwards: the last one is −1."""
    axis, count = node.config.get("axis", -1), len(shape)
    if type(axis) is not int or not (-count <= axis < 0 or 0 < axis <= count):
        raise unsupported(node, "axis")
    return axis if axis < 0 else axis - 1 - count


def _with_a_constant(kind: str, node: KerasNode, constant: NDArray[np.float64]) -> Described:
    """Arithmetic with one constant, or one for each map: a rescaling."""
    is_last = not isinstance(node.arguments[-1], str)
    one, none = np.ones_like(constant), np.zeros_like(constant)
    with np.errstate(divide="ignore"):
        ways = {
            "Add": (one, constant), "Multiply": (constant, none),
            "Subtract": (one, -constant) if is_last else (-one, constant),
            "Divide": (1 / constant, none) if is_last else (none, none),
        }  # fmt: skip
    scale, offset = ways.get(kind, (none, none))
    if not scale.all() or not np.isfinite([scale, offset]).all():
        raise UnsupportedError(
            f"Layer '{node.name}' computes {kind} with {constant[0]:g}, which is not supported.", SUPPORTED
        )
    settings = {"scale": tuple(scale.tolist()), "offset": tuple(offset.tolist())}
    return Described(LayerDescription("Rescaling", node.name, settings, inputs=node.inputs))


def scaled_sum(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    """A branch, times a constant, added to another: a layer of Keras's InceptionResNetV2."""
    if len(node.inputs) != 2:
        raise UnsupportedError(
            f"Layer '{node.name}' merges {len(node.inputs)} inputs, which is not supported.", SUPPORTED
        )
    first, second = node.inputs
    scale = {"scale": (number(node, "scale", 1.0),)}
    scaled = LayerDescription("Rescaling", f"{node.name}_scaled", scale, inputs=(second,))
    return [Described(scaled), Described(LayerDescription("Add", node.name, inputs=(first, scaled.name)))]


def operation(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    """A TensorFlow operation in a Keras 2 model."""
    function = str(node.config.get("function"))
    known = {
        "math.add": "Add", "__operators__.add": "Add", "math.subtract": "Subtract", "math.multiply": "Multiply",
        "math.truediv": "Divide", "math.divide": "Divide",
    }  # fmt: skip
    if function in known:
        return merge(known[function])(node, shapes)
    if function.startswith("nn.") and ALIASES.get(function[3:], function[3:]) in ACTIVATIONS:
        settings = {"function": ALIASES.get(function[3:], function[3:])}
        return [Described(LayerDescription("Activate", node.name, settings, inputs=node.inputs))]
    raise UnsupportedError(
        f"Layer '{node.name}' applies {printable(function)} of TensorFlow, which is not supported.", SUPPORTED
    )
