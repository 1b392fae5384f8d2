"""No key is silent: if it does nothing, the bottom line says why, even below a dialog."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from cnntui.ui.views.base.dialogs.yes_no_dialog import YesNoDialog
from cnntui.ui.views.base.overlay import Palette
from tests.canned import canned_run
from tests.screens.apps import app_on, said, until


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


@pytest.mark.slow
async def test_what_shows_no_image_goes_to_no_other(runs_dir: Path) -> None:
    app = app_on("start", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "Image" in said(app)
        assert "Why" not in said(app)
        for key in ("n", "r", "less_than_sign", "T"):
            await press(pilot, key)
            assert said(app) == "this view shows no image: press 2"
        await press(pilot, "3", "c")
        assert said(app) == "this layer reads a single channel"
        await press(pilot, "right_square_bracket", "c")
        assert "c Channel" in said(app)
        assert app.scene.focus.channel == 1


async def test_a_dialog_says_which_keys_answer_it(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 40, name="mine")
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "mine" in app.screen.query_one("#table").text)  # type: ignore[attr-defined]
        await press(pilot, "end", "x")
        assert isinstance(app.screen, YesNoDialog)
        await press(pilot, "k")
        assert said(app) == "k does nothing here; press y or esc"
        await press(pilot, "escape")
        assert "Open" in said(app)
        assert run.path.exists()


@pytest.mark.slow
async def test_a_key_that_the_palette_does_not_know_is_said_to_do_nothing(runs_dir: Path) -> None:
    app = app_on("start", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "ctrl+p", "f12")
        assert isinstance(app.screen, Palette)
        assert said(app) == "f12 does nothing here; press esc"
        await press(pilot, "escape", "ampersand")
        assert said(app) == "& does nothing here; ? lists the keys"
