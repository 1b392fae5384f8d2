"""Finds the ink on a page: what is written, on whatever paper and in whatever light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.ops import Floats
from cnntui.mnist_form import Box, ink_box, resampled

LEAST_CONTRAST = 0.06
"""Share of the way from black to white that ink differs from its page at least; less is one flat colour."""

NOISE = 6.0
"""Deviations of the paper from itself that are grain and no ink."""

SPECK = 0.08
"""Share of the largest piece of ink below which another one is a speck."""

AT_LEAST = 0.03
"""Share of a piece of ink that runs off the picture which another has at least, to be the digit in its place."""

COARSE = 56
"""Cells to a side when pieces of ink are told apart; a gap narrower than a cell joins two of them."""

MARGIN = 0.05
"""Share of the ink's longer side around it where faint ink still counts."""


BORDER = 0.85
"""How far from the middle the border begins, as a share of the way to the edge."""

FAR = 0.1
"""Share of the way from black to white: paper in uneven light lies within it, ink beyond."""

ROUNDS = 6
"""How often the page is drawn anew; by then it stays where it is."""

SAMPLED = 96
"""Pixels in each direction that the page is drawn through."""


@dataclass(frozen=True, eq=False)
class Ink:
    """What is written on a page.

    Attributes:
        ink: `(height, width)` float32 from 0 for paper to 1 for ink.
        light_on_dark: the ink is lighter than the page.
        threshold: how far from the page ink begins, as a share of the way from black to white.
        box: where the ink is.
    """

    ink: Floats
    light_on_dark: bool
    threshold: float
    box: Box


def find_ink(light: Floats) -> Ink | None:
    """The ink on a page; None where the page is one flat colour.

    The page is what most of the picture, and of its border, goes over into smoothly; so light may fall on it from one
    side. Ink is what sticks out, on the side to which more does, beyond the threshold that parts the two best: Otsu's.
    What is fainter counts as far as it lies beside ink and is more than the grain of the paper, so edges stay soft.

    Args:
        light: `(height, width)` float32 from 0 for black to 1 for white.
    """
    above = light - _page(light)
    light_on_dark = bool((above**3).sum() > 0)
    contrast = np.maximum(above if light_on_dark else -above, 0)
    if float(contrast.max()) < LEAST_CONTRAST:
        return None
    threshold = _otsu(contrast)
    written = contrast > threshold
    grain = NOISE * 1.4826 * float(np.median(np.abs(above[~written])))
    faintest = min(grain, threshold / 2)
    written &= _digit(written)
    strongest = float(np.median(contrast[written]))
    ink = np.clip((contrast - faintest) / max(strongest - faintest, 1e-6), 0, 1)
    around = ink_box(written.astype(np.float32))
    assert around is not None
    box = _grown(around, light.shape)
    only = np.zeros_like(ink)
    box.part_of(only)[...] = box.part_of(ink)
    return Ink(only, light_on_dark, threshold, ink_box(only) or box)


def _page(light: Floats) -> Floats:
    """How light the page is at each place: a surface of the second degree through all that belongs to it.

    It begins as a plane through the border, which most pictures leave blank, and is drawn through the whole picture
    again and again, each time with less regard for what lies far from it.
    """
    # So smooth a surface needs few of the pixels.
    rows, cols = (max(1, length // SAMPLED) for length in light.shape)
    terms, sample = _terms(light.shape), light.astype(np.float64).reshape(-1)
    picked = np.zeros(light.shape, bool)
    picked[::rows, ::cols] = True
    some, here = terms[picked.reshape(-1)], sample[picked.reshape(-1)]
    border = np.abs(some[:, 1:3]).max(axis=1) > BORDER
    plane = _drawn_through(some[border, :3], here[border], np.full(int(border.sum()), np.median(here[border])))
    surface = _drawn_through(some, here, some[:, :3] @ plane)
    return (terms @ surface).astype(np.float32).reshape(light.shape)


def _terms(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """1, x, y, x², xy and y² at each pixel, x and y from -1 to 1: `(pixels, 6)`."""
    height, width = shape
    y = np.repeat(np.linspace(-1, 1, height), width)
    x = np.tile(np.linspace(-1, 1, width), height)
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)


def _drawn_through(terms: NDArray[np.float64], light: NDArray[np.float64], page: NDArray[np.float64]
                   ) -> NDArray[np.float64]:  # fmt: skip
    """How much of each term makes the surface nearest to what belongs to the page, at first to what is like `page`."""
    factors: NDArray[np.float64] = np.zeros(terms.shape[1])
    for _ in range(ROUNDS):
        weights = 1 / (1 + ((light - page) / FAR) ** 2) ** 2
        weighted = terms * weights[:, np.newaxis]
        # What is added is too little to be seen; pictures of one row or column do not determine all terms without it.
        normal = terms.T @ weighted + 1e-6 * np.eye(len(factors))
        factors = np.asarray(np.linalg.solve(normal, weighted.T @ light), np.float64)
        page = terms @ factors
    return factors


def _otsu(contrast: Floats) -> float:
    """The threshold that parts values best in two: with the largest variance between the two."""
    counts, edges = np.histogram(contrast, bins=256)
    middles = (edges[:-1] + edges[1:]) / 2
    below, sums = np.cumsum(counts)[:-1], np.cumsum(counts * middles)[:-1]
    total, whole = counts.sum(), float((counts * middles).sum())
    beyond = np.maximum(total - below, 1)
    between = below * beyond * (sums / np.maximum(below, 1) - (whole - sums) / beyond) ** 2
    # Where several part them alike, as on a page without any grain, the middle one.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float(edges[1:-1][best].mean())


def _digit(written: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The part of a picture where the digit is: without specks, and without what runs off the picture.

    A digit rarely does; the edge of the paper, a table or a shadow do. Where there is nothing else, they are the digit.
    """
    height, width = written.shape
    amounts = resampled(written.astype(np.float32), min(COARSE, height), min(COARSE, width))
    pieces = _pieces(amounts > 0)
    mass = np.bincount(pieces.ravel(), amounts.ravel())
    mass[0] = 0
    inner = mass.copy()
    inner[np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])] = 0
    if inner.max() > AT_LEAST * mass.max():
        mass = inner
    kept: NDArray[np.bool_] = mass[pieces] > SPECK * mass.max()
    rows, cols = kept.shape
    row, col = np.arange(height) * rows // height, np.arange(width) * cols // width
    return np.asarray(kept[np.ix_(row, col)], bool)


def _pieces(inked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """A number for each cell, the same for cells that hang together at sides or corners; 0 where there is no ink."""
    numbers = np.where(inked, np.arange(1, inked.size + 1).reshape(inked.shape), 0)
    while True:
        padded = np.pad(numbers, 1)
        across = np.maximum(np.maximum(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
        spread = np.where(inked, np.maximum(np.maximum(across[:-2], across[1:-1]), across[2:]), 0)
        if (spread == numbers).all():
            return numbers
        numbers = spread


def _grown(box: Box, shape: tuple[int, ...]) -> Box:
    """A box with a margin, within the picture."""
    margin = 1 + round(MARGIN * max(box.height, box.width))
    top, left = max(0, box.top - margin), max(0, box.left - margin)
    bottom = min(shape[0], box.top + box.height + margin)
    right = min(shape[1], box.left + box.width + margin)
    return Box(top, left, bottom - top, right - left)
