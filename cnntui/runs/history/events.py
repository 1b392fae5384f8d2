"""The events of a run: the trainer writes them, one a line, to `events.jsonl`."""

from __future__ import annotations

from dataclasses import field

from cnntui.values import dataclass

GREATEST_INT = 2**53
"""A step or a number of images beyond what a float64 can count is damage, and would overflow a history's arrays."""

EVERYTHING = ("pause", "stop", "step", "rate")
"""The requests that cnntui's own trainer obeys."""


@dataclass(frozen=True)
class Event:
    """Something that happened in a run at `time` (seconds since 1970, UTC).

    In every event, `step` is the number of batches that had been learned from when it happened.
    """

    time: float


@dataclass(frozen=True)
class Launched(Event):
    """A trainer was started to resume the run, and has not begun yet."""


@dataclass(frozen=True)
class Started(Event):
    """The trainer has the network and the digits, and begins at `step`: 0, or the checkpoint that it goes on from.

    Of a training that is not cnntui's own, numbers that nobody knows are 0.

    Attributes:
        first_epoch: the epoch (from 0) that the run's first batch belongs to.
        batch_size: images a batch; 0 where the settings say it.
        obeys: what a person can tell the trainer: `TrainerCommand`s, and "rate" for another learning rate.
    """

    pid: int
    steps_per_epoch: int
    epochs: int
    train_digits: int
    test_digits: int
    step: int = 0
    first_epoch: int = 0
    batch_size: int = 0
    obeys: tuple[str, ...] = EVERYTHING

    def __post_init__(self) -> None:
        if self.steps_per_epoch * self.epochs > GREATEST_INT:
            raise ValueError("no run has that many batches")


@dataclass(frozen=True)
class Batches(Event):
    """The loss and the accuracy of every single batch up to and including `step`, oldest first; no running means.

    Attributes:
        accuracies: empty where the training measures none.
        metrics: what else it measures, by name, a value a batch.
    """

    step: int
    losses: tuple[float, ...]
    accuracies: tuple[float, ...]
    metrics: dict[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class EpochEnd(Event):
    """`epoch` (from 0) is over: its means over the training digits, and the values on all test digits.

    `seconds` is its wall time with the evaluation, without pauses. What the training does not measure is NaN; what
    it measures besides loss and accuracy is in `metrics` and `test_metrics`, by name.
    """

    epoch: int
    step: int
    loss: float
    accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float
    metrics: dict[str, float] = field(default_factory=dict)
    test_metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot(Event):
    """All weights of `step` were kept in `snapshots/<file>`."""

    step: int
    file: str


@dataclass(frozen=True)
class Checkpoint(Event):
    """`model.keras` now holds the network and the optimizer of `step`."""

    step: int


@dataclass(frozen=True)
class Paused(Event):
    """The trainer waits: on request or, with a message, for what that sentence and the next ask."""

    step: int
    message: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Resumed(Event):
    step: int


@dataclass(frozen=True)
class LearningRate(Event):
    """From `step` on the optimizer's learning rate differs from the settings."""

    step: int
    rate: float


@dataclass(frozen=True)
class Finished(Event):
    """All epochs are over; the last checkpoint has these values on all test images."""

    step: int
    test_loss: float
    test_accuracy: float


@dataclass(frozen=True)
class Stopped(Event):
    """The trainer was asked to stop; what was learned until `step` is in the checkpoint."""

    step: int
    test_loss: float
    test_accuracy: float


@dataclass(frozen=True)
class Failed(Event):
    """The trainer had to give up: one sentence says what happened, and one what to do."""

    message: str
    hint: str


KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        Launched,
        Started,
        Batches,
        EpochEnd,
        Snapshot,
        Checkpoint,
        Paused,
        Resumed,
        LearningRate,
        Finished,
        Stopped,
        Failed,
    )
}
"""Every kind of event by name."""
