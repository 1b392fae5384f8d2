"""The curves of a run, computed from its history in a time that hardly grows with its length."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cnntui.runs.history.events import EpochEnd, Stopped
from cnntui.runs.history.history import History
from cnntui.runs.history.thinning import decimate, smooth
from cnntui.runs.reading.diagnosis import BLOCK
from cnntui.ui.widgets.charts.chart import Tick
from cnntui.ui.widgets.charts.plot import Axis, Curve, accuracy_axis, loss_axis
from cnntui.ui.widgets.charts.value_axis import value_axis

Floats = NDArray[np.floating]

MOST_POINTS = 4000
"""More points than a chart can show separately, yet few enough to be placed in under a millisecond."""

SMALLEST_REACH = 60
"""The fewest batches that the horizontal axis spans."""


def reach(history: History) -> int:
    """The step at the right edge of the charts: the whole training, halved for as long as the past still fits.

    The first seconds of a training therefore fill the charts, and the axis moves only a few times.
    """
    step = history.step
    if history.end is not None:
        return max(step, 1)
    total = max(history.total_steps, step, 1)
    while total >= 2 * SMALLEST_REACH and step <= total // 2:
        total //= 2
    return total


def span(history: History) -> float:
    """How many batches the line is smoothed over: fewer while few are in view, or it would lag behind the points."""
    return min(40.0, max(5.0, reach(history) / 12))


def loss_curve(history: History, is_cross_entropy: bool = True) -> tuple[Curve, tuple[str, ...]]:
    """The loss of each batch, and the tick labels.

    Args:
        history: the history of the run.
        is_cross_entropy: whether the loss is a cross-entropy, whose size is known before anything is learned.
    """
    smoothed = smoothed_line(history, history.losses)
    tests = np.array([test.test_loss for test in tested(history)])
    lowest = min(_least(smoothed), _least(tests))
    if is_cross_entropy:
        axis = loss_axis(history.losses, lowest)
    else:
        axis = value_axis(np.concatenate([history.losses, tests]))
    return _curve(history, history.losses, smoothed, tests, axis), tuple(f"{tick:g}" for tick in axis.ticks)


ACCURACY = "accuracy"


def others(history: History) -> tuple[str, ...]:
    """The names of the curves besides the loss: the accuracy, and any other metrics of the run."""
    found = dict.fromkeys(history.metrics)
    for end in history.epochs[:1]:
        found |= dict.fromkeys(end.metrics) | dict.fromkeys(end.test_metrics)
    return (ACCURACY, *found) if history.has_accuracy or not found else (*found,)


def is_share(name: str) -> bool:
    """Whether a metric, judging by its name, lies between 0 and 1 and reads as a percentage."""
    return name.endswith(("accuracy", "acc", "precision", "recall", "auc"))


def other_curve(history: History, name: str) -> tuple[Curve, tuple[str, ...]]:
    """The curve of one of `others`, by batch if each was measured and otherwise by epoch, and the tick labels."""
    if name == ACCURACY:
        return accuracy_curve(history)
    steps, values, line = _measured(history, name)
    ends = np.array([end.step for end in history.epochs], np.int64)
    tests = np.array([end.test_metrics.get(name, math.nan) for end in history.epochs])
    if is_share(name):
        axis = accuracy_axis(line, np.append(tests, line[-1:]))
        names = tuple(f"{tick:.0%}" for tick in axis.ticks)
    else:
        axis = value_axis(np.concatenate([values, tests]))
        names = tuple(f"{tick:g}" for tick in axis.ticks)
    points = decimate(steps, values, MOST_POINTS)
    return Curve(axis, reach(history), points, decimate(steps, line, MOST_POINTS), (ends, tests)), names


def ends(history: History, name: str) -> tuple[float, float]:
    """The newest value of one of `others`, and the newest one on the test images; NaN if there is none."""
    if name == ACCURACY:
        return newest(history.accuracies), _last([test.test_accuracy for test in tested(history)])
    tests = [end.test_metrics.get(name, math.nan) for end in history.epochs]
    if name in history.metrics:
        return newest(history.metrics[name]), _last(tests)
    return _last([end.metrics.get(name, math.nan) for end in history.epochs]), _last(tests)


def _last(values: list[float]) -> float:
    return values[-1] if values else math.nan


def _measured(history: History, name: str) -> tuple[NDArray[np.int64], Floats, Floats]:
    """The steps at which a metric was measured, its values, and the line through them."""
    if name in history.metrics:
        values = history.metrics[name]
        return history.steps, values, smoothed_line(history, values)
    values = np.array([end.metrics.get(name, math.nan) for end in history.epochs])
    return np.array([end.step for end in history.epochs], np.int64), values, values


def accuracy_curve(history: History) -> tuple[Curve, tuple[str, ...]]:
    """The accuracy on each batch, and the tick labels."""
    smoothed = smoothed_line(history, history.accuracies)
    tests = np.array([test.test_accuracy for test in tested(history)])
    axis = accuracy_axis(smoothed, np.append(tests, smoothed[-1:]))
    return _curve(history, history.accuracies, smoothed, tests, axis), tuple(f"{tick:.0%}" for tick in axis.ticks)


def marks(history: History) -> tuple[str, tuple[Tick, ...]]:
    """The unit of the horizontal axis and its marks: epochs, or batches during the first epoch."""
    last = reach(history)
    each = history.steps_per_epoch
    if not each or last < each:
        return "batch", ((0, "0"), (last, f"{last:,}"))
    ends = [(0, history.started.first_epoch if history.started else 0)]
    ends += [(end.step, end.epoch + 1) for end in history.epochs]
    step, epoch = ends[-1]
    ends += [(step + each * k, epoch + k) for k in range(1, (last - step) // each + 1)]
    return "epoch", tuple((step, f"{epoch}") for step, epoch in ends)


def tested(history: History) -> tuple[EpochEnd | Stopped, ...]:
    """The tests of the network: after each epoch, and where training stopped between two epochs."""
    return (*history.epochs, history.end) if isinstance(history.end, Stopped) else history.epochs


def newest(values: Floats) -> float:
    """The mean value of the newest `BLOCK` batches; NaN before the first, and if the newest has none.

    This is not the end of the smoothed line, which takes long to forget a batch that was off by orders of magnitude.
    """
    last = values[-BLOCK:]
    return float(np.nanmean(last, dtype=np.float64)) if len(last) and np.isfinite(last[-1]) else math.nan


def smoothed_line(history: History, values: Floats) -> NDArray[np.float64]:
    """The smoothed values, with a gap at each NaN."""
    return np.where(np.isnan(values), np.nan, smooth(values, span(history)))


def _curve(history: History, values: Floats, smoothed: Floats, tests: Floats, axis: Axis) -> Curve:
    steps = history.steps
    ends = np.array([test.step for test in tested(history)], np.int64)
    return Curve(
        axis=axis,
        last=reach(history),
        points=decimate(steps, values, MOST_POINTS),
        line=decimate(steps, smoothed, MOST_POINTS),
        tests=(ends, tests),
        lost=history.lost_steps,
    )


def _least(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.min()) if finite.size else math.inf
