"""The layout of tiles, small grids of one size, in a room: their size and number, and what lies where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count as count_from
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from textual.geometry import Region

from cnntui.cnn.ops import Pair
from cnntui.cnn.window import Window
from cnntui.ui.widgets.grids.geometry import Geometry
from cnntui.values import dataclass

LEAST_CELLS_OF_KERNEL = 7
"""The fewest rows and columns that large kernels are merged down to: fewer show no shape."""

LEAST_CELLS_OF_MAP = 6
"""The same for maps."""

LARGEST_REDUCTION_OF_MAP = 4
"""The most rows and columns of a large map that become one cell: more would hide its shape."""

WALL_GAP = 2
"""Blank columns between two pictures on a wall, if there is room."""


class TileCell(NamedTuple):
    """A cell of a tile."""

    tile: int
    row: int
    col: int


@dataclass(frozen=True)
class Tiling:
    """The layout of tiles in a room, row by row. If not all of them fit, some rows are in view.

    Attributes:
        tile: the shape of a tile's cells.
        count: the number of tiles.
        across, down: the number of tiles in a row, and of rows that the room holds.
        gap: the number of blank columns after each tile of a row.
        leading: the number of blank lines between rows of tiles.
        caption: the number of lines of text below each tile.
        left, above: the number of columns and lines before the first tile.
        first: the first tile in view, which begins a row.
        reduced: how many rows and columns of the content are drawn as one cell.
        enlarged: how many rows and columns each cell of the content is drawn as.
    """

    tile: Geometry
    count: int = 1
    across: int = 1
    down: int = 1
    gap: int = 0
    leading: int = 0
    caption: int = 0
    left: int = 0
    above: int = 0
    first: int = 0
    reduced: int = 1
    enlarged: int = 1

    # How many

    @property
    def capacity(self) -> int:
        """How many tiles the room holds."""
        return self.across * self.down

    @property
    def in_view(self) -> range:
        """The tiles in view."""
        return range(self.first, min(self.first + self.capacity, self.count))

    @property
    def pitch(self) -> int:
        """Columns from one tile to the next."""
        return self.tile.width + self.gap

    @property
    def _lines(self) -> int:
        """Lines from one row of tiles to the next."""
        return self.tile.height + self.caption + self.leading

    def holds_all(self, width: int, height: int) -> bool:
        """Whether all tiles are completely in view in a room of `width` columns by `height` lines."""
        is_whole = self.tile.width <= width and self.tile.height + self.caption <= height
        return is_whole and self.capacity >= self.count

    def balanced(self) -> Tiling:
        """The same layout with the tiles spread evenly over the rows, so that rows are equally long if possible."""
        rows = -(-self.count // self.across)
        return replace(self, across=-(-self.count // rows)) if rows else self

    # Which are in view

    def rolled_to(self, row: int) -> Tiling:
        """Scrolled to begin with a row of tiles, or as far as the last page allows."""
        first = max(0, min(row, -(-self.count // self.across) - self.down)) * self.across
        return self if first == self.first else replace(self, first=first)

    def scrolled_to(self, tile: int) -> Tiling:
        """Scrolled no further than needed to bring a tile into view."""
        row = tile // self.across
        return self.rolled_to(max(row - self.down + 1, min(self.first // self.across, row)))

    def paged_to(self, tile: int) -> Tiling:
        """Turned to the page that holds a tile."""
        first = tile - tile % self.capacity
        return self if first == self.first else replace(self, first=first)

    # What lies where

    def at_line(self, y: int) -> tuple[range, int]:
        """The tiles on a line of the room (none on a blank line), and the number of the line within them."""
        down, line = divmod(y - self.above, self._lines)
        if not 0 <= down < self.down or line >= self.tile.height + self.caption:
            return range(0), line
        first = self.first + down * self.across
        return range(first, min(first + self.across, self.count)), line

    def at(self, x: int, y: int) -> TileCell | None:
        """The tile and cell at column `x` of line `y`; on a caption a cell of the last row; None outside the tiles."""
        tiles, line = self.at_line(y)
        across, column = divmod(x - self.left, self.pitch)
        cell = self.tile.cell_at(column, min(line, self.tile.height - 1))
        return TileCell(tiles[across], *cell) if 0 <= across < len(tiles) and cell is not None else None

    def region(self, tile: int, window: Window | None = None) -> Region:
        """The region of a tile, or of some of its cells; empty if they are out of view."""
        cells = self.tile.region(window) if window else Region(0, 0, self.tile.width, self.tile.height)
        return self._placed(tile, cells)

    def region_of_caption(self, tile: int) -> Region:
        """The region of a tile's caption; empty if it is out of view."""
        return self._placed(tile, Region(0, self.tile.height, self.tile.width, self.caption))

    def _placed(self, tile: int, part: Region) -> Region:
        if tile not in self.in_view or not part:
            return Region()
        down, across = divmod(tile - self.first, self.across)
        return part.translate((self.left + across * self.pitch, self.above + down * self._lines))

    def ends(self, changed: NDArray[np.bool_]) -> list[Region]:
        """The regions of the changed rows of cells, each from the left edge to the last change in a row of tiles.

        Args:
            changed: `(tiles, rows, columns)`, tiles from the first in view: whether each cell looks different.
        """
        # For each row of each tile, the column after the last one that changed; 0 if none did.
        columns = (changed * np.arange(1, changed.shape[2] + 1)).max(axis=2, initial=0).tolist()
        ends = []
        for first in range(0, len(columns), self.across):
            last: dict[int, tuple[int, int]] = {}
            for tile, rows in enumerate(columns[first : first + self.across], self.first + first):
                last |= {row: (tile, cols) for row, cols in enumerate(rows) if cols}
            ends += [self.region(tile, Window(row, 0, 1, cols)) for row, (tile, cols) in sorted(last.items())]
        return [region for region in ends if region]


