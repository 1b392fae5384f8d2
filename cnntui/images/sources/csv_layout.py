"""Which columns of a table of images hold labels and pixels, as far as its first row and its numbers tell."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cnntui.files.regular import open_regular, text_encoding
from cnntui.values import dataclass

MOST_BYTES = 320 * 1024**2
"""Enough for several hundred thousand digits, or for the faces of FER2013."""

LONGEST_ROW = 1024**2

_LABELS = ("label", "labels", "class", "target", "emotion", "y")
"""Names of the column with the labels."""

_PIXELS = "pixels"
"""The name of a column with all pixels of an image, separated by spaces."""

_NUMBERING = ("", "id", "index", "unnamed: 0")
"""Names of columns that number the rows, as other programs write them."""

_USAGE = "usage"
"""The name of a column that says which part an image belongs to."""

_MARKS = ",;\t"
"""Characters that may separate two fields; spaces do if there are none of these."""

_LEAST_NUMBERED = 16
"""How many columns named 0, 1, 2 … make a header: as pixels they would be an unlikely image."""

_MANY = 32
"""Class numbers up to here may be far apart because a small file lacks some classes; further up they are pixels."""

WHOLE_NUMBER = re.compile(r"([+-]?\d{1,9})(\.0*)?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
_COUNTING = re.compile(r"[\d\W_]+")


@dataclass(frozen=True)
class Layout:
    """The layout of the rows of a table.

    Attributes:
        columns: the fields of the first row, in lower case: a header, or the first image.
        mark: the character that separates two fields.
        has_header: whether the first row names the columns.
        label: the number of the column with the labels; None if the first row does not tell.
        pixels: the number of the column with all pixels of an image; None if each pixel has its own column.
        usage: the number of the column that says which part an image belongs to; None if there is none.
    """

    columns: tuple[str, ...]
    mark: str
    has_header: bool
    label: int | None
    pixels: int | None
    usage: int | None

    @classmethod
    def of(cls, path: Path) -> Layout:
        """Determine the layout from the first row.

        Raises:
            OSError: the file cannot be read.
            csv.Error: its first row is damaged.
        """
        with opened_table(path) as text:
            first = text.readline(LONGEST_ROW).strip("\r\n")
        mark = max(_MARKS, key=first.count)
        mark = mark if mark in first else " "
        columns = tuple(field.strip().lower() for field in next(fields_of([first], mark), ())) or ("",)
        words = [place for place, field in enumerate(columns) if not _NUMBER.fullmatch(field)]
        label = next((columns.index(name) for name in _LABELS if name in columns), None)
        has_header = label is not None or len(words) == len(columns) or _counts(columns)
        if label is None and has_header:
            label = _odd_one_out(columns)
        elif label is None and len(words) == 1:
            label = words[0]
        pixels, usage = (columns.index(name) if name in columns else None for name in (_PIXELS, _USAGE))
        return cls(columns, mark, has_header, label, pixels, usage)

    @property
    def read(self) -> list[int]:
        """The columns that hold labels or pixels; any others number the rows, or name their part."""
        names = self.columns if self.has_header else ()
        others = (*_NUMBERING, _USAGE)
        return [place for place in range(len(self.columns)) if not (names and names[place] in others)]

    def usage_of(self, row: str) -> str:
        """Which part a row says that it belongs to; empty if it does not say.

        Raises:
            csv.Error: the row is damaged.
        """
        assert self.usage is not None
        if self.usage == len(self.columns) - 1:  # a row may be long, and is not taken apart for its last field
            return row.rstrip().rpartition(self.mark)[2].strip('" ')
        fields = next(fields_of([row], self.mark))
        return fields[self.usage].strip() if self.usage < len(fields) else ""

    @property
    def is_named(self) -> bool:
        """Whether the names of the columns should tell which one holds the labels; numbers tell nothing."""
        return self.has_header and not all(_NUMBER.fullmatch(self.columns[place]) for place in self.read)


@contextmanager
def opened_table(path: Path) -> Iterator[io.TextIOWrapper]:
    """The text of a table, whatever its line ends and its encoding.

    Raises:
        OSError: the file cannot be read, or is too large.
    """
    with open_regular(path, MOST_BYTES) as file:
        encoding = text_encoding(file.peek(2))
        with io.TextIOWrapper(file, encoding, "replace") as text:
            yield text


def fields_of(rows: Iterable[str], mark: str) -> Iterator[Sequence[str]]:
    """The fields of each row.

    Raises:
        csv.Error: a row is damaged.
    """
    if mark == " ":
        return (row.split() for row in rows)
    return csv.reader(rows, delimiter=mark)


def label_column(rows: Iterable[str], layout: Layout) -> int:
    """Whether the first or the last column read holds the labels, as their numbers tell.

    Labels differ, lie close together and are few; a pixel at the edge of all images is always 0, or anything.

    Args:
        rows: all rows without the header.
        layout: the layout, whose first row does not tell.

    Raises:
        csv.Error: a row is damaged.
    """
    first, last = layout.read[0], layout.read[-1]
    found: dict[int, set[str]] = {first: set(), last: set()}
    for fields in fields_of(rows, layout.mark):
        if len(fields) == len(layout.columns):
            for place, values in found.items():
                values.add(fields[place])
    return min((first, last), key=lambda place: _unlike_labels(found[place]))


def _unlike_labels(values: set[str]) -> tuple[bool, bool, bool, int]:
    """Reasons why values are no class numbers, the weightiest first."""
    matches = [WHOLE_NUMBER.fullmatch(value.strip()) for value in values]
    numbers = {int(match[1]) for match in matches if match is not None}
    if len(numbers) < len(values) or not values:
        return True, True, True, 0
    missing = max(numbers) - min(numbers) + 1 - len(numbers)
    is_scattered = missing > len(numbers) and max(numbers) > _MANY
    return is_scattered, len(numbers) == 1, missing > 0, len(numbers)


def _counts(columns: Sequence[str]) -> bool:
    """Whether columns are named 0, 1, 2 …, as pandas names them."""
    numbers = [field for field in columns if field.isdecimal()]
    if not _LEAST_NUMBERED <= len(numbers) >= len(columns) - len(_NUMBERING):
        return False
    return all(field == str(int(numbers[0]) + place) for place, field in enumerate(numbers))


def _odd_one_out(columns: Sequence[str]) -> int | None:
    """The only column whose name is no pixel's: pixels have one name, and numbers that differ."""
    others = (*_NUMBERING, _USAGE)
    stems = {place: _COUNTING.sub("", name) for place, name in enumerate(columns) if name not in others}
    counts = Counter(stems.values())
    pixel = _PIXELS if _PIXELS in counts else max(counts, key=lambda stem: counts[stem], default="")
    odd = [place for place, stem in stems.items() if stem != pixel]
    return odd[0] if len(odd) == 1 and (pixel == _PIXELS or len(stems) > 2) else None
