"""Closed pages leave nothing in memory, and the rest slows nothing down."""

from __future__ import annotations

import gc

import pytest
from textual._styles_cache import StylesCache
from textual.pilot import Pilot

from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.ui.views.base.background import exempt_from_gc
from tests.screens.apps import until


def drawn() -> int:
    """The number of widgets whose lines are in memory."""
    gc.collect()
    return sum(isinstance(kept, StylesCache) for kept in gc.get_objects())


async def open_and_close(pilot: Pilot[None], key: str) -> None:
    await pilot.press(key)
    assert len(pilot.app.screen_stack) == 2
    await pilot.press("escape")
    await until(pilot, lambda: len(pilot.app.screen_stack) == 1)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["question_mark", "ctrl+p"])
async def test_a_closed_page_is_forgotten(key: str) -> None:
    app = build_app(Wanted(target="bundled", screen="train"))
    async with app.run_test() as pilot:
        await open_and_close(pilot, key)
        before = drawn()
        for _ in range(3):
            await open_and_close(pilot, key)
        # A search for commands that still runs keeps its palette.
        await until(pilot, lambda: drawn() <= before)


def test_what_stays_is_not_looked_through_for_rubbish() -> None:
    gc.collect()
    try:
        with exempt_from_gc():
            assert not gc.isenabled()
            stays: list[list[int]] = [[] for _ in range(1000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() > len(stays)
        assert not any(kept is stays for kept in gc.get_objects())
    finally:
        gc.unfreeze()
