"""What an answer depends on, by experiment: cover a part of the digit with grey and look how far a probability falls.

A grey square lies around each pixel of the digit in turn, cut off where it would stick out of the image. So every pixel
of the heat map is one measured number and no mean: what happens when the grey lies there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats, Pair
from cnntui.cnn.window import Window

GREY = 128
"""Neither paper nor ink: black would take ink away and add none, and white the other way round."""

BATCH = 32
"""Images read at a time, at most: what a network computes for so many still fits into a processor's cache."""


@dataclass(frozen=True, eq=False)
class Occlusion:
    """What was measured at the first positions of the square, in reading order.

    Attributes:
        shape: rows and columns of the image.
        size: rows and columns of the square, an odd number.
        before: `(classes,)` float32, the probabilities for the digit as it is; 0 where nothing was measured yet.
        after: `(positions measured, classes)` float32, those with the square around each pixel.
    """

    shape: Pair
    size: int
    before: Floats
    after: Floats

    @property
    def done(self) -> int:
        """How many positions have been measured."""
        return len(self.after)

    @property
    def is_complete(self) -> bool:
        return self.done == self.shape[0] * self.shape[1]

    def heat(self, label: int) -> Floats:
        """How far a class's probability falls, `(rows, columns)`; negative where it rises, 0 where not measured."""
        falls = np.zeros(self.shape, np.float32)
        falls.ravel()[: self.done] = self.before[label] - self.after[:, label]
        return falls

    def extreme(self, label: int) -> Pair | None:
        """Where the square changes a class's probability most, up or down; None where it changes nothing."""
        changes = np.abs(np.nan_to_num(self.heat(label)))
        row, col = divmod(int(changes.argmax()), self.shape[1])
        return (row, col) if changes[row, col] > 0 else None

    @property
    def misread(self) -> int:
        """At how many of the measured positions another class becomes the most probable."""
        return int((self.after.argmax(axis=1) != self.before.argmax()).sum())

    def probability(self, label: int, row: int, col: int) -> float | None:
        """The probability of a class with the square around a pixel; None where that was not measured yet."""
        place = row * self.shape[1] + col
        return float(self.after[place, label]) if place < self.done else None


def square(row: int, col: int, size: int, shape: Pair) -> Window:
    """The pixels that a square of odd `size` around a pixel covers."""
    return Window(row - size // 2, col - size // 2, size, size).clipped(*shape)


class OcclusionMeasurement:
    """A square on its way over a digit. One thread may measure while another asks how far it has come."""

    def __init__(self, network: Network, digit: NDArray[np.uint8], size: int) -> None:
        """Nothing measured yet.

        Args:
            network: reads.
            digit: `(rows, columns, channels)` uint8.
            size: rows and columns of the square, an odd number.
        """
        self.network = network
        self.digit = digit
        self.size = size
        classes = network.classes
        self._before: Floats = np.zeros(classes, np.float32)
        rows, cols, _ = digit.shape
        self._positions = rows * cols
        self._batch = network.batch(min(BATCH, cols))
        self._after = np.zeros((self._positions, classes), np.float32)
        self._done = 0

    @property
    def occlusion(self) -> Occlusion:
        """What has been measured until now. It stays as it is when more is measured."""
        rows, cols, _ = self.digit.shape
        return Occlusion((rows, cols), self.size, self._before, self._after[: self._done])

    def measure(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Go on to the last position.

        Args:
            is_wanted: asked before every batch; where it says no, measuring ends there and can be taken up again.
        """
        if not self._done:
            self._before = self._read(self.digit[np.newaxis])[0]
        while self._done < self._positions and is_wanted():
            last = min(self._done + self._batch, self._positions)
            self._after[self._done : last] = self._read(self._covered(range(self._done, last)))
            # Last, and never taken back: what lies before it is not written again.
            self._done = last

    def _read(self, images: NDArray[np.uint8]) -> Floats:
        return self.network.probabilities(self.network.input_of(images))

    def _covered(self, places: range) -> NDArray[np.uint8]:
        rows, cols, _ = self.digit.shape
        images = np.repeat(self.digit[np.newaxis], len(places), axis=0)
        for image, place in zip(images, places, strict=True):
            row, col = divmod(place, cols)
            window = square(row, col, self.size, (rows, cols))
            image[window.top : window.bottom, window.left : window.right] = GREY
        return images
