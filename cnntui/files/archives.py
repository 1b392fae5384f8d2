"""Reads zip archives from strangers: `.npz` and `.keras` files.

Nothing in such a file is trusted before it is checked: no size, no shape, no type. Nothing in it is executed: pickled
objects are refused. Whatever is wrong ends in a single CnntuiError.
"""

from __future__ import annotations

import errno
import io
import os
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from math import prod
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular

MOST_EXPANSION = 1032
"""Deflate compresses to no less than 1/1032 of the size; a file that declares more is lying."""


MOST_ARCHIVE_BYTES = 4 * 1024**3
"""Several times the size of any data set or network that is read here."""

_BLOCK = 1024**2

_ENCRYPTED = 1
"""The flag of a member that needs a password."""

_LOCAL_LENGTHS = 26
"""The offset, in the header before a member, of the lengths of its name and of its extra field."""

_LONGEST_HEADER = 1 << 14
"""More than NumPy reads of an array's header."""

_MOST_DIRECTORY_BYTES = 1024**2
"""Room for the names of about ten thousand members."""


class _Directory:
    """The file as `zipfile` sees it while it reads the central directory, whose declared size is not trusted."""

    def __init__(self, file: BinaryIO) -> None:
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable
        self._read = file.read

    def read(self, size: int = -1) -> bytes:
        """Some bytes, but never more than a list of members can have.

        Raises:
            BadZipFile: more bytes were requested.
        """
        content = self._read(min(size, _MOST_DIRECTORY_BYTES + 1) if size >= 0 else _MOST_DIRECTORY_BYTES + 1)
        if len(content) > _MOST_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("its list of members is too long")
        return content


