"""Network: every layer and every map can be selected and opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus, slot_of
from cnntui.explore.scene import compose
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.terminal.screen import PacedScreen
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.convolve.screen import ConvolveScreen
from cnntui.ui.views.network.screen import NetworkScreen
from cnntui.ui.views.pool.screen import PoolScreen
from cnntui.ui.widgets.grids.gallery import Gallery
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.tiling import TileCell
from cnntui.ui.widgets.stage import PlacedStage
from cnntui.ui.widgets.text.responsive import ResponsiveText
from tests.screens.apps import app_on, explorer, lines_of, shown, until
from tests.screens.test_network_text import foreign_network


def marked(app: object) -> str:
    """The name of the layer that the table points at."""
    lines = shown(app, "#layers").splitlines()  # type: ignore[arg-type]
    (line,) = [line for line in lines if line.startswith("▸")]
    return line.split()[1]


@pytest.mark.slow
async def test_a_walk_through_all_layers_and_into_their_maps(runs_dir: Path, network: Network) -> None:
    app = app_on("network", runs_dir, index=2, filter=5, cell=(9, 19))
    async with app.run_test(size=(80, 24)) as pilot:
        assert isinstance(app.screen, NetworkScreen)
        assert "127,978" in shown(app, "#layers")
        names = [layer.name for layer in network]
        seen = [marked(app)]
        for _ in names:
            await pilot.press("down")
            seen.append(marked(app))
        assert seen == [*names, names[-1]]
        # The last layer: the class that it says is selected, and its probability is the network's.
        sure = float(app.scene.activations.probabilities[app.scene.activations.predicted])
        assert f"{sure:.4%}" in shown(app, "#title")
        await pilot.press("enter")
        assert app.mode == "dense"
        await pilot.press("backspace")
        assert isinstance(app.screen, NetworkScreen)
        # Two keys at once count twice, through flat layers as well.
        explorer(app).action_layer(-1)
        explorer(app).action_layer(-1)
        explorer(app).action_layer(-1)
        await pilot.pause()
        assert marked(app) == app.scene.focus.layer == "conv2d_2"
        assert (app.scene.focus.row, app.scene.focus.col) == (2, 4)
        await pilot.press("right", "f", "left", "F", "F", "enter")
        assert isinstance(app.screen, ConvolveScreen)
        assert (app.scene.focus.layer, app.scene.focus.filter) == ("conv2d_2", 4)
        await pilot.press("2", "up", "enter")
        assert isinstance(app.screen, PoolScreen)
        assert (app.scene.focus.layer, app.scene.focus.filter) == ("max_pooling2d_1", 4)


@pytest.mark.slow
async def test_what_is_drawn_is_what_the_layer_hands_on(runs_dir: Path) -> None:
    app = app_on("network", runs_dir, index=4, layer="conv2d_1", filter=7)
    async with app.run_test(size=(120, 40)) as pilot:
        gallery, large = app.screen.query_one(Gallery), app.screen.query_one("#map", MapGrid)
        maps = app.scene.activations["conv2d_1"].output
        assert len(gallery.tiling.in_view) == 64
        assert "colours: map" in shown(app, "#title")
        assert "each cell shows the maximum of 2×2" in shown(app, "#title")
        blocks = maps.reshape(6, 2, 6, 2, 64).max(axis=(1, 3))
        for limit in (maps.max(axis=(0, 1)), maps.max(), max(float(app.scene.activations[name].output.max())
                      for name in ("conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1", "conv2d_2"))):  # fmt: skip
            lines_of(gallery)
            expected = np.rint(blocks / np.where(limit, limit, 1) * 15).astype(int)
            assert (gallery._levels.transpose(1, 2, 0) == expected).all()
            assert (large._levels == np.rint(maps[..., 7] / np.broadcast_to(limit, 64)[7] * 15)).all()
            await pilot.press("v")
        assert "colours: map" in shown(app, "#title")
        value = float(maps[app.scene.focus.row, app.scene.focus.col, 7])
        assert f"{value:.3f}" in shown(app, "#map-title")
        assert "field 5×5" in shown(app, "#digit-title")


@pytest.mark.slow
async def test_the_mouse_selects_layers_maps_cells_units_and_slots(runs_dir: Path) -> None:
    app = app_on("network", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#layers", offset=(5, 3))
        assert app.scene.focus.layer == "conv2d_1"
        gallery = app.screen.query_one(Gallery)
        tiling = gallery.tiling
        await pilot.click("#gallery", offset=(tiling.pitch + 1, tiling.tile.height + 2))
        assert app.scene.focus.filter == tiling.across + 1
        assert f"filter {tiling.across + 1} at" in shown(app, "#title")
        await pilot.click("#map", offset=(2 * 3, 4))
        assert (app.scene.focus.row, app.scene.focus.col) == (4, 3)
        await pilot.click("#layers", offset=(5, 6))
        await pilot.click("#vector", offset=(9, 2))
        assert "slot 265" in shown(app, "#slot")
        await pilot.press("right", "enter")
        assert app.mode == "flatten"
        assert slot_of(app.scene.focus, app.scene.network) == 266
        await pilot.press("backspace")
        await pilot.click("#layers", offset=(5, 7))
        # A press on what the layer before showed, which was still on the stage.
        app.screen.post_message(Grid.Pointed(app.screen.query_one("#vector", MapGrid), TileCell(0, 2, 9)))
        await pilot.click("#before", offset=(12, 1))
        outputs = app.scene.activations["dense"]
        assert f"unit 12 of 64: weighted sum {outputs.pre_activation[12]:.3f}".replace("-", "−") in shown(app, "#title")
        assert f"{int((outputs.output > 0).sum())} of 64 units" in shown(app, "#after-title")
        await pilot.click("#layers", offset=(5, 8))
        await pilot.click("#classes", offset=(12, 4))
        assert "unit 3 of 10" in shown(app, "#title")
        await pilot.press("n")
        assert app.scene.focus.index == 1
        assert marked(app) == "dense_1"
        await pilot.press("3")
        assert app.scene.focus.layer == "conv2d_2", "the nearest layer that the other screen can show"


@pytest.mark.slow
async def test_a_network_that_is_deeper_wider_and_broken(digits: DataSet) -> None:
    network = foreign_network()
    broken = replace(network.layers[0], bias=np.full(6, np.nan, np.float32))  # type: ignore[type-var]
    scene = compose("own", None, Network((broken, *network.layers[1:]), mnist.SHAPE), digits, Focus(layer=broken.name))
    app = CnntuiApp(scene, mode="network")
    async with app.run_test(size=(60, 18)) as pilot:
        for layer in network.layers[1:]:
            await pilot.press("down", "left")
            assert marked(app) == layer.name
            if layer.name == "wide":
                assert "unit 499 of 500" in shown(app, "#title")
                await pilot.click("#before", offset=(0, 1))
                assert "unit 464 of 500" in shown(app, "#title")


@pytest.mark.slow
async def test_small_windows_show_the_table_and_what_fits(runs_dir: Path) -> None:
    app = app_on("network", runs_dir, layer="max_pooling2d", filter=20)
    async with app.run_test(size=(60, 18)) as pilot:
        assert "2·2·32·64 + 64 = 8,256" in shown(app, "#layers")
        assert 20 in app.screen.query_one(Gallery).tiling.in_view
        await pilot.resize_terminal(80, 24)
        assert "7×7" in shown(app, "#layers")
        assert app.screen.query_one("#map").display


@pytest.mark.slow
async def test_a_wide_window_shows_the_next_layer_beside_the_selected_one(runs_dir: Path, network: Network) -> None:
    app = app_on("network", runs_dir, layer="max_pooling2d", filter=20)
    async with app.run_test(size=(120, 40)) as pilot:
        neighbour = app.screen.query_one("#neighbour", Gallery)
        assert not neighbour.display
        await pilot.resize_terminal(240, 55)
        assert neighbour.display
        assert shown(app, "#neighbour-title") == "next: conv2d_1  12×12×64"
        assert len(neighbour.tiling.in_view) == 64
        await pilot.press("up")
        await until(pilot, lambda: shown(app, "#neighbour-title") == "next: max_pooling2d  13×13×32")
        await pilot.click("#neighbour", offset=(2 * neighbour.tiling.pitch + 1, 1))
        assert (app.scene.focus.layer, app.scene.focus.filter) == ("max_pooling2d", 2)
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: shown(app, "#neighbour-title") == "before: max_pooling2d_1  6×6×64")
        await pilot.press("down")
        await until(pilot, lambda: not neighbour.display)


async def test_each_painting_shows_the_layer_in_its_own_layout(
    runs_dir: Path, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, painted = app_on("network", runs_dir), []
    paint = PacedScreen._compositor_refresh

    def painting(screen: PacedScreen[object]) -> None:
        if isinstance(screen, NetworkScreen) and screen.query("#stage"):
            stage = screen.query_one("#stage", PlacedStage)
            maps = screen.query_one("#gallery", Gallery)
            title = screen.query_one("#title", ResponsiveText)
            painted.append((screen.selected.name, stage.arranged == stage._seen(stage.size)))
            if network.has_maps(screen.selected.name) and maps.shown.stop < maps.count:
                painted.append((screen.selected.name, f"–{maps.shown.stop - 1} of" in title.text))
        paint(screen)

    monkeypatch.setattr(PacedScreen, "_compositor_refresh", painting)
    async with app.run_test(size=(120, 40)) as pilot:
        for layer in network:
            await until(pilot, lambda layer=layer: any(name == layer.name for name, _ in painted))
            await pilot.press("down")
    assert {name for name, _ in painted} == {layer.name for layer in network}
    assert all(is_right for _, is_right in painted), painted
