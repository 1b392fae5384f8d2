"""Lines with text boxes, one of which may be open for editing."""

from __future__ import annotations

from rich.style import Style
from textual import events
from textual.color import Color as Ground
from textual.message import Message

from cnntui.ui.widgets import design
from cnntui.ui.widgets.text.responsive import ResponsiveText

BOXES = ("box", "hint", "wrong", "cursor")
"""The roles of boxes: with a text, with a placeholder, with an invalid text, and the one being edited."""


class FormLines(ResponsiveText):
    """Lines with boxes in them, which report where the mouse is pressed."""

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
            # Without colour, boxes are recognised by the line beneath them.
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
