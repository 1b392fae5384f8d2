"""The labs as plain text: the claim that each puts to the test, and its experiment."""

from __future__ import annotations

from cnntui.labs import LABS
from cnntui.ui.views.base.plain import everything, paragraph
from cnntui.ui.views.base.state import AppState


def as_text(state: AppState, width: int) -> list[str]:
    """All labs in order, with the option that opens each."""
    return everything(
        *(
            [f"{lab.name} (--screen {lab.mode})", *paragraph(lab.claim, width), *paragraph(lab.experiment, width)]
            for lab in LABS
        )
    )
