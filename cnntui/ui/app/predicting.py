"""Asks, outside the course, for a prediction before the answer is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, cast

import numpy as np

from cnntui.explore.focus import Focus
from cnntui.explore.scene import Scene, refocus
from cnntui.explore.views import VIEWS
from cnntui.ui.app.showing import Showing
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.page import Page

if TYPE_CHECKING:
    from cnntui.lessons.predicting import Quiz
    from cnntui.lessons.taking import Sheet
    from cnntui.ui.app.learning import Learning
    from cnntui.ui.views.base.lesson.done import LessonDone
    from cnntui.ui.views.draw.screen import DrawScreen

LIVELY = 0.7
"""How often the cell in question is not 0: most cells are, and predicting them would be dull."""

NOTHING = "nothing is asked here; go to Convolve, Pool, Draw or the test images"

NO_ROOM = "the numbers to predict from need a window of 80×24"


class Predicting:
    """Connects the questions with the app; nothing is loaded before predicting is turned on."""

    def __init__(self, showing: Showing, learning: Learning) -> None:
        self._app, self._showing = showing.app, showing
        self._learning = learning
        self._quiz: Quiz | None = None
        self._is_on = False

    @property
    def sheet(self) -> Sheet | None:
        """The open question, or the one just answered."""
        return self._quiz.sheet if self._is_on and self._quiz is not None else None

    def why_not(self) -> str:
        """Why predicting cannot be turned on here; empty if it can."""
        showing, front = self._showing, self._app.front
        if not VIEWS[showing.mode].predicts and not isinstance(front, Page):
            return NOTHING
        if not self._is_on and showing.mode == "convolve" and isinstance(front, ExplorerScreen):
            return "" if front.is_lacking or front.has_room_for("patch") else NO_ROOM
        return ""

    def turn(self) -> None:
        """Turn predicting on or off."""
        if self._quiz is None:
            self._quiz = self._new_quiz()
        self._is_on = not self._is_on
        self._quiz.forget()
        self._showing.show_state()

    def _new_quiz(self) -> Quiz:
        from cnntui.lessons.bundled import questions_outside
        from cnntui.lessons.predicting import Quiz

        language = self._learning.language
        return Quiz(questions_outside(language), language)

    # What is on screen

    def screen_changed(self) -> None:
        """Note that the screen may show something new."""
        app, showing, front = self._app, self._showing, self._app.front
        if not self._is_on or self._quiz is None or (app.is_covered and not isinstance(front, Page)):
            return
        from cnntui.lessons.predicting import subject_of

        # The question is about the image pointed at in the browser, as it would be on Draw.
        mode, scene = ("draw", front.pointed_scene) if isinstance(front, Page) else (showing.mode, showing.scene)
        if scene is None:
            self._quiz.forget()
        else:
            live = self._learning.live(scene)
            self._quiz.look(subject_of(mode, scene, self._moment, self._drawing), live)

    @property
    def _moment(self) -> int | None:
        return None if self._showing.time.timeline.is_live else self._showing.scene.step

    @property
    def _drawing(self) -> int:
        app = self._app
        return cast("DrawScreen", app.get_screen("draw")).drawing if app.is_screen_installed("draw") else 0

    @property
    def predicted(self) -> Callable[[int], bool] | None:
        """Whether the class of a test image has been predicted; None while nothing is asked."""
        if not self._is_on or self._quiz is None:
            return None
        from cnntui.lessons.predicting import subject_of_image

        asked, scene, moment = self._quiz, self._showing.scene, self._moment
        return lambda digit: asked.is_answered(subject_of_image(scene, moment, digit))

    # What the user does with the question

    def done(self, message: LessonDone) -> None:
        """Handle what the user did: typed, answered, or asked for another question or for none."""
        if self._quiz is None or not self._is_on:
            return
        match message.deed:
            case "type" | "erase":
                self._quiz.type(message.text)
            case "enter":
                self._quiz.answer()
            case "show":
                self._quiz.show()
            case "next":
                self._go_to_another()
            case "leave":
                self.turn()
                return
        self._showing.show_state()

    def _go_to_another(self) -> None:
        """Go to another image or cell; on Draw, to another drawing."""
        showing, front = self._showing, self._app.front
        if isinstance(front, Page):
            front.point_at_another()
        elif showing.mode == "draw" and showing.scene.focus.own:
            cast("DrawScreen", front).action_clear()
        elif showing.mode == "draw":
            showing.look_at_random_image()
        else:
            showing.look_at(refocus(showing.scene, another_cell(showing.scene, showing.random)))


def another_cell(scene: Scene, random: Random) -> Focus:
    """Another cell of the map, usually one that is not 0."""
    values, focus = scene.maps[..., scene.focus.filter], scene.focus
    others = np.ones(values.shape, np.bool_)
    others[focus.row, focus.col] = False
    lively = others & (values != 0)
    cells = np.argwhere(lively if lively.any() and random.random() < LIVELY else others)
    if not len(cells):
        return focus
    row, col = cells[random.randrange(len(cells))].tolist()
    return replace(focus, row=row, col=col)
