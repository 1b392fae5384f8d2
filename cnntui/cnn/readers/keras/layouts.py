"""Layers and functions of Keras that only move numbers and change none: most of them need no layer."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.cost import check_size
from cnntui.cnn.readers.keras.arguments import SUPPORTED, unsupported
from cnntui.cnn.readers.keras.calls import Subscript
from cnntui.cnn.readers.keras.graph import KerasNode
from cnntui.cnn.readers.tensors import CHANNELS_FIRST, CHANNELS_LAST, Axes, Layers, Value, is_counting, places
from cnntui.cnn.readers.unsupported import UnsupportedError

_MOST_AXES = 8


@dataclass(eq=False)
class LaidOut(Layers):
    """Layers of Keras that rearrange the numbers of tensors.

    Attributes:
        channels_come_first: whether the image has its channels first. Vectors then follow the order of our maps, and
            dense kernels are transposed.
    """

    channels_come_first: bool = False


def _permuted(build: LaidOut, node: KerasNode, x: Value) -> Value:
    if (axes := permutation(node, len(x.shape))) is None:
        raise unsupported(node, "dims")
    return Value(x.layer, x.places.transpose(axes))


def permutation(node: KerasNode, count: int) -> list[int] | None:
    """The order into which a layer puts `count` axes; None if the argument is not an order."""
    dims = node.config.get("dims")
    if not isinstance(dims, list) or len(dims) != count or not all(type(axis) is int for axis in dims):
        return None
    return [axis - 1 for axis in dims] if sorted(dims) == [*range(1, count + 1)] else None


def format_of(node: KerasNode) -> Axes | None:
    """The order of the axes of maps that a layer declares; None if it declares none."""
    return {"channels_first": CHANNELS_FIRST, "channels_last": CHANNELS_LAST}.get(str(node.config.get("data_format")))


def _flattened(build: LaidOut, node: KerasNode, x: Value) -> Value:
    """If told that channels come first, Keras puts them last before it flattens."""
    is_turned = len(x.shape) == 3 and format_of(node) == CHANNELS_FIRST
    turned = x.places.transpose(CHANNELS_FIRST) if is_turned else x.places
    maps = turned[:, np.newaxis] if turned.ndim == 2 else turned
    is_odd = maps.ndim == 3 and not build.channels_come_first and not is_counting(maps)
    laid = build.lying(Value(x.layer, maps), CHANNELS_LAST) if is_odd else None
    if laid is not None:
        x, turned = Value(laid[0], maps), places(maps.size)
    layer = build.shaped(x.layer, (turned.size,), node.name)
    return Value(layer, turned.reshape(-1))


def _reshaped(build: LaidOut, node: KerasNode, x: Value) -> Value:
    target = node.config.get("target_shape")
    if not isinstance(target, list) or not all(type(length) is int for length in target[:_MOST_AXES]):
        raise unsupported(node, "target_shape")
    if not 0 < len(target) <= _MOST_AXES or target.count(-1) > 1:
        raise unsupported(node, "target_shape")
    rest = -prod(target)
    if -1 in target and rest > 0 and x.places.size % rest == 0:
        target = [x.places.size // rest if length == -1 else length for length in target]
    if min(target) < 1 or prod(target) != x.places.size:
        raise unsupported(node, "target_shape")
    made = x.places.reshape(target)
    if len(target) in (1, 3) and is_counting(made):
        return Value(build.shaped(x.layer, tuple(target), node.name), made)
    return Value(x.layer, made)


def _with_an_axis(build: LaidOut, node: KerasNode, x: Value) -> Value:
    axis = node.config.get("axis")
    count = len(x.shape)
    if type(axis) is not int or not (0 < axis <= count + 1 or -count - 1 <= axis < 0):
        raise unsupported(node, "axis")
    return Value(x.layer, np.expand_dims(x.places, axis - 1 if axis > 0 else axis))


def _squeezed(build: LaidOut, node: KerasNode, x: Value) -> Value:
    axes = [place for place, length in enumerate(x.shape) if length == 1]
    axes = axes if node.config.get("axis") is None else _axes(node, x)
    if any(x.shape[each] != 1 for each in axes) or len(axes) == len(x.shape):
        raise unsupported(node, "axis")
    return Value(x.layer, x.places.squeeze(tuple(axes)))


def _axes(node: KerasNode, x: Value) -> list[int]:
    """The axes of one image that a function names, one or several."""
    axis = node.config.get("axis")
    axes = [_axis(node, x, each) for each in (axis if isinstance(axis, list) else [axis])]
    if len({*axes}) < len(axes):
        raise unsupported(node, "axis")
    return axes


def _axis(node: KerasNode, x: Value, axis: object) -> int:
    """An axis of one image, from that of a batch."""
    count = len(x.shape)
    if type(axis) is not int or not (0 < axis <= count or -count <= axis < 0):
        raise unsupported(node, "axis")
    return axis - 1 if axis > 0 else count + axis


def _picked(build: LaidOut, node: KerasNode, x: Value) -> Value:
    """A slice of each image."""
    subscript = next((value for value in node.arguments if isinstance(value, Subscript)), None)
    parts = list(subscript.parts) if subscript is not None else []
    if ... not in parts:
        parts.append(...)
    rest = len(x.shape) + 1 - sum(part is not None and part is not ... for part in parts)
    if subscript is None or parts.count(...) != 1 or rest < 0 or len(parts) > 2 * _MOST_AXES:
        raise UnsupportedError(f"Layer '{node.name}' slices its input in a way that is not supported.", SUPPORTED)
    if parts[0] != slice(None) and (parts[0] is not ... or not rest):
        raise UnsupportedError(f"Layer '{node.name}' picks images of a batch, which is not supported.", SUPPORTED)
    try:
        # The first axis counts images.
        return _given(build, node, x, x.places[np.newaxis][tuple(parts)][0])
    except IndexError:
        raise UnsupportedError(f"Layer '{node.name}' picks what its input does not have.", SUPPORTED) from None


def _given(build: LaidOut, node: KerasNode, x: Value, places: NDArray[Any]) -> Value:
    """Some of a tensor's numbers, or some of them more than once."""
    if not places.size:
        raise UnsupportedError(f"Layer '{node.name}' leaves nothing of its input.", SUPPORTED)
    check_size(places.shape, f"Layer '{node.name}' gives")
    if (made := build.picked(Value(x.layer, places), node.name)) is None:
        raise UnsupportedError(
            f"Layer '{node.name}' of the kind {node.kind} picks numbers in an order that is not supported.", SUPPORTED
        )
    return made


