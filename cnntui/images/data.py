"""Images as arrays, and what a data set says about itself.

Only what is requested is read: the test images of MNIST alone take about 40 ms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.arithmetic import counted
from cnntui.cnn.input_scale import BRIGHTEST
from cnntui.cnn.layers import Shape
from cnntui.cnn.ops import Floats
from cnntui.files.archives import MOST_ARCHIVE_BYTES
from cnntui.files.assets import asset
from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular, read_regular, text_encoding
from cnntui.images import mnist
from cnntui.images.levels import Pixels, levels_of, named, numbered, numbers_of
from cnntui.images.sources.opening import source_of
from cnntui.images.sources.source import HINT, MOST_CLASSES, TEST, TRAIN, WHOLE, Source
from cnntui.printable import printable, short_name, text_width
from cnntui.values import dataclass

_MOST_NAMES_BYTES = 1024**2

LONGEST_CLASS = 20
"""The longest class name in a sentence, in columns."""

TEST_SHARE = 6
"""In a data set without parts, one image in this many is kept for testing; in MNIST it is one in seven."""

_RED, _GREEN, _BLUE = 0.299, 0.587, 0.114
"""How much each colour contributes to a pixel's lightness, by ITU-R BT.601."""

_COLOURS = 3
"""Channels of a colour image."""

Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class DataSet:
    """Labelled images and their description.

    Attributes:
        images: `(n, height, width, channels)` uint8; in MNIST, 0 is the background and 255 is ink.
        labels: `(n,)` whole numbers: places in `classes`.
        classes: the names of the classes.
        name: the data set's name on the screen; empty for the MNIST that ships with cnntui.
        source: the file or folder that it was read from; None for the data set that ships with cnntui.
        sha256: the SHA-256 of the data set; empty if it was not requested.
        reason: why these images are shown instead of those that belong to the network. They then have neither a true
            class nor an accuracy, only what the network computes. Empty if they do belong to it.
        notes: what was done to the images when they were read, a sentence each.
        first_label: the number of the first class in the original data set, which may count from 1.
    """

    images: Pixels
    labels: Labels
    classes: tuple[str, ...]
    name: str = ""
    source: Path | None = None
    sha256: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()
    first_label: int = 0

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The height, width and channels of an image."""
        height, width, channels = self.images.shape[1:]
        return height, width, channels

    @property
    def is_digits(self) -> bool:
        """Whether the images have the shape and the classes of MNIST."""
        return (self.shape, self.classes) == (mnist.SHAPE, mnist.CLASSES)

    def class_name(self, label: int, width: int = LONGEST_CLASS) -> str:
        """A class's name, cut to some columns; its number if a network has more classes than there are names."""
        return short_name(self.classes[label], width) if label < len(self.classes) else str(label)

    def answer(self, label: int | None, predicted: int) -> str:
        """The true class, if it is known, and the predicted class: `true 4 · predicted 9 ✗`."""
        named = f"predicted {self.class_name(predicted)}"
        if label is None:
            return named
        return f"true {self.class_name(label)} · {named} {'✓' if label == predicted else '✗'}"

    @cached_property
    def class_width(self) -> int:
        """The width of the widest class name that `class_name` returns, in columns."""
        return max(text_width(self.class_name(label)) for label in range(len(self.classes)))

    def first(self, count: int) -> DataSet:
        """The data set with at most its first `count` images."""
        return replace(self, images=self.images[:count], labels=self.labels[:count])


@dataclass(frozen=True, eq=False)
class Image:
    """One image to show: from a data set, or the user's own.

    Attributes:
        name: the image's name on the screen: "digit 7", "your drawing", "photo.png".
        pixels: `(height, width, channels)` uint8.
    """

    name: str
    pixels: Pixels

    @cached_property
    def grey(self) -> Floats:
        """`(height, width)` float32: the lightness of each pixel, from 0 to 1."""
        return grey_of(self.pixels)


def is_in_colour(pixels: NDArray[Any]) -> bool:
    """Whether pixels `(..., channels)` are red, green and blue."""
    return bool(pixels.shape[-1] == _COLOURS)


def grey_of(pixels: Pixels | Floats) -> Floats:
    """Each pixel's lightness, from 0 to 1: `(..., height, width, channels)` becomes `(..., height, width)` float32.

    Three channels are red, green and blue. With any other number of channels, all count equally.
    """
    channels = pixels.shape[-1]
    weights = (_RED, _GREEN, _BLUE) if is_in_colour(pixels) else (1 / channels,) * channels
    grey: Floats = (pixels.astype(np.float32) @ np.array(weights, np.float32)) / np.float32(BRIGHTEST)
    return grey


