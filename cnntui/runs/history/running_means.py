"""Undoes running means: finds the value of every single batch from the means since the epoch began."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_KNOWN = 2.0**-22
"""The relative error that rounding may cause in a float32 sum, its weight and their quotient."""


class BatchValues:
    """The values of one curve for single batches, computed from what Keras logs: the weighted mean of the epoch so far.

    Keras keeps a sum and its total weight, both in float32, and logs their quotient; a batch's weight is the number of
    its images, or the sum of their sample weights. The difference of two sums is the batch's own part. A float32 holds
    a sum to seven digits, so after n batches of about the same value the result's relative error is less than n ×
    0.0000002.
    """

    def __init__(self) -> None:
        self._sum = 0.0
        self.weight = 0.0
        """The total weight of the epoch's mean so far."""

    def reset(self) -> None:
        """Begin an epoch."""
        self._sum = self.weight = 0.0

    def next(self, mean: float, weight: float) -> float:
        """The mean of the batches since the last call, which is usually a single batch.

        Args:
            mean: the mean of the epoch so far.
            weight: the weight of that mean: the number of images since the epoch began.

        Returns:
            The mean; NaN if `mean` is not finite, or if no weight was added.
        """
        total, added = mean * weight, weight - self.weight
        part = total - self._sum
        # This makes a number of hits whole again, and zero hits exactly zero.
        if math.isfinite(part) and abs(part - round(part)) <= _KNOWN * abs(total):
            part = float(round(part))
        self._sum, self.weight = total, weight
        return part / added if added > 0 else math.nan


@dataclass
class LoggedValue:
    """One of the values that Keras logs.

    Attributes:
        weight: Keras's variable for the total weight of the mean; None if the value is not a mean.
        has_own_weight: whether that weight differs from the loss's.
        is_state: whether the value describes all batches of the epoch in another way, such as an AUC, and cannot be
            undone.
    """

    weight: Any = None
    is_state: bool = False
    has_own_weight: bool = False
    values: BatchValues = field(default_factory=BatchValues)

    def weight_now(self) -> float:
        """The value of that variable; reading TensorFlow's own takes half as long."""
        value = self.weight.value
        return float(value.numpy() if hasattr(value, "numpy") else np.asarray(value))
