"""Data sets in a `.csv` or `.tsv` file as on Kaggle: one row for each image, with its label and its pixels."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.arithmetic import counted
from cnntui.cnn.layers import Shape
from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular
from cnntui.images.sources.idx import emnist_labels, emnist_part, emnist_set
from cnntui.images.sources.source import TEST, TRAIN, WHOLE, StoredPart
from cnntui.printable import shortened
from cnntui.values import dataclass

_MOST_BYTES = 256 * 1024**2
"""Enough for several hundred thousand digits."""

_LONGEST_ROW = 1024**2

_LONGEST_REASON = 100
"""A damaged field may be a whole row; a sentence has room only for its beginning."""

_COLOURS = 3

_LABELS = ("label", "labels", "class", "target", "emotion", "y")
"""Names of the column with the labels."""

_PIXELS = "pixels"
"""The name of a column with all pixels of an image, separated by spaces."""

_NUMBERING = ("", "id", "index", "unnamed: 0")
"""Names of columns that number the rows, as other programs write them."""

_MARKS = ",;\t"
"""Characters that may separate two fields."""

_MOST_NAMES = 30_000
"""The most different labels; a data set may have far fewer classes."""

_WHOLE = re.compile(r"[+-]?\d{1,9}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")

_ONE_BY_ONE = "Each row is a label and the pixels of a square, with or without a header: 'label,pixel0,pixel1,…'."


_NO_NUMBER = re.compile(r"could not convert string (.*) to (?:int16|float32) at row (\d+), column (\d+)\.?")
_UNEVEN = re.compile(r"the number of columns changed from (\d+) to (\d+) at row (\d+)")
"""NumPy's message about an uneven table. Rows count from 0 in one message and from 1 in the other; columns from 1."""


class CsvSource:
    """A `.csv` file and, if there is one beside it, the file of the other part: `…train….csv` and `…test….csv`."""

    def __init__(self, path: Path) -> None:
        """Read the first row.

        Raises:
            CnntuiError: the file cannot be read, or has other columns.
        """
        self.path = path
        self._columns = _Layout.of(path).columns
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
        """The parts of the data set."""
        return tuple(self._files)

    @property
    def files(self) -> Sequence[Path]:
        """The file of each part."""
        return tuple(self._files[part] for part in (TRAIN, TEST, WHOLE) if part in self._files)

    def read(self, part: str, shape: Shape | None) -> StoredPart:
        """A part as it is stored.

        Raises:
            CnntuiError: a row is damaged, or its number of pixels differs from the first row's.
        """
        images, labels = _table(self._files[part])
        which = self._emnist(part)
        if which is None or images.ndim != 3:
            return StoredPart(images, labels)
        return emnist_part(images, labels, which)

    def labels(self, part: str) -> NDArray[Any]:
        """The labels of a part, counted from 0.

        Raises:
            CnntuiError: a row is damaged.
        """
        return emnist_labels(_table(self._files[part])[1], self._emnist(part) or "")

    def _emnist(self, part: str) -> str | None:
        return emnist_set(self._files[part].name.rsplit("-", 1)[0])


@dataclass(frozen=True)
class _Layout:
    """The layout of the rows of a table.

    Attributes:
        columns: the fields of the first row, in lower case: a header, or the first image.
        mark: the character that separates two fields.
        has_header: whether the first row names the columns.
        label: the number of the column with the labels.
        pixels: the number of the column with all pixels of an image; None if each pixel has its own column.
    """

    columns: tuple[str, ...]
    mark: str
    has_header: bool
    label: int
    pixels: int | None

    @classmethod
    def of(cls, path: Path) -> _Layout:
        """Determine the layout from the first row."""
        try:
            with open_regular(path, _MOST_BYTES) as file:
                first = file.readline(_LONGEST_ROW).decode("utf-8-sig", "replace")
        except OSError as error:
            raise _unreadable(path, error) from None
        mark = max(_MARKS, key=first.count)
        columns = tuple(field.strip().lower() for row in csv.reader([first], delimiter=mark) for field in row) or ("",)
        words = [place for place, field in enumerate(columns) if not _NUMBER.fullmatch(field)]
        label = next((columns.index(name) for name in _LABELS if name in columns), None)
        has_header = label is not None or len(words) == len(columns)
        if label is None:
            label = words[0] if len(words) == 1 and not has_header else 0
        return cls(columns, mark, has_header, label, columns.index(_PIXELS) if _PIXELS in columns else None)

    @property
    def read(self) -> list[int]:
        """The columns that hold labels or pixels; any others number the rows."""
        names = self.columns if self.has_header else ()
        return [place for place in range(len(self.columns)) if not (names and names[place] in _NUMBERING)]


