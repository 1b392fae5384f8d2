"""`Trainer`: trains one run from its first batch, or its last checkpoint, to the end, and writes all its files."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.arithmetic import fraction
from cnntui.images import data
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.control import ControlReader, TrainerCommand
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.history.events import EpochEnd, Finished, LearningRate, Paused, Resumed, Started, Stopped
from cnntui.runs.history.history import EMPTY
from cnntui.runs.history.history_builder import read_history
from cnntui.runs.recording.recorder import Recorder
from cnntui.runs.recording.snapshots import most_snapshots, snapshot_steps
from cnntui.training.checkpoint import restore
from cnntui.training.learner import BatchLearner, ChunkResult, Learner, choose_device, use_cores
from cnntui.training.losses import check_finite, epoch_mean
from cnntui.training.own_learner import OwnLearner
from cnntui.training.own_training import load_own, restore_own
from cnntui.training.recipe import trained_recipe
from cnntui.training.schedule import chunk_end, chunk_length, epoch_order
from cnntui.training.single_step import learn_one
from cnntui.training.trained_model import TrainedModel

_PAUSE_POLL_SECONDS = 0.05
_ROOM_POLL_SECONDS = 1.0

# What a killed trainer has to learn again. A checkpoint of the recipe's network takes 30 ms; slower ones are written
# less often, so that they cost no more than a sixtieth of the time.
_CHECKPOINT_SECONDS = 2.0
_LEARNING_PER_CHECKPOINT = 60


class Trainer:
    """Trains the network of one run directory; constructing it loads everything that it needs.

    It resumes from the run's checkpoint if there is one. Which images a batch contains follows from the seed and the
    step alone, so the weights are those of a run that never stopped.

    Args:
        run: a directory whose lock this process holds.
        config: the run's settings.
        images: the run's training images and its test images.
        recorder: writes into the run.
        interrupted: whether a signal has told the process to end.

    Raises:
        CnntuiError: the settings are incomplete, or the checkpoint cannot be read.
    """

    def __init__(
        self,
        run: RunDirectory,
        config: RunConfig,
        images: tuple[data.DataSet, data.DataSet],
        recorder: Recorder,
        interrupted: Callable[[], bool],
    ) -> None:
        self._learning = learning = config.learning
        self._run = run
        self._recorder = recorder
        recorder.patience = self._wait_for_room
        self._control = ControlReader(run.control_path)
        self._interrupted = interrupted

        train, self._test_set = images
        self._digits = min(len(train), config.limit or len(train))
        self._steps_per_epoch = -(-self._digits // learning.batch_size)

        choose_device(config.device)
        self._trained, self._learner, restored = _prepared(run, config, (train, self._test_set))
        parameters = self._trained.parameters
        self._marks = snapshot_steps(self._steps_per_epoch * learning.epochs, parameters)
        self._most_snapshots = most_snapshots(parameters)
        self._step = restored(run.checkpoint_path) if os.path.lexists(run.checkpoint_path) else 0
        self._past = EMPTY
        self._chunk = 1
        self._paused = False
        self._next_checkpoint = time.monotonic() + _CHECKPOINT_SECONDS

        # About the current epoch.
        self._epoch_began = time.monotonic()
        self._paused_seconds = 0.0
        self._losses: list[NDArray[np.float32]] = []
        self._accuracies: list[NDArray[np.float32]] = []

    def train(self) -> None:
        """Train until all epochs are over, or until asked to stop.

        An epoch whose last batch is in the checkpoint is tested again: its trainer may have been killed before it could
        report the result.

        Raises:
            CnntuiError: a loss is not finite, or a file cannot be written.
        """
        epochs, recorder, step = self._learning.epochs, self._recorder, self._step
        tests = len(self._test_set)
        recorder.rewind(step)
        recorder.event(Started(time.time(), os.getpid(), self._steps_per_epoch, epochs, self._digits, tests, step))
        self._past = read_history(self._run.events_path)  # Now without what an earlier trainer learned after `step`.
        if step == 0 and 0 in self._marks:
            recorder.snapshot(0, self._trained.weights())
        recorder.live(step, self._trained.weights, at_once=True)
        self._tell_learning_rate()
        for epoch in range(max(step - 1, 0) // self._steps_per_epoch, epochs):
            if not self._learn_epoch(epoch):
                self._keep()
                recorder.event(Stopped(time.time(), self._step, *self._learner.evaluate()))
                _log(f"stopped at step {self._step}")
                return
            end = self._end_epoch(epoch)
        recorder.event(Finished(time.time(), self._step, end.test_loss, end.test_accuracy))
        _log(f"finished: test loss {end.test_loss:.4f}, test accuracy {fraction(end.test_accuracy)}")

    def _tell_learning_rate(self) -> None:
        """Report the checkpoint's learning rate, if its trainer changed it and was killed before reporting that."""
        told = [self._learning.learning_rate, *(change.rate for change in self._past.learning_rates)][-1]
        if not math.isclose(self._learning_rate, told, rel_tol=1e-6):
            self._recorder.event(LearningRate(time.time(), self._step, self._learning_rate))

    def _learn_epoch(self, epoch: int) -> bool:
        """Train on every image once, or on those that are left; False if asked to stop before the end."""
        size = self._learning.batch_size
        order = epoch_order(self._learning.seed, epoch, self._digits)
        begin = epoch * self._steps_per_epoch
        self._begin_epoch(begin)
        # The last batch of an epoch may be smaller, and then cannot share an array with the others.
        marks = (*self._marks, begin + self._digits // size, begin + self._steps_per_epoch)
        while self._step < begin + self._steps_per_epoch:
            command = self._listen()
            if command is TrainerCommand.STOP:
                return False
            end = self._step + 1 if command is TrainerCommand.STEP else chunk_end(self._step, self._chunk, marks)
            first, last = self._step - begin, end - begin
            batches = order[first * size : last * size].reshape(last - first, -1)
            self._take_note(
                end, self._step_once(batches[0]) if command is TrainerCommand.STEP else self._learn_chunk(batches)
            )
            if time.monotonic() >= self._next_checkpoint and end < begin + self._steps_per_epoch:
                self._checkpoint()
        self._recorder.report(self._step)
        return True

    def _learn_chunk(self, batches: NDArray[np.int32]) -> ChunkResult:
        """Train on some batches, and determine how many to train on next time."""
        began = time.monotonic()
        result = self._learner.learn(batches)
        self._chunk = chunk_length((time.monotonic() - began) / len(batches))
        return result

    def _step_once(self, batch: NDArray[np.int32]) -> ChunkResult:
        """Train on one batch, and record what it did."""
        result, one = learn_one(self._learner, self._trained, self._learning.optimizer, batch)
        self._recorder.one_step(one)
        self._control.stepped()
        return result

    def _take_note(self, step: int, result: ChunkResult) -> None:
        """Report the batches up to `step`, just trained on, and the resulting weights."""
        self._step = step
        self._losses.append(result.losses)
        self._accuracies.append(result.accuracies)
        self._recorder.batches(step, result.losses, result.accuracies)
        check_finite(step, result.losses, self._learning_rate)
        if step in self._marks:
            self._snapshot()
        if self._paused:
            self._recorder.report(step)
        self._recorder.live(step, self._trained.weights, at_once=self._paused)

    def _begin_epoch(self, begin: int) -> None:
        """Begin the epoch after step `begin`, including what an earlier trainer learned of it up to its checkpoint."""
        done = slice(begin, self._step)
        self._losses, self._accuracies = [self._past.losses[done]], [self._past.accuracies[done]]
        self._epoch_began = time.monotonic() - self._past.seconds_between(begin, self._step)
        self._paused_seconds = -self._recorder.waited

    def _checkpoint(self) -> None:
        """Keep network and optimizer, so that a run resumed from here continues as if nothing had happened."""
        if not self._is_finite():
            return
        began, waited = time.monotonic(), self._recorder.waited
        self._recorder.checkpoint(self._step, self._trained.model.save)
        now = time.monotonic()
        took = now - began - (self._recorder.waited - waited)
        self._next_checkpoint = now + max(_CHECKPOINT_SECONDS, _LEARNING_PER_CHECKPOINT * took)

    def _snapshot(self) -> None:
        """Keep the weights of this step for good."""
        if self._is_finite():
            self._recorder.snapshot(self._step, self._trained.weights())

    def _is_finite(self) -> bool:
        """Whether all weights are finite. If not, they are not kept; the next batch's loss will reveal it."""
        return all(np.isfinite(array).all() for array in self._trained.weights().values())

    def _end_epoch(self, epoch: int) -> EpochEnd:
        """Evaluate on the test images, keep a checkpoint, and report both."""
        size = self._learning.batch_size
        test_loss, test_accuracy = self._learner.evaluate()
        check_finite(self._step, np.array([test_loss], np.float32), self._learning_rate)
        self._checkpoint()
        self._recorder.live(self._step, self._trained.weights, at_once=True)
        end = EpochEnd(
            time=time.time(),
            epoch=epoch,
            step=self._step,
            loss=epoch_mean(self._losses, size, self._digits),
            accuracy=epoch_mean(self._accuracies, size, self._digits),
            test_loss=test_loss,
            test_accuracy=test_accuracy,
            seconds=time.monotonic() - self._epoch_began - self._paused_seconds - self._recorder.waited,
        )
        self._recorder.event(end)
        _log(
            f"epoch {epoch + 1}: loss {end.loss:.4f}, accuracy {fraction(end.accuracy)}, "
            f"test loss {test_loss:.4f}, test accuracy {fraction(test_accuracy)}, {end.seconds:.1f} s"
        )
        return end

    def _listen(self) -> TrainerCommand:
        """The next request other than to wait: to resume, to train on one batch, or to stop."""
        began = time.monotonic()
        while True:
            command = self._command()
            self._change_learning_rate()
            if command in (TrainerCommand.PAUSE, TrainerCommand.STEP) and not self._paused:
                self._tell_that_it_pauses()
            if command is not TrainerCommand.PAUSE:
                break
            time.sleep(_PAUSE_POLL_SECONDS)
        if self._paused:
            self._paused_seconds += time.monotonic() - began
        if self._paused and command is not TrainerCommand.STEP:
            self._paused = False
            self._recorder.event(Resumed(time.time(), self._step))
        return command

    def _tell_that_it_pauses(self) -> None:
        self._paused = True
        self._recorder.report(self._step)
        self._recorder.live(self._step, self._trained.weights, at_once=True)
        self._recorder.event(Paused(time.time(), self._step))

    @property
    def _learning_rate(self) -> float:
        return float(self._trained.model.optimizer.learning_rate.numpy())

    def _change_learning_rate(self) -> None:
        """Use the requested rate from here on. A checkpoint keeps it, so that a resumed run has it too."""
        asked = self._control.learning_rate
        if asked is not None and np.float32(asked) != np.float32(self._learning_rate):
            self._trained.model.optimizer.learning_rate = asked
            self._checkpoint()
            self._recorder.event(LearningRate(time.time(), self._step, asked))

    def _wait_for_room(self) -> bool:
        """Wait until the disk may have room again, or for a request; False if asked to stop."""
        # The recorder reports this pause and its end; a pause that the user requested is reported again.
        self._paused = False
        heard, until = self._control.heard, time.monotonic() + _ROOM_POLL_SECONDS
        while time.monotonic() < until:
            if self._command() is TrainerCommand.STOP:
                return False
            if self._control.heard != heard:
                break
            time.sleep(_PAUSE_POLL_SECONDS)
        return True

    def _command(self) -> TrainerCommand:
        return TrainerCommand.STOP if self._interrupted() else self._control.command()

    def _keep(self) -> None:
        """Keep what was learned so far, between two epochs' checkpoints."""
        self._recorder.report(self._step)
        extra = {*self._run.snapshot_steps(), self._step} - {*self._marks}
        if len(extra) <= self._most_snapshots - len(self._marks):
            self._snapshot()
        self._checkpoint()
        self._recorder.live(self._step, self._trained.weights, at_once=True)


def _prepared(
    run: RunDirectory, config: RunConfig, images: tuple[data.DataSet, data.DataSet]
) -> tuple[TrainedModel, BatchLearner, Callable[[Path], int]]:
    """The model that a run trains, its learner, and a function that restores both from a checkpoint."""
    if not config.model_file:
        parts = use_cores()
        keras.utils.set_random_seed(config.learning.seed)
        trained = trained_recipe(config)
        return trained, Learner(trained.model, *images, parts), partial(restore, trained.model)
    keras.utils.set_random_seed(config.learning.seed)
    trained, own = load_own(run.start_path, config)
    return trained, OwnLearner(trained.model, own, config.scale, *images), partial(restore_own, trained.model)


def _log(line: str) -> None:
    """Write a line to train.log; a full disk is no reason to fail."""
    with suppress(OSError):
        print(line)
