"""Small pictures of digits: each cell is the mean of 2×2 pixels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnntui.images.data import Pixels, grey_of
from cnntui.palette import Scale

CUT = 24
"""Pixel rows that hold every MNIST digit: its ink lies in a box of 20."""


@dataclass(frozen=True, eq=False)
class Thumbnails:
    """Digits at half their size, without blank rows that all of them can spare.

    Attributes:
        images: `(n, height, width, channels)` uint8.
        pixel_rows: how many pixel rows of a digit are shown: 24 where the ink of every digit lies in so many, or all.
    """

    images: Pixels
    pixel_rows: int
    _known: dict[int, NDArray[np.int8]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, images: Pixels) -> Thumbnails:
        """Thumbnails of some digits, all of one size."""
        count, height, *_ = images.shape
        top, bottom = _ink(np.any(images.reshape(count, height, -1), axis=2))
        return cls(images, CUT if height > CUT and int((bottom - top).max(initial=0)) <= CUT else height)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return -(-self.pixel_rows // 2), -(-self.images.shape[2] // 2)

    def levels(self, index: int) -> NDArray[np.int8]:
        """The levels of a digit's cells, in the shape of `shape`."""
        # A page of digits is asked for at every move on it.
        if index not in self._known:
            self._known[index] = self._levels(index)
        return self._known[index]

    def _levels(self, index: int) -> NDArray[np.int8]:
        image = grey_of(self.images[index])
        height, width = image.shape
        top, bottom = (int(edge[0]) for edge in _ink(np.any(image, axis=1)[np.newaxis]))
        # The middle rows, or as near to them as shows all the ink.
        first = min(max((height - self.pixel_rows) // 2, bottom - self.pixel_rows), top)
        shown = image[first : first + self.pixel_rows]
        shown = np.pad(shown, ((0, len(shown) % 2), (0, width % 2)))
        return Scale().levels(shown.reshape(self.shape[0], 2, self.shape[1], 2).mean(axis=(1, 3)))


def _ink(inked: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first row with ink and the one after the last, for rows `(n, height)` that have ink or not."""
    height = inked.shape[1]
    blank = ~inked.any(axis=1)
    top = np.where(blank, 0, inked.argmax(axis=1))
    bottom = np.where(blank, 0, height - inked[:, ::-1].argmax(axis=1))
    return top, bottom
