"""The vertical axis for a quantity of unknown range, such as a metric or a loss other than cross-entropy."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cnntui.ui.widgets.charts.plot import Axis

_WIDE = 20
"""The ratio between the largest and the smallest value above which the axis is logarithmic."""

_STEPS = (1.0, 2.0, 5.0, 10.0)
_PARTS = 4


def value_axis(values: NDArray[np.floating]) -> Axis:
    """An axis that has all values in view, and ends in round numbers so that it rarely moves.

    The axis is logarithmic if all values are positive and far apart.

    Args:
        values: (n,) the values; those that are not finite are ignored.
    """
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return Axis(0.0, 1.0, False, (1.0, 0.5, 0.0))
    low, high = float(finite.min()), float(finite.max())
    if low > 0 and high > _WIDE * low:
        bottom, top = math.floor(math.log10(low)), math.ceil(math.log10(high))
        return Axis(10.0**bottom, 10.0**top, True, tuple(10.0**power for power in range(top, bottom - 1, -1)))
    span = (high - low) or abs(high) or 1.0
    unit = 10.0 ** math.floor(math.log10(span / _PARTS))
    step = next(factor * unit for factor in _STEPS if factor * unit * _PARTS >= span * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    return Axis(first * step, last * step, False, tuple(each * step for each in range(last, first - 1, -1)))