def packed(
    tile: Geometry,
    count: int,
    width: int,
    height: int,
    *,
    gap: int = 1,
    leading: int = 0,
    caption: int = 0,
    reduced: int = 1,
    enlarged: int = 1,
) -> Tiling:
    """The layout with as many tiles in view as a room of `width` columns by `height` lines holds, but at least one."""
    across = max(1, (width + gap) // (tile.width + gap))
    down = max(1, (height + leading) // (tile.height + caption + leading))
    return Tiling(tile, count, across, down, gap, leading, caption, reduced=reduced, enlarged=enlarged)


def fit_kernels(count: int, rows: int, cols: int, width: int, height: int) -> Tiling:
    """The layout with the largest cells that leave all `count` tiles of `rows` by `cols` cells in view.

    Cells look square. If the smallest are too large, several cells are merged into one, as long as tiles keep
    `LEAST_CELLS_OF_KERNEL` rows and columns; if that is not enough, only the first tiles are in view.
    """
    for reduced, cells in _reductions(rows, cols, LEAST_CELLS_OF_KERNEL):
        smallest = Geometry.halves(*cells)
        blocks = [Geometry.blocks(*cells, size) for size in range(height // cells[0], 0, -1)]
        for leading in (1, 0):
            for tile in (*blocks, smallest):
                tiling = packed(tile, count, width, height, leading=leading, reduced=reduced)
                if tiling.holds_all(width, height):
                    return tiling.balanced()
    apart, close = (packed(smallest, count, width, height, leading=each, reduced=reduced) for each in (1, 0))
    return apart if apart.capacity == close.capacity else close


def fit_gallery(count: int, rows: int, cols: int, width: int, height: int, *, enlarge: bool = False) -> Tiling:
    """The layout with the finest cells that leave all `count` maps of `rows` by `cols` cells in view, numbered.

    If no cells that still show a map's shape are small enough for that, the coarsest of them are used, and some maps
    are out of view.

    Args:
        enlarge: whether to draw each cell as several if there is room, as many as leave all maps in view.
    """
    least = max(LEAST_CELLS_OF_MAP, min(rows, cols) // LARGEST_REDUCTION_OF_MAP)
    for reduced, cells in _reductions(rows, cols, least):
        tiling = packed(Geometry.halves(*cells), count, width, height, caption=1, reduced=reduced)
        if tiling.holds_all(width, height):
            break
    for by in count_from(2) if enlarge else ():
        tile = Geometry.halves(rows * by, cols * by)
        larger = packed(tile, count, width, height, caption=1, enlarged=by)
        if not larger.holds_all(width, height):
            break
        tiling = larger.balanced()
    return tiling


def _reductions(rows: int, cols: int, least: int) -> Iterator[tuple[int, Pair]]:
    """How many cells to merge into one, and the rows and columns that remain: from all of them down to `least`."""
    for reduced in count_from(1):
        if reduced > 1 and -(-min(rows, cols) // reduced) < least:
            return
        yield reduced, (-(-rows // reduced), -(-cols // reduced))


def fit_wall(count: int, rows: int, cols: int, width: int, height: int) -> Tiling:
    """The layout of as many pictures of `rows` by `cols` cells, each above its caption, as fit, centred in the room."""
    apart, close = (
        packed(Geometry.halves(rows, cols), count, width, height, gap=gap, caption=1) for gap in (WALL_GAP, 1)
    )
    tiling = apart if apart.across == close.across else close
    return replace(tiling, left=max(0, (width - tiling.across * tiling.pitch + tiling.gap) // 2))


def in_a_row(tile: Geometry, count: int, pitch: int) -> Tiling:
    """The layout of tiles side by side, at a distance of `pitch` columns."""
    return Tiling(tile, count, max(1, count), gap=pitch - tile.width)


def averaged(tiles: NDArray[np.float32], by: int) -> NDArray[np.float32]:
    """Tiles with `by` rows and columns merged into one, their mean.

    Args:
        tiles: (rows, columns, tiles) float32.
        by: the number of rows and columns; at least 1.
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


def peaks(tiles: NDArray[np.float32], by: int) -> NDArray[np.float32]:
    """Tiles with `by` rows and columns merged into one, which keeps the value farthest from 0.

    Args:
        tiles: (rows, columns, tiles) float32.
        by: the number of rows and columns; at least 1.
    """
    if by == 1:
        return tiles
    rows, cols, count = tiles.shape
    padded = np.zeros((-(-rows // by) * by, -(-cols // by) * by, count), np.float32)
    padded[:rows, :cols] = tiles
    blocks = padded.reshape(padded.shape[0] // by, by, padded.shape[1] // by, by, count)
    high, low = blocks.max(axis=(1, 3)), blocks.min(axis=(1, 3))
    farthest: NDArray[np.float32] = np.where(high >= -low, high, low)
    return farthest
