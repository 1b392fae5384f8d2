"""What Convolve says about one step, made from the step's own numbers."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.arithmetic import number, sum_of_products, sum_of_terms
from cnntui.cnn.layers import Conv2D
from cnntui.cnn.steps import ConvStep
from cnntui.widgets.lines import Line

DIGITS = 4
"""Decimals of sums; single weights and values have three."""

LABELS = 14
"""Columns of the names in the column of sums."""


def sums(step: ConvStep, layer: Conv2D, channel: int) -> list[Line]:
    """The way from the products to the output cell, one number a line.

    Args:
        step: the step.
        layer: the convolution it belongs to.
        channel: the input channel whose products are shown.
    """
    channels = step.subtotals.size
    products = step.products[..., channel].ravel()
    subtotal = float(step.subtotals[channel])
    own = sum_of_terms(products.tolist(), subtotal, digits=3, most_digits=3).relation
    biased = sum_of_terms([step.total, step.bias], step.pre_activation, digits=DIGITS, most_digits=DIGITS).relation
    lines: list[Line] = []
    if channels == 1:
        lines.append(_sum(f"{own} sum", step.total))
    else:
        lines.append(_sum(f"{own} channel {channel}", subtotal))
        lines.append(_sum(f"Σ {channels} channels", step.total, "strong"))
    lines.append(_sum("+ bias", step.bias))
    lines.append(_sum(f"{biased} before {layer.activation}"[:LABELS], step.pre_activation, "strong"))
    lines.append((*_sum(layer.activation.replace("relu", "ReLU"), step.output, "window"),))
    return lines


def _sum(label: str, value: float, role: str = "") -> Line:
    shown = number(value, DIGITS, width=9)
    sign = role or ("negative" if value < 0 else "positive" if value > 0 else "")
    return (f"{label:<{LABELS - 2}}", "dim"), (shown, sign)


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
    total, bias, before = number(step.total, 3), number(step.bias, 3), number(step.pre_activation, 3)
    if not step.patch.any():
        end = f"the filter answers with its bias, {bias}" if step.output > 0 else f"its bias {bias} alone is below 0: silence"
        return (("The patch is blank, so every product is 0 and ", ""), (f"{end}.", ""))
    largest = np.unravel_index(int(np.abs(step.products).argmax()), step.products.shape)
    row, col, channel = (int(place) for place in largest)
    value, weight = number(float(step.patch[row, col, channel]), 2), number(float(step.kernel[row, col, channel]), 2)
    where = f" of channel {channel}" if step.subtotals.size > 1 else ""
    most = f"Most weighs {value} × {weight}{where}"
    if layer.activation != "relu":
        return ((f"{most}; the sum {total} with the bias {bias} is {before}.", ""),)
    if step.pre_activation > 0:
        return ((f"{most}; {total} with the bias {bias} is above 0, and ReLU lets it pass.", ""),)
    return ((f"{most}; {total} with the bias {bias} is below 0, and ReLU makes it 0.", ""),)
