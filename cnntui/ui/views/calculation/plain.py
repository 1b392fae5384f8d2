"""A number of any layer, taken apart, as plain text."""

from __future__ import annotations

from cnntui.ui.views.base.plain import everything, paragraph
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.base.tree.plain import of_number
from cnntui.ui.views.calculation.number import number_in_focus


def as_text(state: AppState, width: int) -> list[str]:
    """The number in focus, taken apart."""
    node = number_in_focus(state.scene)
    layer = state.scene.network[node.place.layer]
    return everything(
        paragraph(layer.rule(node.place.index, node.activations[layer.name]), width), of_number(node)
    )  # fmt: skip
