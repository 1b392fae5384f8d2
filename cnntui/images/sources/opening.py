"""Chooses the reader for the data set at a path."""

from __future__ import annotations

import os
from pathlib import Path

from cnntui.files.errors import CnntuiError
from cnntui.images.sources.source import HINT, Source


def source_of(path: Path) -> Source:
    """The reader for the data set at a path.

    Raises:
        CnntuiError: there is nothing at the path, or nothing that can be read.
    """
    try:
        os.stat(path)
    except FileNotFoundError:
        raise CnntuiError(f"There is no data set at {path}.", HINT) from None
    except OSError as error:
        raise CnntuiError(f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.") from None
    # Imported here: the bundled images are read at every start, and need only one of the readers.
    if path.suffix == ".npz" and not path.is_dir():
        from cnntui.images.sources.npz import NpzSource

        return NpzSource(path)
    from cnntui.images.sources.idx import IdxSource, idx_name

    if path.is_dir():
        return _within(path)
    if idx_name(path.name) is not None:
        return IdxSource.of_file(path)
    from cnntui.images.sources.unread import head_of, is_text, refuse

    head = head_of(path)
    refuse(path, head)
    if path.suffix.lower() in (".csv", ".tsv") or is_text(head):
        from cnntui.images.sources.csv import CsvSource

        return CsvSource(path)
    from cnntui.images.sources.npz import NpzSource

    return NpzSource(path)


def _within(folder: Path) -> Source:
    """The data set in a folder, or in the only folder within it: programs that unpack archives often add one."""
    from cnntui.images.sources.folder import FolderSource, innermost, lone_folders
    from cnntui.images.sources.idx import IdxSource

    folders = lone_folders(folder)
    found = next((source for each in folders if (source := IdxSource.within(each)) is not None), None)
    return FolderSource(innermost(folders)) if found is None else found
