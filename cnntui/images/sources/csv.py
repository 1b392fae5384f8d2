"""Data sets in a `.csv` file as Kaggle has them: a row for each image, its label and its pixels."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from math import isqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.arithmetic import counted
from cnntui.cnn.layers import Shape
from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular
from cnntui.images.sources.idx import emnist_labels, emnist_part, emnist_set
from cnntui.images.sources.source import TEST, TRAIN, WHOLE, StoredPart
from cnntui.printable import shortened

_MOST_BYTES = 256 * 1024**2
"""Several hundred thousand digits."""

_LONGEST_ROW = 1024**2

_LONGEST_REASON = 100
"""A damaged field may be a whole row; a sentence has room for its beginning."""

_COLOURS = 3

_LABELS = ("label", "labels", "class", "target", "emotion", "y")
"""Names of the column of labels."""

_PIXELS = "pixels"
"""Names of a column with all pixels of an image, separated by spaces."""

_ONE_BY_ONE = "Each row is a label and the pixels of a square, with or without a header: 'label,pixel0,pixel1,…'."


_NO_NUMBER = re.compile(r"could not convert string (.*) to int16 at row (\d+), column (\d+)\.?")
_UNEVEN = re.compile(r"the number of columns changed from (\d+) to (\d+) at row (\d+)")
"""What NumPy says of a table; it counts rows from 0 in one and from 1 in the other, and columns from 1."""


class CsvSource:
    """A `.csv` file, and the file of the other part beside it where there is one: `…train….csv` and `…test….csv`."""

    def __init__(self, path: Path) -> None:
        """Look at the first row.

        Raises:
            CnntuiError: the file cannot be read, or has other columns.
        """
        self.path = path
        self._columns = _columns(path)
        self._files = {WHOLE: path}
        for part, other in ((TRAIN, TEST), (TEST, TRAIN)):
            if part in path.name.lower():
                self._files = {part: path}
                beside = path.with_name(path.name.replace(part, other))
                if beside != path and os.path.isfile(beside) and _has_columns(beside, self._columns):
                    self._files[other] = beside
                break

    @property
    def parts(self) -> Sequence[str]:
        """Which parts it has."""
        return tuple(self._files)

    @property
    def files(self) -> Sequence[Path]:
        """The file of each part."""
        return tuple(self._files[part] for part in (TRAIN, TEST, WHOLE) if part in self._files)

    def read(self, part: str, shape: Shape | None) -> StoredPart:
        """A part as it is stored.

        Raises:
            CnntuiError: a row is damaged, or has another number of pixels than the first.
        """
        images, labels = _table(self._files[part])
        which = self._emnist(part)
        if which is None or images.ndim != 3:
            return StoredPart(images, labels)
        return emnist_part(images, labels, which)

    def labels(self, part: str) -> NDArray[np.int64]:
        """The labels of a part, counted from 0.

        Raises:
            CnntuiError: a row is damaged.
        """
        return emnist_labels(_table(self._files[part])[1], self._emnist(part) or "")

    def _emnist(self, part: str) -> str | None:
        return emnist_set(self._files[part].name.rsplit("-", 1)[0])


def _columns(path: Path) -> list[str]:
    """The fields of the first row: a header, or the first image."""
    try:
        with open_regular(path, _MOST_BYTES) as file:
            first = file.readline(_LONGEST_ROW)
    except OSError as error:
        raise CnntuiError(f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.") from None
    return [field.strip(' "\r\n\ufeff').lower() for field in first.decode("utf-8", "replace").split(",")]


def _has_columns(path: Path, columns: Sequence[str]) -> bool:
    """Whether a file has as many columns: Kaggle's test files often lack the labels."""
    try:
        return len(_columns(path)) == len(columns)
    except CnntuiError:
        return False


def _table(path: Path) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Images `(n, side, side)` or `(n, side, side, 3)`, and labels."""
    columns = _columns(path)
    has_header = not columns[0].lstrip("-").isdigit()
    at = next((columns.index(name) for name in _LABELS if name in columns), 0)
    pixels = columns.index(_PIXELS) if _PIXELS in columns else None
    if has_header and pixels is None and columns[at] not in _LABELS:
        raise CnntuiError(f"{path} has no column of labels: it begins with ‘{columns[0][:40]}’.", _ONE_BY_ONE)
    try:
        with open_regular(path, _MOST_BYTES) as file, io.TextIOWrapper(file, "utf-8-sig", "replace") as text:
            rows: Iterator[str] = _limited(text)
            if has_header:
                next(rows, None)
            if pixels is not None:
                rows = _spread(rows, at, pixels)
                at = 0
            if (first := next(rows, None)) is None:
                raise ValueError("it has no row")
            rows = chain([first], rows)
            table = np.loadtxt(rows, np.int16, delimiter=",", comments=None, quotechar='"', ndmin=2)
    except OSError as error:
        raise CnntuiError(f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.") from None
    except (ValueError, IndexError, OverflowError) as error:
        raise CnntuiError(f"{path} is damaged: {shortened(_reason(error), _LONGEST_REASON)}.", _ONE_BY_ONE) from None
    table.flags.writeable = False
    count = table.shape[1] - 1
    labels, images = table[:, at], table[:, 1:] if at == 0 else np.delete(table, at, axis=1)
    side, channels = isqrt(count), 1
    if side**2 != count and count % _COLOURS == 0:
        side, channels = isqrt(count // _COLOURS), _COLOURS
    if not count or side**2 * channels != count:
        raise CnntuiError(f"{path} has {count:,} pixels in a row, which do not make a square.", _ONE_BY_ONE)
    shape = (-1, side, side) if channels == 1 else (-1, side, side, channels)
    return images.reshape(shape), labels


def _reason(error: Exception) -> str:
    """What is wrong with a table, where NumPy says it in words of its own, such as a type or an argument."""
    said = str(error)
    if match := _NO_NUMBER.fullmatch(said):
        text, row, column = match.groups()
        return f"image {row} has {text} in column {int(column) - 1}, which is not a whole number"
    if match := _UNEVEN.match(said):
        before, own, row = map(int, match.groups())
        return f"image {row - 1} has {counted(own, 'column')}, and those before it {before}"
    return said.rstrip(".")


def _limited(text: io.TextIOWrapper) -> Iterator[str]:
    """The rows of a file, none of them longer than one can be."""
    while row := text.readline(_LONGEST_ROW):
        if len(row) == _LONGEST_ROW:
            raise ValueError(f"a row is longer than {_LONGEST_ROW:,} characters")
        yield row


def _spread(rows: Iterator[str], label: int, pixels: int) -> Iterator[str]:
    """Rows with the label first and then each pixel in a column of its own."""
    for row in rows:
        fields = row.split(",")
        yield ",".join([fields[label], *fields[pixels].strip(' "\n').split()])
