"""Screens are imported ahead of time: all of them, unless they are no longer wanted."""

from __future__ import annotations

from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual._compositor import Compositor, ReflowResult
from textual.geometry import Size
from textual.widget import Widget

from cnntui.explore.views import VIEWS
from cnntui.ui.app import switcher
from tests.house.test_imports import modules
from tests.screens.apps import app_on, explorer


@pytest.fixture
def imported(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules imported in a process that starts without any screen."""
    names: list[str] = []
    monkeypatch.setattr(switcher, "import_module", names.append)
    monkeypatch.setattr(switcher, "BETWEEN_SECONDS", 0)
    monkeypatch.setattr(switcher, "sys", SimpleNamespace(modules={}))
    return names


def test_every_screen_is_imported_ahead(imported: list[str]) -> None:
    switcher._import_all(lambda: True)
    assert set(imported) <= modules().keys()
    screens = {view.screen.partition(":")[0] for view in VIEWS.values()}
    assert {name for name in screens if name.endswith(".screen")} <= set(imported)


async def test_a_view_that_opens_is_laid_out_twice_at_most(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[Size] = []
    reflow = Compositor.reflow

    def noted(self: Compositor, parent: Widget, size: Size) -> ReflowResult:
        sizes.append(size)
        return reflow(self, parent, size)

    app = app_on("pool", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        monkeypatch.setattr(Compositor, "reflow", noted)
        await pilot.press("2")
        # When it comes to the front, and once it knows what it shows.
        assert app.mode == "network"
        assert 1 <= len(sizes) <= 2


async def test_a_prepared_screen_shows_the_state_in_which_it_is_opened(runs_dir: Path) -> None:
    app = app_on("pool", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switcher.prepare("network", app.showing.state)
        prepared = app.get_screen("network")
        await pilot.press("n", "2")
        assert app.screen is prepared
        assert app.screen.is_mounted
        assert explorer(app).scene is app.scene
        assert app.scene.focus.index == 1


def test_nothing_more_is_imported_once_the_app_is_left(imported: list[str]) -> None:
    wanted = chain([True, True], repeat(False))
    switcher._import_all(lambda: next(wanted))
    assert len(imported) == 2
