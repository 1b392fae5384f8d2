"""Flatten as plain text: the focused slot, as arithmetic."""

from __future__ import annotations

from cnntui.cnn.arithmetic import number
from cnntui.explore.focus import map_of
from cnntui.explore.scene import window_of
from cnntui.ui.views.base.plain import everything, paragraph, texts
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.flatten import text as flatten_text

ALL = 1_000
"""As many lines and columns as the view's words ever need."""


def as_text(state: AppState, width: int) -> list[str]:
    """The slot in focus, in sentences."""
    scene, focus = state.scene, state.scene.focus
    maps = scene.maps
    value = number(float(maps[focus.row, focus.col, focus.filter]))
    is_image = map_of(scene.network, focus.layer) is None
    field = None if is_image else window_of(scene, focus.row, focus.col)
    what = "pixel" if is_image else f"cell of map {focus.filter},"
    return everything(
        paragraph(f"It holds the {what} ({focus.row}, {focus.col}): {value}.", width),
        texts(flatten_text.arithmetic(focus.row, focus.col, focus.filter, maps.shape, ALL)),
        paragraph(" ".join(texts(flatten_text.why(focus.row, focus.col, maps.shape, field, ALL, ALL))), width),
    )
