"""The words of Train are true, fit their lines, and can be read without colour."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.geometry import Size

from cnntui.cnn.layers import Conv2D, Dense, Flatten
from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.explore.scene import Scene, compose
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.runs.directory.control import TrainerCommand
from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.status import Status
from cnntui.runs.history.events import Failed, Finished, LearningRate, Paused, Stopped
from cnntui.runs.reading.follow import Problem, RunFollower, RunView
from cnntui.ui.views.base import image_text
from cnntui.ui.views.base.curves import curves
from cnntui.ui.views.base.curves import text as curve_text
from cnntui.ui.views.train import text as train_text
from cnntui.ui.views.train import weights_text
from cnntui.ui.widgets.text.line import FILL, plain
from tests.canned import BEGAN, EPOCHS, STEPS_PER_EPOCH, canned_run, texts

INVITATION = "to train on 60,000 images"
HINT = "Train again with a smaller --learning-rate than 0.1; the last checkpoint is from before."


def view_of(runs_dir: Path, batches: int, *after: object, held: bool = False, started: bool = True) -> RunView:
    run = canned_run(runs_dir, batches, *after, started=started)  # type: ignore[arg-type]
    lock = RunLock(run.lock_path) if held else None
    view = RunFollower(run).poll()
    if lock is not None:
        lock.release()
    return view


def said(view: RunView | None, width: int = 78, asked: TrainerCommand | None = None) -> str:
    line = train_text.headline(view, asked, INVITATION, width)
    text = plain(line)
    assert len(text) + (FILL in line) <= width, text
    return text


def scene_of(network: Network, digits: DataSet, digit: int = 0) -> Scene:
    return compose("canned", 0, network, digits, Focus(index=digit))


@pytest.mark.parametrize("width", [58, 78, 116])
def test_every_state_fits_its_line(runs_dir: Path, width: int) -> None:
    views = [
        view_of(runs_dir, 0, held=True, started=False),
        view_of(runs_dir, 0, held=True),
        view_of(runs_dir, 137, held=True),
        view_of(runs_dir, 200, held=True),
        view_of(runs_dir, 137, Paused(BEGAN + 9, 137), held=True),
        view_of(runs_dir, 500, Finished(BEGAN + 9, 500, 0.03, 0.99)),
        view_of(runs_dir, 137, Stopped(BEGAN + 9, 137, 0.03, 0.99)),
        view_of(runs_dir, 137),
        None,
    ]
    for view in views:
        for asked in (None, *TrainerCommand):
            assert said(view, width, asked)


def test_progress_is_counted_from_one_for_people(runs_dir: Path) -> None:
    view = view_of(runs_dir, 137, held=True)
    assert view.status is Status.RUNNING
    text = said(view)
    assert text.startswith("epoch 2/5 ")
    assert "batch  37/100" in text
    assert "8,000 images/s" in text
    assert text.endswith(" left")
    assert "█" in text


def test_the_end_of_an_epoch_is_not_the_first_batch_of_none(runs_dir: Path) -> None:
    text = said(view_of(runs_dir, STEPS_PER_EPOCH * EPOCHS, held=True))
    assert text.startswith(f"epoch {EPOCHS}/{EPOCHS} ")
    assert "batch 100/100" in text
    assert text.endswith("testing on all test images …")


def test_a_pause_says_how_to_go_on(runs_dir: Path) -> None:
    running = view_of(runs_dir, 137, held=True)
    assert said(running, asked=TrainerCommand.PAUSE).endswith("pausing …")
    assert said(view_of(runs_dir, 137, Paused(BEGAN + 9, 137), held=True)).endswith("paused  space continues")


def test_a_run_that_is_over_says_how_good_it_is_and_what_t_does(runs_dir: Path) -> None:
    finished = view_of(runs_dir, 500, Finished(BEGAN + 9, 500, 0.03, 0.9876))
    assert said(finished) == "98.76% of 10,000 test images right, best 99.00% (epoch 5)press t to train"
    assert said(finished, 116).startswith("trained: 98.76% of 10,000 test images right, best 99.00% (epoch 5)")
    assert said(finished, 58) == "98.76% of 10,000 test images rightpress t to train"
    last = view_of(runs_dir, 500, Finished(BEGAN + 9, 500, 0.03, finished.history.epochs[-1].test_accuracy))
    assert said(last).startswith("99.00% of 10,000 test images right (epoch 5, the best)")
    once = replace(finished, history=replace(finished.history, epochs=finished.history.epochs[:1]))
    assert said(once) == f"trained: 98.76% of 10,000 test images rightpress t {INVITATION}"
    stopped = view_of(runs_dir, 137, Stopped(BEGAN + 9, 137, 0.03, 0.9))
    assert said(stopped).startswith("after 137 batches: 90.00% of 10,000 test images right")


def test_stopping_is_said_until_it_is_done(runs_dir: Path) -> None:
    paused = view_of(runs_dir, 137, Paused(BEGAN + 9, 137), held=True)
    for view in (view_of(runs_dir, 137, held=True), paused):
        assert said(view, asked=TrainerCommand.STOP).startswith("stopping after 137 batches")
    starting = view_of(runs_dir, 0, held=True, started=False)
    assert said(starting, asked=TrainerCommand.STOP) == "stopping before the first batch"


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (float("inf"), ""), (0.4, "0:00 left"), (65, "1:05 left"), (3661, "61:01 left")]
)
def test_time_left(seconds: float | None, text: str) -> None:
    assert train_text.remaining(seconds) == text


def test_a_failure_is_told_with_its_hint(runs_dir: Path) -> None:
    message = "The loss stopped being a number at batch 137: the weights have grown without bound."
    view = view_of(runs_dir, 137, Failed(BEGAN + 9, message, HINT))
    assert view.status is Status.CRASHED
    lines = texts(train_text.problem(view, 38, 7))
    assert " ".join(lines).replace("  ", " ") == f"{message} {HINT}"
    assert all(len(line) <= 38 for line in lines)
    assert len(lines) <= 7


def test_a_long_story_loses_its_end_and_never_the_hint(runs_dir: Path) -> None:
    view = replace(view_of(runs_dir, 137), problem=Problem("It all went wrong. " * 40, HINT))
    lines = texts(train_text.problem(view, 38, 7))
    assert len(lines) == 7
    assert " ".join(lines).endswith(f"… {HINT}")


def test_no_failure_is_no_text(runs_dir: Path) -> None:
    assert train_text.problem(view_of(runs_dir, 137, held=True), 38, 7) == []
    assert train_text.problem(None, 38, 7) == []


@pytest.mark.slow
def test_the_sentence_says_who_is_right(network: Network, digits: DataSet) -> None:
    said_by = network.forward((digits.images[:500] / np.float32(255)).astype(np.float32))
    guesses = said_by.probabilities.argmax(axis=-1)
    right = int(np.flatnonzero(guesses == digits.labels[:500])[0])
    wrong = int(np.flatnonzero(guesses != digits.labels[:500])[0])
    for digit, mark, role in ((right, "✓", "winner"), (wrong, "✗", "bad")):
        line = image_text.sentence(scene_of(network, digits, digit), 49)
        truth, guess = int(digits.labels[digit]), int(guesses[digit])
        assert plain(line).startswith(f"image #{digit:,} · true {truth} · predicted {guess} {mark}")
        assert dict(line)[f"{guess} {mark}"] == role
        assert len(plain(line)) <= 49


@pytest.mark.parametrize("width", [10, 14, 17, 40])
def test_every_class_has_a_line_and_no_line_needs_colour(network: Network, digits: DataSet, width: int) -> None:
    for digit in range(30):
        scene = scene_of(network, digits, digit)
        lines = texts(image_text.probabilities(scene, Size(width, 20)))
        assert [len(line) for line in lines] == [width] * 10
        assert [number for number, line in enumerate(lines) if line[0] == "▸"] == [scene.activations.predicted]
        assert [number for number, line in enumerate(lines) if line[2] == "✓"] == [scene.label]
        longest = max(range(10), key=lambda number: lines[number].count("█"))
        assert longest == scene.activations.predicted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "100%"), (0.9996, ">99.9%"), (0.999, "99.9%"), (0.5, "50.0%"), (0.001, "0.1%"), (1e-9, "<0.1%"),
        (0.0, "0%"),
    ],
)  # fmt: skip
def test_a_share(value: float, text: str) -> None:
    assert image_text.share(value) == text


def test_a_network_that_diverged_says_no_number(network: Network, digits: DataSet) -> None:
    last = network.layers[-1]
    assert isinstance(last, Dense)
    broken = Network((*network.layers[:-1], replace(last, bias=np.full(10, np.nan, np.float32))), mnist.SHAPE)
    scene = scene_of(broken, digits)
    assert plain(image_text.sentence(scene, 49)).endswith("the prediction is not a number")
    assert [len(line) for line in texts(image_text.probabilities(scene, Size(10, 20)))] == [10] * 10


def test_kernels_are_named_by_what_they_are(network: Network) -> None:
    layer = weights_text.first_convolution(network)
    assert layer is network["conv2d"]
    assert plain(weights_text.kernels_title(layer, 32, 412, True, 71)) == "the 32 kernels after 412 batches"
    assert plain(weights_text.kernels_title(layer, 32, 412, False, 71)) == "what the 32 kernels have become"
    assert plain(weights_text.kernels_title(layer, 24, 412, True, 71)) == "kernels 0–23 of 32 after 412 batches"
    assert plain(weights_text.kernels_title(layer, 24, 412, False, 30)) == "kernels 0–23 of 32"
    text = plain(weights_text.kernels_range(layer))
    assert text == f"weights from −{-layer.kernel.min():.2f} to {layer.kernel.max():.2f}"


def test_networks_without_kernels_or_with_many_channels_are_no_error() -> None:
    dense = Network(
        (Flatten("flatten"), Dense("dense", np.zeros((784, 10), np.float32), np.zeros(10, np.float32))), mnist.SHAPE
    )
    assert weights_text.first_convolution(dense) is None
    assert plain(weights_text.kernels_title(None, 0, None, True, 71)) == "this network has no kernels"
    assert weights_text.kernels_range(None) == ()
    deep = Conv2D("deep", np.ones((2, 2, 3, 4), np.float32), np.zeros(4, np.float32))
    assert plain(weights_text.kernels_range(deep)).startswith("channel 0, ")
    lost = Conv2D("lost", np.full((2, 2, 1, 4), np.nan, np.float32), np.zeros(4, np.float32))
    assert plain(weights_text.kernels_range(lost)) == "no weight is a number: the training diverged"


def test_units_that_read_pixels_are_pictures_of_what_they_look_for(network: Network, dense_network: Network) -> None:
    assert weights_text.units_that_look(network) is None
    layer = weights_text.units_that_look(dense_network)
    assert layer is dense_network["dense"]
    assert layer is not None
    pictures = weights_text.pictures(dense_network, layer)
    assert pictures.shape == (28, 28, 32)
    np.testing.assert_array_equal(pictures[3, 5], layer.kernel[3 * 28 + 5, :32])
    assert plain(weights_text.units_title(layer, 10, 412, False, 39)) == "what the first 10 of 512 units look for"
    assert plain(weights_text.units_title(layer, 10, 412, True, 39)) == "the first 10 units after 412 batches"
    few = replace(layer, kernel=layer.kernel[:, :8], bias=layer.bias[:8])
    assert plain(weights_text.units_title(few, 8, None, True, 39)) == "what the 8 units look for"
    assert plain(weights_text.units_range(pictures, 1, 39)).startswith("weights from −")
    assert plain(weights_text.units_range(pictures, 4, 20)).startswith("−")
    assert (
        plain(weights_text.units_range(np.full((7, 7, 1), np.nan, np.float32), 4, 39))
        == "no weight is a number: the training diverged"
    )


@pytest.mark.parametrize(("step", "edge"), [(0, 62), (1, 62), (62, 62), (63, 125), (130, 250), (251, 500), (500, 500)])
def test_the_axis_grows_by_doubling(runs_dir: Path, step: int, edge: int) -> None:
    assert curves.reach(view_of(runs_dir, step, held=True).history) == edge


def test_the_axis_of_a_run_that_is_over_ends_where_it_ended(runs_dir: Path) -> None:
    history = view_of(runs_dir, 137, Stopped(BEGAN + 9, 137, 0.03, 0.99)).history
    assert curves.reach(history) == 137
    assert curves.marks(history) == ("epoch", ((0, "0"), (100, "1")))
    assert [test.step for test in curves.tested(history)] == [100, 137]


def test_peaks_survive_a_long_training(runs_dir: Path) -> None:
    history = view_of(runs_dir, 500, held=True).history
    losses = np.tile(history.losses, 100)
    losses[31_415] = 77.0
    curve, _ = curves.loss_curve(replace(history, losses=losses, accuracies=losses))
    _, values = curve.points
    assert len(values) <= curves.MOST_POINTS
    assert values.max() == 77.0
    assert curve.axis.high == 77.0


def test_a_run_that_has_not_begun_has_empty_curves(runs_dir: Path) -> None:
    history = view_of(runs_dir, 0, held=True, started=False).history
    curve, names = curves.loss_curve(history)
    assert len(curve.points[0]) == len(curve.line[0]) == len(curve.tests[0]) == 0
    newest = curves.newest(history.losses)
    assert curve_text.loss(newest) == "–"
    assert len(names) == len(curve.axis.ticks)


@pytest.mark.parametrize("width", [39, 58, 78, 116])
def test_the_diagnosis_fits_its_line_and_says_what_to_try(runs_dir: Path, width: int) -> None:
    fine = view_of(runs_dir, 300, held=True)
    jumped = np.full(60, 2.31, np.float32)
    jumped[1] = 32_144
    for losses, name, advice in (
        (fine.history.losses, "all well", ""),
        (jumped, "learning rate too high", "try 0.0001"),
    ):
        line = train_text.diagnosis(
            replace(fine, history=replace(fine.history, losses=losses, accuracies=np.zeros_like(losses))), width
        )
        text = plain(line)
        assert len(text) + (FILL in line) <= width
        assert text.startswith(name)
        assert advice in text
    assert train_text.diagnosis(None, width) == ()
    assert train_text.diagnosis(view_of(runs_dir, 0, held=True), width) == ()


def test_the_diagnosis_advises_from_the_learning_rate_of_now(runs_dir: Path) -> None:
    view = view_of(runs_dir, 300, LearningRate(BEGAN + 9, 300, 0.5), held=True)
    jumped = np.array([2.3, 100.0, 2.3], np.float32)
    line = train_text.diagnosis(
        replace(view, history=replace(view.history, losses=jumped, accuracies=np.zeros_like(jumped))), 78
    )
    assert "try 0.05, a tenth" in plain(line)
    assert "learning rate 0.5" in said(view)
