"""`train`: one run from its first batch to its last, with everything that it writes on the way."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from cnntui import data
from cnntui.runs.config import RunConfig
from cnntui.runs.control import ControlReader, Wish
from cnntui.runs.directory import RunDirectory
from cnntui.runs.events import EpochEnd, Finished, Paused, Resumed, Started, Stopped
from cnntui.training.learner import Learner, use_cores
from cnntui.training.recipe import build_model, compile_model
from cnntui.training.recorder import Recorder, check_finite
from cnntui.training.schedule import chunk_ends, epoch_order, snapshot_steps

# Between chunks the trainer reports and listens: 24 batches take about a sixth of a second on 2 slow cores.
CHUNK_BATCHES = 24
_PAUSE_POLL_SECONDS = 0.05


class Trainer:
    """Trains the network of one run directory.

    Args:
        run: a directory with a config.json, whose lock this process holds.
        recorder: writes into it.
        interrupted: whether the process was asked to end, by a signal.
    """

    def __init__(self, run: RunDirectory, recorder: Recorder, interrupted: Callable[[], bool]) -> None:
        self._config: RunConfig = run.read_config()
        self._recorder = recorder
        self._control = ControlReader(run.control_path)
        self._interrupted = interrupted
        self._step = 0

    def train(self) -> None:
        """Train until all epochs are over, or until somebody wishes otherwise.

        Raises:
            CnntuiError: bad data, a loss that is no number, or a file that cannot be written.
        """
        config, recorder = self._config, self._recorder
        source = Path(config.data) if config.data is not None else None
        train, test = data.load_train(source), data.load_test(source)
        digits = min(len(train), config.limit or len(train))
        steps_per_epoch = -(-digits // config.batch_size)
        total = steps_per_epoch * config.epochs

        parts = use_cores()
        keras.utils.set_random_seed(config.seed)
        self._model = build_model()
        compile_model(self._model, config)
        self._learner = Learner(self._model, train, test, parts)
        self._marks = snapshot_steps(total)
        recorder.event(Started(time.time(), os.getpid(), steps_per_epoch, config.epochs, digits, len(test)))
        recorder.snapshot(self._model, 0)
        recorder.live(self._model, 0, at_once=True)

        for epoch in range(config.epochs):
            if not self._epoch(epoch, digits):
                self._keep()
                recorder.event(Stopped(time.time(), self._step, *self._learner.evaluate()))
                return
        recorder.event(Finished(time.time(), self._step, *self._test))
        print(f"finished: test loss {self._test[0]:.4f}, test accuracy {self._test[1]:.4f}")

    def _epoch(self, epoch: int, digits: int) -> bool:
        """Learn from every digit once, then evaluate and keep a checkpoint; False when asked to stop before that."""
        size = self._config.batch_size
        order = epoch_order(self._config.seed, epoch, digits)
        whole = digits // size
        begin = self._step
        self._paused_seconds = 0.0
        started = time.monotonic()
        losses, accuracies = [], []
        # The last batch of an epoch may be a smaller one, which cannot share an array with the others.
        for end in chunk_ends(begin, begin + -(-digits // size), CHUNK_BATCHES, (*self._marks, begin + whole)):
            if not self._listen():
                return False
            first, last = self._step - begin, end - begin
            batches = order[first * size : last * size].reshape(last - first, -1)
            result = self._learner.learn(batches)
            self._step = end
            check_finite(end, result.losses, self._config.learning_rate)
            self._recorder.batches(end, result.losses, result.accuracies)
            losses.append(result.losses)
            accuracies.append(result.accuracies)
            if end in self._marks:
                self._recorder.snapshot(self._model, end)
            self._recorder.live(self._model, end)
        self._recorder.report(self._step)
        self._test = self._learner.evaluate()
        check_finite(self._step, np.array(self._test[:1], np.float32), self._config.learning_rate)
        self._recorder.checkpoint(self._model, self._step)
        self._recorder.live(self._model, self._step, at_once=True)
        end_of_epoch = EpochEnd(
            time=time.time(),
            epoch=epoch,
            step=self._step,
            loss=_mean(losses, size, digits),
            accuracy=_mean(accuracies, size, digits),
            test_loss=self._test[0],
            test_accuracy=self._test[1],
            seconds=time.monotonic() - started - self._paused_seconds,
        )
        self._recorder.event(end_of_epoch)
        print(
            f"epoch {epoch}: loss {end_of_epoch.loss:.4f}, accuracy {end_of_epoch.accuracy:.4f}, "
            f"test loss {self._test[0]:.4f}, test accuracy {self._test[1]:.4f}, {end_of_epoch.seconds:.1f} s"
        )
        return True

    def _listen(self) -> bool:
        """Do what a person wishes: go on (True), wait, or stop (False)."""
        wish = self._wish()
        if wish is Wish.PAUSE:
            began = time.monotonic()
            self._recorder.report(self._step)
            self._recorder.live(self._model, self._step, at_once=True)
            self._recorder.event(Paused(time.time(), self._step))
            while (wish := self._wish()) is Wish.PAUSE:
                time.sleep(_PAUSE_POLL_SECONDS)
            self._paused_seconds += time.monotonic() - began
            self._recorder.event(Resumed(time.time(), self._step))
        return wish is not Wish.STOP

    def _wish(self) -> Wish:
        return Wish.STOP if self._interrupted() else self._control.wish()

    def _keep(self) -> None:
        """Keep what was learned so far, between two epochs' checkpoints."""
        self._recorder.report(self._step)
        self._recorder.snapshot(self._model, self._step)
        self._recorder.checkpoint(self._model, self._step)
        self._recorder.live(self._model, self._step, at_once=True)


def _mean(values: list[NDArray[np.float32]], batch_size: int, digits: int) -> float:
    """The mean over the digits of an epoch, from one value a batch; the last batch may be a smaller one."""
    batches = np.concatenate(values)
    sizes = np.full(len(batches), batch_size)
    sizes[-1] = digits - batch_size * (len(batches) - 1)
    return float(np.average(batches, weights=sizes))