def load_test(path: Path | None = None, shape: Shape | None = None) -> DataSet:
    """The test images of a data set; without `path`, the 10,000 that come with cnntui.

    Args:
        path: the file or folder.
        shape: the height, width and channels that pictures with sizes of their own are resized to.

    Raises:
        CnntuiError: the data set is missing or damaged, or does not consist of images with a label each.
    """
    return _load(path, TEST, shape)


def load_train(path: Path | None = None, shape: Shape | None = None) -> DataSet:
    """The training images of a data set; without `path`, the 60,000 that come with cnntui.

    Raises:
        CnntuiError: as for `load_test`.
    """
    return _load(path, TRAIN, shape)


def load_shown(path: Path, shape: Shape | None = None) -> DataSet:
    """The images of a data set to show: the test images, or those that it has if there is no test part.

    Raises:
        CnntuiError: as for `load_test`.
    """
    parts = source_of(path).parts
    part = next(part for part in (TEST, WHOLE, TRAIN) if part in parts)
    data = _load(path, part, shape)
    note = f"{data.name} has no test images; these are its training images."
    return replace(data, notes=(*data.notes, note)) if part == TRAIN else data


def identified(data: DataSet, sha256: str) -> DataSet:
    """The data set with its SHA-256; a copy of the MNIST that ships with cnntui gets the name of the original."""
    return replace(data, sha256=sha256, name="" if sha256 == mnist.SHA256 else data.name)


def counted_as(data: DataSet, outputs: int) -> DataSet:
    """The data set with its classes counted as a network with a different number of outputs counts them.

    EMNIST's letters count from 1, and networks for them often have 27 outputs, the first of which is never right. A
    data set that is laid out like MNIST and does not name its classes may have fewer than ten.
    """
    if data.source is not None and data.is_digits and int(data.labels.max()) < outputs < len(data.classes):
        return replace(data, classes=tuple(map(str, range(outputs))))
    if not data.first_label or outputs != len(data.classes) + data.first_label:
        return data
    unused = tuple(f"unused {number}" for number in range(data.first_label))
    labels = (data.labels.astype(np.int64) + data.first_label).astype(np.min_scalar_type(outputs - 1))
    return replace(data, labels=labels, classes=(*unused, *data.classes), first_label=0)


def with_classes(data: DataSet, classes: Sequence[str]) -> DataSet:
    """The data set with other names for its classes.

    If its own names are among the new ones, its classes are reordered to match: a network may order its classes
    differently than a folder does.

    Raises:
        CnntuiError: there are too few names.
    """
    if set(data.classes) <= set(classes) and len(set(classes)) == len(classes):
        order = np.array([classes.index(name) for name in data.classes])
        data = replace(data, classes=tuple(classes), labels=order[data.labels])
    if (most := int(data.labels.max())) >= len(classes):
        raise CnntuiError(
            f"There {'is' if len(classes) == 1 else 'are'} {counted(len(classes), 'name')} for classes, but "
            f"{data.name or mnist.MNIST} has images of class {most}.",
            "Write one name a line, the first for class 0.",
        )
    return replace(data, classes=tuple(classes), labels=data.labels.astype(np.min_scalar_type(len(classes) - 1)))


def load_classes(path: Path) -> tuple[str, ...]:
    """The names of classes in a text file, one per line.

    Raises:
        CnntuiError: the file cannot be read, is not a text file, or holds no names or too many.
    """
    try:
        content = read_regular(path, _MOST_NAMES_BYTES)
        text = content.decode(text_encoding(content))
    except OSError as error:
        raise CnntuiError(f"{path} cannot be read: {error.strerror}.", "Name a text file: one name a line.") from None
    except UnicodeDecodeError:
        raise CnntuiError(f"{path} is not text in UTF-8 or UTF-16.", "Name a text file: one name a line.") from None
    names = tuple(printable(line.strip()) for line in re.split("\r\n|\n|\r", text.rstrip()))
    if not text.strip() or "" in names or len(names) > MOST_CLASSES:
        empty = f"line {names.index('') + 1} is empty" if "" in names else f"it has {len(names):,} lines"
        raise CnntuiError(
            f"{path} is not a list of names: {empty}.", f"Write one name a line, {MOST_CLASSES:,} at most."
        )
    return names


