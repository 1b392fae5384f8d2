"""What happens at which step: pure functions of the settings, so that a run can be repeated and resumed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

# A pause or a stop is obeyed at the end of a chunk, so a chunk must be short; yet each costs about a millisecond.
_CHUNK_SECONDS = 0.15
_LONGEST_CHUNK = 64


def epoch_order(seed: int, epoch: int, digits: int) -> NDArray[np.int32]:
    """(images,) the order in which the images are trained on in `epoch`: every image once."""
    return np.random.default_rng((seed, epoch)).permutation(digits).astype(np.int32)


def chunk_end(step: int, longest: int, marks: Iterable[int]) -> int:
    """The step at which the chunk of batches that begins at `step` ends: the next mark, or after `longest` batches."""
    return min([step + longest, *(mark for mark in marks if mark > step)])


def chunk_length(seconds_per_batch: float) -> int:
    """How many batches to train on before the trainer reports and listens again."""
    return max(1, min(_LONGEST_CHUNK, int(_CHUNK_SECONDS / seconds_per_batch)))
