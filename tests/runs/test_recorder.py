"""A trainer on a disk that fills up: it waits, says so, and continues where it was."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from cnntui.runs.directory.run_directory import create_run
from cnntui.runs.directory.writing import NoRoomError
from cnntui.runs.history.event_file import EventReader
from cnntui.runs.history.events import Batches, Checkpoint, EpochEnd, Paused, Resumed
from cnntui.runs.history.history_builder import read_history
from cnntui.runs.recording.recorder import Recorder


class FullDisk:
    """A disk without room for the first `refusals` checkpoints."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals

    def save(self, path: Path) -> None:
        path.write_bytes(b"half of it")
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def recorder(runs_dir: Path) -> Recorder:
    recorder = Recorder(create_run("full", runs_dir))
    recorder.batches(2, np.array([1.0, 0.5], np.float32), np.array([0.5, 0.75], np.float32))
    return recorder


def test_checkpoints_and_the_ends_of_epochs_are_on_the_disk_before_it_goes_on(
    recorder: Recorder, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs_dir / "full"
    synced: list[tuple[int, int]] = []

    def sync(fd: int) -> None:
        found = os.fstat(fd)
        synced.append((found.st_ino, found.st_size))

    monkeypatch.setattr(os, "fsync", sync)

    def inode(path: Path) -> int:
        return path.stat().st_ino

    recorder.checkpoint(2, lambda path: path.write_bytes(b"weights") and None)
    # The file itself, then its name, then the events up to the one that tells of it.
    assert [number for number, _ in synced] == [inode(run / "model.keras"), inode(run), inode(run / "events.jsonl")]
    assert [size for _, size in synced[::2]] == [len(b"weights"), (run / "events.jsonl").stat().st_size]
    synced.clear()
    recorder.event(EpochEnd(1.0, 0, 2, 0.5, 0.9, 0.4, 0.9, 1.0))
    assert synced == [(inode(run / "events.jsonl"), (run / "events.jsonl").stat().st_size)]
    synced.clear()
    recorder.report(2)
    recorder.live(2, lambda: {"dense/bias": np.zeros(1, np.float32)}, at_once=True)
    assert synced == [], "what is written several times a second waits for no disk"


def test_it_waits_says_so_and_goes_on(recorder: Recorder, runs_dir: Path) -> None:
    told = []

    def patience() -> bool:
        history = read_history(runs_dir / "full" / "events.jsonl")
        told.append((history.paused, history.waiting, history.step))
        return True

    recorder.patience = patience
    recorder.checkpoint(2, FullDisk(3).save)
    assert len(told) == 3
    paused, waiting, step = told[0]
    assert paused
    assert step == 2
    assert waiting is not None
    assert "no room left on the disk to write model.keras" in waiting[0]
    assert recorder.waited > 0
    kinds = [type(event) for event in EventReader(runs_dir / "full" / "events.jsonl").read()]
    assert kinds == [Batches, Paused, Resumed, Checkpoint]
    assert (runs_dir / "full" / ".reserve").exists()
    history = read_history(runs_dir / "full" / "events.jsonl")
    assert (history.paused, history.waiting) == (False, None)


def test_patience_that_ends_leaves_the_old_checkpoint(recorder: Recorder, runs_dir: Path) -> None:
    recorder.checkpoint(1, FullDisk(0).save)
    recorder.patience = iter([True, True, False]).__next__
    with pytest.raises(NoRoomError, match=r"model\.keras"):
        recorder.checkpoint(2, FullDisk(9).save)
    assert (runs_dir / "full" / "model.keras").read_bytes() == b"half of it"
    assert {path.name for path in (runs_dir / "full").iterdir()} == {"events.jsonl", "model.keras", "snapshots"}


def test_a_disk_that_is_full_for_events_too_is_told_in_the_room_kept_for_that(
    recorder: Recorder, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = runs_dir / "full" / ".reserve"
    assert reserve.stat().st_size > 4096
    real_write = os.write
    room = [False]

    def full_disk(fd: int, data: bytes) -> int:
        if reserve.exists() and not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_write(fd, data)

    def patience() -> bool:
        room[0] = True
        return True

    monkeypatch.setattr(os, "write", full_disk)
    recorder.patience = patience
    recorder.report(2)
    kinds = [type(event) for event in EventReader(runs_dir / "full" / "events.jsonl").read()]
    assert kinds == [Paused, Batches, Resumed]


def test_weights_that_take_long_to_write_are_shown_more_rarely(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, written = 0.0, []
    monkeypatch.setattr("cnntui.runs.recording.recorder.time.monotonic", lambda: now)
    recorder = Recorder(create_run("slow", runs_dir))

    def save(path: Path, arrays: object) -> None:
        nonlocal now
        written.append(now)
        now += took

    monkeypatch.setattr(recorder, "_save", save)
    shares = []
    for took in (0.001, 0.2):
        written.clear()
        began = now
        while now - began < 200:
            recorder.live(1, dict)
            now += 0.05
        shares.append(took * len(written) / (now - began))
    assert len(written) > 5
    assert all(share < 0.015 for share in shares)
