"""Finds the ink on a page: what is written, on any paper and in any light."""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.ops import Floats
from cnntui.images.extremes import closed, largest_around
from cnntui.images.mnist_form import Box, ink_box
from cnntui.images.pieces import Marks, marks
from cnntui.images.ruling import without_lines
from cnntui.values import dataclass

LEAST_CONTRAST = 0.06
"""The least difference between ink and its page, as a share of the way from black to white; less is one flat colour."""

DARKEST = 0.25
"""A share of the way from black to white: anything darker counts as this light when contrast is measured, or the grain
of a black table would be as strong as ink."""

NOISE = 6.0
"""The grain of the paper: differences of up to this many deviations are not ink."""

SCALES = (0.36, 0.18, 0.09)
"""Anything narrower than this share of the longer side may be ink; anything wider is page. Finer scales hollow out
broad strokes, and coarser ones take the tip of a shadow for ink."""

LONG_ENOUGH = 8
"""In thicknesses: strokes longer than this do not look more like a digit."""

RUNS_OFF = 0.6
"""The factor for ink that runs off the picture, which is less like a digit, unless the picture is cut to its size."""

THIN_COUNTS, SIZE_COUNTS = 0.35, 0.4
"""Powers of thickness and size: a card is thicker than its digit, and a loop of a digit is smaller than the digit."""

FINER = 1.2
"""How many times more like a digit ink at a finer scale must be to be chosen."""

CHANGED = 2
"""The power of the share that stays the same at the next scale. Ink stays the same; the tip of a shadow, or what is
left of a card between the strokes on it, changes with the scale."""

LINE, FINE, LIKELY = 2.5, 0.6, 0.4
"""For ink on a card: its least length in thicknesses, its largest thickness as a share of the card's, and its least
likelihood of being a digit as a share of the card's. The hole of a digit is shorter and thicker."""

BROAD, SOLID = 0.27, 0.7
"""For a card: its least thickness as a share of its longer side, and the least share of its box that it fills together
with its ink. Digits with holes are thinner, or fill less."""

FADING = 0.6
"""The share of the threshold above which ink counts when the pieces are separated."""

CORE = 0.03
"""The share of the ink that may be neglected: where strokes meet, they are thicker than elsewhere."""

LINED = 100
"""Lines are looked for in pictures whose longer side has at least this many pixels."""


FILLED = 0.8
"""If the box around the ink covers a larger share of the picture, the ink is doubtful."""

WIDE = 1.4
"""Width to height: hardly any digit is this wide, but two digits that touch are."""

FAINT = 0.15
"""Fainter ink may be something else: a fold, a stain, or print that shines through."""

CLOSE = 0.8
"""The share of the best finding's likelihood from which a finding on the other side of the page makes it doubtful."""


class Doubt(Enum):
    """Why the ink that was found may not be the digit, in a sentence."""

    RUNS_OFF = "The ink touches the edge of the picture, so part of the digit may be missing."
    FILLS = "The ink covers nearly the whole picture, so it may be more than a digit."
    SEVERAL = "There are several marks in the picture; only the largest was used."
    WIDE = "The ink is much wider than tall, so it may be several digits that touch."
    FAINT = "The ink hardly differs from the page, so it may not be ink."
    EITHER = "It is unclear whether the digit is darker or lighter than its page."


