"""Data sets in a folder: a subfolder with pictures for each class, named after the class."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.layers import Shape
from cnntui.files.errors import CnntuiError
from cnntui.images.levels import Pixels
from cnntui.images.picture_file import SUFFIXES, count_pixels, load_img
from cnntui.images.sources.source import HINT, MOST_BYTES, MOST_CLASSES, TEST, TRAIN, WHOLE, StoredPart
from cnntui.images.sources.unread import refused_folder
from cnntui.printable import printable

MOST_PICTURES = 20_000
"""How many pictures of a part are read; if there are more, the first ones of each class."""

MOST_PIXELS = 250_000_000
"""How many pixels all pictures may have together; this many are decoded in a few seconds."""

_MOST_ENTRIES = 1_000_000

_TESTS = ("test", "val", "valid", "validation", "testing")
_TRAINS = ("train", "training")
"""The names of the folders of the parts; the first one that exists is used."""

_PARTS = (*_TESTS, *_TRAINS)

_DEEPEST = 6
"""How many folders may lie within each other before there are two in one."""


class FolderSource:
    """A folder with a subfolder for each class, or with a subfolder for each part that has those."""

    def __init__(self, folder: Path) -> None:
        """List the pictures without opening any.

        Raises:
            CnntuiError: there are no such folders, or too many folders, or too many files in them.
        """
        self.path = folder
        inner = {name.lower(): folder / name for name in _folders(folder)}
        roots = {
            part: inner[name]
            for part, names in ((TRAIN, _TRAINS), (TEST, _TESTS))
            for name in reversed(names)
            if name in inner and _folders(inner[name])
        }
        roots = roots or {WHOLE: folder}
        # Keras orders classes by name, and with them the outputs of a network that it trains.
        self.classes = tuple(sorted({name for root in roots.values() for name in _folders(root)}))
        if len(self.classes) > MOST_CLASSES:
            raise CnntuiError(
                f"{folder} has {len(self.classes):,} subfolders; there can be at most {MOST_CLASSES:,} classes.", HINT
            )
        self._pictures = {part: [_pictures(root / name) for name in self.classes] for part, root in roots.items()}
        self._pictures = {part: classes for part, classes in self._pictures.items() if any(classes)}
        if not self._pictures:
            raise refused_folder(folder)

    @property
    def parts(self) -> Sequence[str]:
        """The parts of the data set."""
        return tuple(self._pictures)

    @property
    def files(self) -> Sequence[Path]:
        """Every picture, part by part and class by class; not pipes, devices and links that lead nowhere."""
        return tuple(
            path for path in chain.from_iterable(chain.from_iterable(self._pictures.values())) if path.is_file()
        )

    def read(self, part: str, shape: Shape | None) -> StoredPart:
        """The pictures of a part, taking one from each class in turn.

        Args:
            part: the part to read.
            shape: the height, width and channels that the pictures are resized to. None for their own, if all agree.

        Raises:
            CnntuiError: none of the pictures can be read, or they differ in size.
        """
        found = [*_in_turn(self._pictures[part])]
        chosen = [*_within_limits(found, shape)]
        images, labels, damaged, notes = [], [], [], []
        for label, path in chosen:
            try:
                images.append(load_img(path, shape))
                labels.append(label)
            except CnntuiError as error:
                damaged.append(error)
        if not images:
            raise damaged[0]
        if shape is None:
            images = _alike(images, self.path)
        if len(chosen) < len(found):
            notes.append(f"Only the first {len(chosen):,} of the {len(found):,} pictures in {self.path} are read.")
        if damaged:
            notes.append(f"{len(damaged):,} of the pictures cannot be read. {damaged[0].message}")
        classes = tuple(map(printable, self.classes))
        return StoredPart(np.stack(images), np.array(labels), classes, tuple(notes))

    def labels(self, part: str) -> NDArray[np.int64]:
        """The labels of a part: the names of the classes are known, so nothing else is needed."""
        return np.array([label for label, _ in _in_turn(self._pictures[part])], np.int64)


def lone_folders(folder: Path) -> list[Path]:
    """A folder, the only folder within it, the only one within that, and so on; not the folder of a part.

    Raises:
        CnntuiError: a folder cannot be read.
    """
    found = [folder]
    while len(found) < _DEEPEST and len(names := _folders(found[-1])) == 1 and names[0].lower() not in _PARTS:
        found.append(found[-1] / names[0])
    return found


def innermost(folders: Sequence[Path]) -> Path:
    """Of folders within each other, the last that only groups folders: those within it are the classes."""
    grouping = folders[0]
    for folder in folders[1:]:
        if not _folders(folder) or any(name.lower().endswith(SUFFIXES) for name in os.listdir(folder)):
            break
        grouping = folder
    return grouping


def _alike(images: Sequence[Pixels], folder: Path) -> list[Pixels]:
    """Pictures of one size with equally many channels: if any is in colour, grey ones get three equal channels."""
    sizes = sorted({pixels.shape[:2] for pixels in images})
    if len(sizes) > 1:
        (height, width), (other_height, other_width) = sizes[0], sizes[-1]
        raise CnntuiError(
            f"The pictures in {folder} have different sizes, from {height}×{width} to {other_height}×{other_width}.",
            "Bring all of them to one size first.",
        )
    channels = max(pixels.shape[-1] for pixels in images)
    return [np.broadcast_to(pixels, (*sizes[0], channels)) for pixels in images]


def _folders(folder: Path) -> list[str]:
    """The names of the subfolders of a folder, in order, without hidden ones and those that macOS adds to archives."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if _is_shown(entry.name) and entry.is_dir())
    except OSError as error:
        raise CnntuiError(f"{folder} cannot be read: {error.strerror}.", "Check its permissions.") from None


def _pictures(folder: Path) -> list[Path]:
    """The pictures in a folder and its subfolders, by name, as Keras finds them; none if there is no folder."""
    found, waiting, count = [], [folder], 0
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    count += 1
                    if count > _MOST_ENTRIES:
                        raise CnntuiError(f"{folder} holds over {_MOST_ENTRIES:,} files.", "Name a folder with fewer.")
                    if not _is_shown(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif entry.name.lower().endswith(SUFFIXES):
                        found.append(Path(entry.path))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise CnntuiError(f"{folder} cannot be read: {error.strerror}.", "Check its permissions.") from None
    return sorted(found)


def _is_shown(name: str) -> bool:
    return not name.startswith((".", "__MACOSX"))


def _in_turn(classes: Sequence[Sequence[Path]]) -> Iterator[tuple[int, Path]]:
    """The first picture of each class with the number of the class, then the second of each, and so on."""
    for row in zip_longest(*classes):
        yield from ((label, path) for label, path in enumerate(row) if path is not None)


def _within_limits(found: Sequence[tuple[int, Path]], shape: Shape | None) -> Iterator[tuple[int, Path]]:
    """As many of the pictures as can be read in a few seconds and held in memory."""
    pixels = 0
    most = MOST_PICTURES if shape is None else min(MOST_PICTURES, max(1, MOST_BYTES // max(1, int(np.prod(shape)))))
    for label, path in found[:most]:
        pixels += count_pixels(path)
        if pixels > MOST_PIXELS:
            return
        yield label, path
