"""The panel of a lesson, below the view or beside it: a text, a question and an answer line."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar
from unicodedata import normalize

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size

from cnntui.lessons.taking import Phase, Sheet
from cnntui.ui.keys import learn
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.lesson import text as lesson_text
from cnntui.ui.views.base.lesson.done import Deed, LessonDone
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.responsive import ResponsiveText

MARGIN = 3
"""The number of columns that the lines leave free: a bar and a blank on the left, and a blank on the right."""

_SIGNS = {"minus": "-", "full_stop": ".", "comma": ",", "slash": "/", "percent_sign": "%"}

_OTHERS = {"−": "-", "。": "."}
"""Other characters that keyboards send for these signs, besides their full-width forms."""


class LessonPanel(ResponsiveText, can_focus=True):
    """Shows a sheet, and reports the user's actions on it. The panel has the focus, so its keys come before the view's;
    all other keys are the view's own."""

    DEFAULT_CSS = """
    LessonPanel { width: 100%; height: 6; background: $panel; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(digit), f"type('{digit}')", show=False) for digit in range(10)),
        *(Binding(key, f"type('{sign}')", show=False) for key, sign in _SIGNS.items()),
        *bindings(learn.LESSON),
    ]

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet
        self.show(sheet)

    def allow_focus(self) -> bool:
        """Whether the panel may take the focus. Until the screen is laid out again, a press can reach a panel that is
        being removed, and all keys would then go to it."""
        return super().allow_focus() and not self._pruning

    def show(self, sheet: Sheet) -> None:
        """Show another sheet, or a new state of the same one."""
        self.sheet = sheet
        self.write(self._written)

    def _written(self, size: Size) -> list[Line]:
        """The sheet, with a bar at the left that separates the panel from the view if there are no colours."""
        said = lesson_text.lines(self.sheet, Size(size.width - MARGIN, size.height))
        blank: list[Line] = [()] * (size.height - len(said))
        return [(("▌", "accent"), (" ", ""), *line) for line in (*said, *blank)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave to the view the keys that mean nothing on this page."""
        if action == "type":
            return self.sheet.takes(str(parameters[0]))
        if action == "erase":
            return self.sheet.takes_typing
        if action == "enter":
            return self.sheet.takes_enter
        if action == "hint":
            return self.sheet.phase is Phase.ASKING
        if action == "show_answer":
            return self.sheet.phase is Phase.ASKING and self.sheet.has_answer
        return True

    def _tell(self, deed: Deed, text: str = "") -> None:
        # Straight to the app: bubbling up to it would take another turn of the event loop.
        self.app.post_message(LessonDone(deed, text))

    def on_key(self, event: events.Key) -> None:
        """Type a digit or sign that is written otherwise, such as a full-width one."""
        sign = normalize("NFKC", _OTHERS.get(event.character or "", event.character or ""))
        if sign != event.character and (sign.isdecimal() or sign in _SIGNS.values()) and self.sheet.takes(sign):
            event.stop()
            event.prevent_default()
            self.action_type(sign)

    def action_type(self, sign: str) -> None:
        """Type a character of the answer."""
        # The next key may come before the app has shown this one, and whether it is typed depends on this one.
        self.sheet = replace(self.sheet, typed=self.sheet.typed + sign)
        self._tell("type", sign)

    def action_erase(self) -> None:
        """Delete the last character."""
        self._tell("erase")

    def action_enter(self) -> None:
        """Answer, or continue."""
        self._tell("enter")

    def action_step(self, pages: int) -> None:
        """Turn the page without answering."""
        self._tell("next" if pages > 0 else "back")

    def action_hint(self) -> None:
        """Ask for another hint."""
        self._tell("hint")

    def action_show_answer(self) -> None:
        """Ask for the answer."""
        self._tell("show")

    def action_leave(self) -> None:
        """Close the lesson."""
        self._tell("leave")

    def on_click(self, event: events.Click) -> None:
        """A click acts like enter."""
        if self.sheet.takes_enter:
            self._tell("enter")
