"""Keys that arrive in one write, as over a slow line, do the same as when pressed one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.command import CommandList

from cnntui.explore.focus import Focus, to_index, with_image
from cnntui.explore.scene import refocus
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.commands import commands_of
from cnntui.ui.views.base.dialogs.quit_dialog import QuitDialog
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.help import HelpScreen
from cnntui.ui.views.base.overlay import Palette, lay_over
from cnntui.ui.views.base.requests import LookAt, OpenNumber, ScreenReady
from cnntui.ui.views.runs.remove_dialog import RemoveDialog
from tests.screens.apps import app_on, explorer, on_few, settled, shown, until

TOGETHER = [
    ["d", "q"],
    ["2", "j", "j", "enter"],
    *(
        pytest.param(keys, marks=pytest.mark.slow)
        for keys in (
            ["enter", "enter"],
            ["t", "escape", "3"],
            ["question_mark", "q", "question_mark"],
            ["5", "enter", "escape", "down", "enter", "2"],
            ["w", "e", "backspace", "backspace", "right", "right"],
            ["d", "2", "escape", "2"],
            ["6", "i", "escape", "escape", "3"],
            ["question_mark", "question_mark", "question_mark", "right"],
            ["ctrl+p", "escape", "escape", "4"],
            ["ctrl+p", *"pool", "enter", "right"],
            ["3", "W", "right", "escape", "f"],
            ["4", "n", "n", "e", "escape", "right"],
            ["5", "down", "down", "enter", "right", "escape", "1"],
            ["6", "space", "right", "down", "z", "m", "2"],
            ["7", "slash", *"den", "enter", "s", "escape", "3"],
            ["7", "space", "down", "space", "o", "escape", "2"],
            ["t", "down", "down", "9", "enter", "escape", "4"],
            ["1", "c", "escape", "w", "o", "question_mark"],
            ["less_than_sign", "less_than_sign", "T", "d", "slash", "7", "enter", "m"],
        )
    ),
]


def strike(app: CnntuiApp, *keys: str) -> None:
    """Let keys arrive before the app can deal with the first."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


def place(app: CnntuiApp) -> tuple[str, Focus, list[str]]:
    """The current place, and the screens over it."""
    return app.mode, app.scene.focus, [type(screen).__name__ for screen in app.screen_stack]


@pytest.mark.parametrize("keys", TOGETHER, ids=" ".join)
@pytest.mark.slow
async def test_together_they_do_what_they_do_one_by_one(runs_dir: Path, keys: list[str]) -> None:
    places = []
    for bursts in ([[key] for key in keys], [keys]):
        app = on_few(app_on("convolve", runs_dir), 50)
        async with app.run_test(size=(80, 24)) as pilot:
            for burst in bursts:
                strike(app, *burst)
                await settled(pilot)
            places.append(place(app))
    assert places[0] == places[1]


@pytest.mark.parametrize("keys", [["q", "d"], ["q", "2"], ["2", "j", "j", "enter", "q"], ["t", "q", "q"]], ids=" ".join)
async def test_what_comes_after_leaving_does_no_harm(runs_dir: Path, keys: list[str]) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        strike(app, *keys, "3", "down", "d")
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0


@pytest.mark.slow
@pytest.mark.parametrize("over", [False, True], ids=["alone", "under the palette"])
async def test_a_page_closes_once_and_takes_along_what_lies_over_it(runs_dir: Path, over: bool) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        below = app.screen
        page = HelpScreen("Help", "", [])
        await lay_over(app, page)
        if over:
            app.action_command_palette()
            await pilot.pause()
            assert isinstance(app.screen, Palette)
        page.dismiss()
        page.dismiss()
        await pilot.pause()
        assert app.screen is below


@pytest.mark.slow
async def test_a_search_for_commands_that_begins_when_the_palette_has_gone_ends(runs_dir: Path) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        app.action_command_palette()
        await pilot.pause()
        palette = app.screen
        assert isinstance(palette, Palette)
        await palette.query_one(CommandList).remove()
        await palette._gather_commands("train").wait()


@pytest.mark.slow
async def test_going_elsewhere_closes_what_lies_over_the_screen(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await lay_over(app, HelpScreen("Help", "", []))
        app.action_mode("network")
        await settled(pilot)
        assert app.mode == "network"
        assert isinstance(app.screen, ExplorerScreen)
        assert app.screen.MODE == "network"


@pytest.mark.slow
async def test_pages_offer_nothing_that_belongs_to_the_screens_below(runs_dir: Path) -> None:
    app = on_few(app_on("convolve", runs_dir), 50)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("d")
        await settled(pilot)
        assert not {"mode('train')", "train"} & {command.action for command in commands_of(app.screen)}


@pytest.mark.slow
async def test_what_a_screen_asked_for_before_another_came_is_not_done_there(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        convolve = explorer(app)
        await pilot.press("4")
        before = app.scene.focus
        # A cell of the larger map that the screen before shows.
        for late in (LookAt, OpenNumber):
            app.post_message(late(lambda focus, network: to_index(focus, network, 26 * 27), convolve))
        app.post_message(ScreenReady(convolve))
        await settled(pilot)
        assert (app.mode, app.scene.focus) == ("pool", before)


@pytest.mark.slow
async def test_a_scene_for_a_screen_without_widgets_waits_for_them(runs_dir: Path) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        app.action_mode("convolve")
        app.showing.look_at(refocus(app.scene, with_image(app.scene.focus, 3)))
        await settled(pilot)
        assert explorer(app).scene is app.scene
        assert "true 0 · predicted 0" in shown(app, "ModeBar")


def test_every_screen_has_what_textual_asks_it_for_where_a_text_is_selected() -> None:
    assert "screen--selection" in ExplorerScreen._get_component_classes()


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1, 1), (80, 24)])
async def test_pages_of_choices_can_be_turned_in_any_window(runs_dir: Path, size: tuple[int, int]) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test(size=size) as pilot:
        for dialog in (QuitDialog("run"), RemoveDialog("run", "result")):
            await lay_over(app, dialog)
            await pilot.press("pagedown", "pageup", "escape")
        strike(app, "ctrl+p", "pagedown", "pageup", "pagedown", "escape")
        await settled(pilot)
        assert isinstance(app.screen, ExplorerScreen)
