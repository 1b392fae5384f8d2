"""The progress of a training in a command: a progress bar on a terminal, plain lines in a pipe."""

from __future__ import annotations

import math
import os
import sys
from typing import TYPE_CHECKING

from cnntui.cnn.arithmetic import fraction
from cnntui.printable import raw
from cnntui.runs.config.config_text import batches_in_words, epochs_in_words, optimizer_in_words, others_in_words
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.status import Status
from cnntui.runs.history.events import EpochEnd
from cnntui.runs.reading.follow import RunView

if TYPE_CHECKING:
    from rich.console import Console

LOADING = "Loading TensorFlow (a few seconds)…"

_SHOWN_BATCHES = 50
"""How many of the newest batches the means are taken over, as single ones vary a lot."""


def reporter() -> Reporter:
    """The reporter that suits standard output."""
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return _Lines()
    from rich.console import Console

    return _Bar(Console(highlight=False, file=raw(sys.stdout)))


def batch_in_words(view: RunView) -> str:
    """`batch 376 of 4,690`."""
    return f"batch {view.step:,} of {view.total_steps:,}" if view.total_steps else f"batch {view.step:,}"


def _title(run: RunDirectory, config: RunConfig) -> str:
    return (
        f"Training {run.name}: {epochs_in_words(config.epochs)}, {batches_in_words(config)}, "
        f"{optimizer_in_words(config)}, seed {config.words('seed')}{others_in_words(config)}"
    )


def _epoch_line(view: RunView, end: EpochEnd) -> str:
    epochs, unseen = view.epochs, view.config.unseen
    of_all = "" if epochs is None else f"/{epochs}"
    measured = [
        f"{name} {value}"
        for name, value, number in (
            ("loss", f"{end.loss:.4f}", end.loss),
            ("acc", fraction(end.accuracy), end.accuracy),
            (f"{unseen} loss", f"{end.test_loss:.4f}", end.test_loss),
            (f"{unseen} acc", fraction(end.test_accuracy), end.test_accuracy),
        )
        # cnntui's own trainings measure all four, and a NaN should be seen.
        if not view.config.script or math.isfinite(number)
    ]
    others = ((end.metrics, ""), (end.test_metrics, f"{unseen} "))
    measured += [f"{before}{name} {value:.4g}" for found, before in others for name, value in found.items()]
    return f"epoch {end.epoch + 1}{of_all}  {'  '.join(measured)}  {end.seconds:.1f} s"


def _starting(view: RunView) -> str:
    return f"{view.config.script} has not learned from a batch yet…" if view.config.script else LOADING


def _pause(view: RunView) -> str:
    """Why and where a run waits; empty if it does not."""
    if view.status is not Status.PAUSED:
        return ""
    if view.problem is not None:
        return f"paused: {view.problem.message} {view.problem.hint}"
    return f"paused at {batch_in_words(view)}"


class Reporter:
    """Shows a run while it is trained, on standard output: a line at the start, and one for each epoch."""

    def __init__(self) -> None:
        self._epochs = 0

    def begin(self, run: RunDirectory, config: RunConfig) -> None:
        """Say what is trained."""
        self.say(_title(run, config))

    def update(self, view: RunView) -> None:
        """Say what is new."""
        for end in view.history.epochs[self._epochs :]:
            self.say(_epoch_line(view, end))
        self._epochs = len(view.history.epochs)

    def say(self, text: str) -> None:
        """Write a line."""
        print(text, flush=True)

    def close(self) -> None:
        """Remove what is not a line."""


class _Lines(Reporter):
    """Says as well when the trainer waits for something."""

    def __init__(self) -> None:
        super().__init__()
        self._status: Status | None = None

    def update(self, view: RunView) -> None:
        super().update(view)
        before, self._status = self._status, view.status
        if before is self._status:
            return
        if view.status is Status.STARTING:
            self.say(_starting(view))
        elif view.status is Status.PAUSED:
            self.say(_pause(view))
        elif before is Status.PAUSED and view.status is Status.RUNNING:
            self.say(f"continued at {batch_in_words(view)}")


class _Bar(Reporter):
    """Shows a progress bar for the current epoch as well."""

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        super().__init__()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[numbers]}", markup=False),
            console=console,
            auto_refresh=False,
            transient=True,
        )
        self._task = self._progress.add_task(LOADING, total=None, numbers="")

    def begin(self, run: RunDirectory, config: RunConfig) -> None:
        super().begin(run, config)
        self._progress.start()

    def update(self, view: RunView) -> None:
        super().update(view)
        if view.status is Status.STARTING:
            self._progress.update(self._task, description=_starting(view), total=None, numbers="", refresh=True)
        if view.history.started is None or view.status not in (Status.RUNNING, Status.PAUSED):
            return
        history, each, epochs = view.history, view.history.steps_per_epoch, view.epochs
        epoch, batch = history.epoch, view.step - history.epoch_began
        if epochs is not None and epoch >= epochs:
            epoch, batch = epochs - 1, each
        of_all = "" if epochs is None else f"/{epochs}"
        self._progress.update(
            self._task,
            description=f"epoch {epoch + 1}{of_all} {_pause(view)}".rstrip(),
            total=each or None,
            completed=batch,
            numbers=f"{f'{batch:>{len(str(each))}}/{each}' if each else f'batch {batch:,}'}  {_numbers(view)}",
            refresh=True,
        )

    def say(self, text: str) -> None:
        self._progress.print(text, markup=False)

    def close(self) -> None:
        self._progress.stop()


def _numbers(view: RunView) -> str:
    losses, accuracies = view.history.losses[-_SHOWN_BATCHES:], view.history.accuracies[-_SHOWN_BATCHES:]
    if not len(losses):
        return ""
    means = [f"loss {losses.mean():.4f}"]
    if view.history.has_accuracy:
        means.append(f"acc {fraction(accuracies.mean())}")
    left = view.seconds_left
    clock = "-:--" if left is None else f"{int(left) // 60}:{int(left) % 60:02d}"
    return f"{view.rate:6,.0f} images/s  {'  '.join(means)}  {clock} left"
