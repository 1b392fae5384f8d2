"""The real trainer in its real process: what a run holds at its end, that it can be repeated, and how it fails."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import weights_of
from cnntui.cnn.readers.keras.file import read_network
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.runs.config.run_config import new_config
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.run_directory import RunDirectory, create_run
from cnntui.runs.directory.status import Status
from cnntui.runs.directory.writing import write_atomically
from cnntui.runs.history.event_file import EventReader
from cnntui.runs.history.events import Batches, Failed, Paused
from cnntui.runs.reading.follow import RunFollower, RunView
from cnntui.runs.recording.recorder import Recorder
from cnntui.runs.starting import process
from cnntui.runs.starting.process import start_training
from tests.small_data import write_data
from tests.training.few_digits import SMALL_NETWORK, TEST, few_digits
from tests.training.preloaded import Keras
from tests.training.room import LIMIT
from tests.waiting import wait_for_status, wait_for_view, wait_until

pytestmark = pytest.mark.slow

SMALL = {"epochs": 2, "limit": 1000, "seed": 3}
LONG = SMALL_NETWORK | {"epochs": 10_000, "limit": 2000, "seed": 3}
PATIENCE = 120.0
OVER = (Status.FINISHED, Status.STOPPED, Status.CRASHED)


def start(runs_dir: Path, **settings: object) -> RunDirectory:
    return start_training(new_config(**({"data": few_digits()} | settings)), runs_dir)  # type: ignore[arg-type]


def trained(runs_dir: Path, **settings: object) -> RunView:
    """Train to the end."""
    return wait_for_status(RunFollower(start(runs_dir, **(SMALL | settings))), *OVER, seconds=PATIENCE)


def log_of(run: RunDirectory) -> str:
    """What a trainer that has ended wrote: its last words are in the run shortly before they are in its log."""
    wait_until(lambda: not is_held(run.lock_path))
    return run.log_path.read_text()


def weights_at(run: RunDirectory, step: int) -> dict[str, np.ndarray]:
    with np.load(run.snapshot_path(step), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> RunView:
    return trained(tmp_path_factory.mktemp("runs"))


def test_a_run_holds_its_whole_history(finished: RunView) -> None:
    assert finished.status is Status.FINISHED
    assert finished.problem is None
    history = finished.history
    assert (finished.step, finished.total_steps) == (32, 32)
    assert np.isfinite(history.losses).all()
    assert history.losses[-8:].mean() < history.losses[:8].mean()
    assert [end.step for end in history.epochs] == [16, 32]
    assert history.epochs[1].test_loss < history.epochs[0].test_loss
    assert history.started is not None
    assert (history.started.train_digits, history.started.test_digits) == (1000, TEST)
    assert history.snapshots == finished.run.snapshot_steps()
    assert history.checkpoint_step == 32
    # The means of an epoch are over its digits; the last of its batches has 40 and the others 64.
    sizes = np.array([64] * 15 + [40])
    assert history.epochs[0].loss == pytest.approx(np.average(history.losses[:16], weights=sizes), rel=1e-4)


def test_the_last_snapshot_the_live_weights_and_the_checkpoint_are_equal_to_the_bit(finished: RunView) -> None:
    snapshot = weights_at(finished.run, 32)
    assert all(array.dtype == np.float32 for name, array in snapshot.items() if name != "step")
    with np.load(finished.run.live_path) as live:
        for name, array in snapshot.items():
            np.testing.assert_array_equal(live[name], array)
    for layer, own in weights_of(read_network(finished.run.checkpoint_path)).items():
        for role, array in own.items():
            np.testing.assert_array_equal(snapshot[f"{layer}/{role}"], array)


OPTIMIZER = """
import sys
import keras
import numpy as np

