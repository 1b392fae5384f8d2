"""Data sets in a `.csv` or `.tsv` file as on Kaggle: one row for each image, with its label and its pixels."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from math import isqrt
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.arithmetic import counted
from cnntui.cnn.layers import Shape
from cnntui.files.errors import CnntuiError
from cnntui.images.sources.csv_layout import (
    LONGEST_ROW,
    WHOLE_NUMBER,
    Layout,
    fields_of,
    label_column,
    opened_table,
)
from cnntui.images.sources.idx import emnist_labels, emnist_part, emnist_set
from cnntui.images.sources.source import TEST, TRAIN, WHOLE, StoredPart
from cnntui.printable import shortened

_LONGEST_REASON = 100
"""A damaged field may be a whole row; a sentence has room only for its beginning."""

_COLOURS = 3

_MOST_NAMES = 30_000
"""The most different labels; a data set may have far fewer classes."""

_LAST = "Its columns have no names; the last one is taken for the labels, since its numbers look like class numbers."

_USAGES = {
    TRAIN: ("training", "train"),
    TEST: ("privatetest", "test", "testing", "publictest", "val", "valid", "validation"),
}
"""What a column 'Usage' calls each part, in small letters; the first that occurs is taken."""

_ONE_BY_ONE = "Each row is a label and the pixels of a square, with or without a header: 'label,pixel0,pixel1,…'."


_NO_NUMBER = re.compile(r"could not convert string (.*) to (?:int16|float32) at row (\d+), column (\d+)\.?")
_UNEVEN = re.compile(r"the number of columns changed from (\d+) to (\d+) at row (\d+)")
"""NumPy's message about an uneven table. Rows count from 0 in one message and from 1 in the other; columns from 1."""


class CsvSource:
    """A `.csv` file and, if there is one beside it, the file of the other part: `…train….csv` and `…test….csv`.

    Or one file with a column that says which part each image belongs to.
    """

    def __init__(self, path: Path) -> None:
        """Read the first row.

        Raises:
            CnntuiError: the file cannot be read, or has other columns.
        """
        self.path = path
        layout = _layout(path)
        self._files = {WHOLE: path}
        for part, other in ((TRAIN, TEST), (TEST, TRAIN)):
            if part in path.name.lower():
                self._files = {part: path}
                beside = path.with_name(path.name.replace(part, other))
                if beside != path and os.path.isfile(beside) and _has_columns(beside, layout.columns):
                    self._files[other] = beside
                break
        self._usages = _usages(path, layout) if WHOLE in self._files and layout.usage is not None else {}
        if self._usages:
            self._files = dict.fromkeys(self._usages, path)

    @property
    def parts(self) -> Sequence[str]:
        """The parts of the data set."""
        return tuple(self._files)

    @property
    def files(self) -> Sequence[Path]:
        """The file of each part."""
        return tuple(dict.fromkeys(self._files[part] for part in (TRAIN, TEST, WHOLE) if part in self._files))

    def read(self, part: str, shape: Shape | None) -> StoredPart:
        """A part as it is stored.

        Raises:
            CnntuiError: a row is damaged, or its number of pixels differs from the first row's.
        """
        stored = _table(self._files[part], self._usages.get(part, ""))
        which = self._emnist(part)
        if which is None or stored.images.ndim != 3:
            return stored
        return emnist_part(stored.images, stored.labels, which)

    def labels(self, part: str) -> NDArray[Any]:
        """The labels of a part, counted from 0.

        Raises:
            CnntuiError: a row is damaged.
        """
        return emnist_labels(_table(self._files[part], self._usages.get(part, "")).labels, self._emnist(part) or "")

    def _emnist(self, part: str) -> str | None:
        return emnist_set(self._files[part].name.rsplit("-", 1)[0])


def _layout(path: Path) -> Layout:
    try:
        return Layout.of(path)
    except OSError as error:
        raise _unreadable(path, error) from None
    except csv.Error as error:
        raise _damaged(path, error) from None


