"""Lines with boxes that show texts, one of which may be being written."""

from __future__ import annotations

from rich.style import Style
from textual import events
from textual.color import Color
from textual.message import Message

from cnntui.ui.widgets.text.responsive import ResponsiveText

BOXES = {
    "box": ("foreground", "panel"),
    "hint": ("foreground", "panel"),
    "wrong": ("error", "panel"),
    "cursor": ("background", "accent"),
}
"""What is in a box: its colours, by the theme's variables, before and behind."""


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
        colours = self.app.theme_variables
        front, back = BOXES[role]
        if self.app.native_ansi_color or self.app.no_color:
            # Boxes are told by a line below them where nothing is told by colour.
            return self.page + Style(reverse=role == "cursor", underline=role != "cursor", dim=role == "hint")
        behind = Color.parse(colours.get(back, "#282b32"))
        text = Color.parse(colours.get(front, "#d6dae4"))
        if role == "box":
            behind = behind.lighten(0.06)
        elif role == "hint":
            behind = behind.lighten(0.06)
            text = behind.blend(text, 0.5)
        elif role == "wrong":
            behind = behind.lighten(0.06)
        return Style(color=text.rich_color, bgcolor=behind.rich_color, bold=role in ("cursor", "wrong") or None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        self.post_message(self.Pressed(self, event.x, event.y))
