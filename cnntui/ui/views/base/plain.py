"""The current place as plain text: sentences and aligned tables, for screen readers, scripts and mail.

Each view has its part in a `plain.py` beside its screen: a function `as_text` of the app's state and of a number of
columns for sentences; tables take as many as they need. This module holds what these functions share, and the text
above each of their results.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from textwrap import wrap

import numpy as np

from cnntui.cnn.arithmetic import counted, fraction, number, relation, signed_number
from cnntui.cnn.layers import Layer, said, times
from cnntui.explore.focus import Aim, aim_at, slot_of
from cnntui.explore.modes import kind_of, scene_in
from cnntui.explore.scene import Scene
from cnntui.explore.views import VIEWS
from cnntui.printable import printable, set_width, text_width
from cnntui.ui.views.base import missing_layer
from cnntui.ui.views.base.state import AppState
from cnntui.ui.widgets.text.line import Line, plain

LEAST = 40
"""The least width, in columns, to which text is wrapped."""

GAP = "  "

_WITHOUT_WEIGHTS = ("train", "runs", "learn")
"""The views that tell something about a run that has no weights."""

SUM_DIGITS = 4
"""The number of decimals of sums."""


def place_as_text(mode: str, state: AppState, width: int) -> list[str]:
    """The current place in sentences, followed by the numbers of the view.

    Args:
        mode: the name of the view.
        state: the app's state.
        width: the width in columns; a wider table is not cut off.

    Raises:
        CnntuiError: something that the view shows cannot be read.
    """
    width = max(LEAST, width)
    state = replace(state, scene=scene_in(mode, state.scene))
    lines = header(mode, state, width)
    scene, kind = state.scene, kind_of(mode)
    if scene.is_awaited and mode not in _WITHOUT_WEIGHTS:
        if problem := state.network_problem:
            return [*lines, "", *paragraph(problem, width)]
        is_active = state.run is None or state.run.status.is_active
        return [*lines, "", *texts(missing_layer.awaited(scene.run, is_active, width)[:3])]
    if VIEWS[mode].answers and scene.network.answer is None:
        return [*lines, "", *paragraph(missing_layer.without_answer(scene.network), width)]
    if kind is not None and not scene.network.of_kind(kind):
        return [*lines, "", *paragraph(missing_layer.instead(scene.network, kind), width)]
    as_text = import_module(VIEWS[mode].plain).as_text
    return [line.rstrip() for line in (*lines, "", *as_text(state, width))]


def header(mode: str, state: AppState, width: int) -> list[str]:
    """Which network this is, which image, and where in the network."""
    scene = state.scene
    if state.network_problem:
        return paragraph(f"{missing_layer.UNOPENED.format(run=scene.run)}.", width)
    network, focus = scene.network, scene.focus
    view = VIEWS[mode]
    sentences = [_source(state), _image(scene)]
    is_of_a_layer = view.mode and view.shows_image and (view.kind or view.mode != "labs")
    if is_of_a_layer or view.kind or mode == "network":
        layer = network[focus.layer]
        place = network.index(layer.name) + 1
        *_, count = network.output_shape_of(layer.name)
        sentences.append(
            f"{view.title}: {layer.name}, layer {place} of {len(network)}, {layer.description}; "
            f"{times(network.input_shape_of(layer.name))} in, {times(network.output_shape_of(layer.name))} out."
        )
        match aim_at(network, layer.name):
            case Aim.CELL:
                which = f"{'Filter' if layer.MIXES_MAPS else 'Map'} {focus.filter} of {count:,}"
                sentences.append(f"{which}, output cell ({focus.row}, {focus.col}).")
            case Aim.SLOT:
                sentences.append(f"Slot {slot_of(focus, network):,} of {count:,}.")
            case Aim.UNIT:
                sentences.append(f"Unit {focus.unit:,} of {count:,}.")
    return [line for sentence in sentences for line in paragraph(printable(sentence), width)]


def _source(state: AppState) -> str:
    scene = state.scene
    what = "The run" if state.run is not None else "The network file"
    after = "" if scene.step is None else f", after {counted(scene.step, 'batch')}"
    size = f"{counted(len(scene.network), 'layer')}, {counted(scene.network.parameters, 'parameter')}"
    scale = "" if state.evidence is None else f" Its input scale is {state.evidence.scale.written}."
    return f"{what} {scene.run}: {size}{after}.{scale}"


def _image(scene: Scene) -> str:
    activations = scene.activations
    own = scene.focus.own and scene.own is not None
    title = f"Picture {scene.title}" if own else f"Test image {scene.focus.index:,} of {scene.data.name or 'MNIST'}"
    if scene.is_awaited:
        return f"{title}."
    if scene.network.answer is None:
        true = "" if scene.label is None else f": true class {scene.named(scene.label)}"
        return f"{title}{true}. The network gives no answer."
    probability = float(activations.probabilities[activations.predicted])
    if not np.isfinite(activations.probabilities).all():
        return f"{title}: no prediction, its numbers are not finite."
    predicted = f"predicted class {scene.named(activations.predicted)}, probability {fraction(probability)}"
    if scene.label is None:
        return f"{title}: {predicted}."
    verdict = "correct" if scene.label == activations.predicted else "wrong"
    return f"{title}: true class {scene.named(scene.label)}, {predicted}, {verdict}."


def paragraph(text: str, width: int) -> list[str]:
    """One or several sentences, wrapped to a width."""
    return wrap(" ".join(text.split()), width, break_on_hyphens=False, break_long_words=False)


def texts(lines: Iterable[Line | str]) -> list[str]:
    """The texts of some lines, without their roles."""
    return [line if isinstance(line, str) else plain(line) for line in lines]


def table(heading: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> list[str]:
    """Aligned columns below their headings.

    Args:
        heading: the names of the columns.
        rows: the rows, with a cell for each column.
        left: how many columns are left-aligned; the others are numbers, which are right-aligned.
    """
    body = [[printable(cell) for cell in row] for row in (heading, *rows)]
    widths = [max(map(text_width, column)) for column in zip(*body, strict=True)]
    return [GAP.join(_aligned(cell, widths[place], place < left) for place, cell in enumerate(row)) for row in body]


def _aligned(cell: str, width: int, to_the_left: bool) -> str:
    return set_width(cell, width) if to_the_left else " " * (width - text_width(cell)) + cell


def sums(total: float, bias: float, pre_activation: float, output: float, layer: Layer) -> list[str]:
    """The steps from a sum of products to the layer's output."""
    shown = [signed_number(value, SUM_DIGITS) for value in (total, bias, pre_activation, output)]
    biased = relation([(shown[0],), (shown[1],)], shown[2])
    rows = [("Sum of all products", "", shown[0]), ("Bias", "+", shown[1]), ("Sum and bias", biased, shown[2])]
    if layer.activation != "linear":
        rows.append((f"After {said(layer.activation)}", "", shown[3]))
    return table(("", "", ""), rows)[1:]


def probabilities(scene: Scene) -> list[str]:
    """A line for each class, the most probable first; no lines if the network gives no answer."""
    if scene.network.answer is None:
        return []
    logits, values = scene.activations.logits, scene.activations.probabilities
    order = np.argsort(-np.nan_to_num(values), kind="stable").tolist()
    rows = [(scene.named(place), number(float(logits[place])), fraction(float(values[place]))) for place in order]
    return table(("class", "logit", "probability"), rows)


def everything(*parts: Sequence[str]) -> list[str]:
    """The parts with a blank line between them, without empty ones."""
    lines: list[str] = []
    for part in parts:
        if part:
            lines += ["", *part] if lines else part
    return lines
