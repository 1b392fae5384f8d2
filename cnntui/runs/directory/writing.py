"""Writes the files of a run so that none is ever half written."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from cnntui.files.errors import CnntuiError

RUNS_DIR_VARIABLE = "CNNTUI_RUNS_DIR"


class NoRoomError(CnntuiError):
    """A file could not be written because the disk is full: the same can be tried again later."""


def write_atomically(path: Path, content: bytes | Callable[[Path], None], lasting: bool = False) -> None:
    """Write a file beside its target and move it over: readers see the old one or the new one, whole.

    Args:
        path: the target.
        content: the bytes, or a function that writes the file whose path it is given (same suffix as the target).
        lasting: whether it is on the disk, whole and under its name, before this returns: a power cut in the next
            moment leaves the new one.

    Raises:
        CnntuiError: the file cannot be written; the old one is untouched. A `NoRoomError` on a full disk.
    """
    beside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        # In a folder that came from elsewhere it could be a link that leads out of it.
        beside.unlink(missing_ok=True)
        if callable(content):
            content(beside)
        else:
            beside.write_bytes(content)
        if lasting:
            sync(beside)
        os.replace(beside, path)
        if lasting:
            sync(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        beside.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file's content, or the names in a folder, are on the disk."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def cannot_write(path: Path, error: OSError) -> CnntuiError:
    """The error to show when `path` could not be written."""
    where = path.name if path.suffix else str(path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return NoRoomError(
            f"There is no room left on the disk to write {where}.",
            "Free some space, or choose another folder with --runs-dir; what was saved before is intact.",
        )
    reason = error.strerror or str(error)
    return CnntuiError(
        f"{where} cannot be written: {reason}.",
        f"Choose a folder that you may write to with --runs-dir or ${RUNS_DIR_VARIABLE}.",
    )
