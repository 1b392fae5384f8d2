"""The smallest Textual apps that do what is measured: `python -m tests.bench.reference_apps bare|highlight`.

`bare` shows one line. `highlight` moves a 2×2 highlight over a 28×28 grid with the arrow keys and does nothing else:
each key repaints the lines that the highlight leaves and enters, and no key costs a layout.
"""

from __future__ import annotations

import sys
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

READY = "ready"
CELLS = 28
MOVES = {"right": (0, 1), "left": (0, -1), "up": (-1, 0), "down": (1, 0)}


class BareApp(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        yield Static(READY)


class HighlightGrid(Widget):
    """A grid of plain cells, two columns wide each, of which 2×2 are lit."""

    DEFAULT_CSS = f"HighlightGrid {{ width: {2 * CELLS}; height: {CELLS}; }}"
    PLAIN = Style(bgcolor="#202020")
    LIT = Style(bgcolor="#3cd6c8")

    row = column = 0

    def move(self, rows: int, columns: int) -> None:
        """Move the highlight by some cells, stopping at the edge."""
        before = self._lit
        self.row = min(max(self.row + rows, 0), CELLS - 2)
        self.column = min(max(self.column + columns, 0), CELLS - 2)
        self.refresh(before, self._lit)

    @property
    def _lit(self) -> Region:
        return Region(2 * self.column, self.row, 4, 2)

    def render_line(self, y: int) -> Strip:
        if not self.row <= y < self.row + 2:
            return Strip([Segment(" " * (2 * CELLS), self.PLAIN)], 2 * CELLS)
        left = 2 * self.column
        segments = [
            Segment(" " * left, self.PLAIN),
            Segment(" " * 4, self.LIT),
            Segment(" " * (2 * CELLS - left - 4), self.PLAIN),
        ]
        return Strip([segment for segment in segments if segment.text], 2 * CELLS)


class HighlightApp(App[None]):
    """The grid and a line that says that it is there."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(key, f"move({move[0]}, {move[1]})") for key, move in MOVES.items()]

    def compose(self) -> ComposeResult:
        yield Static(READY)
        yield HighlightGrid()

    def action_move(self, rows: int, columns: int) -> None:
        """Move the highlight."""
        self.query_one(HighlightGrid).move(rows, columns)


APPS = {"bare": BareApp, "highlight": HighlightApp}

if __name__ == "__main__":
    APPS[sys.argv[1]]().run()
