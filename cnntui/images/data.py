"""Handwritten digits as arrays, checked on the way in.

A data set is either one `.npz` file laid out as Keras lays out MNIST (`x_train`, `y_train`, `x_test`, `y_test`), or a
folder with the four IDX files that MNIST was published in, plain or gzipped. Only what is asked for is read: the test
digits alone take about 40 ms.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.files.archives import MOST_ARCHIVE_BYTES, MOST_EXPANSION, Archive
from cnntui.files.assets import asset
from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular
from cnntui.printable import printable

HINT = "Use a .npz file laid out like Keras's mnist.npz, or a folder with the four IDX files of MNIST."

IDX_FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}

MNIST = "MNIST"

_MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"
"""Of the data set that ships with cnntui, so that it need not be computed at each start."""

_MOST_BYTES = 1024**3
"""More than a million digits."""


@dataclass(frozen=True, eq=False)
class Digits:
    """Digits and what they are.

    Attributes:
        images: `(n, 28, 28)` uint8, 0 for the background, 255 for ink.
        labels: `(n,)` uint8, 0 to 9.
        name: what the data set is called on the screen; empty for the MNIST that ships with cnntui.
        sha256: of the data set; empty where nobody asked.
        reason: why these are looked at in place of the digits that belong to the network, of which nothing can be said
            but what the network computes: neither a true class nor an accuracy. Empty where they do belong to it.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    name: str = ""
    sha256: str = ""
    reason: str = ""

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class OwnImage:
    """A picture of a person's own, in the form of a digit.

    Attributes:
        name: what it is called on the screen: "your drawing", "photo.png".
        pixels: `(28, 28)` uint8, 0 for the background, 255 for ink.
    """

    name: str
    pixels: NDArray[np.uint8]


def load_test(path: Path | None = None) -> Digits:
    """The test digits of a data set; without `path`, the 10,000 that come with cnntui.

    Raises:
        CnntuiError: the data set is missing, damaged, or not made of 28×28 digits with labels 0 to 9.
    """
    return _named(_load(path, "test"), path)


def load_train(path: Path | None = None) -> Digits:
    """The training digits of a data set; without `path`, the 60,000 that come with cnntui.

    Raises:
        CnntuiError: as for `load_test`.
    """
    return _named(_load(path, "train"), path)


def identified(digits: Digits, sha256: str) -> Digits:
    """The digits with what they are known by; a copy of the MNIST that ships with cnntui is called like that."""
    return replace(digits, sha256=sha256, name="" if sha256 == _MNIST_SHA256 else digits.name)


def data_sha256(path: Path | None = None) -> str:
    """The SHA-256 of a data set as it lies on the disk: of the `.npz` file, or of the four IDX files one after another.

    Raises:
        CnntuiError: a file is missing or cannot be read.
    """
    if path is None:
        return _MNIST_SHA256
    source = _source(path)
    files = [_find_idx(source, name) for pair in IDX_FILES.values() for name in pair] if source.is_dir() else [source]
    digest = hashlib.sha256()
    for file in files:
        try:
            with open_regular(file, MOST_ARCHIVE_BYTES) as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
        except OSError as error:
            raise CnntuiError(
                f"{file} cannot be read: {error.strerror}.", "Check the path and its permissions."
            ) from None
    return digest.hexdigest()


def _named(digits: Digits, path: Path | None) -> Digits:
    if path is None:
        return identified(digits, _MNIST_SHA256)
    return replace(digits, name=printable(path.resolve().name or str(path)))


def _load(path: Path | None, part: str) -> Digits:
    source = _source(path)
    if source.is_dir():
        missing = [name for pair in IDX_FILES.values() for name in pair if not _idx_candidates(source, name)]
        if missing:
            raise CnntuiError(f"The folder {source} lacks {', '.join(missing)} (plain, or with .gz).", HINT)
        images, labels = (_read_idx(_find_idx(source, name)) for name in IDX_FILES[part])
    else:
        with Archive(source, "a data set", HINT) as archive:
            images, labels = archive.array(f"x_{part}", _MOST_BYTES), archive.array(f"y_{part}", _MOST_BYTES)
    return _checked(images, labels, f"The {part} digits of {source}")


