"""The words of the dense view for one unit, computed from the unit's own numbers."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.arithmetic import number, relation, signed_number
from cnntui.cnn.dense_steps import Contributions, DenseStep, DenseSteps
from cnntui.cnn.layers import Dense, Shape, said
from cnntui.cnn.network import Network
from cnntui.explore.focus import maps_shape, reads_pixels
from cnntui.palette import bar
from cnntui.printable import set_width, text_width
from cnntui.ui.views.base.stepper_text import relu_verdict
from cnntui.ui.widgets.bars.part import in_view
from cnntui.ui.widgets.text.line import FILL, Line, line_width
from cnntui.values import dataclass

MARKER = "▸"

FACTOR_DIGITS, DIGITS = 5, 3
"""The number of decimals of inputs and weights, and of results: factors have more, so that a calculator agrees."""

NUMBER = 8
"""The number of columns of a factor, a product or a sum."""

SHORTEST_BAR = 4
"""The number of columns that a long name leaves for the bar of a product."""

SUMS = 5
"""The number of lines below the terms: the others, Σ, bias, pre-activation and output."""


@dataclass(frozen=True)
class DenseInput:
    """The source of a dense layer's inputs.

    Attributes:
        layer: the name of the layer that outputs them.
        maps: `(rows, columns, maps)` before flattening; None if the inputs are the units of a dense layer.
        is_image: whether the image itself was flattened.
    """

    layer: str
    maps: Shape | None
    is_image: bool = False

    def cell(self, place: int) -> tuple[int, int, int]:
        """The row, column and map of an input; only for flattened maps."""
        assert self.maps is not None
        row, col, channel = np.unravel_index(place, self.maps)
        return int(row), int(col), int(channel)

    def place(self, row: int, col: int, channel: int) -> int:
        """The input that a cell becomes; only for flattened maps."""
        assert self.maps is not None
        return int(np.ravel_multi_index((row, col, channel), self.maps))

    @property
    def heading(self) -> str:
        """The heading of a column of names."""
        if self.is_image:
            return "pixel"
        return "map  cell" if self.maps is not None else f"unit of {self.layer}"

    def name(self, place: int) -> str:
        """A short name for an input."""
        if self.maps is None:
            return f"unit {place}"
        row, col, channel = self.cell(place)
        return f"({row}, {col})" if self.is_image else f"{channel:>3} ({row}, {col})"


def source_of(network: Network, layer: Dense) -> DenseInput:
    """The source of a dense layer's inputs."""
    before = network.before(layer.name)
    assert before is not None
    if not before.IS_REARRANGED:
        return DenseInput(before.name, None)
    return DenseInput(before.name, maps_shape(network, layer.name), reads_pixels(network, layer.name))


