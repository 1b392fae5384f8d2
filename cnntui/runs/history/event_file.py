"""`events.jsonl`: the file that a run's events are appended to, and read from while it grows.

A last line without its newline is not complete yet. A line that cannot be understood is skipped and counted.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from cnntui.files.regular import LONGEST_LINE, open_regular
from cnntui.runs.history.event_lines import decode, encode, merged, others
from cnntui.runs.history.events import Event

MOST_BYTES = 1024**3
"""The size of the events of some tens of millions of batches. A larger file is damaged, and is not read."""

_BLOCK_BYTES = 64 * 1024
_CHUNK_BYTES = 1024 * 1024


class EventWriter:
    """Appends events to a file; when `write` returns, the whole event has been passed to the operating system.

    Raises:
        OSError: from `write`, if the line could not be written (a full disk). The writer stays usable: the next event
            begins on a new line, and readers skip the torn one.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        size = os.fstat(self._file).st_size
        # A trainer that was killed may have left half a line.
        self._torn = size > 0 and os.pread(self._file, 1, size - 1) != b"\n"

    def write(self, event: Event, lasting: bool = False) -> None:
        """Append an event; if `lasting`, it and everything before it are on the disk on return."""
        line = encode(event).encode()
        rest = memoryview(b"\n" + line if self._torn else line)
        self._torn = True
        while rest:
            rest = rest[os.write(self._file, rest) :]
        self._torn = False
        if lasting:
            os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)


class EventReader:
    """Reads the events that were added since the last read.

    Attributes:
        skipped: the number of complete lines so far that could not be understood.
        problem: why the file cannot be read, to complete "the events cannot be read: …"; empty if it can be read, or if
            there is none yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._size = 0
        self._overlong = False
        self.skipped = 0
        self.problem = ""

    def has_grown(self) -> bool:
        """Whether the file has unread bytes: one `stat`, no reading."""
        try:
            return os.stat(self._path).st_size != self._size
        except OSError:
            return False

    def read(self) -> list[Event]:
        """The new complete lines as events, in order; empty if there is no readable file yet."""
        events: list[Event] = []
        try:
            with open_regular(self._path, MOST_BYTES) as file:
                file.seek(self._offset)
                self._read_on(file, events)
        except FileNotFoundError:
            pass
        except OSError as error:
            self.problem = error.strerror or str(error)
            with suppress(OSError):
                self._size = os.stat(self._path).st_size
        else:
            self.problem = ""
        return events

    def _read_on(self, file: BinaryIO, events: list[Event]) -> None:
        """Read the file from where reading stopped; what follows the last newline is left for the next time."""
        rest, is_over = b"", False
        while not is_over:
            chunk = file.read(_CHUNK_BYTES)
            is_over = not chunk
            data = rest + chunk
            self._size = self._offset + len(data)
            end = data.rfind(b"\n") + 1
            begin = data.find(b"\n") + 1 if self._overlong else 0
            self._overlong = self._overlong and not end
            # The last part of a long run, which gives its current speed, is always read line by line.
            while end - begin > 2 * _BLOCK_BYTES:
                after = (data.rfind(b"\n", begin, begin + _BLOCK_BYTES) + 1) or (data.find(b"\n", begin) + 1)
                events += self._block(data[begin:after])
                begin = after
            is_too_long = len(data) - end > LONGEST_LINE
            if is_over or is_too_long:
                events += self._each(data[begin:end])
                begin = end
            rest = data[begin:]
            if self._overlong or is_too_long:
                self.skipped += not self._overlong
                self._overlong, rest = True, b""
            self._offset = self._size - len(rest)

    def _block(self, block: bytes) -> list[Event]:
        """The events in complete lines: batches that follow one another as one event, all others one each."""
        events: list[Event] = []
        begin = 0
        for other in others(block):
            events += self._merged(block[begin : other.start()]) + self._each(other[0])
            begin = other.end()
        return events + self._merged(block[begin:])

    def _merged(self, block: bytes) -> list[Event]:
        batches = merged(block)
        return [batches] if batches is not None else self._each(block)

    def _each(self, data: bytes) -> list[Event]:
        """The events in complete lines, one each; lines that cannot be understood are counted."""
        events = []
        for line in data.splitlines():
            event = decode(line) if line.strip() else None
            if event is not None:
                events.append(event)
            elif line.strip():
                self.skipped += 1
        return events
