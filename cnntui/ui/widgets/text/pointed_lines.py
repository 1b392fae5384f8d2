"""Lines that the mouse can point at."""

from __future__ import annotations

from textual import events
from textual.message import Message

from cnntui.ui.widgets.text.responsive import ResponsiveText


class PointedLines(ResponsiveText):
    """Lines written to fit their room, each of which represents something."""

    class Pointed(Message):
        """The mouse was pressed on a line."""

        def __init__(self, lines: PointedLines, line: int, column: int) -> None:
            super().__init__()
            self.lines = lines
            self.line = line
            self.column = column

        @property
        def control(self) -> PointedLines:
            return self.lines

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        self.post_message(self.Pointed(self, event.y, event.x))
