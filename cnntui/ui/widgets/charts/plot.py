"""Draws training curves as characters: an axis gives the position of a value, `draw` fills cells with braille dots.

A braille character holds two columns of four dots, so a chart of 34 × 5 characters has 68 × 20 dots. The functions are
pure: arrays in, arrays out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from cnntui.values import dataclass

_DOT_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)
"""The bit of each dot in a braille character, by the dot's row and column."""

_BRAILLE = 0x2800
POINT = "·"
TEST = "◆"
LOST = "×"
BELOW, ABOVE = "▾", "▴"
TEST_BELOW, TEST_ABOVE = "▼", "▲"

NOTE = 255
"""The role of words in a chart."""

NOTES = ("{} off the scale", "{} off scale", "{} off")
"""The meaning of an arrow at an edge, in as many words as fit."""


class CellRole(IntEnum):
    """The content of a chart's cell; if several things fall into one cell, the highest is drawn."""

    BLANK = 0
    POINTS = 1
    LINE = 2
    TEST = 3
    LOST = 4


@dataclass(frozen=True)
class Axis:
    """A vertical axis.

    Attributes:
        low, high: the values at the bottom and the top.
        log: whether equal distances are equal ratios.
        ticks: the labelled values, from the top.
    """

    low: float
    high: float
    log: bool
    ticks: tuple[float, ...]

    def shares(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """How far up each value lies: 0 at the bottom or below, 1 at the top or above; see `beyond`. NaN stays NaN."""
        low, high, values = self.low, self.high, np.asarray(values, np.float64)
        if self.log:
            low, high = math.log10(low), math.log10(high)
            values = np.log10(np.maximum(values, self.low))
        shares: NDArray[np.float64] = np.clip((values - low) / (high - low), 0.0, 1.0)
        return shares

    def beyond(self, values: NDArray[np.floating]) -> NDArray[np.int8]:
        """Where each value lies: −1 below the axis, 1 above it, 0 within it."""
        slack = 1e-9 * max(abs(self.low), abs(self.high))
        below, above = values < self.low - slack, values > self.high + slack
        return above.astype(np.int8) - below.astype(np.int8)


_LOSS_TOP = 2.5
"""Guessing among ten classes at random has a loss of ln 10 = 2.3, where every training begins."""


def loss_axis(values: NDArray[np.floating], lowest: float) -> Axis:
    """A logarithmic axis for a loss. Its lower end is a whole decade and so rarely moves.

    Args:
        values: (n,) the values that must be in view at the top.
        lowest: the value that must be in view at the bottom: single batches may lie far below it.
    """
    finite = values[np.isfinite(values)]
    high = max(_LOSS_TOP, float(finite.max(initial=0.0)))
    decade = math.floor(math.log10(lowest)) if math.isfinite(lowest) and lowest > 0 else -1
    decade = min(-1, max(decade, -6))
    top = math.floor(math.log10(high))
    return Axis(10.0**decade, high, True, tuple(10.0**power for power in range(top, decade - 1, -1)))


_ACCURACY_FLOORS = (0.9, 0.8, 0.5)


def accuracy_axis(smoothed: NDArray[np.floating], shown: NDArray[np.floating]) -> Axis:
    """A linear axis up to 1. It omits the range below the value that most of a curve has risen above.

    Args:
        smoothed: (n,) the smoothed accuracies of the batches so far.
        shown: (m,) the values that must be in view, such as those on the test images.
    """
    known, shown = smoothed[np.isfinite(smoothed)], shown[np.isfinite(shown)]
    usual = float(np.sort(known)[known.size // 5]) if known.size else 0.0
    least = float(shown.min(initial=1.0))
    floors = (floor for floor in _ACCURACY_FLOORS if usual > floor + (1 - floor) / 4 and least >= floor)
    low = next(floors, 0.0)
    return Axis(low, 1.0, False, (1.0, (1.0 + low) / 2, low))


Series = tuple[NDArray[np.integer], NDArray[np.floating]]
"""(n,) ascending steps and (n,) values; NaN values are not drawn."""


@dataclass(frozen=True, eq=False)
class Curve:
    """The content of a chart.

    Attributes:
        axis: the vertical axis.
        last: the step at the right edge; the left edge is step 0.
        points: the values of single batches.
        line: the same values, smoothed.
        tests: the values on the test images.
        lost: the steps of the batches whose value was not a number.
    """

    axis: Axis
    last: int
    points: Series
    line: Series
    tests: Series
    lost: NDArray[np.integer] = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True, eq=False)
class Plot:
    """A chart as cells.

    Attributes:
        glyphs: (rows, columns) code points.
        roles: (rows, columns) uint8, each a `CellRole` or `NOTE`.
    """

    glyphs: NDArray[np.uint32]
    roles: NDArray[np.uint8]


def dot_columns(steps: NDArray[np.integer], last: int, columns: int) -> NDArray[np.int64]:
    """The column of dots for each step; `last` is the step at the right edge."""
    return np.minimum(np.asarray(steps, np.int64) * (2 * columns) // (last + 1), 2 * columns - 1)


def dot_rows(values: NDArray[np.floating], axis: Axis, rows: int) -> NDArray[np.int64]:
    """The row of dots, from the top, for each value in a chart `rows` characters high."""
    return np.rint((1.0 - axis.shares(values)) * (4 * rows - 1)).astype(np.int64)


def draw(curve: Curve, rows: int, columns: int, *, plain: bool = False) -> Plot:
    """Draw points, a line over them, and the test values on top.

    A value off the axis becomes an arrow at the edge, which a note explains if there is room.

    Args:
        curve: the curve to draw.
        rows, columns: the chart's size in characters.
        plain: whether to draw points as one small dot per character, so that they differ from the line without colour.
    """
    roles = np.zeros((rows, columns), np.uint8)
    glyphs = np.full((rows, columns), ord(" "), np.uint32)

    plot = Plot(glyphs, roles)

    dots = _dots(rows, columns)
    x, y, off = _place(curve.points, curve.axis, curve.last, rows, columns)
    dots[y[off == 0], x[off == 0]] = True
    bits = _bits(dots)
    seen = bits > 0
    roles[seen] = CellRole.POINTS
    glyphs[seen] = ord(POINT) if plain else _BRAILLE + bits[seen].astype(np.uint32)
    _point_off(plot, x, off, CellRole.POINTS)

    x, y, off = _place(curve.line, curve.axis, curve.last, rows, columns)
    bits = _bits(_thick(_line(x, y, off, rows, columns)))
    seen = bits > 0
    roles[seen] = CellRole.LINE
    glyphs[seen] = _BRAILLE + bits[seen].astype(np.uint32)
    _point_off(plot, x, off, CellRole.LINE)

    x, y, off = _place(curve.tests, curve.axis, curve.last, rows, columns)
    roles[y // 4, x // 2] = CellRole.TEST
    glyphs[y // 4, x // 2] = np.array([ord(TEST), ord(TEST_ABOVE), ord(TEST_BELOW)])[off]

    lost = dot_columns(curve.lost, curve.last, columns) // 2
    roles[0, lost] = CellRole.LOST
    glyphs[0, lost] = ord(LOST)
    _explain(plot)
    return plot


MARK_DISTANCE = 16
"""Columns between two marks on a line, close enough to follow the line by its marks without colour."""


def draw_lines(
    lines: Sequence[Series], axis: Axis, last: int, rows: int, columns: int, names: Sequence[str] = ()
) -> Plot:
    """Draw a line for each series, later lines over earlier ones, each marked with its number.

    The roles of the plot are the numbers of the lines, from 1; 0 is blank. If other lines hide a line, its marks still
    show, in columns of their own. A line's name stands beside its end if there is room.

    Args:
        lines: the series; at most nine.
        axis: the vertical axis that all lines share.
        last: the place at the right edge.
        rows, columns: the chart's size in characters.
        names: the names of the lines.
    """
    roles = np.zeros((rows, columns), np.uint8)
    glyphs = np.full((rows, columns), ord(" "), np.uint32)
    marks, ends = [], {}
    plot = Plot(glyphs, roles)
    for number, series in enumerate(lines, 1):
        x, y, off = _place(series, axis, last, rows, columns)
        bits = _bits(_line(x, y, off, rows, columns))
        seen = bits > 0
        roles[seen] = number
        glyphs[seen] = _BRAILLE + bits[seen].astype(np.uint32)
        _point_off(plot, x, off, number)
        # Each line has marks in columns of its own, and one at its end.
        first = MARK_DISTANCE * number // (len(lines) + 1)
        end = int(x[-1]) // 2 if x.size else 0
        for column in (*range(first, end - MARK_DISTANCE // 3, MARK_DISTANCE), end):
            at = y[(x // 2 == column) & (off == 0)]
            if at.size:
                marks.append((int(at[-1]) // 4, column, number))
                ends[number] = marks[-1]
    for row, column, number in marks:
        roles[row, column] = number
        glyphs[row, column] = ord(str(number))
    for name, (row, column, number) in zip(names, [ends[number] for number in sorted(ends)], strict=False):
        _name(plot, name, row, column, number)
    _explain(plot)
    return plot


def _dots(rows: int, columns: int) -> NDArray[np.bool_]:
    return np.zeros((4 * rows, 2 * columns), np.bool_)


Places = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8]]


def _place(series: Series, axis: Axis, last: int, rows: int, columns: int) -> Places:
    """The column and the row of dots, from the top, of every finite value, and on which side it is off the axis."""
    steps, values = series
    known = np.isfinite(values)
    steps, values = steps[known], values[known]
    return dot_columns(steps, last, columns), dot_rows(values, axis, rows), axis.beyond(values)


def _point_off(plot: Plot, x: NDArray[np.int64], off: NDArray[np.int8], role: int) -> None:
    """Draw an arrow at the edge in each column where a series is off the axis and not drawn at that edge itself."""
    for side, row, arrow in ((-1, -1, BELOW), (1, 0, ABOVE)):
        columns = x[off == side] // 2
        free = columns[plot.roles[row, columns] != role]
        plot.roles[row, free] = role
        plot.glyphs[row, free] = ord(arrow)


def _name(plot: Plot, name: str, row: int, column: int, role: int) -> None:
    """Write a line's name above or below its end if the place is free; otherwise nowhere."""
    begin = column + 1 - len(name)
    if begin < plot.roles.shape[1] // 2:
        return
    for beside in (row - 1, row + 1):
        if 0 <= beside < len(plot.roles) and not plot.roles[beside, begin - 1 : column + 1].any():
            plot.roles[beside, begin : column + 1] = role
            plot.glyphs[beside, begin : column + 1] = [ord(letter) for letter in name]
            return


def _explain(plot: Plot) -> None:
    """Explain an arrow on the line nearest its edge that has room."""
    rows, columns = plot.roles.shape
    for arrows, order in (((BELOW, TEST_BELOW), range(rows - 1, -1, -1)), ((ABOVE, TEST_ABOVE), range(rows))):
        arrow = next((arrow for arrow in arrows if (plot.glyphs[order[0]] == ord(arrow)).any()), None)
        if arrow is None:
            continue
        # A blank on each side separates a note from what is drawn.
        free = np.pad(plot.roles == 0, ((0, 0), (1, 1)), constant_values=True)
        for note in (note.format(arrow) for note in NOTES if len(note) < columns):
            blank = np.lib.stride_tricks.sliding_window_view(free, len(note) + 2, axis=1)
            found = next(((row, place) for row in order for place in np.flatnonzero(blank[row].all(axis=-1))), None)
            if found is not None:
                row, begin = found[0], int(found[1])
                plot.glyphs[row, begin : begin + len(note)] = [ord(letter) for letter in note]
                plot.roles[row, begin : begin + len(note)] = NOTE
                break


def _line(
    x: NDArray[np.int64], y: NDArray[np.int64], off: NDArray[np.int8], rows: int, columns: int
) -> NDArray[np.bool_]:
    """Dots at each place and between neighbours, with `x` ascending. There are none where the line is off the axis."""
    dots = _dots(rows, columns)
    if not x.size:
        return dots
    # One height per column: if several values share a column, the last and newest counts.
    newest = np.append(x[1:] != x[:-1], True)
    own, height, is_off = x[newest], y[newest], off[newest] != 0
    across = np.arange(own[0], own[-1] + 1)
    heights = np.rint(np.interp(across, own, height)).astype(np.int64)
    before = np.concatenate([heights[:1], heights[:-1]])
    # Each column is filled from half-way to its neighbour, so that a steep line has no gaps.
    for column, here, there in zip(across.tolist(), heights.tolist(), before.tolist(), strict=True):
        low, high = (here, max(here, there - 1)) if here <= there else (there + 1, here)
        dots[low : high + 1, column] = True
    dots[:, own[is_off]] = False
    # Nothing is drawn between two places that lie off the same edge of the axis.
    for left in np.flatnonzero(is_off[1:] & is_off[:-1] & (height[1:] == height[:-1])).tolist():
        dots[:, own[left] : own[left + 1] + 1] = False
    return dots


def _thick(line: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The line two dots thick, which leads the eye across points; the second dot stays within the same character."""
    lowest = np.arange(len(line))[:, np.newaxis] % 4 == 3
    thick = line.copy()
    thick[1:] |= (line & ~lowest)[:-1]
    thick[:-1] |= (line & lowest)[1:]
    return thick


def _bits(dots: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(4 · rows, 2 · columns) dots as (rows, columns) braille patterns."""
    height, width = dots.shape
    cells = dots.reshape(height // 4, 4, width // 2, 2)
    bits: NDArray[np.uint8] = (cells * _DOT_BITS[np.newaxis, :, np.newaxis, :]).sum(axis=(1, 3)).astype(np.uint8)
    return bits
