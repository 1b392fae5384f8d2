"""A line that is typed into: a question, what has been typed so far, and a cursor."""

from __future__ import annotations

from textual import events
from textual.message import Message

from cnntui.ui.widgets.text.lines import Line, line_width
from cnntui.ui.widgets.text.responsive import ResponsiveText

CURSOR = "▏"


class TypedLine(ResponsiveText, can_focus=True):
    """Takes keys while it has the focus; unlike a dialog it covers nothing."""

    class Changed(Message):
        """What is typed is another text."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    class Submitted(Changed):
        """Enter was pressed."""

    class Left(Message):
        """Escape was pressed."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._question = ""
        self._hint = ""
        self.value = ""

    def ask(self, question: str, value: str, hint: str) -> None:
        """Take keys from now on.

        Args:
            question: what is asked for.
            value: what stands there to begin with.
            hint: what enter and escape do.
        """
        self._question, self._hint, self.value = question, hint, value
        self.focus()
        self._write()

    def _write(self) -> None:
        question, value, hint = self._question, self.value, self._hint

        def write(width: int) -> Line:
            room = max(8, width - len(question) - 2)
            typed = value if len(value) <= room else "…" + value[1 - room :]
            line: Line = ((f"{question} ", "dim"), (typed, "strong"), (CURSOR, "accent"))
            full: Line = (*line, (f"  {hint}", "dim"))
            return full if line_width(full) <= width else line

        self.write(lambda size: [write(size.width)])

    def _type(self, value: str) -> None:
        if value != self.value:
            self.value = value
            self._write()
            self.post_message(self.Changed(value))

    def on_key(self, event: events.Key) -> None:
        """Take the keys that make text; all others do nothing here, and nothing on the screen either."""
        event.stop()
        event.prevent_default()
        if event.key == "enter":
            self.post_message(self.Submitted(self.value))
        elif event.key == "escape":
            self.post_message(self.Left())
        elif event.key in ("backspace", "ctrl+h"):
            self._type(self.value[:-1])
        elif event.key in ("ctrl+u", "ctrl+w"):
            self._type("")
        elif event.is_printable and event.character is not None:
            self._type(self.value + event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Take the first line of what is pasted, without what does not print."""
        event.stop()
        first = (event.text.splitlines() or [""])[0]
        self._type(self.value + "".join(character for character in first if character.isprintable()))
