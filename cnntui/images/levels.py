"""Turns stored arrays into levels and class numbers, or says what is wrong with them."""

from __future__ import annotations

from math import isfinite, isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.input_scale import BRIGHTEST
from cnntui.cnn.layers import times
from cnntui.files.errors import CnntuiError
from cnntui.images.sources.source import HINT, MOST_CLASSES
from cnntui.printable import printable

_CHUNK = 1024
"""How many images are converted at once."""

LEAST_BRIGHTEST = 32
"""The least value of the lightest pixel of all images, if levels have fractions."""

_NEAR_BLACK = -0.9
"""The darkest pixel of images that are stored as -1 to 1 is no lighter than this, with very few exceptions."""

_CHANNELS = (1, 3)
"""The numbers of channels that an image may have if it is unclear which axis they are on."""

_FROM_SHARES = f"Its pixels are stored as 0 to 1; they were turned into levels from 0 to {BRIGHTEST}."
_FROM_SIGNED = f"Its pixels are stored as -1 to 1; they were turned into levels from 0 to {BRIGHTEST}."
_DARK = f"Its lightest pixel is {{most}} of {BRIGHTEST}, so its images look dark."
_ROUNDED = "Its pixels are stored with fractions; they were rounded to whole levels."
_CHANNELS_FIRST = "Its channels are stored before its rows; they were put last."

Pixels = NDArray[np.uint8]
"""Levels from 0 for black to 255: `(..., height, width, channels)`."""

Numbers = NDArray[np.int64]


def levels_of(images: NDArray[Any], which: str) -> tuple[Pixels, tuple[str, ...]]:
    """Images `(n, height, width, channels)` in levels from 0 to 255, and what was done to them, a sentence each.

    Args:
        images: `(n, height, width)`, `(n, height, width, channels)`, `(n, channels, height, width)` or
            `(n, pixels of a square)`; levels, shares of the brightest, or -1 to 1.
        which: the images, named for messages.

    Raises:
        CnntuiError: the images have another shape or other values.
    """
    arranged, notes = _arranged(images, which)
    kind = arranged.dtype.kind
    if kind not in "biuf":
        raise CnntuiError(f"{which} are {arranged.dtype}; pixels are uint8, from 0 to {BRIGHTEST}.", HINT)
    # With no images at all, there is nothing to check.
    least, most = (float(arranged.min()), float(arranged.max())) if arranged.size else (0, 0)
    are_shares = 0 <= least <= most <= 1 and (kind in "bf" or most == 1)
    is_signed = least <= _NEAR_BLACK and 0 < most <= 1 and least >= -1
    if not ((least >= 0 and most <= BRIGHTEST) or is_signed):  # NaN is not either
        raise _out_of_range(which, arranged.dtype, least, most)
    has_fractions = kind == "f" and not are_shares and not is_signed and _has_fractions(arranged)
    if most < LEAST_BRIGHTEST and not are_shares and not is_signed:
        # Levels with fractions come from resizing; if all of them are small, the pixels were scaled in some other way.
        if has_fractions:
            raise _out_of_range(which, arranged.dtype, least, most)
        notes = (*notes, *[_DARK.format(most=int(most))] * (most > 0))
    if arranged.dtype == np.uint8 and not are_shares:
        return arranged, notes
    levels = np.empty(arranged.shape, np.uint8)
    for start in range(0, len(arranged), _CHUNK):
        chunk = arranged[start : start + _CHUNK].astype(np.float32)
        if is_signed:
            chunk = (chunk + np.float32(1)) / np.float32(2)
        levels[start : start + _CHUNK] = np.rint(chunk * BRIGHTEST if are_shares or is_signed else chunk)
    levels.flags.writeable = False
    stored = [_FROM_SHARES] * are_shares + [_FROM_SIGNED] * is_signed + [_ROUNDED] * has_fractions
    return levels, (*notes, *stored)


