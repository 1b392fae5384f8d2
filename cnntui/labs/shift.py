"""How far a digit can be moved before a network no longer reads it: accuracy for each way and distance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.cnn.predict import predict
from cnntui.data import Digits

FARTHEST = 8
"""Pixels that a digit is moved at most, in each direction: beyond, half of it is outside."""

SIDE = 2 * FARTHEST + 1

BATCH = 50
"""Digits read at a time, moved alike."""


def shifted(images: NDArray[np.uint8], down: int, right: int) -> NDArray[np.uint8]:
    """Images `(..., rows, columns)` moved; what leaves is lost, and what comes in is blank."""
    rows, cols = images.shape[-2:]
    moved = np.zeros_like(images)
    moved[..., max(down, 0) : rows + min(down, 0), max(right, 0) : cols + min(right, 0)] = images[
        ..., max(-down, 0) : rows - max(down, 0), max(-right, 0) : cols - max(right, 0)
    ]
    return moved


def _ways() -> list[tuple[int, int]]:
    """All shifts, to the right first, as a curve is shown of these, and then from the middle outwards."""
    ways = [(down, right) for down in range(-FARTHEST, FARTHEST + 1) for right in range(-FARTHEST, FARTHEST + 1)]
    return sorted(ways, key=lambda way: (way[0] != 0 or way[1] < 0, max(abs(way[0]), abs(way[1])), way))


WAYS = _ways()


class Tolerance:
    """A network on its way through digits and shifts. One thread may read while another asks what was found so far."""

    def __init__(self, network: Network, digits: Digits, count: int) -> None:
        """Nothing read yet.

        Args:
            network: reads.
            digits: of which the first are moved and read.
            count: how many of them.
        """
        self.network = network
        self.digits = Digits(digits.images[:count], digits.labels[:count])
        # In parts, so that the whole map is there soon and then becomes exact.
        self._parts = -(-len(self.digits) // BATCH)
        self._right = np.zeros((self._parts, len(WAYS)), np.int64)
        self._done = 0

    @property
    def done(self) -> int:
        """How many digits have been read, each moved one way."""
        whole, rest = divmod(self._done, len(WAYS))
        return min(whole * BATCH, len(self.digits)) * len(WAYS) + rest * self._size(min(whole, self._parts - 1))

    @property
    def total(self) -> int:
        """How many there are to read."""
        return len(self.digits) * len(WAYS)

    @property
    def is_finished(self) -> bool:
        return self._done == self._parts * len(WAYS)

    def _size(self, part: int) -> int:
        return min(BATCH, len(self.digits) - part * BATCH)

    def read(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Read on to the last digit and shift.

        Args:
            is_wanted: asked before every batch; where it says no, reading ends there and can be taken up again.
        """
        while not self.is_finished and is_wanted():
            part, way = divmod(self._done, len(WAYS))
            batch = slice(part * BATCH, part * BATCH + self._size(part))
            says = predict(self.network, shifted(self.digits.images[batch], *WAYS[way])).argmax(axis=1)
            self._right[part, way] = int((says == self.digits.labels[batch]).sum())
            # Last, and never taken back: what lies before it is not written again.
            self._done = part * len(WAYS) + way + 1

    def accuracies(self) -> Floats:
        """`(17, 17)` float32: the share read rightly for each shift down and to the right; NaN where none was read.

        The middle, `[8, 8]`, is where nothing is moved.
        """
        done = self._done
        shares = np.full((SIDE, SIDE), np.nan, np.float32)
        whole, rest = divmod(done, len(WAYS))
        for way, (down, right) in enumerate(WAYS):
            parts = whole + (way < rest)
            if parts:
                read = min(parts * BATCH, len(self.digits))
                shares[down + FARTHEST, right + FARTHEST] = self._right[:parts, way].sum() / read
        return shares
