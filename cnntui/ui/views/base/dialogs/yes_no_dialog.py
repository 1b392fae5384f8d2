"""Asks before doing something that cannot be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.dialogs.question_dialog import QuestionDialog
from cnntui.ui.widgets.text.line import Line


class YesNoDialog(QuestionDialog[bool]):
    """A dialog with two answers, each with a key of its own; the one that changes nothing comes first."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.YES_NO_DIALOG)

    def __init__(self, question: Sequence[Line], no: str, yes: str) -> None:
        """A dialog with a question.

        Args:
            question: the lines of the question, at most three.
            no, yes: what each answer does: "keep it", "remove it".
        """
        super().__init__(question, ((f" esc  {no}", False), (f" y    {yes}", True)))

    def action_answer(self, answer: bool) -> None:
        """Close with an answer."""
        self.dismiss(answer)