@dataclass(frozen=True, eq=False)
class Ink:
    """What is written on a page.

    Attributes:
        ink: `(height, width)` float32 from 0 for paper to 1 for ink.
        light_on_dark: whether the ink is lighter than the page.
        threshold: the least share of the way from the page around it to black (or white) that ink covers.
        box: where the ink is.
        doubts: why the ink may not be the digit.
    """

    ink: Floats
    light_on_dark: bool
    threshold: float
    box: Box
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, eq=False)
class Finding:
    """The digit, if ink is on one side of its page, lighter or darker, and narrower than a scale.

    Attributes:
        light_on_dark: whether the ink is lighter than the page.
        contrast: `(rows, columns)` float32, how far each pixel is on the way from its page to black (or white).
        strength: how much darker the darker of ink and page is, as a share of the lighter. Uneven light does not change
            it; the edges of shadows have less of it than ink has.
        grain: the grain of the paper: the most that its contrast differs from the usual contrast.
        threshold: the contrast at which ink begins.
        written: the pixels of the digit.
        marks: the pieces of ink, and which of them are the digit.
        thickness: the thickness of the digit's strokes, in pixels.
    """

    light_on_dark: bool
    contrast: Floats
    strength: float
    grain: float
    threshold: float
    written: NDArray[np.bool_]
    marks: Marks
    thickness: int

    @property
    def elongation(self) -> float:
        """The length of one of its pieces in thicknesses: large for a digit, small for a blot, a card or a hole."""
        return float(self.written.sum()) / self.thickness**2 / len(self.marks.digit)

    @property
    def likelihood(self) -> float:
        """How much it looks like a digit: strong, long for its thickness, thin, large, and complete."""
        shape: float = min(self.elongation, LONG_ENOUGH) / self.thickness**THIN_COUNTS * self.longer**SIZE_COUNTS
        runs_off = self.marks.touches and max(self.contrast.shape) >= LINED
        return self.strength * shape * (RUNS_OFF if runs_off else 1)

    @property
    def longer(self) -> int:
        """The longer side of the box around its ink, in pixels."""
        return max(self.box.height, self.box.width)

    @cached_property
    def box(self) -> Box:
        """The box around its ink, in pixels."""
        box = ink_box(self.written.astype(np.float32))
        assert box is not None
        return box

    def overlap(self, other: Finding) -> float:
        """The share of the ink of both findings that they have in common."""
        return float((self.written & other.written).sum()) / float((self.written | other.written).sum())

    def lies_on(self, card: Finding) -> bool:
        """Whether it is written on the other finding: a card, rather than a digit around a hole."""
        box, around = self.box, card.box
        filled = float((self.written | card.written).sum()) / (around.height * around.width)
        return (
            self.thickness <= FINE * card.thickness and self.elongation >= LINE
            and card.thickness >= BROAD * card.longer and filled >= SOLID
            and around.top <= box.top and box.top + box.height <= around.top + around.height
            and around.left <= box.left and box.left + box.width <= around.left + around.width
        )  # fmt: skip


def find_ink(light: Floats) -> Ink | None:
    """The ink on a page; None if the page is one flat colour.

    Wide areas are page and narrow ones are ink, and ink is either darker or lighter than the page, whichever looks more
    like a digit. So the light may be uneven, the edge of a shadow may cross the digit, and the page may be a card on a
    table. The lines of ruled or squared paper are removed first. Ink exceeds the threshold that best separates ink from
    page: Otsu's. Fainter pixels also count if they lie beside ink and exceed the grain of the paper, so that edges stay
    soft.

    Args:
        light: `(height, width)` float32 from 0 for black to 1 for white.
    """
    page = _unruled(light)
    found = [each for side in (False, True) if (each := _likeliest(page, side)) is not None]
    if not found:
        return None
    (best, likelihood), *others = sorted(found, key=lambda each: -each[1])
    for other, likely in others:
        if likely > LIKELY * likelihood and other.lies_on(best):
            return _ink(other, False)
        return _ink(best, likely > CLOSE * likelihood and not best.lies_on(other))
    return _ink(best, False)


def _unruled(light: Floats) -> Floats:
    """The page without the lines that run across it, dark or light."""
    if max(light.shape) < LINED:
        return light
    for light_on_dark in (False, True):
        light = 1 - light if light_on_dark else light
        contrast, page = _contrast(light, SCALES[-1])
        if float((contrast * page).max()) >= LEAST_CONTRAST:
            light = light + (contrast - without_lines(contrast)) * page
        light = 1 - light if light_on_dark else light
    return light


def _likeliest(light: Floats, light_on_dark: bool) -> tuple[Finding, float] | None:
    """The finding at the coarsest scale, or at a finer one that looks more like a digit, and its likelihood."""
    scales = SCALES if max(light.shape) >= LINED else SCALES[:1]
    findings = [each for scale in scales if (each := _finding(light, light_on_dark, scale)) is not None]
    same = [one.overlap(other) for one, other in pairwise(findings)]
    best = None
    for index, finding in enumerate(findings):
        likelihood = finding.likelihood * max(same[max(index - 1, 0) : index + 1], default=1) ** CHANGED
        if best is None or likelihood > FINER * best[1]:
            best = finding, likelihood
    return best


