"""A lab that measures in the background while it is on screen."""

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
        """Whether the job is done."""

    def read(self, is_wanted: Callable[[], bool]) -> None:
        """Work for as long as the result is wanted; the job can be resumed later."""


class BackgroundLab(LabScreen):
    """A screen whose job runs in a thread while the screen is in front; without a job no timer runs."""

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._looking = Looking(self, self._look)
        self._reader: Worker[None] | None = None

    @property
    @abstractmethod
    def job(self) -> Job:
        """The screen's job."""

    @abstractmethod
    def show_found(self) -> None:
        """Show the result so far."""

    def job_finished(self) -> None:
        """Called when the job is done."""

    def on_screen_resume(self) -> None:
        """Resume the job."""
        # Resumed once the screen is painted, which the job would delay.
        self.call_after_refresh(self.start_job)

    def on_screen_suspend(self) -> None:
        """Stop measuring behind another screen."""
        self.halt()

    def start_job(self) -> None:
        """Run the job, unless it is already running or done, or the screen is not in front."""
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
