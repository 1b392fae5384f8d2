"""The base of all grids: tiles of coloured cells, drawn line by line. Only changes are redrawn."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from cnntui.palette import Colormap, Mark
from cnntui.ui.widgets.grids import cells
from cnntui.ui.widgets.grids.cells import Cell, Levels
from cnntui.ui.widgets.grids.geometry import Geometry
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.grids.tiling import TileCell, Tiling
from cnntui.ui.widgets.kept import Kept, joined


class Grid(Kept):
    """Tiles of cells. Subclasses define the layout of the tiles and the contents of the cells."""

    class Pointed(Message):
        """The mouse was pressed on a cell, or dragged to one.

        Attributes:
            tile, row, col: the place of the cell.
        """

        def __init__(self, grid: Grid, place: TileCell) -> None:
            super().__init__()
            self.grid = grid
            self.tile, self.row, self.col = place

        @property
        def control(self) -> Grid:
            return self.grid

    def __init__(
        self, *, ink: Colormap = Colormap.SIGNED, digits: int = 3, id: str | None = None, classes: str | None = None
    ) -> None:
        """An empty grid.

        Args:
            ink: the kind of values in the cells.
            digits: the number of decimals if cells show numbers.
        """
        super().__init__(id=id, classes=classes)
        self._ink = ink
        self._digits = digits
        self._levels: Levels = np.zeros((0, 1, 1), np.int8)
        """`(tiles, rows, columns)`."""
        self._preferred = GridStyle.AUTO
        self._is_colourless = False
        self._tiling = Tiling(Geometry.halves(1, 1))
        self._fitted: tuple[object, ...] = ()

    # How it is drawn

    def on_mount(self) -> None:
        app = self.app
        self._is_colourless = app.no_color or app.console.color_system in (None, "standard")

    def notify_style_update(self) -> None:
        # A page in another theme may need other colours.
        self._fitted = ()
        super().notify_style_update()

    def prefer(self, style: GridStyle) -> None:
        """Draw in another style from now on, as far as the room allows."""
        if style is not self._preferred:
            self._preferred = style
            self.refresh()

    @property
    def style(self) -> GridStyle:
        """The preferred style."""
        return self._preferred

    @property
    def ink(self) -> Colormap:
        """The kind of values in the grid, for a page in the theme's lightness."""
        return Colormap.SIGNED_ON_LIGHT if self._ink is Colormap.SIGNED and self.is_on_light else self._ink

    @property
    def _as_glyphs(self) -> bool:
        return self._is_colourless or self.style is GridStyle.GLYPHS

    # Layout

    @property
    def tiling(self) -> Tiling:
        """The layout of the tiles in the present room."""
        # Computed at every use rather than on resize, whose event comes after the first painting. The outer size equals
        # the size, since there is no border, and is known without asking the screen.
        fitted = (self.outer_size, *self._form())
        if fitted != self._fitted:
            self._fitted = fitted
            self._tiling = self._fit(self.outer_size)
        return self._tiling

    def _form(self) -> tuple[object, ...]:
        """Everything that the tiling depends on apart from the room."""
        return ()

    @abstractmethod
    def _fit(self, room: Size) -> Tiling:
        """The tiling for a room."""

    # The contents of the cells

    def _levels_of(self, tile: int) -> Levels:
        """`(rows, columns)`: the levels of a tile's values."""
        levels: Levels = self._levels[tile]
        return levels

    def _values_of(self, tile: int) -> NDArray[np.float32]:
        """`(rows, columns)`: a tile's values, for writing them into the cells."""
        raise NotImplementedError

    def _mark_of(self, tile: int) -> Mark:
        """The marks of a tile's cells."""
        return Mark.PLAIN

    def _cells(self, tile: int, row: int) -> list[Cell]:
        """The level and mark of each cell in view in a row; empty below the last row."""
        levels, mark = self._levels_of(tile), self._mark_of(tile)
        return [(level, mark) for level in levels[row].tolist()] if row < len(levels) else []

    def _caption(self, tile: int) -> Segment:
        raise NotImplementedError

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One line of a row of tiles."""
        tiling, width, page = self.tiling, self.outer_size.width, self.page
        tiles, line = tiling.at_line(y)
        gap = [Segment(" " * tiling.gap, page)] if tiling.gap else []
        segments = self._beside(y) if tiling.left else []
        for tile in tiles:
            segments += self._line(tile, line) if line < tiling.tile.height else [self._caption(tile)]
            segments += gap
        drawn = joined(segments)
        # Cells are drawn in characters of one column; those of a caption may be wider.
        length = sum(len(text) for text, _, _ in drawn) if line < tiling.tile.height else None
        return Strip(drawn, length).adjust_cell_length(width, page)

    def _beside(self, y: int) -> list[Segment]:
        """The part of a line left of the tiles, as wide as the room there."""
        return [Segment(" " * self._tiling.left, self.page)]

    def _line(self, tile: int, line: int) -> list[Segment]:
        shape, ink, as_glyphs = self._tiling.tile, self.ink, self._as_glyphs
        (row, below), width = shape.rows_at(line), shape.cell_width
        if row != below:
            upper, lower = self._cells(tile, row), self._cells(tile, below)
            return cells.half_line(upper, lower, ink, as_glyphs, self.page_colour, width)
        if not shape.numbers:
            draw = cells.glyphs if as_glyphs else cells.block
            return [draw(cell, ink, width) for cell in self._cells(tile, row)]
        is_written = line % shape.cell_height == (shape.cell_height - 1) // 2
        in_view = slice(shape.left, shape.left + shape.cols)
        values = self._values_of(tile)[row, in_view].tolist() if is_written else [None] * shape.cols
        return [
            cells.written(cell, value, ink, width, self._digits, as_glyphs)
            for cell, value in zip(self._cells(tile, row), values, strict=True)
        ]

    def _redraw(self, regions: Iterable[Region]) -> None:
        """Redraw the lines of some regions, each from the left edge to the end of the last region on it."""
        ends: dict[int, int] = {}
        for region in regions:
            for y in region.line_range:
                ends[y] = max(ends.get(y, 0), region.right)
        if ends:
            self.refresh(*[Region(0, y, end, 1) for y, end in ends.items()])

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._point(event)

    def _point(self, event: events.MouseEvent) -> None:
        offset = event.screen_offset - self.region.offset
        place = self._place_at(offset.x, offset.y)
        if place is not None:
            event.stop()
            self.post_message(self.Pointed(self, place))

    def _place_at(self, x: int, y: int) -> TileCell | None:
        """The tile and cell at column `x` of line `y`."""
        return self.tiling.at(x, y)