optimizer = keras.models.load_model(sys.argv[1]).optimizer
remembers = any(np.any(variable.numpy()) for variable in optimizer.variables[2:])
print(type(optimizer) is keras.optimizers.RMSprop, int(optimizer.iterations.numpy()), remembers)
"""
"""Says what Keras finds in a checkpoint: whether its optimizer is rmsprop, its steps, and whether it remembers any."""


def test_the_checkpoint_goes_on_in_keras_with_its_optimizer(finished: RunView, in_keras: Keras) -> None:
    assert in_keras.run(OPTIMIZER, finished.run.checkpoint_path) == "True 32 True\n"


@pytest.mark.usefixtures("preloaded_trainers")
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(finished: RunView, runs_dir: Path) -> None:
    again, other = trained(runs_dir), trained(runs_dir, seed=4, epochs=1, limit=128)
    for step in (0, 32):
        first, second = (weights_at(view.run, step) for view in (finished, again))
        for name in first:
            np.testing.assert_array_equal(first[name], second[name])
    np.testing.assert_array_equal(finished.history.losses, again.history.losses)
    for step in (0, 2):
        first, second = (weights_at(view.run, step) for view in (finished, other))
        assert not np.array_equal(first["conv2d/kernel"], second["conv2d/kernel"])


@pytest.mark.usefixtures("preloaded_trainers", "one_core")
def test_pause_goes_on_where_it_was_and_stop_keeps_what_was_learned(runs_dir: Path, in_keras: Keras) -> None:
    run = start(runs_dir, **LONG)
    follower = RunFollower(run)
    wait_for_view(follower, lambda view: view.step > 0, PATIENCE)
    ask(run, TrainerCommand.PAUSE)
    paused_at = wait_for_status(follower, Status.PAUSED).step
    ask(run, TrainerCommand.RUN)
    wait_for_view(follower, lambda view: view.step > paused_at)
    ask(run, TrainerCommand.STOP)
    stopped = wait_for_status(follower, Status.STOPPED)
    assert stopped.step > paused_at
    assert np.isfinite(stopped.history.losses).all()
    assert stopped.history.checkpoint_step == stopped.history.snapshots[-1] == stopped.step
    assert in_keras.run(OPTIMIZER, run.checkpoint_path) == f"True {stopped.step} True\n"


@pytest.mark.usefixtures("preloaded_trainers", "one_core")
def test_a_stop_that_is_asked_for_before_the_first_batch_is_obeyed(runs_dir: Path) -> None:
    run = start(runs_dir, **LONG)
    ask(run, TrainerCommand.STOP)
    view = wait_for_status(RunFollower(run), *OVER, seconds=PATIENCE)
    assert view.status is Status.STOPPED
    assert view.step <= 8, "after the first chunk of batches at the latest"


@pytest.mark.parametrize("ask_to_end", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.usefixtures("preloaded_trainers", "one_core")
def test_a_signal_to_end_keeps_what_was_learned(runs_dir: Path, ask_to_end: signal.Signals) -> None:
    follower = RunFollower(start(runs_dir, **LONG))
    view = wait_for_view(follower, lambda view: view.step > 0, PATIENCE)
    assert view.history.started is not None
    os.kill(view.history.started.pid, signal.SIGHUP)  # a terminal that is gone is none of its business
    os.kill(view.history.started.pid, ask_to_end)
    stopped = wait_for_status(follower, Status.STOPPED)
    assert stopped.history.checkpoint_step == stopped.step > 0


@pytest.mark.usefixtures("preloaded_trainers", "one_core")
def test_a_second_trainer_disturbs_nothing_and_a_killed_one_reads_crashed_and_leaves_whole_files(
    runs_dir: Path,
) -> None:
    run = start(runs_dir, **LONG)
    follower = RunFollower(run)
    view = wait_for_view(follower, lambda view: view.history.checkpoint_step is not None, PATIENCE)
    second = subprocess.run(
        [sys.executable, "-m", "cnntui.training", str(run.path)], capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert "being trained already" in second.stderr
    assert follower.poll().status is Status.RUNNING
    assert view.history.started is not None
    os.kill(view.history.started.pid, signal.SIGKILL)
    crashed = wait_for_status(follower, Status.CRASHED)
    assert crashed.problem is not None
    assert f"cnntui train --resume {run.name}" in crashed.problem.hint
    assert read_network(run.checkpoint_path).parameters == 784 * 16 + 16 + 16 * 10 + 10
    for step in run.snapshot_steps():
        assert set(weights_at(run, step)) == set(weights_at(run, 0))


@pytest.mark.usefixtures("preloaded_trainers")
def test_a_loss_that_is_no_number_names_the_step_and_keeps_what_was_before(runs_dir: Path) -> None:
    view = trained(runs_dir, learning_rate=1e6)
    assert view.status is Status.CRASHED
    assert view.problem is not None
    bad = int(np.flatnonzero(~np.isfinite(view.history.losses))[0]) + 1
    assert f"at batch {bad:,}:" in view.problem.message
    assert "smaller than 1e+06" in view.problem.hint
    assert view.problem.message in log_of(view.run)
    for step in view.run.snapshot_steps():
        assert all(np.isfinite(array).all() for array in weights_at(view.run, step).values())


@pytest.mark.usefixtures("preloaded_trainers")
def test_data_that_turn_out_bad_are_named_in_the_run_and_its_log(runs_dir: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.npz"
    shutil.copyfile(few_digits(), bad)
    run = start(runs_dir, **(SMALL | {"data": bad}))
    # They were good when they were looked at, before the run was made.
    np.savez(bad, x_train=np.zeros((5, 9, 9), np.uint8))
    view = wait_for_status(RunFollower(run), *OVER, seconds=PATIENCE)
    assert view.status is Status.CRASHED
    assert view.problem is not None
    assert "bad.npz" in view.problem.message
    assert view.problem.hint
    assert view.problem.message in log_of(view.run)


ROOM = 800_000
"""Bytes: snapshots (512 KB) fit, the checkpoint (1 MB) does not. A limit stands for a full disk."""

WITHOUT_ROOM = {"name": "full", "model": "dense", "dense": 160, "epochs": 2, "limit": 500, "seed": 3}


@pytest.mark.usefixtures("preloaded_trainers", "one_core")
def test_a_file_that_cannot_grow_pauses_the_run_which_goes_on_by_itself(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LIMIT, str(ROOM))
    follower = RunFollower(start(runs_dir, **WITHOUT_ROOM))
    view = wait_for_status(follower, Status.PAUSED, *OVER, seconds=PATIENCE)
    assert view.problem is not None
    assert "no room left on the disk to write model.keras" in view.problem.message
    assert "continues by itself" in view.problem.hint
    assert not view.run.checkpoint_path.exists()
    assert 0 < view.history.losses.size <= 8, "what came before it is reported"
    assert view.history.started is not None
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(view.history.started.pid, resource.RLIMIT_FSIZE, unlimited)
    view = wait_for_status(follower, *OVER, seconds=PATIENCE)
    assert view.status is Status.FINISHED
    assert view.problem is None
    assert view.history.checkpoint_step == view.step == 16
    assert not list(view.run.path.glob(".*"))


@pytest.mark.usefixtures("preloaded_trainers", "one_core")
def test_who_stops_a_run_that_waits_for_room_is_told_why_it_keeps_no_more(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LIMIT, str(ROOM))
    run = start(runs_dir, **WITHOUT_ROOM)
    follower = RunFollower(run)
    wait_for_view(follower, lambda view: view.status is Status.PAUSED, PATIENCE)
    ask(run, TrainerCommand.STOP)
    view = wait_for_status(follower, *OVER, seconds=PATIENCE)
    assert view.status is Status.CRASHED
    assert view.problem is not None
    assert "no room left on the disk to write model.keras" in view.problem.message
    assert view.problem.message in log_of(run)
    assert not list(view.run.path.glob(".*"))


def test_a_disk_that_is_full_for_events_too_still_says_so(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be written until the reserve is given back; then the last words fit."""
    run = create_run("full", runs_dir)
    recorder = Recorder(run)
    recorder.batches(2, np.array([1.0, 0.5], np.float32), np.array([0.5, 0.75], np.float32))
    reserve = run.path / ".reserve"
    assert reserve.stat().st_size > 4096
    real_write = os.write

    def full_disk(fd: int, data: bytes) -> int:
        if reserve.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_write(fd, data)

    monkeypatch.setattr(os, "write", full_disk)
    with pytest.raises(CnntuiError, match="no room left") as caught:
        recorder.report(2)
    recorder.failure(Failed(1.0, caught.value.message, caught.value.hint))
    events = EventReader(run.events_path).read()
    assert [type(event) for event in events] == [Paused, Batches, Failed]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.usefixtures("preloaded_trainers")
