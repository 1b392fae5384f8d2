"""Run folders as hostile, damaged or careless hands leave them, each odd in one way."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from cnntui.runs.directory.run_directory import RunDirectory
from tests.fake_trainer import write_fake_run

FILES = ("config.json", "events.jsonl", "model.keras", "live.npz", "snapshots", "lock", "control.json")
SPARSE_BYTES = 300 * 10**9
LONG_BYTES = 100 * 10**6


def _gone(path: Path) -> Path:
    if path.is_dir():
        path.rename(path.with_name(f"{path.name} before"))
    else:
        path.unlink(missing_ok=True)
    return path


def _folder(path: Path) -> None:
    _gone(path).mkdir()
    (path / "something").write_text("in it")


def _socket(path: Path) -> None:
    _gone(path)
    before = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is to be short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


def _sparse(path: Path) -> None:
    with _gone(path).open("wb") as file:
        file.truncate(SPARSE_BYTES)


def _long(path: Path) -> None:
    with _gone(path).open("wb") as file:
        file.truncate(LONG_BYTES)


def _one_long_line(path: Path) -> None:
    with _gone(path).open("wb") as file:
        for _ in range(LONG_BYTES // 10**6):
            file.write(b"x" * 10**6)


KINDS: dict[str, Callable[[Path], None]] = {
    "folder": _folder,
    "loop": lambda path: _gone(path).symlink_to(path),
    "pipe": lambda path: os.mkfifo(_gone(path)),
    "socket": _socket,
    "device": lambda path: _gone(path).symlink_to("/dev/zero"),
    "sparse": _sparse,
    "long": _long,
    "noise": lambda path: _gone(path).write_bytes(bytes(range(256)) * 40) and None,
    "nothing": lambda path: _gone(path).write_bytes(b"") and None,
}
"""What stands where a file of a run is expected."""

CONFIGS = {
    "not-a-number": '{"name": "x", "seed": NaN}',
    "huge": '{"name": "x", "seed": 1, "epochs": 1' + "0" * 4000 + "}",
    "endless": '{"name": "x", "seed": 1' + "0" * 5000 + "}",
    "deep": '{"name": "x", "seed": ' + "[" * 900 + "]" * 900 + "}",
    "deeper": '{"name": "x", "seed": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "list": "[1, 2, 3]",
    "text": '{"name": 5, "seed": "5", "filters": {"a": 1}, "pooling": ["max"], "versions": [1]}',
    "escape": '{"name": "\\u001b]52;c;eA==\\u0007", "seed": 1, "data": "\\u001b[2J"}',
    "half a pair": '{"name": "x", "seed": 1, "created": "\\ud800"}',
    "wrong created": '{"name": "x", "seed": 1, "created": 5}',
    "cut off": '{"name": "x", "se',
}

EVENTS: dict[str, list[object]] = {
    "huge": [
        {"event": "Started", "time": 1e308, "pid": 1, "steps_per_epoch": 2**53, "epochs": 2**53, "train_digits": 0,
         "test_digits": 0},
        {"event": "Started", "time": 1, "pid": 1, "steps_per_epoch": 2**53, "epochs": 2**53, "train_digits": 0,
         "test_digits": 0},
        {"event": "Batches", "time": 2, "step": 2**53, "losses": [1e300, -1e300, 10**300], "accuracies": [9, -9, 1e39]},
        {"event": "EpochEnd", "time": 3, "epoch": 2**53, "step": 2**53, "loss": 1e300, "accuracy": 1e300,
         "test_loss": -1e300, "test_accuracy": 1e300, "seconds": 1e300},
        {"event": "LearningRate", "time": 3, "step": 2, "rate": 1e300},
    ],
    "nothing counts": [
        {"event": "Started", "time": 0, "pid": 0, "steps_per_epoch": 0, "epochs": 0, "train_digits": 0,
         "test_digits": 0},
        {"event": "Batches", "time": 0, "step": 0, "losses": [], "accuracies": []},
        {"event": "EpochEnd", "time": 0, "epoch": 0, "step": 0, "loss": None, "accuracy": None, "test_loss": None,
         "test_accuracy": None, "seconds": 0},
        {"event": "Finished", "time": 0, "step": 0, "test_loss": None, "test_accuracy": None},
    ],
    "wrong types": [
        {"event": ["Started"]}, {"event": "Started", "time": "now"}, [], 5, None, "Started",
        {"event": "Batches", "time": 1, "step": -1, "losses": {"a": 1}, "accuracies": "1"},
        {"event": "Batches", "time": 1, "step": 3, "losses": [[1]], "accuracies": [True]},
        {"event": "Failed", "time": 1, "message": "\u001b[2J\ud800", "hint": "\u202e"},
    ],
    "backwards": [
        {"event": "Started", "time": 5e9, "pid": 1, "steps_per_epoch": 3, "epochs": 2, "train_digits": 9,
         "test_digits": 9, "step": 0},
        {"event": "Batches", "time": 4, "step": 3, "losses": [1.0, 2.0, 3.0], "accuracies": [0.1, 0.2, 0.3]},
        {"event": "Started", "time": 3, "pid": 1, "steps_per_epoch": 3, "epochs": 2, "train_digits": 9,
         "test_digits": 9, "step": 90_000},
        {"event": "Stopped", "time": 2, "step": 1, "test_loss": 0.5, "test_accuracy": 0.5},
    ],
}  # fmt: skip

NAMES = (b"esc\x1b]0;x\x07ape", b"latin-\xe9", b"new\nline", b"-rf", b"\xe6\xbc\xa2\xe5\xad\x97", b"a" * 250)


def odd_runs(runs_dir: Path) -> dict[str, RunDirectory]:
    """Many odd runs in a folder, by what is odd about them."""
    runs_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=runs_dir.parent) as folder:
        return _odd_runs(write_fake_run(Path(folder)), runs_dir)


def _odd_runs(pattern: RunDirectory, runs_dir: Path) -> dict[str, RunDirectory]:
    found: dict[str, RunDirectory] = {}

    def whole(name: str) -> RunDirectory:
        # Hard links: each file is made anew before it is changed.
        shutil.copytree(pattern.path, runs_dir / name, copy_function=os.link)
        return found.setdefault(name, RunDirectory(runs_dir / name))

    for file in FILES:
        for kind, make in KINDS.items():
            make(whole(f"{file}-{kind}").path / file)
    for name, text in CONFIGS.items():
        _gone(whole(f"config-{name}").config_path).write_text(text)
    for name, events in EVENTS.items():
        lines = "".join(json.dumps(event) + "\n" for event in events)
        _gone(whole(f"events-{name}").events_path).write_text(lines)
    _one_long_line(whole("events-one long line").events_path)
    _gone(whole("events-deep").events_path).write_text("[" * 100_000 + "\n")
    for raw in NAMES:
        whole(os.fsdecode(raw))
    newest = whole("snapshots-newest-folder")
    _folder(newest.snapshot_path(newest.snapshot_steps()[-1]))
    (runs_dir / "loop").symlink_to(runs_dir / "loop")
    (runs_dir / "to-root").symlink_to("/")
    os.mkfifo(runs_dir / "pipe")
    (runs_dir / "empty").mkdir()
    return found
