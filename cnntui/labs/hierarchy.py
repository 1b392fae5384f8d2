"""What activates filters most: the cell with the largest value of each map, in every image."""

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
"""How many top images determine a filter's classes; images as strong as the last of them count as well."""

EQUAL = 1e-5
"""Values that differ by less than this share are equal: the order of a sum's terms changes its last digits."""

BATCH = 32
"""How many images are read at a time, so that their activations still fit into the processor's cache."""


@dataclass(frozen=True, eq=False)
class Patch:
    """The part of an image that activates a filter.

    Attributes:
        index: the index of the image.
        row, col: the row and column of the cell on the filter's map.
        value: the filter's output there.
        window: the receptive field of the cell; with 'same' padding, it may stick out of the image.
        pixels: `(height, width)` float32, the lightness of these pixels; 0 outside the image.
    """

    index: int
    row: int
    col: int
    value: float
    window: Window
    pixels: Floats


class Search:
    """The search over all images. One thread may search while another asks for the result so far."""

    def __init__(self, network: Network, data: DataSet) -> None:
        """A search that has not begun.

        Args:
            network: the network that reads the images, up to its last convolution.
            data: the images, read from the first to the last.
        """
        self.network = network
        self.data = data
        self.layers = network.of_kind(Conv2D)
        # For each image and filter the largest value of the map, and the first cell in reading order that has it.
        self._values = {layer.name: np.zeros((len(data), layer.filters), np.float32) for layer in self.layers}
        self._cells = {layer.name: np.zeros((len(data), layer.filters), np.int32) for layer in self.layers}
        # The top images of a filter, and how many images they were chosen from.
        self._orders: dict[tuple[str, int], tuple[int, NDArray[np.int64]]] = {}
        self._done = 0
        self.averages: tuple[tuple[str, float], ...] = ()
        """Once all images are read: for each layer, the average share of the top images that are of one class."""

    @property
    def done(self) -> int:
        """How many images have been read."""
        return self._done

    @property
    def is_complete(self) -> bool:
        return self._done == len(self.data)

    @property
    def is_finished(self) -> bool:
        """Whether all images have been read and counted, or there is nothing to read."""
        return bool(self.averages) or not self.layers

    def read(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Read the images up to the last.

        Args:
            is_wanted: called before every batch; if it returns False, reading stops, and can be continued later.
        """
        while not self.is_complete and self.layers and is_wanted():
            batch = slice(self._done, min(self._done + self.network.batch(BATCH), len(self.data)))
            images = self.network.input_of(self.data.images[batch])
            for layer, activation in self.network.run(images, self.layers[-1].name):
                if layer in self.layers:
                    # A diverged network's NaN activates nothing.
                    output = activation.output
                    maps = np.nan_to_num(output.reshape(len(output), -1, output.shape[-1]), nan=-np.inf)
                    cells = maps.argmax(axis=1)
                    self._cells[layer.name][batch] = cells
                    self._values[layer.name][batch] = np.take_along_axis(maps, cells[:, np.newaxis], axis=1)[:, 0]
            # Set last and never reduced: what lies before it is not written again.
            self._done = batch.stop
        if self.is_complete and not self.averages:
            self.averages = tuple((layer.name, self._of_one_class(layer)) for layer in self.layers)

    def values(self, name: str, filter: int) -> Floats:
        """`(images read,)`: the largest value of a filter's map in each image."""
        values: Floats = self._values[name][: self._done, filter]
        return values

    def classes(self, name: str, filter: int) -> NDArray[np.int64]:
        """`(classes,)`: how many of a filter's top images are of each class."""
        labels = self.data.labels[self._strongest(name, filter)]
        return np.bincount(labels, minlength=len(self.data.classes))

    def _of_one_class(self, layer: Conv2D) -> float:
        """The share of these images in their most common class, on average over the filters that respond at all."""
        counts = [self.classes(layer.name, filter) for filter in range(layer.filters)]
        parts = [float(count.max() / count.sum()) for count in counts if count.any()]
        return sum(parts) / len(parts) if parts else 0.0

    def best(self, name: str, filter: int, count: int) -> list[Patch]:
        """The patches that activate a filter most in the images read so far, the strongest first, one for each image.

        Images in which the filter outputs nothing above 0 are left out, and so are those weaker than the first
        `STRONGEST`.
        """
        return [self._patch(name, filter, index) for index in self._strongest(name, filter)[:count].tolist()]

    def _strongest(self, name: str, filter: int) -> NDArray[np.int64]:
        """The images that activate a filter most, the strongest first; only images in which it outputs more than 0.

        Many images activate a filter of the first layers equally: none of them is left out because of its place in the
        data.
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

    def _patch(self, name: str, filter: int, index: int) -> Patch:
        _, cols, _ = self.network.output_shape_of(name)
        row, col = divmod(int(self._cells[name][index, filter]), cols)
        window = receptive_field(self.network, name).window(row, col)
        return Patch(
            index, row, col, float(self._values[name][index, filter]), window, cut(self.data.images[index], window)
        )


def cut(image: Pixels, window: Window) -> Floats:
    """The lightness of the pixels under a window, 0 outside the image."""
    pixels = np.zeros((window.height, window.width), np.float32)
    rows, cols, _ = image.shape
    seen = window.clipped(rows, cols)
    top, left = seen.top - window.top, seen.left - window.left
    inside = grey_of(image)[seen.top : seen.bottom, seen.left : seen.right]
    pixels[top : top + seen.height, left : left + seen.width] = inside
    return pixels
