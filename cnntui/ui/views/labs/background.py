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
        self._looking = Looking(self, self._look)
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
        if self._looking.is_on or self.job.is_finished or not self.is_current:
            return
        self._reader = in_background(self, self.job.read, "lab")
        self._looking.keep(True)

    def halt(self) -> None:
        """Have the job wait."""
        self._looking.keep(False)
        if self._reader is not None:
            self._reader.cancel()

    def _look(self) -> None:
        if self.job.is_finished:
            self.halt()
            self.job_finished()
        self.show_found()
