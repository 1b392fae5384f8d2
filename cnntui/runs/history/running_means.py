"""Undoes running means: the value of every single batch, from the means since an epoch began."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_KNOWN = 2.0**-22
"""The relative error that rounding may cause in a float32 sum, its weight and their quotient."""


class BatchValues:
    """The values of single batches of one curve, from what Keras logs: the weighted mean of the epoch so far.

    Keras keeps a sum and the weight that it holds, both in float32, and logs their quotient; the weight of a batch is
    how many images it has, or the sum of their sample weights. The difference of two sums is the batch's own part.
    A float32 knows a sum to seven digits, so that after n batches of about the same value the result is off by less
    than n × 0.0000002 of it.
    """

    def __init__(self) -> None:
        self._sum = 0.0
        self.weight = 0.0
        """What the means of the epoch were taken over so far."""

    def reset(self) -> None:
        """An epoch begins."""
        self._sum = self.weight = 0.0

    def next(self, mean: float, weight: float) -> float:
        """The mean of the batches since the last call, as a rule of one.

        Args:
            mean: of the epoch so far.
            weight: what it was taken over: images since the epoch began.

        Returns:
            NaN where the mean is none, and where nothing was added to it.
        """
        total, added = mean * weight, weight - self.weight
        part = total - self._sum
        # So a number of hits is whole again, and zero hits are zero.
        if math.isfinite(part) and abs(part - round(part)) <= _KNOWN * abs(total):
            part = float(round(part))
        self._sum, self.weight = total, weight
        return part / added if added > 0 else math.nan


@dataclass
class LoggedValue:
    """One of the values that Keras logs.

    Attributes:
        weight: Keras's variable of what the mean was taken over; None where the value is no mean.
        has_own_weight: whether that is another than the loss has.
        is_state: whether it is something else about all batches of the epoch, such as an AUC, and not undone.
    """

    weight: Any = None
    is_state: bool = False
    has_own_weight: bool = False
    values: BatchValues = field(default_factory=BatchValues)

    def weight_now(self) -> float:
        """The value of that variable; asking TensorFlow's own takes half as long."""
        value = self.weight.value
        return float(value.numpy() if hasattr(value, "numpy") else np.asarray(value))
