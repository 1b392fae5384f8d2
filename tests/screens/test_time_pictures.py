"""Pictures of the time line and of a kernel through time: look at each before accepting it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.runs.directory.lock import RunLock
from cnntui.ui.app.app import CnntuiApp
from tests.canned import publish
from tests.screens.apps import app_on
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare
from tests.screens.times import kept_run


@pytest.fixture
def live(runs_dir: Path) -> Iterator[CnntuiApp]:
    """An app on a run in training."""
    run = kept_run(runs_dir, 300, 0, 1, 2, 4, 8, 16, 32, 64, 128, 250)
    publish(run, 10)
    lock = RunLock(run.lock_path)
    yield build_app(Wanted(runs_dir=runs_dir, screen="convolve", filter=9, index=2))
    lock.release()


@pytest.mark.slow
def test_the_time_line_at_step_0(snap_compare: Compare, runs_dir: Path) -> None:
    assert snap_compare(app_on("convolve", runs_dir, filter=9, index=2, step=0), terminal_size=SMALL)


@pytest.mark.parametrize("size", [SMALL, LARGE, COMPACT])
@pytest.mark.slow
def test_the_time_line_in_the_middle(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on("network", runs_dir, index=2, step=300), terminal_size=size)


def test_the_end_of_a_run_in_training(snap_compare: Compare, live: CnntuiApp) -> None:
    assert snap_compare(live, press=["greater_than_sign"], terminal_size=SMALL)


@pytest.mark.slow
def test_held_back_while_it_trains(snap_compare: Compare, live: CnntuiApp) -> None:
    assert snap_compare(live, press=["less_than_sign"] * 3, terminal_size=SMALL)


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE, COMPACT])
def test_a_kernel_through_time(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    app = app_on("kernel-time", runs_dir, layer="conv2d_2", filter=11, step=200)
    assert snap_compare(app, terminal_size=size)


@pytest.mark.slow
def test_a_kernel_through_time_in_glyphs(snap_compare: Compare, runs_dir: Path) -> None:
    app = app_on("kernel-time", runs_dir, filter=3, step=0)
    assert snap_compare(app, press=["g"] * 3, terminal_size=SMALL)
