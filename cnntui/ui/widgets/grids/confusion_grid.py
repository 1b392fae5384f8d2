"""A confusion matrix: a row for each true class, a column for each predicted class, coloured by count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip

from cnntui import palette
from cnntui.cnn.arithmetic import percent
from cnntui.cnn.window import Window
from cnntui.palette import Colour, Mark, Scale
from cnntui.printable import short_name, text_width
from cnntui.ui.widgets import design
from cnntui.ui.widgets.grids import cells
from cnntui.ui.widgets.grids.geometry import Geometry
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.tiling import Tiling

WIDE = (5, 7, 7)
"""Columns for the class at the left, and for the row's total and its percentage of right predictions at the right."""

NARROW = (3, 0, 6)
"""The same, used if cells would otherwise be too narrow for a blank and four digits."""

LEAST_WIDTH = 4
"""The least width of a cell: three digits and a blank."""

HEAD, FOOT = 2, 1
"""Lines above the cells and below them."""

FAINT = 0.4
"""How far a cell with a count of 0 stands out from the page."""

RIGHT: tuple[Colour, Colour] = (52, 56, 64), (206, 208, 214)
"""The ground of right predictions, on a dark page and on a light one. There are so many of them that colouring them by
count would leave the mistakes black."""


class ConfusionGrid(Grid):
    """Counts in coloured cells, one of which is selected. Showing other counts repaints only the rows that changed."""

    def __init__(self, *, id: str | None = None) -> None:
        """No counts yet; `show` draws them."""
        super().__init__(id=id)
        self._counts = np.zeros((1, 1), np.int64)
        self._cell = (0, 0)
        self._called_as: Sequence[str] = ()
        self._margins = WIDE

    def show(self, counts: NDArray[np.int64], cell: tuple[int, int], names: Sequence[str] = ()) -> None:
        """Show other counts, or select another cell.

        Args:
            counts: `(true classes, predicted classes)`.
            cell: the row and column of the selected cell.
            names: the names of the classes; a class without one is shown by its number.
        """
        self._called_as = names
        before, cell_before = self._counts, self._cell
        self._counts, self._cell = counts, cell
        if self._rolled():
            self.refresh()
            return
        if before.shape != counts.shape or _most_mistaken(before) != _most_mistaken(counts):
            self.refresh()
            return
        rows = set(np.flatnonzero((before != counts).any(axis=1)).tolist())
        if cell != cell_before:
            rows |= {cell_before[0], cell[0]}
        lines = {line for row in rows for line in self._lines_of(row)}
        if cell != cell_before:
            lines.add(1)
        if (before != counts).any():
            lines.add(self._foot)
        if lines:
            self.refresh(*[Region(0, line, self.outer_size.width, 1) for line in sorted(lines)])

    # Layout

    def _form(self) -> tuple[object, ...]:
        return (self._counts.shape,)

    def _rolled(self) -> bool:
        """Bring the selected cell into view. Returns whether other cells are now in view."""
        tiling = self.tiling
        tile = tiling.tile.scrolled_to(Window(*self._cell, 1, 1), *self._counts.shape)
        if tile is tiling.tile:
            return False
        self._tiling = replace(tiling, tile=tile)
        return True

    def _fit(self, room: Size) -> Tiling:
        rows, cols = self._counts.shape
        label, *right = WIDE if room.width >= sum(WIDE) + 5 * cols else NARROW
        # Names get the room that cells of five columns leave.
        longest = max(map(text_width, self._called_as), default=0) + 1
        self._margins = max(label, min(longest, room.width - sum(right) - 5 * cols)), right[0], right[1]
        width = (room.width - sum(self._margins)) // cols
        height = max(1, (room.height - HEAD - FOOT) // rows)
        if width < LEAST_WIDTH:
            # If there is no room for all classes, those around the selected cell are in view.
            width = LEAST_WIDTH
        in_view = (
            max(1, min(rows, (room.height - HEAD - FOOT) // height)),
            max(1, min(cols, (room.width - sum(self._margins)) // width)),
        )
        cells = Geometry(min(width, 5 + 4 * height), height, False, *in_view)
        cells = cells.scrolled_to(Window(*self._cell, 1, 1), rows, cols)
        # The matrix is centred.
        indent = max(0, (room.width - sum(self._margins) - cells.width) // 2)
        return Tiling(cells, left=indent + self._margins[0], above=HEAD)

    def _lines_of(self, row: int) -> range:
        return self.tiling.region(0, Window(row, 0, 1, 1)).line_range

    @property
    def _foot(self) -> int:
        return self.tiling.region(0).bottom

    # Drawing

    def render_line(self, y: int) -> Strip:
        tiling, width = self.tiling, self.outer_size.width
        row, line = divmod(y - HEAD, tiling.tile.cell_height)
        if y < HEAD:
            segments = self._heading(y)
        elif row < tiling.tile.rows:
            segments = self._row(tiling.tile.top + row, is_middle=line == (tiling.tile.cell_height - 1) // 2)
        elif y == self._foot:
            segments = self._totals()
        else:
            return Strip.blank(width, self.page)
        indent = Segment(" " * (tiling.left - self._margins[0]), self.page)
        return Strip([indent, *segments]).simplify().adjust_cell_length(width, self.page)

    def _heading(self, line: int) -> list[Segment]:
        tile, (rows, cols) = self._tiling.tile, self._counts.shape
        width = tile.cell_width
        label, total, share = self._margins
        if line == 0:
            said = "predicted"
            if (tile.rows, tile.cols) != (rows, cols):
                said += f" {tile.left}–{tile.left + tile.cols - 1} of {cols}"
                said += f", true {tile.top}–{tile.top + tile.rows - 1} of {rows}"
            return [Segment(" " * label, self.page), Segment(said.center(width * tile.cols), self.role("dim"))]
        names = [
            Segment(
                _right(f"{self._called(col, width - 1)} ", width),
                self.role("selected" if col == self._cell[1] else "strong"),
            )
            for col in self._columns
        ]
        closing = Segment(_right("all", total) + _right("right", share), self.role("dim"))
        return [Segment(_right("true ", label), self.role("dim")), *names, closing]

    @property
    def _columns(self) -> range:
        tile = self._tiling.tile
        return range(tile.left, tile.left + tile.cols)

    def _called(self, label: int, width: int) -> str:
        return short_name(self._called_as[label], width) if label < len(self._called_as) else str(label)

    def _row(self, row: int, is_middle: bool) -> list[Segment]:
        counts, width = self._counts[row].tolist(), self._tiling.tile.cell_width
        label_width, total_width, share_width = self._margins
        # With square roots a single mistake stays visible beside dozens.
        levels = Scale(_most_mistaken(self._counts) ** 0.5).levels(np.sqrt(self._counts[row]).astype(np.float32))
        name = self._called(row, label_width - 1) if is_middle else ""
        segments = [
            Segment(_right(f"{name} ", label_width), self.role("selected" if row == self._cell[0] else "strong"))
        ]
        for col in self._columns:
            count, level = counts[col], int(levels[col])
            pointed = (row, col) == self._cell
            # The selected cell also has brackets, for terminals without colour.
            text = "" if not is_middle else f"[{count}]" if pointed else f"{count} " if count else "· "
            text = text if len(text) <= width else str(count)
            ink = self.ink
            background = (
                palette.colour(palette.TOP, ink, Mark.WITHIN) if pointed
                else RIGHT[self.is_on_light] if row == col else palette.colour(level, ink)
            )  # fmt: skip
            text_colour = design.text_on(background, among_16=self.is_among_16)
            style = cells.style_of(
                text_colour if count or pointed else palette.mixed(background, text_colour, FAINT), background
            )
            segments.append(Segment(_right(text, width), style))
        total = sum(counts)
        share = _percent(counts[row], total) if row < len(counts) else ""
        segments.append(Segment(_right(f"{total:,}" if is_middle else "", total_width), self.role("dim")))
        segments.append(Segment(_right(share if is_middle else "", share_width), self.role("strong")))
        return segments

    def _totals(self) -> list[Segment]:
        width = self._tiling.tile.cell_width
        label_width, total_width, share_width = self._margins
        sums = self._counts.sum(axis=0).tolist()
        columns = "".join(_right(f"{sums[col]} ", width) for col in self._columns)
        total, right = int(self._counts.sum()), int(self._counts.trace())
        return [
            Segment(_right("all ", label_width) + columns + _right(f"{total:,}", total_width), self.role("dim")),
            Segment(_right(_percent(right, total), share_width), self.role("strong")),
        ]


def _right(text: str, width: int) -> str:
    """Right-aligned text; blank if it does not fit, since a cut number would be a wrong one."""
    return " " * (width - text_width(text)) + text if text_width(text) <= width else " " * width


def _percent(part: int, whole: int) -> str:
    """A share in percent; 100% only if nothing is missing."""
    if not whole:
        return "–"
    return percent(part / whole, 0 if part == whole else 1)


def _most_mistaken(counts: NDArray[np.int64]) -> int:
    """The largest count off the diagonal; at least 1."""
    off = counts * ~np.eye(*counts.shape, dtype=np.bool_)
    return max(1, int(off.max(initial=0)))
