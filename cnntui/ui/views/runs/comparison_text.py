"""The contents of Compare: the curves of several runs on shared axes, and the differences in their settings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from textual.geometry import Size

from cnntui.cnn.arithmetic import counted, percent
from cnntui.printable import set_width, shortened, text_width
from cnntui.runs.config.differences import differences
from cnntui.runs.history.history import History
from cnntui.runs.history.thinning import decimate
from cnntui.runs.reading.follow import RunView
from cnntui.ui.views.base.curves.curves import MOST_POINTS, newest, smoothed_line, tested
from cnntui.ui.views.base.curves.text import loss
from cnntui.ui.views.runs.text import duration
from cnntui.ui.widgets.charts.chart import Tick
from cnntui.ui.widgets.charts.comparison_chart import Comparison
from cnntui.ui.widgets.charts.plot import Axis, Series, accuracy_axis, loss_axis
from cnntui.ui.widgets.design import CURVES
from cnntui.ui.widgets.text.line import FILL, Line, line_width

LONGEST_PAUSE = 10.0
"""The most seconds between two reports of a trainer that count: testing takes a second or two; the rest is a pause."""

_TENTHS = 10

WIDEST = 24
"""The most columns for a setting: values from files may be long."""

Column = tuple[str, tuple[str, ...]]
"""The name of a setting or a result, and its value in each run."""


class By(Enum):
    """The quantity on the horizontal axis."""

    STEP = "batches"
    TIME = "time"


Floats = NDArray[np.floating]


def loss_comparison(views: Sequence[RunView], by: By) -> Comparison:
    """The smoothed losses of several runs."""
    smoothed = [smoothed_line(view.history, view.history.losses) for view in views]
    known = np.concatenate([values[np.isfinite(values)] for values in smoothed])
    axis = loss_axis(known, float(known.min()) if known.size else math.inf)
    return _comparison(views, smoothed, by, axis, tuple(f"{tick:g}" for tick in axis.ticks))


def accuracy_comparison(views: Sequence[RunView], by: By) -> Comparison:
    """The smoothed accuracies of several runs."""
    smoothed = [smoothed_line(view.history, view.history.accuracies) for view in views]
    axis = accuracy_axis(np.concatenate(smoothed), np.concatenate([values[-1:] for values in smoothed]))
    return _comparison(views, smoothed, by, axis, tuple(f"{tick:.0%}" for tick in axis.ticks))


def _comparison(
    views: Sequence[RunView], smoothed: Sequence[Floats], by: By, axis: Axis, names: tuple[str, ...]
) -> Comparison:
    lines = tuple(_line(view.history, values, by) for view, values in zip(views, smoothed, strict=True))
    last = max((int(places[-1]) for places, _ in lines if len(places)), default=1)
    unit, marks = _marks(last, by)
    return Comparison(axis, names, max(1, last), lines, unit, marks)


def _line(history: History, values: Floats, by: By) -> Series:
    steps, values = decimate(history.steps, values, MOST_POINTS)
    if by is By.STEP:
        return steps, values
    return np.rint(seconds_of(history, steps) * _TENTHS).astype(np.int64), values


def seconds_of(history: History, steps: NDArray[np.integer]) -> NDArray[np.float64]:
    """(n,) seconds that the run had trained at each step, without pauses; zeros if it has reported no times."""
    if not len(history.event_times):
        return np.zeros(len(steps))
    between = np.clip(np.diff(history.event_times), 0.0, LONGEST_PAUSE)
    passed = np.concatenate([[0.0], np.cumsum(between)])
    times: NDArray[np.float64] = np.interp(steps, history.event_steps, passed)
    return times


def _marks(last: int, by: By) -> tuple[str, tuple[Tick, ...]]:
    if by is By.STEP:
        return "batch", ((0, "0"), (last // 2, f"{last // 2:,}"), (last, f"{last:,}"))
    half = last // 2
    return "time", ((0, "0"), (half, duration(half / _TENTHS)), (last, duration(last / _TENTHS)))


def title(count: int, by: By, width: int) -> Line:
    """The title: how many runs are compared, and against what."""
    left: Line = ((" cnntui ", "dim"), (" Compare ", "strong"), (f" {counted(count, 'run')} by {by.value}", "dim"))
    right: Line = (("smoothed over the last batches ", "dim"),)
    return (*left, FILL, *right) if line_width((*left, *right)) < width else left


def chart_title(name: str) -> Line:
    return ((name, "strong"),)


def legend(views: Sequence[RunView], size: Size) -> list[Line]:
    """A line for each run: its number, its name, its results, and the settings that differ between the runs.

    Settings that do not fit beside each other follow in further tables, as far as there is room.
    """
    differing = differences([view.config for view in views])
    columns: list[Column] = [
        ("/".join(sorted({view.config.unseen for view in views})), tuple(_tested(view) for view in views)),
        *((difference.name, difference.values) for difference in differing),
        ("loss", tuple(loss(newest(view.history.losses)) for view in views)),
    ]
    name_width = min(max(text_width(view.run.name) for view in views), max(16, size.width // 4))
    names = [set_width(shortened(view.run.name, name_width), name_width) for view in views]
    lines: list[Line] = []
    for before in range(0, size.height, 1 + len(views)):
        is_last = before + 2 * (1 + len(views)) > size.height
        shown = _fitting(columns, size.width - 2 - name_width, is_last)
        columns = columns[len(shown) :]
        lines += _table(shown, names, len(columns) if is_last else 0)
        if is_last or not columns:
            break
    if not differing and len(views) > 1:
        lines.append((("their settings are the same", "dim"),))
    return lines


def _fitting(columns: Sequence[Column], room: int, is_last: bool) -> list[Column]:
    """The first columns, as many as fit; the last that fits in the last table also says how many do not."""
    shown: list[Column] = []
    for place, column in enumerate(columns):
        width = _width(column) + 2
        if width + (9 if is_last and place + 1 < len(columns) else 0) > room:
            break
        room -= width
        shown.append(column)
    return shown


def _table(columns: Sequence[Column], names: Sequence[str], hidden: int) -> list[Line]:
    """A heading, and a line for each run."""
    more = f"  +{hidden} more" if hidden else ""
    widths = [_width(column) for column in columns]
    heads = "".join(f"  {heading:>{width}}" for (heading, _), width in zip(columns, widths, strict=True))
    lines: list[Line] = [((" " * (2 + text_width(names[0])) + heads + more, "dim"),)]
    for place, name in enumerate(names):
        cells = "".join("  " + _right(values[place], width) for (_, values), width in zip(columns, widths, strict=True))
        lines.append(((f"{place + 1} {name}", CURVES[place]), (cells, "")))
    return lines


def _width(column: Column) -> int:
    heading, values = column
    return min(max(len(heading), *map(text_width, values)), WIDEST)


def _right(text: str, width: int) -> str:
    """Right-aligned text in a column; values from files may be wide and long."""
    short = shortened(text, width)
    return " " * (width - text_width(short)) + short


def _tested(view: RunView) -> str:
    end = view.history.end
    tests = tested(view.history)
    accuracy = getattr(end, "test_accuracy", None)
    if accuracy is None:
        accuracy = tests[-1].test_accuracy if tests else math.nan
    return percent(accuracy, 2)