def _out_of_range(which: str, dtype: np.dtype[Any], least: float, most: float) -> CnntuiError:
    if not isfinite(least) or not isfinite(most):
        return CnntuiError(f"{which} have pixels that are infinite or not a number (NaN).", HINT)
    return CnntuiError(
        f"{which} are {dtype} from {least:.5g} to {most:.5g}; pixels are 0 to {BRIGHTEST}, 0 to 1, or -1 to 1.",
        "Store them before they are scaled: cnntui scales them as the network needs it.",
    )


def _has_fractions(images: NDArray[Any]) -> bool:
    """Whether any number has a fraction."""
    parts = (images[start : start + _CHUNK] for start in range(0, len(images), _CHUNK))
    return any(bool((part != np.rint(part)).any()) for part in parts)


def _arranged(images: NDArray[Any], which: str) -> tuple[NDArray[Any], tuple[str, ...]]:
    shape = images.shape
    if images.ndim == 2 and shape[1] and isqrt(shape[1]) ** 2 == shape[1]:
        side = isqrt(shape[1])
        images = images.reshape(-1, side, side)
    if images.ndim == 3:
        images = images[..., np.newaxis]
    if images.ndim != 4 or 0 in images.shape[1:]:
        found = f"have the shape {times(shape)}" if shape else "are a single number"
        raise CnntuiError(
            f"{which} {found}; n×height×width is needed, n×height×width×channels, or n×pixels of a square.",
            HINT,
        )
    _, rows, cols, last = images.shape
    if rows in _CHANNELS and last not in _CHANNELS and cols > max(_CHANNELS):
        return images.transpose(0, 2, 3, 1), (_CHANNELS_FIRST,)
    return images, ()


def numbers_of(labels: NDArray[Any], which: str) -> Numbers:
    """Class numbers `(n,)`, from labels that are flat, `(n, 1)` or one-hot.

    Raises:
        CnntuiError: the labels are something else.
    """
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    is_number = labels.dtype.kind in "biuf"
    if labels.ndim == 2 and is_number and ((labels == 0) | (labels == 1)).all():
        if (labels.sum(axis=1) == 1).all():
            numbers: Numbers = labels.argmax(axis=1)
            return numbers
        raise CnntuiError(f"{which} have labels with several classes each, or none; one class each is needed.", HINT)
    whole = is_number and labels.ndim == 1 and bool((labels == np.rint(labels)).all())
    if not whole:
        found = (
            "that are not whole numbers" if is_number and labels.ndim == 1 else f"of the shape {times(labels.shape)}"
        )
        raise CnntuiError(
            f"{which} have labels {found} ({labels.dtype}); one class number each is needed, or one-hot rows.",
            HINT,
        )
    # Beyond the largest number of classes the exact value does not matter, unless it wraps around to another class.
    return np.clip(labels, -1, MOST_CLASSES).astype(np.int64) if labels.dtype.kind in "uf" else labels.astype(np.int64)


def named(labels: NDArray[Any], others: tuple[NDArray[Any], ...]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Labels that are words, as numbers, and these words in order, including the words of the other part.

    Raises:
        CnntuiError: there are too many different words.
    """
    words = np.unique(np.concatenate([part.reshape(-1) for part in (labels, *others) if part.dtype.kind == "U"]))
    if len(words) > MOST_CLASSES:
        raise CnntuiError(
            f"The labels are {len(words):,} different texts; at most {MOST_CLASSES:,} classes can be told apart.", HINT
        )
    return np.searchsorted(words, labels), tuple(printable(str(word)) for word in words)


def numbered(labels: NDArray[Any], classes: tuple[str, ...], which: str) -> Numbers:
    """Labels that are names of classes, as numbers.

    Raises:
        CnntuiError: a label is none of the names.
    """
    numbers = {name: number for number, name in enumerate(classes)}
    words, places = np.unique(labels, return_inverse=True)
    names = [printable(str(word)) for word in words]
    if unknown := [name for name in names if name not in numbers]:
        raise CnntuiError(f"{which} include one with the label ‘{unknown[0]}’, which is not among the names.", HINT)
    found: Numbers = np.array([numbers[name] for name in names])[places]
    return found.reshape(labels.shape)
