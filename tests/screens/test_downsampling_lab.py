"""The downsampling lab by keys alone, on a few digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from cnntui.cnn.layers import Conv2D, Flatten
from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.labs.downsampling import PLACES, Downsampling, overlap, share, smaller, winners
from cnntui.labs.learned_stride import learned_stride
from cnntui.labs.shift import shifted
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.labs.downsampling import screen
from cnntui.ui.views.labs.downsampling.screen import DownsamplingLab
from tests.calculator import claims
from tests.screens.apps import app_on, on_few, shown
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare
from tests.waiting import until

SIZES = [SMALL, pytest.param(LARGE, marks=pytest.mark.slow), pytest.param(COMPACT, marks=pytest.mark.slow)]


def lab_on_few(runs_dir: Path, count: int = 30, **wanted: object) -> CnntuiApp:
    return on_few(app_on("downsampling", runs_dir, index=2, **wanted), count)


async def measured(pilot: Pilot[None]) -> DownsamplingLab:
    await until(lambda: isinstance(pilot.app.screen, DownsamplingLab) and bool(pilot.app.screen.query("#head")))
    lab = pilot.app.screen
    assert isinstance(lab, DownsamplingLab)
    await until(lambda: lab.job.is_finished)
    lab.show_found()
    return lab


@pytest.mark.slow
async def test_one_map_is_shown_in_four_ways_and_a_window_on_all_of_them(runs_dir: Path) -> None:
    app = lab_on_few(runs_dir, filter=5, layer="conv2d")
    async with app.run_test(size=(80, 24)) as pilot:
        map = app.scene.activations["conv2d"].output[..., 5]
        await pilot.press("V")
        assert shown(app, "#none-title") == "none 27×27"
        assert shown(app, "#max-title") == "max 13×13"
        assert shown(app, "#stride-title") == "stride 14×14"
        await pilot.press("home", "pageup", "right", "right", "right", "shift+down")
        patch = map[10:12, 6:8]
        expected = f"(5, 3)  {' '.join(f'{value:.3f}' for value in patch.ravel())}  → max {patch.max():.3f}  average "
        assert shown(app, "#window").startswith(expected)
        assert f"{patch.mean():.3f}  stride {patch[0, 0]:.3f}" in shown(app, "#window")
        await pilot.press("plus")
        assert shown(app, "#max-title") == "max 9×9"
        assert "9 numbers" in shown(app, "#window")
        await pilot.press("plus", "plus", "plus", "minus", "minus", "minus")
        assert shown(app, "#max-title") == "max 13×13"
        await pilot.click("#none", offset=(26, 13))
        assert "(13, 13)" in shown(app, "#window")
        assert "max –" in shown(app, "#window")


@pytest.mark.slow
async def test_what_stays_when_the_digit_moves_is_said_of_this_map_and_of_all(runs_dir: Path) -> None:
    app = lab_on_few(runs_dir, filter=3, layer="conv2d")
    async with app.run_test(size=(80, 24)) as pilot:
        lab = await measured(pilot)
        await pilot.press("V")
        network, image = app.scene.network, app.scene.data.images[2]
        for keys, shift in (((), (0, 1)), (("full_stop",) * 2, (1, 0)), (("full_stop",), (1, 1))):
            await pilot.press(*keys)
            lab = await measured(pilot)
            still, further = (
                network.forward(network.input_of(pixels))["conv2d"].output[..., 3:4]
                for pixels in (image, shifted(image, *shift))
            )
            for method in (Downsampling.MAX, Downsampling.AVERAGE, Downsampling.STRIDE):
                here = share(overlap(smaller(still, method, 2), smaller(further, method, 2)))
                lines = shown(app, f"#{method.value}-numbers").splitlines()
                assert lines[2] == f"stays {here:.1%}"
                assert lines[3] == f"all maps {lab.job.shares()[method]:.1%}"
        np.testing.assert_array_equal(
            lab.made(lab.map((1, 1)), Downsampling.MAX), smaller(further, Downsampling.MAX, 2)[..., 0]
        )
        assert shown(app, "#moved") == "The image is moved one pixel down and right. stays: what is where it was"
        assert "30 images: moved one pixel down and right" in shown(app, "#found").replace("\n", " ")


@pytest.mark.slow
async def test_learned_weights_stand_beside_max_on_the_same_map(runs_dir: Path) -> None:
    app = lab_on_few(runs_dir, filter=5, layer="conv2d")
    async with app.run_test(size=(80, 24)) as pilot:
        await measured(pilot)
        learned = learned_stride(app.scene.network, "conv2d")
        assert learned is not None
        map, kernel = app.scene.activations["conv2d"].output[..., 5], learned.weights[..., 5]
        assert shown(app, "#stride-title") == "learned 13×13"
        await pilot.press("home", "pageup", "right", "right", "right", "shift+down")
        patch = map[10:12, 6:8]
        assert f"max {patch.max():.3f}" in shown(app, "#window")
        assert f"learned {(patch * kernel).sum():.3f}" in shown(app, "#window")
        said = shown(app, "#found")
        (claim,) = claims(said.splitlines()[0])
        assert claim.holds
        assert claim.text.endswith(f"{(patch * kernel).sum():.3f}")
        text = " ".join(said.split())
        for place, count in zip(PLACES, winners(map), strict=True):
            assert f"{place} {count}" in text
        assert f"test images: max {learned.accuracy_of_max:.2%}, learned {learned.accuracy:.2%}." in text
        await pilot.press("plus")
        assert shown(app, "#stride-title") == "stride 9×9"
        await pilot.press("V")
        assert shown(app, "#found").startswith("A learned stride can be seen with windows of 2×2")


async def test_maps_that_the_weights_were_not_learned_for_get_none(runs_dir: Path) -> None:
    app = lab_on_few(runs_dir, step=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await measured(pilot)
        assert shown(app, "#stride-title") == "stride 14×14"
        await pilot.press("V")
        assert shown(app, "#found").startswith("Learned strides ship for the maps of the bundled network")


@pytest.mark.slow
async def test_another_layer_or_filter_is_measured_anew(runs_dir: Path) -> None:
    app = lab_on_few(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        lab = await measured(pilot)
        first = lab.job
        await pilot.press("f")
        assert lab.job is first, "all filters were measured together"
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert lab.job is not first
        assert "conv2d_1 filter" in shown(app, "#head")
        assert shown(app, "#max-title") == "max 6×6"


@pytest.mark.slow
async def test_networks_with_each_way_stand_side_by_side(runs_dir: Path) -> None:
    app = lab_on_few(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("v")
        assert "trained on all images, 5 epochs" in shown(app, "#head")
        assert shown(app, "#networks").splitlines()[0].split() == ["max", "average", "stride", "none"]
        assert "20,480,512" in shown(app, "#said")
        assert not app.screen.query_one("#none").display
        await pilot.press("v")
        assert app.screen.query_one("#none").display
        assert "One map made smaller" in shown(app, "#head")


@pytest.mark.slow
async def test_a_missing_run_is_said_and_the_others_shown(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_average(method: Downsampling) -> object:
        if method is Downsampling.AVERAGE:
            raise CnntuiError("The bundled file lab-runs is missing.", "Install cnntui again.")
        return trained(method)

    trained = screen.trained
    monkeypatch.setattr(screen, "trained", without_average)
    app = lab_on_few(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("v")
        assert shown(app, "#networks").splitlines()[0].split() == ["max", "stride", "none"]
        assert "The bundled file lab-runs is missing." in shown(app, "#said")


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_one_map(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    async def look(pilot: Pilot[None]) -> None:
        await pilot.press("full_stop")
        await measured(pilot)

    assert snap_compare(lab_on_few(runs_dir), run_before=look, terminal_size=size)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_networks(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    async def look(pilot: Pilot[None]) -> None:
        await measured(pilot)
        await pilot.press("v")

    assert snap_compare(lab_on_few(runs_dir), run_before=look, terminal_size=size)


@pytest.mark.slow
async def test_a_window_is_no_larger_than_the_map(runs_dir: Path) -> None:
    def conv(name: str, *shape: int) -> Conv2D:
        return Conv2D(name, np.full(shape, 0.1, np.float32), np.zeros(shape[-1], np.float32))

    layers = conv("large", 26, 25, 1, 2), conv("small", 2, 4, 2, 3), conv("single", 2, 1, 3, 10), Flatten("flat")
    app = lab_on_few(runs_dir)
    network = Network(layers, mnist.SHAPE)
    assert [network.output_shape_of(name)[:2] for name in ("large", "small", "single")] == [(3, 4), (2, 1), (1, 1)]
    app.navigator.look(compose("tiny", None, network, app.scene.data, Focus(layer="large")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("plus", "plus", "plus", "right", "down")
        assert shown(app, "#max-title") == "max 1×1"
        assert "window 3×3" in shown(app, "#head")
        for name, size in (("small", "2×1"), ("single", "1×1")):
            await pilot.press("right_square_bracket", "plus", "right", "full_stop", "f", "minus")
            await pilot.pause()
            assert app.scene.focus.layer == name
            assert f"The maps of {name} are {size}: no window fits there." in shown(app, "#head")


@pytest.mark.slow
async def test_going_to_weights_with_a_learned_stride_while_others_are_measured_begins_anew(runs_dir: Path) -> None:
    app = app_on("downsampling", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        lab = app.screen
        assert isinstance(lab, DownsamplingLab)
        assert lab.learned is not None
        await pilot.press("less_than_sign")
        assert lab.learned is None
        await pilot.press("greater_than_sign")
        assert lab.learned is not None
        assert lab.job.learned is lab.learned
