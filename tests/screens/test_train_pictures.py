"""Pictures of Train in each of its states. `pytest --snapshot-update` makes them again; look at them before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.history.events import Failed, Finished
from cnntui.ui.views.base.dialogs.quit_dialog import QuitDialog
from tests.canned import BEGAN, canned_run, publish
from tests.screens.apps import app_on, laid_out, until

SMALL, LARGE = (80, 24), (120, 40)

Compare = Callable[..., bool]


async def asked_to_leave(pilot: Pilot[None]) -> None:
    await pilot.press("q")
    await until(pilot, lambda: isinstance(pilot.app.screen, QuitDialog))
    await laid_out(pilot)


@pytest.fixture
def training(runs_dir: Path) -> Iterator[RunDirectory]:
    """A run that is being trained, in the middle of its third epoch."""
    run = canned_run(runs_dir, 240)
    publish(run, 8)
    lock = RunLock(run.lock_path)
    yield run
    lock.release()


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.slow
def test_before_training(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on("train", runs_dir), terminal_size=size, run_before=laid_out)


@pytest.mark.usefixtures("training")
@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 18)])
@pytest.mark.slow
def test_while_training(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    assert snap_compare(build_app(Wanted(runs_dir=runs_dir)), terminal_size=size, run_before=laid_out)


def test_finished(snap_compare: Compare, runs_dir: Path) -> None:
    run = canned_run(runs_dir, 500, Finished(BEGAN + 9, 500, 0.04, 0.9876))
    app = app_on("train", runs_dir)
    app._first_run = run
    assert snap_compare(app, terminal_size=SMALL, run_before=laid_out)


@pytest.mark.slow
def test_crashed(snap_compare: Compare, runs_dir: Path) -> None:
    message = "The loss stopped being a number at batch 240: the weights have grown without bound."
    hint = "Train again with a smaller --learning-rate than 0.1; the last checkpoint is from before."
    app = app_on("train", runs_dir)
    app._first_run = canned_run(runs_dir, 239, Failed(BEGAN + 9, message, hint), name="diverged")
    assert snap_compare(app, terminal_size=SMALL, run_before=laid_out)


@pytest.mark.usefixtures("training")
@pytest.mark.slow
def test_leaving(snap_compare: Compare, runs_dir: Path) -> None:
    assert snap_compare(build_app(Wanted(runs_dir=runs_dir)), terminal_size=SMALL, run_before=asked_to_leave)
