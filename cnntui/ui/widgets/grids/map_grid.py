"""A map of numbers as a grid of coloured cells, over which a window moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size

from cnntui import palette
from cnntui.cnn.window import Window
from cnntui.images.data import grey_of, is_in_colour
from cnntui.palette import MARKS, Colormap, Mark, Scale
from cnntui.ui.widgets.grids.cells import FAINT, Cell, Levels, style_of
from cnntui.ui.widgets.grids.geometry import Geometry, fit
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.overview import (
    GAP,
    LEAST_COLUMNS,
    SHARE,
    Large,
    Overview,
    reduced,
    reduced_marks,
    reduced_window,
    reduction,
)
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.grids.tiling import TileCell, Tiling
from cnntui.ui.widgets.grids.window_edges import toned

OVERHANG = 1.25
"""How many times higher or wider than its room a map may be before it is shown reduced."""


SMALL = 5
"""The most rows or columns of a window that is redrawn whole when it moves: its edges alone would cost as much."""


class MapGrid(Grid):
    """One channel of a map, or an image, drawn cell by cell; the grid knows its array but not where it comes from.

    Moving the marks repaints only the lines that they leave and enter. The grid picks the largest cells that fit into
    its room. If none fit, it shows a part that includes the marked cells, and beside it the whole map, reduced, with a
    frame around that part.
    """

    DEFAULT_CSS = """
    MapGrid { width: auto; height: auto; }
    """

    def __init__(
        self,
        *,
        ink: Colormap = Colormap.SIGNED,
        digits: int = 3,
        style: GridStyle | None = None,
        large: Large = Large.BOTH,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """An empty grid; `show` fills it.

        Args:
            ink: the kind of values in the grid.
            digits: the number of decimals if cells show numbers.
            style: the style that the grid always has; by default it follows `prefer`.
            large: how to show a map that does not fit.
        """
        super().__init__(ink=ink, digits=digits, id=id, classes=classes)
        self._of_numbers = ink
        self._fixed = style
        self._large = large
        self._overview: Overview | None = None
        self._source: Levels = np.zeros((1, 1), np.int8)
        self._values: NDArray[np.float32] = np.zeros((1, 1), np.float32)
        self._levels = np.zeros((1, 1), np.int8)
        self._marks: NDArray[np.uint8] = np.zeros((1, 1), np.uint8)
        self._ground: NDArray[np.uint8] | None = None
        self._filled: int | None = None
        self._marked: Window | None = None
        self._winner: tuple[int, int] | None = None
        self._look = Mark.WINDOW
        self._only: tuple[Sequence[int], Sequence[int]] | None = None

    # What is shown

    def show(
        self,
        values: NDArray[np.float32],
        scale: Scale | None = None,
        *,
        ground: NDArray[np.uint8] | None = None,
        ink: Colormap | None = None,
    ) -> None:
        """Show other values; marks stay where they are if the shape does.

        Args:
            values: (rows, columns) float32.
            scale: the scale that gives each value its colour; by default the largest value here has the strongest.
            ground: (rows, columns) of `Mark`: the marks of the cells outside the window; by default plain.
            ink: the kind of values, if that changes.
        """
        self._of_numbers = ink or self._of_numbers
        self._put(values, (scale or Scale.of(values)).levels(values), ground, self._of_numbers)

    def show_image(self, pixels: NDArray[np.uint8], *, ground: NDArray[np.uint8] | None = None) -> None:
        """Show an image: with three channels in its own colours, otherwise by brightness.

        Args:
            pixels: `(rows, columns, channels)`, levels from 0 to 255.
            ground: as for `show`.
        """
        grey = grey_of(pixels)
        if is_in_colour(pixels):
            self._put(grey, palette.picture_levels(pixels), ground, Colormap.PICTURE)
        else:
            self._put(grey, Scale().levels(grey), ground, Colormap.PIXELS)

    def _put(
        self, values: NDArray[np.float32], levels: Levels, ground: NDArray[np.uint8] | None, ink: Colormap
    ) -> None:
        same_kind = ink is self._ink and _are_alike(ground, self._ground)
        if same_kind and values.shape == self._values.shape:
            tiling = self.tiling
            drawn = reduced(levels, ink, tiling.reduced)
            changed = drawn != self._levels
            if tiling.tile.numbers:
                changed |= values != self._values
            self._values, self._source, self._levels = values, levels, drawn
            if self._marked is not None and changed.any():
                # The window's edge depends on what lies beside it.
                part = reduced_window(self._marked, tiling.reduced).clipped(*drawn.shape)
                changed[part.top : part.bottom, part.left : part.right] = True
            self._redraw(tiling.ends(changed[np.newaxis]))
            if self._overview is not None:
                self._draw(tiling)
                self._redraw([self._overview_region])
            return
        if values.shape != self._values.shape:
            self._marked = self._winner = self._only = None
        self._ink = ink
        self._values, self._source, self._ground = values, levels, ground
        self._draw(self.tiling)
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
            window: the cells under the window; parts outside the map are ignored.
            winner: the row and column of the cell that max pooling keeps; the other cells of the window are then
                losers.
            filled: how many cells, in reading order, have been computed; None for all of them.
            look: the mark of the cells in a window without a winner.
            only: the rows and columns that the window takes up, if it skips some between them.
        """
        before, filled_before = self._marked, self._filled
        kind = (winner, look, only)
        if (window, kind, filled) == (before, (self._winner, self._look, self._only), filled_before):
            return
        alike = kind == (None, self._look, None) and self._winner is None and self._only is None
        before_scrolling, (rows, cols) = self.tiling, self._values.shape
        self._marked, self._filled = window, filled
        self._winner, self._look, self._only = kind
        tiling = self._tiling = self._scrolled(before_scrolling)
        if tiling is not before_scrolling:
            self._draw(tiling)
            self.refresh()
            return
        self._remark(tiling.reduced)
        moved = [part for part in (before, window) if part is not None]
        if alike and len(moved) == 2 and min(moved[0].height, moved[0].width) > SMALL:
            here, there = (part.clipped(rows, cols) for part in moved)
            sides = ((each.top, each.left, each.bottom, each.right) for each in (here, there))
            if all(abs(one - other) <= 1 for one, other in zip(*sides, strict=True)):
                # A cell in the middle of only one of the two windows lies at the edge of the other.
                moved = [*here.edges(), *there.edges()]
        if filled != filled_before:
            moved += self._cells_between(filled_before, filled)
        regions = [tiling.region(0, reduced_window(part, tiling.reduced)) for part in moved]
        if filled != filled_before and self._overview is not None:
            before_filling, self._overview = self._overview, self._overview.marked(self._unmarked(self._overview.by))
            regions += before_filling.differing(self._overview)
        dirty = [region for region in regions if region]
        if dirty:
            self.refresh(*dirty)

    def _draw(self, tiling: Tiling) -> None:
        """Update the drawn levels and marks for the cells that there is room for."""
        self._levels = reduced(self._source, self._ink, tiling.reduced)
        self._remark(tiling.reduced)
        by = self._reduction_beside(self.outer_size)
        self._overview = Overview.of(self._source, self._unmarked(by), self.ink, by, tiling.tile) if by else None

    def _unmarked(self, by: int) -> NDArray[np.uint8]:
        """The marks of the cells outside the window, with `by` rows and columns merged."""
        marks = np.zeros(self._values.shape, np.uint8) if self._ground is None else self._ground.copy()
        if self._filled is not None:
            pending = marks.reshape(-1)[self._filled :]
            # Choosing among 30,000 cells of a large map takes longer than the rest of a step.
            if self._ground is None:
                pending[...] = Mark.PENDING
            else:
                pending[pending != Mark.UNREAD] = Mark.PENDING
        # In reading order everything after a pending cell is pending.
        return marks[::by, ::by] if self._ground is None else reduced_marks(marks, by)

    def _remark(self, by: int) -> None:
        marks = self._marks = self._unmarked(by)
        if self._marked is None:
            return
        window, (rows, cols) = reduced_window(self._marked, by), marks.shape
        if self._only is not None:
            on_the_map = [
                sorted({place // by for place in places if 0 <= place // by < length})
                for places, length in zip(self._only, (rows, cols), strict=True)
            ]
            marks[np.ix_(*on_the_map)] = self._look
            return
        part = window.clipped(rows, cols)
        covered = marks[part.top : part.bottom, part.left : part.right]
        covered[...] = Mark.LOSER if self._winner is not None else self._look
        if self._winner is not None:
            marks[self._winner[0] // by, self._winner[1] // by] = Mark.WINNER

    def _cells_between(self, before: int | None, after: int | None) -> list[Window]:
        """The cells that change when the number of filled cells changes, as a window around them."""
        rows, cols = self._values.shape
        everything = rows * cols
        low, high = sorted(everything if count is None else min(count, everything) for count in (before, after))
        if low == high:
            return []
        first, last = low // cols, (high - 1) // cols
        return [Window(first, low % cols, 1, high - low) if first == last else Window(first, 0, last - first + 1, cols)]

    # Layout

    @property
    def style(self) -> GridStyle:
        style = self._fixed or self._preferred
        # Three numbers would not fit into a cell.
        return GridStyle.AUTO if style is GridStyle.NUMBERS and self._ink is Colormap.PICTURE else style

    @property
    def geometry(self) -> Geometry:
        """The shape of the cells in the present room."""
        return self.tiling.tile

    def place_of(self, row: int, col: int) -> Region:
        """The region that a cell takes up in the widget; empty if it is out of view."""
        tiling = self.tiling
        return tiling.region(0, reduced_window(Window(row, col, 1, 1), tiling.reduced))

    def _form(self) -> tuple[object, ...]:
        return self.style, self._values.shape

    def _fit(self, room: Size) -> Tiling:
        tiling = self._scrolled(self._tiling_in(room))
        self._draw(tiling)
        return tiling

    def _tiling_in(self, room: Size) -> Tiling:
        rows, cols = self._values.shape
        if self._large is Large.WHOLE and room and not _has_room(rows, cols, room):
            by = reduction(rows, cols, room.width, room.height)
            return Tiling(fit(-(-rows // by), -(-cols // by), room.width, room.height, GridStyle.HALVES), reduced=by)
        by = self._reduction_beside(room)
        left = -(-cols // by) + GAP if by else 0
        style = GridStyle.GLYPHS if self.style is GridStyle.AUTO and self._as_glyphs else self.style
        geometry = fit(rows, cols, room.width - left, room.height, style)
        if self._fixed is GridStyle.NUMBERS and (geometry.rows, geometry.cols) != (rows, cols):
            # A grid meant to show numbers shows shape where they do not fit; a part of it would mislead.
            geometry = fit(rows, cols, room.width, room.height, GridStyle.AUTO)
        return Tiling(geometry, left=left)

    def _reduction_beside(self, room: Size) -> int:
        """How many rows and columns become one cell of the overview; 0 if there is no overview."""
        rows, cols = self._values.shape
        if self._large is not Large.BOTH or self._fixed is not None or not room or _has_room(rows, cols, room):
            return 0
        by = reduction(rows, cols, int(room.width * SHARE), room.height)
        columns = -(-cols // by)
        return by if min(columns, room.width - columns - GAP) >= LEAST_COLUMNS else 0

    def _scrolled(self, tiling: Tiling) -> Tiling:
        """The tiling with the marked cells in view."""
        if tiling.reduced > 1:
            return tiling
        tile = tiling.tile.scrolled_to(self._marked, *self._values.shape)
        return tiling if tile is tiling.tile else replace(tiling, tile=tile)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        tiling = self._tiling_in(container)
        return tiling.left + tiling.tile.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._tiling_in(Size(width, container.height)).tile.height

    @property
    def _overview_region(self) -> Region:
        assert self._overview is not None
        shape = self._overview.geometry
        return Region(0, 0, shape.width, shape.height)

    # The mouse

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if event.button:
            self._point(event)

    def _place_at(self, x: int, y: int) -> TileCell | None:
        """The cell at a place; if several are drawn as one, the middle one."""
        tiling, (rows, cols) = self.tiling, self._values.shape
        if self._overview is not None and (cell := self._overview.cell_at(x, y)) is not None:
            row, col = cell
        else:
            place = tiling.at(x, y)
            if place is None:
                return None
            row, col = (each * tiling.reduced + tiling.reduced // 2 for each in (place.row, place.col))
        return TileCell(0, min(row, rows - 1), min(col, cols - 1))

    # Drawing

    def _beside(self, y: int) -> list[Segment]:
        """A line of the overview and its caption, if there is one."""
        overview, left = self._overview, self._tiling.left
        if overview is None:
            return super()._beside(y)
        beside, width, shape = list[Segment](), 0, overview.geometry
        if y < shape.height:
            beside, width = overview.line(y, self._as_glyphs, self.page_colour), shape.width
        elif y - shape.height < len(overview.words) and len(text := overview.words[y - shape.height]) < left:
            beside, width = [Segment(text, self.page + style_of(FAINT, None))], len(text)
        return [*beside, Segment(" " * (left - width), self.page)]

    def _values_of(self, tile: int) -> NDArray[np.float32]:
        return self._values

    def _cells(self, tile: int, row: int) -> list[Cell]:
        if row >= len(self._levels):
            return []
        shape = self._tiling.tile
        in_view = range(shape.left, shape.left + shape.cols)
        if not self._as_glyphs:
            return toned(self._levels, self._marks, row, in_view, self.ink)
        columns = slice(in_view.start, in_view.stop)
        marks = [MARKS[mark] for mark in self._marks[row, columns].tolist()]
        return list(zip(self._levels[row, columns].tolist(), marks, strict=True))


def _has_room(rows: int, cols: int, room: Size) -> bool:
    """Whether a map fits in the smallest cells, or nearly: missing a few rows costs less than losing detail."""
    return rows <= OVERHANG * 2 * room.height and cols <= OVERHANG * room.width


def marked(cells: NDArray[np.bool_] | None, mark: Mark) -> NDArray[np.uint8] | None:
    """The ground of a map with some cells marked; None if `cells` is None."""
    return np.where(cells, np.uint8(mark), np.uint8(Mark.PLAIN)) if cells is not None else None


def _are_alike(one: NDArray[np.uint8] | None, other: NDArray[np.uint8] | None) -> bool:
    return one is other or (one is not None and other is not None and np.array_equal(one, other))
