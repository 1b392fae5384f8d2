"""The history of one filter's weights during a training."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.ops import Floats
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A filter's weights at one or more training steps.

    Attributes:
        steps: the training steps, ascending.
        kernels: `(steps, rows, columns, channels)` float32.
        biases: `(steps,)` float32.
    """

    steps: tuple[int, ...]
    kernels: Floats
    biases: Floats

    @cached_property
    def moved(self) -> Floats:
        """`(steps,)`: the Euclidean distance between the filter's weights at each step and those at the first."""
        with np.errstate(over="ignore", invalid="ignore"):
            away = (self.kernels - self.kernels[:1]).reshape(len(self.steps), -1).astype(np.float64)
            distances: Floats = np.sqrt((away**2).sum(axis=1)).astype(np.float32)
        return distances

    @cached_property
    def alike(self) -> Floats:
        """`(steps,)`: the cosine between the weights at each step and those at the last; NaN if either are all zero."""
        flat = self.kernels.reshape(len(self.steps), -1).astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            lengths = np.sqrt((flat**2).sum(axis=1))
            cosines: Floats = ((flat @ flat[-1]) / (lengths * lengths[-1])).astype(np.float32)
        return cosines

    def reached(self, share: float) -> int | None:
        """The index of the first step at which a share of the final distance is reached; None if nothing moved."""
        whole = float(self.moved[-1])
        if not np.isfinite(whole) or whole == 0:
            return None
        return int(np.flatnonzero(self.moved >= share * whole)[0])


def trajectory(steps: Sequence[int], layers: Sequence[Conv2D], filter: int) -> Trajectory:
    """The trajectory of one filter.

    Args:
        steps: the training steps, ascending.
        layers: the convolution at each of these steps.
        filter: the number of the filter, from 0.
    """
    kernels = np.stack([layer.kernel[..., filter] for layer in layers])
    return Trajectory(tuple(steps), kernels, np.array([layer.bias[filter] for layer in layers], np.float32))
