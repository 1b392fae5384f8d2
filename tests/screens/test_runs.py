"""Runs: the table follows its folder, and every key does what it says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run, list_runs
from cnntui.runs.directory.status import Status
from cnntui.runs.history.events import Finished
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.runs import preview
from cnntui.ui.views.runs.comparison import ComparisonScreen
from cnntui.ui.views.runs.remove_dialog import RemoveDialog
from cnntui.ui.views.runs.screen import RunsScreen
from cnntui.ui.views.train.screen import TrainScreen
from tests.canned import BEGAN, append, canned_run, learn, publish
from tests.fake_trainer import MODULE, FakeScript, fake_config, scripted, start_fake_training, write_fake_run
from tests.screens.apps import app_on, said, shown, ticking, until


@pytest.fixture
def training(runs_dir: Path) -> Iterator[RunDirectory]:
    """A run that is being trained."""
    run = canned_run(runs_dir, 240, name="training")
    lock = RunLock(run.lock_path)
    yield run
    lock.release()


def rows(app: CnntuiApp) -> list[str]:
    """The lines of the table below its heading."""
    return shown(app, "#table").splitlines()[1:]


def names(app: CnntuiApp) -> list[str]:
    return [line[4:].split()[0] for line in rows(app)]


def pointed(app: CnntuiApp) -> str:
    return next(line[4:].split()[0] for line in rows(app) if line.startswith("▸"))


async def go_to(pilot: Pilot[None], app: CnntuiApp, name: str) -> None:
    await pilot.press("home")
    for _ in rows(app):
        if pointed(app) == name:
            return
        await pilot.press("down")
    raise AssertionError(f"there is no {name}")


@pytest.mark.slow
async def test_it_lists_sorts_filters_and_points(runs_dir: Path) -> None:
    for name, batches in (("short", 100), ("long", 400), ("other", 300)):
        canned_run(runs_dir, batches, name=name)
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("7")
        await pilot.pause()
        assert isinstance(app.screen, RunsScreen)
        assert sorted(names(app)) == ["bundled", "dense", "long", "other", "short"]
        assert shown(app, "#title") == "5 runssorted by when made"
        await pilot.press("s")
        assert names(app) == ["bundled", "dense", "long", "other", "short"]
        await pilot.press("S")
        assert names(app) == ["short", "other", "long", "dense", "bundled"]
        await pilot.press("s", "s")
        assert names(app)[0] == "bundled", "the best test accuracy comes first"
        # What is pointed at stays so while letters are typed, and keys are letters then.
        await go_to(pilot, app, "short")
        await pilot.press("slash", "s", "o", "r")
        assert rows(app) == []
        assert "No run has “sor”" in shown(app, "#details")
        await pilot.press("backspace", "backspace", "h", "enter")
        assert names(app) == ["short"]
        assert "1 of 5 runs with “sh”" in shown(app, "#title")
        await pilot.press("escape")
        assert len(rows(app)) == 5
        assert pointed(app) == "short"
        assert not ticking(app)


@pytest.mark.slow
async def test_a_dense_network_is_said_to_be_one(runs_dir: Path) -> None:
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, app, "dense")
        assert shown(app, "#details").startswith("dense, 512 units, rmsprop 0.001, batches of 64, all training digits")
        assert "dense, 512 units, rmsprop 0.001" in shown(app, "#details")
        await go_to(pilot, app, "bundled")
        assert shown(app, "#details").startswith("rmsprop 0.001")


@pytest.mark.slow
async def test_opening_a_run_brings_its_network_to_every_screen(runs_dir: Path) -> None:
    run = write_fake_run(runs_dir, config=fake_config("mine", epochs=1))
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        before = app.scene.network
        await pilot.press("7")
        await go_to(pilot, app, "mine")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))
        assert app.session.view is not None
        assert app.session.view.run == run
        assert (app.scene.run, app.scene.step) == ("mine", 40)
        assert app.scene.network is not before
        await pilot.press("7")
        await pilot.pause()
        assert next(line for line in rows(app) if "mine" in line)[2] == "●"


@pytest.mark.slow
async def test_what_cannot_be_opened_says_why(runs_dir: Path) -> None:
    canned_run(runs_dir, 40, name="damaged").config_path.write_text("{")
    canned_run(runs_dir, 40, name="empty")
    canned_run(runs_dir, 40, name="cut-short").checkpoint_path.write_bytes(b"PK")
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        network = app.scene.network
        for name in ("damaged", "empty"):
            await go_to(pilot, app, name)
            await pilot.press("enter")
            await pilot.pause()
            assert ("not JSON" if name == "damaged" else "has not saved a network") in shown(app, "#details")
        await go_to(pilot, app, "cut-short")
        await pilot.press("enter")
        await until(pilot, lambda: len(app._notifications) == 1)
        assert app.scene.network is network
        assert isinstance(app.screen, RunsScreen)


@pytest.mark.slow
async def test_a_long_run_of_a_newer_version_is_opened_beside_what_is_shown(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if a few kilobytes took a moment to read.
    monkeypatch.setattr("cnntui.ui.app.following.LONG_BYTES", 100)
    monkeypatch.setattr("cnntui.ui.views.runs.screen.LONG_BYTES", 100)
    run = write_fake_run(runs_dir, config=replace(fake_config("future", epochs=1), format=99))
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, app, "future")
        assert "Made by a newer cnntui (format 99)" in shown(app, "#details")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))
        assert app.session.view is not None
        assert (app.session.view.run, app.scene.run) == (run, "future")
        await until(pilot, lambda: any("Made by a newer cnntui" in note.message for note in app._notifications))


@pytest.mark.slow
async def test_a_run_that_is_being_trained_is_followed_live(runs_dir: Path, training: RunDirectory) -> None:
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, app, "training")
        assert "running" in rows(app)[names(app).index("training")]
        for key, command in (("x", "Remove"), ("N", "Rename")):
            assert command not in said(app)
            await pilot.press(key)
            await until(pilot, lambda: said(app).startswith("this run is being trained"))
        learn(training, 240, 400)
        await until(pilot, lambda: " 4/5 " in rows(app)[names(app).index("training")])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))
        assert app.session.is_training
        step = publish(training, 5)
        await until(pilot, lambda: (app.scene.run, app.scene.step) == ("training", step))


@pytest.mark.slow
async def test_looking_ends_with_the_last_training(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 240, name="training")
    lock = RunLock(run.lock_path)
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: any("running" in line for line in rows(app)))
        assert isinstance(app.screen, RunsScreen)
        assert app.screen._looking.is_on
        append(run, Finished(BEGAN + 9, 240, 0.1, 0.9))
        lock.release()
        await until(pilot, lambda: not any("running" in line for line in rows(app)))
        assert not app.screen._looking.is_on
        assert "90.00%" in rows(app)[names(app).index("training")]


@pytest.mark.slow
async def test_renaming_a_run_that_is_looked_at(runs_dir: Path) -> None:
    write_fake_run(runs_dir, config=fake_config("mine", epochs=1))
    canned_run(runs_dir, 40, name="taken")
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, app, "mine")
        await pilot.press("enter")
        await until(pilot, lambda: app.scene.run == "mine")
        await pilot.press("7")
        await go_to(pilot, app, "mine")
        await pilot.press("space", "N", "ctrl+u", *"taken", "enter")
        assert "called taken already" in shown(app, "#details")
        await pilot.press("N", "ctrl+u", *"../up", "enter")
        assert "cannot be the name" in shown(app, "#details")
        await pilot.press("N", "ctrl+u", *"better", "escape")
        assert pointed(app) == "mine"
        await pilot.press("N", *"-2", "enter")
        await until(pilot, lambda: app.scene.run == "mine-2")
        await pilot.pause()
        assert pointed(app) == "mine-2"
        assert rows(app)[names(app).index("mine-2")][:3] == "▸1●"
        assert isinstance(app.screen, RunsScreen)
    assert {run.name for run in list_runs(runs_dir)} == {"mine-2", "taken"}


@pytest.mark.slow
async def test_removing_asks_and_leaves_something_to_look_at(runs_dir: Path) -> None:
    write_fake_run(runs_dir, config=fake_config("mine", epochs=1))
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, app, "bundled")
        for key, command in (("x", "Remove"), ("N", "Rename")):
            assert command not in said(app)
            await pilot.press(key)
            await until(pilot, lambda: said(app).startswith("what comes with cnntui cannot be changed"))
        await go_to(pilot, app, "mine")
        await pilot.press("enter")
        await until(pilot, lambda: app.scene.run == "mine")
        await pilot.press("7")
        await go_to(pilot, app, "mine")
        # Enter on what is offered first keeps the run.
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, RemoveDialog))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        assert "mine" in names(app)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, RemoveDialog))
        await pilot.press("y")
        await until(pilot, lambda: app.scene.run == "bundled")
        assert sorted(names(app)) == ["bundled", "dense"]
        assert app.session.view is not None
        assert app.session.view.run == bundled_run()
    assert list(runs_dir.iterdir()) == []


@pytest.mark.slow
async def test_a_run_that_vanishes_is_no_more_listed(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 40, name="gone")
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, app, "gone")
        shutil.rmtree(run.path)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("1", "7")
        await pilot.pause()
        assert sorted(names(app)) == ["bundled", "dense"]


@pytest.mark.slow
async def test_exporting_asks_for_a_folder(runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, app, "bundled")
        await pilot.press("E", "enter")
        await until(pilot, lambda: "model.keras" in shown(app, "#details"))
        await pilot.press("E", "enter")
        await until(pilot, lambda: "already" in shown(app, "#details"))
    assert (tmp_path / "bundled-export" / "model.keras").is_file()


@pytest.mark.slow
async def test_at_most_six_are_chosen_for_the_comparison(runs_dir: Path) -> None:
    for number in range(7):
        canned_run(runs_dir, 100 + 20 * number, name=f"run-{number}")
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("home")
        for _ in range(7):
            await pilot.press("space", "down")
        assert "6 chosen for the chart" in shown(app, "#title")
        await pilot.press("space")
        assert "The chart holds 6 runs" in shown(app, "#details")
        await pilot.press("home", "v")
        await until(pilot, lambda: isinstance(app.screen, ComparisonScreen))
        assert "6 runs by batches" in shown(app, "#title")
        assert all(number in shown(app, "#loss") for number in "123456")
        by_step = shown(app, "#accuracy")
        await pilot.press("v")
        assert "6 runs by time" in shown(app, "#title")
        assert shown(app, "#accuracy") != by_step
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        await pilot.press("escape")
        assert "chosen" not in shown(app, "#title")


@pytest.mark.slow
async def test_curves_are_drawn_of_the_run_at_which_one_stays(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    canned_run(runs_dir, 240, name="own")
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: shown(app, "#of-run").strip() == pointed(app))
        first, drawn = pointed(app), shown(app, "#loss")
        monkeypatch.setattr(preview, "REST_SECONDS", 3600)
        await pilot.press("down", "up", "down")
        assert pointed(app) != first
        assert (shown(app, "#of-run").strip(), shown(app, "#loss")) == (first, drawn), "the one before is seen whole"
        await pilot.press("up")
        assert (shown(app, "#of-run").strip(), shown(app, "#loss")) == (first, drawn)
        monkeypatch.setattr(preview, "REST_SECONDS", 0.01)
        await pilot.press("down")
        await until(pilot, lambda: shown(app, "#of-run").strip() == pointed(app) != first)
        assert shown(app, "#loss") != drawn


@pytest.mark.slow
async def test_the_comparison_is_live_as_long_as_one_of_its_runs_is(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 240, name="training")
    lock = RunLock(run.lock_path)
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, app, "training")
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, ComparisonScreen))
        before = shown(app, "#loss")
        learn(run, 240, 400)
        await until(pilot, lambda: shown(app, "#loss") != before)
        append(run, Finished(BEGAN + 9, 400, 0.1, 0.9))
        lock.release()
        await until(pilot, lambda: "90.00%" in shown(app, "#legend"))
        assert isinstance(app.screen, ComparisonScreen)
        assert not app.screen._looking.is_on


@pytest.mark.slow
async def test_two_viewers_of_one_run_do_not_disturb_each_other(runs_dir: Path, training: RunDirectory) -> None:
    one, other = app_on("runs", runs_dir), app_on("runs", runs_dir)
    async with one.run_test(size=(80, 24)) as pilot, other.run_test(size=(80, 24)) as beside:
        files = sorted(path.name for path in training.path.iterdir())
        learn(training, 240, 400)
        for app, at in ((one, pilot), (other, beside)):
            await until(at, lambda app=app: any(" 4/5 " in line for line in rows(app)))  # type: ignore[misc]
        assert sorted(path.name for path in training.path.iterdir()) == files


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (60, 18), (30, 8)])
async def test_every_key_may_be_pressed_at_every_size(runs_dir: Path, size: tuple[int, int]) -> None:
    canned_run(runs_dir, 100)
    app = app_on("runs", runs_dir)
    async with app.run_test(size=size) as pilot:
        await pilot.press(*"sSgnpjk", "pagedown", "pageup", "end", "home", "up", "delete", "escape", "slash", *"zz?")
        await pilot.press("enter", "enter", "space", "v", "x", "N", "E", "escape", "escape")
        await pilot.resize_terminal(120, 40)
        await pilot.press("7", "escape", "escape")
        await pilot.pause()
        assert len(rows(app)) == 3


@pytest.mark.slow
async def test_a_run_whose_trainer_was_killed_is_gone_on_with(runs_dir: Path) -> None:
    script = FakeScript(kill_at=60)
    run = start_fake_training(runs_dir, script, fake_config(name="killed", epochs=2))
    app = app_on("runs", runs_dir)
    app.session.options = replace(app.session.options, module=MODULE)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "crashed" in shown(app, "#table"))
        await go_to(pilot, app, "killed")
        assert "R resumes it" in shown(app, "#details")
        with scripted(FakeScript()):
            await pilot.press("R")
            await until(pilot, lambda: isinstance(app.screen, TrainScreen))
            await until(pilot, lambda: app.session.view is not None and app.session.view.status is Status.FINISHED)
        assert app.session.view is not None
        assert app.session.view.run == run
        assert app.session.view.history.step == app.session.view.history.total_steps == 80
        # Neither a finished one nor the one that ships with cnntui goes on.
        await pilot.press("7")
        for name, says in (("killed", "this run is finished"), ("bundled", "what comes with cnntui")):
            await go_to(pilot, app, name)
            assert "Resume" not in said(app)
            await pilot.press("R")
            await until(pilot, lambda says=says: said(app).startswith(says))
