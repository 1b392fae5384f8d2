"""The charts of the overfitting lab: loss and accuracy over epochs, with axes that a pair of networks shares."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cnntui.labs.overfitting import Outcome
from cnntui.runs.history.events import EpochEnd
from cnntui.ui.widgets.charts.comparison_chart import Comparison
from cnntui.ui.widgets.charts.plot import Axis, Series, accuracy_axis
from cnntui.values import dataclass

Floats = NDArray[np.float64]

_BETWEEN = 100
"""The number of places on the horizontal axis from one epoch to the next."""

_TOPS = (1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
"""The values, as multiples of a power of ten, at which a loss axis may end."""


@dataclass(frozen=True)
class Shown:
    """The content of one of the two charts side by side.

    Attributes:
        bundled: the outcome of the bundled run; None if there is none.
        yours: the epochs of the user's own run with the same settings.
    """

    bundled: Outcome | None
    yours: tuple[EpochEnd, ...] = ()

    @property
    def curves(self) -> tuple[tuple[EpochEnd, ...], ...]:
        """The epochs of each run that is drawn; for a missing bundled run there are none."""
        return (self.bundled.epochs if self.bundled else (), *((self.yours,) if self.yours else ()))


def loss_comparisons(pair: Sequence[Shown]) -> tuple[Comparison, ...]:
    """The loss on training and test images, for each of a pair."""
    axis = _loss_axis(pair)
    names = tuple(f"{tick:g}" for tick in axis.ticks)
    return tuple(
        _comparison(pair, axis, names, [[(e.loss, e.test_loss) for e in epochs] for epochs in shown.curves])
        for shown in pair
    )


def accuracy_comparisons(pair: Sequence[Shown]) -> tuple[Comparison, ...]:
    """The accuracy on training and test images, for each of a pair."""
    values = np.array([value for e in _epochs(pair) for value in (e.accuracy, e.test_accuracy)])
    axis = accuracy_axis(values, np.empty(0))
    names = tuple(f"{tick:.0%}" for tick in axis.ticks)
    return tuple(
        _comparison(pair, axis, names, [[(e.accuracy, e.test_accuracy) for e in epochs] for epochs in shown.curves])
        for shown in pair
    )


def _epochs(pair: Sequence[Shown]) -> Iterator[EpochEnd]:
    return (epoch for shown in pair for epochs in shown.curves for epoch in epochs)


def _loss_axis(pair: Sequence[Shown]) -> Axis:
    """An axis from 0 that is high enough to show how a test loss rises after its lowest point.

    It is not logarithmic as elsewhere: beside a training loss that falls to a thousandth, the rise of a test loss that
    doubles would hardly be visible.
    """
    most = 0.0
    for shown in pair:
        for epochs in shown.curves:
            losses = np.array([epoch.test_loss for epoch in epochs])
            if np.isfinite(losses).any():
                lowest = int(np.nanargmin(losses))
                most = max(most, 2 * float(losses[lowest]), float(np.nanmax(losses[lowest:])))
    high = _round_up(most) if most > 0 and math.isfinite(most) else 1.0
    return Axis(0.0, high, False, (high, high / 2, 0.0))


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return float(next(top for top in _TOPS if value <= top * power * (1 + 1e-9)) * power)


CALLED = ("train", "test", "yours: train", "yours: test")
"""The names of the lines, by position."""


def _comparison(
    pair: Sequence[Shown], axis: Axis, names: tuple[str, ...], curves: Sequence[Sequence[tuple[float, float]]]
) -> Comparison:
    count = max((len(epochs) for shown in pair for epochs in shown.curves), default=0)
    count = max([count, *(shown.bundled.config.learning.epochs for shown in pair if shown.bundled)])
    lines = tuple(_series([values[which] for values in curve]) for curve in curves for which in (0, 1))
    marks = tuple(
        ((epoch - 1) * _BETWEEN, f"{epoch}") for epoch in dict.fromkeys((1, (count + 1) // 2, count)) if epoch
    )
    return Comparison(axis, names, max(1, (count - 1) * _BETWEEN), lines, "epoch", marks, CALLED[: len(lines)])


def _series(values: Sequence[float]) -> Series:
    """A series with one value for each epoch."""
    heights = np.array(values, np.float64)
    return np.arange(len(heights)) * _BETWEEN, heights
