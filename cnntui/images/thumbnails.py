"""Thumbnails of images: each cell is the mean of 2×2 pixels."""

from __future__ import annotations

from dataclasses import field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.images.data import grey_of, is_in_colour
from cnntui.images.levels import Pixels
from cnntui.palette import Colormap, Scale, picture_levels
from cnntui.values import dataclass

Levels = NDArray[np.signedinteger[Any]]

CUT = 24
"""The number of pixel rows that hold every MNIST digit, whose ink lies in a box of 20."""


@dataclass(frozen=True, eq=False)
class Thumbnails:
    """Images at half their size, without the blank rows that none of them needs.

    Attributes:
        images: `(n, height, width, channels)` uint8.
        pixel_rows: how many pixel rows of an image are shown: 24 if the ink of every image fits into that many,
            otherwise all.
    """

    images: Pixels
    pixel_rows: int
    _known: dict[int, Levels] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, images: Pixels) -> Thumbnails:
        """Thumbnails of some images, all of one size."""
        count, height, *_ = images.shape
        top, bottom = _ink(np.any(images.reshape(count, height, -1), axis=2))
        return cls(images, CUT if height > CUT and int((bottom - top).max(initial=0)) <= CUT else height)

    @property
    def shape(self) -> tuple[int, int]:
        """The rows and columns of cells."""
        return -(-self.pixel_rows // 2), -(-self.images.shape[2] // 2)

    @property
    def ink(self) -> Colormap:
        """The kind of levels."""
        return Colormap.PICTURE if is_in_colour(self.images) else Colormap.PIXELS

    def levels(self, index: int) -> Levels:
        """The levels of an image's cells, in the shape of `shape`."""
        # Cached, because a page of images is redrawn at every move on it.
        if index not in self._known:
            self._known[index] = self._levels(index)
        return self._known[index]

    def _levels(self, index: int) -> Levels:
        pixels = self.images[index]
        height, width, _ = pixels.shape
        top, bottom = (int(edge[0]) for edge in _ink(np.any(pixels, axis=(1, 2))[np.newaxis]))
        # The middle rows, or the nearest ones to them that show all the ink.
        first = min(max((height - self.pixel_rows) // 2, bottom - self.pixel_rows), top)
        shown = pixels[first : first + self.pixel_rows]
        shown = np.pad(shown, ((0, len(shown) % 2), (0, width % 2), (0, 0)))
        values = shown if self.ink is Colormap.PICTURE else grey_of(shown)[..., np.newaxis]
        means = values.reshape(self.shape[0], 2, self.shape[1], 2, -1).mean(axis=(1, 3), dtype=np.float32)
        return picture_levels(means) if self.ink is Colormap.PICTURE else Scale().levels(means.squeeze(-1))


def _ink(inked: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first row with ink and the row after the last, for rows `(n, height)` that have ink or not."""
    height = inked.shape[1]
    blank = ~inked.any(axis=1)
    top = np.where(blank, 0, inked.argmax(axis=1))
    bottom = np.where(blank, 0, height - inked[:, ::-1].argmax(axis=1))
    return top, bottom
