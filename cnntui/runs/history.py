"""`History`: a run's curves and milestones, folded from its events, and the two ways a chart thins them."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.runs.events import (
    Batches,
    Checkpoint,
    EpochEnd,
    Event,
    EventReader,
    Failed,
    Finished,
    Launched,
    LearningRate,
    Paused,
    Resumed,
    Snapshot,
    Started,
    Stopped,
)

# The rate is that of the last seconds: long enough to be steady, short enough to follow what the machine does.
_RATE_SECONDS = 4.0


# More batches than fit between two checkpoints on any machine: a start that skips more is damage.
_MOST_MISSING = 100_000

_MOST_METRICS = 64

# What is shown as time left stays a time even when a damaged file says otherwise.
_LONGEST_SECONDS = 1e9


@dataclass(frozen=True, eq=False)
class History:
    """What happened in a run so far. Arrays have one entry a batch, in the order of training.

    Attributes:
        losses: (batches,) float32, the true loss of each batch; NaN where it was not finite.
        accuracies: (batches,) float32, 0–1; NaN where the training measures none.
        metrics: what else it measures, by name, each `(batches,)` float32; NaN where it was not measured.
        first_step: the training step of the first entry: 1, as step 0 is before the first batch.
        event_steps: (events,) int64, the step of each report of the trainer.
        event_times: (events,) float64, when it was made, in seconds since 1970.
        epochs: the ends of the epochs so far.
        snapshots: the steps whose weights were kept, ascending.
        started: the newest start of a trainer; None before the first.
        checkpoint_step: the step of `model.keras`; None before the first checkpoint.
        learning_rates: the changes of the learning rate so far.
        paused: whether the trainer said that it pauses.
        waiting: what it said that it waits for, as a message and a hint; None when a person paused it.
        end: the event that ended it; None while nothing did.
        unknown: the steps before, and up to, of batches that were learned from, but of which no line tells any more.
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
    """Whether a trainer that goes on with the run was started, and has not yet said from where."""
    segment: int = 0
    """Where in `event_steps` the newest uninterrupted stretch of training began; what is before has other speeds."""
    unknown: tuple[tuple[int, int], ...] = ()

    @property
    def step(self) -> int:
        """How many batches were learned from."""
        return self.first_step - 1 + len(self.losses)

    @property
    def total_steps(self) -> int:
        """How many batches all epochs have; 0 where nobody knows, as before the trainer has started."""
        if self.started is None:
            return 0
        return self.epoch_began + self.steps_per_epoch * max(self.started.epochs - self.epoch, 0)

    @property
    def steps_per_epoch(self) -> int:
        """How many batches an epoch has; 0 where nobody knows, as during the first of a training without a length."""
        if self.started is None:
            return 0
        return self.started.steps_per_epoch or self._last_epoch_steps

    @property
    def _last_epoch_steps(self) -> int:
        begins = [0, *(end.step for end in self.epochs)]
        return begins[-1] - begins[-2] if self.epochs else 0

    @property
    def epoch(self) -> int:
        """The epoch that is going on, from 0; after the last one, how many there were."""
        if self.epochs:
            return self.epochs[-1].epoch + 1
        return self.started.first_epoch if self.started else 0

    @property
    def epoch_began(self) -> int:
        """The step after which that epoch began."""
        return self.epochs[-1].step if self.epochs else 0

    def epochs_at(self, step: int) -> float | None:
        """How many epochs had been learned from at a step; None where nobody knows how long they are."""
        begins = [(0, self.started.first_epoch if self.started else 0)]
        begins += [(end.step, end.epoch + 1) for end in self.epochs]
        place = max(bisect_right(begins, step, key=lambda begin: begin[0]) - 1, 0)
        began, epoch = begins[place]
        length = begins[place + 1][0] - began if place + 1 < len(begins) else self.steps_per_epoch
        return epoch + (step - began) / length if length else None

    @cached_property
    def has_accuracy(self) -> bool:
        """Whether the training measures how many of its images are right, as far as it is known yet."""
        ends = (value for end in self.epochs for value in (end.accuracy, end.test_accuracy))
        return not len(self.losses) or bool(np.isfinite(self.accuracies).any()) or any(map(math.isfinite, ends))

    @cached_property
    def steps(self) -> NDArray[np.int64]:
        """(batches,) the training step of each entry of `losses`."""
        return np.arange(self.first_step, self.first_step + len(self.losses), dtype=np.int64)

    @cached_property
    def best_epoch(self) -> EpochEnd | None:
        """The end of the epoch with the highest accuracy on the test images, the first of several; None before any."""
        known = [end for end in self.epochs if math.isfinite(end.test_accuracy)]
        return max(known, key=lambda end: end.test_accuracy, default=None)

    @cached_property
    def lost_steps(self) -> NDArray[np.int64]:
        """The steps of the batches whose loss was no number. Those of which nothing is known are none of them."""
        lost = ~np.isfinite(self.losses)
        for before, last in self.unknown:
            lost[before + 1 - self.first_step : last + 1 - self.first_step] = False
        return self.steps[lost]

    def seconds_between(self, first: int, last: int) -> float:
        """How long learning from the batches after step `first` up to `last` took, without pauses and evaluations."""
        begin, end = np.searchsorted(self.event_steps, (first, last), side="right")
        begin = max(int(begin) - 1, 0)
        took = np.diff(self.event_times[begin:end])
        return float(took[np.diff(self.event_steps[begin:end]) > 0].sum())

    @cached_property
    def steps_per_second(self) -> float:
        """The speed of the last seconds of training, without pauses and evaluations; 0 when it is not known yet."""
        times, steps = self.event_times[self.segment :], self.event_steps[self.segment :]
        if len(times) < 2:
            return 0.0
        begin = min(int(np.searchsorted(times, times[-1] - _RATE_SECONDS)), len(times) - 2)
        seconds = float(times[-1] - times[begin])
        return float(steps[-1] - steps[begin]) / seconds if seconds > 0 else 0.0

    @cached_property
    def seconds_left(self) -> float | None:
        """How long the training will take from `step` on at its present speed; None when that cannot be said."""
        speed = self.steps_per_second
        if self.started is None or speed <= 0 or not self.total_steps:
            return None
        left = max(self.total_steps - self.step, 0)
        # An epoch's own seconds know what evaluation and checkpoints cost beside the batches.
        beside = 0.0
        if self.epochs:
            last = self.epochs[-1]
            beside = max(0.0, last.seconds - self._last_epoch_steps / speed)
        epochs_left = max(self.started.epochs - self.epoch, 0)
        return min(left / speed + beside * epochs_left, _LONGEST_SECONDS)


