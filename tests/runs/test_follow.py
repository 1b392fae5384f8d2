"""Following a run that another process writes: its status at every moment, at next to no cost."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import weights_of
from cnntui.cnn.readers.keras.file import read_network
from cnntui.cnn.weights import weights_from_npz
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run
from cnntui.runs.directory.status import Status
from cnntui.runs.history.event_file import EventWriter
from cnntui.runs.history.events import Finished, Started
from cnntui.runs.history.one_step import read_one_step
from cnntui.runs.reading.follow import RunFollower
from tests.fake_trainer import FAILURE, FakeScript, fake_config, start_fake_training, write_fake_run
from tests.waiting import wait_for_status, wait_for_view


@pytest.mark.slow
def test_a_run_from_its_start_to_its_end(runs_dir: Path) -> None:
    follower = RunFollower(start_fake_training(runs_dir, FakeScript(chunk_seconds=0.01)))
    statuses = [follower.poll().status]
    while statuses[-1].is_active:
        status = follower.poll().status
        if status is not statuses[-1]:
            statuses.append(status)
    assert statuses == [Status.STARTING, Status.RUNNING, Status.FINISHED]
    view = follower.poll()
    assert (view.step, view.total_steps) == (80, 80)
    assert len(view.history.epochs) == 2
    assert view.history.snapshots == view.run.snapshot_steps() == (0, 40, 80)
    assert view.problem is None
    with np.load(view.run.live_path) as live, np.load(view.run.snapshot_path(80)) as last:
        assert int(live["step"]) == 80
        for name in last.files:
            np.testing.assert_array_equal(live[name], last[name])


@pytest.mark.slow
def test_a_trainer_that_has_not_begun_to_learn_is_starting_and_never_crashed(runs_dir: Path) -> None:
    run = start_fake_training(runs_dir, FakeScript(hold_before_start=True))
    follower = RunFollower(run)
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        assert follower.poll().status is Status.STARTING
    ask(run, TrainerCommand.STOP)
    view = wait_for_status(follower, Status.CRASHED)
    assert view.problem is not None
    assert "before it began to learn" in view.problem.message


@pytest.mark.slow
def test_pause_go_on_and_stop(runs_dir: Path) -> None:
    run = start_fake_training(runs_dir, FakeScript(hold_at=16))
    follower = RunFollower(run)
    wait_for_view(follower, lambda view: view.step == 16)
    ask(run, TrainerCommand.PAUSE)
    assert wait_for_status(follower, Status.PAUSED).seconds_left is None
    ask(run, TrainerCommand.RUN)
    wait_for_status(follower, Status.RUNNING)
    ask(run, TrainerCommand.STOP)
    view = wait_for_status(follower, Status.STOPPED)
    assert view.step == 16
    assert view.history.snapshots[-1] == view.history.checkpoint_step == 16


@pytest.mark.slow
def test_single_batches_and_a_learning_rate_while_it_is_paused(runs_dir: Path) -> None:
    run = start_fake_training(runs_dir, FakeScript(hold_at=16))
    follower = RunFollower(run)
    assert wait_for_view(follower, lambda view: view.step == 16).learning_rate == 0.001
    ask(run, TrainerCommand.PAUSE, learning_rate=0.25)
    wait_for_status(follower, Status.PAUSED)
    for step in (17, 18):
        ask(run, TrainerCommand.STEP)
        view = wait_for_view(follower, lambda view: view.step == step)  # noqa: B023
        assert view.status is Status.PAUSED
        one = read_one_step(run.step_path)
        assert one.step == step
        for name, tensor in one.tensors.items():
            np.testing.assert_allclose(one.computed(name), tensor.after, rtol=1e-6, atol=1e-7)
    assert view.learning_rate == one.learning_rate == 0.25
    ask(run, TrainerCommand.STOP)
    wait_for_status(follower, Status.STOPPED)


@pytest.mark.slow
def test_a_killed_trainer_reads_crashed_and_what_it_wrote_stays(runs_dir: Path) -> None:
    run = start_fake_training(runs_dir, FakeScript(hold_at=56))
    followers = [RunFollower(run), RunFollower(run)]
    view = wait_for_view(followers[0], lambda view: view.step == 56)
    assert view.history.started is not None
    os.kill(view.history.started.pid, signal.SIGKILL)
    for follower in followers:
        wait_for_status(follower, Status.CRASHED)
    view = followers[0].poll()
    assert view.step == 56
    assert view.problem is not None
    assert "batch 56" in view.problem.message
    assert "batch 40" in view.problem.hint
    assert RunFollower(run).poll().status is Status.CRASHED


@pytest.mark.slow
def test_a_trainer_that_kills_itself_in_the_middle_is_found_dead_by_a_viewer_that_comes_later(runs_dir: Path) -> None:
    run = start_fake_training(runs_dir, FakeScript(kill_at=24))
    wait_for_status(RunFollower(run), Status.CRASHED)
    assert RunFollower(run).poll().step == 24


@pytest.mark.slow
def test_a_failure_says_what_happened_and_what_to_do(runs_dir: Path) -> None:
    follower = RunFollower(write_fake_run(runs_dir, FakeScript(fail_at=16)))
    view = follower.poll()
    assert view.status is Status.CRASHED
    assert view.problem is not None
    assert (view.problem.message, view.problem.hint) == FAILURE


def test_an_unchanged_run_gives_the_identical_view_without_opening_its_events(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = RunFollower(write_fake_run(runs_dir))
    view = follower.poll()
    monkeypatch.setattr(Path, "open", lambda *arguments: pytest.fail("it read a file"))
    assert follower.poll() is view
    assert follower.poll() is view


@pytest.mark.slow
def test_polling_an_unchanged_run_costs_next_to_nothing(runs_dir: Path) -> None:
    follower = RunFollower(write_fake_run(runs_dir, FakeScript(steps_per_epoch=20_000, chunk=2000)))
    began = time.process_time()
    follower.poll()
    opened = time.process_time()
    for _ in range(1000):
        follower.poll()
    assert (time.process_time() - opened) / 1000 < (opened - began) / 100


def test_a_trainer_that_ends_between_two_looks_is_not_taken_for_a_crashed_one(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trainer writes its last event and dies after the lock was checked, before the events are read."""
    run = write_fake_run(runs_dir, FakeScript(kill_at=None), fake_config(epochs=1))
    run.events_path.unlink()
    lock = RunLock(run.lock_path)
    writer = EventWriter(run.events_path)
    writer.write(Started(0.0, 1, 40, 1, 2560, 100))
    follower = RunFollower(run)
    assert follower.poll().status is Status.RUNNING

    def end_meanwhile(path: Path) -> bool:
        lock.release()
        writer.write(Finished(1.0, 40, 0.1, 0.9))
        return True

    monkeypatch.setattr("cnntui.runs.reading.follow.is_held", end_meanwhile)
    assert follower.poll().status is Status.FINISHED


def test_damaged_lines_are_counted_and_the_rest_is_shown(runs_dir: Path) -> None:
    run = write_fake_run(runs_dir)
    with run.events_path.open("ab") as file:
        file.write(b"\x00\x01garbage\n{half a li")
    view = RunFollower(run).poll()
    assert view.status is Status.FINISHED
    assert view.skipped == 1


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CnntuiError, match="is no run"):
        RunFollower(RunDirectory(tmp_path))


def test_the_bundled_run_is_finished_and_good() -> None:
    view = RunFollower(bundled_run()).poll()
    assert view.status is Status.FINISHED
    assert view.step == view.total_steps == 4690
    assert view.history.epochs[-1].test_accuracy >= 0.985
    assert view.history.snapshots == view.run.snapshot_steps()
    assert view.skipped == 0
    last = weights_from_npz(view.run.snapshot_path(4690))
    for layer, own in weights_of(read_network(view.run.checkpoint_path)).items():
        for role, array in own.items():
            np.testing.assert_array_equal(last[layer][role], array)