def listed(step: DenseStep, height: int, chosen: int) -> Contributions:
    """The terms in a table of some lines, as many above 0 as below if possible, including the selected term."""
    room = max(2, height - 1 - SUMS)
    above, below = int((step.products > 0).sum()), int((step.products < 0).sum())
    # If there are too few of one sign, the other sign gets their lines.
    positive = min(above, max((room + 1) // 2, room - below))
    return step.largest(positive, room - positive, also=chosen)


def table(step: DenseStep, layer: Dense, source: DenseInput, chosen: int, width: int, height: int) -> list[Line]:
    """The largest terms of a unit's weighted sum, all other terms as one, and the steps from the sum to the output."""
    terms = listed(step, height, chosen)
    numbers = 3 * NUMBER + 6 + 1
    longest = max((len(source.name(place)) for place in terms.places), default=0)
    called = source.heading
    if text_width(called) > width - 2 - 1 - numbers - SHORTEST_BAR:
        called = called.partition(" of ")[0]
    names = max(text_width(called), longest) + 1
    room = width - 2 - names - numbers
    largest = float(np.abs(np.nan_to_num(step.products, posinf=0, neginf=0)).max(initial=0.0)) or 1.0
    heading = f"  {set_width(called, names)}{'input':>{NUMBER}}   {'weight':>{NUMBER}}   {'product':>{NUMBER}}"
    lines: list[Line] = [((heading, "dim"),)]
    for place in terms.places:
        lines.append(_term(step, source, place, place == chosen, names, largest, room))
    at = 2 + names + 2 * NUMBER + 3
    return lines + _sums(step, layer, terms, at)


def _term(
    step: DenseStep, source: DenseInput, place: int, is_chosen: bool, names: int, largest: float, room: int
) -> Line:
    value, weight, product = (float(each[place]) for each in (step.input, step.weights, step.products))
    sign = "negative" if product < 0 else "positive"
    factors = [number(factor, FACTOR_DIGITS, width=NUMBER) for factor in (value, weight)]
    shown = _shown(product)
    comes_to = relation([(factors[0].strip(), factors[1].strip())], shown)
    role = "selected" if is_chosen else ""
    text = f"{MARKER if is_chosen else ' '} {source.name(place).ljust(names)}{factors[0]} × {factors[1]} {comes_to} "
    share = abs(product) / largest if np.isfinite(product) else 0.0
    return (
        (text, role),
        (f"{shown:>{NUMBER}} ", role or sign),
        (bar(share, room) if room > 0 else "", f"selected {sign}" if is_chosen else sign),
    )


def _sums(step: DenseStep, layer: Dense, terms: Contributions, at: int) -> list[Line]:
    """The steps from the terms to the output, with their numbers below those of the products.

    Args:
        step: the unit.
        layer: its layer.
        terms: the terms that are listed one by one.
        at: the column of the relation before a number.
    """
    products = [(_shown(float(step.products[place])),) for place in terms.places]
    added = relation([*products, (_shown(terms.rest),)], _shown(step.total))
    biased = relation([(_shown(step.total),), (_shown(step.bias),)], _shown(step.pre_activation))
    others = f"{terms.others:,} others, together"
    gives = "passed on as" if layer.activation == "linear" else f"{said(layer.activation)} gives"
    rows = [
        (others, "", terms.rest), ("Σ", added, step.total), ("bias", "+", step.bias),
        ("pre-activation", biased, step.pre_activation), (gives, "", step.output),
    ]  # fmt: skip
    lines: list[Line] = []
    for label, sign, value in rows:
        role = "window" if label == gives else "negative" if value < 0 else "positive" if value > 0 else ""
        lines.append(((f"  {label}".ljust(at) + f" {sign:1} ", "dim"), (f"{_shown(value):>{NUMBER}}", role)))
    return lines


def _shown(x: float) -> str:
    """A product or a sum as it is printed everywhere."""
    return signed_number(x, DIGITS, width=NUMBER).strip()


def head(layer: Dense, source: DenseInput, unit: int, width: int) -> Line:
    """The layer, the unit and the layer's inputs."""
    line: Line = (
        (layer.name, "strong"), ("   unit ", "dim"), (f"{unit}", "strong"), (f" of {layer.units}", "dim"),
    )  # fmt: skip
    count = f"{layer.kernel.shape[0]:,}"
    room = width - line_width(line)
    inputs = f"{count} pixels" if source.is_image else f"{count} numbers of {source.layer}"
    reads = (f"   weighs all {inputs}", f"   {count} inputs")
    return (*line, (next((words for words in reads if len(words) <= room), ""), "dim"))


def where(source: DenseInput, chosen: int) -> Line:
    """The selected term's place in the input."""
    if source.maps is None:
        return (FILL, (f"term {chosen}: {source.layer} unit {chosen}", "window"))
    row, col, channel = source.cell(chosen)
    if source.is_image:
        return (FILL, (f"slot {chosen} = {row}·{source.maps[1]} + {col}", "window"))
    return (FILL, (f"slot {chosen} = ({row}·{source.maps[1]} + {col})·{source.maps[2]} + {channel}", "window"))


def cells_title(contribution: float, source: DenseInput, chosen: int) -> Line:
    """The title of the grid of contributions: the contribution of the selected term's cell, summed over its maps."""
    row, col, _ = source.cell(chosen)
    if source.is_image:
        return (
            ("= product ", "dim"),
            (f"({row}, {col})", "window"),
            (" ", ""),
            (number(contribution, DIGITS), "window"),
        )
    return (
        ("cell ", "dim"),
        (f"({row}, {col})", "window"),
        (" in all ", "dim"),
        (number(contribution, DIGITS), "window"),
    )


def weights_title(step: DenseStep, source: DenseInput, chosen: int) -> Line:
    """The title of the grid of weights."""
    row, col, _ = source.cell(chosen)
    shown = number(float(step.weights[chosen]), FACTOR_DIGITS, width=NUMBER).strip()
    return (("× weight ", "dim"), (f"({row}, {col})", "window"), (" ", ""), (shown, "window"))


def inputs_title(step: DenseStep, source: DenseInput, chosen: int, width: int) -> Line:
    """The title of the bars of contributions, of which as many are in view as there are columns."""
    shown, count = _shown(float(step.products[chosen])), step.products.size
    which = f"from all {count} units of {source.layer}"
    if count > width:
        which = f"from units {_in_view(count, chosen, width)} of all {count} of {source.layer}"
    return ((f"{which}, here ", "dim"), (f"{chosen}: {shown}", "window"))


def _in_view(count: int, chosen: int, width: int) -> str:
    bars = in_view(count, chosen, width)
    return f"{bars[0]}–{bars[-1]}"


def units_title(steps: DenseSteps, unit: int, width: int) -> Line:
    """The title of the bars of all units."""
    layer = steps.layer
    line: Line = (("all ", "dim"), (f"{layer.units} units", ""))
    count = int((steps.pre_activations > 0).sum())
    forms: tuple[str, ...] = (f" before ReLU: {count} are positive and kept",)
    if layer.units > width:
        line = (("units ", "dim"), (_in_view(layer.units, unit, width), ""), (f" of {layer.units}", "dim"))
        forms = (f" before ReLU; {count} of all are above 0 and kept", f"; {count} of all are above 0")
    if layer.activation != "relu":
        return line
    return (*line, (next((form for form in forms if line_width(line) + len(form) <= width), ""), "dim"))


def sentence(step: DenseStep, layer: Dense, is_last: bool, width: int) -> str:
    """The unit's output, and how many of its inputs take part, in as many words as fit."""
    silent, inputs = int((step.input == 0).sum()), step.input.size
    zeros = f" {silent:,} of {inputs:,} inputs are 0." if silent else ""
    if np.isnan(step.pre_activation):
        verdict, zeros = "Not a number: the training of this network has diverged.", ""
    elif layer.activation == "relu":
        verdict = relu_verdict(step.pre_activation)
    elif is_last and layer.activation != "sigmoid":
        verdict = f"A logit. Alone it means little: softmax weighs all {layer.units} of them."
        verdict = verdict if len(verdict) <= width else "A logit. Softmax compares it with the others."
    elif layer.activation == "linear":
        verdict = "There is no ReLU here: the sum is passed on unchanged."
    else:
        verdict = f"{said(layer.activation)} makes {number(step.output, 3)} of the sum."
    return verdict + zeros if len(verdict + zeros) <= width else verdict
