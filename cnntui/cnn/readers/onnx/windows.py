"""ONNX's convolutions and pools: operations with a window, or with one that covers the whole map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from cnntui.cnn import ops
from cnntui.cnn.layers import Shape
from cnntui.cnn.ops import Margins, Pair
from cnntui.cnn.readers.onnx.graph import Array, OnnxNode
from cnntui.cnn.readers.onnx.values import Builder, Given, name_of, odd_layout, unsupported
from cnntui.cnn.readers.tensors import Value, places

_LONGEST = 1_000_000
"""The most cells that a window may move, or that may lie beside a map."""


def conv(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """A convolution; its weights are `(filters, channels of a group, rows, columns)`."""
    kernel, bias = others[0], others[1] if len(others) > 1 else None
    if not isinstance(kernel, np.ndarray) or isinstance(bias, Value):
        raise unsupported(operation, "has weights that are computed from the image")
    if kernel.ndim != 4:
        raise unsupported(operation, f"has windows of {kernel.ndim - 2} axes")
    given = build.maps(x, operation)
    shape = build.shapes[given]
    filters, channels, *size = kernel.shape
    groups = operation.attributes.get("group", 1)
    if type(groups) is not int or not 0 < groups <= filters:
        raise unsupported(operation, f"has {groups} groups")
    stride, dilation = _pair(operation, "strides", 1), _pair(operation, "dilations", 1)
    extent = ops.extent(size[0], dilation[0]), ops.extent(size[1], dilation[1])
    name = name_of(operation, *operation.inputs[1:2])
    rows, cols = _margins(operation, shape, extent, stride)
    given, padding = _padded(build, operation, name, given, extent, stride, (rows, cols))
    settings: dict[str, Any] = {
        "stride": stride, "padding": padding, "dilation": dilation, "activation": "linear",
    }  # fmt: skip
    kind = "Conv2D" if groups == 1 else "DepthwiseConv2D" if channels == 1 else "GroupedConv2D"
    if groups > 1:
        settings["groups"] = groups
    weights = {"kernel": kernel.transpose(2, 3, 1, 0)}
    if bias is None:
        settings["has_bias"] = False
    else:
        weights["bias"] = bias
    return build.given(build.add(kind, name, (given,), settings, weights))


def conv_transpose(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """A transposed convolution; its weights are `(channels, filters, rows, columns)`."""
    kernel, bias = others[0], others[1] if len(others) > 1 else None
    if not isinstance(kernel, np.ndarray) or isinstance(bias, Value):
        raise unsupported(operation, "has weights that are computed from the image")
    if kernel.ndim != 4 or operation.attributes.get("group", 1) != 1:
        raise unsupported(operation, "has groups, or windows of other than two axes")
    given = build.maps(x, operation)
    stride, dilation = _pair(operation, "strides", 1), _pair(operation, "dilations", 1)
    shape, extent = build.shapes[given], [ops.extent(kernel.shape[axis + 2], dilation[axis]) for axis in (0, 1)]
    added = operation.attributes.get("output_padding") or [0, 0]
    wanted = operation.attributes.get("output_shape")
    if operation.attributes.get("auto_pad") in ("SAME_UPPER", "SAME_LOWER") and not wanted:
        wanted = [shape[axis] * stride[axis] for axis in (0, 1)]
    for numbers in (added, wanted or added):
        if not isinstance(numbers, list) or not all(type(each) is int and 0 <= each < _LONGEST for each in numbers):
            raise unsupported(operation, f"has output_padding = {str(added)[:80]}, output_shape = {str(wanted)[:80]}")
    whole = [(shape[axis] - 1) * stride[axis] + extent[axis] + added[axis] for axis in (0, 1)]
    if wanted:
        wanted = wanted[-2:]
        over = [max(whole[axis] - wanted[axis], 0) for axis in (0, 1)]
        is_upper = operation.attributes.get("auto_pad") == "SAME_UPPER"
        cut = [each // 2 if is_upper else each - each // 2 for each in over]
    else:
        margins = _margins(operation, shape, (extent[0], extent[1]), stride)
        cut, wanted = [each[0] for each in margins], [whole[axis] - sum(margins[axis]) for axis in (0, 1)]
    if min(*cut, *wanted) < 0:
        raise unsupported(operation, "cuts off more than there is")
    settings: dict[str, Any] = {
        "size": tuple(wanted), "stride": stride, "cut": tuple(cut), "dilation": dilation, "activation": "linear",
    }  # fmt: skip
    weights = {"kernel": kernel.transpose(2, 3, 0, 1)}
    if bias is None:
        settings["has_bias"] = False
    else:
        weights["bias"] = bias
    name = name_of(operation, *operation.inputs[1:2])
    return build.given(build.add("Conv2DTranspose", name, (given,), settings, weights))


def _padded(
    build: Builder, operation: OnnxNode, name: str, given: str, extent: Pair, stride: Pair,
    margins: tuple[Margins, Margins], kind: str = "ZeroPadding2D",
) -> tuple[str, str]:  # fmt: skip
    """The input and its padding; if the padding is neither 'valid' nor 'same', a layer of its own adds it."""
    if not any((*margins[0], *margins[1])):
        return given, "valid"
    shape = build.shapes[given]
    if margins == tuple(ops.same_padding(shape[axis], extent[axis], stride[axis]) for axis in (0, 1)):
        return given, "same"
    if min(*margins[0], *margins[1]) < 0:
        raise unsupported(operation, "pads by less than nothing")
    return build.add(kind, f"{name}_padding", (given,), {"rows": margins[0], "cols": margins[1]}), "valid"


def _pair(operation: OnnxNode, key: str, otherwise: int | None) -> Pair:
    value = operation.attributes.get(key) or ([otherwise] * 2 if otherwise is not None else None)
    if not isinstance(value, list) or len(value) != 2:
        raise unsupported(operation, f"has {key} for {len(value) if isinstance(value, list) else 'no'} axes")
    if not all(type(each) is int and 0 < each < _LONGEST for each in value):
        raise unsupported(operation, f"has {key} = {str(value)[:80]}")
    return value[0], value[1]


def _margins(operation: OnnxNode, shape: Shape, extent: Pair, stride: Pair) -> tuple[Margins, Margins]:
    """By how many rows before and after, and columns before and after, a window may stick out."""
    way = operation.attributes.get("auto_pad", "NOTSET")
    if way in ("SAME_UPPER", "SAME_LOWER"):
        rows, cols = (ops.same_padding(shape[axis], extent[axis], stride[axis]) for axis in (0, 1))
        return (rows, cols) if way == "SAME_UPPER" else (rows[::-1], cols[::-1])
    pads = operation.attributes.get("pads") or [0] * 4
    if way not in ("NOTSET", "VALID", "") or not isinstance(pads, list) or len(pads) != 4:
        raise unsupported(operation, f"has auto_pad = {str(way)[:80]}, pads = {str(pads)[:80]}")
    if not all(type(each) is int and abs(each) < _LONGEST for each in pads):
        raise unsupported(operation, f"has pads = {str(pads)[:80]}")
    top, left, bottom, right = pads if way != "VALID" else [0] * 4
    return (top, bottom), (left, right)


def pool(kind: str) -> Callable[[Builder, OnnxNode, Value, Sequence[Given]], Value]:
    """A pool of a given kind of layer."""

    def make(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
        given = build.maps(x, operation)
        shape = build.shapes[given]
        size, stride = _pair(operation, "kernel_shape", None), _pair(operation, "strides", 1)
        if _pair(operation, "dilations", 1) != (1, 1):
            raise unsupported(operation, "leaves holes in its window")
        margins = _margins(operation, shape, size, stride)
        if operation.attributes.get("ceil_mode"):
            rows, cols = (_up(shape[axis], size[axis], stride[axis], margins[axis]) for axis in (0, 1))
            if kind == "AveragePool2D" and (rows, cols) != margins:
                raise unsupported(operation, "averages windows that stick out of the map (ceil_mode)")
            margins = rows, cols
        if any(max(margins[axis]) >= size[axis] for axis in (0, 1)):
            raise unsupported(operation, "has windows that lie beside the map")
        is_same = margins == tuple(ops.same_padding(shape[axis], size[axis], stride[axis]) for axis in (0, 1))
        counts_zeros = operation.attributes.get("count_include_pad") == 1
        name, beside = name_of(operation), "EdgePadding2D"
        if kind == "AveragePool2D" and any((*margins[0], *margins[1])):
            if not counts_zeros and not is_same:
                raise unsupported(operation, "averages only the part of each window that lies on the map")
            if counts_zeros:
                # Zeros added by a separate layer count in a mean; those of a pool's own padding do not.
                given = build.add("ZeroPadding2D", f"{name}_padding", (given,),
                                  {"rows": margins[0], "cols": margins[1]})  # fmt: skip
                margins = (0, 0), (0, 0)
        # Repeated border cells are never larger than the largest cell in the window.
        given, padding = _padded(build, operation, name, given, size, stride, margins, beside)
        settings = {"size": size, "stride": stride, "padding": padding}
        return build.given(build.add(kind, name, (given,), settings))

    return make


def _up(length: int, window: int, stride: int, margins: Margins) -> Margins:
    """Margins with which the usual rounding down of the number of positions gives the number rounded up."""
    before, after = margins
    room = length + before + after - window
    last = -(-room // stride)
    # A window that would begin beyond the map and its margin before it does not count.
    if last * stride >= length + before:
        last -= 1
    return before, max(after, last * stride + window - length - before)


def global_pool(kind: str) -> Callable[[Builder, OnnxNode, Value, Sequence[Given]], Value]:
    """A pool over whole maps."""

    def make(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
        given = build.maps(x, operation)
        return build.given(build.add(kind, name_of(operation), (given,), {"keeps_map": True}))

    return make


def reduction(kind: str, of_maps: str, is_sum: bool = False) -> Callable[..., Value]:
    """A mean, or the largest, over all cells of each map, or over all maps at each place.

    Args:
        kind: the layer for the cells of a map.
        of_maps: the layer for the maps at a place.
        is_sum: whether what these layers give, a mean, is still to be multiplied by how many numbers it is of.
    """

    def pooled(build: Builder, operation: OnnxNode, kind: str, given: str, count: int, **settings: bool) -> str:
        name = name_of(operation)
        if not is_sum:
            return build.add(kind, name, (given,), settings)
        mean = build.add(kind, build.unique(f"{name}_mean"), (given,), settings)
        return build.add("Rescaling", name, (mean,), {"scale": (float(count),), "offset": (0.0,)})

    def make(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
        axes = operation.attributes.get("axes")
        if axes is None and others and isinstance(others[0], np.ndarray):
            axes = others[0].ravel().tolist()
        if not isinstance(axes, list) or not all(type(axis) is int for axis in axes):
            raise unsupported(operation, "works over all axes")
        over = sorted({axis % (x.places.ndim + 1) - 1 for axis in axes})
        kept = [axis for axis in range(x.places.ndim) if axis not in over]
        keeps = operation.attributes.get("keepdims", 1) == 1
        if len(over) == 1 and len(kept) == 2 and keeps:
            given, order = build.maps_and_axes(x, operation)
            if over[0] == order[-1]:
                return build.given(pooled(build, operation, of_maps, given, x.shape[over[0]]), order)
        if len(kept) != 1 or -1 in over:
            raise unsupported(operation, "does not work over whole maps")
        given = _stack(build, operation, x, [*over, *kept])
        cells = prod(x.shape[axis] for axis in over)
        made = pooled(build, operation, kind, given, cells, keeps_map=True)
        count = build.shapes[made][-1]
        shape = [1] * x.places.ndim if keeps else [count]
        if keeps:
            shape[kept[0]] = count
        return Value(made, places(count).reshape(shape))

    return make


def _stack(build: Builder, operation: OnnxNode, x: Value, axes: list[int]) -> str:
    """A layer whose maps consist of all but the last of some axes of a tensor, in any order."""
    turned: Array = x.places.transpose(axes)
    shape = build.shapes[x.layer]
    rows = turned.reshape(-1, turned.shape[-1])
    if len(shape) == 3 and shape[-1] == rows.shape[1] and (np.sort(rows, axis=0).ravel() == places(rows.size)).all():
        return x.layer
    if not np.array_equal(rows.ravel(), places(rows.size)):
        if turned.ndim == 3:
            return build.maps(Value(x.layer, turned.transpose(2, 0, 1)), operation)
        raise odd_layout(operation, x)
    return build.shaped(x.layer, (len(rows), 1, rows.shape[1]))
