"""Draws a history as two charts: the loss, and the accuracy or another metric."""

from __future__ import annotations

import math

from cnntui.cnn.arithmetic import percent
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.history.history import History
from cnntui.ui.views.base.curves import curves
from cnntui.ui.views.base.curves import text as curve_text
from cnntui.ui.widgets.charts.chart import Chart


def show_curves(history: History, config: RunConfig | None, loss_chart: Chart, other_chart: Chart, other: int) -> None:
    """Draw the loss and one of the other curves, with their newest values in their titles.

    Args:
        history: the history of the run.
        config: the settings of the run; None if they are unknown.
        loss_chart, other_chart: the charts to draw into.
        other: the number of the other curve, which may exceed their count and then wraps around.
    """
    tests = "test" if config is None else config.unseen
    guesses = config is None or config.is_cross_entropy
    last = next(iter(curves.tested(history)[-1:]), None)
    unit, marks = curves.marks(history)
    loss, tested = curve_text.newest_loss(history, curves.newest(history.losses)), last.test_loss if last else math.nan
    loss_chart.show("loss", loss, curve_text.measured(tested), *curves.loss_curve(history, guesses), unit, marks, tests)
    names = curves.others(history)
    name = names[other % len(names)]
    newest, tested = curves.ends(history, name)
    say = percent if curves.is_share(name) else curve_text.loss
    other_chart.show(
        curve_text.curve_name(name, other % len(names), len(names)), say(newest),
        percent(tested, 2) if curves.is_share(name) and math.isfinite(tested) else curve_text.measured(tested),
        *curves.other_curve(history, name), unit, marks, tests,
    )  # fmt: skip
