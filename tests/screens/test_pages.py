"""Pages over another screen: the same keys close all of them and lead back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

from cnntui.ui.views.base.help import HelpScreen
from cnntui.ui.views.base.page import Page
from cnntui.ui.views.classes.screen import ClassesScreen
from cnntui.ui.views.form.screen import FormScreen
from cnntui.ui.views.images.screen import ImagesScreen
from cnntui.ui.views.one_batch.screen import OneBatchScreen
from cnntui.ui.views.runs.comparison import ComparisonScreen
from tests.screens.apps import app_on, shown

PAGES = (ClassesScreen, ComparisonScreen, ImagesScreen, FormScreen, OneBatchScreen)


def keys_for(bindings: Iterable[object], *actions: str) -> set[str]:
    made = [binding for binding in bindings if isinstance(binding, Binding)]
    return {key for binding in made if binding.action in actions for key in binding.key.split(",")}


@pytest.mark.parametrize("page", [*PAGES, HelpScreen])
def test_every_page_is_closed_by_the_same_keys(page: type[Page]) -> None:
    assert {"escape", "q", "backspace"} <= keys_for(page.BINDINGS, "leave", "dismiss")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_explains_itself(page: type[Page]) -> None:
    assert keys_for(page.BINDINGS, "help") == {"question_mark"}
    assert page.TOPIC
    assert page.TEXT.strip()


@pytest.mark.slow
@pytest.mark.parametrize("key", ["escape", "q", "backspace"])
async def test_pages_lead_back_one_by_one_and_never_out_of_the_app(key: str, runs_dir: Path) -> None:
    app = app_on("network", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        network = app.screen
        await pilot.press("t", "question_mark")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press(key)
        assert isinstance(app.screen, FormScreen)
        await pilot.press(key)
        assert app.screen is network


@pytest.mark.slow
async def test_a_backspace_in_a_field_is_typed(runs_dir: Path) -> None:
    app = app_on("network", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t", "down", "7", "8", "backspace")
        assert isinstance(app.screen, FormScreen)
        assert app.screen.draft.texts["epochs"] == "7"


@pytest.mark.slow
async def test_a_page_in_too_small_a_window_says_so_and_nothing_else(runs_dir: Path) -> None:
    app = app_on("network", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert [widget.id for widget in app.screen.children if widget.display] == ["too-small"]
        assert "60" in shown(app, "#too-small")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert [widget.id for widget in app.screen.children if widget.display] != ["too-small"]


@pytest.mark.slow
async def test_coming_back_to_a_screen_styles_it_again_only_in_another_theme(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_on("network", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        network, styled, update_styles = app.screen, list[DOMNode](), app.update_styles

        def note(node: DOMNode, animate: bool = True) -> None:
            styled.append(node)
            update_styles(node, animate)

        monkeypatch.setattr(app, "update_styles", note)
        await pilot.press("question_mark", "escape")
        assert app.screen is network
        assert network not in styled
        await pilot.press("question_mark")
        app.theme = "textual-light"
        await pilot.press("escape")
        assert app.screen is network
        assert network in styled
