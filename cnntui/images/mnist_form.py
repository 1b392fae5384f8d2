"""Gives a drawing the form that MNIST gave every digit: one size, and one place in the image.

How MNIST did that is described at http://yann.lecun.com/exdb/mnist/: the digits "were size normalized to fit in a 20x20
pixel box while preserving their aspect ratio", which makes them grey at the edges, and "were centered in a 28x28 image
by computing the center of mass of the pixels, and translating the image so as to position this point at the center".
The digits themselves reveal the rest: the longer side of the box is 20 pixels, and the digit is moved by whole pixels
so that its centre of mass is as near as possible to the middle of pixel (14, 14), counted from 0.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.ops import Floats
from cnntui.images.mnist import SIDE
from cnntui.values import dataclass

BOX = 20
"""The longer side of the ink, in pixels."""
CENTRE = 14
"""The row and column of the pixel at the centre of mass."""

FAINTEST = 0.02
"""A pixel with a smaller share of the strongest ink counts as paper when the box is determined."""


@dataclass(frozen=True)
class Box:
    """A rectangle of cells: its first row and column, and the number of each."""

    top: int
    left: int
    height: int
    width: int

    def part_of(self, image: Floats) -> Floats:
        """The rectangle of an image `(rows, columns)`, as a view."""
        return image[self.top : self.top + self.height, self.left : self.left + self.width]


def ink_box(ink: Floats) -> Box | None:
    """The smallest box around all ink; None if there is no ink."""
    inked = ink > FAINTEST * ink.max(initial=0.0)
    rows, cols = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(cols[0])
    return Box(top, left, int(rows[-1]) + 1 - top, int(cols[-1]) + 1 - left)


@dataclass(frozen=True, eq=False)
class Formed:
    """A drawing in MNIST's form, and where its ink was and is.

    Attributes:
        image: `(28, 28)` float32, with 1 for the strongest ink.
        source: the box of the ink in the drawing, in cells.
        box: the box of the ink now, in pixels.
    """

    image: Floats
    source: Box
    box: Box


def mnist_form(ink: Floats) -> Formed | None:
    """A drawing, scaled and centred like the digits of MNIST; None if there is no ink.

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
    """The row (or column) where a digit begins so that its centre of mass is in the middle, given the ink in each row.

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

    The edges become grey, like those of MNIST. An image that already has the size is returned unchanged.
    """
    return np.ascontiguousarray(_with_rows(_with_rows(image, height).T, width).T)


def _with_rows(image: Floats, cells: int) -> Floats:
    """An image `(rows, columns)` with another number of rows, each of them computed from only a few of the old ones."""
    first, shares = _shares(cells, len(image))
    result = np.zeros((cells, image.shape[1]), np.float32)
    for place, share in enumerate(shares.T):
        result += share[:, np.newaxis] * image[np.minimum(first + place, len(image) - 1)]
    return result


def _shares(cells: int, source: int) -> tuple[NDArray[np.int64], Floats]:
    """How `cells` cells are computed from `source` cells.

    Returns:
        for each cell, the first source cell that counts, and the shares of that cell and of those after it: `(cells,
        places)`, with rows that add up to 1.
    """
    length = source / cells
    if length >= 1:
        begin = np.arange(cells)[:, np.newaxis] * length
        first = begin.astype(np.int64)
        place = first + np.arange(math.ceil(length) + 1)
        # How much of each source cell lies between the beginning and the end of a new cell.
        weights = np.minimum(begin + length, place + 1) - np.maximum(begin, place)
    else:
        middle = np.clip((np.arange(cells)[:, np.newaxis] + 0.5) * length - 0.5, 0, source - 1)
        first = middle.astype(np.int64)
        weights = 1 - np.abs(middle - first - np.arange(2))
    weights = np.maximum(weights, 0)
    return first[:, 0], (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
