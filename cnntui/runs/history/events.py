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
    """The trainer has loaded the network and the images, and begins at `step`: 0, or that of the checkpoint it resumes.

    In a training that is not cnntui's own, unknown numbers are 0.

    Attributes:
        first_epoch: the epoch (from 0) of the run's first batch.
        batch_size: the number of images in a batch; 0 if the settings say it.
        obeys: the requests that the trainer obeys: `TrainerCommand`s, and "rate" for another learning rate.
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
        accuracies: empty if the training does not measure accuracy.
        metrics: any other metrics by name, with one value for each batch.
    """

    step: int
    losses: tuple[float, ...]
    accuracies: tuple[float, ...]
    metrics: dict[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class EpochEnd(Event):
    """`epoch` (from 0) is over, with its means over the training images and the values on all test images.

    `seconds` is the epoch's wall time, including the evaluation but without pauses. Values that the training does not
    measure are NaN; metrics other than loss and accuracy are in `metrics` and `test_metrics`, by name.
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
    """The trainer waits: on request or, with a message and a hint, for the user to do what they say."""

    step: int
    message: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Resumed(Event):
    step: int


@dataclass(frozen=True)
class LearningRate(Event):
    """From `step` on, the optimizer's learning rate differs from the settings."""

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
    """The trainer had to give up: one sentence says what happened, another what to do."""

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
