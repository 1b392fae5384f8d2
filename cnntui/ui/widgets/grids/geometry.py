"""Where the cells of one grid lie on the screen: the shape of cell that fits the room, and the cells in view."""

from __future__ import annotations

from dataclasses import replace

from textual.geometry import Region, Size

from cnntui.cnn.window import Window
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.values import dataclass


@dataclass(frozen=True)
class Geometry:
    """The shape of a grid's cells, and which of the cells are in view.

    Attributes:
        cell_width: columns of a cell.
        cell_height: lines of a cell, or half-lines if `half`.
        half: whether a line shows two half-lines, as ▀, which may belong to two rows of cells.
        rows, cols: the number of rows and columns of cells in view.
        numbers: whether cells have their values written in them.
        top, left: the first row and the first column in view.
    """

    cell_width: int
    cell_height: int
    half: bool
    rows: int
    cols: int
    numbers: bool = False
    top: int = 0
    left: int = 0

    @classmethod
    def blocks(cls, rows: int, cols: int, size: int) -> Geometry:
        """Cells of two columns a line, `size` lines high."""
        return cls(2 * size, size, False, rows, cols)

    @classmethod
    def halves(cls, rows: int, cols: int) -> Geometry:
        """The smallest cells: one column wide and half a line high."""
        return cls(1, 1, True, rows, cols)

    @classmethod
    def squares(cls, rows: int, cols: int, side: int) -> Geometry:
        """Cells `side` columns wide and as many half-lines high, which look square."""
        return cls(side, side, True, rows, cols) if side % 2 else cls.blocks(rows, cols, side // 2)

    @property
    def width(self) -> int:
        """How many columns the cells in view take up."""
        return self.cols * self.cell_width

    @property
    def height(self) -> int:
        """How many lines the cells in view take up."""
        return -(-self.rows * self.cell_height // 2) if self.half else self.rows * self.cell_height

    def rows_at(self, line: int) -> tuple[int, int]:
        """The rows, counted over all cells, that the upper and the lower half of a line in view show."""
        if self.half:
            return self.top + 2 * line // self.cell_height, self.top + (2 * line + 1) // self.cell_height
        row = self.top + line // self.cell_height
        return row, row

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The row and column of the cell at column `x` of line `y`; None outside the cells."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        return self.rows_at(y)[0], self.left + x // self.cell_width

    def region(self, window: Window) -> Region:
        """The region that some cells take up within the grid; empty if they are out of view."""
        first, last = max(window.top - self.top, 0), min(window.bottom - self.top, self.rows) - 1
        left, right = max(window.left - self.left, 0), min(window.right - self.left, self.cols)
        if first > last or left >= right:
            return Region()
        top, bottom = (
            (first * self.cell_height // 2, -(-(last + 1) * self.cell_height // 2))
            if self.half
            else (first * self.cell_height, (last + 1) * self.cell_height)
        )
        return Region(left * self.cell_width, top, (right - left) * self.cell_width, bottom - top)

    def scrolled_to(self, window: Window | None, rows: int, cols: int) -> Geometry:
        """Scrolled no further than needed to bring some cells of a grid of `rows` by `cols` into view."""
        top, left = self.top, self.left
        if window is not None:
            top = scroll(top, max(window.top, 0), min(window.bottom, rows) - 1, self.rows, rows)
            left = scroll(left, max(window.left, 0), min(window.right, cols) - 1, self.cols, cols)
        top, left = min(top, rows - self.rows), min(left, cols - self.cols)
        if self.half and top % 2:
            # Lines begin with an even row. The last of an odd number of rows has a line to itself.
            top += 1 if top + self.rows == rows else -1
        return self if (top, left) == (self.top, self.left) else replace(self, top=top, left=left)


NUMBER_WIDTH = 7
"""Columns of a cell with a number: a sign, three decimals and a space."""

NUMBER_CELLS = (Size(14, 4), Size(11, 3), Size(NUMBER_WIDTH, 2), Size(NUMBER_WIDTH, 1))
"""The columns and lines of a cell with a number, the largest first."""


def fit(rows: int, cols: int, width: int, height: int, style: GridStyle) -> Geometry:
    """The geometry for a grid of `rows` by `cols` cells in a room of `width` columns by `height` lines.

    Cells are as large as the room allows and look square (two columns to a line). If not even the smallest cells of the
    requested style fit, only a part of the grid is in view.
    """
    width, height = max(width, 1), max(height, 1)
    if style is GridStyle.NUMBERS:
        for wide, high in NUMBER_CELLS:
            if wide * cols <= width and high * rows <= height:
                return Geometry(wide, high, False, rows, cols, numbers=True)
        visible = max(1, min(cols, width // NUMBER_WIDTH))
        return Geometry(NUMBER_WIDTH, 1, False, min(rows, height), visible, numbers=True)
    side = min(width // cols, 2 * height // rows)
    if style is not GridStyle.HALVES:
        if side >= 2:
            # Only with colours can a cell end in the middle of a line.
            return Geometry.squares(rows, cols, side if style is GridStyle.AUTO else side - side % 2)
        if style is GridStyle.BLOCKS:
            return Geometry.blocks(min(rows, height), max(1, min(cols, width // 2)), 1)
    return Geometry.halves(min(rows, 2 * height), min(cols, width))


def scroll(origin: int, first: int, last: int, visible: int, total: int) -> int:
    """The first row (or column) in view after scrolling no further than needed to show `first` to `last`.

    Args:
        origin: the first row in view so far.
        first, last: the range that must be in view.
        visible: the number of rows in view.
        total: the number of all rows.
    """
    if first < origin:
        # Scroll by half a view, so that moving on does not scroll at every step.
        origin = first - visible // 2
    elif last >= origin + visible:
        origin = last - visible // 2
    return max(0, min(origin, total - visible))
