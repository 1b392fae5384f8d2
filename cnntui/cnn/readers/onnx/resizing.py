"""ONNX's operations that make maps larger or smaller."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np

from cnntui.cnn.readers.onnx.graph import OnnxNode
from cnntui.cnn.readers.onnx.layouts import FARTHEST, picked
from cnntui.cnn.readers.onnx.values import Builder, Given, name_of, unsupported
from cnntui.cnn.readers.tensors import Value

_WITH_WAYS = 11
"""The first opset in which an operation states how it maps cells to places; earlier ones have a single way."""

_HALF = Fraction(1, 2)

_ROUNDED = {
    "round_prefer_floor": lambda place: ceil(place - _HALF), "round_prefer_ceil": lambda place: floor(place + _HALF),
    "floor": floor, "ceil": ceil,
}  # fmt: skip
"""How each `nearest_mode` chooses a cell for a place between two."""


def resize(build: Builder, operation: OnnxNode, x: Value, others: Sequence[Given]) -> Value:
    """Resized maps: cells are repeated, picked or interpolated."""
    attributes = operation.attributes
    given, axes = build.maps_and_axes(x, operation)
    old = build.shapes[given]
    lengths = _lengths(operation, x, others)
    rows, cols, maps = (lengths[axis] for axis in axes)
    if maps != old[-1] or min(rows, cols) < 1 or max(rows, cols) > FARTHEST:
        raise unsupported(operation, "changes how many maps there are, or makes them too large")
    mode, where = attributes.get("mode", "nearest"), attributes.get("coordinate_transformation_mode", "half_pixel")
    rounding = attributes.get("nearest_mode", "round_prefer_floor")
    if operation.kind == "Upsample" or build.opset < _WITH_WAYS:
        where, rounding = "asymmetric", "floor"
    name = name_of(operation)
    if mode == "nearest":
        of_rows, of_cols = (_nearest(length, new, where, rounding) for length, new in ((old[0], rows), (old[1], cols)))
        if of_rows is not None and of_cols is not None:
            if (of_rows, of_cols) == (_repeated(old[0], rows), _repeated(old[1], cols)):
                settings: dict[str, Any] = {"size": (rows // old[0], cols // old[1])}
                return build.given(build.add("UpSampling2D", name, (given,), settings), axes)
            return picked(build, operation, x, x.places.take(of_rows, axes[0]).take(of_cols, axes[1]))
    middles = where == "half_pixel" or (where == "pytorch_half_pixel" and min(rows, cols) > 1)
    if mode == "linear" and middles and not attributes.get("antialias"):
        settings = {"size": (rows, cols), "interpolation": "bilinear"}
        return build.given(build.add("Resizing", name, (given,), settings), axes)
    raise unsupported(operation, f"resizes by {str(mode)[:20]}, {str(where)[:40]}")


def _nearest(old: int, new: int, where: Any, rounding: Any) -> list[int] | None:
    """The row or column that each new one repeats.

    Args:
        old: how many there are.
        new: how many there will be.
        where: the place of a new one among the old ones, as ONNX names the ways to compute it.
        rounding: which of the two beside that place is taken, in ONNX's words.

    Returns:
        None if it is computed in another way, or could depend on how a processor rounds.
    """
    fewer = old // new
    is_exact = new % old == 0 or (old % new == 0 and not fewer & (fewer - 1))
    if rounding not in _ROUNDED or not is_exact:
        return None
    step = Fraction(old, new)
    if where == "asymmetric":
        places = [step * cell for cell in range(new)]
    elif where in ("half_pixel", "half_pixel_symmetric", "pytorch_half_pixel"):
        only_one = where == "pytorch_half_pixel" and new == 1
        places = [Fraction(0) if only_one else step * (cell + _HALF) - _HALF for cell in range(new)]
    else:
        return None
    return [min(max(_ROUNDED[rounding](place), 0), old - 1) for place in places]


def _repeated(old: int, new: int) -> list[int] | None:
    """Every row or column, repeated equally often; None if the new number is no multiple of the old one."""
    return None if new % old else [cell // (new // old) for cell in range(new)]


def _lengths(operation: OnnxNode, x: Value, others: Sequence[Given]) -> list[int]:
    """The new lengths of a tensor's axes for one image, given as sizes or as scales."""
    rank = x.places.ndim + 1
    if operation.attributes.get("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise unsupported(operation, "keeps the ratio of rows to columns")
    arrays = [other for other in others if isinstance(other, np.ndarray) and other.size]
    axes = operation.attributes.get("axes") or [*range(rank)]
    lengths = [1, *x.shape]
    if arrays and arrays[-1].size == len(axes):
        for axis, value in zip(axes, arrays[-1].tolist(), strict=True):
            length = value if arrays[-1].dtype.kind in "iu" else lengths[axis % rank] * value
            if axis % rank and abs(length - round(length)) > 1e-4:
                raise unsupported(operation, "resizes to a part of a cell")
            lengths[axis % rank] = round(length)
        return lengths[1:]
    raise unsupported(operation, "resizes to what is computed from the image")
