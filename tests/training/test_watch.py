"""A script's own training, watched: real `model.fit`s that write runs through `cnntui.keras.Watch`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.input_scale import MINUS_ONE_TO_ONE, ZERO_TO_ONE
from cnntui.commands.control import continue_run, pause, stop
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.status import Status
from cnntui.runs.history.events import LearningRate
from cnntui.runs.reading.follow import RunFollower, RunView
from cnntui.runs.reading.opening import Opened, data_of, open_newest, open_or_await, open_run
from cnntui.runs.starting.process import resume_training
from tests.waiting import wait_for_status, wait_for_view, wait_until

PATIENCE = 200.0

pytestmark = pytest.mark.slow

BEGIN = """
import json, os, sys, warnings
import numpy as np
import keras
import tensorflow as tf
from keras import layers
from cnntui.keras import Watch

keras.utils.set_random_seed(3)
random = np.random.default_rng(1)
x = random.random((100, 12, 10, 3)).astype("float32")
y = random.integers(0, 4, 100)
truth = {}

def network(*first, answer=layers.Dense(4, activation="softmax")):
    body = [layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization(), layers.GlobalAveragePooling2D()]
    return keras.Sequential([layers.Input((12, 10, 3)), *first, *body, answer])

def predicted(name, model, images=x):
    truth[name] = np.asarray(model(images[:3], training=False)).tolist()

options = dict(batch_size=32, verbose=0)
# Where all is about what is told of a fit, not about how it is computed: building graphs takes longer than these.
at_once = dict(run_eagerly=True)
"""

SCENARIOS = """
# Nothing is learned, so that every batch can be tested again.
model = network()
model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy", metrics=["accuracy"], **at_once)
plain = lambda part: model.evaluate(x[part], y[part], batch_size=32, verbose=0)
model.layers[1].trainable = False
truth["batches"] = [plain(slice(32 * k, 32 * k + 32)) for k in range(4)]
model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy", metrics=["accuracy"])
watch = Watch("still", images=x[:50], labels=y[:50], classes=["ant", "bee", "cat", "dog"])
model.fit(x, y, epochs=2, shuffle=False, callbacks=[watch], validation_data=(x[:40], y[:40]), **options)

# Trained, and trained on: epochs count on, and so do batches.
model = network()
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
watch = Watch("again", images=x[:50], labels=keras.utils.to_categorical(y[:50], 4))
model.fit(x, y, epochs=1, callbacks=[watch], **options)
model.optimizer.learning_rate = 0.01
model.fit(x, y, epochs=2, callbacks=[watch], **options)
model.fit(x, y, initial_epoch=4, epochs=5, callbacks=[watch], **options)
predicted("again", model)

model = network(answer=layers.Dense(1))
model.compile("adamw", "mse", metrics=["mae", keras.metrics.RootMeanSquaredError(name="rmse")], **at_once)
model.fit(x, y, epochs=2, callbacks=[Watch("regression", images=x[:50])], validation_split=0.2, **options)

# A model that was given no Input, a generator of which nobody knows the length, a learning rate on a schedule.
model = keras.Sequential([layers.Conv2D(4, 3), layers.GlobalMaxPooling2D(), layers.Dense(4)])
schedule = keras.optimizers.schedules.CosineDecay(0.1, 20)
model.compile(keras.optimizers.SGD(schedule), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
def batches():
    for k in range(3):
        yield x[32 * k : 32 * k + 32] * 2 - 1, y[32 * k : 32 * k + 32]
spec = tf.TensorSpec((None, 12, 10, 3)), tf.TensorSpec((None,), tf.int64)
data = tf.data.Dataset.from_generator(batches, output_signature=spec)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    model.fit(data, epochs=2, verbose=0, callbacks=[Watch("generator", images=x * 2 - 1, labels=y)])

# Two answers, of which one can be looked at.
image = keras.Input((12, 10, 3))
maps = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(image))
answers = [layers.Dense(1, name="size")(maps), layers.Dense(4, activation="softmax", name="kind")(maps)]
model = keras.Model(image, answers)
model.compile("adam", ["mse", "sparse_categorical_crossentropy"], metrics=[["mae"], ["accuracy"]], **at_once)
model.fit(x, [y, y], callbacks=[Watch("two", images=x[:50], labels=y[:50])], steps_per_epoch=None, **options)

class Mine(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = network()

    def call(self, images):
        return self.body(images)

model = Mine()
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], steps_per_execution=3)
model.fit(x, y, callbacks=[Watch("subclass", images=x[:50], labels=y[:50])], **options)

model = network()
with Watch("loop", model=model, images=x[:50], labels=y[:50]) as watch:
    for epoch in range(2):
        for k in range(3):
            watch.batch(loss=tf.constant(float(k)), norm=k + 0.5, size=32)
        watch.epoch(loss=1.0, val_loss=1.5, val_accuracy=0.25)
    truth["loop"] = watch.should_stop

