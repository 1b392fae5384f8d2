"""The words of Convolve for one step, computed from the step's own numbers."""

from __future__ import annotations

from functools import lru_cache
from textwrap import wrap

import numpy as np

from cnntui.cnn.arithmetic import Equation, number, relation, signed_number, sum_of_products, sum_of_terms
from cnntui.cnn.layers import Conv2D, said
from cnntui.cnn.steps import ConvStep
from cnntui.ui.views.base.image_text import COLOURS, channel_name
from cnntui.ui.views.base.stepper_text import relu_verdict
from cnntui.ui.widgets.bars.part import in_view
from cnntui.ui.widgets.text.line import Line, line_width

DIGITS = 4
"""The number of decimals of sums; single weights and values have three."""

NAMES, NUMBERS = 13, 8
"""The columns of the names of the sums, and of their numbers."""


def sum_labels(step: ConvStep, layer: Conv2D, channel: int, is_picture: bool = False) -> list[Line]:
    """The names of `sums`, line by line: = if the printed numbers give the printed result, otherwise ≈."""
    channels = step.subtotals.size
    products = [(number(product, 3),) for product in step.products[..., channel].ravel().tolist()]
    own = relation(products, _shown(float(step.subtotals[channel])))
    biased = relation([(_shown(step.total),), (_shown(step.bias),)], _shown(step.pre_activation))
    names = (
        [f"{own} sum"] if channels == 1 else [f"{own} {channel_name(channel, is_picture)}", f"Σ {channels} channels"]
    )
    names += ["+ bias", f"{biased} pre-act.", _gives(layer)]
    return [((name, "dim"),) for name in names]


def sums(step: ConvStep, channel: int) -> list[Line]:
    """The numbers from the products of a channel to the output cell, one per line."""
    own = [float(step.subtotals[channel])] if step.subtotals.size > 1 else []
    lines: list[Line] = [
        ((f"{_shown(value):>{NUMBERS}}", _sign(value)),) for value in (*own, step.total, step.bias, step.pre_activation)
    ]
    return [*lines, ((f"{_shown(step.output):>{NUMBERS}}", "window"),)]


def _gives(layer: Conv2D) -> str:
    """The name of the output."""
    return "output" if layer.activation == "linear" else f"{said(layer.activation)} gives"


def _shown(value: float) -> str:
    """A sum as printed, with its sign, since ReLU depends on it."""
    return signed_number(value, DIGITS, width=NUMBERS).strip()


def _sign(value: float) -> str:
    return "negative" if value < 0 else "positive" if value > 0 else ""


def vector_title(filters: int, chosen: int, columns: int, width: int) -> Line:
    """The title of the bars of all filters, which tells which of them are in view."""
    line: Line = (("all ", "dim"), (f"{filters} filters", ""))
    if filters > columns > 0:
        bars = in_view(filters, chosen, columns)
        line = (("filters ", "dim"), (f"{bars[0]}–{bars[-1]}", ""), (f" of {filters}", "dim"))
    whole = f"one vector of {filters} numbers"
    forms = (f" here: the window becomes {whole}", f" here: {whole}", " here")
    return (*line, (next((form for form in forms if line_width(line) + len(form) <= width), ""), "dim"))


def channels_title(channels: int, chosen: int, columns: int, width: int, is_picture: bool = False) -> Line:
    """The title of the bars of a filter's subtotals, one per input channel; arguments as for `vector_title`."""
    name = COLOURS[chosen] if is_picture else f"{chosen}"
    above: Line = ((", adding up to Σ; above: ", "dim"), (name, "window"))
    line: Line = (("subtotals of ", "dim"), (f"{channels} input channels", ""))
    if channels > columns > 0:
        bars = in_view(channels, chosen, columns)
        line = (("subtotals of channels ", "dim"), (f"{bars[0]}–{bars[-1]}", ""), (f" of {channels}", "dim"))
    brief: Line = (("; above: ", "dim"), (name, "window"))
    return next((form for form in ((*line, *above), (*line, *brief)) if line_width(form) <= width), line)


def equation(step: ConvStep, channel: int, width: int) -> Line:
    """The products of one channel and their sum as a typed line, as exact as the width allows.

    Args:
        step: the step.
        channel: the input channel.
        width: the number of columns; if not even three decimals fit, the line gives the number of products.
    """
    values, weights = step.patch[..., channel].ravel().tolist(), step.kernel[..., channel].ravel().tolist()
    result = float(step.subtotals[channel])
    shortest = _typed(sum_of_products(values, weights, result, digits=3, most_digits=3))
    if len(shortest) > width:
        return ((f"{len(values)} products ≈ {number(result, 3)}", ""),)
    # One more decimal makes every factor one column longer.
    most_digits = min(6, 3 + (width - len(shortest)) // (2 * len(values)))
    if most_digits == 3 or "=" in shortest:
        return ((shortest, ""),)
    return ((_typed(sum_of_products(values, weights, result, digits=3, most_digits=most_digits)), ""),)


def _typed(equation: Equation) -> str:
    return str(equation).replace(" × ", "×")


def summary(step: ConvStep, layer: Conv2D) -> Line:
    """The step in one short line, used if there is no room for more."""
    biased = sum_of_terms([step.total, step.bias], step.pre_activation, digits=3, most_digits=4)
    return (("Σ, bias: ", "dim"), (f"{biased}   ", ""), (f"{_gives(layer)} {number(step.output, 3)}", "window"))


def sentence(step: ConvStep, layer: Conv2D, is_picture: bool = False) -> Line:
    """One sentence about the result of this step and the reason for it."""
    rectified = layer.activation == "relu"
    if np.isnan(step.pre_activation):
        return (("Not a number: the training of this network has diverged.", "bad"),)
    if not step.patch.any():
        return ((f"Blank patch: every product is 0. {_of_the_bias(step.bias, rectified)}", ""),)
    largest = np.unravel_index(int(np.abs(step.products).argmax()), step.products.shape)
    row, col, channel = (int(place) for place in largest)
    value, weight = number(float(step.patch[row, col, channel]), 2), number(float(step.kernel[row, col, channel]), 2)
    cell = f"({step.rows[row]}, {step.cols[col]})"
    where = f", {channel_name(channel, is_picture)}" if step.subtotals.size > 1 else f", at {cell}"
    most = f"Largest product: {value} × {weight}{where}."
    if not rectified:
        makes = f"{said(layer.activation)} makes {number(step.output, 3)} of the sum. "
        return ((f"{makes if layer.activation != 'linear' else ''}{most}", ""),)
    return ((f"{relu_verdict(step.pre_activation)} {most}", ""),)


def notes(layer: Conv2D, width: int) -> list[Line]:
    """The layer in words, independent of the step, wrapped to a width."""
    return [((line, "dim"),) for line in _wrapped(layer.saving, max(20, width))]


_wrapped = lru_cache(maxsize=8)(wrap)
"""Cached, since the layer stays the same at every step."""


def _of_the_bias(bias: float, rectified: bool) -> str:
    """The sentence about the bias if all products are 0."""
    if not rectified:
        return f"Only the bias, {signed_number(bias, 3)}, is left." if bias else "The bias is 0 too."
    if not bias:
        return "The bias is 0 too: ReLU gives 0."
    end = "positive: ReLU keeps it." if bias > 0 else "negative: ReLU gives 0."
    return f"The bias, {signed_number(bias, 3)}, is {end}"
