"""The overfitting lab by keys alone, on fixed histories."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from cnntui.labs.overfitting import CELLS, Cell
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.writing import write_atomically
from cnntui.runs.history.events import Started
from cnntui.runs.reading.follow import RunFollower
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.help import HelpScreen
from cnntui.ui.views.form.screen import FormScreen
from cnntui.ui.views.labs.overfitting.screen import OverfittingLab
from tests.canned import BEGAN, append
from tests.histories import EPOCHS, config_of, epochs_of, lay_out, outcome_of
from tests.screens.apps import app_on, pretending_to_train, shown
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare
from tests.waiting import until


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return lay_out(tmp_path / "lab-runs", monkeypatch)


@pytest.fixture
def app(runs_dir: Path) -> Iterator[CnntuiApp]:
    with pretending_to_train("overfitting", runs_dir, hold_at=100) as app:
        yield app


def boxed(cell: Cell) -> str:
    return f"[{100 * outcome_of(cell).gap:>4.1f}]"


@pytest.mark.slow
async def test_the_arrows_choose_and_the_pair_is_shown(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        assert boxed(CELLS[0]) in shown(app, "#square").splitlines()[2]
        await pilot.press("down", "right", "right", "right")
        chosen = Cell(2000, 512, "none")
        assert boxed(chosen) in shown(app, "#square").splitlines()[3]
        assert "▸" in shown(app, "#loss-none")
        assert "▸" not in shown(app, "#loss-max")
        outcome = outcome_of(chosen)
        assert f"{outcome.parameters:,}" in shown(app, "#numbers")
        assert f"{outcome.last.test_accuracy:.1%}" in shown(app, "#numbers")
        assert f"a gap of {100 * outcome.gap:.1f} points" in shown(app, "#found").replace("\n", " ")
        assert "512·25·25·64 + 512 = 20,480,512" in shown(app, "#formula")
        await pilot.press("home", "pagedown", "k", "l")
        assert boxed(Cell(10_000, 64, "none")) in shown(app, "#square")
        await pilot.click("#square", offset=(9, 2))
        assert boxed(CELLS[0]) in shown(app, "#square")


@pytest.mark.slow
async def test_the_table_takes_the_place_of_the_curves_and_is_chosen_in(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        assert not app.screen.query_one("#table").display
        await pilot.press("v", "down")
        assert app.screen.query_one("#table").display
        assert not app.screen.query_one("#loss-max").display
        rows = shown(app, "#table").splitlines()
        assert [row for row in rows if "▸" in row] == [rows[4]]
        await pilot.click("#table", offset=(50, 8))
        assert "▸" in shown(app, "#table").splitlines()[8]
        assert boxed(Cell(500, 512, "none")) in shown(app, "#square")
        await pilot.press("v")
        assert app.screen.query_one("#loss-max").display
        await pilot.resize_terminal(120, 40)
        assert app.screen.query_one("#loss-max").display
        assert app.screen.query_one("#table").display
        assert not {"table", "curves"} & {
            active.binding.action for active in app.screen.active_bindings.values() if active.enabled
        }


async def test_what_is_missing_is_said_and_the_rest_is_shown(app: CnntuiApp, folder: Path) -> None:
    shutil.rmtree(folder / "none-64-500")
    async with app.run_test(size=(80, 24)) as pilot:
        assert shown(app, "#found").startswith("The bundled file lab-runs/none-64-500 is missing.")
        assert not {"1", "2"} & set("".join(line[6:] for line in shown(app, "#loss-none").splitlines()[1:-1]))
        assert f"{outcome_of(CELLS[0]).last.test_accuracy:.1%}" in shown(app, "#numbers")
        await pilot.press("down")
        assert shown(app, "#found").startswith("Without pooling")
        assert "–" in shown(app, "#square").splitlines()[2]


async def test_the_help_page_says_how_it_was_measured(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        await until(lambda: isinstance(app.screen, HelpScreen))


# Training


@pytest.mark.slow
async def test_the_form_is_filled_in_with_what_is_chosen_and_forgotten_when_it_is_left(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "end", "enter")
        await until(lambda: isinstance(app.screen, FormScreen))
        assert isinstance(app.screen, FormScreen)
        texts = app.screen.draft.texts
        assert [texts[field] for field in ("pooling", "dense", "limit", "epochs", "seed", "name")] == [
            "none", "512", "2000", str(EPOCHS[2000]), "", "",
        ]  # fmt: skip
        await pilot.press("escape")
        assert isinstance(app.screen, OverfittingLab)
        await pilot.press("t")
        await until(lambda: isinstance(app.screen, FormScreen))
        assert isinstance(app.screen, FormScreen)
        assert app.screen.draft.texts["pooling"] == "max"
        assert app.screen.draft.texts["limit"] == ""
        # What somebody has written into it is kept, as it is of any other form.
        await pilot.press("escape", "enter")
        await until(lambda: isinstance(app.screen, FormScreen))
        app.screen.draft = app.screen.draft.write("epochs", "3")
        await pilot.press("escape", "t")
        await until(lambda: isinstance(app.screen, FormScreen))
        assert [app.screen.draft.texts[field] for field in ("pooling", "epochs")] == ["none", "3"]


@pytest.mark.slow
async def test_ones_own_is_started_from_here_and_shown_live(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "enter")
        await until(lambda: isinstance(app.screen, FormScreen))
        await pilot.press("enter")
        await until(lambda: app.session.view is not None and len(app.session.view.history.epochs) == 2)
        assert app.session.view is not None
        config = app.session.view.config
        assert (config.pooling, config.dense, config.limit, config.epochs) == ("none", 64, 500, EPOCHS[500])
        await app.run_action("mode('overfitting')")
        await until(lambda: app.mode == "overfitting")
        await pilot.pause()
        last = app.session.view.history.epochs[-1]
        assert f"epoch 2 of {EPOCHS[500]}: train {last.accuracy:.1%}" in shown(app, "#yours")
        assert "yours: 3 train" in shown(app, "#head")
        assert "4" in shown(app, "#accuracy-none").partition("\n")[2]
        # Another training is not asked for while one is at work.
        await pilot.press("enter")
        await until(lambda: app.mode == "train")


def own_run(runs_dir: Path, epochs: int, cell: Cell = CELLS[1], **settings: object) -> RunDirectory:
    """A user's own run with the settings of a cell, so far."""
    run = RunDirectory(runs_dir / "mine")
    run.path.mkdir(parents=True)
    config = config_of(cell)
    asked = {"pooling": config.pooling, "dense": config.dense, "limit": config.limit, "epochs": 24, **settings}
    write_atomically(run.config_path, RunConfig(name="mine", seed=5, **asked).to_json().encode())  # type: ignore[arg-type]
    append(run, Started(BEGAN, 1, 100, 24, 500, 10_000), *epochs_of(Cell(2000, 64, "max"))[:epochs])
    return run


