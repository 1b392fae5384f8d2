"""Writes the files of a run so that none is ever half written."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from cnntui.files.errors import CnntuiError

RUNS_DIR_VARIABLE = "CNNTUI_RUNS_DIR"


class NoRoomError(CnntuiError):
    """A file could not be written because the disk is full; writing it may succeed later."""


def write_atomically(path: Path, content: bytes | Callable[[Path], None], lasting: bool = False) -> None:
    """Write a file beside its target and move it over: readers see either the old file or the new one, whole.

    Args:
        path: the target.
        content: the bytes, or a function that writes the file at the path it receives (with the target's suffix).
        lasting: whether the new file must be on the disk, whole and under its name, before this returns, so that it
            survives a power cut.

    Raises:
        CnntuiError: the file cannot be written; the old one is untouched. If the disk is full, a `NoRoomError`.
    """
    beside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        # In a folder that came from elsewhere, this path could be a link that leads out of the folder.
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
