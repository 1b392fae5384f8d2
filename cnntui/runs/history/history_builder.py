"""Folds the events of a run into its `History`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.runs.history.event_file import EventReader
from cnntui.runs.history.events import (
    Batches,
    Checkpoint,
    EpochEnd,
    Event,
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
from cnntui.runs.history.history import History

# More batches than can lie between two checkpoints on any machine: a start that skips more is damage.
_MOST_MISSING = 100_000

_MOST_METRICS = 64


class HistoryBuilder:
    """Folds events into a `History`, in time proportional to the number of new events.

    Arrays grow by doubling, and a `History` is a view of their filled part: a `History` never changes once returned.
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
        """Add new events, in the order in which they were written."""
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
            return  # A line was lost or repeated: an entry must have its own step's index or none.
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
        """Note that a trainer starts at a step; whatever an earlier trainer did after that step is discarded."""
        self._started = event
        self._launched, self._paused, self._end = False, None, None
        known = min(len(self._losses), event.step)
        self._unknown = [(before, min(last, known)) for before, last in self._unknown if before < known]
        # After a power cut, the checkpoint may include batches that no line mentions any more.
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
    """The history in an events file as it is now; empty if there is no file."""
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
            self._room = self._room.copy()  # Views that were returned keep the old entries.
            self._length = length
