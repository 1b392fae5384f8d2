"""Gives a drawing the form that MNIST gave every digit: one size, and one place in the image.

How that was done is told at http://yann.lecun.com/exdb/mnist/: the digits "were size normalized to fit in a 20x20 pixel
box while preserving their aspect ratio", which makes them grey at the edges, and "were centered in a 28x28 image by
computing the center of mass of the pixels, and translating the image so as to position this point at the center".
The digits themselves tell the rest: the longer side of the box is 20 pixels, and the digit is moved by whole pixels, to
where its centre of mass is nearest to the middle of pixel (14, 14), counted from 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnntui.cnn.ops import Floats

SIDE = 28
"""Pixels of a digit in each direction."""
BOX = 20
"""Pixels of the longer side of its ink."""
CENTRE = 14
"""Row and column of the pixel that its centre of mass lies on."""

FAINTEST = 0.02
"""Share of the strongest ink below which a pixel counts as paper when the box is looked for."""


@dataclass(frozen=True)
class Box:
    """A rectangle of cells: the first row and column, and how many of each."""

    top: int
    left: int
    height: int
    width: int


def ink_box(ink: Floats) -> Box | None:
    """The smallest box around all ink; None where there is none."""
    inked = ink > FAINTEST * ink.max(initial=0.0)
    rows, cols = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(cols[0])
    return Box(top, left, int(rows[-1]) + 1 - top, int(cols[-1]) + 1 - left)


def mnist_form(ink: Floats) -> Floats:
    """A drawing, scaled and centred as the digits of MNIST are.

    Args:
        ink: `(height, width)` float32 from 0 for paper to 1 for ink, of any size.

    Returns:
        `(28, 28)` float32, its strongest ink 1; all 0 where there is no ink.
    """
    digit = np.zeros((SIDE, SIDE), np.float32)
    box = ink_box(ink)
    if box is None:
        return digit
    longer = max(box.height, box.width)
    height, width = (max(1, round(length * BOX / longer)) for length in (box.height, box.width))
    scaled = resampled(ink[box.top : box.top + box.height, box.left : box.left + box.width], height, width)
    scaled /= scaled.max()
    top, left = _place(scaled.sum(axis=1)), _place(scaled.sum(axis=0))
    digit[top : top + height, left : left + width] = scaled
    return digit


def _place(ink: Floats) -> int:
    """Where rows (or columns) with so much ink each begin, so that their centre of mass is in the middle.

    A digit that leans so far to one side that it would be cut off there stays at the edge.
    """
    mass_at = float(ink @ np.arange(len(ink), dtype=np.float32) / ink.sum())
    return min(max(round(CENTRE - mass_at), 0), SIDE - len(ink))


def resampled(image: Floats, height: int, width: int) -> Floats:
    """An image `(rows, columns)` in another size: each cell is the mean of what it covers, or in between its neighbours.

    The edges become grey, as those of MNIST are. An image that has the size already comes back as it is.
    """
    return _weights(height, image.shape[0]) @ image @ _weights(width, image.shape[1]).T


def _weights(cells: int, source: int) -> Floats:
    """How much each of `source` cells counts in each of `cells` cells: `(cells, source)`, rows that add up to 1."""
    length = source / cells
    place = np.arange(source)
    if length >= 1:
        first = np.arange(cells)[:, np.newaxis] * length
        # How much of each source cell lies between where a cell begins and where it ends.
        weights = np.minimum(first + length, place + 1) - np.maximum(first, place)
    else:
        middle = np.clip((np.arange(cells)[:, np.newaxis] + 0.5) * length - 0.5, 0, source - 1)
        weights = 1 - np.abs(middle - place)
    weights = np.maximum(weights, 0)
    shares: Floats = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares
