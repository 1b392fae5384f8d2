"""Asks whether a run is to be removed."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cnntui.ui.views.base.overlay import Overlay
from cnntui.ui.widgets.text.choices import Choices
from cnntui.ui.widgets.text.lines import Lines


class RemoveDialog(ModalScreen[bool], Overlay[bool]):
    """Two ways to answer, each with a key, with enter and with the mouse; keeping it comes first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Remove it"),
        Binding("escape,n,q,backspace", "answer(False)", "Keep it"),
    ]

    DEFAULT_CSS = """
    RemoveDialog { align: center middle; background: transparent; }
    RemoveDialog #question { width: 58; height: 8; padding: 1 2; background: $panel; }
    RemoveDialog #question Lines { width: 100%; height: 4; }
    RemoveDialog #question OptionList { width: 100%; height: 2; background: $panel; }
    """

    def __init__(self, run: str, result: str) -> None:
        """Ask about a run.

        Args:
            run: its name.
            result: what it has come to.
        """
        super().__init__()
        self._run = run
        self._result = result

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield Lines(
                (("Remove ", ""), (self._run, "strong"), (" for good?", "")),
                ((self._result, "dim"),),
                (("This deletes its network, its history and its folder.", "dim"),),
            )
            options = [Option(" esc  keep it", id="keep"), Option(" y    remove it", id="remove")]
            yield Choices(*options, markup=False, compact=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id == "remove")

    def action_answer(self, answer: bool) -> None:
        """Answer."""
        self.dismiss(answer)
