"""The hierarchy lab by keys alone, on a few digits."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from cnntui.labs import LABS
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.labs.hierarchy.screen import HierarchyLab
from tests.screens.apps import app_on, on_few, shown
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare
from tests.waiting import until


def lab_on_few(runs_dir: Path, count: int = 150) -> CnntuiApp:
    return on_few(app_on("hierarchy", runs_dir, index=7), count)


async def complete(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, CnntuiApp)
    await until(lambda: bool(app.screen.query("#found")))
    await until(lambda: "average" in shown(app, "#found"))


def lab(app: CnntuiApp) -> HierarchyLab:
    assert isinstance(app.screen, HierarchyLab)
    return app.screen


@pytest.mark.slow
async def test_a_patch_leads_to_its_digit_and_back(runs_dir: Path) -> None:
    app = lab_on_few(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        assert shown(app, "#head").endswith("150 images read")
        await pilot.press("right_square_bracket", "f", "right", "down")
        assert shown(app, "#title-1").startswith("▸ conv2d_1 filter 1")
        patch = lab(app).chosen
        assert patch is not None
        assert shown(app, "#patch").startswith(f"4. image #{patch.index} · true ")
        await pilot.press("enter")
        focus = app.scene.focus
        assert app.mode == "convolve"
        assert (focus.index, focus.layer, focus.filter) == (patch.index, "conv2d_1", 1)
        assert (focus.row, focus.col) == (patch.row, patch.col)
        assert app.scene.steps is not None
        assert app.scene.steps.output_map[patch.row, patch.col] == pytest.approx(patch.value, abs=1e-5)
        await pilot.press("backspace")
        assert app.mode == "hierarchy"
        again = lab(app).chosen
        assert again is not None
        assert (again.index, again.row, again.col) == (patch.index, patch.row, patch.col)


@pytest.mark.slow
async def test_searching_ends_behind_another_screen_and_goes_on_in_front(runs_dir: Path) -> None:
    app = app_on("hierarchy", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: " of 10,000" in shown(app, "#head"))
        await pilot.press("2")
        await until(lambda: all(worker.is_finished for worker in app.workers))
        place = [lab.mode for lab in LABS].index("hierarchy")
        await pilot.press("5", *("down",) * place, "enter")
        await until(lambda: app.mode == "hierarchy")
        await complete(pilot)


@pytest.mark.parametrize(
    "size", [SMALL, pytest.param(LARGE, marks=pytest.mark.slow), pytest.param(COMPACT, marks=pytest.mark.slow)]
)
def test_patches_of_three_layers(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    async def choose(pilot: Pilot[None]) -> None:
        await complete(pilot)
        await pilot.press("right_square_bracket", "f", "right")

    assert snap_compare(lab_on_few(runs_dir), run_before=choose, terminal_size=size)
