"""A map that is too large for its room: the whole of it reduced, with a frame around the part in view."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual.geometry import Region

from cnntui import palette
from cnntui.cnn.layers import times
from cnntui.cnn.window import Window
from cnntui.palette import MARKS, Colormap, Colour, Mark
from cnntui.ui.widgets.grids.cells import Cell, Levels, half_line
from cnntui.ui.widgets.grids.geometry import Geometry
from cnntui.ui.widgets.grids.window_edges import toned
from cnntui.ui.widgets.kept import joined
from cnntui.values import dataclass

SHARE = 0.4
"""The share of the room's columns that the overview may take; the rest is for the part in view."""

LEAST_COLUMNS = 6
"""The fewest useful columns for the overview and for the part. In less room, only the part is shown."""

GAP = 1
"""Blank columns between the two."""


class Large(Enum):
    """How to show a map that does not fit even in the smallest cells."""

    BOTH = "both"
    """The part around the marked cells, and beside it the whole map, reduced."""
    WHOLE = "whole"
    """Only the whole map, reduced; for a map that is shown for its shape."""
    PART = "part"
    """Only the part around the marked cells, if rows and columns mean nothing as a whole."""


def reduction(rows: int, cols: int, width: int, height: int) -> int:
    """How many rows and columns to merge into one cell so that a map fits into `width` columns by `height` lines."""
    return max(1, -(-cols // max(1, width)), -(-rows // max(1, 2 * height)))


def reduced(levels: Levels, ink: Colormap, by: int) -> Levels:
    """Levels with `by` rows and columns merged.

    For an image a cell becomes the mean; for a map it becomes the level farthest from 0, since few cells may differ
    from 0.
    """
    if by == 1:
        return levels
    if ink is Colormap.PICTURE:
        means = [_blocks(part, by, np.add) for part in palette.split(levels)]
        return palette.joined(*(np.rint(part / _sizes(levels.shape, by)).astype(np.int16) for part in means))
    if ink is Colormap.PIXELS:
        sums = _blocks(levels.astype(np.int32), by, np.add)
        return np.rint(sums / _sizes(levels.shape, by)).astype(np.int8)
    high, low = _blocks(levels, by, np.maximum), _blocks(levels, by, np.minimum)
    farthest: Levels = np.where(high >= -low, high, low)
    return farthest


def reduced_marks(marks: NDArray[np.uint8], by: int) -> NDArray[np.uint8]:
    """Marks with `by` rows and columns merged: the mark that all merged cells share, or plain."""
    if by == 1:
        return marks
    low, high = _blocks(marks, by, np.minimum), _blocks(marks, by, np.maximum)
    return np.where(low == high, low, np.uint8(Mark.PLAIN))


def reduced_window(window: Window, by: int) -> Window:
    """The reduced cells, each of `by` rows and columns, that a window touches."""
    top, left = window.top // by, window.left // by
    return Window(top, left, -(-window.bottom // by) - top, -(-window.right // by) - left)


def _blocks(values: NDArray[np.integer], by: int, how: np.ufunc) -> NDArray[np.integer]:
    rows, cols = (np.arange(0, length, by) for length in values.shape)
    return how.reduceat(how.reduceat(values, rows, axis=0), cols, axis=1)


def _sizes(shape: tuple[int, ...], by: int) -> NDArray[np.int64]:
    """How many cells were merged into each."""
    rows, cols = (np.minimum(by, length - np.arange(0, length, by)) for length in shape)
    sizes: NDArray[np.int64] = np.outer(rows, cols)
    return sizes


@dataclass(frozen=True, eq=False)
class Overview:
    """The whole of a map, reduced.

    Attributes:
        levels: `(rows, columns)`, the reduced levels.
        marks: `(rows, columns)`, the present marks of the reduced cells, including the frame.
        ink: the kind of values.
        by: how many rows and columns become one cell.
        part: the cells of the map in view beside the overview.
    """

    levels: Levels
    marks: NDArray[np.uint8]
    ink: Colormap
    by: int
    part: Window

    @cached_property
    def _drawn(self) -> dict[tuple[int, bool, Colour | None], list[Segment]]:
        """The lines drawn so far: they change far less often than the lines of the map beside them."""
        return {}

    @classmethod
    def of(cls, levels: Levels, marks: NDArray[np.uint8], ink: Colormap, by: int, tile: Geometry) -> Overview:
        """The overview of a map of which `tile` is in view."""
        part = Window(tile.top, tile.left, tile.rows, tile.cols)
        return cls(reduced(levels, ink, by), _framed(marks, by, part), ink, by, part)

    def marked(self, marks: NDArray[np.uint8]) -> Overview:
        """The same overview with other marks, reduced."""
        return replace(self, marks=_framed(marks, self.by, self.part))

    def differing(self, other: Overview) -> list[Region]:
        """The regions that may look different in another overview of the same map and part."""
        rows = np.flatnonzero((self.marks != other.marks).any(axis=1)).tolist()
        # The tone of the frame depends on what lies beside it.
        return [self.geometry.region(Window(row - 1, 0, 3, self.marks.shape[1])) for row in rows]

    @property
    def geometry(self) -> Geometry:
        """Where the overview's cells lie."""
        return Geometry.halves(*self.levels.shape)

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The middle cell of those of the map drawn at column `x` of line `y`; None outside the overview."""
        cell = self.geometry.cell_at(x, y)
        return (cell[0] * self.by + self.by // 2, cell[1] * self.by + self.by // 2) if cell is not None else None

    def line(self, y: int, as_glyphs: bool, page: Colour | None) -> list[Segment]:
        """One line of the overview."""
        look = y, as_glyphs, page
        if look not in self._drawn:
            upper, lower = (self._cells(row, as_glyphs) for row in (2 * y, 2 * y + 1))
            self._drawn[look] = joined(half_line(upper, lower, self.ink, as_glyphs, page))
        return self._drawn[look]

    def _cells(self, row: int, as_glyphs: bool) -> list[Cell]:
        if row >= len(self.levels):
            return []
        if not as_glyphs:
            return toned(self.levels, self.marks, row, range(self.levels.shape[1]), self.ink)
        marks = [MARKS[mark] for mark in self.marks[row].tolist()]
        return list(zip(self.levels[row].tolist(), marks, strict=True))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The caption: how many cells are drawn as one, and which rows and columns are in view."""
        part = self.part
        return (
            f"cell = {times((self.by, self.by))}",
            f"rows {part.top}–{part.bottom - 1}",
            f"cols {part.left}–{part.right - 1}",
        )


def _framed(marks: NDArray[np.uint8], by: int, part: Window) -> NDArray[np.uint8]:
    framed = marks.copy()
    frame = reduced_window(part, by)
    inner = framed[frame.top + 1 : frame.bottom - 1, frame.left + 1 : frame.right - 1].copy()
    framed[frame.top : frame.bottom, frame.left : frame.right] = Mark.WINDOW
    framed[frame.top + 1 : frame.bottom - 1, frame.left + 1 : frame.right - 1] = inner
    return framed
