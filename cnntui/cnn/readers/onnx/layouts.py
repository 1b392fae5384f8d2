"""ONNX's operations that only move numbers and change none: most of them need no layer."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from cnntui.cnn.cost import check_size
from cnntui.cnn.ops import Margins
from cnntui.cnn.readers.onnx.constants import whole
from cnntui.cnn.readers.onnx.graph import FLOATS, MOST_AXES, Array, OnnxNode
from cnntui.cnn.readers.onnx.values import Builder, Given, name_of, unsupported
from cnntui.cnn.readers.tensors import Value

FARTHEST = 10_000
"""The most rows or columns that are added beside a map."""


def same(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """An operation that does nothing at inference."""
    return x


def cast(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """A conversion to another floating-point type; all are read as float32."""
    if operation.attributes.get("to") not in FLOATS:
        raise unsupported(operation, "makes whole numbers of what is computed")
    return x


def shape(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Array:
    """The shape of a tensor, as a constant."""
    lengths = [build.batch, *x.shape]
    return np.array(lengths[operation.attributes.get("start", 0) : operation.attributes.get("end")], np.int64)


def reshape(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    target = whole(others[0]) if others and isinstance(others[0], np.ndarray) else operation.attributes.get("shape")
    if not isinstance(target, list) or not 0 < len(target) <= MOST_AXES + 1:
        raise unsupported(operation, "makes a shape that is computed from the image")
    before = [build.batch, *x.shape]
    if not operation.attributes.get("allowzero"):
        target = [before[axis] if not length and axis < len(before) else length for axis, length in enumerate(target)]
    count, rest = prod(before), -prod(target)
    if target.count(-1) == 1 and rest > 0 and count % rest == 0:
        target = [count // rest if length == -1 else length for length in target]
    if target == [count] and build.batch == 1:
        # Without its own axis, a batch of one image is that image.
        target = [1, count]
    if prod(target) != count or min(target) < 1 or target[0] != build.batch:
        raise unsupported(operation, f"makes {str(target)[:80]} of {str(before)[:80]}")
    return Value(x.layer, x.places.reshape(target[1:]))


def flatten(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    if operation.attributes.get("axis", 1) not in (1, -x.places.ndim):
        raise unsupported(operation, "lays out several images as one")
    return Value(x.layer, x.places.reshape(-1))


def transpose(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    axes = operation.attributes.get("perm") or [*range(x.places.ndim, -1, -1)]
    if sorted(axes) != [*range(x.places.ndim + 1)] or axes[0] != 0:
        raise unsupported(operation, "moves the axis that counts images")
    return Value(x.layer, x.places.transpose([axis - 1 for axis in axes[1:]]))


def tile(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """A tensor that repeats its numbers; a layer will repeat the rows and columns of maps."""
    repeats = whole(others[0]) if others and isinstance(others[0], np.ndarray) else None
    if repeats is None or len(repeats) != x.places.ndim + 1 or repeats[0] != 1 or min(repeats) < 1:
        raise unsupported(operation, "repeats images, or by what is computed from them")
    check_size((*x.shape, prod(repeats)), f"Layer '{name_of(operation)}' gives")
    tiled = np.tile(x.places, repeats[1:])
    (*_, last) = (axis for axis, count in enumerate(repeats[1:]) if count > 1 or axis == 0)
    if last and x.shape[last] == 1:
        # Each number is followed by its copies, which is how TensorFlow repeats rows and columns.
        merged = tiled.reshape(*tiled.shape[: last - 1], -1, *tiled.shape[last + 1 :])
        larger = build.enlarged(Value(x.layer, merged))
        return Value(larger.layer, larger.places.reshape(tiled.shape))
    return Value(x.layer, tiled)


def expand(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """A tensor that is repeated along axes of length 1."""
    target = whole(others[0]) if others and isinstance(others[0], np.ndarray) else None
    if target is None or len(target) > MOST_AXES + 1 or min(target, default=0) < 1:
        raise unsupported(operation, "repeats to a shape that is odd, or computed from the image")
    try:
        lengths = np.broadcast_shapes((build.batch, *x.shape), tuple(target))
    except ValueError:
        raise unsupported(operation, "repeats to a shape that does not fit") from None
    if lengths[0] != build.batch or len(lengths) != len(x.shape) + 1:
        raise unsupported(operation, "repeats images")
    check_size(lengths[1:], f"Layer '{name_of(operation)}' gives")
    return x if lengths[1:] == x.shape else picked(build, operation, x, np.broadcast_to(x.places, lengths[1:]))


def squeeze(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    axes = _axes(operation, others)
    if axes is None:
        axes = [axis + 1 for axis, length in enumerate(x.shape) if length == 1]
    inner = [axis % (x.places.ndim + 1) - 1 for axis in axes]
    if any(axis < 0 or x.shape[axis] != 1 for axis in inner):
        raise unsupported(operation, "takes away the axis that counts images, or one that is not 1 long")
    return Value(x.layer, np.squeeze(x.places, tuple(inner)))


def unsqueeze(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    axes = _axes(operation, others) or []
    inner = [axis % (x.places.ndim + 1 + len(axes)) - 1 for axis in axes]
    if len(inner) > MOST_AXES or min(inner, default=-1) < 0 or len({*inner}) < len(inner):
        raise unsupported(operation, "puts an axis before the one that counts images")
    return Value(x.layer, np.expand_dims(x.places, tuple(inner)))


def _axes(operation: OnnxNode, others: Sequence[Given]) -> list[int] | None:
    axes = operation.attributes.get("axes")
    if axes is None and others and isinstance(others[0], np.ndarray):
        axes = whole(others[0])
    if axes is not None and not all(type(axis) is int for axis in axes):
        raise unsupported(operation, "has odd axes")
    return axes


def concat(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    values = [x, *(other for other in others if isinstance(other, Value))]
    if len(values) <= len(others):
        raise unsupported(operation, "lays constants beside what is computed")
    if len(values) == 1:
        return x
    axis = operation.attributes.get("axis", 0) % (x.places.ndim + 1) - 1
    name = name_of(operation)
    if x.places.ndim == 1:
        laid = [build.flat(value) for value in values]
        made = build.add("Concatenate", name, tuple(layer for layer, _ in laid))
        starts = np.cumsum([0, *(len(order) for _, order in laid)])
        return Value(made, np.concatenate([order + start for (_, order), start in zip(laid, starts, strict=False)]))
    found = [build.maps_and_axes(value, operation) for value in values]
    axes = found[0][1]
    if axis != axes[-1] or any(own != axes for _, own in found):
        raise unsupported(operation, "lays maps beside each other, not behind each other")
    return build.given(build.add("Concatenate", name, tuple(layer for layer, _ in found)), axes)


def cut(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """A slice."""
    attributes = operation.attributes
    parts = [whole(other) for other in others if isinstance(other, np.ndarray)]
    starts, ends, axes = (parts + [None] * 3)[:3] if parts else map(attributes.get, ("starts", "ends", "axes"))
    steps = parts[3] if len(parts) > 3 else None
    if not starts or not ends or len(starts) != len(ends) or len(parts) < len(others) or 0 in (steps or ()):
        raise unsupported(operation, "takes a part of its numbers")
    cut_out = x.places[np.newaxis]
    for start, end, axis, step in zip(
        starts, ends, axes or range(len(starts)), steps or [1] * len(starts), strict=False
    ):
        length = cut_out.shape[axis % cut_out.ndim]
        # An end before the first number, as they are counted backwards, is far below zero.
        way = slice(start, None if step < 0 and end < -length else end, step)
        cut_out = cut_out.take(range(*way.indices(length)), axis % cut_out.ndim)
    if len(cut_out) != 1:
        raise unsupported(operation, "picks images of a batch")
    return picked(build, operation, x, cut_out[0])


def picked(build: Builder, operation: OnnxNode, x: Value, places: Array) -> Value:
    """Some of a tensor's numbers, or some of them more than once."""
    if not places.size:
        raise unsupported(operation, "leaves nothing of its input")
    check_size(places.shape, f"Layer '{name_of(operation)}' gives")
    if (made := build.picked(Value(x.layer, places), name_of(operation))) is None:
        raise unsupported(operation, "picks numbers in an odd order")
    return made


