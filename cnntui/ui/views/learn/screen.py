"""Learn: the outline of the course, and the user's progress."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.explore.scene import Scene
from cnntui.lessons.outline import DUE, Outline
from cnntui.ui.keys import general, learn
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.lesson.done import LessonDone
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.learn import layout
from cnntui.ui.views.learn import text as learn_text
from cnntui.ui.views.learn.layout import apart
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.pointed_lines import PointedLines
from cnntui.ui.widgets.text.responsive import ResponsiveText


class LearnScreen(ExplorerScreen):
    """A list of all lessons; enter opens a lesson in the real views."""

    MODE = "learn"
    TEXT = """
This is a course in which you predict before you see: ten lessons of five minutes, in the real views, with the numbers
of the trained network that comes with cnntui.

Predicting first is what makes a picture teach: whether you were right or wrong, the surprise stays in mind. So what a
page asks for is covered (▒) until you have answered.

A question that was answered wrong comes back at the end of its lesson; two questions come back at a later start. If you
know a lesson already, tab asks only its questions.

On a page, enter answers and goes on, ! gives a hint, = shows the answer, tab skips, shift+tab goes back a page, and esc
leaves; your place is kept. All other keys are those of the view, so look around as you like.
"""

    NEEDS_WEIGHTS: ClassVar[bool] = False
    WORDS: ClassVar[tuple[str, ...]] = ("#head", "#lessons")

    BINDINGS: ClassVar[list[BindingType]] = bindings((*general.IMAGELESS, *learn.LEARN))

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._chosen: int | None = None

    def compose_stage(self) -> Iterable[Widget]:
        yield Lines("", id="head")
        yield PointedLines(id="lessons")
        yield ResponsiveText(id="below")

    def places(self, room: Size) -> Places:
        return layout.places(room, 0 if self.state.outline is None else len(self.outline.entries))

    @property
    def outline(self) -> Outline:
        """The outline of the course."""
        assert self.state.outline is not None
        return self.state.outline

    @property
    def chosen(self) -> int:
        """The place of the selected entry: the next one to take, until the user selects another."""
        return self.outline.next if self._chosen is None else min(self._chosen, len(self.outline.entries) - 1)

    def state_changed(self, before: AppState) -> None:
        super().state_changed(before)
        if self.state.outline is not None and self.state.outline != before.outline:
            # Something was learned: the next entry to take is another one.
            self._chosen = None
            self._show_outline()

    def show_scene(self, before: Scene | None) -> None:
        if before is None and self.state.outline is not None:
            self._show_outline()

    def _show_outline(self) -> None:
        self.query_one("#head", Lines).set(learn_text.head(self.outline))
        self.arrange_anew()
        self.write("lessons", partial(self._rows, self.outline, self.chosen))
        outline, chosen = self.outline, self.chosen
        self.write("below", lambda room: learn_text.below(outline, chosen, room.width))

    def _rows(self, outline: Outline, chosen: int, room: Size) -> list[Line]:
        blank = [()] * (apart(room.height, len(outline.entries)) - 1)
        return [line for row in learn_text.rows(outline, chosen, room.width) for line in (row, *blank)]

    def about(self) -> tuple[str, ...]:
        """No words about the network: this view is about the course."""
        return ("",)

    def action_move(self, rows: int) -> None:
        """Select the entry above or below."""
        self._choose(min(max(self.chosen + rows, 0), len(self.outline.entries) - 1))

    def _choose(self, place: int) -> None:
        self._chosen = place
        self._show_outline()
        entry = self.outline.entries[place]
        self.post_message(LessonDone("select", entry.id, entry.page))

    def action_begin(self) -> None:
        """Open the selected lesson where it was left."""
        entry = self.outline.entries[self.chosen]
        self.post_message(LessonDone("begin", entry.id, entry.page))

    def action_test_out(self) -> None:
        """Open only the questions of the selected lesson."""
        entry = self.outline.entries[self.chosen]
        self.post_message(LessonDone("begin" if entry.id == DUE else "test out", entry.id))

    def on_pointed_lines_pointed(self, event: PointedLines.Pointed) -> None:
        """Select a lesson; open it if it is already selected."""
        place = event.line // apart(event.lines.size.height, len(self.outline.entries))
        if place == self.chosen:
            self.action_begin()
        elif place < len(self.outline.entries):
            self._choose(place)
