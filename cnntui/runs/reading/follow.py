"""`RunFollower` polls a run directory for its newest state: the identical object while nothing changes."""

from __future__ import annotations

import os
from contextlib import suppress

from cnntui.cnn.arithmetic import counted
from cnntui.files.errors import CnntuiError
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.status import Status
from cnntui.runs.history.event_file import EventReader
from cnntui.runs.history.events import Failed, Finished
from cnntui.runs.history.history import History
from cnntui.runs.history.history_builder import HistoryBuilder
from cnntui.values import dataclass


@dataclass(frozen=True)
class Problem:
    """Why a run crashed or waits: a sentence on what happened, and one on what to do."""

    message: str
    hint: str


@dataclass(frozen=True, eq=False)
class RunView:
    """The state of a run at one moment.

    Attributes:
        run: the run directory.
        config: the run's settings.
        status: what the run is doing.
        history: the run's curves and milestones.
        live_version: changes when `live.npz` does; None if there is no such file.
        problem: why the run crashed or is damaged, or what it waits for if it paused on its own; otherwise None.
        skipped: the number of lines in the events that could not be understood.
    """

    run: RunDirectory
    config: RunConfig
    status: Status
    history: History
    live_version: tuple[int, int] | None
    problem: Problem | None
    skipped: int

    @property
    def step(self) -> int:
        """How many batches the network has learned from."""
        return self.history.step

    @property
    def total_steps(self) -> int:
        """How many batches all epochs have; 0 if unknown."""
        return self.history.total_steps

    @property
    def epochs(self) -> int | None:
        """How many epochs there will be; None if unknown."""
        started = self.history.started
        return (started.epochs if started else 0) or self.config.epochs

    def obeys(self, what: str) -> bool:
        """Whether the run's trainer obeys a request: "pause", "stop", "step" or "rate"."""
        return self.history.started is None or what in self.history.started.obeys

    @property
    def may_grow(self) -> bool:
        """Whether the run is being trained, or the script that trained it still runs and may train it again."""
        started = self.history.started
        if self.status.is_active or not self.config.script or started is None or started.pid <= 0:
            return self.status.is_active
        try:
            os.kill(started.pid, 0)
        except (OSError, OverflowError) as error:
            return isinstance(error, PermissionError)
        return True

    @property
    def learning_rate(self) -> float | None:
        """The current learning rate; None if unknown."""
        changes = self.history.learning_rates
        return changes[-1].rate if changes else self.config.learning_rate

    @property
    def rate(self) -> float:
        """Images a second, over the last few seconds of training; 0 if unknown."""
        started = self.history.started
        return self.history.steps_per_second * (self.config.batch_size or (started.batch_size if started else 0))

    @property
    def seconds_left(self) -> float | None:
        """How long the training will still take; None if nobody is training or the time cannot be estimated."""
        return self.history.seconds_left if self.status is Status.RUNNING else None


class RunFollower:
    """Follows one run; any number of followers, in any process, may follow the same run.

    Raises:
        CnntuiError: the directory is not a run.
    """

    def __init__(self, run: RunDirectory) -> None:
        self.run = run
        self._config = run.read_config()
        self._reader = EventReader(run.events_path)
        self._builder = HistoryBuilder()
        self._held = False
        self._view: RunView | None = None

    def poll(self) -> RunView:
        """The newest state; the identical object if nothing has changed, at the cost of two or three `stat`s."""
        # The order matters. If the lock is free *before* the events are read, all events are there; so a trainer that
        # ends between the two checks is never taken for one that crashed.
        over = self._view is not None and self._view.history.end is not None
        held = is_held(self.run.lock_path)
        live = self._live_version()
        grown = self._reader.has_grown()
        if self._view and not grown and live == self._view.live_version and (held == self._held or over):
            return self._view
        if grown or self._view is None:
            self._builder.extend(self._reader.read())
            history = self._builder.history
            if self._view and self._config.script and history.started is not self._view.history.started:
                # Only now does the script know how many epochs there will be, and how large its batches are.
                with suppress(CnntuiError):
                    self._config = self.run.read_config()
        else:
            history = self._view.history
        self._held = held
        if self._reader.problem:
            status = Status.DAMAGED
            why = f"The events of {self.run.name} cannot be read: {self._reader.problem}."
            problem: Problem | None = Problem(why, f"See {self.run.events_path}.")
        else:
            status = _status(history, held)
            problem = _problem(status, history, self.run, self._config)
        self._view = RunView(self.run, self._config, status, history, live, problem, self._reader.skipped)
        return self._view

    def _live_version(self) -> tuple[int, int] | None:
        try:
            stat = os.stat(self.run.live_path)
        except OSError:
            return None
        return stat.st_ino, stat.st_mtime_ns


def _status(history: History, held: bool) -> Status:
    if isinstance(history.end, Failed):
        return Status.CRASHED
    if history.end is not None:
        return Status.FINISHED if isinstance(history.end, Finished) else Status.STOPPED
    if not held:
        return Status.CRASHED
    if history.started is None or history.launched:
        return Status.STARTING
    return Status.PAUSED if history.paused else Status.RUNNING


def _problem(status: Status, history: History, run: RunDirectory, config: RunConfig) -> Problem | None:
    if status is Status.PAUSED and history.waiting is not None:
        return Problem(*history.waiting)
    if status is not Status.CRASHED:
        return None
    if isinstance(history.end, Failed):
        return Problem(history.end.message, history.end.hint)
    if config.script:
        return Problem(
            f"{config.script}, which trains {run.name}, ended without a message after "
            f"{counted(history.step, 'batch')}: it was killed, or the machine went down.",
            "What was kept can still be opened; start the script again to train again.",
        )
    if history.started is None or (history.launched and history.checkpoint_step is None):
        return Problem(f"The trainer of {run.name} ended before it began to learn.", f"See {run.log_path}.")
    if history.checkpoint_step is None:
        hint = f"It had kept nothing yet; see {run.log_path}."
    else:
        hint = f"Resume from batch {history.checkpoint_step}: cnntui train --resume {run.name}"
        if not config.can_be_resumed:
            hint = f"Train on from batch {history.checkpoint_step}: cnntui train --model {run.checkpoint_path}"
    return Problem(
        f"The trainer of {run.name} exited unexpectedly after batch {history.step}: "
        "it was killed, or the machine went down.",
        hint,
    )
