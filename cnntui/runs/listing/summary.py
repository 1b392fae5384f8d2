"""`RunSummary`: what a list says about a run."""

from __future__ import annotations

from dataclasses import field, replace
from functools import cached_property
from typing import Any

from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.status import Status
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class RunSummary:
    """What a list says about a run.

    Attributes:
        run: the run directory.
        config: the run's settings; None if they cannot be read, in which case only `problem` is set.
        status: what the run is doing; None if unknown.
        test_accuracy: the newest test accuracy, 0–1; None before the first.
        epochs_done: how many epochs were completed.
        seconds: the time between the run's first and last event, including pauses; None before the first event.
        parameters: the number of weights and biases of the network; None if unknown or not counted yet.
        problem: why the run crashed or cannot be read; empty for any other run.
        is_whole: whether everything that can be known has been looked up.
        step: how many batches the network has learned from.
        total_steps: how many batches all epochs have; 0 if unknown.
        is_over: whether the events say how the run ended, so that its lock adds nothing.
        best_epoch: the epoch, counted from 1, with the highest test accuracy, the first if several tie; None before the
            first, or if the events are so many that not all were read.
        best_accuracy: that test accuracy, 0–1.
    """

    run: RunDirectory
    config: RunConfig | None = None
    status: Status | None = None
    test_accuracy: float | None = None
    epochs_done: int = 0
    seconds: float | None = None
    parameters: int | None = None
    problem: str = ""
    is_whole: bool = False
    step: int = 0
    total_steps: int = 0
    is_over: bool = False
    best_epoch: int | None = None
    best_accuracy: float | None = None
    version: tuple[int, ...] = field(default=(), repr=False)
    """Changes when any of the files change that the summary was computed from."""

    @classmethod
    def found_before(cls, values: dict[str, Any]) -> RunSummary:
        """A summary with these attributes, else the defaults; ten times as fast as `__init__`, as thousands are needed.

        Args:
            values: the attributes that differ from the defaults; the summary keeps the dictionary.
        """
        summary = object.__new__(cls)
        object.__setattr__(summary, "__dict__", values)
        return summary

    @cached_property
    def name(self) -> str:
        return self.run.name

    @cached_property
    def folded_name(self) -> str:
        """The name in the form used to sort and search."""
        return self.name.casefold()

    @property
    def created(self) -> str:
        """When the run was created, as ISO 8601 in UTC; empty if unknown."""
        return self.config.created if self.config is not None else ""

    @property
    def better(self) -> float | None:
        """The best epoch's test accuracy, if that is higher than the run's current one."""
        best, now = self.best_accuracy, self.test_accuracy
        return best if best is not None and now is not None and best > now else None

    @property
    def is_active(self) -> bool:
        """Whether a trainer is working on the run."""
        return self.status is not None and self.status.is_active

    @property
    def is_newer(self) -> bool:
        """Whether a newer cnntui made the run, so that parts of it may not be understood here."""
        return self.config is not None and self.config.is_newer


def complete(summary: RunSummary) -> RunSummary:
    """The summary with what a glance leaves out: how many parameters the network has."""
    if summary.is_whole:
        return summary
    from cnntui.runs.directory.parameters import parameters_of

    return replace(summary, parameters=parameters_of(summary.run, summary.config), is_whole=True)