def _part(build: LaidOut, node: KerasNode, x: Value) -> Value:
    """One of the parts that a tensor is split into."""
    told, axis = node.config.get("indices_or_sections"), _axis(node, x, node.config.get("axis", 0))
    length = x.shape[axis]
    if type(told) is int and told > 0 and length % told == 0:
        ends = [*range(length // told, length + 1, length // told)]
    elif isinstance(told, list) and all(type(each) is int and 0 < each < length for each in told):
        ends = [*told, length]
    else:
        raise unsupported(node, "indices_or_sections")
    if not 0 <= node.output < len(ends) or ends != sorted({*ends}):
        raise unsupported(node, "indices_or_sections")
    first = ends[node.output - 1] if node.output else 0
    return _given(build, node, x, x.places.take(range(first, ends[node.output]), axis))


def _flipped(build: LaidOut, node: KerasNode, x: Value) -> Value:
    return _given(build, node, x, np.flip(x.places, tuple(_axes(node, x))))


def _repeated(build: LaidOut, node: KerasNode, x: Value) -> Value:
    times, axis = node.config.get("repeats"), _axis(node, x, node.config.get("axis"))
    if type(times) is not int or times < 1:
        raise unsupported(node, "repeats")
    check_size((*x.shape, times), f"Layer '{node.name}' gives")
    return _given(build, node, x, x.places.repeat(times, axis))


def _tiled(build: LaidOut, node: KerasNode, x: Value) -> Value:
    times = node.config.get("repeats")
    if not isinstance(times, list) or not all(type(each) is int and each > 0 for each in times):
        raise unsupported(node, "repeats")
    if len(times) != len(x.shape) + 1 or times[0] != 1:
        raise unsupported(node, "repeats")
    check_size((*x.shape, *times), f"Layer '{node.name}' gives")
    return _given(build, node, x, np.tile(x.places, times[1:]))


def _vectors(build: LaidOut, node: KerasNode, x: Value) -> Value:
    """A vector several times, as the steps of a sequence."""
    times = node.config.get("n")
    if type(times) is not int or times < 1 or len(x.shape) != 1:
        raise unsupported(node, "n")
    check_size((times, *x.shape), f"Layer '{node.name}' gives")
    return _given(build, node, x, np.tile(x.places, (times, 1)))


RESHAPES = {
    "Permute": _permuted, "Flatten": _flattened, "Reshape": _reshaped, "ExpandDims": _with_an_axis,
    "Squeeze": _squeezed, "GetItem": _picked, "Split": _part, "Flip": _flipped, "Repeat": _repeated, "Tile": _tiled,
    "RepeatVector": _vectors,
}  # fmt: skip
"""The function that applies each of these layers, by the name of its class."""