def data_sha256(path: Path | None = None) -> str:
    """The SHA-256 of a data set as it is on the disk: of its files, one after another.

    Raises:
        CnntuiError: a file is missing or cannot be read.
    """
    if path is None:
        return mnist.SHA256
    import hashlib  # Imports OpenSSL, which the bundled images do not need.

    digest = hashlib.sha256()
    for file in source_of(path).files:
        try:
            with open_regular(file, MOST_ARCHIVE_BYTES) as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
        except OSError as error:
            raise CnntuiError(
                f"{file} cannot be read: {error.strerror}.", "Check the path and its permissions."
            ) from None
    return digest.hexdigest()


def _load(path: Path | None, part: str, shape: Shape | None) -> DataSet:
    where = asset(mnist.FILE) if path is None else path
    source = source_of(where)
    if part not in source.parts and WHOLE in source.parts:
        return _divided(_load(path, WHOLE, shape), part)
    if part not in source.parts:
        raise CnntuiError(
            f"{where} has no {part} images.", "Training needs both: call them x_train, y_train, x_test and y_test."
        )
    # The bundled data set is known, so none of its other parts need be read.
    data = _checked(source, part, shape, mnist.CLASSES if path is None else ())
    if path is None:
        return identified(data, mnist.SHA256)
    return replace(data, name=printable(path.resolve().name or str(path)), source=path)


def _divided(whole: DataSet, part: str) -> DataSet:
    """The training or the test images of a data set without parts: the same ones every time.

    Raises:
        CnntuiError: there are too few images.
    """
    if len(whole) < TEST_SHARE:
        raise CnntuiError(
            f"{whole.name} has {len(whole)} images, too few to keep some for testing.",
            f"Name a data set of {TEST_SHARE} images or more.",
        )
    # If the files hold one class after another, every class still gets its share.
    is_test = np.arange(len(whole)) % TEST_SHARE == TEST_SHARE - 1
    chosen = is_test if part == TEST else ~is_test
    note = f"{whole.name} is not divided: one image in {TEST_SHARE} is kept for testing, the others are for training."
    return replace(whole, images=whole.images[chosen], labels=whole.labels[chosen], notes=(*whole.notes, note))


def _checked(source: Source, part: str, shape: Shape | None, classes: tuple[str, ...]) -> DataSet:
    """The images of a part, or a CnntuiError that says what is wrong with them.

    Args:
        source: the reader of the data set.
        part: the part to read.
        shape: the shape that pictures with sizes of their own are resized to.
        classes: the names of the classes; empty if the data set provides them.
    """
    which = f"The {'images' if part == WHOLE else f'{part} images'} of {source.path}"
    stored = source.read(part, shape)
    images, notes = levels_of(stored.images, which)
    labels, classes = stored.labels, classes or stored.classes
    # If nothing else names the classes, only the labels can.
    others = () if classes else tuple(source.labels(other) for other in source.parts if other != part)
    if labels.dtype.kind == "U":
        labels, classes = (numbered(labels, classes, which), classes) if classes else named(labels, others)
    numbers = numbers_of(labels, which)
    if len(images) != len(numbers):
        raise CnntuiError(f"{which} are {len(images):,} images with {len(numbers):,} labels.", HINT)
    if not len(images):
        raise CnntuiError(f"{which}: there are none.", HINT)
    count = len(classes) or MOST_CLASSES
    if numbers.min() < 0 or numbers.max() >= count:
        wrong = numbers[(numbers < 0) | (numbers >= count)][0]
        names = f", because {count} classes are named" if stored.classes else ""
        raise CnntuiError(f"{which} include one with the label {wrong}; labels are 0 to {count - 1}{names}.", HINT)
    classes = classes or _numbered(images.shape[1:], numbers, *(numbers_of(each, which) for each in others))
    labels = numbers.astype(np.min_scalar_type(len(classes) - 1))
    return DataSet(images, labels, classes, notes=(*stored.notes, *notes), first_label=stored.first_label)


def _numbered(shape: tuple[int, ...], *labels: NDArray[np.int64]) -> tuple[str, ...]:
    """Names for classes of which only the numbers are known. A data set laid out like MNIST has ten."""
    largest = max(int(part.max(initial=0)) for part in labels)
    if shape == mnist.SHAPE and largest < len(mnist.CLASSES):
        return mnist.CLASSES
    return tuple(str(number) for number in range(min(largest + 1, MOST_CLASSES)))
