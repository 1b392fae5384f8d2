"""The shift lab by keys alone, on a few digits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from cnntui.app import CnntuiApp
from cnntui.cnn.network import as_input
from cnntui.data import Digits
from cnntui.labs.shift import shifted
from cnntui.screens.labs.shift import ShiftLab
from tests.screens.apps import app_on, shown
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare
from tests.waiting import until


def lab_on_few(runs_dir: Path, count: int = 10) -> CnntuiApp:
    app = app_on("shift", runs_dir, digit=7)
    digits = app.scene.digits
    few = Digits(digits.images[:count], digits.labels[:count])
    app.set_reactive(CnntuiApp.scene, replace(app.scene, digits=few))
    return app


async def complete(pilot: Pilot[None]) -> None:
    app = pilot.app
    await until(lambda: isinstance(app.screen, ShiftLab) and bool(app.screen.query("#head")))
    assert isinstance(app, CnntuiApp)
    await until(lambda: "digits" in shown(app, "#head") and "read" not in shown(app, "#head").partition("again")[2])


async def test_a_digit_slides_and_the_network_reads_it_there(runs_dir: Path) -> None:
    app = lab_on_few(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "right", "right", "up")
        moved = shifted(app.scene.digits.images[7], -1, 3)
        lab = app.screen
        assert isinstance(lab, ShiftLab)
        expected = app.scene.network.forward(as_input(moved))
        np.testing.assert_array_equal(lab.activations.probabilities, expected.probabilities)
        assert shown(app, "#digit-title").startswith(f"3 right, 1 up: read as {expected.predicted} ")
        await complete(pilot)
        share = lab.job.accuracies()[7, 11]
        assert shown(app, "#map-title") == f"3 right, 1 up: {share:.1%} read rightly"
        await pilot.press("end", "pagedown")
        assert shown(app, "#digit-title").startswith("8 right, 8 down")
        await pilot.press("z")
        assert shown(app, "#digit-title").startswith("not moved")


@pytest.mark.parametrize(
    "size", [SMALL, pytest.param(LARGE, marks=pytest.mark.slow), pytest.param(COMPACT, marks=pytest.mark.slow)]
)
def test_where_it_is_read(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    async def slide(pilot: Pilot[None]) -> None:
        await complete(pilot)
        await pilot.press("right", "right", "right")

    assert snap_compare(lab_on_few(runs_dir), run_before=slide, terminal_size=size)
