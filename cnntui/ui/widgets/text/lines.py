"""A few lines of text that change at every step, repainted only where they differ."""

from __future__ import annotations

from itertools import zip_longest

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from cnntui.ui.widgets.kept import Kept, joined
from cnntui.ui.widgets.text.line import FILL, Line, as_line, cut, line_width, plain


class Lines(Kept):
    """Text of a fixed number of lines; setting it to its current text costs nothing.

    Text is never read as markup, so it may come from anywhere.
    """

    DEFAULT_CSS = """
    Lines { height: 1; }
    """

    def __init__(self, *lines: Line | str, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines = [as_line(line) for line in lines]

    @property
    def text(self) -> str:
        """All lines, without their roles."""
        return "\n".join(plain(line) for line in self._lines)

    def set(self, *lines: Line | str) -> None:
        """Show other lines."""
        after = [as_line(line) for line in lines]
        before = self._lines
        if after == before:
            return
        self._lines = after
        both = zip_longest(before, after)
        # Whole lines: finding the columns that differ would take longer than drawing them.
        changed = [Region(0, y, self.outer_size.width, 1) for y, (old, new) in enumerate(both) if old != new]
        self.refresh(*[region for region in changed if region] or [Region(0, 0, 1, 1)])

    def render_line(self, y: int) -> Strip:
        width = self.outer_size.width
        if y >= len(self._lines):
            return Strip.blank(width, self.page)
        segments = [Segment(text, self.role(role)) for text, role in cut(_spread(self._lines[y], width), width) if text]
        return Strip(joined(segments)).adjust_cell_length(width, self.page)


def _spread(line: Line, width: int) -> Line:
    """The line with `FILL` widened so that the rest reaches the right edge; the rest is the first to be cut."""
    if FILL not in line:
        return line
    place = line.index(FILL)
    left, right = line[:place], line[place + 1 :]
    room = width - line_width(left) - line_width(right)
    # The blanks have the role of the piece after them, so that the two are one run of text.
    return (*left, (" " * room, right[0][1] if right else ""), *right) if room > 0 else left