def _contrast(light: Floats, scale: float) -> tuple[Floats, Floats]:
    """How dark each pixel is relative to its page, on the way from the page to black, and how light the page is."""
    page = closed(light, max(3, round(scale * max(light.shape))))
    lightness = np.maximum(page, np.float32(DARKEST)).astype(np.float32)
    return (page - light) / lightness, lightness


def _finding(light: Floats, light_on_dark: bool, scale: float) -> Finding | None:
    contrast, page = _contrast(1 - light if light_on_dark else light, scale)
    if float((contrast * page).max()) < LEAST_CONTRAST:
        return None
    # The grain lies on one side of such a page, because the page runs through its extremes.
    contrast = contrast - np.median(contrast)
    grain = NOISE * 1.4826 * float(np.median(np.abs(contrast)))
    contrast = np.maximum(contrast, 0)
    if not contrast.any():
        return None
    # The grain of a dark table is not a good measure.
    threshold, difference = _otsu(contrast, page**2), contrast * page
    written = contrast > threshold
    # A stroke that fades for a moment is still one stroke.
    found = marks(contrast > max(FADING * threshold, min(grain, threshold)), np.where(written, difference, 0))
    written &= found.mask(written.shape)
    lightest = np.maximum(light if light_on_dark else page, DARKEST)
    strength = float(np.median((difference / lightest)[written]))
    return Finding(light_on_dark, contrast, strength, grain, threshold, written, found, _thickness(written))


def _thickness(written: NDArray[np.bool_]) -> int:
    """The thickness of strokes: how many layers of pixels can be removed all round until almost nothing is left."""
    box = ink_box(written.astype(np.float32))
    assert box is not None
    left, layers = np.pad(written[box.top : box.top + box.height, box.left : box.left + box.width], 1), 0
    least = CORE * float(written.sum())
    while left.sum() > least:
        inner = left.copy()
        inner[1:-1, 1:-1] &= left[:-2, 1:-1] & left[2:, 1:-1] & left[1:-1, :-2] & left[1:-1, 2:]
        left, layers = inner, layers + 1
    return 2 * layers


def _ink(finding: Finding, either: bool) -> Ink:
    contrast, written = finding.contrast, finding.written
    faintest = min(finding.grain, finding.threshold / 2)
    strongest = float(np.median(contrast[written]))
    ink = np.clip((contrast - faintest) / max(strongest - faintest, 1e-6), 0, 1)
    reach = 2 * max(1, finding.thickness // 2) + 1
    only = ink * largest_around(written.astype(np.float32), reach)
    box = ink_box(only)
    assert box is not None
    found = finding.marks
    doubts = {
        Doubt.RUNS_OFF: found.touches,
        Doubt.FILLS: box.height * box.width > FILLED * contrast.size,
        Doubt.SEVERAL: bool(found.others),
        Doubt.WIDE: box.width > WIDE * box.height,
        Doubt.FAINT: float(np.median(contrast[finding.written])) < FAINT,
        Doubt.EITHER: either,
    }
    return Ink(only, finding.light_on_dark, finding.threshold, box, tuple(doubt for doubt in Doubt if doubts[doubt]))


def _otsu(contrast: Floats, weights: Floats) -> float:
    """The threshold that separates values best: with the largest variance between the two sides (Otsu, 1979)."""
    counts, edges = np.histogram(contrast, bins=256, weights=weights)
    counts = counts.astype(np.float64)  # Rounding errors of float32 sums can outweigh a few strong pixels.
    middles = (edges[:-1] + edges[1:]) / 2
    below, sums = np.cumsum(counts)[:-1], np.cumsum(counts * middles)[:-1]
    total, whole = counts.sum(), float((counts * middles).sum())
    beyond = np.maximum(total - below, 1e-9)
    between = below * beyond * (sums / np.maximum(below, 1e-9) - (whole - sums) / beyond) ** 2
    # If several thresholds separate equally well, as on a page without any grain, the middle one.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float(edges[1:-1][best].mean())
