"""A map of numbers as a grid of coloured cells, over which a window moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from cnntui.cnn.window import Window
from cnntui.palette import MARKS, Colormap, Mark, Scale
from cnntui.ui.widgets.grids import cells
from cnntui.ui.widgets.grids.cells import Cell
from cnntui.ui.widgets.grids.geometry import Geometry, GridStyle, fit, scroll
from cnntui.ui.widgets.grids.window_edges import toned
from cnntui.ui.widgets.kept import Kept, joined


class MapGrid(Kept):
    """One channel of a map, drawn cell by cell; knows an array and nothing of where it comes from.

    Moving the marks repaints only the lines they leave and enter. The grid picks the largest cells that fit into the
    room it is given; where none fit it shows a part and keeps the marked cells in view.
    """

    DEFAULT_CSS = """
    MapGrid { width: auto; height: auto; }
    """

    class Pointed(Message):
        """The mouse was pressed on a cell, or dragged to it."""

        def __init__(self, grid: MapGrid, row: int, col: int) -> None:
            super().__init__()
            self.grid = grid
            self.row = row
            self.col = col

        @property
        def control(self) -> MapGrid:
            return self.grid

    def __init__(
        self,
        *,
        ink: Colormap = Colormap.SIGNED,
        digits: int = 3,
        style: GridStyle | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """An empty grid; `show` fills it.

        Args:
            ink: what kind of values it holds.
            digits: decimals where cells show numbers.
            style: draws the grid always in this style; by default it follows `prefer`.
        """
        super().__init__(id=id, classes=classes)
        self._ink = ink
        self._digits = digits
        self._fixed = style
        self._preferred = GridStyle.AUTO
        self._values: NDArray[np.float32] = np.zeros((1, 1), np.float32)
        self._levels: NDArray[np.int8] = np.zeros((1, 1), np.int8)
        self._marks: NDArray[np.uint8] = np.zeros((1, 1), np.uint8)
        self._unread: NDArray[np.bool_] | None = None
        self._filled: int | None = None
        self._marked: Window | None = None
        self._winner: tuple[int, int] | None = None
        self._look = Mark.WINDOW
        self._only: tuple[Sequence[int], Sequence[int]] | None = None
        self._origin = (0, 0)
        self._geometry = Geometry(1, 1, True, 1, 1)
        self._fitted: tuple[object, ...] = ()
        self._glyphs = False

    # What is shown

    def show(
        self,
        values: NDArray[np.float32],
        scale: Scale | None = None,
        *,
        unread: NDArray[np.bool_] | None = None,
        ink: Colormap | None = None,
    ) -> None:
        """Show other values; marks stay where they are if the shape does.

        Args:
            values: (rows, columns) float32.
            scale: what value gets the strongest colour; by default the largest one here.
            unread: (rows, columns), True for cells that no window reads.
            ink: what kind of values they are, if that changes.
        """
        levels = (scale or Scale.of(values)).levels(values)
        same_kind = (ink is None or ink is self._ink) and unread is self._unread
        if same_kind and values.shape == self._values.shape:
            changed = levels != self._levels
            if self.geometry.numbers:
                changed |= values != self._values
            self._values, self._levels = values, levels
            if self._marked is not None and changed.any():
                # The window's edge depends on what lies beside it.
                part = self._marked.clipped(*values.shape)
                changed[part.top : part.bottom, part.left : part.right] = True
            rows = np.flatnonzero(changed.any(axis=1)).tolist()
            if rows:
                # A line is drawn anew from its left edge to where it stops differing.
                ends = values.shape[1] - changed[rows, ::-1].argmax(axis=1)
                self.refresh(
                    *[self._region(Window(row, 0, 1, end)) for row, end in zip(rows, ends.tolist(), strict=True)]
                )
            return
        if values.shape != self._values.shape:
            self._marked = self._winner = self._only = None
            self._origin = (0, 0)
        self._ink = ink or self._ink
        self._values, self._levels, self._unread = values, levels, unread
        self._remark()
        self.refresh()

    def prefer(self, style: GridStyle) -> None:
        """Draw in another style from now on, as far as the room allows."""
        if style is not self._preferred:
            self._preferred = style
            self.refresh()

    def mark(
        self,
        window: Window | None,
        *,
        winner: tuple[int, int] | None = None,
        filled: int | None = None,
        look: Mark = Mark.WINDOW,
        only: tuple[Sequence[int], Sequence[int]] | None = None,
    ) -> None:
        """Move the window.

        Args:
            window: the cells it lies on; parts outside the map are ignored.
            winner: the row and column of the cell that max pooling keeps; the others are then losers.
            filled: how many cells, in reading order, have been computed; None for all of them.
            look: what the cells of a window without a winner are.
            only: the rows and columns that it takes up, where it leaves out some between them.
        """
        before, filled_before = self._marked, self._filled
        kind = (winner, look, only)
        if (window, kind, filled) == (before, (self._winner, self._look, self._only), filled_before):
            return
        alike = kind == (None, self._look, None) and self._winner is None and self._only is None
        self._marked, self._filled = window, filled
        self._winner, self._look, self._only = kind
        self._remark()
        if self._scroll(self.geometry):
            self.refresh()
            return
        moved = [part for part in (before, window) if part is not None]
        if alike and len(moved) == 2:
            here, there = (part.clipped(*self._values.shape) for part in moved)
            sides = ((each.top, each.left, each.bottom, each.right) for each in (here, there))
            if all(abs(one - other) <= 1 for one, other in zip(*sides, strict=True)):
                # Whatever is in the middle of one of them only is at the edge of the other.
                moved = [*here.edges(), *there.edges()]
        dirty = [self._region(part) for part in moved]
        if filled != filled_before:
            dirty += self._filled_regions(filled_before, filled)
        dirty = [region for region in dirty if region]
        if dirty:
            self.refresh(*dirty)

    def _remark(self) -> None:
        rows, cols = self._values.shape
        marks = np.zeros(rows * cols, np.uint8)
        if self._filled is not None:
            marks[self._filled :] = Mark.PENDING
        self._marks = marks.reshape(rows, cols)
        if self._unread is not None:
            self._marks[self._unread] = Mark.UNREAD
        if (window := self._marked) is not None:
            if self._only is not None:
                on_the_map = [
                    [place for place in places if 0 <= place < length]
                    for places, length in zip(self._only, (rows, cols), strict=True)
                ]
                self._marks[np.ix_(*on_the_map)] = self._look
                return
            top, left = max(window.top, 0), max(window.left, 0)
            covered = self._marks[top : window.top + window.height, left : window.left + window.width]
            covered[...] = Mark.LOSER if self._winner is not None else self._look
            if self._winner is not None:
                self._marks[self._winner] = Mark.WINNER

    # Where it is

    @property
    def geometry(self) -> Geometry:
        """The shape of the cells, as it fits into the room there is."""
        # Asked for at every use rather than kept up to date on resize, whose event comes after the first painting.
        # The outer size is the size, as there is no border, and is known without asking the screen.
        fitted = (self.outer_size, self._style(), self._values.shape)
        if fitted != self._fitted:
            self._fitted = fitted
            self._geometry = self._fit(self.outer_size)
            self._scroll(self._geometry)
        return self._geometry

    def _fit(self, room: Size) -> Geometry:
        rows, cols = self._values.shape
        geometry = fit(rows, cols, room.width, room.height, self._style())
        if self._fixed is GridStyle.NUMBERS and (geometry.rows, geometry.cols) != (rows, cols):
            # A grid that is there for its numbers shows its form where they do not fit; a part of it would mislead.
            return fit(rows, cols, room.width, room.height, GridStyle.AUTO)
        return geometry

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return self._fit(container).width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._fit(Size(width, container.height)).height

    def on_mount(self) -> None:
        few_colours = self.app.console.color_system in (None, "standard")
        self._glyphs = self.app.no_color or self.app.native_ansi_color or few_colours

    def _style(self) -> GridStyle:
        return self._fixed or self._preferred

    def _scroll(self, geometry: Geometry) -> bool:
        """Bring the marked cells into view; whether that moved the view."""
        rows, cols = self._values.shape
        window = self._marked
        row, col = self._origin
        if window is not None:
            row = scroll(row, max(window.top, 0), min(window.top + window.height, rows) - 1, geometry.rows, rows)
            col = scroll(col, max(window.left, 0), min(window.left + window.width, cols) - 1, geometry.cols, cols)
        row, col = min(row, rows - geometry.rows), min(col, cols - geometry.cols)
        if geometry.half:
            row -= row % 2
        moved = (row, col) != self._origin
        self._origin = (row, col)
        return moved

    def _region(self, window: Window) -> Region:
        """The part of the widget that some cells take; empty where they are out of view."""
        geometry, (row0, col0) = self.geometry, self._origin
        first, last = max(window.top - row0, 0), min(window.top + window.height - row0, geometry.rows) - 1
        left, right = max(window.left - col0, 0), min(window.left + window.width - col0, geometry.cols)
        if first > last or left >= right:
            return Region()
        top, bottom = geometry.lines(first, last)
        return Region(left * geometry.cell_width, top, (right - left) * geometry.cell_width, bottom - top)

    def place_of(self, row: int, col: int) -> Region:
        """The part of the widget that a cell takes; empty where it is out of view."""
        return self._region(Window(row, col, 1, 1))

    def _filled_regions(self, before: int | None, after: int | None) -> list[Region]:
        """What changes when another number of cells is filled."""
        rows, cols = self._values.shape
        everything = rows * cols
        low, high = sorted(everything if count is None else min(count, everything) for count in (before, after))
        if low == high:
            return []
        first, last = low // cols, (high - 1) // cols
        if first == last:
            return [self._region(Window(first, low % cols, 1, high - low))]
        return [self._region(Window(first, 0, last - first + 1, cols))]

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._point(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if event.button:
            self._point(event)

    def _point(self, event: events.MouseEvent) -> None:
        offset = event.screen_offset - self.region.offset
        cell = self.geometry.cell_at(offset.x, offset.y)
        if cell is None:
            return
        row, col = cell[0] + self._origin[0], cell[1] + self._origin[1]
        if row < self._values.shape[0]:
            event.stop()
            self.post_message(self.Pointed(self, row, col))

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One line of the grid."""
        geometry, width = self.geometry, self.outer_size.width
        if y >= geometry.height:
            return Strip.blank(width, self.page)
        if geometry.half:
            segments = self._half_line(2 * y)
        elif geometry.numbers:
            segments = self._number_line(*divmod(y, geometry.cell_height))
        else:
            segments = self._block_line(y // geometry.cell_height)
        return Strip(joined(segments), geometry.width).adjust_cell_length(width, self.page)

    def _row(self, row: int) -> list[Cell] | None:
        """Level and mark of each cell in view in a row counted from the first in view; None below the map."""
        row += self._origin[0]
        if row >= self._values.shape[0]:
            return None
        first, last = self._origin[1], self._origin[1] + self._geometry.cols
        if not self._as_glyphs:
            return toned(self._levels, self._marks, row, range(first, last), self._ink)
        columns = slice(first, last)
        marks = [MARKS[mark] for mark in self._marks[row, columns].tolist()]
        return list(zip(self._levels[row, columns].tolist(), marks, strict=True))

    @property
    def _as_glyphs(self) -> bool:
        return self._glyphs or self._style() is GridStyle.GLYPHS

    def _half_line(self, row: int) -> list[Segment]:
        upper, lower = self._row(row) or [], self._row(row + 1)
        pairs = [(top, lower[place] if lower is not None else None) for place, top in enumerate(upper)]
        if self._as_glyphs:
            return [cells.half_glyph(top, bottom, self._ink) for top, bottom in pairs]
        page = self.page_colour
        return [cells.half_block(top, bottom, self._ink, page) for top, bottom in pairs]

    def _block_line(self, row: int) -> list[Segment]:
        draw = cells.glyphs if self._as_glyphs else cells.block
        return [draw(cell, self._ink, self._geometry.cell_width) for cell in self._row(row) or []]

    def _number_line(self, row: int, line: int) -> list[Segment]:
        row_of_cells = self._row(row) or []
        first = self._origin[1]
        values = self._values[row + self._origin[0], first : first + len(row_of_cells)].tolist()
        width = self._geometry.cell_width
        return [
            cells.written(cell, value if line == 0 else None, self._ink, width, self._digits, self._glyphs)
            for cell, value in zip(row_of_cells, values, strict=True)
        ]
