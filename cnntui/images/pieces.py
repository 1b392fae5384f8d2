"""Pieces of ink: which pixels are connected, which pieces make up the digit, and which are something else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.ops import Floats
from cnntui.images.mnist_form import Box, resampled
from cnntui.values import dataclass

COARSE = 112
"""The longer side, in cells, when pieces of ink are told apart; a gap narrower than a cell is bridged."""

SPECK = 0.08
"""A piece with a smaller share of the largest piece's ink is a speck."""

BESIDE = 0.08
"""A piece further to the side than this share of the digit's longer side is another mark."""

LARGE = 0.15
"""A piece with at least this share of the digit's ink is another mark rather than dirt."""

ABOVE = 0.2
"""The same for a piece above or below the digit, where the bar of a 5 often is."""

AT_LEAST = 0.03
"""A piece that runs off the picture gives way to another one with at least this share of its ink."""


@dataclass(frozen=True)
class Piece:
    """Connected ink.

    Attributes:
        number: the number of the piece's cells in the labels.
        box: the box around the piece, in cells.
        mass: the amount of ink: a sum of squares of contrasts.
        touches: whether the piece runs off the picture.
    """

    number: int
    box: Box
    mass: float
    touches: bool


@dataclass(frozen=True, eq=False)
class Marks:
    """The marks on a page, and which of them make up the digit.

    Attributes:
        labels: a number for each cell, the same throughout a piece; 0 where there is no ink.
        digit: the pieces of the digit, the largest first.
        others: pieces of about the same size that are something else.
    """

    labels: NDArray[np.int64]
    digit: tuple[Piece, ...]
    others: tuple[Piece, ...]

    @property
    def touches(self) -> bool:
        """Whether the digit runs off the picture."""
        return any(piece.touches for piece in self.digit)

    def mask(self, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """The cells of the digit, as pixels of a picture `(rows, columns)`."""
        kept = np.isin(self.labels, [piece.number for piece in self.digit])
        rows, cols = kept.shape
        row, col = np.arange(shape[0]) * rows // shape[0], np.arange(shape[1]) * cols // shape[1]
        return np.asarray(kept[np.ix_(row, col)], bool)


def marks(inked: NDArray[np.bool_], written: Floats) -> Marks:
    """Tell the pieces of ink on a picture `(rows, columns)` apart.

    Args:
        inked: where there is ink, including faint ink, which holds pieces together.
        written: the contrast of strong ink, in at least one pixel; 0 elsewhere.

    A digit rarely runs off the picture, but the edge of the paper, a table or a shadow does. So a piece that runs
    off it is the digit only if there is nothing else.
    """
    height, width = written.shape
    factor = max(1.0, max(height, width) / COARSE)
    rows, cols = max(1, round(height / factor)), max(1, round(width / factor))
    amounts = resampled(written**2, rows, cols)
    labels = connected(resampled(inked.astype(np.float32), rows, cols) > 0)
    pieces = _pieces(labels, amounts)
    most = max(piece.mass for piece in pieces)
    inner = [piece for piece in pieces if not piece.touches]
    if inner and max(piece.mass for piece in inner) > AT_LEAST * most:
        pieces = inner
    pieces = [piece for piece in pieces if not _surrounds(piece, pieces)] or pieces
    pieces.sort(key=lambda piece: -piece.mass)
    pieces = [piece for piece in pieces if piece.mass > SPECK * pieces[0].mass]
    digit, others = _grouped(pieces)
    ink = sum(piece.mass for piece in digit)
    others = [piece for piece in others if piece.mass > LARGE * ink]
    return Marks(labels, tuple(digit), tuple(others))


def _pieces(labels: NDArray[np.int64], amounts: Floats) -> list[Piece]:
    count = int(labels.max()) + 1
    mass = np.bincount(labels.ravel(), amounts.ravel(), count)
    rows, cols = np.nonzero(labels)
    number = labels[rows, cols]
    first, last = np.full((count, 2), labels.size), np.full((count, 2), -1)
    for axis, places in enumerate((rows, cols)):
        np.minimum.at(first[:, axis], number, places)
        np.maximum.at(last[:, axis], number, places)
    found = []
    for piece in np.flatnonzero(mass):
        (top, left), (bottom, right) = first[piece].tolist(), last[piece].tolist()
        touches = top == 0 or left == 0 or bottom == labels.shape[0] - 1 or right == labels.shape[1] - 1
        found.append(Piece(int(piece), Box(top, left, bottom + 1 - top, right + 1 - left), float(mass[piece]), touches))
    return found


def _surrounds(piece: Piece, pieces: Sequence[Piece]) -> bool:
    """Whether a piece surrounds another large one, as the edge of a card does."""
    box = piece.box
    return any(
        other.box.top > box.top and other.box.top + other.box.height < box.top + box.height
        and other.box.left > box.left and other.box.left + other.box.width < box.left + box.width
        and other.mass > SPECK * piece.mass and other.box.height > 0.2 * box.height
        for other in pieces
    )  # fmt: skip


def _grouped(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """The largest piece with those that are near enough to be parts of the same digit, and the others."""
    digit, others = [pieces[0]], list(pieces[1:])
    while True:
        around = _around([piece.box for piece in digit])
        near = [piece for piece in others if _belongs(piece.box, around)]
        if not near:
            return digit, others
        digit += near
        others = [piece for piece in others if piece not in near]


def _belongs(box: Box, digit: Box) -> bool:
    longer = max(digit.height, digit.width)
    beside = max(box.left - digit.left - digit.width, digit.left - box.left - box.width)
    above = max(box.top - digit.top - digit.height, digit.top - box.top - box.height)
    return beside <= BESIDE * longer and above <= ABOVE * longer


def _around(boxes: Sequence[Box]) -> Box:
    top, left = min(box.top for box in boxes), min(box.left for box in boxes)
    bottom, right = max(box.top + box.height for box in boxes), max(box.left + box.width for box in boxes)
    return Box(top, left, bottom - top, right - left)


def connected(inked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """A number from 1 for each cell, equal for cells connected at sides or corners; 0 without ink."""
    height, width = inked.shape
    cells = np.arange(height * width).reshape(height, width)
    pairs = []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = (slice(0, height - down), slice(max(0, -right), width - max(0, right)))
        there = (slice(down, height), slice(max(0, right), width + min(0, right)))
        both = inked[here] & inked[there]
        pairs.append(np.stack([cells[here][both], cells[there][both]]))
    one, other = np.concatenate(pairs, axis=1)
    # Each cell points at the first cell that it is known to be connected with, until nothing changes.
    first = cells.ravel().copy()
    while True:
        least = np.minimum(first[one], first[other])
        before = first.copy()
        np.minimum.at(first, before[one], least)
        np.minimum.at(first, before[other], least)
        first = first[first]
        if np.array_equal(first, before):
            break
    numbers = np.zeros(height * width, np.int64)
    inside = inked.ravel()
    numbers[inside] = np.unique(first[inside], return_inverse=True)[1] + 1
    return numbers.reshape(height, width)
