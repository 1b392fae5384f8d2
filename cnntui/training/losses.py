"""Handles the losses of batches: computes an epoch's mean, and stops when losses become NaN or infinite."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cnntui.files.errors import CnntuiError


def epoch_mean(values: list[NDArray[np.float32]], batch_size: int, digits: int) -> float:
    """The mean over the images of an epoch, from one value for each batch; the last batch may be smaller.

    Batches about which nothing is known any more are NaN, and do not count.
    """
    batches = np.concatenate(values)
    sizes = np.full(len(batches), batch_size)
    sizes[-1] = digits - batch_size * (len(batches) - 1)
    known = np.isfinite(batches)
    return float(np.average(batches[known], weights=sizes[known])) if known.any() else math.nan


def check_finite(step: int, losses: NDArray[np.float32], learning_rate: float) -> None:
    """Refuse to continue from a loss that is not finite.

    Args:
        step: the training step after the last of the batches.
        losses: (batches,) the losses of the batches.
        learning_rate: the learning rate to name in the message.

    Raises:
        CnntuiError: a loss is NaN or infinite; the message names the first such step.
    """
    bad = np.flatnonzero(~np.isfinite(losses))
    if bad.size:
        first = step - len(losses) + 1 + int(bad[0])
        raise CnntuiError(
            f"The loss stopped being a number at batch {first:,}: the weights have grown without bound.",
            f"Train again with a learning rate smaller than {learning_rate:g}; what was kept is from before.",
        )
