"""A trainer that is killed at any moment and restarted ends with the same weights as an undisturbed one."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.readers.keras.file import read_optimizer
from cnntui.cnn.weights import weights_from_npz
from cnntui.files.errors import CnntuiError
from cnntui.runs.config.run_config import new_config
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunFollower, RunView
from cnntui.runs.starting.process import resume_training, start_training
from tests.training.few_digits import SMALL_NETWORK, few_digits
from tests.training.killed import KILLED
from tests.waiting import wait_for_status, wait_for_view, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("preloaded_trainers", "one_core")]

SETTINGS = {"epochs": 3, "limit": 1000, "seed": 3, "filters": (4, 6, 5), "dense": 8}
STEPS = 3 * 16
PATIENCE = 120.0
OVER = (Status.FINISHED, Status.STOPPED, Status.CRASHED)


def trained(runs_dir: Path) -> RunView:
    run = start_training(new_config(**SETTINGS, data=few_digits()), runs_dir)  # type: ignore[arg-type]
    return wait_for_status(RunFollower(run), *OVER, seconds=PATIENCE)


def optimizer_state(run: RunDirectory) -> list[np.ndarray]:
    """How often rmsprop stepped, its rate, and what it remembers of each kernel and bias."""
    shapes = [(2, 2, 1, 4), (4,), (2, 2, 4, 6), (6,), (2, 2, 6, 5), (5,), (125, 8), (8,), (8, 10), (10,)]
    like = [np.int64(0), np.float32(0), *(np.empty(shape, np.float32) for shape in shapes)]
    return read_optimizer(run.checkpoint_path, [np.asarray(array) for array in like])


def writes_a_checkpoint(run: RunDirectory) -> bool:
    return any(run.path.glob(".model.*.keras"))


def test_kills_at_random_moments_and_within_checkpoints_change_nothing(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = trained(runs_dir)
    assert undisturbed.status is Status.FINISHED

    chance = random.Random(4)
    batches = [f"batch {chance.uniform(1, 9)}", f"batch {chance.uniform(17, 25)}"]
    monkeypatch.setenv(KILLED, batches[0])
    run = start_training(new_config(**SETTINGS, data=few_digits()), runs_dir)  # type: ignore[arg-type]
    for next_moment in (batches[1], f"checkpoint {chance.uniform(0, 1)}", "checkpoint 1", ""):
        crashed = wait_for_status(RunFollower(run), *OVER, seconds=PATIENCE)
        assert crashed.status is Status.CRASHED
        assert writes_a_checkpoint(run) is os.environ[KILLED].startswith("checkpoint")
        monkeypatch.setenv(KILLED, next_moment)
        resume_training(run)
    view = wait_for_status(RunFollower(run), *OVER, seconds=PATIENCE)

    assert view.status is Status.FINISHED
    assert not list(run.path.rglob(".*"))
    for mine, theirs in zip(optimizer_state(run), optimizer_state(undisturbed.run), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert run.snapshot_steps() == undisturbed.run.snapshot_steps() == view.history.snapshots
    for step in run.snapshot_steps():
        mine, theirs = (weights_from_npz(made.snapshot_path(step)) for made in (run, undisturbed.run))
        for layer, own in theirs.items():
            for role, array in own.items():
                np.testing.assert_array_equal(mine[layer][role], array)
    np.testing.assert_array_equal(view.history.losses, undisturbed.history.losses)
    np.testing.assert_array_equal(view.history.accuracies, undisturbed.history.accuracies)
    assert view.step == STEPS
    for again, once in zip(view.history.epochs, undisturbed.history.epochs, strict=True):
        assert (again.epoch, again.step, again.test_loss) == (once.epoch, once.step, once.test_loss)
        assert again.loss == pytest.approx(once.loss, rel=1e-5)
    with pytest.raises(CnntuiError, match="is finished"):
        resume_training(run)


def test_stopping_again_and_again_changes_nothing_and_keeps_no_more_than_there_is_room_for(runs_dir: Path) -> None:
    # 1.3 MB a snapshot: there is room for nine.
    settings = {"epochs": 1, "limit": 4000, "seed": 3, "model": "dense", "dense": 400, "data": few_digits()}
    undisturbed = RunFollower(start_training(new_config(**settings), runs_dir))  # type: ignore[arg-type]
    wait_for_status(undisturbed, *OVER, seconds=PATIENCE)
    run = start_training(new_config(**settings), runs_dir)  # type: ignore[arg-type]
    follower = RunFollower(run)
    for stop in (3, 5):
        ask(run, TrainerCommand.PAUSE)
        wait_for_status(follower, Status.PAUSED, seconds=PATIENCE)
        for step in range(follower.poll().step + 1, stop + 1):
            ask(run, TrainerCommand.STEP)
            wait_for_view(follower, lambda view: view.step == step, PATIENCE)  # noqa: B023
        ask(run, TrainerCommand.STOP)
        assert wait_for_status(follower, *OVER, seconds=PATIENCE).status is Status.STOPPED
        wait_until(lambda: not is_held(run.lock_path))
        resume_training(run)
    view = wait_for_status(follower, *OVER, seconds=PATIENCE)
    assert view.status is Status.FINISHED
    assert view.history.snapshots == run.snapshot_steps()
    assert undisturbed.run.snapshot_steps() == (0, 1, 2, 8, 16, 32, 47, 63)
    assert {*run.snapshot_steps()} - {*undisturbed.run.snapshot_steps()} == {3}
    for step in undisturbed.run.snapshot_steps():
        mine, theirs = (weights_from_npz(made.snapshot_path(step)) for made in (run, undisturbed.run))
        np.testing.assert_array_equal(mine["dense"]["kernel"], theirs["dense"]["kernel"])


def test_a_checkpoint_that_is_damaged_is_named_and_left_as_it_is(runs_dir: Path) -> None:
    settings = SMALL_NETWORK | {"epochs": 10_000, "limit": 500, "seed": 3, "data": few_digits()}
    run = start_training(new_config(**settings), runs_dir)  # type: ignore[arg-type]
    view = wait_for_view(RunFollower(run), lambda view: view.history.checkpoint_step is not None, PATIENCE)
    assert view.history.started is not None
    os.kill(view.history.started.pid, signal.SIGKILL)
    wait_for_status(RunFollower(run), Status.CRASHED)
    damaged = run.checkpoint_path.read_bytes()[:-5000]
    run.checkpoint_path.write_bytes(damaged)
    resume_training(run)
    view = wait_for_status(RunFollower(run), *OVER, seconds=PATIENCE)
    assert view.status is Status.CRASHED
    assert view.problem is not None
    assert "cannot resume from its checkpoint" in view.problem.message
    assert "model.keras" in view.problem.message
    assert run.checkpoint_path.read_bytes() == damaged
