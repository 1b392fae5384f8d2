"""Images as arrays, checked on the way in, and what a data set says of itself.

A data set is either one `.npz` file laid out as Keras lays out MNIST (`x_train`, `y_train`, `x_test`, `y_test`,
and if it likes `class_names`), or a folder with the four IDX files that MNIST was published in, plain or gzipped. Only
what is asked for is read: the test images of MNIST alone take about 40 ms.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import zlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.input_scale import BRIGHTEST
from cnntui.cnn.layers import times
from cnntui.cnn.ops import Floats
from cnntui.files.archives import MOST_ARCHIVE_BYTES, MOST_EXPANSION, Archive
from cnntui.files.assets import asset
from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular
from cnntui.images import mnist
from cnntui.printable import printable

HINT = "Use a .npz file laid out like Keras's mnist.npz, or a folder with the four IDX files of MNIST."

MOST_CLASSES = 1000

IDX_FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}

_MOST_BYTES = 1024**3
"""More than a million digits."""

_MOST_NAMES_BYTES = 1024**2

_RED, _GREEN, _BLUE = 0.299, 0.587, 0.114
"""How much each colour adds to how light a pixel looks, by ITU-R BT.601."""

_COLOURS = 3
"""Channels of a colour image."""

Pixels = NDArray[np.uint8]
"""Levels from 0 for black to 255: `(..., height, width, channels)`."""

Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class DataSet:
    """Labelled images, and what they are.

    Attributes:
        images: `(n, height, width, channels)` uint8; of MNIST 0 is the background and 255 is ink.
        labels: `(n,)` whole numbers: places in `classes`.
        classes: the names of the classes.
        name: what the data set is called on the screen; empty for the MNIST that ships with cnntui.
        source: the file or folder that it was read from; None for what ships with cnntui.
        sha256: of the data set; empty where nobody asked.
        reason: why these are looked at in place of the images that belong to the network, of which nothing can be said
            but what the network computes: neither a true class nor an accuracy. Empty where they do belong to it.
    """

    images: Pixels
    labels: Labels
    classes: tuple[str, ...]
    name: str = ""
    source: Path | None = None
    sha256: str = ""
    reason: str = ""

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an image."""
        height, width, channels = self.images.shape[1:]
        return height, width, channels

    @property
    def noun(self) -> str:
        """What one of its images is called."""
        return "digit" if (self.shape, self.classes) == (mnist.SHAPE, mnist.CLASSES) else "image"

    def first(self, count: int) -> DataSet:
        """The data set with no more than its first images."""
        return replace(self, images=self.images[:count], labels=self.labels[:count])


@dataclass(frozen=True, eq=False)
class Image:
    """One image that is looked at: of a data set, or a person's own.

    Attributes:
        name: what it is called on the screen: "digit 7", "your drawing", "photo.png".
        pixels: `(height, width, channels)` uint8.
    """

    name: str
    pixels: Pixels

    @cached_property
    def grey(self) -> Floats:
        """`(height, width)` float32: how light each pixel is, from 0 to 1."""
        return grey_of(self.pixels)


def grey_of(pixels: Pixels) -> Floats:
    """How light each pixel is, from 0 to 1: `(..., height, width, channels)` becomes `(..., height, width)` float32.

    Three channels are red, green and blue. Any other number of them counts in equal parts.
    """
    channels = pixels.shape[-1]
    weights = (_RED, _GREEN, _BLUE) if channels == _COLOURS else (1 / channels,) * channels
    grey: Floats = (pixels.astype(np.float32) @ np.array(weights, np.float32)) / np.float32(BRIGHTEST)
    return grey


def load_test(path: Path | None = None) -> DataSet:
    """The test images of a data set; without `path`, the 10,000 that come with cnntui.

    Raises:
        CnntuiError: the data set is missing, damaged, or not made of images with a label each.
    """
    return _named(_load(path, "test"), path)


def load_train(path: Path | None = None) -> DataSet:
    """The training images of a data set; without `path`, the 60,000 that come with cnntui.

    Raises:
        CnntuiError: as for `load_test`.
    """
    return _named(_load(path, "train"), path)


def identified(data: DataSet, sha256: str) -> DataSet:
    """The data set with what it is known by; a copy of the MNIST that ships with cnntui is called like that."""
    return replace(data, sha256=sha256, name="" if sha256 == mnist.SHA256 else data.name)


def data_sha256(path: Path | None = None) -> str:
    """The SHA-256 of a data set as it lies on the disk: of the `.npz` file, or of the four IDX files one after another.

    Raises:
        CnntuiError: a file is missing or cannot be read.
    """
    if path is None:
        return mnist.SHA256
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