def _source(path: Path | None) -> Path:
    if path is None:
        return asset("mnist.npz")
    try:
        os.stat(path)
    except FileNotFoundError:
        raise CnntuiError(f"There is no data set at {path}.", HINT) from None
    except OSError as error:
        raise CnntuiError(f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.") from None
    return path


def _checked(images: NDArray[Any], labels: NDArray[Any], which: str) -> Digits:
    """Images and labels as Digits, or a CnntuiError that says what about them is wrong."""
    if images.dtype != np.uint8:
        raise CnntuiError(f"{which} are {images.dtype}; pixels are uint8, from 0 to 255.", HINT)
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        shape = "×".join(str(length) for length in images.shape)
        raise CnntuiError(f"{which} have the shape {shape}; n×28×28 is needed.", HINT)
    if not np.issubdtype(labels.dtype, np.integer) or labels.ndim != 1:
        raise CnntuiError(
            f"The labels are {labels.ndim}-dimensional {labels.dtype}: {which} need one whole number each.", HINT
        )
    if len(images) != len(labels):
        raise CnntuiError(f"{which} are {len(images):,} images with {len(labels):,} labels.", HINT)
    if not len(images):
        raise CnntuiError(f"{which} are none at all.", HINT)
    if labels.min() < 0 or labels.max() > 9:
        wrong = labels[(labels < 0) | (labels > 9)][0]
        raise CnntuiError(f"{which} include one with the label {wrong}; labels are 0 to 9.", HINT)
    return Digits(images, labels.astype(np.uint8))


def _idx_candidates(folder: Path, name: str) -> list[Path]:
    return [file for file in (folder / name, folder / f"{name}.gz") if os.path.isfile(file)]


def _find_idx(folder: Path, name: str) -> Path:
    """The plain file if there is one, otherwise the gzipped one."""
    candidates = _idx_candidates(folder, name)
    if not candidates:
        raise CnntuiError(f"The folder {folder} lacks {name} (plain, or with .gz).", HINT)
    return candidates[0]


def _read_idx(file: Path) -> NDArray[np.uint8]:
    """The bytes of an IDX file, in its declared shape.

    The file begins with two zeros, the type (8 for uint8) and the number of axes; then each axis's length as a
    big-endian 32-bit number; then the values. The declared size is held against the file before anything is allocated.
    """
    zipped = file.suffix == ".gz"
    axes = 3 if "idx3" in file.name else 1
    header_bytes = 4 + 4 * axes
    try:
        with open_regular(file, MOST_ARCHIVE_BYTES) as plain, gzip.open(plain) if zipped else plain as stream:
            stored_bytes = os.fstat(plain.fileno()).st_size
            header = stream.read(header_bytes)
            if len(header) < header_bytes:
                raise CnntuiError(f"{file} is truncated in its header.", HINT)
            if header[:4] != bytes((0, 0, 8, axes)):
                raise CnntuiError(
                    f"{file} begins with {header[:4].hex(' ')}, not with 00 00 08 0{axes} as such IDX files do.", HINT
                )
            shape = struct.unpack(f">{axes}I", header[4:])
            declared = int(np.prod(shape, dtype=object))
            if declared > min(_MOST_BYTES, stored_bytes * (MOST_EXPANSION if zipped else 1)):
                raise CnntuiError(
                    f"{file} declares {declared:,} values, but is only {stored_bytes:,} bytes long.", HINT
                )
            content = stream.read(declared + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CnntuiError(f"{file} is damaged: {error}.", HINT) from None
    except OSError as error:
        raise CnntuiError(f"{file} cannot be read: {error.strerror}.", "Check its permissions.") from None
    if len(content) != declared:
        found = f"only {len(content):,}" if len(content) < declared else "more"
        raise CnntuiError(f"{file} declares {declared:,} values but holds {found}.", HINT)
    return np.frombuffer(content, np.uint8).reshape(shape)
