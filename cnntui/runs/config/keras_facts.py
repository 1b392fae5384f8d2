"""What a Keras model in memory reveals about its training. Keras itself is not imported."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnntui.printable import printable
from cnntui.runs.config.run_config import CONSTANT

RATE_NAMES = ("learning_rate", "lr")
"""The names under which Keras's own callbacks log the learning rate among the metrics."""


def optimizer_name(model: Any) -> str | None:
    """The optimizer's name, such as 'adam'; None if the model has no optimizer."""
    optimizer = getattr(model, "optimizer", None)
    return None if optimizer is None else type(optimizer).__name__.lower()


def schedule(model: Any) -> str:
    """What changes the learning rate automatically, in words; empty if unknown."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return ""
    return CONSTANT if can_be_set(optimizer) else "on a schedule"


def can_be_set(optimizer: Any) -> bool:
    """Whether the learning rate is a number that can be set, rather than a schedule."""
    return hasattr(getattr(optimizer, "_learning_rate", None), "assign")


def rate(optimizer: Any) -> float | None:
    """The current learning rate; None if unknown."""
    try:
        value = float(np.asarray(optimizer.learning_rate))
    except (AttributeError, TypeError, ValueError):
        return None
    # A float32, written the way people write it.
    return float(f"{value:.7g}") if value > 0 else None


def loss_name(model: Any) -> str:
    """Keras's name for the loss; empty if there are several losses, or if layers add terms to the loss."""
    loss = getattr(model, "loss", None)
    if loss is None or model.losses:
        return ""
    name = loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", "")
    return printable(name) if isinstance(name, str) else ""
