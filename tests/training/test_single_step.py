"""One update by number agrees with Keras, and does not change the run."""

from __future__ import annotations

import itertools
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.weights import weights_from_npz
from cnntui.runs.config.run_config import new_config
from cnntui.runs.config.settings import CHOICES
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.status import Status
from cnntui.runs.history.one_step import OneStep, read_one_step
from cnntui.runs.reading.follow import RunFollower, RunView
from cnntui.runs.starting.process import resume_training, start_training
from cnntui.training.schedule import epoch_order
from tests.training.few_digits import SMALL_NETWORK, few_digits
from tests.waiting import wait_for_status, wait_for_view

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("preloaded_trainers", "one_core")]

DIGITS, STEPS = 300, 10
NETWORKS = {"rmsprop": SMALL_NETWORK, "adam": {"filters": (4, 6, 5), "dense": 8}, "sgd": SMALL_NETWORK}
"""What each optimizer trains: a small one of every kind, and what is soon compiled."""

PATIENCE = 120.0
OVER = (Status.FINISHED, Status.STOPPED, Status.CRASHED)


def start(runs_dir: Path, optimizer: str) -> RunDirectory:
    settings = NETWORKS[optimizer] | {"epochs": 2, "limit": DIGITS, "seed": 3, "data": few_digits()}
    config = new_config(optimizer=optimizer, **settings)  # type: ignore[arg-type]
    return start_training(config, runs_dir)


def paused_at_first(runs_dir: Path, optimizer: str) -> RunFollower:
    """A run that waits before its first batch."""
    run = start(runs_dir, optimizer)
    ask(run, TrainerCommand.PAUSE)
    follower = RunFollower(run)
    wait_for_status(follower, Status.PAUSED, *OVER, seconds=PATIENCE)
    return follower


def single_step(follower: RunFollower) -> OneStep:
    step = follower.poll().step
    ask(follower.run, TrainerCommand.STEP)
    view = wait_for_view(follower, lambda view: view.step > step, PATIENCE)
    assert (view.step, view.status) == (step + 1, Status.PAUSED)
    return read_one_step(follower.run.step_path)


def weights_at(run: RunDirectory, step: int) -> dict[str, np.ndarray]:
    weights = weights_from_npz(run.snapshot_path(step))
    return {f"{layer}/{role}": array for layer, own in weights.items() for role, array in own.items()}


def last_weights(view: RunView) -> dict[str, np.ndarray]:
    assert view.status is Status.FINISHED
    return weights_at(view.run, STEPS)


@pytest.mark.parametrize("optimizer", CHOICES["optimizer"])
def test_every_new_weight_is_the_old_one_and_the_equation(runs_dir: Path, optimizer: str) -> None:
    follower = paused_at_first(runs_dir, optimizer)
    order = epoch_order(3, 0, DIGITS)
    ones = [single_step(follower) for _ in range(6)]  # the fifth is smaller, and the sixth is of the next epoch
    for number, one in enumerate(ones[:5]):
        assert (one.step, one.optimizer) == (number + 1, optimizer)
        np.testing.assert_array_equal(one.indices, order[64 * number : 64 * (number + 1)])
        assert one.losses.mean() == pytest.approx(follower.poll().history.losses[number], rel=1e-5)
    np.testing.assert_array_equal(ones[5].indices, epoch_order(3, 1, DIGITS)[:64])
    for before, after in itertools.pairwise(ones):
        for name, tensor in after.tensors.items():
            np.testing.assert_array_equal(tensor.before, before.tensors[name].after)
    tensors = weights_at(follower.run, 0).keys()
    assert len(tensors) == (10 if optimizer == "adam" else 4)
    for one in ones:
        assert one.tensors.keys() == tensors
        for name, tensor in one.tensors.items():
            moved = np.abs(tensor.after - tensor.before)
            error = np.abs(one.computed(name) - tensor.after)
            assert moved.max() > 0
            rounding = np.spacing(np.maximum(np.abs(tensor.before), np.abs(tensor.after)))
            assert np.all(error <= 2 * rounding + 2e-6 * moved)

    ask(follower.run, TrainerCommand.RUN)
    stepped = last_weights(wait_for_status(follower, *OVER, seconds=PATIENCE))
    undisturbed = last_weights(wait_for_status(RunFollower(start(runs_dir, optimizer)), *OVER, seconds=PATIENCE))
    for name, array in undisturbed.items():
        np.testing.assert_array_equal(stepped[name], array)


def test_a_learning_rate_that_was_changed_outlives_kill_9(runs_dir: Path) -> None:
    def changed(follower: RunFollower) -> RunFollower:
        single_step(follower)
        ask(follower.run, TrainerCommand.PAUSE, learning_rate=0.0002)
        wait_for_view(follower, lambda view: view.learning_rate == 0.0002)
        assert single_step(follower).rate == pytest.approx(0.0002)
        return follower

    killed, undisturbed = (changed(paused_at_first(runs_dir, "rmsprop")) for _ in range(2))
    started = killed.poll().history.started
    assert started is not None
    os.kill(started.pid, signal.SIGKILL)
    wait_for_status(killed, Status.CRASHED)
    resume_training(killed.run)
    ask(undisturbed.run, TrainerCommand.RUN)
    views = [wait_for_status(follower, *OVER, seconds=PATIENCE) for follower in (killed, undisturbed)]
    assert views[0].history.started is not None
    assert views[0].history.started.step == 1
    assert views[0].learning_rate == 0.0002
    first, second = map(last_weights, views)
    for name, array in second.items():
        np.testing.assert_array_equal(first[name], array)
