"""The trainer is a process of its own: it outlives its parent and its terminal, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cnntui.files.errors import CnntuiError
from cnntui.runs.config.run_config import FORMAT
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.run_directory import bundled_run, list_runs
from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunFollower
from cnntui.runs.starting.process import resume_training, start_training
from tests.fake_trainer import (
    MODULE,
    FakeScript,
    FakeTrainer,
    fake_config,
    scripted,
    start_fake_training,
    write_fake_run,
)
from tests.permissions import permissions_count
from tests.waiting import wait_for_status, wait_for_view, wait_until

ROOT = Path(__file__).resolve().parents[2]

# A parent that starts a training and then waits to be killed.
PARENT = """
import sys
from dataclasses import replace
from pathlib import Path
from tests.fake_trainer import FakeScript, start_fake_training
print(start_fake_training(Path(sys.argv[1]), FakeScript(hold_at=16)).path, flush=True)
input()
"""


def pid_of(follower: RunFollower) -> int:
    started = wait_for_view(follower, lambda view: view.history.started is not None).history.started
    assert started is not None
    return started.pid


@pytest.mark.slow
def test_the_trainer_has_a_session_of_its_own_and_no_standard_input(runs_dir: Path) -> None:
    run = start_fake_training(runs_dir, FakeScript(hold_at=16))
    pid = pid_of(RunFollower(run))
    assert os.getsid(pid) == pid
    if Path("/proc/self/fd").exists():
        assert os.readlink(f"/proc/{pid}/fd/0") == os.devnull
        assert os.readlink(f"/proc/{pid}/fd/1") == os.readlink(f"/proc/{pid}/fd/2") == str(run.log_path)
    ask(run, TrainerCommand.STOP)
    wait_for_status(RunFollower(run), Status.STOPPED)


@pytest.mark.slow
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGHUP])
def test_a_parent_that_dies_leaves_its_trainer_training(runs_dir: Path, kill: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(runs_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None
    parent.stdout.readline()
    os.killpg(parent.pid, kill)
    parent.communicate()

    (run,) = list_runs(runs_dir)
    follower = RunFollower(run)
    assert wait_for_view(follower, lambda view: view.step == 16).status is Status.RUNNING
    ask(run, TrainerCommand.STOP)
    wait_for_status(follower, Status.STOPPED)


@pytest.mark.slow
def test_a_trainer_that_ended_leaves_no_zombie(runs_dir: Path) -> None:
    follower = RunFollower(start_fake_training(runs_dir, FakeScript()))
    pid = pid_of(follower)
    wait_for_status(follower, Status.FINISHED)

    def is_gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    wait_until(is_gone)


def test_data_that_is_missing_is_said_before_anything_is_made(runs_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(CnntuiError, match=r"nowhere\.npz"):
        start_training(fake_config(data=tmp_path / "nowhere.npz"), runs_dir, module=MODULE)
    assert not runs_dir.exists()


def test_a_folder_that_may_not_be_written_is_said_before_anything_starts(runs_dir: Path) -> None:
    runs_dir.mkdir(mode=0o500)
    with permissions_count(), pytest.raises(CnntuiError, match="cannot be written"):
        start_fake_training(runs_dir, FakeScript())


def test_a_disk_without_room_for_the_settings_leaves_no_half_made_run(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CnntuiError, match="no room left"):
        start_fake_training(runs_dir, FakeScript())
    assert list(runs_dir.iterdir()) == []


def test_a_python_that_is_gone_is_said_and_leaves_nothing(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(CnntuiError, match="cannot be started with /nowhere/python"):
        start_fake_training(runs_dir, FakeScript())
    assert list(runs_dir.iterdir()) == []


@pytest.mark.slow
def test_a_strangers_folder_cannot_slip_a_module_under_the_trainer(
    runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('a stranger was here')")
    monkeypatch.chdir(tmp_path)
    follower = RunFollower(start_fake_training(runs_dir, FakeScript()))
    wait_for_status(follower, Status.FINISHED)


@pytest.mark.slow
def test_a_killed_run_goes_on_from_its_checkpoint_to_its_end(runs_dir: Path) -> None:
    run = start_fake_training(runs_dir, FakeScript(kill_at=56))
    killed = wait_for_status(RunFollower(run), Status.CRASHED)
    assert killed.step == 56
    (run.path / ".model.1.keras").write_text("half a checkpoint")
    follower = RunFollower(run)
    follower.poll()
    assert resume_training(run, MODULE) == run
    finished = wait_for_status(follower, Status.FINISHED)
    assert finished.history.started is not None
    assert finished.history.started.step == 40
    assert (finished.step, len(finished.history.epochs)) == (80, 2)
    assert finished.history.snapshots == run.snapshot_steps() == (0, 40, 80)
    assert not list(run.path.glob(".*"))


@pytest.mark.slow
def test_a_stopped_run_that_goes_on_is_starting_at_once_and_does_not_stop_again(runs_dir: Path) -> None:
    run = start_fake_training(runs_dir, FakeScript(hold_at=16))
    wait_for_view(RunFollower(run), lambda view: view.step == 16)
    ask(run, TrainerCommand.STOP)
    wait_for_status(RunFollower(run), Status.STOPPED)
    with scripted(FakeScript(hold_before_start=True)):
        resume_training(run, MODULE)
    assert RunFollower(run).poll().status is Status.STARTING
    ask(run, TrainerCommand.STOP)
    assert wait_for_status(RunFollower(run), Status.CRASHED).step == 16
    resume_training(run, MODULE)
    assert wait_for_status(RunFollower(run), Status.FINISHED).step == 80


@pytest.mark.slow
def test_a_stop_that_is_asked_for_while_a_run_starts_is_obeyed(runs_dir: Path) -> None:
    run = start_fake_training(runs_dir, FakeScript(hold_before_start=True))
    assert RunFollower(run).poll().status is Status.STARTING
    ask(run, TrainerCommand.STOP)
    wait_until(lambda: not is_held(run.lock_path))
    # The request came before anything listened.
    run = start_fake_training(runs_dir, FakeScript(chunk_seconds=0.05))
    ask(run, TrainerCommand.STOP)
    assert wait_for_status(RunFollower(run), Status.STOPPED, Status.FINISHED).status is Status.STOPPED


@pytest.mark.slow
def test_only_one_trainer_can_hold_a_run(runs_dir: Path) -> None:
    run = start_fake_training(runs_dir, FakeScript(hold_at=16))
    before = pid_of(RunFollower(run))
    with pytest.raises(CnntuiError, match="fake is being trained already"):
        resume_training(run, MODULE)
    assert pid_of(RunFollower(run)) == before
    ask(run, TrainerCommand.STOP)
    wait_for_status(RunFollower(run), Status.STOPPED)


@pytest.mark.slow
def test_a_run_that_cannot_go_on_says_why_and_stays_as_it_is(runs_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(CnntuiError, match="bundled comes with cnntui"):
        resume_training(bundled_run(), MODULE)
    with pytest.raises(CnntuiError, match="fake is finished after 2 epochs"):
        resume_training(write_fake_run(runs_dir), MODULE)
    newer = write_fake_run(runs_dir, FakeScript(fail_at=16), replace(fake_config(), format=FORMAT + 1))
    with pytest.raises(CnntuiError, match="newer cnntui"):
        resume_training(newer, MODULE)
    (tmp_path / "digits.npz").write_bytes(b"one")
    config = replace(fake_config(data=tmp_path / "digits.npz"), data_sha256="ab" * 32)
    other = write_fake_run(runs_dir, FakeScript(fail_at=16), config)
    events = other.events_path.read_bytes()
    with pytest.raises(CnntuiError, match=r"are gone: .*digits\.npz is not a data set"):
        resume_training(other, MODULE)
    (tmp_path / "digits.npz").unlink()
    with pytest.raises(CnntuiError, match=r"digits\.npz"):
        resume_training(other, MODULE)
    assert other.events_path.read_bytes() == events
    assert not other.lock_path.exists()


@pytest.mark.parametrize("name", ["events.jsonl", "train.log", "lock", "snapshots"])
def test_a_strangers_run_cannot_lead_its_trainer_out_of_its_folder(runs_dir: Path, tmp_path: Path, name: str) -> None:
    run = write_fake_run(runs_dir, FakeScript(fail_at=16))
    outside = tmp_path / name
    if name == "snapshots":
        run.snapshots_path.rename(outside)
    else:
        outside.write_text("mine")
        (run.path / name).unlink(missing_ok=True)
    (run.path / name).symlink_to(outside)
    before = sorted(outside.iterdir()) if outside.is_dir() else outside.read_text()
    with pytest.raises(CnntuiError, match=f"{name} is a link"):
        resume_training(run, MODULE)
    assert before == (sorted(outside.iterdir()) if outside.is_dir() else outside.read_text())


def test_a_trainer_that_cannot_be_started_again_leaves_the_run_as_over_as_it_was(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_fake_run(runs_dir, FakeScript(fail_at=16))
    before = RunFollower(run).poll()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(CnntuiError, match="cannot be started"):
        resume_training(run, MODULE)
    after = RunFollower(run).poll()
    assert (after.status, after.problem) == (before.status, before.problem)


def test_a_fake_trainer_ends_where_its_run_is_gone(runs_dir: Path) -> None:
    """Otherwise it would train on for ever where tests were killed, or removed it with all that they made."""
    run = write_fake_run(runs_dir)
    trainer = FakeTrainer(run, FakeScript(hold_before_start=True))
    shutil.rmtree(run.path)
    with pytest.raises(SystemExit):
        trainer.train()
