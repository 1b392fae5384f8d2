"""A network without convolutions on every screen, by keys alone: what it has, and what it lacks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from cnntui.cnn.contributions import NumberKind
from cnntui.cnn.layers import Dense, Flatten
from cnntui.cnn.network import Network
from cnntui.explore.focus import slot_of
from cnntui.explore.scene import relearned
from cnntui.explore.views import VIEWS
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.runs.config.architecture import network_of
from cnntui.runs.config.settings import Pooling
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.stepper import StepperScreen
from cnntui.ui.views.one_batch.screen import OneBatchScreen
from cnntui.ui.views.train.screen import TrainScreen
from cnntui.ui.views.why.screen import WhyScreen
from cnntui.ui.widgets.grids.kernel_grid import KernelGrid
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.text.lines import Lines
from tests.calculator import claims, read
from tests.fake_trainer import MODULE, FakeScript, fake_config, scripted, start_fake_training, write_fake_run
from tests.keras_files import write_keras_file
from tests.screens.apps import app_on, on_few, shown, until

DIGIT = 18
"""A 3 that the network is not very sure of."""


LACKING = ("convolve", "pool", "kernel-time", "hierarchy")
"""Modes that it lacks."""


@pytest.fixture
def dense(runs_dir: Path) -> CnntuiApp:
    """The app on the dense run, at its first screen."""
    return app_on(None, runs_dir, target="dense", index=DIGIT)


def first_dense(app: CnntuiApp) -> Dense:
    layer = app.scene.network["dense"]
    assert isinstance(layer, Dense)
    return layer


def chosen_term(app: CnntuiApp) -> list[str]:
    (line,) = [line for line in shown(app, "#terms").splitlines() if line.startswith("▸")]
    return line.split()


def check_equations(app: CnntuiApp) -> int:
    """Let the calculator check every equation on the screen; returns how many there were."""
    found = [
        claim
        for widget in app.screen.query(Lines)
        if widget.display and widget.id != "tree"
        for line in widget.text.splitlines()
        for claim in claims(line)
    ]
    assert not [claim.text for claim in found if not claim.holds], app.mode
    return len(found)


# What it has


@pytest.mark.slow
async def test_it_opens_like_any_other_and_train_shows_what_its_units_look_for(dense: CnntuiApp) -> None:
    async with dense.run_test(size=(80, 24)) as pilot:
        assert isinstance(dense.screen, TrainScreen)
        grid = dense.screen.query_one(KernelGrid)
        shown_units = grid.drawn.shape[-1]
        assert shown(dense, "#kernels-title") == f"what the first {shown_units} units look for"
        # Each cell is the mean of the weights of some pixels.
        by = grid.tiling.reduced
        weights = first_dense(dense).kernel[:, :shown_units].reshape(28, 28, shown_units)
        means = weights.reshape(28 // by, by, 28 // by, by, -1).mean(axis=(1, 3))
        np.testing.assert_allclose(grid.drawn, means, atol=1e-6)
        low, high = f"{means.min():.2f}".replace("-", "−"), f"{means.max():.2f}"
        assert shown(dense, "#kernels-range").endswith(f"{low} to {high}")
        # A unit leads to where it is added up.
        await pilot.click(KernelGrid, offset=(grid.tiling.pitch, 0))
        await until(pilot, lambda: dense.mode == "dense")
        assert (dense.scene.focus.layer, dense.scene.focus.unit) == ("dense", 1)


@pytest.mark.slow
async def test_the_way_from_a_pixel_to_the_answer_and_back(dense: CnntuiApp, digits: DataSet) -> None:
    app = dense
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2", "right", "enter")
        assert app.mode == "flatten"
        focus = app.scene.focus
        row, col = focus.row, focus.col
        slot = 28 * row + col
        assert slot == slot_of(focus, app.scene.network)
        assert shown(app, "#where") == f"slot {slot} of 784"
        pixel = digits.images[DIGIT][row, col, 0] / 255
        assert shown(app, "#cell").splitlines()[:2] == [f"({row}, {col})", f"{pixel:.3f}"]
        check_equations(app)
        await pilot.press("down", "comma", "left")
        assert (app.scene.focus.row, app.scene.focus.col) == (row + 1, col - 2)
        await pilot.press("up", "right", "full_stop")
        # Into the unit that the pixel moves most, into the answer, and into softmax.
        await pilot.press("enter")
        unit = app.scene.focus.unit
        assert (app.mode, app.scene.focus.source) == ("dense", slot)
        assert unit == np.abs(first_dense(app).kernel[slot]).argmax()
        assert chosen_term(app)[1:3] == [f"({row},", f"{col})"]
        await pilot.press("enter")
        assert (app.scene.focus.layer, app.scene.focus.source) == ("dense_1", unit)
        await pilot.press("enter")
        assert app.mode == "softmax"
        for mode, layer in (("dense", "dense_1"), ("dense", "dense"), ("flatten", "flatten"), ("network", "flatten")):
            await pilot.press("backspace")
            await pilot.pause()
            assert (app.mode, app.scene.focus.layer) == (mode, layer)


@pytest.mark.slow
async def test_the_terms_of_a_unit_are_the_pixels_and_add_up(dense: CnntuiApp) -> None:
    app = dense
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2", "down", "right", "right", "enter")
        assert (app.mode, app.scene.focus.unit) == ("dense", 2)
        layer, activation = first_dense(app), app.scene.activations["dense"]
        products = activation.input * layer.kernel[:, 2]
        for _ in range(3):
            sign, row, col, value, times, weight, _, product, *_ = chosen_term(app)
            place = 28 * int(row.strip("(,")) + int(col.rstrip(")"))
            assert (sign, times, app.scene.focus.source) == ("▸", "×", place)
            assert float(value) == pytest.approx(activation.input[place], abs=1e-5)
            assert float(weight.replace("−", "-")) == pytest.approx(layer.kernel[place, 2], abs=1e-5)
            assert float(product.replace("−", "-")) == pytest.approx(products[place], abs=6e-4)
            await pilot.press("up" if place == np.abs(products).argmax() else "down")
        # The numbers below the terms say what becomes of them.
        rows = {line.split("  ")[1]: line.split()[-1] for line in shown(app, "#terms").splitlines() if line[2:4] != " "}
        total, bias = read(rows["Σ"]), read(rows["bias"])
        both, before = total + bias, read(rows["pre-activation"])
        assert before.low <= both.high
        assert both.low <= before.high
        assert float(before.exact) == pytest.approx(float(activation.pre_activation[2]), abs=6e-4)
        assert float(read(rows["ReLU gives"]).exact) == pytest.approx(float(activation.output[2]), abs=6e-4)


@pytest.mark.slow
async def test_v_draws_products_weights_or_the_digit(dense: CnntuiApp) -> None:
    app = dense
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2", "down", "enter")

        def drawn() -> dict[str, np.ndarray]:
            ids = ("cells", "weights", "digit")
            grids = {name: app.screen.query_one(f"#{name}", MapGrid) for name in ids}
            return {name: grid._values for name, grid in grids.items() if grid.display}

        pixels, kernel = app.scene.activations.image[..., 0], first_dense(app).kernel[:, 0].reshape(28, 28)
        for name, expected in (("cells", pixels * kernel), ("weights", kernel), ("digit", pixels)):
            assert list(drawn()) == [name]
            np.testing.assert_array_equal(drawn()[name], expected)
            await pilot.press("v")
            await pilot.pause()
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert list(drawn()) == ["cells", "weights", "digit"]
        await pilot.press("v")
        assert list(drawn()) == ["cells", "weights", "digit"], "where all are drawn there is nothing to choose"


@pytest.mark.slow
async def test_why_this_answer_goes_down_to_pixels(dense: CnntuiApp) -> None:
    app = dense
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w", "right", "right", "right", "right")
        screen = app.screen
        assert isinstance(screen, WhyScreen)
        assert screen.row.node.kind is NumberKind.PIXEL
        row, col, _ = screen.row.node.place.index
        assert "field 1×1" in shown(app, "#digit-title")
        assert check_equations(app) >= 2
        unit = screen.above.node
        assert unit.terms.total == pytest.approx(unit.value, abs=1e-4)
        await pilot.press("v")
        await until(pilot, lambda: screen._sliding is not None and screen._sliding.occlusion.is_complete)
        # To the unit that the pixel is part of, pointing at it.
        await pilot.press("v", "enter")
        await until(pilot, lambda: app.mode == "dense")
        focus = app.scene.focus
        assert (focus.unit, focus.source) == (unit.place.index[0], 28 * row + col)


@pytest.mark.slow
async def test_what_a_cell_sees_is_a_pixel_or_everything(dense: CnntuiApp) -> None:
    app = dense
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2", "e")
        await until(pilot, lambda: app.mode == "field")
        focus = app.scene.focus
        assert "receptive field 1×1 = 1 of 784 pixels" in shown(app, "#story")
        assert f"row {focus.row}, column {focus.col} of the image" in shown(app, "#story")
        assert "512 units of dense, 10 units of dense_1" in shown(app, "#story")
        await pilot.press("right", "f")
        assert (app.scene.focus.row, app.scene.focus.col) == (focus.row, focus.col + 2)
        await pilot.press("u")
        assert "The network reads all 784 pixels" in shown(app, "#story")
        await pilot.press("u", "right_square_bracket")
        assert app.scene.focus.layer == "dense"
        assert "receptive field 28×28 = 784 of 784 pixels, 100.0%" in " ".join(shown(app, "#story").split())
        assert "(24, 24)" not in shown(app, "#story")
        await pilot.click("#digit", offset=(20, 5))
        assert (app.scene.focus.layer, app.scene.focus.row, app.scene.focus.col) == ("flatten", 10, 20)
        assert not app.screen.query("MapGrid#map-0").first().display


@pytest.mark.slow
async def test_what_is_drawn_classes_and_all_digits_are_read_by_it(dense: CnntuiApp) -> None:
    app = dense
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("6", "I")
        await until(pilot, lambda: app.scene.focus.own)
        network = app.scene.network
        assert app.scene.activations.network is network
        await pilot.press("1", "m")
        await until(pilot, lambda: "98.16%" in app.screen.query_one("#title", Lines).text)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))
        await pilot.press("d")
        await until(pilot, lambda: "98.16%" in app.screen.query_one("#title", Lines).text)


async def test_where_to_look_first_can_be_said(runs_dir: Path) -> None:
    app = app_on(None, runs_dir, target="dense", layer="dense", filter=300)
    assert (app.mode, app.scene.focus.unit) == ("dense", 300)
    app = app_on(None, runs_dir, target="dense", layer="flatten", cell=(3, 27))
    assert (app.mode, app.scene.focus.row, app.scene.focus.col) == ("flatten", 3, 27)
    # By default, at ink.
    app = app_on(None, runs_dir, target="dense")
    focus = app.scene.focus
    assert app.scene.activations.image[focus.row, focus.col, 0] == app.scene.activations.image.max()


@pytest.mark.slow
async def test_a_keras_file_of_dense_layers_opens_too(runs_dir: Path, tmp_path: Path, dense_network: Network) -> None:
    path = write_keras_file(tmp_path / "mine.keras", dense_network)
    app = app_on(None, runs_dir, target=str(path))
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.mode == "network"
        await pilot.press("3")
        assert "mine has no convolution." in shown(app, "#lack")


# What it lacks


@pytest.mark.slow
@pytest.mark.parametrize(("key", "word"), [("3", "convolution"), ("4", "pool"), ("W", "convolution")])
async def test_going_to_what_it_lacks_says_so_in_place(dense: CnntuiApp, key: str, word: str) -> None:
    app = dense
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: app.mode != "train")
        said = shown(app, "#lack")
        assert said.startswith(f"dense has no {word}.")
        assert "weighs all 784 pixels" in " ".join(said.split())
        assert "7  Runs" in said
        assert not app.screen.query_one("#stage").display
        # What every screen can do can be done, and nothing else happens.
        digit = app.scene.focus.index
        await pilot.press("n", "right", "space", "f", "c", "enter", "m", "plus", "right_square_bracket", "b")
        assert app.scene.focus.index == digit + 1
        await pilot.resize_terminal(60, 18)
        await pilot.press("question_mark", "escape", "g")
        await pilot.resize_terminal(120, 40)
        await pilot.press("7")
        assert app.mode == "runs"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pooling", "said"),
    [
        ("stride", "The windows of conv2d and conv2d_1 move by 2 cells at a time instead"),
        ("none", "Nothing makes its maps smaller but their borders: 28×28 → 27×27 → 26×26 → 25×25. 40,000 numbers"),
    ],
)
async def test_a_network_without_pools_says_what_it_does_instead(
    runs_dir: Path, tmp_path: Path, pooling: Pooling, said: str
) -> None:
    network = network_of(TrainOptions(name="x", seed=1, pooling=pooling).config())
    zeros = {layer.name: replace(layer, kernel=layer.kernel.copy(), bias=layer.bias.copy()) for layer in network
             if not isinstance(layer, Flatten)}  # fmt: skip
    network = Network(tuple(zeros.get(layer.name, layer) for layer in network), mnist.SHAPE)
    app = app_on("convolve", runs_dir, target=str(write_keras_file(tmp_path / "poolless.keras", network)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: app.mode == "pool")
        text = " ".join(shown(app, "#lack").split())
        assert text.startswith("poolless has no pool.")
        assert said in text
        await pilot.press("3", "right")
        assert app.mode == "convolve"
        assert app.scene.focus.col == 1


# From run to run


async def open_run(pilot: Pilot[None], app: CnntuiApp, name: str) -> None:
    """Open a run by its name in Runs."""
    await pilot.press("7", "slash", *name, "enter", "enter")
    await until(pilot, lambda: app.scene.run == name and app.mode == "train")
    await pilot.press("7", "escape")


@pytest.mark.slow
@pytest.mark.parametrize("mode", [mode for mode in VIEWS if mode not in ("train", "runs")])
async def test_a_round_trip_on_every_screen(runs_dir: Path, mode: str) -> None:
    app = on_few(app_on(mode, runs_dir, index=2), 5)
    async with app.run_test(size=(80, 24)) as pilot:
        digits = app.scene.data
        for name in ("dense", "bundled"):
            await open_run(pilot, app, name)
            app.action_mode(mode)
            await until(pilot, lambda: app.mode == mode)
            await pilot.press("n", "right", "down", "p")
            await pilot.pause()
            scene = app.scene
            assert scene.run == name
            expected = scene.network.forward(scene.network.input_of(digits.images[scene.focus.index]))
            np.testing.assert_array_equal(scene.activations.probabilities, expected.probabilities)
            lacks = name == "dense" and mode in LACKING
            assert app.screen.has_class("-lacking") == lacks


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["convolve", "pool", "flatten", "dense", "field", "network", "kernel-time", "why"])
async def test_the_network_may_change_under_every_screen(
    runs_dir: Path, network: Network, dense_network: Network, mode: str
) -> None:
    app = app_on(mode, runs_dir, index=DIGIT)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f", *(["space"] if mode in ("convolve", "pool") else []))
        for name, other in (("dense", dense_network), ("bundled", network), ("dense", dense_network)):
            app.showing.look_at(relearned(app.scene, name, None, other))
            await pilot.pause()
            assert app.scene.network is other
            await pilot.press("n", "f", "p", "F")
            assert app.mode == mode
            assert app.screen.has_class("-lacking") == (name == "dense" and mode in LACKING)
        if isinstance(app.screen, StepperScreen):
            screen = app.screen
            await until(pilot, lambda: screen._timer is None)


# While it trains


@pytest.fixture
def trainer() -> Iterator[FakeScript]:
    script = FakeScript(steps_per_epoch=40, chunk_seconds=0.02, hold_at=24)
    with scripted(script):
        yield script
    assert os.environ.get("CNNTUI_FAKE_TRAINER") is None


@pytest.mark.slow
async def test_one_is_trained_with_t_and_watched(runs_dir: Path, trainer: FakeScript) -> None:
    app = app_on("convolve", runs_dir)
    app.session.options = TrainOptions(
        runs_dir=runs_dir, module=MODULE, model="dense", dense=512, epochs=2, name="mine"
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "t", "t")
        await until(pilot, lambda: app.scene.run == "mine" and app.scene.step == 24)
        assert isinstance(app.screen, TrainScreen)
        assert shown(app, "#kernels-title") == "the first 10 units after 24 batches"
        await pilot.press("2", "down")
        assert app.scene.network.output_shape_of("dense") == (512,)
        # Back and forth on its time line, at the same unit.
        await pilot.press("right", "less_than_sign")
        await until(pilot, lambda: app.scene.step is not None and app.scene.step < 24)
        assert app.scene.focus.unit == 1
        await pilot.press("3")
        assert "mine has no convolution." in shown(app, "#lack")
        await pilot.press("escape")
        await until(pilot, lambda: app.scene.step == 24)
        # One batch, by number.
        await pilot.press("1", "space")
        await until(pilot, lambda: app.session.view is not None and app.session.view.status.value == "paused")
        await pilot.press("full_stop")
        await until(pilot, lambda: isinstance(app.screen, OneBatchScreen))
        await until(pilot, lambda: "dense" in app.screen.query_one("#whose", Lines).text)
        await pilot.press("down", "f", "right_square_bracket", "escape")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))
        await pilot.press("x", "y")
        await until(pilot, lambda: app.session.view is not None and not app.session.view.status.is_active)


@pytest.mark.slow
async def test_a_run_is_opened_before_its_network_is_there(runs_dir: Path) -> None:
    run = start_fake_training(
        runs_dir, FakeScript(hold_before_start=True), fake_config("begun", model="dense", dense=512)
    )
    app = app_on("pool", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("7", "slash", *"begun", "enter", "enter")
        await until(pilot, lambda: app.session.view is not None and app.session.view.run == run)
        assert "conv2d" not in app.scene.network, "it is another network's"
        await pilot.press("4", "right")
        assert app.mode == "pool"
        await pilot.press("1", "x", "y")
        await until(pilot, lambda: app.session.view is not None and not app.session.view.status.is_active)


@pytest.mark.slow
async def test_a_dense_run_of_ones_own_has_a_time_line(runs_dir: Path) -> None:
    write_fake_run(runs_dir, config=fake_config("mine", epochs=1, model="dense", dense=512))
    app = app_on("network", runs_dir, target="mine", layer="dense")
    async with app.run_test(size=(80, 24)) as pilot:
        newest = app.scene.network
        await pilot.press("less_than_sign")
        assert app.scene.step == 0
        np.testing.assert_allclose(first_dense(app).kernel, newest["dense"].kernel / 10, rtol=1e-5)  # type: ignore[union-attr]
