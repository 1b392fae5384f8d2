"""Makes a long curve fit a chart: reduces it to its extremes, or to its running mean."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 256
"""How many entries of a decaying sum are added up at once."""


def decimate(steps: NDArray[Any], values: NDArray[Any], points: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Thin a curve for a chart without losing a peak: keep the least and the greatest value of equal buckets.

    Args:
        steps: (n,) ascending.
        values: (n,); NaN counts only if a bucket contains nothing else.
        points: the maximum number of entries to return; at least 2.

    Returns:
        The kept steps and values, in order; all of them if there are no more than `points`.
    """
    n, buckets = len(values), max(1, points // 2)
    if n <= max(points, 2):
        return steps, values
    size = -(-n // buckets)
    rows = -(-n // size)
    # Padded with the last value, whose true place is still found: the first of equal ones counts.
    table = np.append(values, np.repeat(values[-1:], rows * size - n)).reshape(rows, size)
    begins = np.arange(rows) * size
    unknown = np.isnan(table)
    if unknown.any():
        low, high = np.where(unknown, np.inf, table), np.where(unknown, -np.inf, table)
    else:
        low = high = table
    least, greatest = begins + np.argmin(low, axis=1), begins + np.argmax(high, axis=1)
    # Not np.unique, whose first call imports all of numpy.ma.
    kept = np.sort(np.stack([least, greatest], axis=1), axis=1).ravel()
    kept = kept[np.append(True, kept[1:] != kept[:-1])]
    return steps[kept], values[kept]


def smooth(values: NDArray[Any], span: float = 40.0) -> NDArray[np.float64]:
    """The exponential moving average over about `span` entries, without the pull of an arbitrary first value.

    Args:
        values: (n,); NaN is skipped.

    Returns:
        (n,) float64; NaN until the first number.
    """
    keep = 1.0 - 1.0 / span
    known = ~np.isnan(values)
    total = _decaying_sum(np.where(known, values, 0.0).astype(np.float64), keep)
    weight = _decaying_sum(known.astype(np.float64), keep)
    average = np.full(len(values), np.nan)
    np.divide(total, weight, out=average, where=weight > 0)
    return average


def _decaying_sum(values: NDArray[np.float64], keep: float) -> NDArray[np.float64]:
    """(n,) with sums[i] = keep · sums[i − 1] + values[i], in blocks short enough for keep^-i to stay a float64."""
    powers = keep ** np.arange(1, _BLOCK + 1)
    blocks = np.append(values, np.zeros(-len(values) % _BLOCK)).reshape(-1, _BLOCK)
    grown = np.cumsum(blocks / powers, axis=1)
    # Each block starts from the sum that the one before it ends with.
    last = float(powers[-1])
    carried = accumulate(grown[:-1, -1].tolist(), lambda before, sum_: last * (before + sum_), initial=0.0)
    grown += np.fromiter(carried, np.float64, len(blocks))[:, np.newaxis]
    grown *= powers
    return grown.ravel()[: len(values)]
