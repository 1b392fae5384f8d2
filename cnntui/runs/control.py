"""What a person wishes of a running trainer: a small file that the trainer looks at between batches."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path

from cnntui.runs.directory import RunDirectory, write_atomically


class Wish(StrEnum):
    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"


def ask(run: RunDirectory, wish: Wish) -> None:
    """Ask the run's trainer to go on, to pause, or to stop and keep what it learned; it looks several times a second.

    Raises:
        CnntuiError: the folder cannot be written.
    """
    write_atomically(run.control_path, json.dumps({"wish": wish.value}).encode() + b"\n")


class ControlReader:
    """The trainer's side: `wish()` costs one `stat` as long as nobody wishes anything new.

    Attributes:
        heard: how often something new was wished, even if it was the same as before.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._wish = Wish.RUN
        self.heard = 0

    def wish(self) -> Wish:
        """The newest wish; `Wish.RUN` when there was none. A file that makes no sense changes nothing."""
        try:
            stat = self._path.stat()
            version = (stat.st_ino, stat.st_mtime_ns)
            if version != self._seen:
                self._wish = Wish(json.loads(self._path.read_bytes())["wish"])
                self._seen = version
                self.heard += 1
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return self._wish
        return self._wish