def gather(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """Numbers along an axis, by their places."""
    wanted = whole(others[0]) if others and isinstance(others[0], np.ndarray) else None
    axis = operation.attributes.get("axis", 0) % (x.places.ndim + 1) - 1
    if axis < 0 and (places := _of_one_image(build, x, others[0])) is not None:
        return picked(build, operation, x, x.places.take(places))
    if wanted is None or axis < 0 or not all(-x.shape[axis] <= place < x.shape[axis] for place in wanted):
        raise unsupported(operation, "picks images of a batch, or what is computed from them")
    given = others[0]
    places = x.places.take(wanted, axis)
    return picked(build, operation, x, places if np.ndim(given) else places.squeeze(axis))  # type: ignore[arg-type]


def _of_one_image(build: Builder, x: Value, places: Given) -> Array | None:
    """The places of numbers in a batch of one image that `reshape` laid flat; None if they count images."""
    if not isinstance(places, np.ndarray) or places.dtype.kind not in "iu" or places.shape[:1] != (1,):
        return None
    is_flat = build.batch == 1 and len(x.shape) == 1 and places.ndim > 1
    return places[0] if is_flat and places.min() >= 0 and 0 < places.max() < x.shape[0] else None


def part(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """One of the parts that a tensor is split into."""
    axis = operation.attributes.get("axis", 0) % (x.places.ndim + 1) - 1
    number, count = operation.attributes["part"], operation.attributes["parts"]
    sizes = whole(others[0]) if others and isinstance(others[0], np.ndarray) else operation.attributes.get("split")
    length = x.shape[axis] if axis >= 0 else 0
    if sizes is None:
        each = -(-length // count)
        sizes = [min(each, length - start) for start in range(0, length, max(each, 1))]
    if axis < 0 or len(sizes) != count or min(sizes) < 1 or sum(sizes) != length:
        raise unsupported(operation, "splits what does not come out even")
    first = sum(sizes[:number])
    return picked(build, operation, x, x.places.take(range(first, first + sizes[number]), axis))


def pad(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    pads = operation.attributes.get("pads")
    if pads is None and others and isinstance(others[0], np.ndarray):
        pads = whole(others[0])
    axes = whole(others[2]) if len(others) > 2 and isinstance(others[2], np.ndarray) else [*range(x.places.ndim + 1)]
    mode = operation.attributes.get("mode", "constant")
    filling = others[1] if len(others) > 1 and others[1] is not None else operation.attributes.get("value", 0.0)
    if not isinstance(pads, list) or axes is None or len(pads) != 2 * len(axes) or isinstance(filling, Value):
        raise unsupported(operation, "pads by what is computed from the image")
    margins = {
        axis % (x.places.ndim + 1) - 1: (before, after)
        for axis, before, after in zip(axes, pads[: len(axes)], pads[len(axes) :], strict=True)
        if before or after
    }
    if mode in ("reflect", "wrap") and -1 not in margins and min(pads, default=0) >= 0:
        widths = [margins.get(axis, (0, 0)) for axis in range(x.places.ndim)]
        lengths = tuple(length + sum(both) for length, both in zip(x.shape, widths, strict=True))
        check_size(lengths, f"Layer '{name_of(operation)}' gives")
        return picked(build, operation, x, np.pad(x.places, widths, "reflect" if mode == "reflect" else "wrap"))
    beside = {"constant": "ZeroPadding2D", "edge": "EdgePadding2D"}.get(mode)
    if beside is None or (mode == "constant" and np.any(np.asarray(filling))):
        raise unsupported(operation, f"pads with {'another number than 0' if mode == 'constant' else str(mode)[:40]}")
    cropped = {axis: (max(-before, 0), max(-after, 0)) for axis, (before, after) in margins.items()}
    padded = {axis: (max(before, 0), max(after, 0)) for axis, (before, after) in margins.items()}
    for kind, each in (("Cropping2D", cropped), (beside, padded)):
        if any(map(any, each.values())):
            x = _edged(build, operation, x, kind, each)
    return x


def _edged(build: Builder, operation: OnnxNode, x: Value, kind: str, margins: dict[int, Margins]) -> Value:
    """Maps with more or fewer rows and columns, given by the axes of a tensor."""
    given, axes = build.maps_and_axes(x, operation)
    rows, cols, maps = (margins.get(axis, (0, 0)) for axis in axes)
    if any(maps) or -1 in margins or max((*rows, *cols)) > FARTHEST:
        raise unsupported(operation, "takes some of the maps, or adds maps")
    settings: dict[str, Any] = {"rows": rows, "cols": cols}
    return build.given(build.add(kind, name_of(operation), (given,), settings), axes)
