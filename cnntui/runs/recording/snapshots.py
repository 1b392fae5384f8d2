"""Which steps of a training keep their weights: close together at first, within a budget of numbers and bytes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

MOST_SNAPSHOTS = 48
SNAPSHOT_BYTES = 12_000_000
"""The usual budget for a run's snapshots; if a network is so large that not even eight fit, they may take more."""

LEAST_SNAPSHOTS = 8
MOST_SNAPSHOT_BYTES = 725_000_000
"""The largest budget: room for eight snapshots of a network of 20 million parameters, and for one at a stop."""

_LAST_DOUBLING = 256

# A stopped run also keeps the weights of that moment, and may be resumed and stopped again.
_ROOM_FOR_STOPS = 3

# What an archive contains besides the numbers: the names and the headers of ten arrays.
_OVERHEAD_BYTES = 4096


def most_snapshots(parameters: int) -> int:
    """How many snapshots of a network a run may keep.

    This is 48, or as many as fit into 12 MB; a large network still keeps nine, or fewer if these took over 725 MB.
    """
    size = 4 * parameters + _OVERHEAD_BYTES
    return max(
        min(MOST_SNAPSHOTS, SNAPSHOT_BYTES // size),
        min(LEAST_SNAPSHOTS + 1, MOST_SNAPSHOT_BYTES // size),
    )


def snapshot_steps(total_steps: int, parameters: int) -> tuple[int, ...]:
    """The steps whose weights are kept: 0, 1, 2, 4 … 256, where most happens, then evenly up to the last one.

    Fewer are kept for a larger network, with room left for the moments at which the run is stopped.
    """
    most = most_snapshots(parameters)
    most -= min(_ROOM_FOR_STOPS, most // 6)
    doubling = _doubling(most, total_steps)
    count = most - len(doubling)
    chosen = {*doubling, *(round(total_steps * k / count) for k in range(1, count + 1))}
    # Where evenly spaced steps coincide with doubling ones there is room for others; the earliest are the most telling.
    others = (step for step in range(total_steps + 1) if step not in chosen)
    return tuple(sorted([*chosen, *islice(others, most - len(chosen))]))


def _doubling(most: int, total_steps: int) -> list[int]:
    """0, 1, 2, 4 … 256, as far as there are so many steps; only some of these if at most `most` snapshots are kept."""
    doubling = [step for step in (0, *(2**k for k in range(_LAST_DOUBLING.bit_length()))) if step <= total_steps]
    return doubling[:: -(-len(doubling) // max(most // 2, 1))] if most > 1 else []


class OpenEnded:
    """The kept steps of a training of unknown length: late snapshots are thinned as the training continues.

    Args:
        parameters: the number of parameters of the network.
        total_steps: how many batches the training will have at least; 0 if unknown.
    """

    def __init__(self, parameters: int, total_steps: int = 0) -> None:
        self.most = max(most_snapshots(parameters), 2)
        self._doubling = _doubling(self.most, total_steps or _LAST_DOUBLING)
        self._stride = 1 if total_steps else _LAST_DOUBLING
        self.expect(total_steps)

    def expect(self, total_steps: int) -> None:
        """Space late snapshots for a training of at least so many batches."""
        # One place is reserved for the end.
        late = max(self.most - len(self._doubling) - 1, 1)
        self._stride = max(self._stride, -(-total_steps // late))

    def next_after(self, step: int) -> int:
        """The next step to keep after a given one."""
        return min([mark for mark in self._doubling if mark > step] + [(step // self._stride + 1) * self._stride])

    def surplus(self, kept: Sequence[int]) -> tuple[int, ...]:
        """Which of the kept steps to give up, so that no more are left than allowed.

        Args:
            kept: the kept steps, ascending.
        """
        if len(kept) <= self.most:
            return ()
        self._stride *= 2
        last = self._doubling[-1] if self._doubling else -1
        # Every second of the late steps, but never the newest.
        late = [step for step in kept[:-1] if step > last]
        gone = {*(late[::2] or kept[-2:-1])}
        left = [step for step in kept if step not in gone]
        return (*sorted(gone), *self.surplus(left))
