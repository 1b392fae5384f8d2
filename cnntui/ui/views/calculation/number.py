"""The focused number as a number that can be taken apart."""

from __future__ import annotations

from cnntui.cnn.contributions import Node, NumberPlace
from cnntui.explore.focus import Aim, aim_at, slot_of
from cnntui.explore.scene import Scene


def number_in_focus(scene: Scene) -> Node:
    """The focused number as the top of a tree."""
    focus, network = scene.focus, scene.network
    match aim_at(network, focus.layer):
        case Aim.CELL:
            index: tuple[int, ...] = (focus.row, focus.col, focus.filter)
        case Aim.SLOT:
            index = (slot_of(focus, network),)
        case Aim.UNIT:
            index = (focus.unit,)
    return Node(scene.activations, NumberPlace(focus.layer, index))
