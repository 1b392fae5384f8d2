"""A line to type into: a question, the text typed so far, and a cursor."""

from __future__ import annotations

from textual import events
from textual.message import Message

from cnntui.ui.widgets.text.editor import Editor
from cnntui.ui.widgets.text.form_lines import FormLines
from cnntui.ui.widgets.text.line import Line, line_width

LEAST = 8
"""The number of columns always kept for typing."""


class TypedLine(FormLines, can_focus=True):
    """A line that receives keys while it has the focus; unlike a dialog, it covers nothing.

    Args:
        passes: the keys that the line leaves to the screen.
    """

    class Changed(Message):
        """The typed text has changed."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    class Submitted(Changed):
        """Enter was pressed."""

    class Left(Message):
        """Escape was pressed."""

    def __init__(self, *, id: str | None = None, passes: tuple[str, ...] = ()) -> None:
        super().__init__(id=id)
        self._passes = passes
        self._question = self._hint = ""
        self._editor = Editor()

    @property
    def value(self) -> str:
        """The typed text."""
        return self._editor.text

    def ask(self, question: str, value: str, hint: str) -> None:
        """Receive keys from now on.

        Args:
            question: the words before the typed text.
            value: the initial text.
            hint: the effects of enter and escape; omitted if there is no room.
        """
        self._question, self._hint = question, hint
        self._editor = Editor.after(value)
        # At once, since the next key may have arrived already.
        self.screen.set_focus(self)
        self._write()

    def _write(self) -> None:
        self.write(lambda size: [self._line(size.width)])

    def _line(self, width: int) -> Line:
        question: Line = ((f"{self._question} ", "dim"),) if self._question else ()
        room = max(LEAST, width - line_width(question))
        if not self.has_focus:
            return *question, (self.value, "strong")
        text, under, (rest, role) = self._editor.drawn(room, "strong")
        line: Line = (*question, text, under, (rest.rstrip(), role))
        full: Line = (*line, (f"  {self._hint}", "dim"))
        return full if line_width(full) <= width else line

    def on_focus(self) -> None:
        self._write()

    def on_blur(self) -> None:
        self._write()

    def _take(self, editor: Editor) -> None:
        before, self._editor = self._editor, editor
        if editor != before:
            self._write()
        if editor.text != before.text:
            self.post_message(self.Changed(editor.text))

    def on_key(self, event: events.Key) -> None:
        """Handle the keys that edit text; no other key does anything, here or on the screen."""
        if event.key in self._passes:
            return
        event.stop()
        event.prevent_default()
        if event.key == "enter":
            self.post_message(self.Submitted(self.value))
        elif event.key == "escape":
            self.post_message(self.Left())
        else:
            self._take(self._editor.press(event.key, event.character if event.is_printable else None) or self._editor)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self._take(self._editor.paste(event.text))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor where the mouse is pressed."""
        event.stop()
        start = len(self._question) + bool(self._question)
        self._take(self._editor.to(event.x - start, max(LEAST, self.size.width - start)))
