"""What happens at which step: pure functions of the settings, so that a run can be repeated, and gone on with."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import numpy as np
from numpy.typing import NDArray

MOST_SNAPSHOTS = 48
SNAPSHOT_BYTES = 12_000_000
"""What the snapshots of a run may take; those of a network too large for eight of them take more."""

LEAST_SNAPSHOTS = 8
MOST_SNAPSHOT_BYTES = 725_000_000
"""What they may take at most: room for eight of a network of 20 million parameters, and for one at a stop."""

_LAST_DOUBLING = 256

# A run that is stopped keeps the weights of that moment too, and may go on and be stopped again.
_ROOM_FOR_STOPS = 3

# What an archive has beside the numbers: the names and the headers of ten arrays.
_OVERHEAD_BYTES = 4096

# A pause or a stop is obeyed at the end of a chunk, so it must not take long; every chunk costs about a millisecond.
_CHUNK_SECONDS = 0.15
_LONGEST_CHUNK = 64


def epoch_order(seed: int, epoch: int, digits: int) -> NDArray[np.int32]:
    """(digits,) the order in which the digits are learned from in `epoch`: every digit once."""
    return np.random.default_rng((seed, epoch)).permutation(digits).astype(np.int32)


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
    doubling = [step for step in (0, *(2**k for k in range(_LAST_DOUBLING.bit_length()))) if step <= total_steps]
    doubling = doubling[:: -(-len(doubling) // max(most // 2, 1))] if most > 1 else []
    count = most - len(doubling)
    chosen = {*doubling, *(round(total_steps * k / count) for k in range(1, count + 1))}
    # Where some of the even ones are among the doubling ones there is room for others, of which the first tell most.
    others = (step for step in range(total_steps + 1) if step not in chosen)
    return tuple(sorted([*chosen, *islice(others, most - len(chosen))]))


def chunk_end(step: int, longest: int, marks: Iterable[int]) -> int:
    """Where the chunk of batches that begins at `step` ends: at the next of the marks, or after `longest` batches."""
    return min([step + longest, *(mark for mark in marks if mark > step)])


def chunk_length(seconds_per_batch: float) -> int:
    """How many batches to learn from before the trainer reports and listens again."""
    return max(1, min(_LONGEST_CHUNK, int(_CHUNK_SECONDS / seconds_per_batch)))
