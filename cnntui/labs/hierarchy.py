"""What excites filters most: every digit is read, and of each the cell of every map that is largest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.cnn.receptive_field import receptive_field
from cnntui.cnn.window import Window
from cnntui.images.data import DataSet, grey_of
from cnntui.images.levels import Pixels
from cnntui.values import dataclass

STRONGEST = 100
"""Digits that tell which classes a filter answers to; those that are as strong as the last of them count as well."""

EQUAL = 1e-5
"""Values that differ by a smaller part than this are equal: the order of a sum's terms changes its last digits."""

BATCH = 32
"""Digits read at a time: what a network computes for so many still fits into a processor's cache."""


@dataclass(frozen=True, eq=False)
class Patch:
    """The part of a digit that excites a filter.

    Attributes:
        digit: its place among the digits.
        row, col: the cell of the filter's map.
        value: what the filter gives there.
        window: the pixels that the cell sees; with 'same' padding it may stick out of the digit.
        pixels: `(height, width)` float32, how light these pixels are, 0 outside the digit.
    """

    digit: int
    row: int
    col: int
    value: float
    window: Window
    pixels: Floats


class Search:
    """A network on its way through all digits. One thread may read while another asks for what was found so far."""

    def __init__(self, network: Network, data: DataSet) -> None:
        """Nothing read yet.

        Args:
            network: reads, up to its last convolution.
            data: is read, from the first to the last.
        """
        self.network = network
        self.data = data
        self.layers = network.of_kind(Conv2D)
        # For each digit and filter the largest value of the map, and at which cell, in reading order, it stands.
        self._values = {layer.name: np.zeros((len(data), layer.filters), np.float32) for layer in self.layers}
        self._cells = {layer.name: np.zeros((len(data), layer.filters), np.int32) for layer in self.layers}
        # The strongest digits of a filter, and of how many they are the strongest.
        self._orders: dict[tuple[str, int], tuple[int, NDArray[np.int64]]] = {}
        self._done = 0
        self.averages: tuple[tuple[str, float], ...] = ()
        """Once all is read, for each layer the part of the strongest digits that is of one class, on average."""

    @property
    def done(self) -> int:
        """How many digits have been read."""
        return self._done

    @property
    def is_complete(self) -> bool:
        return self._done == len(self.data)

    @property
    def is_finished(self) -> bool:
        """Whether all has been read and counted, or there is nothing to read."""
        return bool(self.averages) or not self.layers

    def read(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Read on to the last digit.

        Args:
            is_wanted: asked before every batch; where it says no, reading ends there and can be taken up again.
        """
        while not self.is_complete and self.layers and is_wanted():
            batch = slice(self._done, min(self._done + self.network.batch(BATCH), len(self.data)))
            images = self.network.input_of(self.data.images[batch])
            for layer, activation in self.network.run(images, self.layers[-1].name):
                if layer in self.layers:
                    # Of a diverged network the numbers that are none excite nothing.
                    output = activation.output
                    maps = np.nan_to_num(output.reshape(len(output), -1, output.shape[-1]), nan=-np.inf)
                    cells = maps.argmax(axis=1)
                    self._cells[layer.name][batch] = cells
                    self._values[layer.name][batch] = np.take_along_axis(maps, cells[:, np.newaxis], axis=1)[:, 0]
            # Last, and never taken back: what lies before it is not written again.
            self._done = batch.stop
        if self.is_complete and not self.averages:
            self.averages = tuple((layer.name, self._of_one_class(layer)) for layer in self.layers)

    def values(self, name: str, filter: int) -> Floats:
        """`(digits read,)`: the largest value of a filter's map on each digit."""
        values: Floats = self._values[name][: self._done, filter]
        return values

    def classes(self, name: str, filter: int) -> NDArray[np.int64]:
        """`(classes,)`: how many of the strongest digits of a filter are of each class."""
        labels = self.data.labels[self._strongest(name, filter)]
        return np.bincount(labels, minlength=len(self.data.classes))

    def _of_one_class(self, layer: Conv2D) -> float:
        """The part of these that is of their commonest class, on average over a layer's filters that answer at all."""
        counts = [self.classes(layer.name, filter) for filter in range(layer.filters)]
        parts = [float(count.max() / count.sum()) for count in counts if count.any()]
        return sum(parts) / len(parts) if parts else 0.0

    def best(self, name: str, filter: int, count: int) -> list[Patch]:
        """The patches that excite a filter most of what has been read, the strongest first, one of each digit.

        Digits on which the filter gives nothing above 0 are left out, and those weaker than the first `STRONGEST`.
        """
        return [self._patch(name, filter, digit) for digit in self._strongest(name, filter)[:count].tolist()]

    def _strongest(self, name: str, filter: int) -> NDArray[np.int64]:
        """The digits that excite a filter most, the strongest first, as far as it gives anything above 0.

        Of the first layers many digits excite a filter equally: none of these is left out for its place in the data.
        """
        kept = self._orders.get((name, filter))
        if kept is None or kept[0] != self._done:
            values = self.values(name, filter)
            order = np.argsort(-values, kind="stable")
            weakest = values[order[min(STRONGEST, len(order)) - 1]] if len(order) else 0.0
            kept = self._orders[name, filter] = (
                len(values),
                order[(values[order] >= weakest * (1 - EQUAL)) & (values[order] > 0)],
            )
        return kept[1]

    def _patch(self, name: str, filter: int, digit: int) -> Patch:
        _, cols, _ = self.network.output_shape_of(name)
        row, col = divmod(int(self._cells[name][digit, filter]), cols)
        window = receptive_field(self.network, name).window(row, col)
        return Patch(
            digit, row, col, float(self._values[name][digit, filter]), window, cut(self.data.images[digit], window)
        )


def cut(image: Pixels, window: Window) -> Floats:
    """How light the pixels under a window are, 0 where it sticks out of the image."""
    pixels = np.zeros((window.height, window.width), np.float32)
    rows, cols, _ = image.shape
    seen = window.clipped(rows, cols)
    top, left = seen.top - window.top, seen.left - window.left
    inside = grey_of(image)[seen.top : seen.bottom, seen.left : seen.right]
    pixels[top : top + seen.height, left : left + seen.width] = inside
    return pixels
