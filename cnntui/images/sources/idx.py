"""Data sets in IDX files, the format that MNIST was published in, plain or gzipped."""

from __future__ import annotations

import gzip
import io
import os
import re
import string
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.layers import Shape
from cnntui.files.archives import MOST_ARCHIVE_BYTES, MOST_EXPANSION
from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular
from cnntui.images.sources.source import HINT, MOST_BYTES, TEST, TRAIN, WHOLE, StoredPart

_NAME = re.compile(
    r"(?P<set>.*?)(?:(?P<part>train|t10k|test|val|valid|validation)[-_.])?(?P<what>images|labels)"
    r"(?P<kind>(?:[-_.]idx\d?)?(?:[-_.](?:u?byte|int))?(?:\.idx)?)(?: ?\(\d+\))?(?:\.gz)?",
    re.IGNORECASE,
)
"""A name in any spelling; browsers add ' (1)' to a file that was downloaded twice."""

_TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
"""NumPy's names for the types of IDX files."""

_GZIP = b"\x1f\x8b"
"""How gzipped files begin."""

_UPRIGHT = "The images of EMNIST are stored lying on their side; they were turned upright."

_MERGED = string.digits + string.ascii_uppercase
_CLASSES = {
    "letters": string.ascii_uppercase,
    "balanced": f"{_MERGED}abdefghnqrt",
    "bymerge": f"{_MERGED}abdefghnqrt",
    "byclass": _MERGED + string.ascii_lowercase,
}
"""The names of EMNIST's classes, by the name of the set. Small letters that look like capital ones share a class with
them."""

_LETTERS = "letters"
"""The set whose labels count from 1."""


def idx_name(name: str) -> tuple[str, str, str] | None:
    """The set, the part, and 'images' or 'labels', from the name of a file: `emnist-letters`, `test`, `images`."""
    match = _NAME.fullmatch(name)
    if match is None or not (match["part"] or match["kind"]):
        return None
    part = WHOLE if match["part"] is None else TRAIN if match["part"].lower() == "train" else TEST
    return match["set"].strip("-_.").lower(), part, match["what"].lower()


def emnist_set(name: str) -> str | None:
    """The EMNIST set that a name belongs to: `letters` for 'emnist-letters'; None if it is not a name of EMNIST."""
    first, _, rest = name.lower().partition("-")
    return rest if first == "emnist" else None


def emnist_part(images: NDArray[Any], labels: NDArray[Any], which: str) -> StoredPart:
    """Images of EMNIST `(n, columns, rows)` turned upright, with the names of their classes."""
    upright = images.swapaxes(1, 2)
    upright.flags.writeable = False
    counted = emnist_labels(labels, which)
    first = int(labels[0]) - int(counted[0]) if len(labels) else 0
    return StoredPart(upright, counted, tuple(_CLASSES.get(which, "")), (_UPRIGHT,), first)


def emnist_labels(labels: NDArray[Any], which: str) -> NDArray[Any]:
    """Labels of EMNIST counted from 0."""
    return labels.astype(np.int64) - 1 if which == _LETTERS and labels.min(initial=1) > 0 else labels