def _unreadable(path: Path, error: OSError) -> CnntuiError:
    return CnntuiError(f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.")


def _damaged(path: Path, error: Exception) -> CnntuiError:
    return CnntuiError(f"{path} is damaged: {shortened(_reason(error), _LONGEST_REASON)}.", _ONE_BY_ONE)


def _has_columns(path: Path, columns: Sequence[str]) -> bool:
    """Whether a file has the same number of columns: Kaggle's test files often lack the labels."""
    try:
        return len(_layout(path).columns) == len(columns)
    except CnntuiError:
        return False


def _usages(path: Path, layout: Layout) -> dict[str, str]:
    """What the column 'Usage' calls the training and the test images; empty if it does not tell them apart."""
    try:
        with opened_table(path) as text:
            found = {layout.usage_of(row).lower() for row in _rows(text, layout)}
    except OSError as error:
        raise _unreadable(path, error) from None
    except (ValueError, csv.Error) as error:
        raise _damaged(path, error) from None
    known = {part: next((name for name in names if name in found), "") for part, names in _USAGES.items()}
    return known if all(known.values()) else {}


def _table(path: Path, usage: str) -> StoredPart:
    """Images `(n, side, side)` or `(n, side, side, 3)`, and labels: numbers or words.

    Args:
        path: the file.
        usage: what the column 'Usage' must say, in small letters; empty for all rows.
    """
    layout = _layout(path)
    if layout.label is None and (layout.is_named or not layout.read):
        raise CnntuiError(f"{path} has no column of labels: it begins with ‘{layout.columns[0][:40]}’.", _ONE_BY_ONE)
    try:
        label = layout.label
        if label is None:
            with opened_table(path) as text:
                label = label_column(_rows(text, layout, usage), layout)
        try:
            table, names = _numbers(path, layout, usage, label, np.int16)
        except ValueError as error:
            if not _NO_NUMBER.fullmatch(str(error)):
                raise
            try:
                table, names = _numbers(path, layout, usage, label, np.float32)
            except ValueError:
                raise error from None
    except OSError as error:
        raise _unreadable(path, error) from None
    except (ValueError, IndexError, OverflowError, csv.Error) as error:
        raise _damaged(path, error) from None
    if len(names) > _MOST_NAMES:
        raise CnntuiError(f"{path} has over {_MOST_NAMES:,} different labels.", _ONE_BY_ONE)
    table.flags.writeable = False
    at = 0 if layout.pixels is not None else layout.read.index(label)
    labels, last = table[:, at].astype(np.int64), table.shape[1] - 1
    images = table[:, 1:] if at == 0 else table[:, :last] if at == last else np.delete(table, at, axis=1)
    are_numbers = all(WHOLE_NUMBER.fullmatch(name) for name in names)
    known = np.array([int(float(name)) for name in names], np.int64) if are_numbers else np.array([*names])
    notes = (_LAST,) if layout.label is None and at > 0 else ()
    return StoredPart(_squares(images, path), known[labels], notes=notes)


def _squares(images: NDArray[Any], path: Path) -> NDArray[Any]:
    """Rows of pixels `(n, pixels)` as squares of one or three channels."""
    count = images.shape[1]
    side, channels = isqrt(count), 1
    if side**2 != count and count % _COLOURS == 0:
        side, channels = isqrt(count // _COLOURS), _COLOURS
    if not count or side**2 * channels != count:
        lacking = " beside the label" if isqrt(count + 1) ** 2 == count + 1 else ""
        raise CnntuiError(f"{path} has {count:,} pixels in a row{lacking}, which do not make a square.", _ONE_BY_ONE)
    return images.reshape((-1, side, side) if channels == 1 else (-1, side, side, channels))


def _numbers(path: Path, layout: Layout, usage: str, label: int, dtype: type) -> tuple[NDArray[Any], Sequence[str]]:
    """The table with a number for each different label, and these labels in the order of their numbers."""
    names: dict[str, int] = {}

    def number(text: str) -> int:
        return names.setdefault(text.strip(), min(len(names), _MOST_NAMES))

    columns, at, mark = layout.read, label, layout.mark
    with opened_table(path) as text:
        rows = _rows(text, layout, usage)
        if layout.pixels is not None:
            rows, columns, at, mark = _spread(rows, layout, label), [], 0, ","
        if (first := next(rows, None)) is None:
            raise ValueError("it has no row")
        table: NDArray[Any] = np.loadtxt(
            chain([first], rows), dtype, delimiter=None if mark == " " else mark, comments=None, quotechar='"', ndmin=2,
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


def _rows(text: TextIO, layout: Layout, usage: str = "") -> Iterator[str]:
    """The rows of a file without its header, or those of one usage, none of them longer than allowed."""
    if layout.has_header:
        text.readline(LONGEST_ROW)
    while row := text.readline(LONGEST_ROW):
        if len(row) == LONGEST_ROW:
            raise ValueError(f"a row is longer than {LONGEST_ROW:,} characters")
        if row.strip() and (not usage or layout.usage_of(row).lower() == usage):
            yield row


def _spread(rows: Iterator[str], layout: Layout, label: int) -> Iterator[str]:
    """Rows with the label first, and then each pixel in a column of its own."""
    assert layout.pixels is not None
    for fields in fields_of(rows, layout.mark):
        if fields:
            name = fields[label].replace('"', '""')
            yield ",".join([f'"{name}"', *fields[layout.pixels].split()])
