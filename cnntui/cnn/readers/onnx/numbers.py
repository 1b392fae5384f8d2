"""ONNX's operations on numbers: activations, arithmetic, normalization and dense layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnntui.cnn.readers.onnx.graph import Array, OnnxNode
from cnntui.cnn.readers.onnx.values import Builder, Given, name_of, unsupported
from cnntui.cnn.readers.tensors import Value, is_counting

Rule = Callable[[Builder, OnnxNode, Value, Sequence[Given]], Value | Array]


# Activations


def activation(function: str, **only: float) -> Rule:
    """An activation function, and the only values that its attributes may have."""

    def make(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
        for key, value in only.items():
            if not np.isclose(operation.attributes.get(key, value), value, atol=1e-4):
                raise unsupported(operation, f"has {key} = {operation.attributes[key]:g}")
        way = operation.attributes.get("approximate", "none")
        if way not in ("none", "tanh"):
            raise unsupported(operation, "is an approximation")
        return _activated(build, operation, x, {"function": function if way == "none" else f"{function}_tanh"})

    return make


def _activated(
    build: Builder, operation: OnnxNode, x: Value, settings: dict[str, Any], kind: str = "Activate"
) -> Value:
    return Value(build.add(kind, name_of(operation), (x.layer,), settings), x.places)


def _told(operation: OnnxNode, key: str, otherwise: float) -> float:
    value = operation.attributes.get(key, otherwise)
    if not isinstance(value, int | float) or not np.isfinite(value):
        raise unsupported(operation, f"has no number for {key}")
    return float(value)


def leaky_relu(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    return _activated(build, operation, x, {"slope": _told(operation, "alpha", 0.01)}, "LeakyReLU")


def thresholded(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    settings = {"slope": 0.0, "threshold": _told(operation, "alpha", 1.0)}
    return _activated(build, operation, x, settings, "LeakyReLU")


def elu(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    return _activated(build, operation, x, {"alpha": _told(operation, "alpha", 1.0)}, "ELU")


def prelu(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    slopes = others[0] if others else None
    if not isinstance(slopes, np.ndarray):
        raise unsupported(operation, "has slopes that are computed from the image")
    laid = _laid(build, operation, x, slopes)
    alpha = laid if laid.ndim == 1 else laid if laid.shape[:2] != (1, 1) else laid.reshape(1, 1, -1)
    name = name_of(operation, *operation.inputs[1:2])
    return Value(build.add("PReLU", name, (x.layer,), {}, {"alpha": alpha}), x.places)


def hard_sigmoid(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    factor, term = _told(operation, "alpha", 0.2), _told(operation, "beta", 0.5)
    if np.allclose([factor, term], [1 / 6, 0.5], atol=1e-6):
        return _activated(build, operation, x, {"function": "hard_sigmoid"})
    scaled = _activated(build, operation, x, {"scale": (factor,), "offset": (term,)}, "Rescaling")
    return _activated(build, operation, scaled, {"slope": 0.0, "limit": 1.0}, "LeakyReLU")


def clip(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """Clipping between two numbers: ReLU with a limit, with all numbers shifted if the lower bound is not 0."""
    bounds = [operation.attributes.get(key) for key in ("min", "max")]
    for place, other in enumerate(others[:2]):
        if isinstance(other, Value) or (other is not None and other.size != 1):
            raise unsupported(operation, "is limited by what is computed from the image")
        bounds[place] = bounds[place] if other is None else float(other.ravel()[0])
    low, high = ((None if bound is None or abs(bound) > 1e30 else float(bound)) for bound in bounds)
    if low is None:
        raise unsupported(operation, "has no lower limit")
    if low == 0 and high in (None, 6):
        return _activated(build, operation, x, {"function": "relu" if high is None else "relu6"})
    moved = x if low == 0 else _activated(build, operation, x, {"scale": (1.0,), "offset": (-low,)}, "Rescaling")
    settings: dict[str, Any] = {"slope": 0.0, "limit": None if high is None else high - low}
    cut = _activated(build, operation, moved, settings, "LeakyReLU")
    return cut if low == 0 else _activated(build, operation, cut, {"scale": (1.0,), "offset": (low,)}, "Rescaling")


def power(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """A square or a square root, written as a power."""
    exponent = others[0] if others else None
    if not isinstance(exponent, np.ndarray) or exponent.size != 1 or exponent.ndim > x.places.ndim + 1:
        raise unsupported(operation, "takes powers that differ, or that are computed from the image")
    function = {2: "square", 0.5: "sqrt"}.get(exponent.item())
    if function is None:
        raise unsupported(operation, "takes another power than 2 and 0.5")
    return _activated(build, operation, x, {"function": function})


def softmax(function: str) -> Rule:
    """Softmax over all maps at a place, or over a vector."""

    def make(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
        rank = x.places.ndim + 1
        axis = operation.attributes.get("axis", -1 if build.opset >= 13 else 1) % rank - 1
        # Before version 13, it worked over all axes from one on.
        over_all = x.places.size == x.shape[axis] or (build.opset < 13 and axis == 0)
        if axis >= 0 and over_all:
            layer, order = build.flat(x)
            return Value(build.add("Activate", name_of(operation), (layer,), {"function": function}),
                         order.reshape(x.shape))  # fmt: skip
        given, axes = build.maps_and_axes(x, operation)
        if axis != axes[-1]:
            raise unsupported(operation, "does not work over all maps at a place")
        return build.given(build.add("Activate", name_of(operation), (given,), {"function": function}), axes)

    return make


# Arithmetic


def of_two(build: Builder, operation: OnnxNode, given: Sequence[Given]) -> Value | Array:
    """Add, Sub, Mul or Div; one of the two tensors may be a constant."""
    first, second = given
    if isinstance(first, Value) and isinstance(second, Value):
        kind = {"Add": "Add", "Sub": "Subtract", "Mul": "Multiply"}.get(operation.kind)
        if kind is None:
            raise unsupported(operation, "divides by what is computed from the image")
        return merge(kind)(build, operation, first, [second])
    if isinstance(first, Value) and isinstance(second, np.ndarray):
        return _with_a_constant(build, operation, first, second, _FROM_RIGHT)
    if isinstance(second, Value) and isinstance(first, np.ndarray):
        return _with_a_constant(build, operation, second, first, _FROM_LEFT)
    raise unsupported(operation, "lacks a number")


def negated(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    return _activated(build, operation, x, {"scale": (-1.0,), "offset": (0.0,)}, "Rescaling")


def merge(kind: str) -> Rule:
    """Combines several tensors number by number."""

    def make(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
        values = [x, *(other for other in others if isinstance(other, Value))]
        if len(values) <= len(others):
            raise unsupported(operation, "merges a constant with several layers")
        name = name_of(operation)
        if all(build.shapes[value.layer] == build.shapes[x.layer] and np.array_equal(value.places, x.places)
               for value in values):  # fmt: skip
            return Value(build.add(kind, name, tuple(value.layer for value in values)), x.places)
        if x.places.ndim == 1:
            laid = [build.flat(value) for value in values]
            if any(not np.array_equal(order, laid[0][1]) for _, order in laid):
                raise unsupported(operation, "merges vectors in different orders")
            return Value(build.add(kind, name, tuple(layer for layer, _ in laid)), laid[0][1])
        found = [build.maps_and_axes(value, operation) for value in values]
        axes = found[0][1]
        if any(own != axes for _, own in found):
            found = [(build.maps(value, operation), (1, 2, 0)) for value in values]
            axes = (1, 2, 0)
        return build.given(build.add(kind, name, tuple(layer for layer, _ in found)), axes)

    return make


_Ways = dict[str, Callable[[Array], tuple[Array, Array]]]

_FROM_RIGHT: _Ways = {
    "Add": lambda c: (np.ones_like(c), c), "Sub": lambda c: (np.ones_like(c), -c),
    "Mul": lambda c: (c, np.zeros_like(c)), "Div": lambda c: (1 / c, np.zeros_like(c)),
}  # fmt: skip
"""The factor and the term of arithmetic with a constant on the right."""

_FROM_LEFT: _Ways = {
    "Add": _FROM_RIGHT["Add"], "Sub": lambda c: (-np.ones_like(c), c), "Mul": _FROM_RIGHT["Mul"],
}  # fmt: skip


def _with_a_constant(build: Builder, operation: OnnxNode, x: Value, constant: Array, ways: _Ways) -> Value:
    if operation.kind not in ways or constant.dtype.kind not in "fiu":
        raise unsupported(operation, "computes with a constant in this way")
    numbers = constant.astype(np.float64)
    with np.errstate(divide="ignore", over="ignore"):
        factor, term = ways[operation.kind](numbers)
    if not (np.isfinite(factor).all() and np.isfinite(term).all() and np.abs([factor, term]).max(initial=0) < 1e38):
        raise unsupported(operation, "computes with numbers that are too large, or divides by 0")
    scales, offsets = (_by_map(build, operation, x, part + 0.0) for part in (factor, term))  # no sign before 0
    length = max(len(scales), len(offsets))
    settings = {
        "scale": scales * (length // len(scales)), "offset": offsets * (length // len(offsets))
    }  # fmt: skip
    return _activated(build, operation, x, settings, "Rescaling")


def _by_map(build: Builder, operation: OnnxNode, x: Value, numbers: Array) -> tuple[float, ...]:
    """A number for each map of a layer's output, or one for all."""
    if numbers.size == 1 or (numbers == numbers.flat[0]).all():
        return (float(numbers.flat[0]),)
    laid = _laid(build, operation, x, numbers)
    if laid.ndim == 3 and laid.shape[:2] != (1, 1):
        raise unsupported(operation, "computes with another number at each place of a map")
    return tuple(laid.ravel().tolist())


