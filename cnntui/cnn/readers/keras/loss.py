"""What a compiled Keras model was trained to give, as its loss says."""

from __future__ import annotations

from typing import Any

from cnntui.cnn.readers.answer import Goal
from cnntui.cnn.readers.keras.calls import Config
from cnntui.printable import printable

_OF_REGRESSIONS = {
    "meansquarederror", "mse", "meanabsoluteerror", "mae", "meanabsolutepercentageerror", "mape",
    "meansquaredlogarithmicerror", "msle", "huber", "huberloss", "logcosh", "poisson", "cosinesimilarity",
}  # fmt: skip
"""Keras's losses for numbers that are no classes: their names in small letters, without underscores."""

_OF_CLASSES = "crossentropy", "hinge", "kldivergence"
"""Parts of the names of Keras's losses for classes, in the same spelling."""


def goal_of(config: Config, place: int, name: str) -> Goal:
    """What an output was trained to give.

    Args:
        config: the model's description.
        place: which of the outputs, from 0.
        name: the name of the layer that gives it.
    """
    compiled = config.get("compile_config")
    loss = compiled.get("loss") if isinstance(compiled, dict) else None
    if isinstance(loss, list):
        loss = loss[place] if place < len(loss) else None
    elif isinstance(loss, dict) and "class_name" not in loss:
        loss = loss.get(name)
    said, from_logits = _named(loss)
    plain = said.lower().replace("_", "")
    if plain in _OF_REGRESSIONS:
        return Goal(regression=printable(said))
    is_classes = any(part in plain for part in _OF_CLASSES)
    return Goal(is_logit=plain == "binarycrossentropy" and from_logits, is_classes=is_classes)


def _named(loss: Any) -> tuple[str, bool]:
    """The name of a loss, and whether it takes logits."""
    if not isinstance(loss, dict):
        return (loss, False) if isinstance(loss, str) else ("", False)
    kind, settings = loss.get("class_name"), loss.get("config")
    named = settings if kind == "function" else kind
    from_logits = isinstance(settings, dict) and settings.get("from_logits") is True
    return (named, from_logits) if isinstance(named, str) else ("", False)
