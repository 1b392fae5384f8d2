"""Lines with boxes that show texts, one of which may be being written."""

from __future__ import annotations

from rich.style import Style
from textual import events
from textual.color import Color as Ground
from textual.message import Message

from cnntui.ui.widgets import design
from cnntui.ui.widgets.text.responsive import ResponsiveText

BOXES = ("box", "hint", "wrong", "cursor")
"""What is in a box: a text, what stands there where there is none, one that makes no sense, and what is written in."""


class FormLines(ResponsiveText):
    """Lines with boxes in them; the mouse can be pressed on a place."""

    class Pressed(Message):
        """The mouse was pressed on a place."""

        def __init__(self, lines: FormLines, x: int, y: int) -> None:
            super().__init__()
            self.lines = lines
            self.x = x
            self.y = y

        @property
        def control(self) -> FormLines:
            return self.lines

    def _styled(self, role: str) -> Style:
        if role not in BOXES:
            return super()._styled(role)
        if self.app.native_ansi_color or self.app.no_color:
            # Boxes are told by a line below them where nothing is told by colour.
            return self.page + Style(reverse=role == "cursor", underline=role != "cursor", dim=role == "hint")
        if role == "cursor":
            return super()._styled("accent") + Style(reverse=True)
        raised = super()._styled("selected").bgcolor
        behind = Ground.from_rich_color(raised)
        text = design.style({"box": "", "hint": "dim", "wrong": "bad"}[role], self.page, behind)
        return text + Style(bgcolor=raised, bold=role == "wrong" or None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        self.post_message(self.Pressed(self, event.x, event.y))
