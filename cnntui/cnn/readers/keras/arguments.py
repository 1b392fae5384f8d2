"""The arguments of a Keras layer, each checked against the values it may have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnntui.cnn.layers import Shape
from cnntui.cnn.ops import Padding
from cnntui.cnn.readers.keras.graph import KerasNode
from cnntui.cnn.readers.unsupported import UnsupportedError
from cnntui.printable import printable

LARGEST = 1e38
"""Roughly the largest float32."""

SUPPORTED = (
    "cnntui reads convolutions (plain, grouped, depthwise, separable, transposed), pools, normalization, rescaling, "
    "padding, cropping, upsampling, reshaping, dense layers, the usual activations, and layers that merge branches."
)


def unsupported(node: KerasNode, key: str) -> UnsupportedError:
    value = printable(repr(node.config.get(key))[:80])
    return UnsupportedError(f"Layer '{node.name}' has {key} = {value}, which is not supported.", SUPPORTED)


def pair(node: KerasNode, key: str, otherwise: Any = None) -> tuple[int, int]:
    value = node.config.get(key)
    value = otherwise if value is None else value
    value = [value, value] if type(value) is int else value
    if not (
        isinstance(value, list | tuple) and len(value) == 2 and all(type(each) is int and each > 0 for each in value)
    ):
        raise unsupported(node, key)
    return value[0], value[1]


def count(node: KerasNode, key: str) -> int:
    value = node.config.get(key)
    if type(value) is not int or value < 1:
        raise unsupported(node, key)
    return value


def number(node: KerasNode, key: str, otherwise: float) -> float:
    value = node.config.get(key, otherwise)
    if isinstance(value, dict):  # Keras 2 wrote NumPy's numbers as objects
        value = value.get("value", otherwise)
    value = otherwise if value is None else value
    if not isinstance(value, int | float) or not abs(value) <= LARGEST:
        raise unsupported(node, key)
    return float(value)


def padding(node: KerasNode) -> Padding:
    padding = node.config.get("padding", "valid")
    if padding not in ("valid", "same"):
        raise unsupported(node, "padding")
    return "same" if padding == "same" else "valid"


def margins(node: KerasNode, key: str) -> tuple[tuple[int, int], tuple[int, int]]:
    value = node.config.get(key)
    value = [value, value] if type(value) is int else value
    if isinstance(value, list) and len(value) == 2:
        value = [[each, each] if type(each) is int else each for each in value]
        if all(isinstance(each, list) and len(each) == 2 for each in value):
            flat = [*value[0], *value[1]]
            if all(type(each) is int and 0 <= each < 10_000 for each in flat):
                return (flat[0], flat[1]), (flat[2], flat[3])
    raise unsupported(node, key)


def last_axis(node: KerasNode, shapes: Sequence[Shape], *, may_be_all: bool = False) -> None:
    """Raise CnntuiError unless a layer works along the last axis."""
    axis = node.config.get("axis", -1)
    axes = axis if isinstance(axis, list) else [axis]
    if (may_be_all and axis in (None, [])) or (len(axes) == 1 and axes[0] in (-1, len(shapes[0]))):
        return
    raise unsupported(node, "axis")


def numbers(node: KerasNode, shape: Shape, key: str, value: Any) -> tuple[float, ...]:
    """A number, or one for each map of a shape, however deeply nested in lists."""
    try:
        found = np.asarray(value, np.float64).ravel()
    except (ValueError, TypeError, OverflowError):
        raise unsupported(node, key) from None
    if found.size not in (1, shape[-1]) or not np.isfinite(found).all():
        raise unsupported(node, key)
    return tuple(found.tolist())
