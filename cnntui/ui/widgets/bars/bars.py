"""A row of vertical bars, one for each of many values, with their signs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from cnntui.ui.widgets.bars.part import in_view
from cnntui.ui.widgets.kept import Kept

WIDEST = 6
"""The most columns that a bar and the gap after it take."""

STANDING = np.array([*" ▁▂▃▄▅▆▇█"])
HANGING = np.array([*" ▔▔▀▀▀███"])
"""A glyph for each number of eighths of a line. Terminals have only these for hanging bars."""


class Bars(Kept):
    """Bars that stand up for positive values and hang down for negative ones; one of them is chosen.

    Without colour, the direction alone shows the sign. If there are more bars than columns, those around the chosen one
    are in view.
    """

    DEFAULT_CSS = """
    Bars { height: 2; }
    """

    class Pointed(Message):
        """The mouse was pressed on a bar."""

        def __init__(self, bars: Bars, index: int) -> None:
            super().__init__()
            self.bars = bars
            self.index = index

        @property
        def control(self) -> Bars:
            return self.bars

    def __init__(self, *, signed: bool = True, id: str | None = None) -> None:
        """No bars yet; `show` draws them.

        Args:
            signed: whether to keep the lower half of the lines for negative values.
        """
        super().__init__(id=id)
        self._signed = signed
        self._values: NDArray[np.float32] = np.zeros(0, np.float32)
        self._chosen: int | None = None
        self._pitch: int | None = None
        self._limit: float | None = None
        self._rows: list[str] = []

    def keep_lower_half(self, signed: bool) -> None:
        """Keep the lower half of the lines for negative values, or not, from the next `show` on."""
        self._signed = signed

    def show(
        self,
        values: NDArray[np.float32],
        chosen: int | None = None,
        pitch: int | None = None,
        limit: float | None = None,
    ) -> None:
        """Draw other values.

        Args:
            values: (number of bars,) float32.
            chosen: the bar to highlight; None for no bar.
            pitch: columns from one bar to the next; by default as many as there is room for, up to `WIDEST`.
            limit: the absolute value that fills the height; by default the largest in `values`.
        """
        before = self._chosen_at
        self._values, self._chosen, self._pitch, self._limit = values, chosen, pitch, limit
        self._redraw(is_recoloured=self._chosen_at != before)

    def on_resize(self) -> None:
        self._rows = []
        self._redraw()

    @property
    def bar_width(self) -> int:
        """Columns from one bar to the next, including the gap if there is more than one column."""
        if self._pitch is not None:
            return self._pitch
        return max(1, min(WIDEST, self.outer_size.width // max(1, len(self._values))))

    @property
    def _first(self) -> int:
        """The first bar in view: if there are more bars than columns, they are paged a full line at a time."""
        return in_view(len(self._values), self._chosen or 0, self.outer_size.width).start

    @property
    def _chosen_at(self) -> range:
        """The columns of the chosen bar."""
        if self._chosen is None:
            return range(0)
        width = self.bar_width
        return range((self._chosen - self._first) * width, (self._chosen - self._first + 1) * width)

    def _redraw(self, is_recoloured: bool = False) -> None:
        """Update the glyphs and repaint the lines that changed, or all lines if `is_recoloured`."""
        before, self._rows = self._rows, self._draw()
        if is_recoloured or len(before) != len(self._rows):
            self.refresh()
            return
        dirty = [y for y, (old, new) in enumerate(zip(before, self._rows, strict=True)) if old != new]
        if dirty:
            self.refresh(*[Region(0, y, self.outer_size.width, 1) for y in dirty])

    @property
    def _up(self) -> int:
        """How many lines there are for positive values."""
        height = self.outer_size.height
        return (height + 1) // 2 if self._signed else height

    def _draw(self) -> list[str]:
        """The lines, from the top: first those of the standing bars, then those of the hanging bars."""
        height, up, first = self.outer_size.height, self._up, self._first
        limit = self._limit or float(np.abs(self._values).max(initial=0.0)) or 1.0
        shares = self._values[first : first + max(1, self.outer_size.width)] / limit
        standing, hanging = _eighths(shares, up)[::-1], _eighths(-shares, height - up)
        if self._chosen is not None and up:
            chosen = self._chosen - first
            if not (standing[:, chosen].any() or hanging[:, chosen].any()):
                standing[up - 1, chosen] = 1
        rows = [*STANDING[standing].tolist(), *HANGING[hanging].tolist()]
        return [_spaced("".join(row), self.bar_width) for row in rows]

    def render_line(self, y: int) -> Strip:
        page = self.page
        if y >= len(self._rows):
            return Strip.blank(self.outer_size.width, page)
        row, columns = self._rows[y], self._chosen_at
        chosen_at = slice(columns.start, columns.stop)
        if not row[chosen_at].strip():
            chosen_at = slice(0, 0)
        # Blanks are styled like bars, so that neighbours form one run of text.
        bars = self.role("positive" if y < self._up else "negative")
        segments = [
            Segment(row[: chosen_at.start], bars),
            Segment(row[chosen_at], self.role("window")),
            Segment(row[chosen_at.stop :], bars),
        ]
        return Strip(segments).adjust_cell_length(self.outer_size.width, page)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = self._first + offset.x // self.bar_width
        if index < len(self._values):
            event.stop()
            self.post_message(self.Pointed(self, index))


def _eighths(shares: NDArray[np.float32], lines: int) -> NDArray[np.int64]:
    """How many eighths of each line a bar fills: `(lines, bars)`, counted outwards from the bars' base line."""
    if not lines:
        return np.zeros((0, len(shares)), np.int64)
    # Of a number and NaN, fmax and fmin return the number.
    whole = np.rint(np.fmin(np.fmax(shares, 0), 1) * (8 * lines)).astype(np.int64)
    in_lines: NDArray[np.int64] = np.minimum(np.maximum(whole - 8 * np.arange(lines)[:, np.newaxis], 0), 8)
    return in_lines


def _spaced(glyphs: str, width: int) -> str:
    """A line of glyphs, each drawn as a bar `width` columns wide; the last column stays blank if there are several."""
    return glyphs if width == 1 else "".join(glyph * (width - 1) + " " for glyph in glyphs)
