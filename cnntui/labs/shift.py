"""How far an image can be shifted before a network no longer recognises it, for two networks."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan, sqrt

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.layers import Conv2D, Dense
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.images.data import DataSet
from cnntui.images.levels import Pixels
from cnntui.values import dataclass

FARTHEST = 8
"""The largest shift in each direction, in pixels: beyond it, half of the digit would be outside the image."""

SIDE = 2 * FARTHEST + 1

BATCH = 50
"""How many images, shifted alike, are read at a time."""

LOST = 0.05
"""From this fall in accuracy on, a network counts as sensitive to a shift."""

ROUNDING = 1e-6
"""How far two measured shares may be from the true ones."""

SOUND = 0.5
"""A network with a lower accuracy without any shift has little to lose, and proves nothing."""


@dataclass(frozen=True, eq=False)
class Reader:
    """A network that reads shifted images.

    Attributes:
        run: the name of the run that the network comes from.
        network: the network.
    """

    run: str
    network: Network

    @property
    def is_convolutional(self) -> bool:
        return bool(self.network.of_kind(Conv2D))

    @property
    def name(self) -> str:
        """The kind of network, in at most eleven columns: "CNN", "Dense(512)"."""
        if self.is_convolutional:
            return "CNN"
        units = [layer.units for layer in self.network.of_kind(Dense)]
        hidden = units[:-1] or units
        return f"Dense({hidden[0]})" if len(hidden) == 1 and hidden[0] < 10_000 else f"{len(units)}×Dense"


def shifted(images: Pixels, down: int, right: int) -> Pixels:
    """Images `(..., rows, columns, channels)` shifted; pixels that leave are lost, and pixels that enter are blank."""
    rows, cols, _ = images.shape[-3:]
    moved = np.zeros_like(images)
    moved[..., max(down, 0) : rows + min(down, 0), max(right, 0) : cols + min(right, 0), :] = images[
        ..., max(-down, 0) : rows - max(down, 0), max(-right, 0) : cols - max(right, 0), :
    ]
    return moved


CURVE = tuple((0, right) for right in range(FARTHEST + 1))
"""The shifts of the curve: none, and then further and further to the right."""


def _ways() -> tuple[tuple[int, int], ...]:
    """All shifts: first those of the curve, then from the middle outwards."""
    span = range(-FARTHEST, FARTHEST + 1)
    others = {(down, right) for down in span for right in span}.difference(CURVE)
    return (*CURVE, *sorted(others, key=lambda way: (max(abs(way[0]), abs(way[1])), way)))


WAYS = _ways()


class Race:
    """Networks that read the same shifted images.

    All of them read a batch before any reads the next, so that they can be compared at any moment. One thread may read
    while another asks for the result so far.
    """

    def __init__(self, readers: tuple[Reader, ...], data: DataSet, count: int) -> None:
        """A race that has not begun.

        Args:
            readers: at least one network.
            data: the data set whose first images are shifted and read.
            count: how many images to shift.
        """
        self.readers = readers
        self.data = data.first(count)
        self._batch = min(reader.network.batch(BATCH) for reader in readers)
        parts = np.arange(-(-len(self.data) // self._batch))
        curve, others = np.arange(len(CURVE)), np.arange(len(CURVE), len(WAYS))
        # First the curve for all images, which the conclusion is about, and then the map, part by part, so that all of
        # it is there soon and then becomes exact.
        self._parts = np.concatenate([np.repeat(parts, len(ways)) for ways in (curve, others)])
        self._ways = np.concatenate([np.tile(ways, len(parts)) for ways in (curve, others)])
        self._sizes = np.minimum(self._batch, len(self.data) - self._parts * self._batch)
        self._right = np.zeros((len(readers), len(self._parts)), np.int64)
        self._done = 0

    @property
    def done(self) -> int:
        """How many predictions have been made, counting each image, shift and network."""
        return int(self._sizes[: self._done].sum()) * len(self.readers)

    @property
    def total(self) -> int:
        """How many predictions there are to make."""
        return len(self.data) * len(WAYS) * len(self.readers)

    @property
    def is_finished(self) -> bool:
        return self._done == len(self._parts)

    def read(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Read up to the last image and shift.

        Args:
            is_wanted: called before every batch; if it returns False, reading stops, and can be continued later.
        """
        while not self.is_finished and is_wanted():
            first = int(self._parts[self._done]) * self._batch
            batch = slice(first, first + self._batch)
            images = shifted(self.data.images[batch], *WAYS[self._ways[self._done]])
            for place, reader in enumerate(self.readers):
                network = reader.network
                says = network.probabilities(network.input_of(images)).argmax(axis=1)
                self._right[place, self._done] = int((says == self.data.labels[batch]).sum())
            # Set last and never reduced: what lies before it is not written again.
            self._done += 1

    def counts(self) -> NDArray[np.int64]:
        """`(17, 17)`: how many images each network has read, by how far they were shifted down and to the right."""
        done = self._done
        return _on_the_map(self._read(done)).astype(np.int64)

    def accuracies(self) -> Floats:
        """`(networks, 17, 17)` float32: the accuracy for each shift; NaN if no image was read.

        The middle, `[:, 8, 8]`, is the accuracy without a shift.
        """
        done = self._done
        ways = self._ways[:done]
        read = self._read(done)
        with np.errstate(invalid="ignore"):
            shares = [_on_the_map(np.bincount(ways, right[:done], len(WAYS)) / read) for right in self._right]
        return np.array(shares, np.float32)

    def _read(self, done: int) -> NDArray[np.float64]:
        """For each of `WAYS`, how many images were read in the first batches."""
        return np.bincount(self._ways[:done], self._sizes[:done], len(WAYS)).astype(np.float64)


def _on_the_map(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A value for each of `WAYS` as `(17, 17)`, by how far down and how far right the shift is."""
    downs, rights = np.array(WAYS).T + FARTHEST
    grid = np.zeros((SIDE, SIDE))
    grid[downs, rights] = values
    return grid


def of_the_curve(shares: Floats) -> Floats:
    """`(..., 9)` of `(..., 17, 17)`: not shifted, and shifted right by 1 to 8 pixels."""
    curve: Floats = shares[..., FARTHEST, FARTHEST:]
    return curve


def kept_to(curve: Floats) -> int:
    """The largest shift, in pixels, up to which the accuracy falls by no more than `LOST` from that without a shift."""
    falls = np.flatnonzero(~(curve >= curve[0] - LOST - ROUNDING))
    return int(falls[0]) - 1 if falls.size else len(curve) - 1


def is_above(share: float, other: float, count: int) -> bool:
    """Whether one share of some images exceeds another by more than chance explains: two standard errors.

    Both shares are of the same images, so chance explains less than between two samples, which are assumed here.
    """
    if isnan(share) or isnan(other):
        return False
    error = sqrt((share * (1 - share) + other * (1 - other)) / max(1, count))
    return share - other > 2 * error


def better_at(curve: Floats, other: Floats, pixels: tuple[int, ...], count: int) -> tuple[int, ...]:
    """The shifts at which one network is clearly better than another: it gets more images right, and has lost less."""
    return tuple(
        pixel
        for pixel in pixels
        if is_above(float(curve[pixel]), float(other[pixel]), count)
        and curve[0] - curve[pixel] < other[0] - other[pixel]
    )
