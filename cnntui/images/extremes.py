"""Grey morphology: the lightest and darkest values around each pixel, and what is narrower than a square."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnntui.cnn.ops import Floats

Extreme = Callable[[Floats, Floats], Floats]


def closed(image: Floats, side: int) -> Floats:
    """An image `(rows, columns)` with every dark area filled that no square of `side` pixels fits into.

    Beyond its edges the image continues with its edge pixels, so a dark area at an edge counts as wide as can be.
    """
    wider = np.pad(image, side - 1, mode="edge")
    for axis in (0, 1):
        wider = _running(wider, side, np.maximum, axis)
    for axis in (0, 1):
        wider = _running(wider, side, np.minimum, axis)
    return wider


def opened_along(image: Floats, length: int, axis: int) -> Floats:
    """An image in which every light area shorter than `length` along an axis is levelled."""
    width = [(0, 0), (0, 0)]
    width[axis] = (length - 1, length - 1)
    longer = np.pad(image, width, mode="edge")
    return _running(_running(longer, length, np.minimum, axis), length, np.maximum, axis)


def largest_around(image: Floats, side: int) -> Floats:
    """The largest value in the square of `side` pixels, an odd number, around each pixel."""
    wider = np.pad(image, side // 2, mode="edge")
    return _running(_running(wider, side, np.maximum, 0), side, np.maximum, 1)


def _running(image: Floats, length: int, extreme: Extreme, axis: int) -> Floats:
    """The extreme of every `length` consecutive values; the result is `length` − 1 values shorter.

    The windows double, so there are about as many comparisons as the length has binary digits.
    """
    values, size = np.moveaxis(image, axis, 0), 1
    count = len(values) - length + 1
    while 2 * size <= length:
        values = extreme(values[:-size], values[size:])
        size *= 2
    rest = length - size
    return np.moveaxis(extreme(values[:count], values[rest : rest + count]), 0, axis)
