"""A kernel through time: its history, and keys that move through the training."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D, Dense, Flatten
from cnntui.cnn.network import Network, weights_of
from cnntui.cnn.weights import weights_from_npz
from cnntui.explore.focus import Focus, maps_of
from cnntui.explore.scene import compose
from cnntui.images import mnist
from cnntui.images.data import load_test
from cnntui.runs.directory.run_directory import bundled_run
from cnntui.runs.history.events import Finished
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.kernel_time.screen import KernelTimeScreen
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.grids.kernel_row import KernelRow
from tests.canned import BEGAN, canned_run
from tests.networks import flat_weights, mnist_network, other_network
from tests.screens.apps import app_on, shown


@pytest.mark.slow
async def test_left_and_right_go_through_time(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, layer="conv2d_1", filter=9)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("W")
        assert isinstance(app.screen, KernelTimeScreen)
        assert "filter 9 of 64   channel 0 of 32" in shown(app, "#head")
        assert shown(app, "#axis").endswith("▲4690 ")
        await pilot.press("left")
        assert app.scene.step == 4221
        assert "▲4221" in shown(app, "#axis")
        assert "▸ 4,221" in shown(app, "#captions")
        await pilot.press("home")
        assert app.scene.step == 0
        assert "distance from batch 0, over 128 weights: 0.000" in shown(app, "#moved-title")
        assert "Back" in app.screen.query_one(KeyBar).text
        await pilot.press("right", "f", "c")
        focus = app.scene.focus
        assert (app.scene.step, focus.filter, focus.channel) == (1, 10, 1)
        await pilot.press("enter")
        assert app.mode == "convolve"
        assert app.scene.focus == focus


@pytest.mark.slow
async def test_what_it_shows_is_worked_out_from_the_kept_weights(runs_dir: Path) -> None:
    app = app_on("kernel-time", runs_dir, layer="conv2d_2", filter=5)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        run = bundled_run()
        kernels = [weights_from_npz(run.snapshot_path(step))["conv2d_2"]["kernel"][..., 5] for step in (0, 4690)]
        distance = float(np.linalg.norm(kernels[1] - kernels[0]))
        cosine = float((kernels[0] * kernels[1]).sum() / np.linalg.norm(kernels[0]) / np.linalg.norm(kernels[1]))
        assert f": {distance:.3f}   at the end {distance:.3f}" in shown(app, "#moved-title")
        await pilot.press("home")
        assert f"{cosine:.3f}" in shown(app, "#alike-title")


@pytest.mark.slow
async def test_kernels_and_bars_can_be_pointed_at(runs_dir: Path) -> None:
    app = app_on("kernel-time", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click("#strip", offset=(3 * 5, 0))
        assert app.scene.step == 16
        await pilot.click("#moved", offset=(3 * 2, 2))
        assert app.scene.step == 2
        await pilot.click("#numbers", offset=(15 * 4, 0))
        assert app.scene.step == 4690


def trained_by_hand(runs_dir: Path, *networks: Network) -> CnntuiApp:
    """An app on a run whose networks are given, with steps 0, 10, 20 … kept."""
    run = canned_run(runs_dir, 300, Finished(BEGAN, 300, 0.1, 0.97))
    shutil.copyfile(bundled_run().checkpoint_path, run.checkpoint_path)
    run.snapshots_path.mkdir()
    for place, network in enumerate(networks):
        np.savez(run.snapshot_path(10 * place), **flat_weights(weights_of(network)))  # type: ignore[arg-type]
    digits = load_test()
    focus = Focus(layer=maps_of(networks[0])[0].name)
    step = 10 * (len(networks) - 1)
    return CnntuiApp(compose(run.name, step, networks[-1], digits, focus), "kernel-time", run=run)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 18)])
async def test_other_kernels_have_their_way_too(runs_dir: Path, size: tuple[int, int]) -> None:
    app = trained_by_hand(runs_dir, *(other_network(seed) for seed in range(30)))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for layer in ("wide", "strided", "leaving_out", "wide"):
            assert shown(app, "#head").startswith(layer)
            assert "distance from batch 0" in shown(app, "#moved-title")
            await pilot.press("left", "f", "right_square_bracket")
        assert shown(app, "#axis").count("▲") == 1


async def test_weights_that_are_no_numbers_any_more_do_no_harm(runs_dir: Path) -> None:
    first = mnist_network()
    weights = weights_of(first)
    weights["conv2d"]["kernel"] = np.full_like(weights["conv2d"]["kernel"], np.nan)
    app = trained_by_hand(runs_dir, first, mnist_network(weights))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "diverged" in shown(app, "#sentence")
        await pilot.press("left")
        assert app.scene.step == 0


@pytest.mark.slow
async def test_large_kernels_are_drawn_whole(runs_dir: Path) -> None:
    rng = np.random.default_rng(3)

    def network() -> Network:
        conv = Conv2D("conv2d", rng.standard_normal((5, 5, 1, 4)).astype(np.float32), np.zeros(4, np.float32))
        flat = Dense("dense", rng.standard_normal((24 * 24 * 4, 10)).astype(np.float32), np.zeros(10, np.float32))
        return Network((conv, Flatten("flatten"), flat), mnist.SHAPE)

    app = trained_by_hand(runs_dir, *(network() for _ in range(4)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not app.screen.query_one("#numbers").display
        strip = app.screen.query_one("#strip", KernelRow)
        assert strip.size.height >= 5
        assert len({segment.style.bgcolor for segment in strip.render_line(4) if segment.style}) > 4