class _Stored(io.RawIOBase):
    """A file that lies uncompressed in an archive, read where it lies.

    Args:
        archive: the archive, open for reading.
        info: the file's entry, which `zipfile` could open.
    """

    def __init__(self, archive: BinaryIO, info: zipfile.ZipInfo) -> None:
        self._archive = archive
        archive.seek(info.header_offset + _LOCAL_LENGTHS)
        lengths = archive.read(4)
        self._start = archive.tell() + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        self._size = info.file_size
        self._place = 0

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def seekable(self) -> bool:
        """Whether it can be read in any order: always."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place and return it."""
        before = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}
        self._place = max(0, before[whence] + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, as far as there is content; returns how many bytes were read."""
        wanted = memoryview(buffer).cast("B")[: max(0, self._size - self._place)]
        self._archive.seek(self._start + self._place)
        count = self._archive.readinto(wanted)  # type: ignore[attr-defined]
        self._place += count
        return int(count)


class Archive:
    """A zip archive, open for reading in a `with` block.

    Args:
        path: the file.
        what: what the file is meant to be, with its article, for messages: "a .keras file".
        hint: what a user can do if it is not.

    Raises:
        CnntuiError: there is no such file, it cannot be read, or it is not a zip archive.
    """

    def __init__(self, path: Path, what: str, hint: str) -> None:
        self.path = path
        self.what = what
        self.hint = hint
        try:
            self._file = open_regular(path, MOST_ARCHIVE_BYTES)
        except FileNotFoundError:
            raise CnntuiError(f"There is no file {path}.", "Check the path.") from None
        except IsADirectoryError:
            raise CnntuiError(f"{path} is a folder, not {what}.", hint) from None
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.EFBIG):
                raise CnntuiError(f"{path} is not {what}: {error.strerror}.", hint) from None
            raise CnntuiError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from None
        try:
            self._stored_bytes = os.fstat(self._file.fileno()).st_size
            self._zip = zipfile.ZipFile(_Directory(self._file))
            self._zip.fp = self._file
        except OSError as error:
            self._file.close()
            raise CnntuiError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from None
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            self._file.close()
            raise CnntuiError(f"{path} is not {what}: it is not a complete zip archive.", hint) from None

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()
        self._file.close()

    @property
    def members(self) -> list[str]:
        """The names of the files in the archive."""
        return self._zip.namelist()

    @property
    def arrays(self) -> list[str]:
        """The names of the NumPy arrays in the archive, without '.npy'."""
        return [name.removesuffix(".npy") for name in self.members if name.endswith(".npy")]

    def read(self, member: str, most_bytes: int) -> bytes:
        """The bytes of one file of the archive.

        Raises:
            CnntuiError: it is missing, damaged or encrypted, or it declares more than `most_bytes`.
        """
        return bytes(self._content(member, most_bytes))

    def opened(self, member: str, most_bytes: int, most_unpacked: int) -> BinaryIO:
        """One file of the archive, to be read in any order; valid while the archive is open.

        Args:
            member: its name.
            most_bytes: the most that it may declare.
            most_unpacked: the most that it may declare if it is compressed, and so has to be kept in memory.

        Raises:
            CnntuiError: as for `read`.
        """
        info = self._checked(member, most_bytes)
        if info.compress_type == zipfile.ZIP_STORED:
            for _ in self._blocks(info):  # zipfile compares its checksum at the end
                pass
            return io.BufferedReader(_Stored(self._file, info))
        unpacked = BytesIO()
        for block in self._blocks(self._checked(member, most_unpacked)):
            unpacked.write(block)
        return unpacked

    def _content(self, member: str, most_bytes: int) -> bytearray:
        info = self._checked(member, most_bytes)
        # If exactly its size is requested from zipfile at once, it holds the data twice.
        content, length = bytearray(info.file_size), 0
        for block in self._blocks(info):
            content[length : length + len(block)] = block
            length += len(block)
        return content

    def _checked(self, member: str, most_bytes: int) -> zipfile.ZipInfo:
        """The entry of a file that may be read."""
        try:
            info = self._zip.getinfo(member)
        except KeyError:
            raise CnntuiError(f"{self.path} is not {self.what}: it holds no {member}.", self.hint) from None
        if info.file_size > min(most_bytes, self._stored_bytes * MOST_EXPANSION):
            raise CnntuiError(
                f"{member} in {self.path} declares {info.file_size:,} bytes, which is too large.", self.hint
            )
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise CnntuiError(f"{member} in {self.path} is packed in an unusual way.", self.hint)
        if info.flag_bits & _ENCRYPTED:
            raise CnntuiError(f"{member} in {self.path} is encrypted.", self.hint)
        return info

    def _blocks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The content of a file, piece by piece: as many bytes as it declares, whatever it would unpack to."""
        member, left = info.filename, info.file_size
        try:
            with self._zip.open(info) as file:
                while left and (block := file.read(min(_BLOCK, left))):
                    yield block
                    left -= len(block)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            raise CnntuiError(f"{member} in {self.path} cannot be read: {error}.", self.hint) from None
        if left:
            raise CnntuiError(f"{member} in {self.path} is truncated.", self.hint)

    def array(self, name: str, most_bytes: int) -> NDArray[Any]:
        """The array `name`, read-only. Its declared size is checked against the bytes in the file.

        Raises:
            CnntuiError: as for `read`; or it is not an array in NumPy's format, or contains pickled Python objects.
        """
        content = self._content(f"{name}.npy", most_bytes)
        where = f"'{name}' in {self.path}"
        try:
            shape, in_fortran_order, dtype, start = _described(_header(content))
            if min(shape, default=0) < 0 or not dtype.itemsize:
                raise ValueError("negative length, or nothing in each place")
        except (ValueError, EOFError, tokenize.TokenError, RecursionError, MemoryError):
            raise CnntuiError(f"{where} is not an array in NumPy's format.", self.hint) from None
        if dtype.hasobject:
            raise CnntuiError(
                f"{where} holds pickled Python objects, which could run code; it was not opened.",
                "Save it as numbers or texts first, with .astype(int) or .astype(str).",
            )
        declared, found = prod(shape) * dtype.itemsize, len(content) - start
        if declared != found:
            raise CnntuiError(f"{where} declares {declared:,} bytes but holds {found:,}.", self.hint)
        values = np.frombuffer(content, dtype, offset=start)
        values.flags.writeable = False
        return values.reshape(shape, order="F" if in_fortran_order else "C")


def _header(content: bytearray) -> bytes:
    """The header of an array, in the length that it declares."""
    sizes = content[8:10] if content[6:7] == b"\x01" else content[8:12]
    return bytes(content[: min(8 + len(sizes) + int.from_bytes(sizes, "little"), _LONGEST_HEADER)])


@lru_cache(maxsize=64)
def _described(header: bytes) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """The shape of an array, whether its columns come first, its type, and the length of its header.

    Cached: NumPy parses a header as Python code, which takes a third of the time of reading small arrays, and the
    headers of a run's snapshots are all alike.

    Raises:
        ValueError, EOFError, TokenError, RecursionError, MemoryError: it is not a NumPy header.
    """
    stream = BytesIO(header)
    major, _ = npy.read_magic(stream)
    read_header = npy.read_array_header_1_0 if major == 1 else npy.read_array_header_2_0
    return *read_header(stream), stream.tell()
