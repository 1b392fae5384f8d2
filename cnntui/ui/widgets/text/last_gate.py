"""The last gate before the terminal: nothing unprintable that a widget paints gets through it."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from cnntui.printable import is_printable


class LastGate(LineFilter):
    """Takes what is not printable out of every line of every widget, Textual's own included.

    Names are made printable where they are read, in a way that shows what they hold. Here only blanks are left in the
    place of such characters, since the line is measured already.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, just as wide."""
        if all(is_printable(segment.text) for segment in segments):
            return segments
        return [Segment(_passed(text), style, control) for text, style, control in segments]


def _passed(text: str) -> str:
    if is_printable(text):
        return text
    return set_cell_size("".join(filter(is_printable, text)), cell_len(text))
