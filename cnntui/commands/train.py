"""`cnntui train`: trains without the app and shows the progress; `cnntui runs follow`: shows another training's."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from types import FrameType
from typing import Any

from cnntui.cnn.arithmetic import fraction
from cnntui.commands.progress import batch_in_words, reporter
from cnntui.commands.streams import OutputError, check_output, complain, output, say
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.run_directory import RunDirectory, default_runs_dir, find_run
from cnntui.runs.directory.status import Status
from cnntui.runs.history.events import Failed
from cnntui.runs.reading.follow import RunFollower, RunView
from cnntui.runs.starting.options import TrainOptions
from cnntui.runs.starting.process import TRAINER, resume_training

_POLL_SECONDS = 0.1

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

STOPPING = "Stopping and keeping what was learned. Press again to leave at once."


class Interruptions:
    """A context in which Ctrl-C and SIGTERM only count and interrupt nothing: no trainer is silently left behind.

    A lost connection (SIGHUP) is not such a command: the training continues.

    Attributes:
        count: how often the training was asked to end.
        may_leave: whether to raise KeyboardInterrupt from the second time on.
    """

    def __init__(self) -> None:
        self.count = 0
        self.may_leave = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interruptions:
        for number in (signal.SIGINT, signal.SIGTERM):
            # A shell makes its background jobs ignore Ctrl-C.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.count > 1 and self.may_leave:
            raise KeyboardInterrupt


def run(options: TrainOptions) -> int:
    """Train, follow the training to its end, and return the exit status.

    Ctrl-C or SIGTERM asks the trainer to stop and waits until it has kept what it learned; a second one leaves at once.

    Raises:
        OutputError: nothing can be shown. Then nothing is trained, or a training that has started continues.
    """
    try:
        config = options.config()
    except CnntuiError as error:
        return _fail(error, WRONG_USAGE)
    check_output()
    with Interruptions() as interruptions:
        try:
            started = options.start(config, say)
        except CnntuiError as error:
            return _fail(error, FAILED)
        return _train(started, interruptions)


def resume(name: str, runs_dir: Path | None, data: Path | None = None, module: str = TRAINER) -> int:
    """Resume a run that crashed or was stopped, follow it to its end, and return the exit status.

    Args:
        name: the run's name.
        runs_dir: the folder of runs; None for the default folder.
        data: where the run's data are now; None if they have not moved.
        module: the module of the trainer to start.

    Raises:
        OutputError: as for `run`.
    """
    check_output()
    with Interruptions() as interruptions:
        try:
            resumed = resume_training(find_run(name, runs_dir or default_runs_dir()), module, data)
        except CnntuiError as error:
            return _fail(error, FAILED)
        return _train(resumed, interruptions)


def follow(name: str, runs_dir: Path | None) -> int:
    """Show a run until its training ends, or until Ctrl-C, which leaves it running; then return the exit status.

    Raises:
        CnntuiError: there is no such run.
        OutputError: nothing can be shown any more.
    """
    run = find_run(name, runs_dir or default_runs_dir())
    try:
        view = _watch(run, None)
    except KeyboardInterrupt:
        complain(f"{run.name} is still training.")
        return INTERRUPTED
    return _end(view)


def _train(run: RunDirectory, interruptions: Interruptions) -> int:
    interruptions.may_leave = True
    try:
        view = _watch(run, interruptions)
    except KeyboardInterrupt:
        complain(f"cnntui train: {run.name} is still stopping; what it learned is kept.")
        return INTERRUPTED
    status = _end(view)
    return INTERRUPTED if interruptions.count and status == DONE else status


def _watch(run: RunDirectory, interruptions: Interruptions | None) -> RunView:
    """Show a run until its training ends; if interrupted, ask its trainer to stop."""
    follower = RunFollower(run)
    shown: RunView | None = None
    is_asked = False
    view = follower.poll()
    progress = reporter()
    try:
        with output():
            progress.begin(run, view.config)
        while True:
            if interruptions is not None and interruptions.count and not is_asked:
                is_asked = True
                ask(run, TrainerCommand.STOP)
                with output():
                    progress.say(STOPPING)
            view = follower.poll()
            if view is not shown:
                with output():
                    progress.update(view)
                shown = view
            if not view.status.is_active:
                return view
            time.sleep(_POLL_SECONDS)
    except OutputError as error:
        if view.status.is_active:
            error.hint = f"{run.name} is still training; stop it with cnntui runs stop {run.name}."
        raise
    finally:
        with output():
            progress.close()


def _end(view: RunView) -> int:
    """Print how the training ended and where the run is, and return the exit status."""
    if view.problem is not None:
        return _fail(CnntuiError(view.problem.message, view.problem.hint), FAILED)
    end = view.history.end
    if end is not None and not isinstance(end, Failed):
        stopped = f" (stopped at {batch_in_words(view)})" if view.status is Status.STOPPED else ""
        say(f"Test accuracy {fraction(end.test_accuracy)}, test loss {end.test_loss:.4f}{stopped}.")
    say(f"The run is in {view.run.path}")
    say(f"Look inside it: cnntui open {_named(view.run)}", at_once=True)
    return DONE


def _named(run: RunDirectory) -> str:
    """How to refer to a run in a command: by its name, or by its path if the name would not find it."""
    return run.name if run.read_only or run.path.parent == default_runs_dir() else f"{run.path}"


def _fail(error: CnntuiError, status: int) -> int:
    complain(f"cnntui train: {error}")
    return status
