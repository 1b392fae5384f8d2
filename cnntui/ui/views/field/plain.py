"""The receptive field as plain text."""

from __future__ import annotations

from cnntui.cnn.arithmetic import number
from cnntui.cnn.layers import times
from cnntui.explore.focus import Aim, aim_at, slot_of
from cnntui.ui.views.base.plain import everything, table, texts
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.field import text as field_text


def as_text(state: AppState, width: int) -> list[str]:
    """The receptive field of the focused number on every layer before it, and the numbers that depend on it."""
    scene, network, focus = state.scene, state.scene.network, state.scene.focus
    seen = field_text.reach_of(focus, network)
    output = scene.activations[focus.layer].output
    match aim_at(network, focus.layer):
        case Aim.CELL:
            value = float(output[focus.row, focus.col, focus.filter])
        case Aim.SLOT:
            value = float(output[slot_of(focus, network)])
        case Aim.UNIT:
            value = float(output[focus.unit])
    rows = []
    for name, cells in zip(("the image", *(layer.name for layer in network)), seen.cells, strict=False):
        is_flat = name in network and not network.has_maps(name)
        of_a_map = "" if is_flat else times((len(cells.rows), len(cells.cols)))
        rows.append((name, of_a_map, f"{len(cells):,}"))
    return everything(
        [f"Its value is {number(value)}."],
        texts(field_text.story(scene, seen, width)),
        ["What it depends on, and what depends on it:", *table(("layer", "cells of a map", "numbers"), rows, left=1)],
        [line.removeprefix("× ") for line in texts(field_text.unread(network, width))],
    )
