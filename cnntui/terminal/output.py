"""Writes to the terminal and keeps track of what has been written."""

from __future__ import annotations

import os


class Output:
    """The terminal as a file that a thread writes to."""

    def __init__(self, fileno: int) -> None:
        self._fileno = fileno
        self._given = self._written = 0
        self.is_gone = False
        """Whether the terminal is gone: its window was closed or the connection broke."""

    def give(self) -> None:
        """Note that output has been handed to the thread."""
        self._given += 1

    @property
    def is_writing(self) -> bool:
        """Whether some of that output has not been written yet."""
        return self._given != self._written

    def write(self, text: str) -> None:
        """Write to the terminal, however long that takes."""
        data = text.encode(errors="replace")
        while data and not self.is_gone:
            try:
                data = data[os.write(self._fileno, data) :]
            except OSError:
                self.is_gone = True
        self._written += 1

    def flush(self) -> None:
        """Do nothing: nothing is buffered."""

    def fileno(self) -> int:
        """The terminal's file descriptor."""
        return self._fileno