EMPTY = History(np.empty(0, np.float32), np.empty(0, np.float32))


class HistoryBuilder:
    """Folds events into a `History`, in time proportional to what is new.

    Arrays grow by doubling, and a `History` is a view on their filled part: what was given out stays as it was.
    """

    def __init__(self) -> None:
        self._losses: _Growing = _Growing(np.float32)
        self._accuracies: _Growing = _Growing(np.float32)
        self._metrics: dict[str, _Growing] = {}
        self._unknown: list[tuple[int, int]] = []
        self._event_steps: _Growing = _Growing(np.int64)
        self._event_times: _Growing = _Growing(np.float64)
        self._epochs: list[EpochEnd] = []
        self._snapshots: list[int] = []
        self._started: Started | None = None
        self._checkpoint_step: int | None = None
        self._learning_rates: list[LearningRate] = []
        self._paused: Paused | None = None
        self._end: Finished | Stopped | Failed | None = None
        self._launched = False
        self._segment = 0

    def extend(self, events: Iterable[Event]) -> None:
        """Take new events in, in the order in which they were written."""
        for event in events:
            match event:
                case Batches():
                    self._batches(event)
                case EpochEnd():
                    if event.step not in [end.step for end in self._epochs[-1:]]:
                        self._epochs.append(event)
                    self._begin_segment(event.step, event.time)
                case Snapshot() if event.step not in self._snapshots[-1:]:
                    self._snapshots.append(event.step)
                case Checkpoint():
                    self._checkpoint_step = event.step
                case LearningRate():
                    self._learning_rates.append(event)
                case Launched():
                    self._launched, self._paused, self._end = True, None, None
                case Started():
                    self._start(event)
                case Paused():
                    self._paused = event
                case Resumed():
                    self._paused = None
                    self._begin_segment(event.step, event.time)
                case Finished() | Stopped() | Failed():
                    self._end = event
                    self._paused = None

    @property
    def history(self) -> History:
        paused = self._paused
        return History(
            losses=self._losses.filled,
            accuracies=self._accuracies.filled,
            metrics={name: curve.filled for name, curve in self._metrics.items()},
            event_steps=self._event_steps.filled,
            event_times=self._event_times.filled,
            epochs=tuple(self._epochs),
            snapshots=tuple(self._snapshots),
            started=self._started,
            checkpoint_step=self._checkpoint_step,
            learning_rates=tuple(self._learning_rates),
            paused=paused is not None,
            waiting=(paused.message, paused.hint) if paused and paused.message else None,
            end=self._end,
            launched=self._launched,
            segment=self._segment,
            unknown=tuple(self._unknown),
        )

    def _batches(self, event: Batches) -> None:
        first = event.step - len(event.losses)
        count = len(event.losses)
        curves = [values for values in (event.accuracies, *event.metrics.values()) if values]
        if first != len(self._losses) or any(len(values) != count for values in curves):
            return  # a line between was lost or repeated: an entry must stand at its own step or nowhere
        for name in event.metrics:
            if name not in self._metrics and len(self._metrics) < _MOST_METRICS:
                self._metrics[name] = _Growing(np.float32)
                self._metrics[name].append((math.nan,) * first)
        self._losses.append(event.losses)
        self._accuracies.append(event.accuracies or (math.nan,) * count)
        for name, curve in self._metrics.items():
            curve.append(event.metrics.get(name) or (math.nan,) * count)
        self._event_steps.append((event.step,))
        self._event_times.append((event.time,))

    def _start(self, event: Started) -> None:
        """A trainer starts at a step; what an earlier one did after that step never happened."""
        self._started = event
        self._launched, self._paused, self._end = False, None, None
        known = min(len(self._losses), event.step)
        self._unknown = [(before, min(last, known)) for before, last in self._unknown if before < known]
        # After a power cut the checkpoint may know of batches that no line tells of any more.
        if 0 < (missing := event.step - known) <= _MOST_MISSING:
            self._unknown.append((known, event.step))
        else:
            missing = 0
        for curve in (self._losses, self._accuracies, *self._metrics.values()):
            curve.truncate(event.step)
            curve.append((math.nan,) * missing)
        kept = int(np.searchsorted(self._event_steps.filled, event.step, side="right"))
        self._event_steps.truncate(kept)
        self._event_times.truncate(kept)
        self._epochs = [end for end in self._epochs if end.step <= event.step]
        self._snapshots = [step for step in self._snapshots if step <= event.step]
        self._learning_rates = [change for change in self._learning_rates if change.step <= event.step]
        self._begin_segment(event.step, event.time)

    def _begin_segment(self, step: int, time: float) -> None:
        self._segment = len(self._event_steps)
        self._event_steps.append((step,))
        self._event_times.append((time,))


