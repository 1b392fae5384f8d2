"""The kernel lab by keys alone, from the list of labs and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnntui.labs.filters import PRESETS, resized
from cnntui.labs.kernel import MOST_FILTERS, cross
from cnntui.ui.views.base.commands import commands_of
from cnntui.ui.views.labs.code_page import CodePage
from cnntui.ui.views.labs.kernel.screen import KernelLab
from tests.screens.apps import app_on, shown
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare
from tests.waiting import until


def lab(app: object) -> KernelLab:
    screen = app.screen  # type: ignore[attr-defined]
    assert isinstance(screen, KernelLab)
    return screen


@pytest.mark.slow
async def test_a_person_tries_everything_by_keys(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, index=7)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("5", "enter")
        assert shown(app, "#name").startswith("Sobel →")
        await pilot.press("b")
        assert shown(app, "#name").startswith("Sobel ↓")
        np.testing.assert_array_equal(lab(app).experiment.kernel, PRESETS[5].make(3, 3))
        await pilot.press("S", "P", "right_square_bracket")
        experiment = lab(app).experiment
        assert (experiment.stride, experiment.padding, experiment.size) == (2, "same", (3, 4))
        np.testing.assert_array_equal(experiment.kernel, resized(PRESETS[5].make(3, 3), 3, 4))
        await pilot.press("D")
        experiment = lab(app).experiment
        assert (experiment.stride, experiment.dilation) == (1, 2)
        assert "window 5 = (3 − 1) × 2 + 1, 7 = (4 − 1) × 2 + 1" in shown(app, "#story")
        await pilot.press("i", "enter", "right", "plus", "down", "space")
        kernel = lab(app).experiment.kernel
        assert (kernel[0, 1], kernel[1, 1]) == (-1.75, 1)
        assert shown(app, "#name").startswith("your own   as you set it")
        await pilot.press("enter", "pageup", "home", "space", "v")
        expected = cross()
        expected[0, 0] = 1
        np.testing.assert_array_equal(lab(app).experiment.input, expected)
        assert lab(app).has_room_for("reads")
        await pilot.press("f")
        assert shown(app, "#name").startswith("conv2d filter 0   learned")
        np.testing.assert_array_equal(lab(app).experiment.kernel, app.scene.network["conv2d"].kernel[..., 0, 0])  # type: ignore[union-attr]
        await pilot.press("E")
        assert isinstance(app.screen, CodePage)
        assert app.clipboard.startswith("import numpy")
        await pilot.press("escape", "escape")
        assert app.mode == "labs"


@pytest.mark.slow
async def test_what_has_no_place_is_refused_and_said(runs_dir: Path) -> None:
    app = app_on("kernel", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", "b", *["right_square_bracket"] * 4, "D", "D")
        assert lab(app).experiment.fits
        await pilot.press("B", "B", "B", "B", "B", *["right_square_bracket"] * 5)
        assert "1 to 7" in shown(app, "#story")
        await pilot.press("D")
        assert "has no place on 7 cells" in shown(app, "#story")
        assert lab(app).experiment.dilation == 1


@pytest.mark.slow
async def test_the_window_walks_and_the_digit_changes(runs_dir: Path) -> None:
    app = app_on("kernel", runs_dir, index=3)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("home", "pageup")
        assert "cell (0, 0)  position 1/676" in shown(app, "#name")
        await pilot.press("right", "J", "full_stop")
        assert "cell (5, 2)" in shown(app, "#name")
        await pilot.press("n")
        np.testing.assert_array_equal(lab(app).experiment.input, app.scene.activations.image[..., 0])
        await pilot.click("#output", offset=(10, 4))
        assert "cell (8, 10)" in shown(app, "#name")


def names(app: object) -> list[str]:
    return [filter.name for filter in lab(app).experiment.filters]


@pytest.mark.slow
async def test_filters_are_added_chosen_changed_and_removed_by_keys(runs_dir: Path) -> None:
    app = app_on("kernel", runs_dir, index=7)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right_parenthesis", "right_parenthesis")
        assert names(app) == ["Sobel →", "Sobel ↓", "Laplacian"]
        experiment = lab(app).experiment
        assert shown(app, "#output-title") == "output 26×26×3   map 2"
        assert shown(app, "#kernel-title") == "tab filter 2 of 3"
        assert "output 26 × 26 × 3 = 2,028 numbers  parameters 3 × 3 × 1 × 3 = 27, no bias" in shown(app, "#story")
        await pilot.press("tab", "right", "down")
        experiment, cell = lab(app).experiment, lab(app).cell
        assert experiment.chosen == 0
        vector = shown(app, "#step").splitlines()[1]
        numbers = [float(number.strip("[]").replace("−", "-")) for number in vector.replace("[ ", "[").split()[3:]]
        assert numbers == pytest.approx(experiment.steps.vector(*cell).tolist(), abs=0.005)
        await pilot.press("shift+tab", "f", "b")
        assert names(app)[:2] == ["Sobel →", "Sobel ↓"]
        assert names(app)[2] == "identity", "after a learned kernel the first known one"
        assert lab(app).experiment.size == (3, 3)
        await pilot.press("right_square_bracket", "right_curly_bracket", "S", "P")
        assert {filter.size for filter in lab(app).experiment.filters} == {(4, 4)}
        assert lab(app).experiment.kernel[1, 1] == lab(app).experiment.kernel.sum() == 1
        await pilot.press("enter", "plus")
        assert names(app) == ["Sobel →", "Sobel ↓", "your own"]
        await pilot.press("tab", "left_parenthesis")
        assert names(app) == ["Sobel ↓", "your own"]
        await pilot.press("left_parenthesis", "left_parenthesis")
        assert names(app) == ["your own"]
        assert "at least one filter" in shown(app, "#story")
        await pilot.press("tab")
        assert "only filter; ) adds one" in shown(app, "#story")


@pytest.mark.slow
async def test_learned_filters_follow_each_other_up_to_the_limit(runs_dir: Path) -> None:
    app = app_on("kernel", runs_dir, index=7)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f", *["right_parenthesis"] * MOST_FILTERS)
        assert names(app) == [f"conv2d filter {filter}" for filter in range(MOST_FILTERS)]
        assert f"at most {MOST_FILTERS} filters" in shown(app, "#story")
        layer = app.scene.network["conv2d"]
        np.testing.assert_array_equal(lab(app).experiment.kernels, layer.kernel[:, :, 0, :MOST_FILTERS])  # type: ignore[union-attr]
        await pilot.click("#maps", offset=(20, 20))
        assert lab(app).experiment.chosen == 9
        await pilot.press("b")
        assert names(app)[9] == "identity"
        await pilot.press("b", "b", "b")
        assert names(app)[9] == "identity", "those that have no room in 2×2 are passed over"
        await pilot.press("B")
        assert names(app)[9] == "Gaussian blur"


@pytest.mark.slow
async def test_a_compact_window_shows_the_vector_where_the_window_is(runs_dir: Path) -> None:
    app = app_on("kernel", runs_dir, index=7)
    async with app.run_test(size=COMPACT) as pilot:
        await pilot.press("right_parenthesis", "home", "pageup")
        assert shown(app, "#name").startswith("1 of 2  Sobel ↓")
        assert shown(app, "#name").endswith("(0, 0)    0.00 [ 0.00]")
        await pilot.press("left_parenthesis", "left_parenthesis")
        assert shown(app, "#name") == "A convolution has at least one filter."
        await pilot.press("right")
        assert shown(app, "#name").endswith("cell (0, 1)  position 2/676")
        await pilot.press("right_parenthesis")
        await pilot.resize_terminal(120, 40)
        await until(lambda: lab(app).query_one("#maps").display)
        await pilot.press("left_parenthesis")
        await until(lambda: not lab(app).query_one("#maps").display)


@pytest.mark.slow
async def test_all_filter_keys_are_on_the_help_page(runs_dir: Path) -> None:
    app = app_on("kernel", runs_dir)
    async with app.run_test(size=(80, 24)):
        keys = {command.title: command.keys for command in commands_of(app.screen)}
        assert keys["Add a filter"] == ")"
        assert keys["Remove this filter"] == "("
        assert keys["Go to the next of these filters"] == "tab"
        assert "Focus Next" not in keys


@pytest.mark.parametrize("size", [SMALL, LARGE, pytest.param(COMPACT, marks=pytest.mark.slow)])
def test_a_known_kernel_on_a_digit(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on("kernel", runs_dir, index=7), terminal_size=size)


@pytest.mark.slow
def test_same_padding_around_the_small_input(snap_compare: Compare, runs_dir: Path) -> None:
    keys = ["i", "P", "left_square_bracket", "left_curly_bracket"]
    assert snap_compare(app_on("kernel", runs_dir), press=keys, terminal_size=SMALL)


@pytest.mark.slow
def test_how_often_cells_are_read(snap_compare: Compare, runs_dir: Path) -> None:
    assert snap_compare(app_on("kernel", runs_dir), press=["i", "S", "v", "enter"], terminal_size=SMALL)


FOUR = ["right_parenthesis"] * 3 + ["tab"]


@pytest.mark.parametrize(
    "size", [SMALL, pytest.param(LARGE, marks=pytest.mark.slow), pytest.param(COMPACT, marks=pytest.mark.slow)]
)
def test_four_filters(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on("kernel", runs_dir, index=7), press=FOUR, terminal_size=size)


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_sixteen_filters_on_the_small_input(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    keys = ["i", *["right_parenthesis"] * 15, *["shift+tab"] * 5, "P", "S", "right_square_bracket"]
    assert snap_compare(app_on("kernel", runs_dir), press=keys, terminal_size=size)


@pytest.mark.slow
def test_the_list(snap_compare: Compare, runs_dir: Path) -> None:
    assert snap_compare(app_on("labs", runs_dir), terminal_size=SMALL)
