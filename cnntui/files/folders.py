"""Reads a folder with the content of an unzipped archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular, read_regular


class Folder:
    """A folder of files, read like an `Archive`.

    Args:
        path: the folder.
        what: what the folder is meant to be, with its article, for messages: "a .keras file".
        hint: what a user can do if it is not.
    """

    def __init__(self, path: Path, what: str, hint: str) -> None:
        self.path = path
        self.what = what
        self.hint = hint
        self._open = ExitStack()

    def __enter__(self) -> Folder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def read(self, member: str, most_bytes: int) -> bytes:
        """The bytes of one file in the folder.

        Raises:
            CnntuiError: the file is missing, cannot be read, or is larger than `most_bytes`.
        """
        with self._told(member):
            return read_regular(self.path / member, most_bytes)

    def opened(self, member: str, most_bytes: int, most_unpacked: int = 0) -> BinaryIO:
        """One file of the folder, to be read in any order, as `Archive.opened`; here nothing has to be unpacked.

        Raises:
            CnntuiError: as for `read`.
        """
        with self._told(member):
            return self._open.enter_context(open_regular(self.path / member, most_bytes))

    @contextmanager
    def _told(self, member: str) -> Iterator[None]:
        """Report an error of the system in a sentence that names the file."""
        try:
            yield
        except FileNotFoundError:
            raise CnntuiError(f"{self.path} is a folder, not {self.what}: it holds no {member}.", self.hint) from None
        except OSError as error:
            raise CnntuiError(
                f"{member} in {self.path} cannot be read: {error.strerror or error}.", self.hint
            ) from None
