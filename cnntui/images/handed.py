"""Images that a script passes for its network, as levels from 0 to 255 and the scale that leads back to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.arithmetic import counted
from cnntui.cnn.input_scale import BRIGHTEST, MINUS_ONE_TO_ONE, RAW, ZERO_TO_ONE, InputScale
from cnntui.cnn.layers import times
from cnntui.cnn.network import Network
from cnntui.files.errors import CnntuiError
from cnntui.images.levels import LEAST_BRIGHTEST, numbers_of
from cnntui.printable import printable
from cnntui.values import dataclass

MOST_IMAGES = 10_000
_MOST_BYTES = 64 * 1024**2

_HINT = "Hand over images as the network reads them, such as images=x_val[:1000]."


def levels_handed(images: Any) -> tuple[NDArray[np.uint8], InputScale]:
    """The first images in levels from 0 to 255, and the scale at which their network reads such levels.

    Numbers from 0 to 1 or from −1 to 1 are taken for levels on that scale, and numbers from 0 to 255 for levels. Any
    others are spread out, channel by channel, from the smallest number, level 0, to the largest.

    Args:
        images: `(n, height, width)`, `(n, height, width, channels)` or `(n, pixels of a square)`, of any type that
            NumPy understands.

    Returns:
        `(n, height, width, channels)` with n at most 10,000, or fewer if they would exceed 64 MB; and the scale.

    Raises:
        CnntuiError: the images have another shape or type.
    """
    array = np.asarray(images)
    if array.ndim == 2 and (side := isqrt(array.shape[1])) ** 2 == array.shape[1]:
        array = array.reshape(-1, side, side)
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
        raise CnntuiError("images has numbers that are infinite or not a number (NaN).", _HINT)
    scale = _scale(numbers, low, high)
    mean, deviation = (np.array(part, np.float32) for part in (scale.mean, scale.deviation))
    return np.clip(np.rint(numbers * deviation + mean), 0, BRIGHTEST).astype(np.uint8), scale


def _scale(numbers: NDArray[np.float32], low: float, high: float) -> InputScale:
    if low >= 0 and high <= 1:
        return ZERO_TO_ONE
    if low >= 0 and high <= BRIGHTEST and (high >= LEAST_BRIGHTEST or bool((numbers == np.rint(numbers)).all())):
        return RAW
    if low >= -1 and high <= 1:
        return MINUS_ONE_TO_ONE
    lows = numbers.min(axis=(0, 1, 2)).astype(np.float64)
    spans = numbers.max(axis=(0, 1, 2)) - lows
    deviation = BRIGHTEST / np.where(spans > 0, spans, 1)
    return InputScale(tuple(map(float, -lows * deviation)), tuple(map(float, deviation)))


@dataclass(frozen=True, eq=False)
class Handed:
    """What a script passes to be shown.

    Attributes:
        levels: `(n, height, width, channels)` uint8; None if there are no images.
        labels: `(n,)` the classes of the images; None if they are not known.
        classes: the names of the classes; None if they have none.
        scale: the scale at which the script's network reads the levels; None if there are none.
    """

    levels: NDArray[np.uint8] | None = None
    labels: NDArray[np.int64] | None = None
    classes: tuple[str, ...] | None = None
    scale: InputScale | None = None

    @classmethod
    def of(cls, images: Any, labels: Any, classes: Sequence[Any] | None) -> Handed:
        """Check what a script passes.

        Raises:
            CnntuiError: images, labels or classes are not what they should be, or do not fit together.
        """
        names = None if classes is None else tuple(printable(str(each)) for each in classes)
        if images is None:
            if labels is not None:
                raise CnntuiError("There are labels, but no images.", "Hand over both: images=…, labels=….")
            return cls(classes=names)
        levels, scale = levels_handed(images)
        if labels is None:
            return cls(levels, None, names, scale)
        given = np.asarray(labels)
        if given.ndim == 0 or len(given) != len(images):
            count = f"{len(given):,} labels" if given.ndim else "one label"
            raise CnntuiError(f"There are {len(images):,} images, but {count}.", "Each image has one.")
        numbers = numbers_of(given, "The images")[: len(levels)]
        if numbers.min() < 0:
            raise CnntuiError(f"labels has a class {numbers.min()}.", "Classes are numbered from 0.")
        if names is not None and numbers.max() >= len(names):
            raise CnntuiError(
                f"labels has an image of class {numbers.max()}, but classes has {counted(len(names), 'name')}.",
                "Give a name to each class, the first for class 0.",
            )
        return cls(levels, numbers, names, scale)

    def fitting(self, network: Network) -> tuple[Handed, str]:
        """The part of this that a network can be shown, and why the rest is left out; empty if nothing is."""
        if self.levels is not None and self.levels.shape[1:] != network.input_shape:
            got, wanted = times(self.levels.shape[1:]), times(network.input_shape)
            return Handed(), f"The images are {got}, but the network reads {wanted}: they are left out."
        if network.answer is None:
            return self, ""
        count = max(len(self.classes or ()), 0 if self.labels is None else int(self.labels.max()) + 1)
        if count > network.classes:
            left = replace(self, labels=None, classes=None)
            return left, f"There are {count} classes, but the network tells {network.classes} apart: they are left out."
        return replace(self, classes=self.classes or tuple(map(str, range(network.classes)))), ""

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays of a data set; images without labels all get class 0."""
        if self.levels is None:
            return {}
        labels = np.zeros(len(self.levels), np.int64) if self.labels is None else self.labels
        return {"x_test": self.levels, "y_test": labels}