def _unreadable(path: Path, error: OSError) -> CnntuiError:
    return CnntuiError(f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.")


def _has_columns(path: Path, columns: Sequence[str]) -> bool:
    """Whether a file has the same number of columns: Kaggle's test files often lack the labels."""
    try:
        return len(_Layout.of(path).columns) == len(columns)
    except CnntuiError:
        return False


def _table(path: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    """Images `(n, side, side)` or `(n, side, side, 3)`, and labels: numbers or words."""
    layout = _Layout.of(path)
    if layout.has_header and layout.pixels is None and layout.columns[layout.label] not in _LABELS:
        raise CnntuiError(f"{path} has no column of labels: it begins with ‘{layout.columns[0][:40]}’.", _ONE_BY_ONE)
    try:
        try:
            table, names = _numbers(path, layout, np.int16)
        except ValueError as error:
            if not _NO_NUMBER.fullmatch(str(error)):
                raise
            try:
                table, names = _numbers(path, layout, np.float32)
            except ValueError:
                raise error from None
    except OSError as error:
        raise _unreadable(path, error) from None
    except (ValueError, IndexError, OverflowError, csv.Error) as error:
        raise CnntuiError(f"{path} is damaged: {shortened(_reason(error), _LONGEST_REASON)}.", _ONE_BY_ONE) from None
    if len(names) > _MOST_NAMES:
        raise CnntuiError(f"{path} has over {_MOST_NAMES:,} different labels.", _ONE_BY_ONE)
    table.flags.writeable = False
    at = 0 if layout.pixels is not None else layout.read.index(layout.label)
    count = table.shape[1] - 1
    labels, images = table[:, at].astype(np.int64), table[:, 1:] if at == 0 else np.delete(table, at, axis=1)
    side, channels = isqrt(count), 1
    if side**2 != count and count % _COLOURS == 0:
        side, channels = isqrt(count // _COLOURS), _COLOURS
    if not count or side**2 * channels != count:
        raise CnntuiError(f"{path} has {count:,} pixels in a row, which do not make a square.", _ONE_BY_ONE)
    shape = (-1, side, side) if channels == 1 else (-1, side, side, channels)
    are_numbers = all(_WHOLE.fullmatch(name) for name in names)
    known = np.array([int(name) for name in names], np.int64) if are_numbers else np.array([*names])
    return images.reshape(shape), known[labels]


def _numbers(path: Path, layout: _Layout, dtype: type) -> tuple[NDArray[Any], Sequence[str]]:
    """The table with a number for each different label, and these labels in the order of their numbers."""
    names: dict[str, int] = {}

    def number(text: str) -> int:
        return names.setdefault(text.strip(), min(len(names), _MOST_NAMES))

    columns, at = layout.read, layout.label
    with open_regular(path, _MOST_BYTES) as file, io.TextIOWrapper(file, "utf-8-sig", "replace") as text:
        rows: Iterator[str] = _limited(text)
        if layout.has_header:
            next(rows, None)
        if layout.pixels is not None:
            rows, columns, at = _spread(rows, layout), [], 0
        if (first := next(rows, None)) is None:
            raise ValueError("it has no row")
        table: NDArray[Any] = np.loadtxt(
            chain([first], rows), dtype, delimiter=layout.mark, comments=None, quotechar='"', ndmin=2,
            converters={at: number}, encoding="utf-8",
            usecols=columns if len(columns) < len(layout.columns) and columns else None,
        )  # fmt: skip
    return table, [*names]


def _reason(error: Exception) -> str:
    """What is wrong with a table, if NumPy says it in words of its own, such as a type or an argument."""
    said = str(error)
    if match := _NO_NUMBER.fullmatch(said):
        text, row, column = match.groups()
        return f"image {row} has {text} in column {int(column) - 1}, which is not a number"
    if match := _UNEVEN.match(said):
        before, own, row = map(int, match.groups())
        return f"image {row - 1} has {counted(own, 'column')}, and those before it {before}"
    return said.rstrip(".")


def _limited(text: io.TextIOWrapper) -> Iterator[str]:
    """The rows of a file, none of them longer than allowed."""
    while row := text.readline(_LONGEST_ROW):
        if len(row) == _LONGEST_ROW:
            raise ValueError(f"a row is longer than {_LONGEST_ROW:,} characters")
        yield row


def _spread(rows: Iterator[str], layout: _Layout) -> Iterator[str]:
    """Rows with the label first, and then each pixel in a column of its own."""
    assert layout.pixels is not None
    for fields in csv.reader(rows, delimiter=layout.mark):
        if fields:
            label = fields[layout.label].replace('"', '""')
            yield layout.mark.join([f'"{label}"', *fields[layout.pixels].split()])
