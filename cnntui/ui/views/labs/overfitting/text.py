"""The words of the overfitting lab, computed from the histories."""

from __future__ import annotations

from cnntui.cnn.arithmetic import counted, percent
from cnntui.labs.overfitting import (
    Cell,
    Histories,
    Outcome,
)
from cnntui.runs.reading.follow import RunView
from cnntui.ui.views.base.curves.text import loss
from cnntui.ui.views.labs.overfitting.verdict import BRIEF, NAMES, points
from cnntui.ui.widgets.design import CURVES
from cnntui.ui.widgets.text.line import FILL, Line, line_width


def head(with_yours: bool, width: int) -> Line:
    """The title of the comparison, and the names of the charts' lines."""
    legend: list[tuple[str, str]] = [("1 train", CURVES[0]), ("  2 test", CURVES[1])]
    if with_yours:
        legend += [("  yours: 3 train", CURVES[2]), ("  4 test", CURVES[3])]
    titles = ("With and without pooling, on few images and many", "With and without pooling", "Overfitting")
    room = width - line_width(tuple(legend))
    title = next((title for title in titles if len(title) < room), titles[-1])
    return ((title, "strong"), FILL, *legend)


def chart_title(value: str, cell: Cell, chosen: bool) -> Line:
    """The title of a chart, with a mark if its network is the selected one."""
    return (
        ("▸ " if chosen else "  ", "strong"), (f"{value} ", "strong"),
        (NAMES[cell.pooling], "selected" if chosen else ""),
    )  # fmt: skip


def formula(histories: Histories, chosen: Cell, width: int) -> Line:
    """The parameters of the dense layer after the last maps, written out as a sum."""
    long: list[tuple[str, str]] = []
    brief: list[tuple[str, str]] = []
    for cell in chosen.pair:
        outcome = histories.outcome(cell)
        if outcome is not None:
            units, maps = outcome.config.dense, "·".join(map(str, outcome.flattened))
            sum_ = f"{units}·{maps} + {units} = {outcome.head.parameters:,}"
            for line, names in ((long, NAMES), (brief, BRIEF)):
                line += [("   " if line else "", ""), (f"{names[cell.pooling]} ", "dim"), (sum_, "")]
    label = ("dense layer, units·h·w·depth + units: ", "dim")
    return _longest(width, (label, *long), tuple(long), tuple(brief)) if long else ()


def yours(view: RunView, cell: Cell, outcome: Outcome | None, chosen: Cell, width: int) -> Line:
    """The progress of the user's own run with the settings of a cell.

    Args:
        view: the run.
        cell: the cell with the run's settings.
        outcome: the run's outcome so far; None before the end of its first epoch.
        chosen: the selected cell.
        width: the number of columns.
    """
    label, name = ("yours  ", CURVES[3]), view.run.name
    if cell != chosen:
        place = f"{cell.digits:,} images, {cell.dense} units, {NAMES[cell.pooling]}"
        return _longest(width, (label, (name, ""), (f" is at {place}", "dim")), (label, (place, "dim")))
    if outcome is None:
        progress = f"{view.step:,} of {counted(view.total_steps, 'batch')}" if view.total_steps else f"{view.status}"
        return _longest(width, (label, (f"{name}: ", ""), (progress, "dim")), (label, (progress, "dim")))
    last, lowest = outcome.last, outcome.lowest
    epoch = (f"epoch {last.epoch + 1} of {view.config.epochs}: ", "dim")
    accuracy = f"train {percent(last.accuracy)}, test {percent(last.test_accuracy)}, gap {points(outcome.gap)}"
    losses = f", test loss {loss(last.test_loss)}"
    least = f", lowest {loss(lowest.test_loss)} @{lowest.epoch + 1}"
    return _longest(
        width,
        (label, epoch, (accuracy + losses + least, "")),
        (label, epoch, (accuracy + losses, "")),
        (label, epoch, (accuracy, "")),
    )


def _longest(width: int, *lines: Line) -> Line:
    """The first line that fits, or the last one."""
    return next((line for line in lines if line_width(line) <= width), lines[-1])