class IdxSource:
    """The IDX files of one data set."""

    def __init__(self, folder: Path, name: str, files: dict[tuple[str, str], Path]) -> None:
        """The data set of some files, none of which has been read yet.

        Raises:
            CnntuiError: there are labels without images, or images without labels.
        """
        self.path = folder
        self.name = name
        self._files = files
        for part, what in files:
            other = "labels" if what == "images" else "images"
            if (part, other) not in files:
                raise CnntuiError(f"Beside {files[part, what]} there is no file with the {other}.", HINT)

    @classmethod
    def within(cls, folder: Path) -> IdxSource | None:
        """The data set in a folder; None if the folder holds no IDX files.

        Raises:
            CnntuiError: the folder holds several data sets, or cannot be read.
        """
        sets = _sets(folder)
        if len(sets) > 1:
            named = ", ".join(sorted(name or "MNIST" for name in sets))
            raise CnntuiError(f"{folder} holds several data sets: {named}.", "Name one of its files: --data FILE.")
        return next((cls(folder, name, files) for name, files in sets.items()), None)

    @classmethod
    def of_file(cls, path: Path) -> IdxSource:
        """The data set that a file belongs to.

        Raises:
            CnntuiError: another file of the data set is missing.
        """
        found = idx_name(path.name)
        name = "" if found is None else found[0]
        return cls(path.parent, name, _sets(path.parent).get(name, {}))

    @property
    def parts(self) -> Sequence[str]:
        """The parts of the data set."""
        return tuple(part for part in (TRAIN, TEST, WHOLE) if (part, "images") in self._files)

    @property
    def files(self) -> Sequence[Path]:
        """The images and labels of one part after another."""
        order = [(part, what) for part in (TRAIN, TEST, WHOLE) for what in ("images", "labels")]
        return tuple(self._files[each] for each in order if each in self._files)

    def read(self, part: str, shape: Shape | None) -> StoredPart:
        """A part, with EMNIST's images turned upright and its letters counted from 0.

        Raises:
            CnntuiError: a file is damaged or too large.
        """
        images, labels = _read(self._files[part, "images"], (3, 4)), self._labels(part)
        which = emnist_set(self.name)
        return StoredPart(images, labels) if which is None else emnist_part(images, labels, which)

    def labels(self, part: str) -> NDArray[Any]:
        """The labels of a part, counted from 0.

        Raises:
            CnntuiError: the file is damaged.
        """
        return emnist_labels(self._labels(part), emnist_set(self.name) or "")

    def _labels(self, part: str) -> NDArray[Any]:
        labels = _read(self._files[part, "labels"], (1, 2))
        # QMNIST has a row of facts for each image, and the class is the first.
        return labels[:, 0] if labels.ndim == 2 and labels.shape[1] else labels


def _sets(folder: Path) -> dict[str, dict[tuple[str, str], Path]]:
    """The IDX files of a folder, by data set, and by part and content; the plain file if there is a gzipped one too.

    Kaggle puts each file into a folder of the same name.
    """
    try:
        names = sorted(os.listdir(folder), reverse=True)
    except OSError as error:
        raise CnntuiError(f"{folder} cannot be read: {error.strerror}.", "Check its permissions.") from None
    sets: dict[str, dict[tuple[str, str], Path]] = {}
    for name in names:
        found, path = idx_name(name), folder / name
        if found is None:
            continue
        if not os.path.isfile(path):
            path = path / name
            if not os.path.isfile(path):
                continue
        sets.setdefault(found[0], {})[found[1:]] = path
    return sets


def _read(file: Path, axes: tuple[int, int]) -> NDArray[Any]:
    """The numbers of an IDX file, in its declared shape, which has one of two numbers of axes.

    The file begins with two zeros, the type (8 for uint8) and the number of axes; then follow the length of each axis
    as a big-endian 32-bit number, and the values. The declared size is compared with the file before anything is
    allocated.
    """
    try:
        with open_regular(file, MOST_ARCHIVE_BYTES) as plain, _unzipped(plain) as stream:
            stored_bytes, zipped = os.fstat(plain.fileno()).st_size, stream is not plain
            start = stream.read(4)
            header = stream.read(4 * start[3]) if len(start) == 4 else b""
            if not header or len(header) < 4 * start[3]:
                raise CnntuiError(f"{file} is truncated in its header.", HINT)
            if start[:2] != bytes(2) or start[2] not in _TYPES or start[3] not in axes:
                raise CnntuiError(
                    f"{file} begins with {start.hex(' ')}, not with 00 00 08 0{axes[0]} as such IDX files do.", HINT
                )
            shape, dtype = struct.unpack(f">{start[3]}I", header), np.dtype(_TYPES[start[2]])
            declared = int(np.prod(shape, dtype=object))
            size = declared * dtype.itemsize
            if size > min(MOST_BYTES, stored_bytes * (MOST_EXPANSION if zipped else 1)):
                raise CnntuiError(
                    f"{file} declares {declared:,} values, but is only {stored_bytes:,} bytes long.", HINT
                )
            content = stream.read(size + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CnntuiError(f"{file} is damaged: {error}.", HINT) from None
    except OSError as error:
        raise CnntuiError(f"{file} cannot be read: {error.strerror}.", "Check its permissions.") from None
    if len(content) != size:
        found = f"only {len(content) // dtype.itemsize:,}" if len(content) < size else "more"
        raise CnntuiError(f"{file} declares {declared:,} values but holds {found}.", HINT)
    return np.frombuffer(content, dtype).reshape(shape)


def _unzipped(file: io.BufferedReader) -> gzip.GzipFile | io.BufferedReader:
    """The content of a file, unpacked if it is gzipped: browsers unpack some files, but leave `.gz` in their names."""
    return gzip.open(file) if file.peek(2).startswith(_GZIP) else file
