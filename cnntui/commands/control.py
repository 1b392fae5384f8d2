"""`cnntui runs stop`, `pause` and `continue`: requests to a trainer that runs elsewhere, and their outcome."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from cnntui.commands.progress import batch_in_words
from cnntui.commands.streams import say
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.run_directory import RunDirectory, default_runs_dir, find_run
from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunFollower, RunView

_POLL_SECONDS = 0.05

PATIENCE_SECONDS = 120.0
"""Before a trainer ends, it may have to load TensorFlow and read the test images."""


def stop(name: str, runs_dir: Path | None, patience: float = PATIENCE_SECONDS) -> int:
    """Ask a run's trainer to keep what it learned and to end, wait until it has, and return the exit status.

    Args:
        name: the run's name.
        runs_dir: the folder of runs; None for the default folder.
        patience: the maximum time to wait, in seconds.

    Raises:
        CnntuiError: there is no such run, nobody is training it, or its trainer does not answer.
    """
    view = _command(name, runs_dir, TrainerCommand.STOP, lambda view: not view.status.is_active, patience)
    if view.status is Status.CRASHED and view.problem is not None:
        raise CnntuiError(view.problem.message, view.problem.hint)
    is_over = view.status is Status.FINISHED or not view.config.can_be_resumed
    resume = "" if is_over else f" Resume it: cnntui train --resume {view.run.name}"
    say(f"{view.run.name} is {view.status} at {batch_in_words(view)}.{resume}")
    return 0


def pause(name: str, runs_dir: Path | None, patience: float = PATIENCE_SECONDS) -> int:
    """Ask a run's trainer to pause, and return the exit status. Args and Raises as for `stop`."""
    view = _command(
        name, runs_dir, TrainerCommand.PAUSE, lambda view: view.status is not Status.RUNNING, patience, starts=False
    )
    if view.status is not Status.PAUSED:
        raise _not_training(view)
    say(f"{view.run.name} is paused at {batch_in_words(view)}. Let it go on: cnntui runs continue {view.run.name}")
    return 0


def continue_run(name: str, runs_dir: Path | None, patience: float = PATIENCE_SECONDS) -> int:
    """Let a run's paused trainer continue, and return the exit status. Args and Raises as for `stop`."""
    view = _command(
        name, runs_dir, TrainerCommand.RUN, lambda view: view.status is not Status.PAUSED, patience, starts=False
    )
    if not view.status.is_active and view.status is not Status.FINISHED:
        raise _not_training(view)
    say(f"{view.run.name} is {view.status} at {batch_in_words(view)}.")
    return 0


def _command(
    name: str,
    runs_dir: Path | None,
    command: TrainerCommand,
    is_done: Callable[[RunView], bool],
    patience: float,
    starts: bool = True,
) -> RunView:
    """Send a request, wait until it has been obeyed, and return the run's state then.

    Args:
        starts: whether a trainer that is still starting may have obeyed already.
    """
    run = find_run(name, runs_dir or default_runs_dir())
    follower = RunFollower(run)
    view = follower.poll()
    if not view.status.is_active:
        raise _not_training(view)
    if not view.obeys(_ASKED[command]):
        raise CnntuiError(
            f"{run.name} cannot be asked to {_WORDS[command]}: {view.config.script} trains it in a loop of its own.",
            "A loop obeys a stop where it looks at watch.should_stop." if command is TrainerCommand.STOP else "",
        )
    ask(run, command)
    until = time.monotonic() + patience
    while not is_done(view) or (view.status is Status.STARTING and not starts):
        if time.monotonic() > until:
            raise CnntuiError(
                f"{run.name} was asked to {_WORDS[command]} but did not within {patience:.0f} seconds.", _see(run)
            )
        time.sleep(_POLL_SECONDS)
        view = follower.poll()
    return view


_ASKED = {TrainerCommand.STOP: "stop", TrainerCommand.PAUSE: "pause", TrainerCommand.RUN: "pause"}
_WORDS = {TrainerCommand.STOP: "stop", TrainerCommand.PAUSE: "pause", TrainerCommand.RUN: "continue"}


def _not_training(view: RunView) -> CnntuiError:
    resumable = (
        not view.run.read_only and view.config.can_be_resumed and view.status in (Status.STOPPED, Status.CRASHED)
    )
    hint = f"Resume it: cnntui train --resume {view.run.name}" if resumable else ""
    return CnntuiError(f"{view.run.name} is not being trained: it is {view.status}.", hint)


def _see(run: RunDirectory) -> str:
    return f"Look at it with cnntui runs follow {run.name}, and see {run.log_path}."
