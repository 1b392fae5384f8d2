"""Images as a script hands them to its network, as levels of 0 to 255 and the scale that leads back to them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.input_scale import BRIGHTEST, MINUS_ONE_TO_ONE, RAW, ZERO_TO_ONE, InputScale
from cnntui.cnn.layers import times
from cnntui.files.errors import CnntuiError

MOST_IMAGES = 10_000
_MOST_BYTES = 64 * 1024**2

_HINT = "Hand over images as the network reads them, such as images=x_val[:1000]."


def levels_handed(images: Any) -> tuple[NDArray[np.uint8], InputScale]:
    """The first images in levels from 0 to 255, and how the network that they are for reads such levels.

    Numbers from 0 to 1 and from −1 to 1 are taken for levels on these scales, and whole levels for themselves. Any
    others are spread out for each channel from its smallest number, level 0, to its largest.

    Args:
        images: `(n, height, width)` or `(n, height, width, channels)`, of any type that NumPy understands.

    Returns:
        `(n, height, width, channels)` with n at most 10,000, and fewer where these took over 64 MB; and the scale.

    Raises:
        CnntuiError: they are something else.
    """
    array = np.asarray(images)
    if array.ndim == 3:
        array = array[..., np.newaxis]
    if array.ndim != 4 or 0 in array.shape or array.dtype.kind not in "biuf":
        raise CnntuiError(
            f"images has the shape {times(array.shape) or 'of a single number'} and the type {array.dtype}; "
            "n×height×width×channels of numbers is needed.",
            _HINT,
        )
    array = array[: max(min(MOST_IMAGES, _MOST_BYTES // array[0].size), 1)]
    if array.dtype == np.uint8:
        return array, RAW
    numbers = array.astype(np.float32)
    low, high = float(numbers.min()), float(numbers.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise CnntuiError("images has numbers that are infinite or none at all.", _HINT)
    scale = _scale(numbers, low, high)
    mean, deviation = (np.array(part, np.float32) for part in (scale.mean, scale.deviation))
    return np.clip(np.rint(numbers * deviation + mean), 0, BRIGHTEST).astype(np.uint8), scale


def _scale(numbers: NDArray[np.float32], low: float, high: float) -> InputScale:
    if low >= 0 and high <= BRIGHTEST:
        return ZERO_TO_ONE if high <= 1 else RAW
    if low >= -1 and high <= 1:
        return MINUS_ONE_TO_ONE
    lows = numbers.min(axis=(0, 1, 2)).astype(np.float64)
    spans = numbers.max(axis=(0, 1, 2)) - lows
    deviation = BRIGHTEST / np.where(spans > 0, spans, 1)
    return InputScale(tuple(map(float, -lows * deviation)), tuple(map(float, deviation)))
