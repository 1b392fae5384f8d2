"""Questions outside the course: what users expect to see, and how often they are right."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import numpy as np

from cnntui.cnn.steps import ConvSteps, PoolStep
from cnntui.explore.scene import Scene
from cnntui.explore.views import VIEWS
from cnntui.lessons.live import Live
from cnntui.lessons.numbers.convolution import tolerance
from cnntui.lessons.page import Course, Lesson, LessonPage
from cnntui.lessons.progress import Progress
from cnntui.lessons.taking import Phase, Sheet, Taking
from cnntui.values import dataclass

TOLERANCE = "tolerance"
"""A page whose texts contain this placeholder accepts answers that are off by at most that much."""

MOST_KEPT = 1000
"""How many answered questions are remembered, for users who return to them."""


@dataclass(frozen=True)
class Subject:
    """What the user is asked to predict.

    Attributes:
        page: the id of the page that asks the question.
        what: identifies the question: everything the answer depends on, except weights that change during training.
    """

    page: str
    what: Hashable


def subject_of(mode: str, scene: Scene, moment: int | None, drawing: int) -> Subject | None:
    """What there is to predict in a view; None if nothing.

    Args:
        mode: the name of the view.
        scene: the scene that the view shows.
        moment: the moment of the training, if it stands still.
        drawing: which of the user's own drawings is shown.
    """
    focus = scene.focus
    if not VIEWS[mode].predicts or scene.is_awaited:
        return None
    image = (scene.run, moment, drawing) if focus.own else (scene.run, moment, None, focus.index)
    if mode in ("convolve", "pool"):
        steps, page = scene.steps, ""
        if isinstance(steps, ConvSteps):
            page = "sum" if steps.layer.activation == "linear" else "cell"
            page += "" if steps.layer.has_bias else "-unbiased"
        elif steps is not None and isinstance(step := steps.at(focus.row, focus.col), PoolStep):
            page = "max" if step.winner is not None else "mean"
        return Subject(page, (*image, focus.layer, focus.filter, focus.row, focus.col)) if page else None
    if scene.network.answer is None or not np.isfinite(scene.activations.probabilities).all():
        return None
    return Subject(_class_page(scene), image)


def subject_of_image(scene: Scene, moment: int | None, index: int) -> Subject:
    """The predicted class of any test image."""
    return Subject(_class_page(scene), (scene.run, moment, None, index))


def _class_page(scene: Scene) -> str:
    if not scene.data.is_digits:
        return "named"
    return "own" if scene.label is None else "class"


class Quiz:
    """Owns the open question, and the answers since the app started."""

    def __init__(self, questions: Lesson, language: str) -> None:
        self._questions = {page.id: page for page in questions.pages}
        self._taking = Taking(Course("", (questions,)), Progress(), language, keeps_score=True)
        self._lesson = questions
        self._subject: Subject | None = None
        self._live: Live | None = None
        self._answered: dict[Subject, Sheet] = {}

    @property
    def sheet(self) -> Sheet | None:
        """The question, open or answered; None if there is nothing to predict."""
        return self._taking.sheet

    def is_answered(self, subject: Subject) -> bool:
        """Whether a question has been answered."""
        return subject in self._answered

    def look(self, subject: Subject | None, live: Live) -> None:
        """Ask about what is on screen, unless that was answered already."""
        taking = self._taking
        if subject is None:
            taking.close()
        elif subject != self._subject or taking.sheet is None:
            if subject in self._answered:
                taking.sheet = replace(self._answered[subject], score=taking.score)
            else:
                self._ask(subject, live)
        elif taking.is_asking and self._live is not None and live.scene.activations is not self._live.scene.activations:
            # The same question with new numbers, as weights are trained or strokes are drawn: the typed text stays.
            typed = taking.sheet.typed
            self._ask(subject, live)
            taking.sheet = replace(taking.sheet, typed=typed)
        self._subject, self._live = subject, live

    def _ask(self, subject: Subject, live: Live) -> None:
        self._taking.ask(self._lesson, with_tolerance(self._questions[subject.page], live), live)

    def type(self, text: str) -> None:
        """Type more; an empty text deletes the last character."""
        self._taking.type(text)

    def answer(self) -> None:
        """Take what was typed as the answer."""
        if self._live is not None:
            self._taking.answer(self._live)
            self._keep()

    def show(self) -> None:
        """Show the answer; this counts as a wrong answer."""
        self._taking.show()
        self._keep()

    def _keep(self) -> None:
        sheet = self._taking.sheet
        if self._subject is not None and sheet is not None and sheet.phase is Phase.ANSWERED:
            self._answered[self._subject] = sheet
            while len(self._answered) > MOST_KEPT:
                self._answered.pop(next(iter(self._answered)))

    def forget(self) -> None:
        """Close the question, because the screen shows nothing to predict."""
        self._taking.close()
        self._subject = None


def with_tolerance(page: LessonPage, live: Live) -> LessonPage:
    """The page, accepting answers that are off by at most the tolerance that its texts name."""
    if page.question is None or TOLERANCE not in page.placeholders:
        return page
    return replace(page, question=replace(page.question, within=tolerance(live)))
