"""Flatten, dense and softmax: from the last map to the answer and back, and what each key does on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D, Dense, Flatten
from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus, slot_of
from cnntui.explore.scene import compose
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.convolve.screen import ConvolveScreen
from cnntui.ui.views.dense.screen import DenseScreen
from cnntui.ui.views.flatten.screen import FlattenScreen
from cnntui.ui.views.softmax.screen import SoftmaxScreen
from cnntui.ui.widgets.bars.bars import Bars
from cnntui.ui.widgets.grids.map_grid import MapGrid
from tests.screens.apps import app_on, lines_of, shown


def chosen_term(app: CnntuiApp) -> str:
    """The selected line of the table."""
    (line,) = [line for line in shown(app, "#terms").splitlines() if line.startswith("▸")]
    return line


@pytest.mark.slow
async def test_the_walk_from_the_last_map_to_the_answer_and_back_by_keys_alone(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, layer="conv2d_2", filter=12, cell=(3, 1), index=18)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        assert isinstance(app.screen, FlattenScreen)
        assert "slot 1036 of 1,600" in shown(app, "#where")
        await pilot.press("enter")
        assert isinstance(app.screen, DenseScreen)
        assert "slot 1036 = (3·5 + 1)·64 + 12" in shown(app, "#where")
        assert "12 (3, 1)" in chosen_term(app)
        unit = app.scene.focus.unit
        await pilot.press("enter")
        assert isinstance(app.screen, DenseScreen)
        assert app.scene.focus.layer == "dense_1"
        assert chosen_term(app).split()[1:3] == ["unit", f"{unit}"]
        await pilot.press("enter")
        assert isinstance(app.screen, SoftmaxScreen)
        assert shown(app, "#where").endswith(f"class {app.scene.activations.predicted}")
        await pilot.press("enter")
        assert isinstance(app.screen, SoftmaxScreen)
        assert "This is the answer" in shown(app, "#from")
        for screen, layer in (
            (DenseScreen, "dense_1"), (DenseScreen, "dense"), (FlattenScreen, "flatten"), (ConvolveScreen, "conv2d_2"),
        ):  # fmt: skip
            await pilot.press("backspace")
            assert isinstance(app.screen, screen)
            assert app.scene.focus.layer == layer
        focus = app.scene.focus
        assert (focus.filter, focus.row, focus.col) == (12, 3, 1)


@pytest.mark.slow
async def test_each_contribution_leads_back_to_the_unit_and_the_cell_that_it_came_from(runs_dir: Path) -> None:
    app = app_on("softmax", runs_dir, index=18)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("backspace", "down")
        assert app.scene.focus.layer == "dense"
        await pilot.press("right_square_bracket")
        assert (app.scene.focus.layer, app.scene.focus.unit) == ("dense_1", 3)
        await pilot.press("pageup", "down")
        unit = int(chosen_term(app).split()[2])
        await pilot.press("o")
        focus = app.scene.focus
        assert (focus.layer, focus.unit) == ("dense", unit)
        assert shown(app, "#head").startswith(f"dense   unit {unit} of 64")
        await pilot.press("down")
        focus = app.scene.focus
        assert chosen_term(app).split()[1:4] == [f"{focus.filter}", f"({focus.row},", f"{focus.col})"]
        assert slot_of(focus, app.scene.network) == focus.source
        await pilot.press("o")
        assert isinstance(app.screen, FlattenScreen)
        assert f"slot {focus.source} of" in shown(app, "#where")
        assert shown(app, "#cell").startswith(f"({focus.row}, {focus.col})")
        await pilot.press("backspace", "backspace")
        assert app.scene.focus.layer == "dense_1"


@pytest.mark.slow
async def test_network_opens_each_of_them_at_what_matters_most(runs_dir: Path) -> None:
    app = app_on("network", runs_dir, layer="conv2d_2", filter=12, cell=(3, 1), index=18)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "enter")
        assert isinstance(app.screen, FlattenScreen)
        await pilot.press("backspace", "down", "right", "enter")
        assert isinstance(app.screen, DenseScreen)
        focus, activation = app.scene.focus, app.scene.activations["dense"]
        products = activation.input * app.scene.network["dense"].kernel[:, 1]  # type: ignore[union-attr]
        assert (focus.unit, focus.source) == (1, np.abs(products).argmax())
        assert slot_of(focus, app.scene.network) == focus.source
        await pilot.press("backspace", "down", "enter")
        assert (app.scene.focus.layer, app.scene.focus.unit) == ("dense_1", 3)


# Flatten


@pytest.mark.slow
async def test_cell_and_slot_follow_each_other(runs_dir: Path) -> None:
    app = app_on("flatten", runs_dir, layer="flatten", filter=7, cell=(2, 4))
    async with app.run_test(size=(80, 24)) as pilot:
        stack = app.scene.activations["flatten"].input

        def check(row: int, col: int, channel: int) -> None:
            focus = app.scene.focus
            assert (focus.row, focus.col, focus.filter) == (row, col, channel)
            slot = (row * 5 + col) * 64 + channel
            assert shown(app, "#where").strip() == f"slot {slot} of 1,600"
            assert f"({row}·5 + {col})·64 + {channel} = {slot}" in shown(app, "#arithmetic")
            assert f"{stack[row, col, channel]:.3f}" in shown(app, "#cell")
            column, line = shown(app, "#column").index("▾"), shown(app, "#row").splitlines().index("▸")
            assert (column, line) == (channel, (row * 5 + col) // 2)

        check(2, 4, 7)
        for keys, cell in {
            "left": (2, 3, 7), "down": (3, 3, 7), "f": (3, 3, 8), "F F": (3, 3, 6), "comma": (3, 3, 5),
            "full_stop full_stop": (3, 3, 7), "end full_stop": (3, 4, 8), "home pageup": (0, 0, 8),
        }.items():  # fmt: skip
            await pilot.press(*keys.split())
            check(*cell)
        await pilot.click("#map", offset=(6, 2))
        check(2, 3, 8)
        await pilot.click("#vector", offset=(40, 3))
        check(1, 1, 40)
        await pilot.press("p")
        assert app.scene.focus.index == 9_999
        stack = app.scene.activations["flatten"].input
        check(1, 1, 40)


@pytest.mark.slow
async def test_the_pointers_find_the_slot_among_numbers(runs_dir: Path) -> None:
    app = app_on("flatten", runs_dir, layer="flatten", filter=36, cell=(2, 2), index=18)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("g", "g", "g", "g")
        column, line = shown(app, "#column").index("▾"), shown(app, "#row").splitlines().index("▸")
        cell = lines_of(app.screen.query_one("#vector"))[line][column : column + 7]
        assert cell.strip() == "0.654"
        assert shown(app, "#cell").splitlines()[1] == "0.654"
        # There is no room for numbers here, and a corner of the map would mislead.
        assert not "".join(lines_of(app.screen.query_one("#map"))).strip()


# Dense


@pytest.mark.slow
@pytest.mark.parametrize(("layer", "inputs"), [("dense", 1600), ("dense_1", 64)])
async def test_units_and_terms_are_gone_through(runs_dir: Path, layer: str, inputs: int) -> None:
    app = app_on("dense", runs_dir, layer=layer, filter=4, index=18)
    async with app.run_test(size=(80, 24)) as pilot:
        activation = app.scene.activations[layer]
        kernel = app.scene.network[layer].kernel  # type: ignore[union-attr]
        # Opened at the term that matters most.
        products = activation.input * kernel[:, 4]
        assert app.scene.focus.source == np.abs(products).argmax()
        await pilot.press("pageup")
        assert app.scene.focus.source == products.argmax()
        await pilot.press("down")
        assert app.scene.focus.source == np.argsort(products)[-2]
        await pilot.press("pagedown")
        assert app.scene.focus.source == np.argsort(products)[4]
        await pilot.press("down", "k", "up")
        assert app.scene.focus.source == np.argsort(products)[2]
        source = app.scene.focus.source
        await pilot.press("right", "f", "left")
        assert (app.scene.focus.unit, app.scene.focus.source) == (5, source)
        assert f"{activation.pre_activation[5]:.3f}".replace("-", "−") in shown(app, "#terms")
        assert f"{inputs - 10:,} others" in shown(app, "#terms")
        await pilot.click("#terms", offset=(10, 1))
        assert app.scene.focus.source == (activation.input * kernel[:, 5]).argmax()
        await pilot.click("#units", offset=(7, 1))
        assert app.scene.focus.unit == 7


@pytest.mark.slow
async def test_a_cell_of_the_contributions_points_at_its_largest_term(runs_dir: Path) -> None:
    app = app_on("dense", runs_dir, layer="dense", filter=4, index=18)
    async with app.run_test(size=(80, 24)) as pilot:
        cells = app.screen.query_one("#cells", MapGrid)
        products = app.scene.activations["dense"].input * app.scene.network["dense"].kernel[:, 4]  # type: ignore[union-attr]
        by_cell = products.reshape(5, 5, 64)
        np.testing.assert_allclose(cells._values, by_cell.sum(axis=-1), atol=1e-6)
        await pilot.click("#cells", offset=(2 * 3, 1))
        focus = app.scene.focus
        assert (focus.row, focus.col, focus.filter) == (1, 3, int(np.abs(by_cell[1, 3]).argmax()))
        assert f"{by_cell[1, 3].sum():.3f}".replace("-", "−") in shown(app, "#cells-title")
        # The cell sees rows 4 to 14 and columns 12 to 22 of the digit.
        assert shown(app, "#field-columns") == f"{'field ':>12}" + "▄" * 11
        assert shown(app, "#field-rows").splitlines() == [" "] * 2 + ["▐"] * 6 + [" "] * 6
        # The digit stays whole in every style, and the marks beside it where they are.
        for _ in range(4):
            await pilot.press("g")
            assert shown(app, "#field-columns")[12:23] == "▄" * 11


async def test_the_inputs_of_a_later_layer_are_bars(runs_dir: Path) -> None:
    app = app_on("dense", runs_dir, layer="dense_1", filter=3, index=18)
    async with app.run_test(size=(80, 24)) as pilot:
        bars = app.screen.query_one("#inputs", Bars)
        products = app.scene.activations["dense_1"].input * app.scene.network["dense_1"].kernel[:, 3]  # type: ignore[union-attr]
        np.testing.assert_allclose(bars._values, products, atol=1e-6)
        place = int(np.argsort(products)[7])
        await pilot.click("#inputs", offset=(place, 2))
        assert app.scene.focus.source == place
        assert f"here {place}: {products[place]:.3f}".replace("-", "−") in shown(app, "#inputs-title")
        assert chosen_term(app).split()[2] == f"{place}"


# Softmax


@pytest.mark.slow
async def test_the_cursor_lights_a_class_everywhere(runs_dir: Path) -> None:
    app = app_on("softmax", runs_dir, index=18)
    async with app.run_test(size=(80, 24)) as pilot:
        probabilities = app.scene.activations.probabilities
        assert app.scene.focus.unit == probabilities.argmax() == 3
        await pilot.press("down", "j")
        for chosen in (5, 8):
            (line,) = [line for line in shown(app, "#classes").splitlines() if line.startswith("▸")]
            assert line.split()[1] == f"{chosen}"
            assert f"{probabilities[chosen]:.5f}" in line
            assert shown(app, "#equation").startswith(f"class {chosen} ")
            assert shown(app, "#equation").endswith(f" {probabilities[chosen]:.5f}")
            await pilot.click("#classes", offset=(20, 9))
        await pilot.press("down", "down")
        assert app.scene.focus.unit == 0
        await pilot.press("up")
        assert app.scene.focus.unit == 9


async def test_the_shift_can_be_left_out_and_changes_no_quotient(runs_dir: Path) -> None:
    app = app_on("softmax", runs_dir, index=18)
    async with app.run_test(size=(80, 24)) as pilot:

        def quotients() -> list[str]:
            lines = shown(app, "#classes").splitlines()[1:-1]
            return [line.removeprefix("▸").rstrip(" █▏▎▍▌▋▊▉").split()[-1] for line in lines]

        before = quotients()
        assert "is taken off" in shown(app, "#shift")
        await pilot.press("v")
        assert quotients() == before
        assert "exp(z−max)" not in shown(app, "#classes")
        assert "As the formula is written" in shown(app, "#shift")
        await pilot.press("v")
        assert "exp(z−max)" in shown(app, "#classes")


# Other networks


def other_network(
    units: int = 10, activation: str = "softmax", change: Callable[[Dense], Dense] = lambda x: x
) -> Network:
    """One convolution without a pool, three dense layers."""
    rng = np.random.default_rng(3)

    def dense(name: str, inputs: int, units: int, activation: str) -> Dense:
        kernel = rng.standard_normal((inputs, units), np.float32) / np.float32(np.sqrt(inputs))
        return Dense(name, kernel, np.zeros(units, np.float32), activation)  # type: ignore[arg-type]

    return Network(
        (
            Conv2D("conv", rng.standard_normal((3, 3, 1, 5), np.float32), np.zeros(5, np.float32), (2, 2), "same"),
            Flatten("flatten"),
            dense("wide", 14 * 14 * 5, 90, "relu"),
            change(dense("narrow", 90, 12, "linear")),
            dense("last", 12, units, activation),
        ),
        mnist.SHAPE,
    )


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 18)])
async def test_a_network_of_other_shapes_is_walked_through(digits: DataSet, size: tuple[int, int]) -> None:
    network = other_network(26, "linear")
    app = CnntuiApp(compose("own", None, network, digits, Focus(layer="conv", row=13, col=13, filter=4)), "convolve")
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter")
        assert shown(app, "#where").strip() == "slot 979 of 980"
        assert "▸" in shown(app, "#row")
        await pilot.press("enter")
        assert "slot 979" in shown(app, "#where")
        await pilot.press("F", "F", "enter", "enter")
        assert app.scene.focus.layer == "last"
        await pilot.press("enter")
        assert isinstance(app.screen, SoftmaxScreen)
        await pilot.press("up", "v")
        (line,) = [line for line in shown(app, "#classes").splitlines() if line.startswith("▸")]
        assert int(line.split()[1]) == app.scene.focus.unit == (app.scene.activations.predicted - 1) % 26
        assert size == (60, 18) or "no softmax" in shown(app, "#from")


@pytest.mark.parametrize("value", [np.nan, pytest.param(np.inf, marks=pytest.mark.slow)])
async def test_a_diverged_network_is_shown(digits: DataSet, value: float) -> None:
    def broken(layer: Dense) -> Dense:
        return replace(layer, kernel=np.where(layer.kernel > 0.1, np.float32(value), layer.kernel).astype(np.float32))

    network = other_network(change=broken)
    assert not np.isfinite(network["narrow"].kernel).all()  # type: ignore[union-attr]
    app = CnntuiApp(compose("own", None, network, digits, Focus(layer="narrow")), "dense")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "down", "up")
        assert "nan" in shown(app, "#terms") or "inf" in shown(app, "#terms")
        await pilot.press("enter", "down", "right")
        assert "nan" in shown(app, "#terms")
        await pilot.press("enter", "down", "v", "v")
        assert "diverged" in shown(app, "#shift")


async def test_logits_beyond_the_range_of_float32_show_what_the_shift_is_for(digits: DataSet) -> None:
    def louder(layer: Dense) -> Dense:
        return replace(layer, kernel=layer.kernel * 100)

    app = CnntuiApp(compose("own", None, other_network(change=louder), digits, Focus(layer="last")), "softmax")
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.scene.activations.logits.max() > 90
        assert np.isfinite(app.scene.activations.probabilities).all()
        await pilot.press("v")
        assert "∞ ÷ ∞" in shown(app, "#shift")
        assert "nan" in shown(app, "#classes")
