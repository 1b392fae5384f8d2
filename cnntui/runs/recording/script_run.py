"""`ScriptRun`: the run directory of a user's own training, written from inside their script."""

from __future__ import annotations

import math
import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnntui.images.data import data_sha256
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.control import ControlReader, TrainerCommand
from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.run_directory import RunDirectory, create_run
from cnntui.runs.directory.writing import write_atomically
from cnntui.runs.history.events import (
    EpochEnd,
    Event,
    Failed,
    Finished,
    Launched,
    LearningRate,
    Paused,
    Resumed,
    Started,
    Stopped,
)
from cnntui.runs.recording.recorder import Recorder, Weights
from cnntui.runs.recording.snapshots import OpenEnded
from cnntui.values import dataclass

DATA_FILE = "images.npz"
"""The images that the script handed over, in the run's own folder."""

_PAUSE_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Plan:
    """The facts known before the first batch of a training, or of a training that continues another.

    Attributes:
        epochs: the last epoch, as the script counts them from 1; 0 if unknown.
        steps: the number of batches in an epoch; 0 if unknown.
        obeys: the requests that the training obeys, as in `Started`.
        rate: the learning rate; None if unknown.
    """

    epochs: int = 0
    steps: int = 0
    obeys: tuple[str, ...] = ()
    rate: float | None = None


@dataclass(frozen=True)
class Values:
    """The values measured on a batch or in an epoch. Values not measured are NaN, or None for the accuracy."""

    loss: float = math.nan
    accuracy: float | None = None
    metrics: Mapping[str, float] | None = None


