"""Why this answer, as plain text: a logit as a sum."""

from __future__ import annotations

from cnntui.cnn.arithmetic import number, percent
from cnntui.cnn.contributions import logit
from cnntui.cnn.unfolding import DIGITS, unfolded
from cnntui.ui.views.base.plain import everything, paragraph
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.base.tree.plain import parts
from cnntui.ui.views.why import text as why_text
from cnntui.ui.widgets.text.line import plain


def as_text(state: AppState, width: int) -> list[str]:
    """The logit of the class asked about, or of the predicted class, with its largest term taken apart in turn."""
    scene = state.scene
    activations, names = scene.activations, scene.class_names
    label = activations.predicted if state.label is None else state.label
    top = logit(activations, label)
    question = "Why" if label == activations.predicted else "Why not"
    probability = percent(float(activations.probabilities[label]), 4)
    head = f"{question} {names[label]}? Its logit is {number(top.value, DIGITS)}, its probability {probability}."
    return everything(
        paragraph(head, width),
        parts(unfolded(top)),
        paragraph(plain(why_text.comparison(activations, names, label, scene.label, 10_000)), width),
    )
