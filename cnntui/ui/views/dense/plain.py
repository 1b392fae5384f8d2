"""A dense layer as plain text: the largest terms of one unit's sum, and the output."""

from __future__ import annotations

from cnntui.cnn.arithmetic import counted, number, relation, signed_number
from cnntui.cnn.dense_steps import DenseStep, DenseSteps
from cnntui.cnn.layers import Dense
from cnntui.ui.views.base.plain import SUM_DIGITS, everything, paragraph, sums, table
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.dense import text as dense_text
from cnntui.ui.views.dense.text import DenseInput, source_of

MOST = 10
"""How many terms above 0, and how many below 0, are listed one by one."""


def as_text(state: AppState, width: int) -> list[str]:
    """The unit in focus, in sentences and tables."""
    scene, focus = state.scene, state.scene.focus
    layer = scene.network.get(focus.layer, Dense)
    step = DenseSteps(layer, scene.activations[layer.name]).at(focus.unit)
    is_last = layer is scene.network.answer
    return everything(
        [f"The largest of {counted(step.products.size, 'term')} of its sum:"],
        _terms(step, source_of(scene.network, layer), focus.source),
        sums(step.total, step.bias, step.pre_activation, step.output, layer),
        paragraph(dense_text.sentence(step, layer, is_last, 10_000), width),
    )


def _terms(step: DenseStep, source: DenseInput, chosen: int) -> list[str]:
    terms = step.largest(MOST, MOST, also=chosen)
    rows: list[tuple[str, ...]] = []
    for place in terms.places:
        value, weight = (number(float(each[place]), dense_text.FACTOR_DIGITS) for each in (step.input, step.weights))
        product = signed_number(float(step.products[place]), SUM_DIGITS)
        rows.append((source.name(place).strip(), value, "×", weight, relation([(value, weight)], product), product))
    rest = signed_number(terms.rest, SUM_DIGITS)
    rows.append((f"{counted(terms.others, 'other')}, together", "", "", "", "", rest))
    return table((source.heading, "input", "", "weight", "", "product"), rows)