@pytest.mark.slow
async def test_ones_own_is_gone_to_and_told_of_from_elsewhere(app: CnntuiApp, runs_dir: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        lab = app.screen
        assert isinstance(lab, OverfittingLab)
        assert shown(app, "#yours") == ""
        lab.show_state(replace(lab.state, run=RunFollower(own_run(runs_dir, 0)).poll()))
        await until(lambda: bool(app.screen.query_one("#yours").size))
        assert boxed(CELLS[1]) in shown(app, "#square")
        assert shown(app, "#yours") == "yours  mine: 0 of 2,400 batches"
        append(RunDirectory(runs_dir / "mine"), *epochs_of(CELLS[1])[:3])
        lab.show_state(replace(lab.state, run=RunFollower(RunDirectory(runs_dir / "mine")).poll()))
        assert shown(app, "#yours").startswith("yours  epoch 3 of 24: train ")
        await pilot.press("left")
        assert shown(app, "#yours") == "yours  mine is at 500 images, 64 units, no pooling"
        assert "4" in shown(app, "#loss-none").partition("\n")[2], "it is drawn beside its counterpart, too"
        lab.show_state(replace(lab.state, run=None))
        assert shown(app, "#yours") == ""


async def test_a_run_with_other_settings_is_nobodys(app: CnntuiApp, runs_dir: Path) -> None:
    async with app.run_test(size=(80, 24)):
        lab = app.screen
        assert isinstance(lab, OverfittingLab)
        lab.show_state(replace(lab.state, run=RunFollower(own_run(runs_dir, 3, optimizer="adam")).poll()))
        assert shown(app, "#yours") == ""
        assert boxed(CELLS[0]) in shown(app, "#square")


# Pictures


@pytest.mark.parametrize(
    "size", [SMALL, pytest.param(LARGE, marks=pytest.mark.slow), pytest.param(COMPACT, marks=pytest.mark.slow)]
)
def test_where_train_and_test_part(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    async def choose(pilot: Pilot[None]) -> None:
        await pilot.press("right")

    assert snap_compare(app_on("overfitting", runs_dir), run_before=choose, terminal_size=size)


@pytest.mark.parametrize("size", [SMALL, pytest.param(COMPACT, marks=pytest.mark.slow)])
def test_all_numbers(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    async def choose(pilot: Pilot[None]) -> None:
        await pilot.press("v", "end", "down", "down")

    assert snap_compare(app_on("overfitting", runs_dir), run_before=choose, terminal_size=size)


@pytest.mark.parametrize("size", [SMALL, pytest.param(LARGE, marks=pytest.mark.slow)])
def test_beside_ones_own(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    async def show(pilot: Pilot[None]) -> None:
        lab = pilot.app.screen
        assert isinstance(lab, OverfittingLab)
        lab.show_state(replace(lab.state, run=RunFollower(own_run(runs_dir, 9)).poll()))

    assert snap_compare(app_on("overfitting", runs_dir), run_before=show, terminal_size=size)