model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], **at_once)
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    model.fit(x, y, callbacks=[Watch("small", images=x[:, :5], labels=y)], **options)
    truth["warned"] = [str(each.message) for each in said if "cnntui" in str(each.message)]
    Watch("full", runs_dir="/dev/null/nowhere")
    full = model.fit(x, y, callbacks=[Watch("full", runs_dir="/dev/null/nowhere")], **options)
    truth["unwatched"] = [str(each.message) for each in said if "unwatched" in str(each.message)]

json.dump(truth, open(sys.argv[1], "w"))

class Breaks(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 1:
            raise RuntimeError("out of beer\\nand of bread")

model.fit(x, y, callbacks=[Watch("broken"), Breaks()], **options)
"""


def script(folder: Path, code: str) -> list[str]:
    """The command that runs a script in a folder, which is also where its runs go."""
    path = folder / "mine.py"
    path.write_text(BEGIN + code)
    return [sys.executable, str(path), str(folder / "truth.json")]


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "CNNTUI_RUNS_DIR": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the runs of a script that trained in many ways, and then failed."""
    folder = tmp_path_factory.mktemp("script")
    command = script(folder, SCENARIOS)
    ended = subprocess.run(command, capture_output=True, text=True, env=environment(folder), timeout=600, check=False)
    assert ended.returncode == 1, ended.stderr
    assert "out of beer" in ended.stderr
    assert "cnntui open again" in ended.stderr
    return folder


def view_of(folder: Path, name: str) -> RunView:
    return RunFollower(RunDirectory(folder / name)).poll()


def opened(folder: Path, name: str) -> Opened:
    return open_run(RunDirectory(folder / name))


def truth(folder: Path) -> dict[str, list[list[float]]]:
    found: dict[str, list[list[float]]] = json.loads((folder / "truth.json").read_text())
    return found


def test_every_batch_has_its_own_loss_and_accuracy(folder: Path) -> None:
    history = view_of(folder, "still").history
    batches = np.array(truth(folder)["batches"])
    np.testing.assert_allclose(history.losses, np.tile(batches[:, 0], 2), rtol=1e-4)
    np.testing.assert_array_equal(history.accuracies, np.tile(batches[:, 1], 2).astype(np.float32))
    first, second = history.epochs
    sizes = [32, 32, 32, 4]
    assert first.loss == pytest.approx(np.average(batches[:, 0], weights=sizes), rel=1e-4)
    assert second.test_loss == pytest.approx(first.test_loss, rel=1e-4)
    assert (first.step, second.step, history.total_steps) == (4, 8, 8)


def test_a_finished_fit_is_a_finished_run_with_its_images_and_names(folder: Path) -> None:
    view = view_of(folder, "still")
    assert view.status is Status.FINISHED
    assert (view.config.script, view.config.batch_size, view.config.epochs) == ("mine.py", 32, 2)
    assert view.config.scale == ZERO_TO_ONE
    data = data_of(opened(folder, "still"))
    assert not data.reason
    assert (len(data), data.shape) == (50, (12, 10, 3))
    assert data.classes == ("ant", "bee", "cat", "dog")
    assert (folder / "still" / "images.npz").exists()


def test_the_network_that_is_shown_is_the_script_s(folder: Path) -> None:
    shown, data = opened(folder, "again"), data_of(opened(folder, "again"))
    for image, expected in zip(data.images, truth(folder)["again"], strict=False):
        probabilities = shown.network.forward(shown.network.input_of(image)).probabilities
        # The images are kept as levels of 0 to 255.
        np.testing.assert_allclose(probabilities, expected, atol=2e-3)
    assert shown.step == 16


def test_a_second_fit_goes_on_with_the_run(folder: Path) -> None:
    view = view_of(folder, "again")
    assert [end.epoch for end in view.history.epochs] == [0, 1, 2, 4]
    assert [end.step for end in view.history.epochs] == [4, 8, 12, 16]
    assert len(view.history.losses) == view.step == 16
    assert view.history.learning_rates == (LearningRate(view.history.learning_rates[0].time, 4, 0.01),)
    assert view.config.learning_rate == 0.001
    assert view.status is Status.FINISHED
    kept = view.run.snapshot_steps()
    assert kept[0] == 0
    assert kept[-1] == 16


def test_a_regression_has_no_accuracy_and_further_curves(folder: Path) -> None:
    view = view_of(folder, "regression")
    history = view.history
    assert not history.has_accuracy
    assert not history.lost_steps.size
    assert set(history.metrics) == {"mae"}  # the root of a mean is no mean, and is told by epoch alone
    assert np.isfinite(history.metrics["mae"]).all()
    assert set(history.epochs[0].metrics) == {"mae", "rmse"} == set(history.epochs[0].test_metrics)
    assert (view.config.optimizer, view.config.loss) == ("adamw", "mse")
    assert not view.config.is_cross_entropy
    network = opened(folder, "regression").network
    assert network.answer is None
    assert "a single number" in network.unanswered


def test_a_generator_of_unknown_length_counts_its_batches(folder: Path) -> None:
    view = view_of(folder, "generator")
    assert [end.step for end in view.history.epochs] == [3, 6]
    assert view.history.steps_per_epoch == 3
    assert view.config.scale == MINUS_ONE_TO_ONE
    assert view.config.schedule == "on a schedule"
    assert [change.step for change in view.history.learning_rates] == [3]
    assert opened(folder, "generator").network.classes == 4


def test_of_two_answers_the_one_that_is_classes_is_looked_at(folder: Path) -> None:
    view = view_of(folder, "two")
    assert opened(folder, "two").network.layers[-1].name == "kind"
    assert view.history.has_accuracy
    assert set(view.history.metrics) == {"size_loss", "kind_loss", "size_mae"}


def test_a_network_that_is_not_opened_is_watched_by_its_curves(folder: Path) -> None:
    view = view_of(folder, "subclass")
    assert "of the kind Mine" in view.config.network_problem
    assert len(view.history.losses) == 4
    assert view.run.snapshot_steps() == ()
    assert open_or_await(view.run).is_awaited


def test_a_loop_of_one_s_own_tells_its_batches_itself(folder: Path) -> None:
    view = view_of(folder, "loop")
    np.testing.assert_array_equal(view.history.losses, [0, 1, 2] * 2)
    np.testing.assert_array_equal(view.history.metrics["norm"], [0.5, 1.5, 2.5] * 2)
    assert [(end.epoch, end.step, end.test_accuracy) for end in view.history.epochs] == [(0, 3, 0.25), (1, 6, 0.25)]
    assert view.status is Status.FINISHED
    assert not view.obeys("stop")
    assert truth(folder)["loop"] is False


def test_what_does_not_fit_and_what_cannot_be_written_is_a_warning(folder: Path) -> None:
    said = truth(folder)
    assert "The images are 5×10×3, but the network reads 12×10×3" in str(said["warned"])
    assert len(said["unwatched"]) == 1
    assert data_of(opened(folder, "small")).reason


def test_a_script_that_fails_is_a_crashed_run_which_says_why(folder: Path) -> None:
    view = view_of(folder, "broken")
    assert view.status is Status.CRASHED
    assert view.problem is not None
    assert view.problem.message == "mine.py failed: RuntimeError: out of beer."
    assert view.step == 2
    assert open_newest(folder).name == "broken"


def test_only_the_script_can_go_on_with_its_run(folder: Path) -> None:
    with pytest.raises(CnntuiError, match=r"trained by mine\.py"):
        resume_training(RunDirectory(folder / "broken"))


LONG = """
model = network()
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=100_000, callbacks=[Watch("long", images=x[:50], labels=y[:50])], **options)
Watch("unused")
model.fit(x, y, epochs=100_000, callbacks=[Watch("long", images=x[:50], labels=y[:50])], **options)
"""


def test_a_fit_is_watched_live_told_what_to_do_and_killed(tmp_path: Path, stand_in: Path) -> None:
    code = f"import sys; sys.argv[0] = 'mine.py'\n{BEGIN}{LONG}"
    process = subprocess.Popen([stand_in, "-c", code], env=environment(tmp_path), stderr=subprocess.DEVNULL)
    try:
        run = RunDirectory(tmp_path / "long")
        wait_until(run.exists, PATIENCE)
        follower = RunFollower(run)
        assert follower.poll().status in (Status.STARTING, Status.RUNNING)
        assert open_or_await(run).network.classes == 4
        wait_for_view(follower, lambda view: view.step > 3 and view.live_version is not None, PATIENCE)
        assert pause("long", tmp_path, PATIENCE) == 0
        waits = follower.poll()
        ask(run, TrainerCommand.STEP)
        after = wait_for_view(follower, lambda view: view.step > waits.step, PATIENCE)
        assert (after.step, after.status) == (waits.step + 1, Status.PAUSED)
        ask(run, TrainerCommand.PAUSE, learning_rate=0.5)
        assert wait_for_view(follower, lambda view: view.learning_rate == 0.5, PATIENCE).step == after.step
        assert continue_run("long", tmp_path, PATIENCE) == 0
        wait_for_view(follower, lambda view: view.step > after.step, PATIENCE)
        assert stop("long", tmp_path, PATIENCE) == 0
        assert follower.poll().status is Status.STOPPED
        assert follower.poll().step in run.snapshot_steps()

        # The name is taken: the script's second training has another.
        taken = RunDirectory(tmp_path / "long-2")
        wait_until(taken.exists, PATIENCE)
        second = RunFollower(taken)
        wait_for_view(second, lambda view: view.step > 0, PATIENCE)
        process.send_signal(signal.SIGKILL)
        process.wait()
        view = wait_for_status(second, Status.CRASHED, seconds=PATIENCE)
        assert view.problem is not None
        assert "mine.py" in view.problem.message
        assert not is_held(second.run.lock_path)
    finally:
        process.kill()
        process.wait()
