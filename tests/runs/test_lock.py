"""The lock of a run: one trainer at a time, and free the moment that trainer is dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cnntui.errors import CnntuiError
from cnntui.runs import lock as lock_module
from cnntui.runs.lock import RunLock, is_held
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


def test_viewers_do_not_hold_what_they_look_at(path: Path) -> None:
    RunLock(path).release()
    assert not is_held(path)
    assert not is_held(path)
    RunLock(path).release()


def test_a_process_that_inherits_the_lock_holds_it_alone_and_kill_9_frees_it(path: Path) -> None:
    lock = RunLock(path)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(lock.fd,))
    lock.release()
    assert is_held(path)
    os.kill(child.pid, signal.SIGKILL)
    assert wait_until(lambda: not is_held(path)) < 2
    child.communicate()
