"""A network file, trained by the real trainer: an ordinary run with a checkpoint of what it learned."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import weights_of
from cnntui.cnn.readers.keras.file import read_network
from cnntui.cnn.weights import weights_from_npz
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.status import Status
from cnntui.runs.history.one_step import read_one_step
from cnntui.runs.reading.follow import RunFollower, RunView
from cnntui.runs.reading.opening import data_of, open_run
from cnntui.runs.starting.options import TrainOptions
from cnntui.runs.starting.process import resume_training
from tests.training.conftest import start_with
from tests.training.preloaded import Keras
from tests.waiting import wait_for_status, wait_for_view, wait_until

PATIENCE = 200.0

STEPS = 42
"""Of six epochs of seven batches."""

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("preloaded_trainers")]


NETWORK = """
import sys
import keras
from keras import layers

images = layers.Input((8, 7, 3))
read = keras.Sequential([layers.Rescaling(1 / 255), layers.RandomFlip(), layers.Conv2D(4, 3)])(images)
rest = [layers.BatchNormalization(), layers.Flatten(), layers.Dropout(0.1), layers.Dense(2, activation="softmax")]
answer = keras.Sequential(rest)(keras.ops.leaky_relu(read) * 2)
keras.Model(images, answer).save(sys.argv[1])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, in_keras: Keras) -> Path:
    """A network never compiled, with layers that only learn and functions; images whose brightness is their class."""
    folder = tmp_path_factory.mktemp("own")
    in_keras.run(NETWORK, folder / "mine.keras")
    random = np.random.default_rng(5)
    labels = random.integers(0, 2, 260)
    images = (random.random((260, 8, 7, 3)) * 80 + labels[:, None, None, None] * 120).astype(np.uint8)
    np.savez(
        folder / "data.npz", x_train=images[:200], y_train=labels[:200], x_test=images[200:], y_test=labels[200:],
        class_names=np.array(["dark", "light"]),
    )  # fmt: skip
    return folder


def options(folder: Path, runs_dir: Path) -> TrainOptions:
    return TrainOptions(
        name="mine", runs_dir=runs_dir, data=f"{folder / 'data.npz'}", model_file=folder / "mine.keras", epochs=6,
        batch_size=32, seed=3, optimizer="adam", learning_rate=0.01,
    )  # fmt: skip


@pytest.fixture(scope="module")
def undisturbed(folder: Path, stand_in: Path, tmp_path_factory: pytest.TempPathFactory) -> RunView:
    """The result of an undisturbed run."""
    chosen = options(folder, tmp_path_factory.mktemp("runs"))
    with pytest.MonkeyPatch.context() as patch:
        start_with(stand_in, patch)
        run = chosen.start(chosen.config())
    return wait_for_status(RunFollower(run), Status.FINISHED, Status.CRASHED, seconds=PATIENCE)


def test_it_is_an_ordinary_run_of_its_own_network_and_pictures(
    folder: Path, runs_dir: Path, undisturbed: RunView
) -> None:
    view, run = undisturbed, undisturbed.run
    assert view.problem is None
    assert view.status is Status.FINISHED
    assert view.step == view.total_steps == STEPS
    assert view.history.epochs[-1].accuracy > 0.9
    started = view.history.started
    assert started is not None
    assert (started.train_digits, started.test_digits) == (200, 60)
    assert view.history.checkpoint_step == STEPS
    opened = open_run(run)
    assert data_of(opened).classes == ("dark", "light")
    kept = weights_of(read_network(run.checkpoint_path))
    for layer, arrays in weights_of(opened.network).items():
        for role, array in arrays.items():
            np.testing.assert_array_equal(array, kept[layer][role])
    # Training can continue from what it learned.
    again = TrainOptions(**{**vars(options(folder, runs_dir)), "model_file": run.checkpoint_path, "epochs": 1})
    follower = RunFollower(again.start(again.config()))
    assert follower.poll().status is Status.STARTING
    again_view = wait_for_status(follower, Status.FINISHED, seconds=PATIENCE)
    assert again_view.history.losses[0] < view.history.losses[0]


def test_one_batch_is_told_by_number_and_a_run_that_was_stopped_or_killed_ends_with_the_same_weights(
    folder: Path, runs_dir: Path, undisturbed: RunView
) -> None:
    """Dropout and what else is random fall out as they would have done."""
    chosen = options(folder, runs_dir)
    run = chosen.start(chosen.config())
    ask(run, TrainerCommand.PAUSE)
    follower = RunFollower(run)
    waits = wait_for_status(follower, Status.PAUSED, seconds=PATIENCE)
    for step in range(waits.step + 1, waits.step + 4):
        ask(run, TrainerCommand.STEP)
        wait_for_view(follower, lambda view: view.step == step, PATIENCE)  # noqa: B023
        check_step(run)
    ask(run, TrainerCommand.STOP)
    stopped = wait_for_status(follower, Status.STOPPED, Status.CRASHED, seconds=PATIENCE)
    assert stopped.status is Status.STOPPED
    assert stopped.history.checkpoint_step == stopped.step > 0
    wait_until(lambda: not is_held(run.lock_path))
    check_that_its_copy_of_the_file_is_needed(run)
    resume_training(run)
    view = wait_for_view(follower, lambda view: len(view.history.epochs) > 1, PATIENCE)
    assert view.history.started is not None
    with suppress(ProcessLookupError):  # it may be done by now, which is fine
        os.kill(view.history.started.pid, signal.SIGKILL)
    view = wait_for_status(follower, Status.CRASHED, Status.FINISHED, seconds=PATIENCE)
    if view.status is Status.CRASHED:
        resume_training(run)
    view = wait_for_status(follower, Status.FINISHED, seconds=PATIENCE)
    assert view.step == undisturbed.step == STEPS
    np.testing.assert_array_equal(view.history.losses, undisturbed.history.losses)
    mine, theirs = (weights_from_npz(made.snapshot_path(STEPS)) for made in (run, undisturbed.run))
    for layer, arrays in theirs.items():
        for role, array in arrays.items():
            np.testing.assert_array_equal(mine[layer][role], array)
    for again, once in zip(view.history.epochs, undisturbed.history.epochs, strict=True):
        assert (again.step, again.test_loss) == (once.step, once.test_loss)
        assert again.loss == pytest.approx(once.loss, rel=1e-5)


def check_that_its_copy_of_the_file_is_needed(run: RunDirectory) -> None:
    """A run without it says what is missing."""
    away = run.start_path.rename(run.path.parent / "away.keras")
    with pytest.raises(CnntuiError, match=r"its copy of mine\.keras, start\.keras, is gone"):
        resume_training(run)
    away.rename(run.start_path)


def check_step(run: RunDirectory) -> None:
    """A batch's step of learning is told of every weight that learns, and comes to the weights that it left."""
    one = read_one_step(run.step_path)
    assert {"conv2d/kernel", "batch_normalization/gamma", "dense/bias"} <= one.tensors.keys()
    assert "batch_normalization/mean" not in one.tensors
    assert len(one.losses) == len(one.indices) == 32
    for name, tensor in one.tensors.items():
        assert np.abs(tensor.gradient).max() > 0
        np.testing.assert_allclose(one.computed(name), tensor.after, atol=1e-5, err_msg=name)
