"""Where the cells of a grid lie on the screen: which shape of cell fits into the room there is."""

from __future__ import annotations

from dataclasses import dataclass

from cnntui.ui.widgets.cycle import Cycle


class GridStyle(Cycle):
    """How a person wants grids drawn."""

    AUTO = "auto"
    BLOCKS = "blocks"
    HALVES = "half-blocks"
    GLYPHS = "glyphs"
    NUMBERS = "numbers"


@dataclass(frozen=True)
class Geometry:
    """The shape of a grid's cells and how many of them are in view.

    Attributes:
        cell_width: columns of a cell.
        cell_height: lines of a cell; where `half`, a line holds two rows of cells instead.
        half: two rows of cells in one line, as ▀.
        rows, cols: how many rows and columns of cells are in view.
        numbers: cells have their values written in them.
    """

    cell_width: int
    cell_height: int
    half: bool
    rows: int
    cols: int
    numbers: bool = False

    @property
    def width(self) -> int:
        """Columns that the cells in view take."""
        return self.cols * self.cell_width

    @property
    def height(self) -> int:
        """Lines that the cells in view take."""
        return -(-self.rows // 2) if self.half else self.rows * self.cell_height

    def lines(self, first: int, last: int) -> tuple[int, int]:
        """The first line of row `first` and the line after row `last`, rows counted from the first in view."""
        if self.half:
            return first // 2, last // 2 + 1
        return first * self.cell_height, (last + 1) * self.cell_height

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The row and column, counted from the first in view, under column `x` of line `y`; None beside the cells."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        return (2 * y if self.half else y // self.cell_height), x // self.cell_width


NUMBER_WIDTH = 7
"""Columns of a cell that shows a number: a sign, three decimals and a space."""


def fit(rows: int, cols: int, width: int, height: int, style: GridStyle) -> Geometry:
    """The geometry for a grid of `rows` by `cols` cells in a room of `width` columns by `height` lines.

    Cells are as large as the room allows and look square (two columns to a line). Where not even the smallest cells of
    the wanted style fit, only a part of the grid is in view.
    """
    width, height = max(width, 1), max(height, 1)
    if style is GridStyle.NUMBERS:
        roomy = 2 * rows <= height and NUMBER_WIDTH * cols <= width
        visible = max(1, min(cols, width // NUMBER_WIDTH))
        return Geometry(NUMBER_WIDTH, 2 if roomy else 1, False, min(rows, height), visible, numbers=True)
    largest = min(width // (2 * cols), height // rows)
    if style is not GridStyle.HALVES:
        if largest >= 1:
            return Geometry(2 * largest, largest, False, rows, cols)
        if style is GridStyle.BLOCKS:
            return Geometry(2, 1, False, min(rows, height), max(1, min(cols, width // 2)))
    return Geometry(1, 1, True, min(rows, 2 * height), min(cols, width))


def scroll(origin: int, first: int, last: int, visible: int, total: int) -> int:
    """The first row (or column) in view such that `first` to `last` are in view, moved no more than needed.

    Args:
        origin: the first in view until now.
        first, last: what has to be in view.
        visible: how many are in view.
        total: how many there are.
    """
    if first < origin:
        # Half a view of room ahead, so that walking on does not scroll at every step.
        origin = first - visible // 2
    elif last >= origin + visible:
        origin = last - visible // 2
    return max(0, min(origin, total - visible))
