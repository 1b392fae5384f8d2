"""`History`: a run's curves and milestones, as far as they are known."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnntui.runs.history.events import EpochEnd, Failed, Finished, LearningRate, Started, Stopped
from cnntui.values import dataclass

# Over the last few seconds: long enough to be steady, short enough to follow changes of speed.
_RATE_SECONDS = 4.0

# The time left stays a sensible time even if a damaged file says otherwise.
_LONGEST_SECONDS = 1e9


@dataclass(frozen=True, eq=False)
class History:
    """What has happened in a run so far. Arrays have one entry for each batch, in the order of training.

    Attributes:
        losses: (batches,) float32, the true loss of each batch; NaN if it was not finite.
        accuracies: (batches,) float32, 0–1; NaN if the training does not measure accuracy.
        metrics: any other metrics by name, each `(batches,)` float32; NaN where not measured.
        first_step: the training step of the first entry: 1, since step 0 comes before the first batch.
        event_steps: (events,) int64, the step of each of the trainer's reports.
        event_times: (events,) float64, the time of each report, in seconds since 1970.
        epochs: the ends of the epochs so far.
        snapshots: the steps with kept weights, ascending.
        started: the newest start of a trainer; None before the first.
        checkpoint_step: the step of `model.keras`; None before the first checkpoint.
        learning_rates: the changes of the learning rate so far.
        paused: whether the trainer has reported that it pauses.
        waiting: what the paused trainer waits for, as a message and a hint; None if the user paused it.
        end: the event that ended the training; None if it has not ended.
        unknown: stretches of batches that were learned from but that no line of the events describes, each as the step
            before it and its last step.
    """

    losses: NDArray[np.float32]
    accuracies: NDArray[np.float32]
    metrics: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    first_step: int = 1
    event_steps: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    event_times: NDArray[np.float64] = field(default_factory=lambda: np.empty(0, np.float64))
    epochs: tuple[EpochEnd, ...] = ()
    snapshots: tuple[int, ...] = ()
    started: Started | None = None
    checkpoint_step: int | None = None
    learning_rates: tuple[LearningRate, ...] = ()
    paused: bool = False
    waiting: tuple[str, str] | None = None
    end: Finished | Stopped | Failed | None = None
    launched: bool = False
    """Whether a trainer was started to resume the run but has not yet reported from which step."""
    segment: int = 0
    """The index in `event_steps` at which the newest stretch of training began; earlier ones had other speeds."""
    unknown: tuple[tuple[int, int], ...] = ()

    @property
    def step(self) -> int:
        """How many batches the network has learned from."""
        return self.first_step - 1 + len(self.losses)

    @property
    def total_steps(self) -> int:
        """How many batches all epochs have together; 0 if unknown, as before the trainer has started."""
        if self.started is None:
            return 0
        began, epoch = self.epoch_began, self.epoch
        if isinstance(self.end, Stopped) and self.epochs and began == self.step:
            # A script's fit ends the epoch in which it is stopped, which would otherwise have been longer.
            began, epoch = (self.epochs[-2].step if len(self.epochs) > 1 else 0), epoch - 1
        return began + self.steps_per_epoch * max(self.started.epochs - epoch, 0)

    @property
    def steps_per_epoch(self) -> int:
        """How many batches an epoch has; 0 if unknown, as in the first epoch of a training of unknown length."""
        if self.started is None:
            return 0
        return self.started.steps_per_epoch or self._last_epoch_steps

    @property
    def _last_epoch_steps(self) -> int:
        begins = [0, *(end.step for end in self.epochs)]
        return begins[-1] - begins[-2] if self.epochs else 0

    @property
    def epoch(self) -> int:
        """The current epoch, from 0; after the last one, the number of epochs."""
        if self.epochs:
            return self.epochs[-1].epoch + 1
        return self.started.first_epoch if self.started else 0

    @property
    def epoch_began(self) -> int:
        """The step after which the current epoch began."""
        return self.epochs[-1].step if self.epochs else 0

    def epochs_at(self, step: int) -> float | None:
        """How many epochs were complete at a step; None if their length is unknown."""
        begins = [(0, self.started.first_epoch if self.started else 0)]
        begins += [(end.step, end.epoch + 1) for end in self.epochs]
        place = max(bisect_right(begins, step, key=lambda begin: begin[0]) - 1, 0)
        began, epoch = begins[place]
        length = begins[place + 1][0] - began if place + 1 < len(begins) else self.steps_per_epoch
        return epoch + (step - began) / length if length else None

    @cached_property
    def has_accuracy(self) -> bool:
        """Whether the training measures accuracy, as far as is known."""
        ends = (value for end in self.epochs for value in (end.accuracy, end.test_accuracy))
        return not len(self.losses) or bool(np.isfinite(self.accuracies).any()) or any(map(math.isfinite, ends))

    @cached_property
    def steps(self) -> NDArray[np.int64]:
        """(batches,) the training step of each entry of `losses`."""
        return np.arange(self.first_step, self.first_step + len(self.losses), dtype=np.int64)

    @cached_property
    def best_epoch(self) -> EpochEnd | None:
        """The end of the epoch with the highest test accuracy, the first if several tie; None before any."""
        known = [end for end in self.epochs if math.isfinite(end.test_accuracy)]
        return max(known, key=lambda end: end.test_accuracy, default=None)

    @cached_property
    def lost_steps(self) -> NDArray[np.int64]:
        """The steps of the batches whose loss was not finite, without those about which nothing is known."""
        lost = ~np.isfinite(self.losses)
        for before, last in self.unknown:
            lost[before + 1 - self.first_step : last + 1 - self.first_step] = False
        return self.steps[lost]

    def seconds_between(self, first: int, last: int) -> float:
        """How long training on the batches after step `first` up to `last` took, without pauses and evaluations."""
        begin, end = np.searchsorted(self.event_steps, (first, last), side="right")
        begin = max(int(begin) - 1, 0)
        took = np.diff(self.event_times[begin:end])
        return float(took[np.diff(self.event_steps[begin:end]) > 0].sum())

    @cached_property
    def steps_per_second(self) -> float:
        """The speed over the last seconds of training, without pauses and evaluations; 0 while it is unknown."""
        times, steps = self.event_times[self.segment :], self.event_steps[self.segment :]
        if len(times) < 2:
            return 0.0
        begin = min(int(np.searchsorted(times, times[-1] - _RATE_SECONDS)), len(times) - 2)
        seconds = float(times[-1] - times[begin])
        return float(steps[-1] - steps[begin]) / seconds if seconds > 0 else 0.0

    @cached_property
    def seconds_left(self) -> float | None:
        """How long the training will take from `step` on at its current speed; None if that cannot be estimated."""
        speed = self.steps_per_second
        if self.started is None or speed <= 0 or not self.total_steps:
            return None
        left = max(self.total_steps - self.step, 0)
        # An epoch's own seconds include evaluation and checkpoints besides the batches.
        beside = 0.0
        if self.epochs:
            last = self.epochs[-1]
            beside = max(0.0, last.seconds - self._last_epoch_steps / speed)
        epochs_left = max(self.started.epochs - self.epoch, 0)
        return min(left / speed + beside * epochs_left, _LONGEST_SECONDS)


EMPTY = History(np.empty(0, np.float32), np.empty(0, np.float32))
