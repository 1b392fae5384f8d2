"""An experiment on what an answer depends on: cover part of the image with grey, and see how far a probability falls.

A grey square, cut off at the border of the image, is centred on each pixel in turn. So every pixel of the heat map is a
single measured number, not a mean: the effect of the square at that place. With a slow network, only every few rows and
columns are measured, with a proportionally larger square.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats, Pair
from cnntui.cnn.window import Window
from cnntui.values import dataclass

GREY = 128
"""Neither paper nor ink: black would remove ink but add none, and white the reverse."""

BATCH = 32
"""The most images that are read at a time: their activations still fit into the processor's cache."""


_MOST_NUMBERS = 1_500_000_000
"""The most numbers that all layers output in one measurement: about half a minute's work."""


def step_of(network: Network) -> int:
    """The number of rows and columns from one position of the square to the next, so that a measurement ends soon."""
    rows, cols, _ = network.input_shape
    positions = max(1, _MOST_NUMBERS // network.flow)
    step = 1
    while -(-rows // step) * -(-cols // step) > positions and step < min(rows, cols):
        step += 1
    return step


@dataclass(frozen=True, eq=False)
class Occlusion:
    """The results at the first positions of the square, in reading order.

    Attributes:
        shape: the rows and columns of the image.
        size: the rows and columns of the square, an odd number.
        before: `(classes,)` float32, the probabilities for the unchanged image; 0 if nothing has been measured yet.
        after: `(positions measured, classes)` float32, the probabilities with the square at each position.
        step: the rows and columns from one position to the next.
    """

    shape: Pair
    size: int
    before: Floats
    after: Floats
    step: int = 1

    @property
    def positions(self) -> Pair:
        """The number of rows and columns of positions."""
        return -(-self.shape[0] // self.step), -(-self.shape[1] // self.step)

    @property
    def filled(self) -> int:
        """How many pixels of the heat map, in reading order, have been measured."""
        rows = self.done // self.positions[1]
        return self.done if self.step == 1 else min(rows * self.step, self.shape[0]) * self.shape[1]

    @property
    def done(self) -> int:
        """How many positions have been measured."""
        return len(self.after)

    @property
    def is_complete(self) -> bool:
        return self.done == self.positions[0] * self.positions[1]

    def heat(self, label: int) -> Floats:
        """How far a class's probability falls, `(rows, columns)`; negative if it rises, 0 if it was not measured."""
        falls = np.zeros(self.positions, np.float32)
        falls.ravel()[: self.done] = self.before[label] - self.after[:, label]
        if self.step == 1:
            return falls
        rows, cols = self.shape
        return falls.repeat(self.step, axis=0).repeat(self.step, axis=1)[:rows, :cols]

    def extreme(self, label: int) -> Pair | None:
        """Where the square changes a class's probability most, up or down; None if it changes it nowhere."""
        changes = np.abs(np.nan_to_num(self.heat(label)))
        row, col = divmod(int(changes.argmax()), self.shape[1])
        return (row, col) if changes[row, col] > 0 else None

    @property
    def misread(self) -> int:
        """The number of measured positions at which another class becomes the most probable."""
        return int((self.after.argmax(axis=1) != self.before.argmax()).sum())

    def probability(self, label: int, row: int, col: int) -> float | None:
        """The probability of a class with the square around a pixel; None if that has not been measured yet."""
        place = row // self.step * self.positions[1] + col // self.step
        return float(self.after[place, label]) if place < self.done else None


def square(row: int, col: int, size: int, shape: Pair) -> Window:
    """The pixels that a square of odd `size` around a pixel covers."""
    return Window(row - size // 2, col - size // 2, size, size).clipped(*shape)


class OcclusionMeasurement:
    """A square that moves over an image. One thread may measure while another reads the result so far."""

    def __init__(self, network: Network, image: NDArray[np.uint8], size: int) -> None:
        """A measurement that has not begun.

        Args:
            network: the network that reads the image.
            image: the image, `(rows, columns, channels)` uint8.
            size: the rows and columns of the square, an odd number, if every pixel is measured.
        """
        self.network = network
        self.image = image
        self.asked = size
        self.step = step = step_of(network)
        self.size = size * step | 1
        classes = network.classes
        self._before: Floats = np.zeros(classes, np.float32)
        rows, cols, _ = image.shape
        self._across = -(-cols // step)
        self._positions = -(-rows // step) * self._across
        self._batch = network.batch(min(BATCH, self._across))
        self._after = np.zeros((self._positions, classes), np.float32)
        self._done = 0

    @property
    def occlusion(self) -> Occlusion:
        """The result so far; later measurements do not change it."""
        rows, cols, _ = self.image.shape
        return Occlusion((rows, cols), self.size, self._before, self._after[: self._done], self.step)

    def measure(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Measure up to the last position.

        Args:
            is_wanted: called before every batch; if it returns False, the measurement stops, and can be continued
                later.
        """
        if not self._done:
            self._before = self._read(self.image[np.newaxis])[0]
        while self._done < self._positions and is_wanted():
            last = min(self._done + self._batch, self._positions)
            self._after[self._done : last] = self._read(self._covered(range(self._done, last)))
            # Set last and never reduced: what lies before it is not written again.
            self._done = last

    def _read(self, images: NDArray[np.uint8]) -> Floats:
        return self.network.probabilities(self.network.input_of(images))

    def _covered(self, places: range) -> NDArray[np.uint8]:
        rows, cols, _ = self.image.shape
        images = np.repeat(self.image[np.newaxis], len(places), axis=0)
        for image, place in zip(images, places, strict=True):
            row, col = (min(each * self.step + self.step // 2, length - 1)
                        for each, length in zip(divmod(place, self._across), (rows, cols), strict=True))  # fmt: skip
            window = square(row, col, self.size, (rows, cols))
            image[window.top : window.bottom, window.left : window.right] = GREY
        return images
