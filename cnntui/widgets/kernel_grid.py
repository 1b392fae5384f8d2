"""All kernels of a convolution side by side, each a small grid of coloured cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from cnntui import palette
from cnntui.cnn.arithmetic import MINUS
from cnntui.palette import Ink, Mark, Scale
from cnntui.widgets.geometry import GridStyle


@lru_cache(maxsize=2048)
def _style(foreground: palette.Colour | None, background: palette.Colour | None) -> Style:
    return Style(
        color=Color.from_rgb(*foreground) if foreground else None,
        bgcolor=Color.from_rgb(*background) if background else None,
    )


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


class KernelGrid(Widget):
    """The kernels of all filters on one scale of colours. Showing others repaints only the lines that changed."""

    class Pointed(Message):
        """The mouse was pressed on a kernel."""

        def __init__(self, grid: KernelGrid, filter: int) -> None:
            super().__init__()
            self.grid = grid
            self.filter = filter

        @property
        def control(self) -> KernelGrid:
            return self.grid

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        """No kernels yet; `show` draws them."""
        super().__init__(id=id, classes=classes)
        self._levels: NDArray[np.int8] = np.zeros((0, 1, 1), np.int8)
        self._tiling = Tiling(1, 1, 1, 1, 1, 0)
        self._wished = GridStyle.AUTO
        self._colourless = False

    @property
    def tiling(self) -> Tiling:
        """How the kernels lie in the room there is."""
        return self._tiling

    def show(self, kernels: NDArray[np.float32]) -> None:
        """Show other kernels.

        Args:
            kernels: (rows, columns, filters) float32.
        """
        before = self._levels
        self._levels = Scale.of(np.nan_to_num(kernels, posinf=0.0, neginf=0.0)).levels(kernels).transpose(2, 0, 1)
        if before.shape != self._levels.shape:
            self._retile()
            self.refresh()
            return
        changed = np.flatnonzero((before != self._levels).any(axis=(1, 2))).tolist()
        tiling = self._tiling
        dirty: dict[int, int] = {}
        for filter in changed:
            down, across = divmod(filter, tiling.across)
            dirty[down] = max(dirty.get(down, 0), (across + 1) * (tiling.width + 1))
        if dirty:
            pitch = tiling.height + tiling.gap
            self.refresh(*[Region(0, down * pitch, width, tiling.height) for down, width in dirty.items()])

    def wish(self, style: GridStyle) -> None:
        """Draw as glyphs, or in colour, from now on."""
        if style is not self._wished:
            self._wished = style
            self.refresh()

    def on_mount(self) -> None:
        app = self.app
        self._colourless = app.no_color or app.native_ansi_color or app.console.color_system in (None, "standard")

    def on_resize(self) -> None:
        self._retile()
        self.refresh()

    def _retile(self) -> None:
        count, rows, cols = self._levels.shape
        self._tiling = tile(max(count, 1), rows, cols, self.size.width, self.size.height)

    def render_line(self, y: int) -> Strip:
        """One line of a row of kernels."""
        tiling, count = self._tiling, len(self._levels)
        down, line = divmod(y, tiling.height + tiling.gap)
        first = down * tiling.across
        if line >= tiling.height or first >= count:
            return Strip.blank(self.size.width, self.rich_style)
        segments = []
        for filter in range(first, min(first + tiling.across, count)):
            row = line // tiling.cell_height
            segments += self._half_line(filter, row) if tiling.half else self._cells(filter, row)
            segments.append(Segment(" ", self.rich_style))
        return Strip(segments).simplify().adjust_cell_length(self.size.width, self.rich_style)

    @property
    def _as_glyphs(self) -> bool:
        return self._colourless or self._wished is GridStyle.GLYPHS

    def _cells(self, filter: int, row: int) -> list[Segment]:
        width = self._tiling.cell_width
        levels = self._levels[filter, row].tolist()
        if not self._as_glyphs:
            return [Segment(" " * width, _style(None, palette.colour(level))) for level in levels]
        segments = []
        for level in levels:
            glyph = palette.shade(level) if level else palette.ALMOST_NOTHING
            text = (MINUS if level < 0 else glyph) + glyph * (width - 1)
            segments.append(Segment(text, _ink(level)))
        return segments

    def _half_line(self, filter: int, line: int) -> list[Segment]:
        rows = self._levels[filter]
        upper = rows[2 * line].tolist()
        lower = rows[2 * line + 1].tolist() if 2 * line + 1 < len(rows) else [None] * len(upper)
        pairs = list(zip(upper, lower, strict=True))
        if self._as_glyphs:
            return [Segment(palette.pair_shade(top, below or 0), _ink(top)) for top, below in pairs]
        return [
            Segment("▀", _style(palette.colour(top), None if below is None else palette.colour(below)))
            for top, below in pairs
        ]

    def on_mouse_down(self, event: events.MouseDown) -> None:
        offset = event.get_content_offset(self)
        filter = self._tiling.tile_at(offset.x, offset.y, len(self._levels)) if offset is not None else None
        if filter is not None:
            event.stop()
            self.post_message(self.Pointed(self, filter))


def _ink(level: int) -> Style:
    """Of glyphs, which show how large a value is themselves: only its sign is left to tell."""
    return _style(palette.plain_colour(level, Ink.SIGNED, Mark.PLAIN), None)
