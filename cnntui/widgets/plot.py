"""Draws a curve of training as characters: an axis says where a value lies, `draw` fills cells with braille dots.

A braille character holds two columns of four dots, so a chart of 34 × 5 characters has 68 × 20 dots. Pure: arrays in,
arrays out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

_DOT_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)
"""The bit of each dot of a braille character, by row and column of the dot."""

_BRAILLE = 0x2800
POINT = "·"
TEST = "◆"


class Role(IntEnum):
    """What a cell of a chart shows; where several things meet in a cell, the highest is drawn."""

    BLANK = 0
    POINTS = 1
    LINE = 2
    TEST = 3


@dataclass(frozen=True)
class Axis:
    """A vertical axis.

    Attributes:
        low, high: the values at the bottom and the top.
        log: equal distances are equal ratios.
        ticks: the values that are named, from the top.
    """

    low: float
    high: float
    log: bool
    ticks: tuple[float, ...]

    def shares(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """How far up each value lies: 0 at the bottom, 1 at the top; values beyond lie on the edge, NaN stays NaN."""
        low, high, values = self.low, self.high, np.asarray(values, np.float64)
        if self.log:
            low, high = math.log10(low), math.log10(high)
            values = np.log10(np.maximum(values, self.low))
        shares: NDArray[np.float64] = np.clip((values - low) / (high - low), 0.0, 1.0)
        return shares


_LOSS_TOP = 2.5
"""Ten classes guessed at random cost ln 10 = 2.3, which is where every training begins."""


def loss_axis(values: NDArray[np.floating], lowest: float) -> Axis:
    """A logarithmic axis for a loss, that ends in a whole decade below and so rarely moves.

    Args:
        values: (n,) what has to be in view above.
        lowest: what has to be in view below: single batches may lie far under it.
    """
    finite = values[np.isfinite(values)]
    high = max(_LOSS_TOP, float(finite.max(initial=0.0)))
    decade = math.floor(math.log10(lowest)) if math.isfinite(lowest) and lowest > 0 else -1
    decade = min(-1, max(decade, -6))
    top = math.floor(math.log10(high))
    return Axis(10.0**decade, high, True, tuple(10.0**power for power in range(top, decade - 1, -1)))


_ACCURACY_FLOORS = (0.9, 0.8, 0.5)


def accuracy_axis(smoothed: NDArray[np.floating]) -> Axis:
    """A linear axis up to 1 that leaves out below what most of a curve has risen above.

    Args:
        smoothed: (n,) the smoothed accuracies of the batches so far.
    """
    known = smoothed[np.isfinite(smoothed)]
    usual = float(np.sort(known)[known.size // 5]) if known.size else 0.0
    low = next((floor for floor in _ACCURACY_FLOORS if usual > floor + (1 - floor) / 4), 0.0)
    return Axis(low, 1.0, False, (1.0, (1.0 + low) / 2, low))


Series = tuple[NDArray[np.integer], NDArray[np.floating]]
"""(n,) ascending steps and (n,) values; a value that is no number is not drawn."""


@dataclass(frozen=True, eq=False)
class Curve:
    """What a chart shows.

    Attributes:
        axis: the vertical axis.
        last: the step at the right edge; the left edge is step 0.
        points: single batches.
        line: the same, smoothed.
        tests: values on the test digits.
    """

    axis: Axis
    last: int
    points: Series
    line: Series
    tests: Series


@dataclass(frozen=True, eq=False)
class Drawing:
    """A chart as cells.

    Attributes:
        glyphs: (rows, columns) code points.
        roles: (rows, columns) uint8, each a `Role`.
    """

    glyphs: NDArray[np.uint32]
    roles: NDArray[np.uint8]


def dot_columns(steps: NDArray[np.integer], last: int, columns: int) -> NDArray[np.int64]:
    """The column of dots on which each step lies, when `last` is the step at the right edge."""
    return np.minimum(np.asarray(steps, np.int64) * (2 * columns) // (last + 1), 2 * columns - 1)


def dot_rows(values: NDArray[np.floating], axis: Axis, rows: int) -> NDArray[np.int64]:
    """The row of dots, from the top, on which each value lies in a chart of `rows` characters."""
    return np.rint((1.0 - axis.shares(values)) * (4 * rows - 1)).astype(np.int64)


def draw(curve: Curve, rows: int, columns: int, *, plain: bool = False) -> Drawing:
    """Draw points, a line over them and the test values over both.

    Args:
        curve: what to draw.
        rows, columns: of characters.
        plain: points are drawn as one small dot a character, so that they differ from the line without colour.
    """
    roles = np.zeros((rows, columns), np.uint8)
    glyphs = np.full((rows, columns), ord(" "), np.uint32)

    dots = _dots(rows, columns)
    x, y = _place(curve, curve.points, rows, columns)
    dots[y, x] = True
    bits = _bits(dots)
    seen = bits > 0
    roles[seen] = Role.POINTS
    glyphs[seen] = ord(POINT) if plain else _BRAILLE + bits[seen].astype(np.uint32)

    bits = _bits(_line(*_place(curve, curve.line, rows, columns), rows, columns))
    seen = bits > 0
    roles[seen] = Role.LINE
    glyphs[seen] = _BRAILLE + bits[seen].astype(np.uint32)

    x, y = _place(curve, curve.tests, rows, columns)
    roles[y // 4, x // 2] = Role.TEST
    glyphs[y // 4, x // 2] = ord(TEST)
    return Drawing(glyphs, roles)


MARK_DISTANCE = 16
"""Columns between two marks on a line: near enough to follow it by them where there is no colour."""


def draw_lines(lines: Sequence[Series], axis: Axis, last: int, rows: int, columns: int) -> Drawing:
    """Draw a line for each series, those further back in the order over those before, each marked with its number.

    The roles of the drawing are the numbers of the lines, from 1; 0 is blank. Where others hide a
    line its marks show through, at columns of its own.

    Args:
        lines: at most nine.
        axis: the vertical axis of all.
        last: the place at the right edge.
        rows, columns: of characters.
    """
    roles = np.zeros((rows, columns), np.uint8)
    glyphs = np.full((rows, columns), ord(" "), np.uint32)
    marks = []
    for number, (steps, values) in enumerate(lines, 1):
        known = np.isfinite(values)
        x, y = dot_columns(steps[known], last, columns), dot_rows(values[known], axis, rows)
        bits = _bits(_line(x, y, rows, columns))
        seen = bits > 0
        roles[seen] = number
        glyphs[seen] = _BRAILLE + bits[seen].astype(np.uint32)
        # Each line has its marks at columns of its own, and one at its end.
        first = MARK_DISTANCE * number // (len(lines) + 1)
        end = int(x[-1]) // 2 if x.size else 0
        for column in (*range(first, end - MARK_DISTANCE // 3, MARK_DISTANCE), end):
            at = y[x // 2 == column]
            if at.size:
                marks.append((int(at[-1]) // 4, column, number))
    for row, column, number in marks:
        roles[row, column] = number
        glyphs[row, column] = ord(str(number))
    return Drawing(glyphs, roles)


def _dots(rows: int, columns: int) -> NDArray[np.bool_]:
    return np.zeros((4 * rows, 2 * columns), np.bool_)


def _place(curve: Curve, series: Series, rows: int, columns: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The column and the row of dots, from the top, of every value that is a number."""
    steps, values = series
    known = np.isfinite(values)
    return dot_columns(steps[known], curve.last, columns), dot_rows(values[known], curve.axis, rows)


