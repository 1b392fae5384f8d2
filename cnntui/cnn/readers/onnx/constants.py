"""Computes the constants of an ONNX graph: exporters compute the lengths of a reshape with operations of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np

from cnntui.cnn.readers.onnx.graph import FLOATS, Array, OnnxNode
from cnntui.cnn.readers.onnx.limits import MOST_WHOLE_NUMBERS

Fold = Callable[[OnnxNode, Sequence[Array]], Array]


def folded(operation: OnnxNode, given: Sequence[Array | None]) -> Array | None:
    """The result of an operation on constants alone; None if it is not one that exporters use for them.

    Raises:
        ValueError, TypeError, IndexError: the constants do not fit the operation.
    """
    fold = _FOLDS.get(operation.kind)
    if fold is None:
        return None
    return fold(operation, [array for array in given if array is not None])


def whole(value: Array | None) -> list[int] | None:
    """The integers in a constant; None if it holds something else."""
    if value is None or value.dtype.kind not in "iu" or value.ndim > 1:
        return None
    return [int(number) for number in value.ravel()]


def constant(operation: OnnxNode) -> Array | None:
    """The value of a node `Constant` that holds a number or a list."""
    for key, dtype in (("value_int", np.int64), ("value_ints", np.int64), ("value_float", np.float32),
                       ("value_floats", np.float32)):  # fmt: skip
        if key in operation.attributes:
            return np.array(operation.attributes[key], dtype)
    return None


def _axes(operation: OnnxNode, given: Sequence[Array]) -> tuple[int, ...]:
    axes = operation.attributes.get("axes")
    if axes is None and len(given) > 1:
        axes = whole(given[1])
    return tuple(axes or ())


def _unsqueeze(operation: OnnxNode, given: Sequence[Array]) -> Array:
    return np.expand_dims(given[0], _axes(operation, given))


def _squeeze(operation: OnnxNode, given: Sequence[Array]) -> Array:
    axes = _axes(operation, given)
    return np.squeeze(given[0], axes or None)


def _gather(operation: OnnxNode, given: Sequence[Array]) -> Array:
    if given[0].ndim > 1 and given[1].ndim > 0:
        raise ValueError("rows of an array are gathered")
    return np.take(given[0], given[1], operation.attributes.get("axis", 0))


def _concat(operation: OnnxNode, given: Sequence[Array]) -> Array:
    return np.concatenate(given, operation.attributes.get("axis", 0))


def _slice(operation: OnnxNode, given: Sequence[Array]) -> Array:
    parts = [whole(array) for array in given[1:]]
    parts += [operation.attributes.get(key) for key in ("starts", "ends", "axes")] if len(given) == 1 else []
    starts, ends = parts[0] or [], parts[1] or []
    axes = parts[2] if len(parts) > 2 and parts[2] is not None else range(len(starts))
    steps = parts[3] if len(parts) > 3 and parts[3] is not None else [1] * len(starts)
    ways = [slice(None)] * given[0].ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        ways[axis] = slice(start, end, step)
    return given[0][tuple(ways)]


def _cast(operation: OnnxNode, given: Sequence[Array]) -> Array:
    return given[0].astype(np.float32 if operation.attributes.get("to") in FLOATS else np.int64)


def _reshape(operation: OnnxNode, given: Sequence[Array]) -> Array:
    return given[0].reshape(whole(given[1]) or ())


def _transpose(operation: OnnxNode, given: Sequence[Array]) -> Array:
    return given[0].transpose(operation.attributes.get("perm"))


def _divide(operation: OnnxNode, given: Sequence[Array]) -> Array:
    if given[0].dtype.kind != "f" and given[1].dtype.kind != "f":
        return np.asarray(np.trunc(given[0] / given[1]).astype(np.int64))
    return np.asarray(given[0] / given[1])


def _ufunc(function: np.ufunc) -> Fold:
    def fold(operation: OnnxNode, given: Sequence[Array]) -> Array:
        if prod(np.broadcast_shapes(*(array.shape for array in given))) > max(array.size for array in given):
            raise ValueError("a constant is larger than what it is made of")
        return np.asarray(function(*given))

    return fold


def _filled(operation: OnnxNode, given: Sequence[Array]) -> Array:
    lengths = whole(given[0]) or []
    if np.prod(lengths, dtype=object) > MOST_WHOLE_NUMBERS:
        raise ValueError("a constant is too large")
    return np.zeros(lengths, np.float32)


_FOLDS: dict[str, Fold] = {
    "Unsqueeze": _unsqueeze, "Squeeze": _squeeze, "Gather": _gather, "Concat": _concat, "Slice": _slice,
    "Cast": _cast, "Reshape": _reshape, "Transpose": _transpose, "Identity": lambda _, given: given[0],
    "Add": _ufunc(np.add), "Sub": _ufunc(np.subtract), "Mul": _ufunc(np.multiply), "Div": _divide,
    "Neg": _ufunc(np.negative), "Sqrt": _ufunc(np.sqrt), "Floor": _ufunc(np.floor), "Ceil": _ufunc(np.ceil),
    "Max": _ufunc(np.maximum), "Min": _ufunc(np.minimum),
    "ReduceProd": lambda _, given: np.prod(given[0], keepdims=True), "ConstantOfShape": _filled,
}  # fmt: skip
