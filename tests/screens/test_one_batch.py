"""One batch by number: its sums add up, and its key opens it while training is paused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from textual.geometry import Size
from textual.pilot import Pilot

from cnntui.runs.directory.status import Status
from cnntui.runs.history.one_step import OneStep, TensorStep
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.one_batch import text as one_batch_text
from cnntui.ui.views.one_batch.screen import OneBatchScreen
from cnntui.ui.views.one_batch.text import At
from cnntui.ui.views.train.rate_dialog import RateDialog
from cnntui.ui.views.train.screen import TrainScreen
from cnntui.ui.widgets.grids.image_wall import ImageWall
from tests.calculator import claims
from tests.canned import texts
from tests.screens.apps import lines_of, pretending_to_train, shown, until


def a_step(optimizer: str = "rmsprop", rate: float = 0.001, seed: int = 0) -> OneStep:
    """A step of a small network, every weight of which moves as its optimizer says."""
    rng = np.random.default_rng(seed)
    tensors = {}
    for name, shape in (
        ("conv2d/kernel", (2, 2, 3, 4)),
        ("conv2d/bias", (4,)),
        ("dense/kernel", (20, 5)),
        ("dense/bias", (5,)),
    ):
        before = rng.standard_normal(shape).astype(np.float32) / 5
        gradient = rng.standard_normal(shape).astype(np.float32) ** 3 / 100
        velocity = (gradient**2 / 2 + 1e-6).astype(np.float32)
        momentum = (gradient / 3).astype(np.float32)
        direction = momentum if optimizer == "adam" else gradient
        divisor = {"rmsprop": np.sqrt(velocity + 1e-7), "adam": np.sqrt(velocity) + 1e-7, "sgd": np.float32(1)}
        after = (before - np.float32(rate) * direction / divisor[optimizer]).astype(np.float32)
        tensors[name] = TensorStep(
            before, gradient, after,
            None if optimizer == "sgd" else velocity, momentum if optimizer == "adam" else None,
        )  # fmt: skip
    losses = np.array([0.1, 4.0, 0.001, np.e], np.float32)
    epsilon = 0.0 if optimizer == "sgd" else 1e-7
    return OneStep(77, optimizer, rate, rate, epsilon, np.array([5, 6, 7, 8]), losses, tensors)


def holds(equation: str) -> bool:
    """Whether a calculator agrees."""
    [claim] = claims(equation)
    return claim.holds


def every_place(step: OneStep) -> Iterator[At]:
    for layer in one_batch_text.layers_of(step):
        at = one_batch_text.clamped(At(layer), step)
        for row in range(len(one_batch_text.weights_of(step, at))):
            yield At(layer, 1, at.channel, row)


# Texts


@pytest.mark.parametrize("optimizer", ["rmsprop", "adam", "sgd"])
@pytest.mark.parametrize("rate", [0.001, 0.5, 1e-6])
def test_equations_stand_up_to_a_calculator(optimizer: str, rate: float) -> None:
    step = a_step(optimizer, rate)
    exact = 0
    for at in every_place(step):
        moves, adds = one_batch_text.equations(step, at)
        for equation in (moves, adds):
            assert holds(equation), equation
        exact += "=" in adds
    assert exact > 20, "nearly all sums of two weights come out exactly"


def test_the_learning_rate_is_written_as_it_was_set() -> None:
    step = a_step(rate=float(np.float32(0.001)))
    assert "rmsprop, learning rate 0.001 " in "".join(text for text, *_ in one_batch_text.title(step, 80))
    assert one_batch_text.equations(step, At("conv2d", 3, 2, 0))[0].startswith("0.001 × ")


def test_the_numbers_are_those_of_the_step() -> None:
    step = a_step()
    weight = one_batch_text.weights_of(step, At("conv2d", 3, 2, 0))[1]
    tensor = step.tensors["conv2d/kernel"]
    assert (weight.name, weight.before) == ("row 0 col 1", float(tensor.before[0, 1, 2, 3]))
    assert (weight.gradient, weight.after) == (float(tensor.gradient[0, 1, 2, 3]), float(tensor.after[0, 1, 2, 3]))
    assert weight.divisor == pytest.approx(float(step.divisor("conv2d/kernel")[0, 1, 2, 3]), rel=1e-5)
    assert one_batch_text.weights_of(step, At("conv2d", 3))[-1].before == float(step.tensors["conv2d/bias"].before[3])
    assert len(one_batch_text.weights_of(step, At("dense", 4))) == 21


def test_an_equation_by_hand() -> None:
    tensor = TensorStep(
        np.full((1, 1, 1, 1), 0.5, np.float32), np.full((1, 1, 1, 1), 0.25, np.float32),
        np.full((1, 1, 1, 1), 0.25, np.float32),
    )  # fmt: skip
    bias = TensorStep(np.zeros(1, np.float32), np.zeros(1, np.float32), np.zeros(1, np.float32))
    step = OneStep(
        1, "sgd", 1.0, 1.0, 0.0, np.array([0]), np.array([1.0], np.float32), {"c/kernel": tensor, "c/bias": bias}
    )
    assert one_batch_text.equations(step, At("c")) == ("1 × 0.2500 = 0.250000", "0.500000 − 0.250000 = 0.250000")
    assert one_batch_text.equations(step, At("c", row=1)) == ("1 × 0 = 0.000000", "0.000000 + 0.000000 = 0.000000")
    assert texts(one_batch_text.sentence(step, At("c"), 200)) == [
        "Its gradient is above 0: a little more of it, more loss. So it goes down by 50.00% of its value."
    ]
    assert "stays as it is" in texts(one_batch_text.sentence(step, At("c", row=1), 200))[0]


def test_the_worst_digit_is_first_and_its_loss_is_a_probability() -> None:
    step = a_step()
    assert one_batch_text.worst(step) == [1, 3, 0, 2]
    line = "".join(text for text, _ in one_batch_text.pointed(step, 3, 4))
    assert line == f"training image 8 is a 4: loss 2.718 ≈ −ln({np.exp(-np.e):.4f})"
    assert "".join(text for text, _ in one_batch_text.heading(step)) == "4 images, mean loss 1.705: the worst first"


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_said_to_be_none(broken: float) -> None:
    step = a_step()
    for tensor in step.tensors.values():
        tensor.after[:] = broken
        tensor.gradient[:] = broken
        assert tensor.velocity is not None
        tensor.velocity[:] = broken
    step.losses[0] = broken
    for at in every_place(step):
        one_batch_text.equations(step, at)
        assert "not a number" in texts(one_batch_text.sentence(step, at, 200))[0]
        one_batch_text.table(step, at, Size(78, 6))
    assert one_batch_text.worst(step)[0] == 0
    assert "not a number" in str(one_batch_text.pointed(step, 0, 4))


@pytest.mark.parametrize("width", [58, 78])
def test_what_is_said_fits(width: int) -> None:
    for optimizer in ("rmsprop", "adam", "sgd"):
        step = a_step(optimizer)
        for at in every_place(step):
            lines, first = one_batch_text.table(step, at, Size(width, 6))
            assert len(lines) == 6
            assert first <= at.row <= first + 4
            assert lines[1 + at.row - first][0][0].startswith("▸")
            assert max(map(len, texts(lines))) <= width
            assert len(one_batch_text.sentence(step, at, width)) <= (4 if width < 78 else 2)
            assert max(map(len, one_batch_text.equations(step, at))) <= width


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (0.012345, "0.01235"), (-0.5, "−0.5000"), (1234.5, "1234"), (12.345, "12.35"),
        (1.5e-7, "1.500e−7"), (-2.25e-12, "−2.250e−12"), (3e8, "3.000e8"), (0.00012346, "0.0001235"),
    ],
)  # fmt: skip
def test_digits_that_matter(value: float, text: str) -> None:
    assert one_batch_text.significant(value) == text


# In the app


@pytest.fixture
def app(runs_dir: Path) -> Iterator[CnntuiApp]:
    with pretending_to_train("train", runs_dir, hold_at=8) as app:
        yield app


async def paused(app: CnntuiApp, pilot: Pilot[None]) -> None:
    """Train and pause."""
    await pilot.press("t", "t")
    await until(pilot, lambda: app.session.view is not None and app.session.view.step == 8)
    assert "Batch" not in {
        active.binding.description for active in app.screen.active_bindings.values() if active.enabled
    }
    await pilot.press("space")
    await until(pilot, lambda: app.session.view is not None and app.session.view.status is Status.PAUSED)


@pytest.mark.slow
async def test_s_learns_one_batch_and_shows_it(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await paused(app, pilot)
        await pilot.press("full_stop")
        assert isinstance(app.screen, OneBatchScreen)
        screen = app.screen
        await until(pilot, lambda: "batch 9" in shown(app, "#title"))
        assert "sgd, learning rate 0.001" in shown(app, "#title")
        assert shown(app, "#heading").startswith("64 images, mean loss ")
        await until(pilot, lambda: "▀" in "".join(lines_of(screen.query_one(ImageWall))))
        assert " is a " in shown(app, "#pointed")
        assert shown(app, "#whose").startswith("conv2d  filter 0 of 32  channel 0 of 1")
        assert all(holds(equation) for equation in shown(app, "#sums").splitlines())

        before = shown(app, "#weights")
        for key in ("f", "right_square_bracket", "c", "down"):
            await pilot.press(key)
            assert shown(app, "#weights") != before
            before = shown(app, "#weights")
        assert shown(app, "#whose").startswith("conv2d_1  filter 0 of 64  channel 1 of 32")
        await pilot.click("#weights", offset=(3, 5))
        assert shown(app, "#weights").splitlines()[5].startswith("▸bias")

        await pilot.press("full_stop")
        await until(pilot, lambda: "batch 10" in shown(app, "#title"))
        assert shown(app, "#whose").startswith("conv2d_1  filter 0 of 64  channel 1 of 32"), "the place is kept"
        assert not screen.is_waiting
        await pilot.press("3", "t")
        assert app.screen is screen
        await pilot.press("escape")
        assert isinstance(app.screen, TrainScreen)
        await until(pilot, lambda: app.session.view is not None and app.session.view.step == 10)


@pytest.mark.slow
async def test_a_trainer_that_is_gone_is_said_to_be(app: CnntuiApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await paused(app, pilot)
        monkeypatch.setattr("cnntui.ui.views.one_batch.screen.is_held", lambda path: False)
        monkeypatch.setattr(OneBatchScreen, "_version", lambda screen: None)
        await pilot.press("full_stop")
        await until(pilot, lambda: "The trainer has ended" in shown(app, "#heading"))


@pytest.mark.slow
async def test_the_learning_rate_is_changed_while_it_trains(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("L")
        assert isinstance(app.screen, TrainScreen), "nothing trains"
        await pilot.press("t", "t")
        await until(pilot, lambda: app.session.view is not None and app.session.view.step == 8)
        await pilot.press("L")
        assert isinstance(app.screen, RateDialog)
        await pilot.press("0", "enter")
        assert "must be a number above 0" in shown(app, "#rate")
        assert isinstance(app.screen, RateDialog)
        await pilot.press("backspace", *"0.02", "down", "enter")
        await until(pilot, lambda: app.session.view is not None and app.session.view.learning_rate == 0.002)
        assert app.session.view is not None
        assert app.session.view.status is Status.RUNNING
        await until(pilot, lambda: "learning rate 0.002" in shown(app, "#status"))
        await pilot.press("L", "escape")
        assert isinstance(app.screen, TrainScreen)
