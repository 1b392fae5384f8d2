"""Decides who asks questions about the screen: the course or, outside it, the predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cnntui.ui.app.learning import Learning
from cnntui.ui.app.predicting import Predicting

if TYPE_CHECKING:
    from cnntui.lessons.outline import Outline
    from cnntui.lessons.taking import Sheet
    from cnntui.ui.views.base.lesson.done import LessonDone

LESSON_ASKS = "the lesson asks already: leave it first"


class Asking:
    """Lets a lesson ask while one is open, and the predictions otherwise."""

    def __init__(self, learning: Learning, predicting: Predicting) -> None:
        self.learning = learning
        self.predicting = predicting

    @property
    def sheet(self) -> Sheet | None:
        """The lesson page or the question that is open."""
        return self.learning.sheet or self.predicting.sheet

    @property
    def outline(self) -> Outline | None:
        """The outline of the course; None if the screen does not show it."""
        return self.learning.outline

    @property
    def predicted(self) -> Callable[[int], bool] | None:
        """Whether the class of a test image has been predicted; None while nothing is asked."""
        return None if self.learning.sheet is not None else self.predicting.predicted

    def screen_changed(self) -> None:
        """Note that the screen shows something else."""
        (self.learning if self.learning.sheet is not None else self.predicting).screen_changed()

    def done(self, message: LessonDone) -> None:
        """Handle what the user did with the question."""
        is_predicting = self.learning.sheet is None and message.deed not in ("select", "begin", "test out")
        (self.predicting if is_predicting else self.learning).done(message)

    def why_not(self) -> str:
        """Why predictions cannot be turned on; empty if they can."""
        return LESSON_ASKS if self.learning.sheet is not None else self.predicting.why_not()
