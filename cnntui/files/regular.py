"""Opens files from strangers: only regular files, only up to a readable size, and never waiting.

A path may lead to a folder, to itself, to a pipe that nobody writes into or to a device that never ends. All of these
are an `OSError` whose `strerror` completes the sentence "the file cannot be read: …".
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path

_CHUNK_BYTES = 1024 * 1024

LONGEST_LINE = 4 * 1024 * 1024
"""A longer line is damage: the trainer writes one for each fraction of a second."""

_KINDS = {
    stat.S_IFDIR: "it is a folder",
    stat.S_IFIFO: "it is a pipe",
    stat.S_IFSOCK: "it is a socket",
    stat.S_IFCHR: "it is a device",
    stat.S_IFBLK: "it is a device",
}


def open_regular(path: str | Path, most_bytes: int | None = None, *, follow: bool = True) -> io.BufferedReader:
    """A regular file, open for reading; anything else is not even opened.

    Args:
        path: the file.
        most_bytes: the largest size that is accepted; None for any.
        follow: whether the path may lead to the file through a link.

    Raises:
        OSError: there is no such file, it may not be read, it is too large, or it is not a regular file.
    """
    try:
        # Even opening a device can have effects, so the file is checked before it is opened as well as after.
        _check(os.stat(path, follow_symlinks=follow), path, most_bytes)
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | (0 if follow else os.O_NOFOLLOW))
    except ValueError as error:  # The path contains a NUL.
        raise OSError(errno.EINVAL, "it has a name that no file can have", str(path)) from error
    try:
        _check(os.fstat(fd), path, most_bytes)
        return open(fd, "rb")
    except BaseException:
        os.close(fd)
        raise


def read_regular(path: str | Path, most_bytes: int) -> bytes:
    """The whole content of a regular file.

    Raises:
        OSError: as for `open_regular`.
    """
    with open_regular(path, most_bytes) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:  # It has grown since it was opened.
        raise _too_large(len(content), path, most_bytes)
    return content


def read_lines(path: str | Path, most_bytes: int) -> Iterator[bytes]:
    """The lines of a regular file without their newlines, in bounded memory; overlong lines are left out.

    Raises:
        OSError: as for `open_regular`.
    """
    rest, overlong = b"", False
    with open_regular(path, most_bytes) as file:
        while chunk := file.read(_CHUNK_BYTES):
            first, *others = chunk.split(b"\n")
            if not others:
                rest = b"" if overlong else rest + first
            else:
                if not overlong:
                    yield rest + first
                *whole, rest = others
                overlong = False
                yield from whole
            if len(rest) > LONGEST_LINE:
                rest, overlong = b"", True
    if rest:
        yield rest


def text_encoding(start: bytes) -> str:
    """The encoding of a text from strangers by its first two bytes: UTF-16 if it says so, otherwise UTF-8."""
    return "utf-16" if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def _check(status: os.stat_result, path: str | Path, most_bytes: int | None) -> None:
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        number = errno.EISDIR if kind == stat.S_IFDIR else errno.EINVAL
        raise OSError(number, _KINDS.get(kind, "it is not a regular file"), str(path))
    if most_bytes is not None and status.st_size > most_bytes:
        raise _too_large(status.st_size, path, most_bytes)


def _too_large(size: int, path: str | Path, most_bytes: int) -> OSError:
    return OSError(errno.EFBIG, f"it is too large ({in_bytes(size)}; {in_bytes(most_bytes)} are the most)", str(path))


def in_bytes(size: int) -> str:
    """A size for people: `812 bytes`, `1.1 MB`, `300 GB`."""
    for unit, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size:,} bytes"
