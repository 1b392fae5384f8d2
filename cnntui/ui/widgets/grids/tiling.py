"""Where many small grids of one size lie in a room: the largest cells with which all of them are in view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_CELLS = 7
"""Rows and columns down to which cells of large tiles are made one: fewer show no form."""


@dataclass(frozen=True)
class Tiling:
    """How tiles of cells lie in a room.

    Attributes:
        across: tiles in a row.
        cell_width, cell_height: columns and lines of a cell; where `half`, a line holds two rows of cells.
        width, height: columns and lines of a tile.
        gap: blank lines between rows of tiles; between tiles of a row there is always one blank column.
        half: two rows of cells in one line.
    """

    across: int
    cell_width: int
    cell_height: int
    width: int
    height: int
    gap: int
    half: bool = False

    def tile_at(self, x: int, y: int, count: int) -> int | None:
        """The tile under column `x` of line `y`; None between tiles and beside them."""
        across, left = divmod(x, self.width + 1)
        down, top = divmod(y, self.height + self.gap)
        tile = down * self.across + across
        return tile if left < self.width and top < self.height and across < self.across and tile < count else None


def tile(count: int, rows: int, cols: int, width: int, height: int) -> Tiling:
    """The largest cells with which `count` tiles of `rows` by `cols` cells fit into `width` columns by `height` lines.

    Cells look square: two columns a line, or one column a half line. Where nothing fits, the smallest cells, of which
    only some are in view.
    """
    for gap in (1, 0):
        for size in range(max(1, height), 0, -1):
            across = (width + 1) // (2 * size * cols + 1)
            if across and -(-count // across) * (size * rows + gap) - gap <= height:
                return Tiling(_balanced(count, across), 2 * size, size, 2 * size * cols, size * rows, gap)
        lines = -(-rows // 2)
        across = max(1, (width + 1) // (cols + 1))
        if not gap or -(-count // across) * (lines + gap) - gap <= height:
            return Tiling(_balanced(count, across), 1, 1, cols, lines, gap, True)
    raise AssertionError("the smallest tiling always serves")


def in_view(tiling: Tiling, count: int, height: int) -> int:
    """How many of `count` tiles can be seen in a room of `height` lines."""
    return min(count, tiling.across * max(1, (height + tiling.gap) // (tiling.height + tiling.gap)))


def reduction(count: int, rows: int, cols: int, width: int, height: int) -> int:
    """How many rows and columns of cells have to become one for all tiles to be in view.

    Where that takes tiles of fewer than `LEAST_CELLS` rows or columns, as many as leave so many; some tiles are then
    out of view.
    """
    reduced = 1
    while True:
        tiling = tile(count, -(-rows // reduced), -(-cols // reduced), width, height)
        coarser = -(-min(rows, cols) // (reduced + 1))
        if in_view(tiling, count, height) >= count or coarser < LEAST_CELLS:
            return reduced
        reduced += 1


def averaged(tiles: NDArray[np.float32], by: int) -> NDArray[np.float32]:
    """Tiles with `by` rows and columns made one, their mean.

    Args:
        tiles: (rows, columns, tiles) float32.
        by: at least 1.
    """
    if by == 1:
        return tiles
    means = tiles
    for axis in (0, 1):
        length = means.shape[axis]
        firsts = np.arange(0, length, by)
        counts = np.minimum(by, length - firsts).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        means = (np.add.reduceat(means, firsts, axis=axis) / counts).astype(np.float32)
    return means


def _balanced(count: int, across: int) -> int:
    """As few tiles in a row as need no further row, so that rows are of one length where that is possible."""
    return -(-count // -(-count // across))