def _named(data: DataSet, path: Path | None) -> DataSet:
    if path is None:
        return identified(data, mnist.SHA256)
    return replace(data, name=printable(path.resolve().name or str(path)), source=path)


def _load(path: Path | None, part: str) -> DataSet:
    source = _source(path)
    # What comes with cnntui is known, so that no other part of it need be read.
    classes = mnist.CLASSES if path is None else ()
    if source.is_dir():
        missing = [name for pair in IDX_FILES.values() for name in pair if not _idx_candidates(source, name)]
        if missing:
            raise CnntuiError(f"The folder {source} lacks {', '.join(missing)} (plain, or with .gz).", HINT)
        images, labels = (_read_idx(_find_idx(source, name)) for name in IDX_FILES[part])
        others = [_read_idx(_find_idx(source, name)) for _, name in IDX_FILES.values() if name != IDX_FILES[part][1]]
    else:
        with Archive(source, "a data set", HINT) as archive:
            images, labels = archive.array(f"x_{part}", _MOST_BYTES), archive.array(f"y_{part}", _MOST_BYTES)
            others = [
                archive.array(name, _MOST_BYTES)
                for name in ("y_train", "y_test")
                if not classes and name != f"y_{part}" and name in archive.arrays
            ]
            if "class_names" in archive.arrays:
                classes = _names(archive.array("class_names", _MOST_NAMES_BYTES), source)
    return _checked(images, labels, others, classes, f"The {part} images of {source}")


def _names(array: NDArray[Any], source: Path) -> tuple[str, ...]:
    if array.ndim != 1 or array.dtype.kind != "U" or not 0 < len(array) <= MOST_CLASSES:
        raise CnntuiError(
            f"'class_names' in {source} is {array.dtype} {times(array.shape)}; it must be 1 to {MOST_CLASSES:,} texts.",
            HINT,
        )
    return tuple(printable(str(name)) for name in array)


def _source(path: Path | None) -> Path:
    if path is None:
        return asset(mnist.FILE)
    try:
        os.stat(path)
    except FileNotFoundError:
        raise CnntuiError(f"There is no data set at {path}.", HINT) from None
    except OSError as error:
        raise CnntuiError(f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.") from None
    return path


def _checked(
    images: NDArray[Any], labels: NDArray[Any], others: list[NDArray[Any]], classes: tuple[str, ...], which: str
) -> DataSet:
    """A data set, or a CnntuiError that says what about it is wrong.

    Args:
        images, labels: of the part that is asked for.
        others: labels of the other part, which may have classes that this one lacks.
        classes: the names of the classes; empty where the data set does not say them.
        which: the images, for messages.
    """
    if images.dtype != np.uint8:
        raise CnntuiError(f"{which} are {images.dtype}; pixels are uint8, from 0 to {BRIGHTEST}.", HINT)
    if images.ndim == 3:
        images = images[..., np.newaxis]
    if images.ndim != 4 or 0 in images.shape[1:]:
        raise CnntuiError(
            f"{which} have the shape {times(images.shape)}; n×height×width is needed, or n×height×width×channels.", HINT
        )
    if not np.issubdtype(labels.dtype, np.integer) or labels.ndim != 1:
        raise CnntuiError(
            f"The labels are {labels.ndim}-dimensional {labels.dtype}: {which} need one whole number each.", HINT
        )
    if len(images) != len(labels):
        raise CnntuiError(f"{which} are {len(images):,} images with {len(labels):,} labels.", HINT)
    if not len(images):
        raise CnntuiError(f"{which} are none at all.", HINT)
    count = len(classes) or MOST_CLASSES
    if labels.min() < 0 or labels.max() >= count:
        wrong = labels[(labels < 0) | (labels >= count)][0]
        raise CnntuiError(f"{which} include one with the label {wrong}; labels are 0 to {count - 1}.", HINT)
    classes = classes or _numbered(images.shape[1:], labels, *others)
    return DataSet(images, labels.astype(np.min_scalar_type(len(classes) - 1)), classes)


def _numbered(shape: tuple[int, ...], *labels: NDArray[Any]) -> tuple[str, ...]:
    """Names for classes of which only the numbers are known. What is laid out like MNIST has ten of them."""
    largest = max(int(part.max()) for part in labels if part.size and np.issubdtype(part.dtype, np.integer))
    if shape == mnist.SHAPE and largest < len(mnist.CLASSES):
        return mnist.CLASSES
    return tuple(str(number) for number in range(min(largest + 1, MOST_CLASSES)))


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
