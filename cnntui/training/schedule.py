"""What happens at which step: pure functions of the settings, so that a run can be repeated, and gone on with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_SNAPSHOTS = 20
_LAST_DOUBLING = 256
_EVEN_SNAPSHOTS = 10


def epoch_order(seed: int, epoch: int, digits: int) -> NDArray[np.int32]:
    """(digits,) the order in which the digits are learned from in `epoch`: every digit once."""
    return np.random.default_rng((seed, epoch)).permutation(digits).astype(np.int32)


def snapshot_steps(total_steps: int) -> tuple[int, ...]:
    """The steps whose weights are kept: 0, 1, 2, 4 … 256, where most happens, then evenly up to the last one."""
    doubling = [0, *(2**k for k in range(_LAST_DOUBLING.bit_length()))]
    evenly = [round(total_steps * k / _EVEN_SNAPSHOTS) for k in range(1, _EVEN_SNAPSHOTS + 1)]
    return tuple(sorted({step for step in (*doubling, *evenly) if step <= total_steps}))


def chunk_ends(begin: int, end: int, longest: int, marks: tuple[int, ...]) -> list[int]:
    """Where to look up from training between the steps `begin` and `end`: at every mark, and every `longest` steps."""
    ends: list[int] = []
    step = begin
    while step < end:
        step = min([step + longest, end, *(mark for mark in marks if mark > step)])
        ends.append(step)
    return ends
