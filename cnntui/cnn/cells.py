"""A set of cells in a stack of maps: the rows, columns and maps that they are in."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.window import Window
from cnntui.values import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Cells:
    """Cells of a stack of maps: those in any of `rows` and any of `cols`, on any of `maps`.

    A vector is a stack of maps of one cell each: its places are `maps`, and its only row and column are 0. The rows and
    columns may have gaps: a stride larger than the window skips some.
    """

    rows: tuple[int, ...] = ()
    cols: tuple[int, ...] = ()
    maps: tuple[int, ...] = ()

    @classmethod
    def one(cls, row: int, col: int, map: int) -> Cells:
        """A single cell."""
        return cls((row,), (col,), (map,))

    @classmethod
    def every(cls, shape: Shape) -> Cells:
        """All cells of an activation."""
        rows, cols, maps = as_maps(shape)
        return cls(tuple(range(rows)), tuple(range(cols)), tuple(range(maps)))

    def __len__(self) -> int:
        return len(self.rows) * len(self.cols) * len(self.maps)

    def __or__(self, other: Cells) -> Cells:
        """The cells of both, plus every cell in a row of one and a column of the other."""
        if not len(self) or not len(other):
            return self if len(self) else other
        rows, cols, maps = self.rows + other.rows, self.cols + other.cols, self.maps + other.maps
        return Cells(ascending(rows), ascending(cols), ascending(maps))

    @property
    def on_a_map(self) -> int:
        """The number of these cells on one map."""
        return len(self.rows) * len(self.cols)

    @property
    def window(self) -> Window | None:
        """The smallest window that contains all of these cells; None if there are none."""
        if not len(self):
            return None
        top, left = self.rows[0], self.cols[0]
        return Window(top, left, self.rows[-1] + 1 - top, self.cols[-1] + 1 - left)

    def mask(self, shape: Shape) -> NDArray[np.bool_]:
        """`(rows, columns)` for an activation of that shape: True where at least one map has one of these cells."""
        height, width, _ = as_maps(shape)
        return np.logical_and.outer(np.isin(range(height), self.rows), np.isin(range(width), self.cols))


def as_maps(shape: Shape) -> tuple[int, int, int]:
    """Rows, columns and maps of an activation; a vector counts as maps of one cell each."""
    return (1, 1, shape[0]) if len(shape) == 1 else (shape[0], shape[1], shape[2])


def ascending(places: Iterable[int]) -> tuple[int, ...]:
    """Sorted indices without duplicates."""
    return tuple(sorted(set(places)))
