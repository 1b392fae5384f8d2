"""Convolve as plain text: one window's products, their sum, and the output."""

from __future__ import annotations

from cnntui.cnn.arithmetic import counted, number, relation
from cnntui.cnn.layers import times
from cnntui.cnn.steps import ConvStep, ConvSteps
from cnntui.ui.views.base.plain import everything, paragraph, sums, table
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.convolve import text as conv_text
from cnntui.ui.widgets.text.line import plain

DIGITS = 3
"""The number of decimals of a value, a weight and a product; sums have one more."""


def as_text(state: AppState, width: int) -> list[str]:
    """The step in focus, in sentences and tables."""
    scene = state.scene
    steps, channel = scene.steps, scene.focus.channel
    assert isinstance(steps, ConvSteps)
    step = steps.at(scene.focus.row, scene.focus.col)
    channels = step.subtotals.size
    window = step.window
    where = (
        f"Position {step.index + 1:,} of {len(steps):,}. The kernel lies on rows {step.rows[0]} to {step.rows[-1]} and "
        f"columns {step.cols[0]} to {step.cols[-1]} of the input"
    )
    if (window.height, window.width) != step.patch.shape[:2]:
        where += f", with gaps: it reads {times(step.patch.shape[:2])} of {times((window.height, window.width))} cells"
    where += "."
    which = f"Input channel {channel} of {counted(channels, 'channel')}:" if channels > 1 else "Input × kernel:"
    return everything(
        paragraph(where, width),
        [which, *_products(step, channel)],
        _subtotals(step) if channels > 1 else [],
        sums(step.total, step.bias, step.pre_activation, step.output, steps.layer),
        paragraph(plain(conv_text.sentence(step, steps.layer)), width),
        paragraph(steps.layer.saving, width) if steps.layer.saving else [],
        _vector(steps, step),
    )


def _products(step: ConvStep, channel: int) -> list[str]:
    rows = []
    for place, row in enumerate(step.rows):
        for along, col in enumerate(step.cols):
            value, weight, product = (
                number(float(each[place, along, channel]), DIGITS) for each in (step.patch, step.kernel, step.products)
            )
            rows.append((f"({row}, {col})", value, "×", weight, relation([(value, weight)], product), product))
    return table(("input cell", "value", "", "weight", "", "product"), rows)


def _subtotals(step: ConvStep) -> list[str]:
    rows = [(str(place), number(float(value), DIGITS + 1)) for place, value in enumerate(step.subtotals)]
    return table(("channel", "subtotal"), rows)


def _vector(steps: ConvSteps, step: ConvStep) -> list[str]:
    outputs = steps.vector(step.row, step.col)
    rows = [(str(filter), number(float(output), DIGITS + 1)) for filter, output in enumerate(outputs) if output != 0]
    zeros = len(outputs) - len(rows)
    heading = f"All {counted(len(outputs), 'filter')} on this window" + (f"; {zeros} of them give 0:" if zeros else ":")
    return [heading, *table(("filter", "output"), rows)] if rows else [heading.rstrip(":") + "."]
