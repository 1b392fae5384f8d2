"""What Convolve says about one step, made from the step's own numbers."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.arithmetic import number, sum_of_products, sum_of_terms
from cnntui.cnn.layers import Conv2D
from cnntui.cnn.steps import ConvStep
from cnntui.widgets.lines import Line

DIGITS = 4
"""Decimals of sums; single weights and values have three."""

LABELS, WIDTH = 13, 8
"""Columns of a name and of a sum."""


def subtotal(step: ConvStep, channel: int) -> Line:
    """The sum of the products that are shown, with ≈ where the numbers shown do not come to it exactly."""
    value = float(step.subtotals[channel])
    relation = sum_of_terms(step.products[..., channel].ravel().tolist(), value, 3, 3).relation
    name = f"{relation} sum" if step.subtotals.size == 1 else f"{relation} channel {channel}"
    return ((f"{name:<{LABELS}}", "dim"), (number(value, DIGITS, width=WIDTH), _sign(value)))


def sum_labels(step: ConvStep, layer: Conv2D) -> list[Line]:
    """The names of `sums`, line by line, with = where the numbers shown come to the number shown and ≈ where not."""
    channels = step.subtotals.size
    biased = sum_of_terms([step.total, step.bias], step.pre_activation, DIGITS, DIGITS).relation
    names = ["+ bias", f"{biased} pre-act.", {"relu": "ReLU gives", "linear": "output"}.get(layer.activation, "output")]
    if channels > 1:
        names.insert(0, f"Σ {channels} channels")
    return [((name, "dim"),) for name in names]


def sums(step: ConvStep) -> list[Line]:
    """The way from the sum over all channels to the output cell, one number a line."""
    total = [step.total] if step.subtotals.size > 1 else []
    lines: list[Line] = [
        ((number(value, DIGITS, width=WIDTH), _sign(value)),) for value in (*total, step.bias, step.pre_activation)
    ]
    return [*lines, ((number(step.output, DIGITS, width=WIDTH), "window"),)]


def _sign(value: float) -> str:
    return "negative" if value < 0 else "positive" if value > 0 else ""


def equation(step: ConvStep, channel: int, width: int) -> Line:
    """The products of one channel and their sum as one typed line, as exact as the width allows.

    Args:
        step: the step.
        channel: the input channel.
        width: columns; where even three decimals do not fit, the line says how many terms there are.
    """
    values, weights = step.patch[..., channel].ravel().tolist(), step.kernel[..., channel].ravel().tolist()
    result = float(step.subtotals[channel])
    for most in (6, 5, 4, 3):
        text = str(sum_of_products(values, weights, result, digits=3, most_digits=most)).replace(" × ", "×")
        if len(text) <= width:
            return ((text, ""),)
    return ((f"{len(values)} products ≈ {number(result, 3)}", ""),)


def rectifier(step: ConvStep, layer: Conv2D, width: int) -> Line:
    """`−0.098 + 0.012 = −0.086 → ReLU: max(0, −0.086) = 0.000`, as one line."""
    biased = sum_of_terms([step.total, step.bias], step.pre_activation, digits=3)
    text = f"{biased}".replace("−−", "+")
    if layer.activation != "relu":
        return ((text, ""),)
    line = ((text, ""), ("  →  ", "dim"), (f"max(0, {biased.result}) = ", ""), (_rectified(biased.result), "window"))
    return line if sum(len(piece) for piece, _ in line) <= width else line[:1]


def _rectified(shown: str) -> str:
    return number(0.0, len(shown.partition(".")[2])) if shown.startswith("−") else shown


def sentence(step: ConvStep, layer: Conv2D) -> Line:
    """One sentence on what happens at this step and why."""
    rectified = layer.activation == "relu"
    passes = step.pre_activation > 0 or not rectified
    if not step.patch.any():
        end = "is what goes on." if passes else "is below 0: silence."
        return ((f"Blank patch: all products are 0. The bias alone, {number(step.bias, 3)}, {end}", ""),)
    largest = np.unravel_index(int(np.abs(step.products).argmax()), step.products.shape)
    row, col, channel = (int(place) for place in largest)
    value, weight = number(float(step.patch[row, col, channel]), 2), number(float(step.kernel[row, col, channel]), 2)
    cell = f"({step.window.top + row}, {step.window.left + col})"
    where = f", channel {channel}" if step.subtotals.size > 1 else f", at {cell}"
    most = f"Largest product: {value} × {weight}{where}."
    if not rectified:
        return ((most, ""),)
    verdict = "Above 0: ReLU passes it on." if passes else "Below 0: ReLU makes it 0."
    return ((f"{verdict} {most}", ""),)
