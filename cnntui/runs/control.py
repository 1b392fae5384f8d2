"""What a person wishes of a running trainer: a small file that the trainer looks at between batches."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

from cnntui.files.errors import CnntuiError
from cnntui.files.regular import read_regular
from cnntui.runs.config import check_learning_rate
from cnntui.runs.directory import RunDirectory, write_atomically

_MOST_BYTES = 4096


class Wish(StrEnum):
    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"
    STEP = "step"
    """Learn from exactly one batch, write down how (`one_step.py`), and pause. Asked again, it is done again."""


def ask(run: RunDirectory, wish: Wish, learning_rate: float | None = None) -> None:
    """Ask the run's trainer to go on, to pause, to learn one batch, or to stop and keep what it learned.

    It looks several times a second.

    Args:
        run: the run.
        wish: what it should do.
        learning_rate: the step size from now on; None leaves it as it is, or as it was asked for last.

    Raises:
        CnntuiError: the folder cannot be written, or the learning rate is none.
    """
    if learning_rate is None:
        _, learning_rate = _read(run.control_path)
    else:
        check_learning_rate(learning_rate)
    wished = {"wish": wish.value} | ({} if learning_rate is None else {"learning_rate": learning_rate})
    write_atomically(run.control_path, json.dumps(wished).encode() + b"\n")


class ControlReader:
    """The trainer's side: `wish()` costs one `stat` as long as nobody wishes anything new.

    Attributes:
        heard: how often something new was wished, even if it was the same as before.
        learning_rate: the step size that was wished last; None when nobody wished any.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._wish = Wish.RUN
        self._stepped = 0
        self.heard = 0
        self.learning_rate: float | None = None

    def wish(self) -> Wish:
        """The newest wish; `Wish.RUN` when there was none. A file that makes no sense changes nothing."""
        try:
            stat = self._path.stat()
        except OSError:
            return self._wish
        version = (stat.st_ino, stat.st_mtime_ns)
        if version != self._seen:
            wish, rate = _read(self._path)
            if wish is not None:
                self._wish, self._seen = wish, version
                self.learning_rate = rate if rate is not None else self.learning_rate
                self.heard += 1
        if self._wish is Wish.STEP and self._stepped == self.heard:
            return Wish.PAUSE
        return self._wish

    def stepped(self) -> None:
        """The one batch that was wished is learned: from now on it is a wish to pause, until the next one."""
        self._stepped = self.heard


def _read(path: Path) -> tuple[Wish | None, float | None]:
    """The wish and the learning rate in a file; None for what is not there or makes no sense."""
    try:
        wished: Any = json.loads(read_regular(path, _MOST_BYTES))
        wish = Wish(wished["wish"])
        rate = wished.get("learning_rate")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None, None
    try:
        check_learning_rate(rate)
    except CnntuiError:
        return wish, None
    return wish, float(rate)
