"""The kernel lab by keys alone, from the list of labs and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnntui.labs.kernel import PRESETS, cross
from cnntui.screens.labs.code_page import CodePage
from cnntui.screens.labs.kernel import KernelLab
from tests.screens.apps import app_on, shown
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare


def lab(app: object) -> KernelLab:
    screen = app.screen  # type: ignore[attr-defined]
    assert isinstance(screen, KernelLab)
    return screen


async def test_a_person_tries_everything_by_keys(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, digit=7)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("5", "enter")
        assert shown(app, "#name").startswith("Sobel →")
        await pilot.press("b")
        assert shown(app, "#name").startswith("Sobel ↓")
        np.testing.assert_array_equal(lab(app).experiment.kernel, PRESETS[5].make(3, 3))
        await pilot.press("s", "o", "right_square_bracket")
        experiment = lab(app).experiment
        assert (experiment.stride, experiment.padding, experiment.size) == (2, "same", (3, 4))
        assert shown(app, "#name").startswith("your own")
        await pilot.press("a")
        experiment = lab(app).experiment
        assert (experiment.stride, experiment.dilation) == (1, 2)
        assert "window 5 = (3 − 1) × 2 + 1, 7 = (4 − 1) × 2 + 1" in shown(app, "#story")
        await pilot.press("i", "enter", "right", "plus", "down", "space")
        kernel = lab(app).experiment.kernel
        assert (kernel[0, 1], kernel[1, 1]) == (-1.75, 1)
        await pilot.press("enter", "pageup", "home", "space", "v")
        expected = cross()
        expected[0, 0] = 1
        np.testing.assert_array_equal(lab(app).experiment.input, expected)
        assert lab(app).has_class("-reads")
        await pilot.press("f")
        assert shown(app, "#name").startswith("conv2d filter 0   learned")
        np.testing.assert_array_equal(lab(app).experiment.kernel, app.scene.network["conv2d"].kernel[..., 0, 0])  # type: ignore[union-attr]
        await pilot.press("y")
        assert isinstance(app.screen, CodePage)
        assert app.clipboard.startswith("import numpy")
        await pilot.press("escape", "escape")
        assert app.mode == "labs"


@pytest.mark.slow
async def test_what_has_no_place_is_refused_and_said(runs_dir: Path) -> None:
    app = app_on("kernel", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", "b", *["right_square_bracket"] * 4, "a", "a")
        assert lab(app).experiment.fits
        await pilot.press("B", "B", "B", "B", "B", *["right_square_bracket"] * 5)
        assert "1 to 7" in shown(app, "#story")
        await pilot.press("a")
        assert "has no place on 7 cells" in shown(app, "#story")
        assert lab(app).experiment.dilation == 1


@pytest.mark.slow
async def test_the_window_walks_and_the_digit_changes(runs_dir: Path) -> None:
    app = app_on("kernel", runs_dir, digit=3)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("home", "pageup")
        assert "cell (0, 0)  step 1/676" in shown(app, "#name")
        await pilot.press("right", "J", "full_stop")
        assert "cell (5, 2)" in shown(app, "#name")
        await pilot.press("n")
        np.testing.assert_array_equal(lab(app).experiment.input, app.scene.activations.image[..., 0])
        await pilot.click("#output", offset=(10, 4))
        assert "cell (8, 10)" in shown(app, "#name")


@pytest.mark.parametrize("size", [SMALL, LARGE, pytest.param(COMPACT, marks=pytest.mark.slow)])
def test_a_known_kernel_on_a_digit(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on("kernel", runs_dir, digit=7), terminal_size=size)


@pytest.mark.slow
def test_same_padding_around_the_small_input(snap_compare: Compare, runs_dir: Path) -> None:
    keys = ["i", "o", "left_square_bracket", "left_curly_bracket"]
    assert snap_compare(app_on("kernel", runs_dir), press=keys, terminal_size=SMALL)


@pytest.mark.slow
def test_how_often_cells_are_read(snap_compare: Compare, runs_dir: Path) -> None:
    assert snap_compare(app_on("kernel", runs_dir), press=["i", "s", "v", "enter"], terminal_size=SMALL)


def test_the_list(snap_compare: Compare, runs_dir: Path) -> None:
    assert snap_compare(app_on("labs", runs_dir), terminal_size=SMALL)
