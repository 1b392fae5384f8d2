"""A row of upright bars, one for each of many values, with their sign."""

from __future__ import annotations

import re

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

POSITIVE = Color.from_rgb(*palette.POSITIVE)
NEGATIVE = Color.from_rgb(*palette.NEGATIVE)
CHOSEN = Color.from_rgb(*palette.CHOSEN)


EIGHTHS = " ▁▂▃▄▅▆▇█"

SHORT = 8
"""Blanks between two hanging bars that are painted over rather than skipped: a change of style costs 40 bytes."""


class Bars(Widget):
    """Bars that stand up for positive values and hang down for negative ones; one of them is chosen.

    Without colour the direction alone tells the sign.
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

    def __init__(self, *, signed: bool = True, id: str | None = None, classes: str | None = None) -> None:
        """No bars yet; `show` draws them.

        Args:
            signed: keep the lower half of the lines for negative values.
        """
        super().__init__(id=id, classes=classes)
        self._signed = signed
        self._values: NDArray[np.float32] = np.zeros(0, np.float32)
        self._chosen: int | None = None
        self._columns: list[tuple[tuple[int, str], ...]] = []

    def show(self, values: NDArray[np.float32], chosen: int | None = None) -> None:
        """Draw other values, scaled to the largest of them.

        Args:
            values: (number of bars,) float32.
            chosen: the bar that is pointed at.
        """
        self._values, self._chosen = values, chosen
        self._redraw()

    def on_resize(self) -> None:
        self._redraw()

    @property
    def bar_width(self) -> int:
        """Columns from one bar to the next, up to three; where there are several, the last one is a gap."""
        return max(1, min(3, self.size.width // max(1, len(self._values))))

    @property
    def _gap_width(self) -> int:
        return 1 if self.bar_width > 1 else 0

    @property
    def _ink_width(self) -> int:
        return self.bar_width - self._gap_width

    def _redraw(self) -> None:
        """Work out each bar's glyphs and repaint the lines on which any of them changed."""
        columns = self._draw()
        before, self._columns = self._columns, columns
        if len(before) != len(columns):
            self.refresh()
            return
        width = self.bar_width
        dirty = []
        for y in range(self.size.height):
            pairs = enumerate(zip(before, columns, strict=True))
            changed = [index for index, (old, new) in pairs if old[y : y + 1] != new[y : y + 1]]
            if changed:
                dirty.append(Region(0, y, (changed[-1] + 1) * width, 1))
        if dirty:
            self.refresh(*dirty)

    def _draw(self) -> list[tuple[tuple[int, str], ...]]:
        """For each bar, from the top line down: its sign (2 where it is the chosen one) and its glyph."""
        height = self.size.height
        if not height:
            return []
        up = (height + 1) // 2 if self._signed else height
        limit = float(np.abs(self._values).max(initial=0.0)) or 1.0
        columns = []
        for index, value in enumerate(self._values.tolist()):
            share = abs(value) / limit
            above = palette.column(share if value > 0 else 0.0, up)
            below = [palette.column(share if value < 0 else 0.0, height - up)[-1 - line] for line in range(height - up)]
            tint = 2 if index == self._chosen else 1
            if index == self._chosen and above[-1] == " " and (not below or below[0] == " "):
                above = [*above[:-1], "▁"]
            columns.append(tuple([(tint, glyph) for glyph in above] + [(-tint, glyph) for glyph in below]))
        return columns

    def render_line(self, y: int) -> Strip:
        """One line of all bars."""
        column = [bar[y] for bar in self._columns if y < len(bar)]
        hangs = bool(column) and column[0][0] < 0
        text = "".join(glyph * self._ink_width + " " * self._gap_width for _, glyph in column)
        colours = [(CHOSEN if abs(sign) == 2 else NEGATIVE if hangs else POSITIVE) for sign, _ in column]
        cells = [colour for colour in colours for _ in range(self.bar_width)]
        segments = self._hanging(text, cells) if hangs else self._standing(text, cells)
        return Strip(segments).simplify().adjust_cell_length(self.size.width, self.rich_style)

    def _standing(self, text: str, colours: list[Color]) -> list[Segment]:
        """Bars that stand. Blanks are set in the style of bars, so that neighbours make one run of text."""
        page = self.rich_style
        return [
            Segment(glyph, page + Style(color=colour if glyph != " " else POSITIVE))
            for glyph, colour in zip(text, colours, strict=True)
        ]

    def _hanging(self, text: str, colours: list[Color]) -> list[Segment]:
        """Bars that hang. There are no glyphs for them: the rest of each cell is painted in the page's colour."""
        page = self.rich_style
        segments: list[Segment] = []
        for run in re.findall(rf"[^ ](?: {{0,{SHORT}}}[^ ])*| +", text):
            place = sum(len(segment.text) for segment in segments)
            if run.startswith(" "):
                segments.append(Segment(run, page))
                continue
            for glyph, colour in zip(run, colours[place:], strict=False):
                behind = colour if glyph != " " else NEGATIVE
                style = page + Style(color=page.bgcolor, bgcolor=behind)
                segments.append(Segment(EIGHTHS[8 - EIGHTHS.index(glyph)], style))
        return segments

    def on_mouse_down(self, event: events.MouseDown) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.x // self.bar_width < len(self._values):
            event.stop()
            self.post_message(self.Pointed(self, offset.x // self.bar_width))
