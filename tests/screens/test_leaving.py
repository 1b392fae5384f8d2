"""Leaving the app with ctrl+c from any place, and in the middle of anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from textual import events
from textual.screen import Screen
from textual.widget import Widget

from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.help import HelpScreen
from cnntui.ui.views.base.overlay import Palette
from cnntui.ui.views.convolve.screen import ConvolveScreen
from cnntui.ui.views.draw.picture_dialog import PictureDialog
from cnntui.ui.views.runs.remove_dialog import RemoveDialog
from cnntui.ui.views.train.rate_dialog import RateDialog
from tests.screens.apps import app_on, until

MODAL: list[Callable[[], Screen[object]]] = [
    lambda: HelpScreen("Help", "A text.", []),
    lambda: RateDialog(0.01),
    lambda: RemoveDialog("a run", "its result"),
    PictureDialog,
    Palette,
]


@pytest.mark.parametrize("screen", MODAL, ids=["help", "rate", "remove", "picture", "palette"])
@pytest.mark.slow
async def test_ctrl_c_leaves_from_every_dialog(runs_dir: Path, screen: Callable[[], Screen[object]]) -> None:
    app = app_on("pool", runs_dir)
    async with app.run_test() as pilot:
        await pilot.pause()
        await app.push_screen(screen())
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app._exit)
    assert app.return_code == 0


@pytest.mark.slow
@pytest.mark.parametrize("keys", [["d"], ["d", "slash"], ["c"], ["t"], ["7", "slash"], ["7", "r"]])
async def test_ctrl_c_leaves_from_every_page_and_field(runs_dir: Path, keys: list[str]) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        await until(pilot, lambda: not app._is_busy)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app._exit)


async def test_a_screen_that_is_still_to_come_does_not_break_leaving(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_on("train", runs_dir)
    compose = ConvolveScreen.compose

    def compose_and_leave(screen: ConvolveScreen) -> Iterable[Widget]:
        asyncio.get_running_loop().call_soon(app.exit, None, 143)
        yield from compose(screen)

    monkeypatch.setattr(ConvolveScreen, "compose", compose_and_leave)
    async with app.run_test() as pilot:
        await pilot.pause()
        app.action_mode("convolve")
        await until(pilot, lambda: app._exit)
    assert app.return_code == 143


async def test_nothing_is_told_to_screens_that_are_closing(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_on("train", runs_dir)
    told: list[bool] = []
    prune = CnntuiApp._prune

    async def prune_and_wait(app: CnntuiApp, *nodes: Widget, **options: object) -> None:
        await prune(app, *nodes, **options)  # type: ignore[arg-type]
        told.clear()
        await asyncio.sleep(0.1)

    async with app.run_test() as pilot:
        await pilot.pause()
        app.set_interval(0.005, lambda: told.append(True))
        await until(pilot, lambda: bool(told))
        monkeypatch.setattr(CnntuiApp, "_prune", prune_and_wait)
    assert not told


async def test_keys_get_through_where_the_queue_never_gets_empty(runs_dir: Path) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test() as pilot:
        await pilot.pause()

        async def again() -> None:
            await asyncio.sleep(0)
            app.call_later(again)

        app.call_later(again)
        app.call_later(again)
        for key in ("3", "4"):
            app.post_message(events.Key(key, key))
        await until(pilot, lambda: app.mode == "pool")
