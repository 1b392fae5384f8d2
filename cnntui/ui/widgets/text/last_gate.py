"""The last gate before the terminal: no unprintable character that a widget paints passes it."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from cnntui.printable import is_printable


class LastGate(LineFilter):
    """Removes unprintable characters from every line of every widget, including Textual's own.

    Names are made printable when they are read, in a way that shows what they contain. Here blanks replace such
    characters, since the line has already been measured.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without unprintable characters, just as wide."""
        if all(is_printable(segment.text) for segment in segments):
            return segments
        return [Segment(_passed(text), style, control) for text, style, control in segments]


def _passed(text: str) -> str:
    if is_printable(text):
        return text
    return set_cell_size("".join(filter(is_printable, text)), cell_len(text))
