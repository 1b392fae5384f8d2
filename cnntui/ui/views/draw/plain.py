"""Draw as plain text: what the network predicts for the drawing."""

from __future__ import annotations

from cnntui.ui.views.base.plain import probabilities
from cnntui.ui.views.base.state import AppState


def as_text(state: AppState, width: int) -> list[str]:
    """The probabilities of the drawing's classes."""
    return probabilities(state.scene)
