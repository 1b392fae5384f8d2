"""Standard input, output and error in any state: closed, full, or with no reader left."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO


class OutputError(Exception):
    """Standard output cannot be written; the underlying error is its cause.

    Attributes:
        reason: why it cannot be written, in the system's words.
        is_unread: whether nobody reads any more (`| head`), which is not a failure.
        hint: what continues all the same; may be empty.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(f"{error}")
        self.reason = error.strerror or f"{error}"
        self.is_unread = isinstance(error, BrokenPipeError)
        self.hint = ""


def stand_in_for_closed() -> None:
    """Replace standard streams that are closed with harmless ones, before another file takes their number.

    Standard input is then at its end, output to standard error is lost, and writing to standard output fails as it does
    on a closed file.
    """
    modes = (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY))
    for number, (name, mode, access) in enumerate(modes):
        if getattr(sys, name) is None:
            _move(os.open(os.devnull, access), number)
            setattr(sys, name, os.fdopen(number, mode, closefd=False))


@contextmanager
def output() -> Iterator[None]:
    """A block that does nothing but write to standard output.

    Raises:
        OutputError: the output could not be written.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(error) from error


def check_output() -> None:
    """Check before any work whether standard output can be written at all.

    Raises:
        OutputError: standard output is closed, or on a disk that is full.
    """
    try:
        number = sys.stdout.fileno()
    except ValueError:  # A stream in memory.
        return
    with output():
        os.write(number, b"")


def say(text: str, at_once: bool = False) -> None:
    """Write a line to standard output.

    Args:
        text: the line.
        at_once: whether to write without waiting for more, because someone is watching.

    Raises:
        OutputError: the line cannot be written.
    """
    with output():
        print(text, flush=at_once)


def complain(text: str) -> None:
    """Write a line to standard error, if that is possible."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def settle(stream: TextIO) -> None:
    """Write what a stream still holds, or drop it, so that the process cannot fail at its end because of it."""
    try:
        stream.flush()
    except OSError:
        _move(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _move(source: int, target: int) -> None:
    if source != target:
        os.dup2(source, target)
        os.close(source)
