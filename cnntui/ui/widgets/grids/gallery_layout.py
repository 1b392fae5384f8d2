"""How many maps hang in a room: how small each is drawn, and what is kept of it then."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

LEAST_CELLS = 6
"""Cells on a side with which a map still shows its form."""

LABEL = 1
"""Lines below a map, for its number."""


@dataclass(frozen=True)
class GalleryLayout:
    """How maps hang in a room.

    Attributes:
        reduced: how many rows and columns of the map became one cell.
        across, down: maps side by side, and rows of them in view.
        width, height: columns and lines of a map, two rows of cells in each line, without its number.
        enlarged: how many rows and columns a cell of the map became, where there was room for more than one.
    """

    reduced: int
    across: int
    down: int
    width: int
    height: int
    enlarged: int = 1

    def place_of(self, index: int) -> tuple[int, int]:
        """Row and column, in maps, of the map of that number."""
        return divmod(index, self.across)


def hang(count: int, rows: int, cols: int, width: int, height: int) -> GalleryLayout:
    """The finest cells with which `count` maps of `rows` by `cols` cells are all in view.

    Where no cells that still show a map's form are small enough for that, the coarsest of them; some maps are then out
    of view.
    """
    reduced = 1
    while True:
        map_rows, map_cols = -(-rows // reduced), -(-cols // reduced)
        lines = -(-map_rows // 2)
        hanging = GalleryLayout(
            reduced,
            max(1, (width + 1) // (map_cols + 1)),
            max(1, height // (lines + LABEL)),
            map_cols,
            lines,
        )
        coarser = -(-min(rows, cols) // (reduced + 1))
        if hanging.across * hanging.down >= count or coarser < LEAST_CELLS:
            return hanging
        reduced += 1


def hang_large(count: int, rows: int, cols: int, width: int, height: int) -> GalleryLayout:
    """The largest cells with which all maps are in view; where not even the smallest are, what `hang` says."""
    hanging, enlarged = hang(count, rows, cols, width, height), 1
    while True:
        enlarged += 1
        larger = hang(count, rows * enlarged, cols * enlarged, width, height)
        has_room = larger.width <= width and larger.height + LABEL <= height
        if larger.reduced > 1 or not has_room or larger.across * larger.down < count:
            return hanging
        rows_of_maps = -(-count // larger.across)
        hanging = replace(larger, across=-(-count // rows_of_maps), enlarged=enlarged)


def grown(maps: NDArray[np.float32], by: int) -> NDArray[np.float32]:
    """Maps `(rows, columns, maps)` with every cell repeated `by` times down and along."""
    return maps if by == 1 else maps.repeat(by, axis=0).repeat(by, axis=1)


def shrunk(maps: NDArray[np.float32], by: int) -> NDArray[np.float32]:
    """Maps with `by` rows and columns made one, which keeps the value that is farthest from 0.

    Args:
        maps: (rows, columns, maps) float32.
        by: at least 1.
    """
    if by == 1:
        return maps
    rows, cols, count = maps.shape
    padded = np.zeros((-(-rows // by) * by, -(-cols // by) * by, count), np.float32)
    padded[:rows, :cols] = maps
    blocks = padded.reshape(padded.shape[0] // by, by, padded.shape[1] // by, by, count)
    high, low = blocks.max(axis=(1, 3)), blocks.min(axis=(1, 3))
    farthest: NDArray[np.float32] = np.where(high >= -low, high, low)
    return farthest
