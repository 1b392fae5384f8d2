"""Which layers each view can show."""

from __future__ import annotations

from dataclasses import replace

from cnntui.cnn import layers
from cnntui.cnn.layers import Layer
from cnntui.cnn.network import Network
from cnntui.explore.focus import Aim, aim_at, towards
from cnntui.explore.scene import Scene, refocus, strongest
from cnntui.explore.views import ANY_LAYER, VIEWS


def kind_of(mode: str) -> type[Layer] | None:
    """The kind of layer that a view is about; None if it is about no particular kind."""
    name = VIEWS[mode].kind
    kind: type[Layer] | None = getattr(layers, name) if name else None
    return kind


def mode_of(layer: Layer) -> str:
    """The view that shows how a layer computes."""
    for mode, view in VIEWS.items():
        kind = kind_of(mode)
        if view.shows_one and kind is not None and isinstance(layer, kind):
            return mode
    return ANY_LAYER


def layers_of(mode: str, network: Network) -> tuple[Layer, ...]:
    """The layers that a view shows one at a time, in order; empty if it is about no particular layer."""
    if mode == "softmax":
        return () if network.answer is None else (network.answer,)
    kind = kind_of(mode) if VIEWS[mode].shows_one else None
    return () if kind is None else network.of_kind(kind)


def scene_in(mode: str, scene: Scene) -> Scene:
    """The scene at the nearest layer that a mode shows; unchanged if the network has no such layer."""
    if mode == "softmax":
        answer = scene.network.answer
        return scene if answer is None or scene.focus.layer == answer.name else _at_the_classes(scene, answer)
    kind = kind_of(mode) if VIEWS[mode].shows_one else None
    if kind is None or isinstance(scene.network[scene.focus.layer], kind):
        return scene
    focus = towards(scene.focus, scene.network, scene.network.of_kind(kind))
    if focus is None:
        return scene
    seen = refocus(scene, focus)
    # The move to this layer has not selected a term of the unit.
    return strongest(seen) if aim_at(seen.network, seen.focus.layer) is Aim.UNIT else seen


def _at_the_classes(scene: Scene, answer: Layer) -> Scene:
    return strongest(refocus(scene, replace(scene.focus, layer=answer.name, unit=scene.activations.predicted)))
