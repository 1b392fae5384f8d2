"""A question over the view, with its answers in a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cnntui.ui.views.base.overlay import Overlay, Result
from cnntui.ui.widgets.text.choices import ChoiceList
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines

MOST_SEEN = 10
"""How many answers are visible at once; the list scrolls."""


class QuestionDialog(ModalScreen[Result], Overlay[Result]):
    """A dialog that closes with one of its answers, chosen with the arrow keys and enter or with the mouse."""

    LINES: ClassVar[int] = 4
    """Lines for the question, including a blank one below it."""

    DEFAULT_CSS = """
    QuestionDialog { align: center middle; background: transparent; }
    QuestionDialog #question { width: 58; height: auto; padding: 1 2; background: $panel; }
    QuestionDialog #question Lines { width: 100%; }
    QuestionDialog #question OptionList { width: 100%; background: $panel; }
    """

    def __init__(self, question: Sequence[Line], answers: Sequence[tuple[str, Result]]) -> None:
        """A dialog with a question.

        Args:
            question: the lines of the question, at least one fewer than `LINES`.
            answers: the text of each answer, and the result that it stands for.
        """
        super().__init__()
        self._question = question
        self._answers = answers

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            question = Lines(*self._question)
            question.styles.height = self.LINES
            yield question
            answers = ChoiceList(*(Option(text) for text, _ in self._answers), markup=False, compact=True)
            answers.styles.height = min(len(self._answers), MOST_SEEN)
            yield answers

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        _, meant = self._answers[event.option_index]
        self.dismiss(meant)
