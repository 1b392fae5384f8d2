"""Asks before something is done that cannot be taken back."""

from __future__ import annotations

from collections.abc import Sequence
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
from cnntui.ui.widgets.text.lines import Line, Lines


class YesNoDialog(ModalScreen[bool], Overlay[bool]):
    """Two ways to answer, each with a key, with enter and with the mouse; what changes nothing comes first."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.YES_NO_DIALOG)

    DEFAULT_CSS = """
    YesNoDialog { align: center middle; background: transparent; }
    YesNoDialog #question { width: 58; height: 8; padding: 1 2; background: $panel; }
    YesNoDialog #question Lines { width: 100%; height: 4; }
    YesNoDialog #question OptionList { width: 100%; height: 2; background: $panel; }
    """

    def __init__(self, question: Sequence[Line], no: str, yes: str) -> None:
        """Ask.

        Args:
            question: at most three lines.
            no, yes: what the answers do: "keep it", "remove it".
        """
        super().__init__()
        self._question = question
        self._no, self._yes = no, yes

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield Lines(*self._question)
            options = [Option(f" esc  {self._no}", id="no"), Option(f" y    {self._yes}", id="yes")]
            yield ChoiceList(*options, markup=False, compact=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Answer."""
        self.dismiss(answer)