def _line(x: NDArray[np.int64], y: NDArray[np.int64], rows: int, columns: int) -> NDArray[np.bool_]:
    """Dots at each place and between neighbouring ones; `x` is ascending."""
    dots = _dots(rows, columns)
    if not x.size:
        return dots
    # One height a column: where several values fall on it, the last one, which is the newest.
    newest = np.append(x[1:] != x[:-1], True)
    own, height = x[newest], y[newest]
    across = np.arange(own[0], own[-1] + 1)
    heights = np.rint(np.interp(across, own, height)).astype(np.int64)
    before = np.concatenate([heights[:1], heights[:-1]])
    # Each column is filled from half-way of its neighbour on, so that a steep line has no gaps.
    for column, here, there in zip(across.tolist(), heights.tolist(), before.tolist(), strict=True):
        low, high = (here, max(here, there - 1)) if here <= there else (there + 1, here)
        dots[low : high + 1, column] = True
    return dots


def _bits(dots: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(4 · rows, 2 · columns) dots as (rows, columns) braille patterns."""
    height, width = dots.shape
    cells = dots.reshape(height // 4, 4, width // 2, 2)
    bits: NDArray[np.uint8] = (cells * _DOT_BITS[np.newaxis, :, np.newaxis, :]).sum(axis=(1, 3)).astype(np.uint8)
    return bits
