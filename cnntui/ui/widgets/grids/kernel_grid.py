"""All kernels of a convolution side by side, each a small grid of coloured cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from cnntui.palette import Colormap, Mark, Scale
from cnntui.ui.widgets.grids import cells
from cnntui.ui.widgets.grids.cells import Cell
from cnntui.ui.widgets.grids.geometry import GridStyle
from cnntui.ui.widgets.grids.tiling import Tiling, averaged, in_view, reduction, tile
from cnntui.ui.widgets.kept import Kept


class KernelGrid(Kept):
    """The kernels of all filters on one scale of colours. Showing others repaints only the lines that changed.

    Where large ones have too little room, several cells are drawn as one, their mean; and where that is not enough, the
    first kernels only.
    """

    class Pointed(Message):
        """The mouse was pressed on a kernel."""

        def __init__(self, grid: KernelGrid, filter: int) -> None:
            super().__init__()
            self.grid = grid
            self.filter = filter

        @property
        def control(self) -> KernelGrid:
            return self.grid

    def __init__(self, *, ink: Colormap = Colormap.SIGNED, id: str | None = None, classes: str | None = None) -> None:
        """No kernels yet; `show` draws them.

        Args:
            ink: what kind of values they hold.
        """
        super().__init__(id=id, classes=classes)
        self._ink = ink
        self._kernels: NDArray[np.float32] = np.zeros((1, 1, 0), np.float32)
        self._drawn = self._kernels
        self._levels: NDArray[np.int8] = np.zeros((0, 1, 1), np.int8)
        self._tiling = Tiling(1, 1, 1, 1, 1, 0)
        self._reduced, self._shown = 1, 0
        self._tiled = (Size(0, 0), (1, 1, 0))
        self._preferred = GridStyle.AUTO
        self._colourless = False

    @property
    def tiling(self) -> Tiling:
        """How the kernels lie in the room there is."""
        tiled = (self.size, self._kernels.shape)
        # The first paint of a layout comes before the event that tells of the new size.
        if tiled != self._tiled:
            self._tiled = tiled
            rows, cols, count = self._kernels.shape
            room = self.size
            self._reduced = by = reduction(max(count, 1), rows, cols, room.width, room.height)
            small = -(-rows // by), -(-cols // by)
            # None is shown in part: of more than fit, the first ones.
            self._shown = in_view(tile(max(count, 1), *small, room.width, room.height), count, room.height)
            self._tiling = tile(max(self._shown, 1), *small, room.width, room.height)
            self._draw()
        return self._tiling

    @property
    def reduced(self) -> int:
        """How many rows and columns of a kernel are drawn as one cell."""
        return self._reduced if self.tiling else 1

    @property
    def drawn(self) -> NDArray[np.float32]:
        """`(rows, columns, kernels)`: the values of the cells that can be seen."""
        return self._drawn if self.tiling else self._kernels

    def _draw(self) -> None:
        self._drawn = drawn = averaged(self._kernels[..., : self._shown], self._reduced)
        self._levels = Scale.of(np.nan_to_num(drawn, posinf=0.0, neginf=0.0)).levels(drawn).transpose(2, 0, 1)

    def show(self, kernels: NDArray[np.float32]) -> None:
        """Show other kernels.

        Args:
            kernels: (rows, columns, filters) float32.
        """
        tiling, before, shape_before = self.tiling, self._levels, self._kernels.shape
        self._kernels = kernels
        if kernels.shape != shape_before:
            self.refresh()
            return
        self._draw()
        changed = np.flatnonzero((before != self._levels).any(axis=(1, 2))).tolist()
        dirty: dict[int, int] = {}
        for filter in changed:
            down, across = divmod(filter, tiling.across)
            dirty[down] = max(dirty.get(down, 0), (across + 1) * (tiling.width + 1))
        if dirty:
            pitch = tiling.height + tiling.gap
            self.refresh(*[Region(0, down * pitch, width, tiling.height) for down, width in dirty.items()])

    def prefer(self, style: GridStyle) -> None:
        """Draw as glyphs, or in colour, from now on."""
        if style is not self._preferred:
            self._preferred = style
            self.refresh()

    def on_mount(self) -> None:
        app = self.app
        self._colourless = app.no_color or app.native_ansi_color or app.console.color_system in (None, "standard")

    def render_line(self, y: int) -> Strip:
        """One line of a row of kernels."""
        tiling, count = self.tiling, len(self._levels)
        down, line = divmod(y, tiling.height + tiling.gap)
        first = down * tiling.across
        if line >= tiling.height or first >= count:
            return Strip.blank(self.size.width, self.page)
        segments = []
        for filter in range(first, min(first + tiling.across, count)):
            row = line // tiling.cell_height
            segments += self._half_line(filter, row) if tiling.half else self._cells(filter, row)
            segments.append(Segment(" ", self.page))
        return Strip(segments).simplify().adjust_cell_length(self.size.width, self.page)

    @property
    def _as_glyphs(self) -> bool:
        return self._colourless or self._preferred is GridStyle.GLYPHS

    def _cells(self, filter: int, row: int) -> list[Segment]:
        draw = cells.glyphs if self._as_glyphs else cells.block
        return [draw(cell, self._ink, self._tiling.cell_width) for cell in self._row(filter, row)]

    def _half_line(self, filter: int, line: int) -> list[Segment]:
        upper = self._row(filter, 2 * line)
        lower = self._row(filter, 2 * line + 1) if 2 * line + 1 < self._levels.shape[1] else [None] * len(upper)
        pairs = list(zip(upper, lower, strict=True))
        if self._as_glyphs:
            return [cells.half_glyph(top, bottom, self._ink) for top, bottom in pairs]
        page = self.page_colour
        return [cells.half_block(top, bottom, self._ink, page) for top, bottom in pairs]

    def _row(self, filter: int, row: int) -> list[Cell]:
        return [(level, Mark.PLAIN) for level in self._levels[filter, row].tolist()]

    def on_mouse_down(self, event: events.MouseDown) -> None:
        offset = event.get_content_offset(self)
        filter = self.tiling.tile_at(offset.x, offset.y, self._shown) if offset is not None else None
        if filter is not None:
            event.stop()
            self.post_message(self.Pointed(self, filter))
