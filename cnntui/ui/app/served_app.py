"""The app with a desk and a teacher: what a person is told and asked, what is taken away, and what is looked up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import SystemCommand
from textual.screen import Screen

from cnntui.ui.app.base_app import BaseApp
from cnntui.ui.app.desk import words
from cnntui.ui.views.base.requests import CopyText

if TYPE_CHECKING:
    from cnntui.files.errors import CnntuiError
    from cnntui.ui.app.asking import Asking
    from cnntui.ui.app.desk import Desk
    from cnntui.ui.views.base.lesson.done import LessonDone


class ServedApp(BaseApp):
    """Hands on to its desk, and to what asks questions."""

    COMMANDS: ClassVar = BaseApp.COMMANDS | {words}

    desk: Desk
    asking: Asking

    def complain(self, error: CnntuiError) -> None:
        """Tell a person what went wrong, in the words of the error and never as markup."""
        self.notify(f"{error}", severity="error", timeout=12, markup=False)

    def warn(self, said: str, seconds: float) -> None:
        self.notify(said, severity="warning", timeout=seconds, markup=False)

    @on(CopyText)
    def copy_text(self, message: CopyText) -> None:
        self.desk.copy(message.text, "Copied")

    def on_lesson_done(self, message: LessonDone) -> None:
        self.asking.done(message)

    def action_predict(self) -> None:
        """Turn predicting on or off: saying what one expects before one sees it."""
        self.asking.predicting.turn()

    def action_copy_place(self) -> None:
        """Copy the command line that opens what is looked at."""
        self.desk.copy_place()

    def action_glossary(self) -> None:
        """Look a word up."""
        self.desk.look_up()

    async def action_word(self, name: str) -> None:
        """The page of a term."""
        await self.desk.explain(name)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers: everything that a key does on this screen, and what has no key."""
        return self.desk.commands(screen)