class ScriptRun:
    """Records a training that is not cnntui's own in a run, batch by batch.

    The run's lock is held from `begin` to `end`. A second `begin` continues the same run.

    Args:
        run: the run, whose settings have been written already.
        config: the run's settings.
        weights: returns the network's current weights; None if the network is not accessible.
        parameters: the number of parameters of the network.
        lock: the run's lock.

    Raises:
        CnntuiError: from every method, if something cannot be written.
        OSError: likewise.
    """

    def __init__(
        self,
        run: RunDirectory,
        config: RunConfig,
        weights: Callable[[], Weights] | None,
        parameters: int,
        lock: RunLock,
    ) -> None:
        self.run = run
        self._config = config
        self._weights = weights
        self._parameters = parameters
        self._lock: RunLock | None = lock
        self._recorder: Recorder | None = None
        self._control = ControlReader(self.run.control_path)
        self._keeping: OpenEnded | None = None
        self._next_snapshot = 0
        self._rate: float | None = None
        self._tested = Values()
        self.step = 0
        """How many batches the network has learned from."""
        self.epoch = 0
        """The current epoch, from 0; it counts on if a second training begins at 0 again."""
        self._first_epoch = 0

        # About the current training.
        self._plan = Plan()
        self._before = 0
        self._is_told = False
        self._paused = self._stepping = False
        self._paused_seconds = 0.0
        self._epoch_began = time.monotonic()

    @property
    def is_open(self) -> bool:
        """Whether a training is under way."""
        return self._recorder is not None

    def begin(self, plan: Plan, has_learned: bool = False) -> None:
        """Note that a training is about to begin or continue.

        Args:
            plan: what is known about the training.
            has_learned: whether the weights are already those after a first batch.
        """
        goes_on = self._keeping is not None
        if self._lock is None:
            self._lock = RunLock(self.run.lock_path)
        if goes_on:
            # Requests to an earlier training do not apply to this one.
            self.run.control_path.unlink(missing_ok=True)
            self._control = ControlReader(self.run.control_path)
        if self._recorder is None:
            self._recorder = Recorder(self.run)
        if goes_on:
            self._recorder.event(Launched(time.time()))
        self._plan, self._before = plan, 0
        self._is_told = self._paused = self._stepping = False
        if self._keeping is None:
            self._keeping = OpenEnded(self._parameters, plan.steps * plan.epochs)
            self._rate = plan.rate
        else:
            self._keeping.expect(self.step + plan.steps * plan.epochs)
            if plan.rate is not None:
                self.tell_rate(plan.rate)
        self._start_clock()
        if self.step == 0 and self._weights is not None and not has_learned:
            self._recorder.snapshot(0, self._weights())
            self._next_snapshot = self._keeping.next_after(0)
            self._recorder.live(0, self._weights, at_once=True)

    def begin_epoch(self, epoch: int) -> None:
        """Begin an epoch; a script that trains again may count from 0 again, but the run does not."""
        if not self._is_told:
            self._before = max(self.epoch - epoch, 0)
        if not self.step:
            self._first_epoch = epoch
        self.epoch = epoch + self._before
        self._start_clock()

    def batch(self, values: Values, size: int = 0, count: int = 1) -> None:
        """Note that a batch was learned from, or several batches of which only the mean is known.

        Args:
            values: the values measured on the batch.
            size: the number of images in the batch; 0 if unknown.
            count: the number of batches.
        """
        recorder = self._writing
        if not self._is_told:
            self._tell_start(size)
        for _ in range(count):
            self.step += 1
            recorder.batch(self.step, values.loss, values.accuracy, values.metrics or {})
        if self._weights is not None:
            if self.step >= self._next_snapshot:
                self._keep()
            recorder.live(self.step, self._weights)

    def end_epoch(self, learned: Values, tested: Values) -> None:
        """Note that an epoch is over.

        Args:
            learned: the epoch's means over the training images.
            tested: the values measured on images that are not learned from.
        """
        recorder = self._writing
        recorder.report(self.step)
        if self._weights is not None:
            recorder.live(self.step, self._weights, at_once=True)
        self._tested = tested
        recorder.event(
            EpochEnd(
                time=time.time(), epoch=self.epoch, step=self.step, loss=learned.loss, accuracy=_number(learned),
                test_loss=tested.loss, test_accuracy=_number(tested),
                seconds=time.monotonic() - self._epoch_began - self._paused_seconds - recorder.waited,
                metrics=dict(learned.metrics or {}), test_metrics=dict(tested.metrics or {}),
            )
        )  # fmt: skip
        self.epoch += 1
        self._start_clock()

    def obey(self, change_rate: Callable[[float], None] | None) -> bool:
        """Obey requests: to wait, to learn one batch, or to change the learning rate; True if asked to stop.

        Args:
            change_rate: sets the optimizer's learning rate; None if it cannot be set.
        """
        if self._stepping:
            self._stepping = False
            self._control.stepped()
            self._show_all()
        began = time.monotonic()
        while True:
            command, asked = self._control.command(), self._control.learning_rate
            if change_rate is not None and asked is not None and asked != self._rate:
                change_rate(asked)
                self.tell_rate(asked)
            if command in (TrainerCommand.PAUSE, TrainerCommand.STEP) and not self._paused:
                self._paused = True
                self._show_all()
                self._writing.event(Paused(time.time(), self.step))
            if command is not TrainerCommand.PAUSE:
                break
            time.sleep(_PAUSE_POLL_SECONDS)
        if self._paused:
            self._paused_seconds += time.monotonic() - began
        self._stepping = command is TrainerCommand.STEP
        if self._paused and not self._stepping:
            self._paused = False
            self._writing.event(Resumed(time.time(), self.step))
        return command is TrainerCommand.STOP

    def tell_rate(self, rate: float) -> None:
        """Note that the learning rate has changed."""
        if self._rate is None or not math.isclose(rate, self._rate, rel_tol=1e-6):
            self._writing.event(LearningRate(time.time(), self.step, rate))
        self._rate = rate

    def end(self, stopped: bool) -> None:
        """Note that the training is over, of its own accord or on request."""
        tested = self._tested
        if not self._is_told:
            self._tell_start(0)
        self._show_all()
        if self._weights is not None and self.step not in self.run.snapshot_steps():
            self._keep()
        kind = Stopped if stopped else Finished
        self._close(kind(time.time(), self.step, tested.loss, _number(tested)))

    def fail(self, message: str, hint: str) -> None:
        """Note that the training was cut short by an error."""
        if self._recorder is not None:
            self._close(Failed(time.time(), message, hint))

    def forked(self) -> None:
        """In a forked child of the script, release the lock, which belongs to the script alone."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @property
    def _writing(self) -> Recorder:
        assert self._recorder is not None
        return self._recorder

    def _close(self, last: Event) -> None:
        recorder, self._recorder = self._writing, None
        recorder.failure(last)
        recorder.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _tell_start(self, size: int) -> None:
        """Report that the training has begun. Only the first batch reveals how many images a batch has."""
        plan = self._plan
        epochs = plan.epochs + self._before if plan.epochs else 0
        known = replace(self._config, epochs=epochs or None, batch_size=size or None)
        if self.step == 0:
            known = replace(known, learning_rate=self._rate)
        if known != self._config:
            self._config = known
            self._write_config()
        self._writing.event(
            Started(
                time.time(), os.getpid(), plan.steps, epochs, 0, 0, step=self.step, first_epoch=self._first_epoch,
                batch_size=size, obeys=plan.obeys,
            )
        )  # fmt: skip
        self._is_told = True

    def _start_clock(self) -> None:
        self._epoch_began, self._paused_seconds = time.monotonic(), 0.0
        if self._recorder is not None:
            self._paused_seconds -= self._recorder.waited

    def _keep(self) -> None:
        """Keep the weights of this step, and remove others if there are too many."""
        assert self._weights is not None
        assert self._keeping is not None
        weights = self._weights()
        if all(np.isfinite(array).all() for array in weights.values()):
            self._writing.snapshot(self.step, weights)
        for step in self._keeping.surplus(self.run.snapshot_steps()):
            self._writing.forget(step)
        self._next_snapshot = self._keeping.next_after(self.step)

    def _show_all(self) -> None:
        self._writing.report(self.step)
        if self._weights is not None:
            self._writing.live(self.step, self._weights, at_once=True)

    def _write_config(self) -> None:
        _write_config(self.run, self._config)


def create_script_run(
    config: RunConfig,
    runs_dir: Path,
    data: Mapping[str, NDArray[np.generic]],
    weights: Callable[[], Weights] | None,
    parameters: int,
) -> ScriptRun:
    """Create the run of a script; if the name is taken, with a number after it.

    Args:
        config: the run's settings.
        runs_dir: the folder of runs.
        data: the images to show, and their labels.
        weights, parameters: as for `ScriptRun`.

    Raises:
        CnntuiError: the name is invalid, or something cannot be written; nothing is left behind.
        OSError: likewise.
    """
    run = create_run(config.name, runs_dir)
    try:
        # Taken before there are settings, so that nobody sees a run without an owner.
        lock = RunLock(run.lock_path)
        config = replace(config, name=run.name)
        if data:
            path = run.path / DATA_FILE
            write_atomically(path, lambda beside: np.savez(beside, **data))  # type: ignore[arg-type]
            config = replace(config, data=DATA_FILE, data_sha256=data_sha256(path))
        _write_config(run, config)
    except BaseException:
        shutil.rmtree(run.path, ignore_errors=True)
        raise
    return ScriptRun(run, config, weights, parameters, lock)


def _write_config(run: RunDirectory, config: RunConfig) -> None:
    write_atomically(run.config_path, config.to_json().encode())


def _number(values: Values) -> float:
    return math.nan if values.accuracy is None else values.accuracy
