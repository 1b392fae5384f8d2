"""The lock of a run: one trainer at a time, and free as soon as that trainer is dead."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnntui.files.errors import CnntuiError
from cnntui.runs.directory import lock as lock_module
from cnntui.runs.directory.lock import RunLock, is_held
from tests.waiting import wait_until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def test_a_lock_is_held_until_released(path: Path) -> None:
    assert not is_held(path)
    lock = RunLock(path)
    assert is_held(path)
    lock.release()
    assert not is_held(path)


def test_a_second_trainer_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, "_PATIENCE_SECONDS", 0.02)
    lock = RunLock(path)
    with pytest.raises(CnntuiError, match="being trained already"):
        RunLock(path)
    assert is_held(path)
    lock.release()


def test_viewers_do_not_hold_what_they_look_at(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    RunLock(path).release()
    assert not is_held(path)
    monkeypatch.setattr(lock_module, "_PATIENCE_SECONDS", -1.0)
    RunLock(path).release()


def test_viewers_that_look_at_the_same_moment_take_none_of_them_for_a_trainer(path: Path) -> None:
    RunLock(path).release()
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)  # as another viewer does
        assert not is_held(path)


def test_a_trainer_waits_until_a_viewer_has_looked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    RunLock(path).release()
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        monkeypatch.setattr(time, "sleep", lambda seconds: fcntl.flock(file, fcntl.LOCK_UN))
        RunLock(path).release()


def test_a_process_that_inherits_the_lock_holds_it_alone_and_kill_9_frees_it(path: Path) -> None:
    lock = RunLock(path)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(lock.fd,))
    lock.release()
    assert is_held(path)
    os.kill(child.pid, signal.SIGKILL)
    wait_until(lambda: not is_held(path))
    child.communicate()
