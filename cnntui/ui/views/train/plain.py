"""Train as plain text: the state of the run, its epochs, and what the network predicts."""

from __future__ import annotations

import math

from cnntui.cnn.arithmetic import fraction
from cnntui.runs.config.config_text import batches_in_words, epochs_in_words, network_in_words, optimizer_in_words
from cnntui.runs.reading.diagnosis import diagnose
from cnntui.runs.reading.follow import RunView
from cnntui.ui.views.base.curves.text import loss
from cnntui.ui.views.base.plain import everything, paragraph, probabilities, table
from cnntui.ui.views.base.state import AppState

UNKNOWN = "The network is from a file: how it was trained is not known."


def as_text(state: AppState, width: int) -> list[str]:
    """The run, and the prediction of its network."""
    if state.run is None:
        return everything(paragraph(UNKNOWN, width), probabilities(state.scene))
    answer = [] if state.scene.is_awaited else [probabilities(state.scene)]
    return everything(*_run(state.run, width), *answer)


def _fraction(share: float) -> str:
    return fraction(share) if math.isfinite(share) else "–"


def _run(view: RunView, width: int) -> list[list[str]]:
    config, history = view.config, view.history
    recipe = f"{epochs_in_words(config.epochs)}, {batches_in_words(config)}, {optimizer_in_words(config, 'at')}"
    parts = [paragraph(f"The run is {view.status}. Recipe: {recipe}. Network: {network_in_words(config)}.", width)]
    if (found := diagnose(history, view.learning_rate, config.guessed_classes, config.unseen)) and view.problem is None:
        said = (f"{found.name}: {found.why}", found.advice)
        parts.append(paragraph(" ".join(f"{text[0].upper()}{text[1:]}." for text in said if text), width))
    if view.problem is not None:
        parts.append(paragraph(f"{view.problem.message} {view.problem.hint}", width))
    rows = [
        (
            str(epoch.epoch + 1), loss(epoch.loss), _fraction(epoch.accuracy),
            loss(epoch.test_loss), _fraction(epoch.test_accuracy),
        )
        for epoch in history.epochs
    ]  # fmt: skip
    if rows:
        parts.append(
            table(("epoch", "loss", "accuracy", f"{config.unseen} loss", f"{config.unseen} accuracy"), rows, left=0)
        )
    return parts
