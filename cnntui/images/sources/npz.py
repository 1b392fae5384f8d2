"""Data sets in a single `.npz` file, whatever names its arrays have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.layers import Shape, times
from cnntui.files.archives import Archive
from cnntui.files.errors import CnntuiError
from cnntui.images.sources.source import HINT, MOST_BYTES, MOST_CLASSES, TEST, TRAIN, WHOLE, StoredPart
from cnntui.printable import printable

_MOST_NAMES_BYTES = 1024**2

_NAMES = ("class_names", "classes", "label_names")

_PAIRS = {
    part: (
        (f"x_{part}", f"y_{part}"), (f"X_{part}", f"y_{part}"), (f"{part}_images", f"{part}_labels"),
        (f"{part}_x", f"{part}_y"), (f"{part}_data", f"{part}_labels"),
    )
    for part in (TRAIN, TEST)
} | {WHOLE: (("images", "labels"), ("x", "y"), ("X", "y"), ("data", "labels"), ("arr_0", "arr_1"))}  # fmt: skip
"""The names of each part's images and labels: in Keras, in MedMNIST, and elsewhere."""


class NpzSource:
    """A `.npz` file."""

    def __init__(self, path: Path) -> None:
        """Read the names of the arrays.

        Raises:
            CnntuiError: the file is not of this kind, or holds no images with labels under known names.
        """
        self.path = path
        with self._open() as archive:
            present = set(archive.arrays)
        found = ((part, pair) for part, pairs in _PAIRS.items() for pair in pairs if present.issuperset(pair))
        self._pairs: dict[str, tuple[str, str]] = {}
        for part, pair in found:
            self._pairs.setdefault(part, pair)
        if not self._pairs:
            held = ", ".join(sorted(present)[:8]) or "no arrays"
            raise CnntuiError(
                f"{path} holds {held}: no images with labels.", "Call them x_test and y_test, as Keras does."
            )

    @property
    def parts(self) -> Sequence[str]:
        """The parts of the data set."""
        return tuple(self._pairs)

    @property
    def files(self) -> Sequence[Path]:
        """The file."""
        return (self.path,)

    def read(self, part: str, shape: Shape | None) -> StoredPart:
        """A part as it is stored.

        Raises:
            CnntuiError: the part is damaged or too large.
        """
        with self._open() as archive:
            pair = self._pairs[part]
            images, labels = (archive.array(name, MOST_BYTES) for name in pair)
            names = next((name for name in _NAMES if name in archive.arrays), None)
            classes = () if names is None else self._classes(archive.array(names, _MOST_NAMES_BYTES), names)
            return StoredPart(images, _as_text(labels), classes)

    def labels(self, part: str) -> NDArray[Any]:
        """The labels of a part.

        Raises:
            CnntuiError: the labels are damaged or too large.
        """
        with self._open() as archive:
            return _as_text(archive.array(self._pairs[part][1], MOST_BYTES))

    def _open(self) -> Archive:
        return Archive(self.path, "a data set", HINT)

    def _classes(self, array: NDArray[Any], name: str) -> tuple[str, ...]:
        if array.ndim != 1 or array.dtype.kind not in "US" or not 0 < len(array) <= MOST_CLASSES:
            raise CnntuiError(
                f"'{name}' in {self.path} is {array.dtype} {times(array.shape)}; it must be 1 to {MOST_CLASSES:,} "
                "texts.",
                HINT,
            )
        texts = (text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text) for text in array)
        return tuple(map(printable, texts))


def _as_text(labels: NDArray[Any]) -> NDArray[Any]:
    """Labels that are bytes, decoded to words; any other labels unchanged."""
    return np.char.decode(labels, "utf-8", "replace") if labels.dtype.kind == "S" else labels
