"""Asks what becomes of a training when the app is left."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.overlay import Overlay
from cnntui.ui.widgets.text.choices import ChoiceList
from cnntui.ui.widgets.text.lines import Lines


class QuitChoice(Enum):
    """What somebody who quits while a network trains wants."""

    LEAVE = "leave"
    """The training goes on without the app."""
    STOP = "stop"
    """The training stops, and what was learned is kept."""
    STAY = "stay"


_LEAVE_PAUSED = " l    leave it paused"

_CHOICES = {
    QuitChoice.LEAVE: " l    leave it running",
    QuitChoice.STOP: " s    stop it and keep what it has learned",
    QuitChoice.STAY: " esc  stay here",
}


class QuitDialog(ModalScreen[QuitChoice], Overlay[QuitChoice]):
    """Three ways to answer, each with a key, with enter and with the mouse."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.QUIT_DIALOG)

    DEFAULT_CSS = """
    QuitDialog { align: center middle; background: transparent; }
    QuitDialog #question { width: 58; height: 9; padding: 1 2; background: $panel; }
    QuitDialog #question Lines { width: 100%; height: 4; }
    QuitDialog #question OptionList { width: 100%; height: 3; background: $panel; }
    """

    def __init__(self, run: str, is_paused: bool = False) -> None:
        """Ask about a run.

        Args:
            run: its name.
            is_paused: whether its trainer waits.
        """
        super().__init__()
        self._run = run
        self._is_paused = is_paused

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            now, goes_on = (" is paused.", "stay so") if self._is_paused else (" is still being trained.", "go on")
            yield Lines(
                ((self._run, "strong"), (now, "")),
                ((f"It can {goes_on} without this window. The next ", "dim"), ("cnntui", "")),
                (("shows it again, live.", "dim"),),
            )
            choices = _CHOICES | ({QuitChoice.LEAVE: _LEAVE_PAUSED} if self._is_paused else {})
            options = [Option(text, id=choice.value) for choice, text in choices.items()]
            yield ChoiceList(*options, markup=False, compact=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(QuitChoice(event.option_id))

    def action_choose(self, choice: str) -> None:
        """Answer."""
        self.dismiss(QuitChoice(choice))
