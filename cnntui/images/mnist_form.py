"""Gives a drawing the form that MNIST gave every digit: one size, and one place in the image.

How that was done is told at http://yann.lecun.com/exdb/mnist/: the digits "were size normalized to fit in a 20x20 pixel
box while preserving their aspect ratio", which makes them grey at the edges, and "were centered in a 28x28 image by
computing the center of mass of the pixels, and translating the image so as to position this point at the center".
The digits themselves tell the rest: the longer side of the box is 20 pixels, and the digit is moved by whole pixels, to
where its centre of mass is nearest to the middle of pixel (14, 14), counted from 0.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.ops import Floats
from cnntui.images.mnist import SIDE
from cnntui.values import dataclass

BOX = 20
"""Pixels of the longer side of the ink."""
CENTRE = 14
"""Row and column of the pixel at its centre of mass."""

FAINTEST = 0.02
"""With a smaller share of the strongest ink, a pixel counts as paper when the box is looked for."""


@dataclass(frozen=True)
class Box:
    """A rectangle of cells: the first row and column, and how many of each."""

    top: int
    left: int
    height: int
    width: int

    def part_of(self, image: Floats) -> Floats:
        """The rectangle of an image `(rows, columns)`, as a view."""
        return image[self.top : self.top + self.height, self.left : self.left + self.width]


def ink_box(ink: Floats) -> Box | None:
    """The smallest box around all ink; None where there is none."""
    inked = ink > FAINTEST * ink.max(initial=0.0)
    rows, cols = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(cols[0])
    return Box(top, left, int(rows[-1]) + 1 - top, int(cols[-1]) + 1 - left)


@dataclass(frozen=True, eq=False)
class Formed:
    """A drawing in MNIST's form, and what that took.

    Attributes:
        image: `(28, 28)` float32, its strongest ink 1.
        source: where the ink was, in cells of the drawing.
        box: where it is now, in pixels.
    """

    image: Floats
    source: Box
    box: Box


def mnist_form(ink: Floats) -> Formed | None:
    """A drawing, scaled and centred as the digits of MNIST are; None where there is no ink.

    Args:
        ink: `(height, width)` float32 from 0 for paper to 1 for ink, of any size.
    """
    source = ink_box(ink)
    if source is None:
        return None
    longer = max(source.height, source.width)
    height, width = (max(1, round(length * BOX / longer)) for length in (source.height, source.width))
    scaled = resampled(source.part_of(ink), height, width)
    scaled /= scaled.max()
    box = Box(_place(scaled.sum(axis=1)), _place(scaled.sum(axis=0)), height, width)
    image = np.zeros((SIDE, SIDE), np.float32)
    box.part_of(image)[...] = scaled
    return Formed(image, source, box)


def _place(ink: Floats) -> int:
    """Where rows (or columns) with so much ink each begin, so that their centre of mass is in the middle.

    A digit that leans so far to one side that it would be cut off there stays at the edge.
    """
    return min(max(round(CENTRE - _mean_place(ink)), 0), SIDE - len(ink))


def centre_of_mass(image: Floats) -> tuple[float, float]:
    """The mean row and column of the ink on an image `(rows, columns)` that is not blank; (0, 0) is the first pixel."""
    return _mean_place(image.sum(axis=1)), _mean_place(image.sum(axis=0))


def _mean_place(ink: Floats) -> float:
    return float(ink @ np.arange(len(ink), dtype=np.float32) / ink.sum())


def resampled(image: Floats, height: int, width: int) -> Floats:
    """An image `(rows, columns)` in another size: a cell is the mean of what it covers, or lies between its neighbours.

    The edges become grey, as those of MNIST are. An image that has the size already comes back as it is.
    """
    return np.ascontiguousarray(_with_rows(_with_rows(image, height).T, width).T)


def _with_rows(image: Floats, cells: int) -> Floats:
    """An image `(rows, columns)` with so many rows: each is made of few neighbours, and no other is looked at."""
    first, shares = _shares(cells, len(image))
    result = np.zeros((cells, image.shape[1]), np.float32)
    for place, share in enumerate(shares.T):
        result += share[:, np.newaxis] * image[np.minimum(first + place, len(image) - 1)]
    return result


def _shares(cells: int, source: int) -> tuple[NDArray[np.int64], Floats]:
    """What each of `cells` cells is made of, of `source` cells.

    Returns:
        the first of those that count, and how much it and its followers do: `(cells, places)`, rows that add up to 1.
    """
    length = source / cells
    if length >= 1:
        begin = np.arange(cells)[:, np.newaxis] * length
        first = begin.astype(np.int64)
        place = first + np.arange(math.ceil(length) + 1)
        # How much of each source cell lies between where a cell begins and where it ends.
        weights = np.minimum(begin + length, place + 1) - np.maximum(begin, place)
    else:
        middle = np.clip((np.arange(cells)[:, np.newaxis] + 0.5) * length - 0.5, 0, source - 1)
        first = middle.astype(np.int64)
        weights = 1 - np.abs(middle - first - np.arange(2))
    weights = np.maximum(weights, 0)
    return first[:, 0], (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
