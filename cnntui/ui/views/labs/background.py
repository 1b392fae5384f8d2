"""A lab that measures in the background while it is in front."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Protocol

from textual.timer import Timer
from textual.worker import Worker, get_current_worker

from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs.lab import LabScreen

LOOK_SECONDS = 0.2
"""Between two looks at what has been found."""


class Job(Protocol):
    """Something that takes a while, and of which a part can be shown at any time."""

    @property
    def is_finished(self) -> bool:
        """Whether there is nothing left to do."""

    def read(self, is_wanted: Callable[[], bool]) -> None:
        """Go on, as long as it is wanted; it can be taken up again."""


class BackgroundLab(LabScreen):
    """A screen whose job goes on in a thread while it is in front. A screen on which nothing goes on wakes nothing."""

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._timer: Timer | None = None
        self._reader: Worker[None] | None = None

    @property
    @abstractmethod
    def job(self) -> Job:
        """What is done."""

    @abstractmethod
    def show_found(self) -> None:
        """Show what has been found until now."""

    def job_finished(self) -> None:
        """Everything has been found."""

    def on_screen_resume(self) -> None:
        """Go on."""
        # Once the screen is painted, which reading would hold up.
        self.call_after_refresh(self.go_on)

    def on_screen_suspend(self) -> None:
        """Nothing is read behind another screen."""
        self.halt()

    def go_on(self) -> None:
        """Have the job go on, unless it does already, is finished, or nobody would see it."""
        if self._timer is not None or self.job.is_finished or not self.is_current:
            return
        self._reader = self.run_worker(partial(_read, self.job), group="lab", exclusive=True, thread=True)
        self._timer = self.set_interval(LOOK_SECONDS, self._look)

    def halt(self) -> None:
        """Have the job wait."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._reader is not None:
            self._reader.cancel()

    def _look(self) -> None:
        if self.job.is_finished:
            self.halt()
            self.job_finished()
        self.show_found()


def _read(job: Job) -> None:
    worker = get_current_worker()
    job.read(lambda: not worker.is_cancelled)