def test_a_real_full_disk_pauses_the_run_until_there_is_room(tmp_path: Path, finished: RunView) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("this machine mounts nothing")
    try:
        run = start(disk, **SMALL)
        follower = RunFollower(run)
        view = wait_for_status(follower, Status.PAUSED, *OVER, seconds=PATIENCE)
        assert view.status is Status.PAUSED
        assert view.problem is not None
        assert "no room left" in view.problem.message
        for step in run.snapshot_steps():
            assert set(weights_at(run, step)) == set(weights_at(run, 0))
        subprocess.run(["mount", "-o", "remount,size=30m", str(disk)], check=True)
        ask(run, TrainerCommand.RUN)
        view = wait_for_status(follower, *OVER, seconds=PATIENCE)
        assert view.status is Status.FINISHED
        for name, array in weights_at(finished.run, 32).items():
            np.testing.assert_array_equal(weights_at(run, 32)[name], array)
        np.testing.assert_array_equal(view.history.losses, finished.history.losses)
    finally:
        # The trainer says its last words shortly before it ends, and its log is on that disk.
        wait_until(
            lambda: subprocess.run(["umount", str(disk)], stderr=subprocess.DEVNULL, check=False).returncode == 0
        )


@pytest.mark.usefixtures("preloaded_trainers")
def test_data_that_have_changed_since_they_were_checked_are_not_learned(
    runs_dir: Path, tmp_path: Path, digits: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_data(tmp_path / "other.npz", digits)
    # They are what the run says when they are looked at, before it is made.
    monkeypatch.setattr(process, "data_sha256", lambda path: "ab" * 32)
    run = start(runs_dir, data=data)
    view = wait_for_status(RunFollower(run), *OVER, seconds=PATIENCE)
    assert view.status is Status.CRASHED
    assert view.problem is not None
    assert "other.npz has changed" in view.problem.message


def test_data_are_looked_at_before_tensorflow_is_loaded(runs_dir: Path, tmp_path: Path, digits: DataSet) -> None:
    run = create_run("x", runs_dir)
    config = new_config(name="x", data=write_data(tmp_path / "other.npz", digits))
    write_atomically(run.config_path, replace(config, data_sha256="ab" * 32).to_json().encode())
    without_keras = (
        "import sys; sys.modules['keras'] = None; from cnntui.training.__main__ import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", without_keras, str(run.path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    problem = RunFollower(run).poll().problem
    assert problem is not None
    assert problem.message in ended.stderr
    assert "other.npz has changed" in problem.message