def read_history(path: Path) -> History:
    """The history in an events file as it is now; empty when there is none."""
    builder = HistoryBuilder()
    builder.extend(EventReader(path).read())
    return builder.history


class _Growing:
    """A one-dimensional array that is appended to in amortised constant time."""

    def __init__(self, dtype: Any) -> None:
        self._room = np.empty(1024, dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def filled(self) -> NDArray[Any]:
        view = self._room[: self._length]
        view.flags.writeable = False
        return view

    def append(self, values: tuple[float, ...]) -> None:
        end = self._length + len(values)
        if end > len(self._room):
            room = np.empty(max(end, 2 * len(self._room)), self._room.dtype)
            room[: self._length] = self.filled
            self._room = room
        self._room[self._length : end] = values
        self._length = end

    def truncate(self, length: int) -> None:
        if length < self._length:
            self._room = self._room.copy()  # views that were given out keep the old entries
            self._length = length


def decimate(steps: NDArray[Any], values: NDArray[Any], points: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Thin a curve for a chart so that no peak is lost: the least and the greatest value of each of equal buckets.

    Args:
        steps: (n,) ascending.
        values: (n,); NaN counts only where a bucket has nothing else.
        points: the most entries to return; at least 2.

    Returns:
        The kept steps and values, in order; all of them when there are no more than `points`.
    """
    n, buckets = len(values), max(1, points // 2)
    if n <= max(points, 2):
        return steps, values
    size = -(-n // buckets)
    rows = -(-n // size)
    padded = np.full(rows * size, np.nan)
    padded[:n] = values
    table = padded.reshape(rows, size)
    unknown = np.isnan(table)
    begins = np.arange(rows) * size
    least = begins + np.argmin(np.where(unknown, np.inf, table), axis=1)
    greatest = begins + np.argmax(np.where(unknown, -np.inf, table), axis=1)
    # Not np.unique, whose first call imports all of numpy.ma.
    kept = np.sort(np.stack([least, greatest], axis=1), axis=1).ravel()
    kept = kept[np.append(True, kept[1:] != kept[:-1])]
    return steps[kept], values[kept]


def smooth(values: NDArray[Any], span: float = 40.0) -> NDArray[np.float64]:
    """The exponential moving average over about `span` entries, without the pull of a made-up first value.

    Args:
        values: (n,); NaN is skipped.

    Returns:
        (n,) float64; NaN until the first number.
    """
    keep = 1.0 - 1.0 / span
    known = ~np.isnan(values)
    total = _decaying_sum(np.where(known, values, 0.0).astype(np.float64), keep)
    weight = _decaying_sum(known.astype(np.float64), keep)
    average = np.full(len(values), np.nan)
    np.divide(total, weight, out=average, where=weight > 0)
    return average


def _decaying_sum(values: NDArray[np.float64], keep: float) -> NDArray[np.float64]:
    """(n,) with sums[i] = keep · sums[i − 1] + values[i], in blocks short enough for keep^-i to stay a float64."""
    block = 256
    powers = keep ** np.arange(1, block + 1)
    sums = np.empty_like(values)
    carried = 0.0
    for begin in range(0, len(values), block):
        part = values[begin : begin + block]
        p = powers[: len(part)]
        sums[begin : begin + block] = p * (carried + np.cumsum(part / p))
        carried = float(sums[begin + len(part) - 1])
    return sums
