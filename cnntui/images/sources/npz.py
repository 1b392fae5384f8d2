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

_IMAGES = ("x", "images", "data", "image", "imgs", "img", "features")
_LABELS = ("y", "labels", "target", "targets", "label")
"""The names of images and labels, whatever their case: in Keras, in MedMNIST, in scikit-learn, and elsewhere."""

_PARTS = {TRAIN: ("train", "training"), TEST: ("test", "testing", "val", "valid", "validation")}
"""The names of the parts, before or after those of images and labels; the first that exists is used."""

_UNNAMED = ("arr_0", "arr_1")
"""How NumPy names arrays that were saved without a name."""


class NpzSource:
    """A `.npz` file."""

    def __init__(self, path: Path) -> None:
        """Read the names of the arrays.

        Raises:
            CnntuiError: the file is not of this kind, or holds no images with labels under known names.
        """
        self.path = path
        with self._open() as archive:
            present = archive.arrays
        pairs = {part: _pair(present, words) for part, words in (*_PARTS.items(), (WHOLE, ("",)))}
        self._pairs = {part: pair for part, pair in pairs.items() if pair is not None}
        if not self._pairs:
            if not present:
                raise CnntuiError(f"{path} is a zip archive without arrays.", "Unpack it first.")
            held = ", ".join(sorted(present)[:8])
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
        array = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
        if array.ndim != 1 or array.dtype.kind not in "US" or not 0 < len(array) <= MOST_CLASSES:
            raise CnntuiError(
                f"'{name}' in {self.path} is {array.dtype} {times(array.shape)}; it must be 1 to {MOST_CLASSES:,} "
                "texts.",
                HINT,
            )
        texts = (text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text) for text in array)
        return tuple(map(printable, texts))


def _pair(present: Sequence[str], parts: Sequence[str]) -> tuple[str, str] | None:
    """The names of the images and of the labels of a part, among the names of all arrays; None if it is not there.

    Args:
        present: the names of the arrays.
        parts: the names that the part may have; empty for a data set without parts.
    """
    known = {_plain(name): name for name in present}
    for part in parts:
        images, labels = (
            next((known[name] for word in words for name in (part + word, word + part) if name in known), None)
            for words in (_IMAGES, _LABELS)
        )
        if images is not None and labels is not None:
            return images, labels
    return _UNNAMED if parts == ("",) and set(_UNNAMED) <= set(present) else None


def _plain(name: str) -> str:
    """A name without its case and the marks between its words: 'xtest' for 'X_test' and 'x-test'."""
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


def _as_text(labels: NDArray[Any]) -> NDArray[Any]:
    """Labels that are bytes, decoded to words; any other labels unchanged."""
    return np.char.decode(labels, "utf-8", "replace") if labels.dtype.kind == "S" else labels
