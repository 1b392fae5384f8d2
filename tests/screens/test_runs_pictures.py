"""Pictures of Runs and of Compare. `pytest --snapshot-update` makes them again; look at them before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.writing import write_atomically
from cnntui.runs.history.events import Failed, Finished, Stopped
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.runs.comparison import ComparisonScreen
from cnntui.ui.views.runs.remove_dialog import RemoveDialog
from cnntui.ui.views.runs.screen import RunsScreen
from tests.canned import BEGAN, canned_run
from tests.screens.apps import app_on, laid_out, shown, until

SMALL, LARGE, COMPACT = (80, 24), (120, 40), (60, 18)

Compare = Callable[..., bool]


def asked(run: RunDirectory, **settings: object) -> RunDirectory:
    """The same run with other settings."""
    config = replace(run.read_config(), **settings)  # type: ignore[arg-type]
    write_atomically(run.config_path, config.to_json().encode())
    return run


@pytest.fixture
def runs(runs_dir: Path) -> Iterator[Path]:
    """A folder with a run of each kind."""
    end = Finished(BEGAN + 75, 500, 0.04, 0.9876)
    asked(canned_run(runs_dir, 500, end, name="run-20231114-221320"), created="2023-11-14T22:13:20+00:00")
    asked(
        canned_run(runs_dir, 400, end, name="adam"), created="2023-11-15T09:00:00+00:00", optimizer="adam",
        learning_rate=0.003,
    )  # fmt: skip
    asked(
        canned_run(runs_dir, 320, Stopped(BEGAN + 3725, 320, 0.1, 0.9511), name="stopped-by-hand"),
        created="2023-11-16T09:00:00+00:00", batch_size=128,
    )  # fmt: skip
    failed = Failed(BEGAN + 9, "The loss stopped being a number at batch 140.", "Train with a smaller --learning-rate.")
    asked(
        canned_run(runs_dir, 139, failed, name="diverged"), created="2023-11-17T09:00:00+00:00", learning_rate=0.5,
    )  # fmt: skip
    asked(canned_run(runs_dir, 300, end, name="from-next-year"), created="2023-11-18T09:00:00+00:00", format=9)
    canned_run(runs_dir, 20, name="damaged").config_path.write_text("{")
    training = asked(canned_run(runs_dir, 240, name="training"), created="2023-11-19T09:00:00+00:00", limit=6000)
    lock = RunLock(training.lock_path)
    yield runs_dir
    lock.release()


async def previewed(pilot: Pilot[None]) -> None:
    """Wait for the curves of the selected run, if there is room for them."""
    screen = pilot.app.screen
    assert isinstance(screen, RunsScreen)
    assert isinstance(pilot.app, CnntuiApp)
    run, app = screen._pointed, pilot.app
    assert run is not None
    if screen.has_room_for("loss"):
        await until(pilot, lambda: shown(app, "#of-run").strip() == run.name)


async def chosen(pilot: Pilot[None]) -> None:
    # Weights are counted in the background.
    assert isinstance(pilot.app.screen, RunsScreen)
    await until(pilot, lambda: not any(run.parameters is None for run in pilot.app.screen._all if run.run.read_only))
    await pilot.press("home", "down", "down", "space", "down", "down", "space", "down", "space", "down", "space", "up")
    await previewed(pilot)
    await laid_out(pilot)


async def laid_over(pilot: Pilot[None]) -> None:
    await chosen(pilot)
    await pilot.press("v")
    await until(pilot, lambda: isinstance(pilot.app.screen, ComparisonScreen))
    await laid_out(pilot)


async def by_time(pilot: Pilot[None]) -> None:
    await laid_over(pilot)
    await pilot.press("v")
    await laid_out(pilot)


async def about_to_remove(pilot: Pilot[None]) -> None:
    await chosen(pilot)
    await pilot.press("slash", *"adam", "enter", "x")
    await until(pilot, lambda: isinstance(pilot.app.screen, RemoveDialog))
    await laid_out(pilot)


async def finding(pilot: Pilot[None]) -> None:
    await chosen(pilot)
    await pilot.press("slash", *"ed")
    await laid_out(pilot)


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE, COMPACT])
def test_runs(snap_compare: Compare, runs: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on("runs", runs), terminal_size=size, run_before=chosen)


@pytest.mark.slow
def test_finding(snap_compare: Compare, runs: Path) -> None:
    assert snap_compare(app_on("runs", runs), terminal_size=SMALL, run_before=finding)


@pytest.mark.slow
def test_removing(snap_compare: Compare, runs: Path) -> None:
    assert snap_compare(app_on("runs", runs), terminal_size=SMALL, run_before=about_to_remove)


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE, COMPACT])
def test_comparison(snap_compare: Compare, runs: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on("runs", runs), terminal_size=size, run_before=laid_over)


@pytest.mark.slow
def test_comparison_by_time(snap_compare: Compare, runs: Path) -> None:
    assert snap_compare(app_on("runs", runs), terminal_size=SMALL, run_before=by_time)
