"""The user's permanent choices: applied when the app starts, saved when it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted, find, place_of
from cnntui.explore.glossary import glossary
from cnntui.explore.views import VIEWS
from cnntui.files.assets import LANGUAGES
from cnntui.files.settings import UserSettings
from cnntui.ui.app.choices import Choices
from cnntui.ui.keys.remapping import key_named, remapped
from cnntui.ui.views.glossary.page import TermPage
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.grids.style import GridStyle
from tests.screens.apps import until

PLACE = "bundled --screen convolve --layer conv2d_1 --filter 3 --channel 0 --at 5,6 --index 7"

THEMES = {"cnntui": 1, "nord": 2}


def choices(settings: UserSettings, **environment: str) -> Choices:
    return Choices(settings, THEMES, "cnntui", environment)


def test_what_is_chosen_counts_and_the_environment_before_it() -> None:
    chosen = choices(UserSettings(theme="nord", grids="glyphs", language="zh"))
    assert (chosen.theme, chosen.style, chosen.language, chosen.problems) == ("nord", GridStyle.GLYPHS, "zh", [])
    assert choices(UserSettings(theme="nord"), TEXTUAL_THEME="cnntui").theme == "cnntui"


def test_what_there_is_not_is_told_of_and_passed_over() -> None:
    chosen = choices(UserSettings(theme="pink", grids="dots", language="fr", keys={"jump": "j"}, problem="It is odd."))
    assert (chosen.theme, chosen.style, chosen.language, chosen.keys) == ("cnntui", GridStyle.AUTO, "en", {})
    assert [problem.split("“")[0] for problem in chosen.problems] == [
        "It is odd.", "There is no theme ", "There is no style of grids ", "There is no language ",
        "The settings give keys that cannot be: there is no command ",
    ]  # fmt: skip


def test_keys_are_named_as_they_are_typed() -> None:
    assert [key_named(key) for key in ("?", "-", "ctrl+n", "f5", "é", "space")] == [
        "question_mark", "minus", "ctrl+n", "f5", "é", "space",
    ]  # fmt: skip
    assert remapped({"next-filter": "x, ?"})[0] == {"next-filter": "x,question_mark"}


def test_a_key_of_two_commands_is_told_of() -> None:
    _, problem = remapped({"next-filter": "c"})
    assert "c is the key of both next-filter and next-channel" in problem
    assert remapped({"next-filter": "x"})[1] == ""


@pytest.mark.parametrize(
    "place", ["", "bundled --screen", "bundled --screen nowhere", "bundled --screen why --filter -1", "a 'b", "a --x y"]
)
def test_a_place_that_makes_no_sense_is_none(place: str) -> None:
    assert place_of(place) is None


def test_the_newest_run_is_opened_where_one_was(tmp_path: Path) -> None:
    found = find(Wanted(), tmp_path, PLACE)
    focus = found.scene.focus
    assert (found.mode, focus.layer, focus.filter, focus.row, focus.col, focus.index) == (
        "convolve", "conv2d_1", 3, 5, 6, 7,
    )  # fmt: skip
    assert find(Wanted(screen="pool"), tmp_path, PLACE).mode == "pool"
    assert find(Wanted(), tmp_path, PLACE.replace("bundled", "other")).mode == "train"
    assert find(Wanted(), tmp_path, PLACE.replace("conv2d_1", "gone")).mode == "train"


async def test_the_app_has_the_keys_and_the_style_and_keeps_what_is_changed(runs_dir: Path) -> None:
    settings = UserSettings(grids="blocks", keys={"next-filter": "x"})
    app = build_app(Wanted(runs_dir=runs_dir, screen="convolve"), settings)
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.showing.style is GridStyle.BLOCKS
        await pilot.press("f")
        assert app.scene.focus.filter == 0
        assert app.screen.query_one(KeyBar).text.strip() == "f does nothing here; ? lists the keys"
        await pilot.press("x")
        assert app.scene.focus.filter == 1
        assert "x Filter" in app.screen.query_one(KeyBar).text
        assert set(app.choices.changes(app.showing, app.desk.place_to_keep())) == {"place"}
        await pilot.press("g")
        assert app.screen.query_one(KeyBar).text.strip() == "grids: half-blocks"
        changes = app.choices.changes(app.showing, app.desk.place_to_keep())
        assert changes["grids"] == "half-blocks"
        assert changes["place"].startswith("bundled --screen convolve --layer conv2d --filter 1 ")


@pytest.mark.slow
async def test_a_word_is_explained_where_it_is_looked_up(runs_dir: Path) -> None:
    app = build_app(Wanted(runs_dir=runs_dir))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark", "slash", *"recept")
        await until(pilot, lambda: not app._is_busy)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TermPage))
        await pilot.press("enter")
        await until(pilot, lambda: app.mode == "field")
        await pilot.press("ctrl+p", *"感受", "enter")
        await until(pilot, lambda: isinstance(app.screen, TermPage))


@pytest.mark.slow
async def test_the_view_is_written_to_files(runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = build_app(Wanted(runs_dir=runs_dir, screen="pool"))
    async with app.run_test(size=(80, 24)):
        for _ in range(2):
            app.desk.save_text()
        app.desk.save_picture()
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "cnntui-pool-2.txt", "cnntui-pool.svg", "cnntui-pool.txt",
        ]  # fmt: skip
        assert "max_pooling2d" in (tmp_path / "cnntui-pool.txt").read_text()
        assert (tmp_path / "cnntui-pool.svg").read_text().startswith("<svg")


def test_every_term_has_two_sentences_in_both_languages_and_a_view() -> None:
    english, chinese = map(glossary, LANGUAGES)
    assert english.keys() == chinese.keys()
    assert len(english) >= 40
    for name, term in english.items():
        assert term.view in VIEWS
        assert chinese[name].view == term.view
        assert term.text.count(". ") + term.text.count("; ") >= 1, name
        assert term.text.endswith(".")
        assert chinese[name].text.count("。") == 2, name
