"""Asks for a new learning rate while a network trains."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from cnntui.files.errors import CnntuiError
from cnntui.runs.config.settings import check
from cnntui.runs.starting.draft import rate_text
from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.overlay import Overlay
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.text.editor import Editor
from cnntui.ui.widgets.text.form_lines import FormLines
from cnntui.ui.widgets.text.line import Line

BOX = 14


class RateDialog(ModalScreen[float | None], Overlay[float | None]):
    """A dialog with one field, which starts with the present rate; it closes with the new rate, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.RATE_DIALOG)

    DEFAULT_CSS = """
    RateDialog { align: center middle; background: transparent; }
    RateDialog #question { width: 58; height: 8; padding: 1 2; background: $panel; }
    RateDialog #question FormLines { width: 100%; height: 6; }
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self._rate = rate
        self._editor = Editor.on(rate_text(rate))

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield FormLines(id="rate")

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        keys: Line = (
            ("enter", "accent"), (" use it from the next batch   ", "dim"), ("esc", "accent"),
            (f" keep {rate_text(self._rate)}", "dim"),
        )  # fmt: skip
        self.query_one(FormLines).write(
            lambda _: [
                (("learning rate  ", "strong"), *self._editor.drawn(BOX), (f"   now {rate_text(self._rate)}", "dim")),
                ((self._problem(), "bad"),),
                (("Lower it when the loss jumps or stops falling;", "dim"),),
                (("raise it if it hardly falls.   ", "dim"), ("↓", "accent"), (" ÷ 10   ", "dim"),
                 ("↑", "accent"), (" × 10", "dim")),
                (),
                keys,
            ]
        )  # fmt: skip

    def _value(self) -> float | str:
        try:
            return float(self._editor.text)
        except ValueError:
            return self._editor.text

    def _problem(self) -> str:
        try:
            check("learning_rate", self._value())
        except CnntuiError as error:
            return error.message
        return ""

    def on_key(self, event: events.Key) -> None:
        """Write typed characters into the field."""
        if event.key in ("q", "L"):
            return
        after = self._editor.press(event.key, event.character if event.is_printable else None)
        if after is not None:
            event.stop()
            event.prevent_default()
            self._editor = after
            self._show()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self._editor = self._editor.paste(event.text)
        self._show()

    def action_times(self, factor: float) -> None:
        """Multiply the value in the field."""
        value = self._value()
        if isinstance(value, float):
            self._editor = Editor.on(rate_text(value * factor))
            self._show()

    def action_take(self) -> None:
        """Close with the value in the field, if it is a learning rate."""
        value = self._value()
        if isinstance(value, float) and not self._problem():
            self.dismiss(value)
        else:
            self.app.post_message(KeyBar.Hint(self._problem()))

    def action_leave(self) -> None:
        """Close without a new rate."""
        self.dismiss(None)
