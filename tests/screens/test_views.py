"""The one list of views, which everything else derives from."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from cnntui.cnn import layers
from cnntui.commands.arguments import parse
from cnntui.explore.views import MODES, VIEWS, View, view_of
from cnntui.labs import LABS, Lab
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.help import HelpScreen
from tests.screens.apps import app_on, shown
from tests.screens.toy_view import ToyLab, ToyScreen


@pytest.mark.parametrize("view", VIEWS.values(), ids=lambda view: view.name)
def test_every_view_has_its_screen_and_knows_its_own_name(view: View) -> None:
    screen = view.load()
    assert issubclass(screen, ExplorerScreen)
    assert view.name == screen.MODE
    assert not view.kind or hasattr(layers, view.kind)
    assert view.lit in {mode.name for mode in MODES}


def test_no_two_modes_have_one_key() -> None:
    assert len({mode.key for mode in MODES}) == len(MODES)


@pytest.mark.slow
async def test_one_line_adds_a_view(monkeypatch: pytest.MonkeyPatch, runs_dir: Path) -> None:
    toy = View("toy", "A toy", "tests.screens.toy_view:ToyScreen", mode="network", kind="Dense")
    monkeypatch.setitem(VIEWS, "toy", toy)
    assert parse(["open", "bundled", "--screen", "toy"]).screen == "toy"
    app = app_on("network", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        app.action_mode("toy")
        await pilot.pause()
        assert isinstance(app.screen, ToyScreen)
        assert shown(app, "#sentence") == f"mean {app.scene.activations.image.mean():.3f}"
        assert app.scene.focus.layer == "dense", "a view is at the nearest layer of its kind"
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        assert str(app.screen.query(Static).first().content).startswith("A toy")
        await pilot.press("escape", "backspace")
        assert app.screen.MODE == "network"


@pytest.mark.slow
async def test_one_line_adds_a_lab(monkeypatch: pytest.MonkeyPatch, runs_dir: Path) -> None:
    toy = Lab("toy", "Toy", "A claim.", "What becomes of it.", "tests.screens.toy_view:ToyLab")
    monkeypatch.setattr("cnntui.ui.views.labs.lab_list.LABS", (*LABS, toy))
    monkeypatch.setitem(VIEWS, "toy", view_of(toy))
    app = app_on("labs", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("up")
        assert "▸ Toy" in shown(app, "#labs")
        await pilot.press("enter")
        assert isinstance(app.screen, ToyLab)
        assert shown(app, "#sentence").startswith("mean ")
        await pilot.press("q")
        assert app.mode == "labs"
