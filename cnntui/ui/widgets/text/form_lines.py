"""A line of text that is being written, and lines with boxes that show such texts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.style import Style
from textual import events
from textual.color import Color
from textual.message import Message

from cnntui.ui.widgets.text.lines import Line
from cnntui.ui.widgets.text.responsive import ResponsiveText


@dataclass(frozen=True)
class Editor:
    """A text and where in it the next character goes.

    Attributes:
        cursor: characters before that place.
        is_whole: all of it is chosen, so that the next character takes its place.
    """

    text: str = ""
    cursor: int = 0
    is_whole: bool = False

    @classmethod
    def on(cls, text: str) -> Editor:
        """All of a text chosen."""
        return cls(text, len(text), is_whole=True)

    def press(self, key: str, character: str | None) -> Editor | None:
        """What a key makes of it; None where the key has no meaning here.

        Args:
            key: as Textual names it.
            character: what it would write.
        """
        text, cursor = self.text, self.cursor
        if key in ("backspace", "delete", "ctrl+u") and (self.is_whole or key == "ctrl+u"):
            return Editor()
        if key == "backspace":
            return Editor(text[: max(0, cursor - 1)] + text[cursor:], max(0, cursor - 1))
        if key == "delete":
            return Editor(text[:cursor] + text[cursor + 1 :], cursor)
        places = {"left": cursor - 1, "right": cursor + 1, "home": 0, "end": len(text)}
        if key in places:
            return replace(self, cursor=max(0, min(places[key], len(text))), is_whole=False)
        if character is None or not character.isprintable() or len(character) != 1:
            return None
        if self.is_whole:
            return Editor(character, 1)
        return Editor(text[:cursor] + character + text[cursor:], cursor + 1)

    def drawn(self, width: int) -> Line:
        """The text in a box of some columns, as much of it as fits around the cursor."""
        first = max(0, min(self.cursor, len(self.text)) - width + 1)
        shown = self.text[first : first + width].ljust(width)
        if self.is_whole and self.text:
            length = min(len(self.text), width)
            return (shown[:length], "cursor"), (shown[length:], "box")
        place = self.cursor - first
        return (shown[:place], "box"), (shown[place], "cursor"), (shown[place + 1 :], "box")


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
