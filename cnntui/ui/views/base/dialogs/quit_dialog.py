"""Asks what should happen to a run in training when the app closes."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from textual.binding import BindingType

from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.dialogs.question_dialog import QuestionDialog


class QuitChoice(Enum):
    """What the user wants to happen to a training when the app closes."""

    LEAVE = "leave"
    """The training continues without the app."""
    STOP = "stop"
    """The training stops, and what it has learned is kept."""
    STAY = "stay"


class QuitDialog(QuestionDialog[QuitChoice]):
    """A dialog with three answers, each with a key of its own."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.QUIT_DIALOG)

    def __init__(self, run: str, is_paused: bool = False) -> None:
        now, does = ("is paused", "stay paused") if is_paused else ("is still being trained", "keep training")
        super().__init__(
            (
                ((run, "strong"), (f" {now}.", "")),
                ((f"It can {does} without this window;", "dim"),),
                (("the next ", "dim"), ("cnntui", ""), (" shows it again.", "dim")),
            ),
            (
                (f" l    leave it {'paused' if is_paused else 'running'}", QuitChoice.LEAVE),
                (" s    stop it and keep what it has learned", QuitChoice.STOP),
                (" esc  stay here", QuitChoice.STAY),
            ),
        )

    def action_choose(self, choice: str) -> None:
        """Close with an answer."""
        self.dismiss(QuitChoice(choice))
