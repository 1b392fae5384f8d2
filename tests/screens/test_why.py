"""Why this answer: from a class down to a pixel by keys alone, and the heat of grey squares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from cnntui.cnn.contributions import NumberKind, logit
from cnntui.cnn.layers import Conv2D, Dense
from cnntui.cnn.network import IMAGE, Activations, Network
from cnntui.cnn.occlusion import OcclusionMeasurement
from cnntui.cnn.unfolding import Row
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose
from cnntui.explore.views import VIEWS
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.palette import Mark
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.tree.screen import focus_on
from cnntui.ui.views.convolve.screen import ConvolveScreen
from cnntui.ui.views.network.screen import NetworkScreen
from cnntui.ui.views.pool.screen import PoolScreen
from cnntui.ui.views.why.screen import WhyScreen
from cnntui.ui.widgets.grids.map_grid import MapGrid
from tests.cnn.test_contributions import various
from tests.screens.apps import app_on, shown, strike, until


def why(app: CnntuiApp) -> WhyScreen:
    assert isinstance(app.screen, WhyScreen)
    return app.screen


def row(app: CnntuiApp) -> Row:
    return why(app).row


def pointed(app: CnntuiApp) -> str:
    """The selected line of the tree."""
    (line,) = [line for line in shown(app, "#tree").splitlines() if line.startswith("▸")]
    return line


async def measured(pilot: Pilot[None], app: CnntuiApp) -> None:
    """Wait until the square has been everywhere."""
    for _ in range(1000):
        sliding = why(app)._sliding
        if sliding is not None and sliding.occlusion.is_complete and not why(app)._looking.is_on:
            return
        await pilot.pause(0.01)
    raise AssertionError("it was never through")


@pytest.mark.slow
async def test_from_a_class_down_to_a_pixel_and_back_by_keys_alone(runs_dir: Path) -> None:
    app = app_on("network", runs_dir, index=18)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w")
        activations = app.scene.activations
        assert "Why 3?" in shown(app, "#head")
        assert "3 leads 8, the runner-up, by" in shown(app, "#comparison")
        assert pointed(app).startswith("▸▾ logit of 3")
        layers = [row(app).node.place.layer]
        while layers[-1] != IMAGE:
            await strike(pilot, "right")
            if row(app).node.place.layer != layers[-1]:
                layers.append(row(app).node.place.layer)
        assert layers == [
            *("dense_1", "dense", "conv2d_2", "max_pooling2d_1", "conv2d_1", "max_pooling2d", "conv2d", IMAGE)
        ]
        pixel = row(app).node
        place = pixel.place.index[:2]
        assert f"pixel {place}" in pointed(app)
        assert pixel.value == activations.image[place][0]
        digit = app.screen.query_one("#digit", MapGrid)
        assert np.argwhere(digit._marks == Mark.WINDOW).tolist() == [list(place)]
        # Enter shows the step that reads it, and backspace leads back to the very row.
        cell = why(app).above.node
        await pilot.press("enter")
        assert isinstance(app.screen, ConvolveScreen)
        focus = app.scene.focus
        assert ("conv2d", *cell.place.index) == (focus.layer, focus.row, focus.col, focus.filter)
        assert place in app.screen.step.window
        assert app.screen.step.output == pytest.approx(cell.value)
        await pilot.press("backspace")
        assert row(app).node.place == pixel.place
        await strike(pilot, "left", "left", "left")
        assert (row(app).node.kind, row(app).is_open) == (NumberKind.CELL, True)
        await pilot.press("enter")
        assert isinstance(app.screen, PoolScreen)
        await pilot.press("backspace")
        await strike(pilot, *["h"] * 12)
        assert [line.split()[0] for line in shown(app, "#tree").splitlines()] == ["▸›"]
        await pilot.press("backspace")
        assert isinstance(app.screen, NetworkScreen)


@pytest.mark.slow
async def test_what_is_shown_is_what_the_network_computes(runs_dir: Path) -> None:
    app = app_on("why", runs_dir, index=8)
    async with app.run_test(size=(120, 28)) as pilot:
        logits = app.scene.activations.logits
        assert f"Why 5?  logit {logits[5]:.3f}" in shown(app, "#head")
        lines = shown(app, "#tree").splitlines()
        terms = logit(app.scene.activations, 5).terms
        for line, term in zip(lines[1:7], terms, strict=False):
            *_, value, times, weight, adds, _rod = line.split()
            assert f"unit {term.child.place.index[0]} " in line
            assert (value, times) == (f"{term.child.value:.3f}", "×")
            assert weight == f"{term.weight:.3f}".replace("-", "−")
            assert adds == f"{term.contribution:+.3f}".replace("-", "−")
        assert f"{len(terms) - 6} other terms" in lines[7]
        assert "bias" in lines[8]
        assert float(shown(app, "#equation").split()[-1]) == pytest.approx(logits[5], abs=1e-3)
        await strike(pilot, "down", "down")
        assert f"for logit of 5\na sum of {terms[1].child.terms.__len__():,} terms" in shown(app, "#details")
        await strike(pilot, "end", "up", "right")
        # The rest shows its terms, and the first of them is selected.
        assert f"unit {terms[6].child.place.index[0]} " in pointed(app)
        assert f"{len(terms) - 18} other terms" in shown(app, "#tree")


@pytest.mark.slow
async def test_a_large_window_shows_the_way_down_to_a_pixel(runs_dir: Path) -> None:
    app = app_on("why", runs_dir, index=8)
    async with app.run_test(size=(200, 55)) as pilot:

        def deepest() -> str:
            return max(why(app).unfolding.rows, key=lambda row: row.level).node.place.layer

        assert deepest() == IMAGE
        for key in "fn":
            await strike(pilot, key)
            assert deepest() == IMAGE, f"after {key}"
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: deepest() == "dense")
        await strike(pilot, "left")
        await pilot.resize_terminal(200, 55)
        await pilot.pause()
        assert [line.split()[0] for line in shown(app, "#tree").splitlines()] == ["▸›"], "what was closed stays so"


@pytest.mark.slow
async def test_other_classes_and_other_digits(runs_dir: Path) -> None:
    app = app_on("why", runs_dir, index=8)
    async with app.run_test(size=(80, 24)) as pilot:
        first, second, *_, last = np.argsort(-app.scene.activations.logits).tolist()
        await strike(pilot, "f")
        assert f"Why not {second}?" in shown(app, "#head"), "the runner-up comes next"
        assert f"{second} is behind {first} by" in shown(app, "#comparison")
        await strike(pilot, "F", "F", "down")
        assert f"Why not {last}?" in shown(app, "#head")
        await pilot.press("n")
        said = app.scene.activations.predicted
        assert f"Why {said}?" in shown(app, "#head"), "each digit begins with what the network says"
        assert pointed(app).startswith(f"▸▾ logit of {said}")
        await strike(pilot, "pagedown", "pagedown")
        assert "bias" in pointed(app)
        await strike(pilot, "right")
        assert "bias" in pointed(app)
        await strike(pilot, "home")
        assert "logit" in pointed(app)


@pytest.mark.slow
async def test_a_class_on_softmax_is_asked_about(runs_dir: Path) -> None:
    app = app_on("softmax", runs_dir, index=8)
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.scene.focus.unit == 5
        for keys, label in ((("down",), 6), (("up", "up"), 4)):
            await pilot.press(*keys, "w")
            assert f"Why not {label}?" in shown(app, "#head")
            assert pointed(app).startswith(f"▸▾ logit of {label}")
            await pilot.press("f", "backspace")
            assert app.scene.focus.unit == label, "softmax is as it was left"


@pytest.mark.slow
async def test_the_heat_is_what_the_square_does(runs_dir: Path) -> None:
    app = app_on("why", runs_dir, index=18)
    async with app.run_test(size=(80, 24)) as pilot:
        grid = app.screen.query_one("#heat", MapGrid)
        assert not grid.display
        await strike(pilot, "v")
        await measured(pilot, app)
        sliding = OcclusionMeasurement(app.scene.network, app.scene.data.images[18], 5)
        sliding.measure()
        occlusion = sliding.occlusion
        assert (grid._values == occlusion.heat(3)).all()
        place = occlusion.extreme(3)
        assert place is not None
        before, after = occlusion.before[3], occlusion.probability(3, *place)
        assert f"Grey at {place} drops P(3) from {before:.2%} to {after:.2%}" in shown(app, "#experiment")
        assert not app.screen.query_one("#digit").display
        await pilot.click("#heat", offset=(3, 2))
        assert "Grey at (4, 3) " in shown(app, "#experiment")
        await strike(pilot, "plus")
        await measured(pilot, app)
        assert "7×7" in shown(app, "#heat-title")
        assert (grid._values != occlusion.heat(3)).any()
        await strike(pilot, "minus", "minus", "f")
        await measured(pilot, app)
        second = np.argsort(-app.scene.activations.logits)[1]
        assert f"3×3: P({second})" in shown(app, "#heat-title")
        await strike(pilot, "v")
        assert app.screen.query_one("#digit").display


@pytest.mark.slow
async def test_the_mouse_selects_and_opens(runs_dir: Path) -> None:
    app = app_on("why", runs_dir, index=8)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#tree", offset=(9, 2))
        assert row(app).key == why(app).unfolding.rows[2].key
        await pilot.click("#tree", offset=(9, 2))
        assert row(app).is_open
        await pilot.click("#tree", offset=(9, 2))
        assert not row(app).is_open
        await pilot.click("#tree", offset=(9, 15))
        assert row(app).key == why(app).unfolding.rows[2].key


@pytest.mark.slow
async def test_a_small_window_shows_the_tree_or_the_heat(runs_dir: Path) -> None:
    app = app_on("why", runs_dir, index=18)
    async with app.run_test(size=(60, 18)) as pilot:
        await strike(pilot, "right", "right", "down")
        assert "dense unit" in pointed(app) or "map" in pointed(app)
        await strike(pilot, "v")
        await measured(pilot, app)
        assert not app.screen.query_one("#tree").display
        await pilot.resize_terminal(80, 24)
        assert app.screen.query_one("#tree").display
        assert app.screen.query_one("#heat").display


def walked(activations: Activations) -> list[Focus]:
    """The focus of every number on the way along the largest terms."""
    node = logit(activations, 3)
    found = []
    while node.kind is not NumberKind.PIXEL:
        found.append(focus_on(node, Focus(), activations.network))
        if not node.terms:
            break
        node = node.terms[0].child
    return found


@pytest.mark.parametrize("name", ["same padding and strides", "maps end in a pool", "no pools"])
async def test_other_networks(name: str, digits: DataSet) -> None:
    network = various()[name]
    scene = compose("own", None, network, digits, Focus(layer="a"))
    for focus in walked(scene.activations):
        layer = network[focus.layer]
        if isinstance(layer, Dense):
            terms = layer.kernel[:, focus.unit] * scene.activations[layer.name].input
            assert np.abs(terms).argmax() == focus.source
        else:
            assert focus.filter < network.output_shape_of(layer.name)[-1]
    app = CnntuiApp(scene, mode="why")
    async with app.run_test(size=(80, 24)) as pilot:
        await strike(pilot, *["right"] * 24)
        await until(pilot, lambda: row(app).node.kind is NumberKind.PIXEL or row(app).node.is_silent)
        assert "is behind" in shown(app, "#comparison") or "leads" in shown(app, "#comparison")


@pytest.mark.slow
async def test_another_screen_can_look_at_the_selected_number(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # In the place of the receptive field's own screen.
    monkeypatch.setitem(VIEWS, "field", replace(VIEWS["field"], screen="cnntui.ui.views.network.screen:NetworkScreen"))
    app = app_on("why", runs_dir, index=8)
    async with app.run_test(size=(80, 24)) as pilot:
        await strike(pilot, *["right"] * 4)
        selected = row(app)
        assert selected.node.kind is NumberKind.CELL
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(app.screen, NetworkScreen)
        focus = app.scene.focus
        assert (focus.layer, focus.row, focus.col, focus.filter) == ("conv2d_2", *selected.node.place.index)
        assert focus.channel == selected.node.terms[0].child.place.index[-1]
        await pilot.press("backspace")
        assert row(app).key == selected.key


@pytest.mark.slow
async def test_a_diverged_network_is_shown_as_it_is(network: Network, digits: DataSet) -> None:
    first, *others = network.layers
    assert isinstance(first, Conv2D)
    broken = Network((replace(first, bias=np.full(32, np.nan, np.float32)), *others), mnist.SHAPE)
    app = CnntuiApp(compose("own", None, broken, digits, Focus()), mode="why")
    async with app.run_test(size=(80, 24)) as pilot:
        assert "diverged" in shown(app, "#comparison")
        await strike(pilot, *["right"] * 15)
        assert row(app).node.kind is NumberKind.PIXEL
        assert "nan" in shown(app, "#tree")
        await strike(pilot, "v")
        await measured(pilot, app)
        assert "P is not a number" in shown(app, "#experiment")
        await strike(pilot, "f", "n")
