"""A lab that measures in the background while it is in front."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol

from textual.worker import Worker

from cnntui.ui.views.base.background import Looking, in_background
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs.lab import LabScreen


class Job(Protocol):
    """A job that takes a while and has a partial result at any time."""

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""

    def read(self, is_wanted: Callable[[], bool]) -> None:
        """Go on as long as it is wanted; it can be resumed later."""


class BackgroundLab(LabScreen):
    """A screen whose job runs in a thread while the screen is in front; without a job it wakes for nothing."""

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._looking = Looking(self, self._look)
        self._reader: Worker[None] | None = None

    @property
    @abstractmethod
    def job(self) -> Job:
        """The job."""

    @abstractmethod
    def show_found(self) -> None:
        """Show the result so far."""

    def job_finished(self) -> None:
        """The job is done."""

    def on_screen_resume(self) -> None:
        """Resume the job."""
        # Once the screen is painted, which the work would delay.
        self.call_after_refresh(self.go_on)

    def on_screen_suspend(self) -> None:
        """Nothing is measured behind another screen."""
        self.halt()

    def go_on(self) -> None:
        """Run the job, unless it runs already, is done, or the screen is not in front."""
        if self._looking.is_on or self.job.is_finished or not self.is_current:
            return
        self._reader = in_background(self, self.job.read, "lab")
        self._looking.keep(True)

    def halt(self) -> None:
        """Suspend the job."""
        self._looking.keep(False)
        if self._reader is not None:
            self._reader.cancel()

    def _look(self) -> None:
        if self.job.is_finished:
            self.halt()
            self.job_finished()
        self.show_found()
