"""Reads a folder with the content of an unzipped archive."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from cnntui.files.errors import CnntuiError
from cnntui.files.regular import read_regular


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

    def __enter__(self) -> Folder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open, so nothing is closed."""

    def read(self, member: str, most_bytes: int) -> bytes:
        """The bytes of one file in the folder.

        Raises:
            CnntuiError: the file is missing, cannot be read, or is larger than `most_bytes`.
        """
        try:
            return read_regular(self.path / member, most_bytes)
        except FileNotFoundError:
            raise CnntuiError(f"{self.path} is a folder, not {self.what}: it holds no {member}.", self.hint) from None
        except OSError as error:
            raise CnntuiError(
                f"{member} in {self.path} cannot be read: {error.strerror or error}.", self.hint
            ) from None
