"""A training outlives the app that started it, however the app ends, and the next app finds it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.run_directory import list_runs
from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunFollower
from tests.fake_trainer import FakeScript, scripted
from tests.terminal.terminal import Terminal
from tests.waiting import wait_for_status, wait_for_view, wait_until

SCRIPT = FakeScript(steps_per_epoch=1_000_000, chunk=8, chunk_seconds=0.02)
"""Longer than any test takes: nobody but the test ends it."""

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("preloaded_apps")]


@pytest.mark.parametrize(
    ("end", "status"),
    [
        pytest.param(lambda terminal: terminal.send_signal(signal.SIGKILL), -signal.SIGKILL, id="kill -9"),
        pytest.param(lambda terminal: terminal.hang_up(), 128 + signal.SIGHUP, id="connection lost"),
        pytest.param(lambda terminal: terminal.send_signal(signal.SIGTERM), 128 + signal.SIGTERM, id="kill"),
    ],
)
def test_a_training_goes_on_when_the_app_is_gone(end: Callable[[Terminal], None], status: int, runs_dir: Path) -> None:
    with scripted(SCRIPT), Terminal([sys.executable, "-m", "tests.app_with_fake_trainer", str(runs_dir)]) as terminal:
        terminal.wait_for("Quit")
        terminal.send("tt")
        wait_until(lambda: len(list_runs(runs_dir)) == 1)
        (run,) = list_runs(runs_dir)
        follower = RunFollower(run)
        try:
            wait_for_view(follower, lambda view: view.step > 0)
            end(terminal)
            assert terminal.wait_exit() == status
            # It stands still where the app was gone, however long that took, and learns on from there.
            ask(run, TrainerCommand.PAUSE)
            step = wait_for_status(follower, Status.PAUSED).step
            ask(run, TrainerCommand.RUN)
            assert wait_for_view(follower, lambda view: view.step > step).status is Status.RUNNING
            ask(run, TrainerCommand.PAUSE)
            later = wait_for_status(follower, Status.PAUSED).step

            with Terminal([sys.executable, "-m", "cnntui"]) as again:
                again.wait_for(f"{later:,}/{SCRIPT.steps_per_epoch}")
        finally:
            ask(run, TrainerCommand.STOP)
            wait_for_status(follower, Status.STOPPED)
