"""A network in a file, trained in the real trainer: an ordinary run, with what it learned in its checkpoint."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import weights_of
from cnntui.cnn.readers.keras_file import read_network
from cnntui.files.errors import CnntuiError
from cnntui.runs.control import TrainerCommand, ask
from cnntui.runs.follow import RunFollower
from cnntui.runs.opening import data_of, open_run
from cnntui.runs.options import TrainOptions
from cnntui.runs.process import resume_training
from cnntui.runs.status import Status
from tests.waiting import wait_for_status, wait_for_view

PATIENCE = 200.0

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that was never compiled, with layers that only learn, and images whose brightness is their class."""
    import keras
    from keras import layers

    folder = tmp_path_factory.mktemp("own")
    first = [layers.Input((8, 7, 3)), layers.Rescaling(1 / 255), layers.RandomFlip(), layers.Conv2D(4, 3)]
    rest = [layers.BatchNormalization(), layers.Flatten(), layers.Dropout(0.1), layers.Dense(2, activation="softmax")]
    keras.Sequential([*first, *rest]).save(folder / "mine.keras")
    random = np.random.default_rng(5)
    labels = random.integers(0, 2, 260)
    images = (random.random((260, 8, 7, 3)) * 80 + labels[:, None, None, None] * 120).astype(np.uint8)
    np.savez(
        folder / "data.npz", x_train=images[:200], y_train=labels[:200], x_test=images[200:], y_test=labels[200:],
        class_names=np.array(["dark", "light"]),
    )  # fmt: skip
    return folder


def options(folder: Path, runs_dir: Path, epochs: int) -> TrainOptions:
    return TrainOptions(
        name="mine", runs_dir=runs_dir, data=f"{folder / 'data.npz'}", model_file=folder / "mine.keras", epochs=epochs,
        batch_size=32, seed=3, optimizer="adam", learning_rate=0.01,
    )  # fmt: skip


def test_it_is_an_ordinary_run_of_its_own_network_and_pictures(folder: Path, runs_dir: Path) -> None:
    chosen = options(folder, runs_dir, 6)
    run = chosen.start(chosen.config())
    follower = RunFollower(run)
    assert follower.poll().status is Status.STARTING
    view = wait_for_status(follower, Status.FINISHED, Status.CRASHED, seconds=PATIENCE)
    assert view.problem is None
    assert view.status is Status.FINISHED
    assert view.step == view.total_steps == 42
    assert view.history.epochs[-1].accuracy > 0.9
    started = view.history.started
    assert started is not None
    assert (started.train_digits, started.test_digits) == (200, 60)
    assert view.history.checkpoint_step == 42
    opened = open_run(run)
    assert data_of(opened).classes == ("dark", "light")
    kept = weights_of(read_network(run.checkpoint_path))
    for layer, arrays in weights_of(opened.network).items():
        for role, array in arrays.items():
            np.testing.assert_array_equal(array, kept[layer][role])
    # What it learned can be learned on from.
    again = TrainOptions(**{**vars(chosen), "model_file": run.checkpoint_path, "epochs": 1})
    again_view = wait_for_status(RunFollower(again.start(again.config())), Status.FINISHED, seconds=PATIENCE)
    assert again_view.history.losses[0] < view.history.losses[0]


def test_it_pauses_learns_one_batch_and_stops_and_keeps_what_it_learned(folder: Path, runs_dir: Path) -> None:
    chosen = options(folder, runs_dir, 10_000)
    run = chosen.start(chosen.config())
    follower = RunFollower(run)
    wait_for_view(follower, lambda view: view.step > 2, PATIENCE)
    ask(run, TrainerCommand.PAUSE)
    waits = wait_for_status(follower, Status.PAUSED, seconds=PATIENCE)
    ask(run, TrainerCommand.STEP)
    assert wait_for_view(follower, lambda view: view.step > waits.step, PATIENCE).step == waits.step + 1
    ask(run, TrainerCommand.STOP)
    view = wait_for_status(follower, Status.STOPPED, Status.CRASHED, seconds=PATIENCE)
    assert view.status is Status.STOPPED
    assert view.history.checkpoint_step == view.step
    with pytest.raises(CnntuiError, match="cannot be resumed"):
        resume_training(run)
