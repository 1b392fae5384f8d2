"""What the app says unasked: in place of the keys where it fits, since a box covers a corner of the view."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.apps import app_on, shown

SHORT, LONG = "A short sentence.", "One sentence that is far too long for a narrow window. " * 2


@pytest.mark.parametrize(
    ("width", "forms", "in_bar"),
    [(80, (SHORT,), SHORT), (80, (LONG, SHORT), SHORT), (140, (LONG, SHORT), LONG.strip()), (80, (LONG,), "")],
)
async def test_what_fits_the_key_bar_is_said_there_until_the_next_key(
    runs_dir: Path, width: int, forms: tuple[str, ...], in_bar: str
) -> None:
    app = app_on("network", runs_dir)
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        keys = shown(app, "KeyBar")
        app.warn(*forms)
        await pilot.pause()
        assert shown(app, "KeyBar").strip() == (in_bar or keys.strip())
        assert [note.message for note in app._notifications] == ([] if in_bar else [LONG])
        await pilot.press("right")
        await pilot.pause()
        assert shown(app, "KeyBar") == keys


async def test_of_two_sentences_neither_is_lost(runs_dir: Path) -> None:
    app = app_on("network", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.warn("The first.")
        app.warn("The second.")
        await pilot.pause()
        assert shown(app, "KeyBar").strip() == "The first."
        assert [note.message for note in app._notifications] == ["The second."]
        app.unwarn()
        await pilot.pause()
        assert "The first." not in shown(app, "KeyBar")
        assert not [*app._notifications]
