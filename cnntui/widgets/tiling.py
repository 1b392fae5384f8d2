"""Where many small grids of one size lie in a room: the largest cells with which all of them are in view."""

from __future__ import annotations

from dataclasses import dataclass


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


def _balanced(count: int, across: int) -> int:
    """As few tiles in a row as need no further row, so that rows are of one length where that is possible."""
    return -(-count // -(-count // across))
