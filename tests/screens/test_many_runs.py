"""Runs with many runs, read in the background, and with odd ones, which break nothing."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from cnntui.runs.directory.lock import RunLock
from cnntui.runs.history.events import Finished
from cnntui.runs.listing.summaries import Summaries, index_path
from cnntui.runs.listing.summary import RunSummary
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.runs.screen import RunsScreen
from cnntui.ui.views.train.screen import TrainScreen
from tests.canned import BEGAN, append, canned_run, learn
from tests.odd_runs import odd_runs
from tests.screens.apps import app_on, shown, until


@pytest.fixture
def many(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with more than a few runs."""
    for module in ("cnntui.runs.listing.summaries", "cnntui.ui.views.runs.run_list"):
        monkeypatch.setattr(f"{module}.FEW", 4)
    for number in range(9):
        canned_run(runs_dir, 100, name=f"run-{number}")
    return runs_dir


def rows(app: CnntuiApp) -> list[str]:
    return shown(app, "#table").splitlines()[1:]


def row(app: CnntuiApp, name: str) -> str:
    return next((line for line in rows(app) if line[4:].split()[:1] == [name]), "")


@pytest.mark.slow
async def test_many_runs_are_read_in_a_thread_and_kept_for_the_next_time(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set()
    every = Summaries.every

    def noted(self: Summaries) -> object:
        threads.add(threading.current_thread())
        return every(self)

    monkeypatch.setattr(Summaries, "every", noted)
    app = app_on("train", many)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("7")
        await until(pilot, lambda: "11 runs" in shown(app, "#title"))
        assert "reading" not in shown(app, "#details")
        assert len(rows(app)) == 11
        await until(pilot, lambda: index_path(many).exists())
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.slow
async def test_leaving_waits_for_no_more_than_the_run_that_is_counted(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnntui.ui.views.runs.run_list._KEPT_TOGETHER", 1)
    counted: list[str] = []
    kept: list[int] = []
    left = threading.Event()
    keep = Summaries.keep

    def count(summary: RunSummary) -> RunSummary:
        if len(counted) == 14:
            left.wait()
        counted.append(summary.name)
        return replace(summary, parameters=len(counted))

    def note(self: Summaries) -> None:
        keep(self)
        kept.append(len(counted))

    monkeypatch.setattr("cnntui.ui.views.runs.run_list.complete", count)
    monkeypatch.setattr(Summaries, "keep", note)
    for number in range(9, 30):
        canned_run(many, 100, name=f"run-{number}")
    app = app_on("runs", many)
    async with app.run_test(size=(80, 12)) as pilot:
        await until(pilot, lambda: 14 in kept)
        app.workers.cancel_all()
        left.set()
        await until(pilot, lambda: kept.count(15) == 2)
    assert len(counted) == 15
    assert sum(summary.parameters is not None for summary in Summaries(many).every()) > 12


@pytest.mark.slow
async def test_a_list_of_many_runs_follows_what_is_done_to_them(many: Path) -> None:
    run = canned_run(many, 100, name="training")
    lock = RunLock(run.lock_path)
    app = app_on("runs", many)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "12 runs" in shown(app, "#title"))
        await until(pilot, lambda: "running" in row(app, "training"))
        learn(run, 100, 300)
        await until(pilot, lambda: "3/5" in row(app, "training"))
        append(run, Finished(BEGAN + 9, 500, 0.04, 0.9876))
        lock.release()
        await until(pilot, lambda: "finished" in row(app, "training"))
        await pilot.press("slash", *"run-3", "enter", "N", *"-new", "enter")
        await until(pilot, lambda: "run-3-new" in shown(app, "#table"))
        await pilot.press("x", "y")
        await until(pilot, lambda: "run-3-new" not in shown(app, "#table"))
        assert not (many / "run-3-new").exists()
        await pilot.press("escape")
        await until(pilot, lambda: "11 runs" in shown(app, "#title"))
        left = {"run-0", "run-8", "training", "bundled", "dense"}
        await until(pilot, lambda: {line[4:].split()[0] for line in rows(app) if line[4:].split()} >= left)


@pytest.mark.slow
async def test_odd_runs_can_be_pointed_at_opened_overlaid_and_left(runs_dir: Path) -> None:
    odd = odd_runs(runs_dir)
    app = app_on("runs", runs_dir)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: f"{len(odd) + 2} runs" in shown(app, "#title"))
        await pilot.press("s")
        for _ in range(0, len(odd) + 2, 9):
            for keys in (["o", "escape"], ["enter"], ["2", "less_than_sign", "escape"]):
                await pilot.press(*keys)
                await app.workers.wait_for_complete()
                await pilot.pause()
            app.action_mode("runs")
            await pilot.pause()
            assert isinstance(app.screen, RunsScreen)
            await pilot.press(*["down"] * 9)


@pytest.mark.slow
async def test_the_app_starts_on_a_folder_of_odd_runs(runs_dir: Path) -> None:
    odd_runs(runs_dir)
    app = app_on(None, runs_dir, target=None)  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, TrainScreen)
