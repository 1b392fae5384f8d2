"""Chooses who asks about what the screen shows: the course or, outside it, the predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cnntui.lessons.wish import Wish
from cnntui.ui.app.learning import Learning
from cnntui.ui.app.predicting import Predicting

if TYPE_CHECKING:
    from cnntui.lessons.outline import Outline
    from cnntui.lessons.taking import Sheet
    from cnntui.ui.app.app import CnntuiApp
    from cnntui.ui.views.base.lesson.done import LessonDone

LESSON_ASKS = "the lesson asks already: leave it first"


class Asking:
    """Lets one of the two ask: a page of the course, as long as one is open."""

    def __init__(self, app: CnntuiApp, wish: Wish) -> None:
        self.learning = Learning(app, wish)
        self.predicting = Predicting(app, self.learning)

    @property
    def sheet(self) -> Sheet | None:
        """The page or the question that is open."""
        return self.learning.sheet or self.predicting.sheet

    @property
    def outline(self) -> Outline | None:
        """The course at a glance, where the screen shows it."""
        return self.learning.outline

    @property
    def predicted(self) -> Callable[[int], bool] | None:
        """Whether the class of a test image has been predicted; None while nothing is to be."""
        return None if self.learning.sheet is not None else self.predicting.predicted

    def looked(self) -> None:
        """The screen shows something else."""
        (self.learning if self.learning.sheet is not None else self.predicting).looked()

    def done(self, message: LessonDone) -> None:
        """Something was done with what is asked."""
        is_predicting = self.learning.sheet is None and message.deed not in ("begin", "test out")
        (self.predicting if is_predicting else self.learning).done(message)

    def why_not(self) -> str:
        """Why predicting cannot be turned on."""
        return LESSON_ASKS if self.learning.sheet is not None else self.predicting.why_not()
