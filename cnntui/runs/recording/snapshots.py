"""Which steps of a training keep their weights: close together at first, within a budget of numbers and bytes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

MOST_SNAPSHOTS = 48
SNAPSHOT_BYTES = 12_000_000
"""The usual budget for the snapshots of a run; those of a network too large for eight of them take more."""

LEAST_SNAPSHOTS = 8
MOST_SNAPSHOT_BYTES = 725_000_000
"""The largest budget: room for eight of a network of 20 million parameters, and for one at a stop."""

_LAST_DOUBLING = 256

# A stopped run keeps the weights of that moment too, and may be resumed and stopped again.
_ROOM_FOR_STOPS = 3

# What an archive has beside the numbers: the names and the headers of ten arrays.
_OVERHEAD_BYTES = 4096


def most_snapshots(parameters: int) -> int:
    """How many snapshots of a network a run may keep.

    48, or as many as 12 MB hold; but of a large network still nine, and fewer only where these took over 725 MB.
    """
    size = 4 * parameters + _OVERHEAD_BYTES
    return max(
        min(MOST_SNAPSHOTS, SNAPSHOT_BYTES // size),
        min(LEAST_SNAPSHOTS + 1, MOST_SNAPSHOT_BYTES // size),
    )


def snapshot_steps(total_steps: int, parameters: int) -> tuple[int, ...]:
    """The steps whose weights are kept: 0, 1, 2, 4 … 256, where most happens, then evenly up to the last one.

    Of a larger network fewer are kept, with room left for the moments at which the run is stopped.
    """
    most = most_snapshots(parameters)
    most -= min(_ROOM_FOR_STOPS, most // 6)
    doubling = _doubling(most, total_steps)
    count = most - len(doubling)
    chosen = {*doubling, *(round(total_steps * k / count) for k in range(1, count + 1))}
    # Where even steps coincide with doubling ones there is room for others, of which the earliest tell most.
    others = (step for step in range(total_steps + 1) if step not in chosen)
    return tuple(sorted([*chosen, *islice(others, most - len(chosen))]))


def _doubling(most: int, total_steps: int) -> list[int]:
    """0, 1, 2, 4 … 256 as far as there are so many steps, or some of them where `most` snapshots at most are kept."""
    doubling = [step for step in (0, *(2**k for k in range(_LAST_DOUBLING.bit_length()))) if step <= total_steps]
    return doubling[:: -(-len(doubling) // max(most // 2, 1))] if most > 1 else []


class OpenEnded:
    """The same for a training that nobody knows the end of: its late snapshots are thinned as it goes on.

    Args:
        parameters: of the network.
        total_steps: how many batches it will have at least; 0 where nobody knows.
    """

    def __init__(self, parameters: int, total_steps: int = 0) -> None:
        self.most = max(most_snapshots(parameters), 2)
        self._doubling = _doubling(self.most, total_steps or _LAST_DOUBLING)
        self._stride = 1 if total_steps else _LAST_DOUBLING
        self.expect(total_steps)

    def expect(self, total_steps: int) -> None:
        """The training will have at least so many batches: late snapshots are spaced accordingly."""
        # One place is for the end.
        late = max(self.most - len(self._doubling) - 1, 1)
        self._stride = max(self._stride, -(-total_steps // late))

    def next_after(self, step: int) -> int:
        """The next step to keep after a given one."""
        return min([mark for mark in self._doubling if mark > step] + [(step // self._stride + 1) * self._stride])

    def surplus(self, kept: Sequence[int]) -> tuple[int, ...]:
        """Which of the steps that were kept are to be given up, so that no more are left than may be.

        Args:
            kept: ascending.
        """
        if len(kept) <= self.most:
            return ()
        self._stride *= 2
        last = self._doubling[-1] if self._doubling else -1
        # Every second of the late ones, but never the newest.
        late = [step for step in kept[:-1] if step > last]
        gone = {*(late[::2] or kept[-2:-1])}
        left = [step for step in kept if step not in gone]
        return (*sorted(gone), *self.surplus(left))
