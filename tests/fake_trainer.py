"""A trainer without TensorFlow: writes a run through the real recorder, holding the real lock, in a real process.
Started again on a run that it had begun, it goes on from the last checkpoint.

Weights move in a straight line from the bundled run's first snapshot to its last, or those of a dense network from
nearly nothing to the bundled dense run's, and losses fall as they should, so what an app shows of it looks like a run.
Start it as `start_fake_training(runs_dir, FakeScript(...))`, or let
`write_fake_run` write a whole run at once in this process.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from cnntui.cnn.network import weights_of
from cnntui.cnn.readers.keras.file import read_network
from cnntui.files.assets import asset
from cnntui.runs.config.run_config import RunConfig, new_config
from cnntui.runs.directory.control import ControlReader, TrainerCommand
from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.run_directory import RunDirectory, create_run
from cnntui.runs.directory.writing import write_atomically
from cnntui.runs.history.events import EpochEnd, Failed, Finished, LearningRate, Paused, Resumed, Started, Stopped
from cnntui.runs.history.history_builder import read_history
from cnntui.runs.history.one_step import OneStep, TensorStep
from cnntui.runs.recording.recorder import Recorder, Weights
from cnntui.runs.starting.process import start_training
from tests.networks import flat_weights

MODULE = "tests.fake_trainer"
_SCRIPT_VARIABLE = "CNNTUI_FAKE_TRAINER"
_TICK_SECONDS = 0.01


@dataclass(frozen=True)
class FakeScript:
    """What the fake trainer does.

    Attributes:
        steps_per_epoch: batches an epoch; the number of epochs is the config's.
        chunk: batches between two looks at the control file.
        chunk_seconds: how long a chunk takes.
        hold_at: do nothing from this step on but listen, until somebody asks to stop.
        hold_before_start: take the lock and do nothing until somebody asks to stop, as if still importing.
        kill_at: `kill -9` itself at this step.
        fail_at: say that it failed at this step.
    """

    steps_per_epoch: int = 40
    chunk: int = 8
    chunk_seconds: float = 0.0
    hold_at: int | None = None
    hold_before_start: bool = False
    kill_at: int | None = None
    fail_at: int | None = None


FAILURE = ("The fake trainer failed, as it was told to.", "Do not tell it to.")


def fake_config(name: str = "fake", epochs: int = 2, seed: int = 1, **settings: object) -> RunConfig:
    return new_config(name=name, epochs=epochs, seed=seed, **settings)  # type: ignore[arg-type]


def start_fake_training(runs_dir: Path, script: FakeScript, config: RunConfig | None = None) -> RunDirectory:
    """Start the fake trainer the way the real one is started."""
    with scripted(script):
        return start_training(config or fake_config(), runs_dir, module=MODULE)


@contextmanager
def scripted(script: FakeScript) -> Iterator[None]:
    """Trainers that start in this context get this script."""
    os.environ[_SCRIPT_VARIABLE] = json.dumps(asdict(script))
    try:
        yield
    finally:
        del os.environ[_SCRIPT_VARIABLE]


def write_fake_run(runs_dir: Path, script: FakeScript | None = None, config: RunConfig | None = None) -> RunDirectory:
    """Write a whole run at once, in this process and without its lock: a run that has ended."""
    config = config or fake_config()
    run = create_run(config.name, runs_dir)
    write_atomically(run.config_path, config.to_json().encode())
    FakeTrainer(run, script or FakeScript()).train()
    return run


class FakeTrainer:
    """Plays a script on a run directory."""

    def __init__(self, run: RunDirectory, script: FakeScript) -> None:
        self._run = run
        self._script = script
        self._config = run.read_config()
        self._recorder = Recorder(run)
        self._control = ControlReader(run.control_path)
        like = RunDirectory(asset("runs", "dense" if self._config.model == "dense" else "bundled"))
        self._learning_rate = self._config.learning_rate
        self._checkpoint = like.checkpoint_path
        self._first, self._last = _first_and_last(like)
        self._total = script.steps_per_epoch * self._config.epochs
        self._step = read_history(run.events_path).checkpoint_step or 0

    def train(self) -> None:
        script, recorder = self._script, self._recorder
        if script.hold_before_start:
            self._hold()
            return
        size = self._config.batch_size
        digits = script.steps_per_epoch * size
        epochs, step = self._config.epochs, self._step
        recorder.rewind(step)
        recorder.event(Started(time.time(), os.getpid(), script.steps_per_epoch, epochs, digits, 10_000, step))
        if step == 0:
            self._keep()
        for epoch in range(max(step - 1, 0) // script.steps_per_epoch, epochs):
            began = time.time()
            while self._step < (epoch + 1) * script.steps_per_epoch:
                if not self._listen():
                    self._keep()
                    recorder.event(Stopped(time.time(), self._step, 0.3, 0.9))
                    recorder.close()
                    return
                if script.fail_at is not None and self._step >= script.fail_at:
                    recorder.failure(Failed(time.time(), *FAILURE))
                    return
                self._chunk((epoch + 1) * script.steps_per_epoch)
            recorder.report(self._step)
            self._keep()
            test_loss = 0.3 / (epoch + 1)
            recorder.event(
                EpochEnd(time.time(), epoch, self._step, 2 * test_loss, 0.9, test_loss, 0.95, time.time() - began)
            )
        recorder.event(Finished(time.time(), self._step, test_loss, 0.95))
        recorder.close()

    def _chunk(self, end_of_epoch: int) -> None:
        end = min(self._step + self._script.chunk, end_of_epoch)
        steps = np.arange(self._step + 1, end + 1)
        noise = np.random.default_rng(self._step).random(len(steps))
        losses = 2.3 * np.exp(-steps / 20) + 0.1 * noise
        time.sleep(self._script.chunk_seconds)
        self._step = end
        self._recorder.batches(end, losses.astype(np.float32), np.exp(-losses).astype(np.float32))
        self._recorder.report(end)
        self._recorder.live(end, self._weights, at_once=True)
        if self._script.kill_at is not None and end >= self._script.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _command(self) -> TrainerCommand:
        """The last request; ends the trainer if the run is gone, as after a killed test."""
        if not self._run.path.exists():
            sys.exit()
        return self._control.command()

    def _listen(self) -> bool:
        command = self._command()
        if command in (TrainerCommand.PAUSE, TrainerCommand.STEP):
            command = self._pause()
        self._change_learning_rate()
        hold_at = self._script.hold_at
        if hold_at is not None and self._step >= hold_at and command is not TrainerCommand.STOP:
            return self._hold()
        return command is not TrainerCommand.STOP

    def _pause(self) -> TrainerCommand:
        """Wait, learning single batches on request, until the trainer is asked to continue or to stop."""
        self._recorder.event(Paused(time.time(), self._step))
        while (command := self._command()) in (TrainerCommand.PAUSE, TrainerCommand.STEP):
            self._change_learning_rate()
            if (
                command is TrainerCommand.STEP
                and self._step % self._script.steps_per_epoch < self._script.steps_per_epoch - 1
            ):
                self._step_once()
            time.sleep(_TICK_SECONDS)
        self._recorder.event(Resumed(time.time(), self._step))
        return command

    def _step_once(self) -> None:
        """Learn one batch and record it: a step of sgd that leads to the next weights of the script."""
        before = self._weights()
        rate, size = self._learning_rate, self._config.batch_size
        order = np.random.default_rng(self._step).permutation(60_000)
        self._step += 1
        after = self._weights()
        tensors = {
            name: TensorStep(before[name], (before[name] - after[name]) / np.float32(rate), after[name])
            for name in before
        }
        losses = np.random.default_rng(self._step).exponential(1.0, size).astype(np.float32)
        self._recorder.one_step(OneStep(self._step, "sgd", rate, rate, 0.0, order[:size], losses, tensors))
        self._control.stepped()
        self._recorder.batches(self._step, losses.mean(keepdims=True), np.array([0.5], np.float32))
        self._recorder.report(self._step)
        self._recorder.live(self._step, self._weights, at_once=True)

    def _change_learning_rate(self) -> None:
        wished = self._control.learning_rate
        if wished is not None and wished != self._learning_rate:
            self._learning_rate = wished
            self._recorder.event(LearningRate(time.time(), self._step, wished))

    def _hold(self) -> bool:
        """Listen until asked to stop; pausing and continuing still work."""
        paused = False
        while (command := self._command()) is not TrainerCommand.STOP:
            self._change_learning_rate()
            if command is TrainerCommand.STEP:
                self._step_once()
            if paused != (command in (TrainerCommand.PAUSE, TrainerCommand.STEP)):
                paused = not paused
                event = Paused if paused else Resumed
                self._recorder.event(event(time.time(), self._step))
            time.sleep(_TICK_SECONDS)
        return False

    def _weights(self) -> Weights:
        part = np.float32(self._step / self._total)
        return {name: first + part * (self._last[name] - first) for name, first in self._first.items()}

    def _keep(self) -> None:
        self._recorder.snapshot(self._step, self._weights())
        self._recorder.checkpoint(self._step, lambda path: shutil.copyfile(self._checkpoint, path) and None)
        self._recorder.live(self._step, self._weights, at_once=True)


def _first_and_last(run: RunDirectory) -> tuple[Weights, Weights]:
    steps = run.snapshot_steps()
    if steps:
        return _load(run.snapshot_path(steps[0])), _load(run.snapshot_path(steps[-1]))
    last = flat_weights(weights_of(read_network(run.checkpoint_path)))
    return {name: array / 10 for name, array in last.items()}, last


def _load(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files if name != "step"}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("run", type=Path)
    parser.add_argument("--lock-fd", type=int)
    arguments = parser.parse_args()
    run = RunDirectory(arguments.run)
    if arguments.lock_fd is None:
        RunLock(run.lock_path)
    FakeTrainer(run, FakeScript(**json.loads(os.environ.get(_SCRIPT_VARIABLE, "{}")))).train()
    return 0


if __name__ == "__main__":
    sys.exit(main())
