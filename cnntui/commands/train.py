"""`cnntui train`: trains without the UI, and shows how it goes: a progress bar on a terminal, plain lines in a pipe."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cnntui.commands.streams import OutputError, complain, output, say
from cnntui.errors import CnntuiError
from cnntui.printable import raw
from cnntui.runs.config import RunConfig, epochs_in_words
from cnntui.runs.control import Wish, ask
from cnntui.runs.directory import RunDirectory, default_runs_dir, find_run
from cnntui.runs.events import EpochEnd, Failed
from cnntui.runs.follow import Problem, RunFollower, RunView
from cnntui.runs.options import TrainOptions
from cnntui.runs.process import TRAINER, resume_training
from cnntui.runs.status import Status

if TYPE_CHECKING:
    from rich.console import Console

_POLL_SECONDS = 0.1

# Single batches jump about; what is shown is the mean of the newest ones.
_SHOWN_BATCHES = 50

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


def run(options: TrainOptions) -> int:
    """Train, and follow it to its end; returns the exit status.

    Ctrl-C asks the trainer to stop and waits until it has kept what it learned; a second one leaves at once.
    """
    try:
        config = options.config()
    except CnntuiError as error:
        return _fail(error, WRONG_USAGE)
    try:
        started = options.start(config)
    except CnntuiError as error:
        return _fail(error, FAILED)
    return _follow(started)


def resume(name: str, runs_dir: Path | None, module: str = TRAINER) -> int:
    """Go on with a run that crashed or was stopped, and follow it to its end; returns the exit status."""
    try:
        resumed = resume_training(find_run(name, runs_dir or default_runs_dir()), module)
    except CnntuiError as error:
        return _fail(error, FAILED)
    return _follow(resumed)


def _follow(run: RunDirectory) -> int:
    follower = RunFollower(run)
    reporter = _reporter()
    interrupted = False
    shown: RunView | None = None
    view = follower.poll()
    try:
        with output():
            reporter.begin(run, view.config)
        while True:
            try:
                view = follower.poll()
                if view is not shown:
                    with output():
                        reporter.update(view)
                    shown = view
                if not view.status.is_active:
                    break
                time.sleep(_POLL_SECONDS)
            except KeyboardInterrupt:
                if interrupted:
                    return INTERRUPTED
                interrupted = True
                ask(run, Wish.STOP)
    except OutputError as error:
        error.hint = f"{run.name} goes on training."
        raise
    finally:
        reporter.close()
    return _end(view, interrupted)


def _end(view: RunView, interrupted: bool) -> int:
    """Say how it ended, and where it is."""
    if view.problem is not None:
        return _fail(CnntuiError(view.problem.message, view.problem.hint), FAILED)
    end = view.history.end
    if end is not None and not isinstance(end, Failed):
        stopped = f" (stopped at step {view.step} of {view.total_steps})" if view.status is Status.STOPPED else ""
        say(f"Test accuracy {end.test_accuracy:.4f}, test loss {end.test_loss:.4f}{stopped}.")
    say(f"The run is in {view.run.path}")
    say(f"Look inside it: cnntui open {view.run.name}", at_once=True)
    return INTERRUPTED if interrupted else DONE


def _fail(error: CnntuiError, status: int) -> int:
    complain(f"cnntui train: {error}")
    return status


class _Reporter(Protocol):
    """Shows a run while it is trained."""

    def begin(self, run: RunDirectory, config: RunConfig) -> None: ...

    def update(self, view: RunView) -> None: ...

    def close(self) -> None: ...


def _reporter() -> _Reporter:
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return _Lines()
    from rich.console import Console

    # Of escape sequences there are only those of the bar itself: names and messages are printable already.
    return _Bar(Console(file=raw(sys.stdout), highlight=False))


def _title(run: RunDirectory, config: RunConfig) -> str:
    return (
        f"Training {run.name}: {epochs_in_words(config.epochs)}, batches of {config.batch_size}, "
        f"{config.optimizer} {config.learning_rate:g}, seed {config.seed}"
    )


def _epoch_line(end: EpochEnd, epochs: int) -> str:
    return (
        f"epoch {end.epoch + 1}/{epochs}  loss {end.loss:.4f}  acc {end.accuracy:.4f}  "
        f"test loss {end.test_loss:.4f}  test acc {end.test_accuracy:.4f}  {end.seconds:.1f} s"
    )


class _Lines:
    """One line at the start, one an epoch, and one whenever the trainer waits for something."""

    def __init__(self) -> None:
        self._epochs = 0
        self._waiting: Problem | None = None

    def begin(self, run: RunDirectory, config: RunConfig) -> None:
        print(_title(run, config), flush=True)

    def update(self, view: RunView) -> None:
        for end in view.history.epochs[self._epochs :]:
            print(_epoch_line(end, view.config.epochs), flush=True)
        self._epochs = len(view.history.epochs)
        waiting = view.problem if view.status is Status.PAUSED else None
        if waiting is not None and self._waiting is None:
            print(f"paused: {waiting.message} {waiting.hint}", flush=True)
        self._waiting = waiting

    def close(self) -> None:
        return


class _Bar:
    """A progress bar for the current epoch, and a line for each one that is over."""

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[numbers]}", markup=False),
            console=console,
            auto_refresh=False,
            transient=True,
        )
        self._task = self._progress.add_task("starting", total=None, numbers="")
        self._epochs = 0

    def begin(self, run: RunDirectory, config: RunConfig) -> None:
        self._console.print(_title(run, config), markup=False)
        self._progress.start()

    def update(self, view: RunView) -> None:
        for end in view.history.epochs[self._epochs :]:
            self._progress.print(_epoch_line(end, view.config.epochs), markup=False)
        self._epochs = len(view.history.epochs)
        started = view.history.started
        if started is None or not view.status.is_active:
            return
        epoch = min(view.step // started.steps_per_epoch, started.epochs - 1)
        batch = view.step - epoch * started.steps_per_epoch
        paused = f" paused {view.problem.message if view.problem else ''}" if view.status is Status.PAUSED else ""
        self._progress.update(
            self._task,
            description=f"epoch {epoch + 1}/{started.epochs}{paused}",
            total=started.steps_per_epoch,
            completed=batch,
            numbers=f"{batch:>{len(str(started.steps_per_epoch))}}/{started.steps_per_epoch}  {_numbers(view)}",
            refresh=True,
        )

    def close(self) -> None:
        self._progress.stop()


def _numbers(view: RunView) -> str:
    losses, accuracies = view.history.losses[-_SHOWN_BATCHES:], view.history.accuracies[-_SHOWN_BATCHES:]
    if not len(losses):
        return ""
    left = view.seconds_left
    clock = "-:--" if left is None else f"{int(left) // 60}:{int(left) % 60:02d}"
    return f"{view.rate:6,.0f} images/s  loss {losses.mean():.4f}  acc {accuracies.mean():.4f}  {clock} left"
