"""Small grids of one size in a row, as many columns apart as is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from cnntui.palette import Colormap, Mark, Scale
from cnntui.ui.widgets.grids import cells
from cnntui.ui.widgets.grids.geometry import GridStyle
from cnntui.ui.widgets.kept import Kept


@dataclass(frozen=True)
class Spacing:
    """How grids lie in the row.

    Attributes:
        pitch: columns from one grid to the next.
        cell_width, cell_height: columns and lines of a cell.
        numbers: cells have their values written in them.
    """

    pitch: int = 3
    cell_width: int = 1
    cell_height: int = 1
    numbers: bool = False


class KernelRow(Kept):
    """Kernels side by side on one scale of colours. Showing others repaints only the lines that changed."""

    class Pointed(Message):
        """The mouse was pressed on a grid."""

        def __init__(self, row: KernelRow, index: int) -> None:
            super().__init__()
            self.row = row
            self.index = index

        @property
        def control(self) -> KernelRow:
            return self.row

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        """No kernels yet; `show` draws them."""
        super().__init__(id=id, classes=classes)
        self._kernels: NDArray[np.float32] = np.zeros((0, 1, 1), np.float32)
        self._levels: NDArray[np.int8] = np.zeros((0, 1, 1), np.int8)
        self._spacing = Spacing()
        self._preferred = GridStyle.AUTO
        self._colourless = False

    def show(self, kernels: NDArray[np.float32], scale: Scale, spacing: Spacing) -> None:
        """Show other kernels.

        Args:
            kernels: (kernels, rows, columns) float32.
            scale: what value gets the strongest colour.
            spacing: how they lie.
        """
        before, levels_before, spacing_before = self._kernels, self._levels, self._spacing
        self._kernels, self._levels, self._spacing = kernels, scale.levels(kernels), spacing
        if before.shape != kernels.shape or spacing != spacing_before:
            self.refresh()
            return
        changed = self._levels != levels_before
        if spacing.numbers:
            changed |= ~np.isclose(before, kernels, rtol=0, atol=0, equal_nan=True)
        dirty = []
        for row in np.flatnonzero(changed.any(axis=(0, 2))).tolist():
            last = int(np.flatnonzero(changed[:, row].any(axis=1))[-1])
            dirty.append(Region(0, row * spacing.cell_height, (last + 1) * spacing.pitch, spacing.cell_height))
        if dirty:
            self.refresh(*dirty)

    def prefer(self, style: GridStyle) -> None:
        """Draw as glyphs, or in colour, from now on."""
        if style is not self._preferred:
            self._preferred = style
            self.refresh()

    def on_mount(self) -> None:
        app = self.app
        self._colourless = app.no_color or app.native_ansi_color or app.console.color_system in (None, "standard")

    def render_line(self, y: int) -> Strip:
        """One line of all kernels."""
        row, line = divmod(y, self._spacing.cell_height)
        if row >= self._kernels.shape[1]:
            return Strip.blank(self.size.width, self.page)
        segments = []
        for kernel in range(len(self._kernels)):
            drawn = self._cells(kernel, row, line)
            gap = self._spacing.pitch - self._spacing.cell_width * len(drawn)
            segments += [*drawn, Segment(" " * gap, self.page)]
        return Strip(segments).simplify().adjust_cell_length(self.size.width, self.page)

    def _cells(self, kernel: int, row: int, line: int) -> list[Segment]:
        """One line of one row of a kernel; numbers stand on the first line of their cell."""
        plain, width = self._colourless or self._preferred is GridStyle.GLYPHS, self._spacing.cell_width
        levels = [(level, Mark.PLAIN) for level in self._levels[kernel, row].tolist()]
        if not self._spacing.numbers:
            draw = cells.glyphs if plain else cells.block
            return [draw(cell, Colormap.SIGNED, width) for cell in levels]
        values = self._kernels[kernel, row].tolist() if not line else [None] * len(levels)
        return [
            cells.written(cell, value, Colormap.SIGNED, width, 3, plain)
            for cell, value in zip(levels, values, strict=True)
        ]

    def on_mouse_down(self, event: events.MouseDown) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.x // self._spacing.pitch < len(self._kernels):
            event.stop()
            self.post_message(self.Pointed(self, offset.x // self._spacing.pitch))