def _laid(build: Builder, operation: OnnxNode, x: Value, numbers: Array) -> Array:
    """A constant, arranged like the output of a tensor's layer, with length 1 along axes on which it does not vary."""
    if numbers.ndim == x.places.ndim + 1 and numbers.shape[0] == 1:
        numbers = numbers[0]
    try:
        spread = np.broadcast_to(numbers, x.shape)
    except ValueError:
        raise unsupported(operation, "computes with a constant that does not fit") from None
    shape = build.shapes[x.layer]
    laid = np.empty(x.places.size, np.float64)
    laid[x.places.ravel()] = spread.ravel()
    laid = laid.reshape(shape)
    for axis in range(laid.ndim):
        if (laid == laid.take([0], axis)).all():
            laid = laid.take([0], axis)
    if laid.shape[-1] != shape[-1]:
        laid = np.broadcast_to(laid, (*laid.shape[:-1], shape[-1]))
    return laid


# Normalization and dense layers


def batch_normalization(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """For each map: scale, shift, mean and variance, as in Keras."""
    arrays = dict(zip(("gamma", "beta", "mean", "variance"), _constants(operation, others[:4]), strict=True))
    if operation.attributes.get("training_mode") or operation.attributes.get("spatial", 1) != 1:
        raise unsupported(operation, "is of a training")
    if any(array.ndim != 1 for array in arrays.values()):
        raise unsupported(operation, "has odd weights")
    settings = {"epsilon": _told(operation, "epsilon", 1e-5)}
    name = name_of(operation, *operation.inputs[1:2])
    if x.places.ndim == 3:
        return build.given(build.add("BatchNormalization", name, (build.maps(x, operation),), settings, arrays))
    if x.places.ndim != 1:
        raise unsupported(operation, f"normalizes {x.places.ndim + 1} axes")
    layer, order = build.flat(x)
    arrays = {role: _ordered(operation, array, order) for role, array in arrays.items()}
    return Value(build.add("BatchNormalization", name, (layer,), settings, arrays), order)


def _constants(operation: OnnxNode, others: Sequence[Given]) -> list[Array]:
    arrays = [other for other in others if isinstance(other, np.ndarray)]
    if len(arrays) < len(others):
        raise unsupported(operation, "has weights that are computed from the image")
    return arrays


def _ordered(operation: OnnxNode, array: Array, order: Array) -> Array:
    """The weights for a vector, in the order in which its layer gives it."""
    if len(array) != len(order):
        raise unsupported(operation, f"has weights for {len(array):,} numbers, but is given {len(order):,}")
    if is_counting(order):
        return array
    # Kernels are stored by unit: taking numbers along a row of memory is several times faster than across the rows.
    return array.T.take(np.argsort(order), axis=-1).T


def layer_normalization(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """Over all maps at a place, or over a vector."""
    arrays = dict(zip(("gamma", "beta"), _constants(operation, [each for each in others if each is not None]),
                      strict=False))  # fmt: skip
    axis = operation.attributes.get("axis", -1)
    if axis not in (-1, x.places.ndim) or any(array.ndim != 1 for array in arrays.values()):
        raise unsupported(operation, "works over several axes")
    settings = {"epsilon": _told(operation, "epsilon", 1e-5)}
    name = name_of(operation, *operation.inputs[1:2])
    if x.places.ndim == 1:
        layer, order = build.flat(x)
        arrays = {role: _ordered(operation, array, order) for role, array in arrays.items()}
        return Value(build.add("LayerNormalization", name, (layer,), settings, arrays), order)
    given, axes = build.maps_and_axes(x, operation)
    if axes[-1] != x.places.ndim - 1:
        raise unsupported(operation, "does not work over all maps at a place")
    return build.given(build.add("LayerNormalization", name, (given,), settings, arrays), axes)


def group_normalization(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """Over the cells of each group of maps; in an instance normalization, each map is its own group."""
    gamma, beta = _constants(operation, others[:2])
    given, laid = build.maps(x, operation) if x.places.ndim == 3 else x.layer, x.places
    shape = build.shapes[given]
    groups = operation.attributes.get("num_groups", len(laid))
    if type(groups) is not int or len(shape) != 3 or not 0 < groups <= shape[-1] or shape[-1] % groups:
        raise unsupported(operation, "has groups that do not come out even")
    if x.places.ndim != 3 and not _are_groups(laid, shape):
        # Before an instance normalization, PyTorch arranges each group as one row.
        raise unsupported(operation, "does not work over groups of whole maps")
    learned = {}
    for role, array in (("gamma", gamma), ("beta", beta)):
        if array.shape not in ((groups,), shape[-1:]):
            raise unsupported(operation, "has odd weights")
        learned[role] = array if array.shape == shape[-1:] else np.repeat(array, shape[-1] // groups)
    settings = {"groups": groups, "epsilon": _told(operation, "epsilon", 1e-5)}
    layer = build.add("GroupNormalization", name_of(operation, *operation.inputs[1:2]), (given,), settings, learned)
    return build.given(layer) if x.places.ndim == 3 else Value(layer, x.places)


def _are_groups(laid: Array, shape: tuple[int, ...]) -> bool:
    """Whether each row of a tensor holds the cells of one group of maps, in order."""
    if laid.size != np.prod(shape) or len(laid) > shape[-1] or shape[-1] % len(laid):
        return False
    group = laid.reshape(len(laid), -1) % shape[-1] // (shape[-1] // len(laid))
    return bool((group == np.arange(len(laid))[:, np.newaxis]).all())


def gemm(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    kernel, *rest = _constants(operation, [each for each in others if each is not None])
    attributes = operation.attributes
    if attributes.get("transA") or kernel.ndim != 2 or x.places.ndim != 1:
        raise unsupported(operation, "is no dense layer")
    kernel = kernel.T if attributes.get("transB") else kernel
    if (factor := _told(operation, "alpha", 1.0)) != 1:
        kernel = kernel * np.float32(factor)
    bias = None
    if rest:
        try:
            bias = np.broadcast_to(rest[0], (1, kernel.shape[1])).reshape(-1)
        except ValueError:
            raise unsupported(operation, "has a bias that does not fit") from None
        bias = bias * np.float32(_told(operation, "beta", 1.0))
    return _dense(build, operation, x, kernel, bias)


def matmul(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    (kernel,) = _constants(operation, others)
    if kernel.ndim != 2:
        raise unsupported(operation, "is no dense layer")
    if x.places.ndim == 1:
        return _dense(build, operation, x, kernel, None)
    given, axes = build.maps_and_axes(x, operation)
    if axes[-1] != 2:
        raise unsupported(operation, "weighs rows or columns, not maps")
    # A dense layer that is applied at every place of a map is a convolution of 1×1.
    settings = {"activation": "linear", "has_bias": False}
    weights = {"kernel": kernel[np.newaxis, np.newaxis]}
    name = name_of(operation, *operation.inputs[1:2])
    return build.given(build.add("Conv2D", name, (given,), settings, weights), axes)


def _dense(build: Builder, operation: OnnxNode, x: Value, kernel: Array, bias: Array | None) -> Value:
    layer, order = build.flat(x)
    weights = {"kernel": _ordered(operation, kernel, order)}
    settings: dict[str, Any] = {"activation": "linear"}
    if bias is None:
        settings["has_bias"] = False
    else:
        weights["bias"] = bias
    return build.given(build.add("Dense", name_of(operation, *operation.inputs[1:2]), (layer,), settings, weights))
