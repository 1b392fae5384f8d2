"""Requests to a running trainer: a small file that the trainer checks between batches."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

from cnntui.files.errors import CnntuiError
from cnntui.files.regular import read_regular
from cnntui.runs.config.settings import check
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.writing import write_atomically

_MOST_BYTES = 4096


class TrainerCommand(StrEnum):
    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"
    STEP = "step"
    """Train on exactly one batch, record it (`one_step.py`), and pause. Repeating the request trains on one more."""


def ask(run: RunDirectory, command: TrainerCommand, learning_rate: float | None = None) -> None:
    """Ask the run's trainer to continue, to pause, to learn one batch, or to stop and keep what it has learned.

    The trainer checks for requests several times a second.

    Args:
        run: the run.
        command: what the trainer should do.
        learning_rate: the learning rate from now on; None keeps the current one, or the one requested last.

    Raises:
        CnntuiError: the folder cannot be written, or the learning rate is out of range.
    """
    if learning_rate is None:
        _, learning_rate = _read(run.control_path)
    else:
        check("learning_rate", learning_rate)
    asked = {"command": command.value} | ({} if learning_rate is None else {"learning_rate": learning_rate})
    write_atomically(run.control_path, json.dumps(asked).encode() + b"\n")


class ControlReader:
    """The trainer's side: `command()` costs one `stat` as long as there is no new request.

    Attributes:
        heard: the number of requests so far, including repeated ones.
        learning_rate: the learning rate requested last; None if nobody requested one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._command = TrainerCommand.RUN
        self._stepped = 0
        self.heard = 0
        self.learning_rate: float | None = None

    def command(self) -> TrainerCommand:
        """The newest command; `TrainerCommand.RUN` if there is none. A file that makes no sense changes nothing."""
        try:
            stat = self._path.stat()
        except OSError:
            return self._command
        version = (stat.st_ino, stat.st_mtime_ns)
        if version != self._seen:
            command, rate = _read(self._path)
            if command is not None:
                self._command, self._seen = command, version
                self.learning_rate = rate if rate is not None else self.learning_rate
                self.heard += 1
        if self._command is TrainerCommand.STEP and self._stepped == self.heard:
            return TrainerCommand.PAUSE
        return self._command

    def stepped(self) -> None:
        """Note that the requested batch is done: the request now means pause, until the next one."""
        self._stepped = self.heard


def _read(path: Path) -> tuple[TrainerCommand | None, float | None]:
    """The command and the learning rate in a file, each None if it is missing or makes no sense."""
    try:
        asked: Any = json.loads(read_regular(path, _MOST_BYTES))
        command = TrainerCommand(asked["command"])
        rate = asked.get("learning_rate")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None, None
    try:
        check("learning_rate", rate)
    except CnntuiError:
        return command, None
    return command, float(rate)
