"""The app with its desk and its questions: predictions, the clipboard and the glossary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import SystemCommand
from textual.screen import Screen

from cnntui.ui.app.core_app import CoreApp
from cnntui.ui.app.desk import words
from cnntui.ui.views.base.requests import CopyText

if TYPE_CHECKING:
    from cnntui.ui.app.asking import Asking
    from cnntui.ui.app.desk import Desk
    from cnntui.ui.views.base.lesson.done import LessonDone


class ServedApp(CoreApp):
    """Passes requests on to the desk, and to the part that asks questions."""

    COMMANDS: ClassVar = CoreApp.COMMANDS | {words}

    desk: Desk
    asking: Asking

    @on(CopyText)
    def copy_text(self, message: CopyText) -> None:
        self.desk.copy(message.text, "Copied")

    def on_lesson_done(self, message: LessonDone) -> None:
        self.asking.done(message)

    def action_predict(self) -> None:
        """Turn predicting on or off."""
        self.asking.predicting.turn()

    def action_copy_place(self) -> None:
        """Copy the command line that opens this place."""
        self.desk.copy_place()

    def action_glossary(self) -> None:
        """Look up a term."""
        self.desk.look_up()

    async def action_word(self, name: str) -> None:
        """Show a term's page."""
        await self.desk.explain(name)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette's entries: every command that has a key on this screen, and those that have none."""
        return self.desk.commands(screen)
