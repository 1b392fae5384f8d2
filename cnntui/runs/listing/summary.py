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
    """What a list says of a run.

    Attributes:
        run: where it is.
        config: what was asked; None where that cannot be read, and then only `problem` says anything.
        status: what it is doing; None where that cannot be known.
        test_accuracy: the newest one, 0–1; None before the first.
        epochs_done: how many epochs were learned from to their end.
        seconds: from its first sign of life to its last, pauses included; None before the first.
        parameters: weights and biases of its network; None where they are not known, or not counted yet.
        problem: why it crashed or cannot be read; empty for any other run.
        is_whole: whether all that there is to know has been looked for.
        step: how many batches were learned from.
        total_steps: how many batches all epochs have; 0 where that is not known.
        is_over: whether it said itself how it ended, so that its lock tells nothing more.
        best_epoch: the epoch, counted from 1, with the highest test accuracy, the first of several; None before the
            first, or where a run's events are so many that not all were read.
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
    """Changes when any file changes that the summary was made from."""

    @classmethod
    def found_before(cls, values: dict[str, Any]) -> RunSummary:
        """The summary of these attributes and the class's defaults: made in a tenth of the time, for thousands of them.

        Args:
            values: what differs from the defaults; the summary keeps it.
        """
        summary = object.__new__(cls)
        object.__setattr__(summary, "__dict__", values)
        return summary

    @cached_property
    def name(self) -> str:
        return self.run.name

    @cached_property
    def folded_name(self) -> str:
        """The name in the form that is sorted and searched."""
        return self.name.casefold()

    @property
    def created(self) -> str:
        """When the run was made, ISO 8601, UTC; empty where nobody knows."""
        return self.config.created if self.config is not None else ""

    @property
    def better(self) -> float | None:
        """The best epoch's test accuracy, where that is higher than the run's present one."""
        best, now = self.best_accuracy, self.test_accuracy
        return best if best is not None and now is not None and best > now else None

    @property
    def is_active(self) -> bool:
        """Whether a trainer is at work on it."""
        return self.status is not None and self.status.is_active

    @property
    def is_newer(self) -> bool:
        """Whether a newer cnntui made it, so that some of it may not be understood here."""
        return self.config is not None and self.config.is_newer


def complete(summary: RunSummary) -> RunSummary:
    """The summary with what a glance does not look for: how many parameters the network has."""
    if summary.is_whole:
        return summary
    from cnntui.runs.directory.parameters import parameters_of

    return replace(summary, parameters=parameters_of(summary.run, summary.config), is_whole=True)
