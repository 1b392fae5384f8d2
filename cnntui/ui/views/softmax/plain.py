"""Softmax as plain text: every class from its logit to its probability."""

from __future__ import annotations

from cnntui.cnn.arithmetic import MINUS, number
from cnntui.cnn.softmax_steps import SoftmaxStep
from cnntui.ui.views.base.plain import everything, paragraph, table, texts
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.softmax import text as softmax_text

ALL = 1_000
"""As many lines and columns as the view's words ever need."""


def as_text(state: AppState, width: int) -> list[str]:
    """All classes, each from its logit to its probability."""
    scene = state.scene
    step = SoftmaxStep.of(scene.activations.scores)
    chosen = min(scene.focus.unit, step.logits.size - 1)
    rows = [
        (
            scene.named(place),
            *(number(float(each[place]), softmax_text.LOGIT_DIGITS) for each in (step.logits, step.shifted)),
            *(softmax_text.power(float(each[place])) for each in (step.powers, step.quotients)),
        )
        for place in range(step.logits.size)
    ]
    rows.append(("sum", "", "", softmax_text.power(step.total), ""))
    return everything(
        paragraph(softmax_text.source(scene.network, ALL), width),
        table(("class", "logit z", f"z {MINUS} max", f"exp(z {MINUS} max)", "probability"), rows),
        texts(softmax_text.equation(step, chosen, True, ALL)),
        paragraph(" ".join(softmax_text.shift(step, True, ALL)), width),
    )
