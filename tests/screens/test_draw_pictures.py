"""Pictures of Draw: look at each before accepting it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from cnntui.images.drawing import Canvas
from cnntui.ui.views.draw.screen import DrawScreen
from tests.drawn import drawn
from tests.screens.apps import app_on
from tests.screens.test_digits_pictures import COMPACT, LARGE, SMALL, Compare, Prepare
from tests.waiting import until


def with_canvas(canvas: Canvas, *keys: str) -> Prepare:
    """Put a drawing on the canvas, press keys, and wait until all is read."""

    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, DrawScreen)
        screen._lift_and_draw(screen._drawing.step(canvas))
        await pilot.press(*keys)
        await until(lambda: screen._reading is None)
        await pilot.pause()

    return prepare


@pytest.mark.parametrize("size", [SMALL, LARGE, pytest.param(COMPACT, marks=pytest.mark.slow)])
def test_a_drawing_in_the_form_of_mnist(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    app = app_on("draw", runs_dir)
    assert snap_compare(app, run_before=with_canvas(drawn(3, 13, 2, 11)), terminal_size=size)


@pytest.mark.slow
def test_a_drawing_as_it_is(snap_compare: Compare, runs_dir: Path) -> None:
    app = app_on("draw", runs_dir)
    assert snap_compare(app, run_before=with_canvas(drawn(3, 13, 2, 11), "v", "x", "space"), terminal_size=SMALL)


@pytest.mark.parametrize("size", [SMALL, pytest.param(COMPACT, marks=pytest.mark.slow)])
def test_an_empty_canvas(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    app = app_on("draw", runs_dir, index=4)
    assert snap_compare(app, run_before=with_canvas(Canvas()), terminal_size=size)


@pytest.mark.slow
def test_a_test_digit_beside_a_drawing_without_colour(
    snap_compare: Compare, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_on("draw", runs_dir, index=8)
    assert snap_compare(app, run_before=with_canvas(drawn(5, 3, 3, 21), "n"), terminal_size=SMALL)
