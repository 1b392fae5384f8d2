"""The modes of the app: the screen of each, and where each can look."""

from __future__ import annotations

from dataclasses import replace

from cnntui.cnn.layers import Conv2D, Dense, Flatten, Layer, Pool2D
from cnntui.focus import towards
from cnntui.labs import LABS
from cnntui.scene import Scene, refocus, strongest

SCREENS = {
    "train": "cnntui.screens.train:TrainScreen",
    "network": "cnntui.screens.network:NetworkScreen",
    "convolve": "cnntui.screens.convolve:ConvolveScreen",
    "pool": "cnntui.screens.pool:PoolScreen",
    "draw": "cnntui.screens.draw:DrawScreen",
    "flatten": "cnntui.screens.flatten:FlattenScreen",
    "dense": "cnntui.screens.dense:DenseScreen",
    "softmax": "cnntui.screens.softmax:SoftmaxScreen",
    "field": "cnntui.screens.field:FieldScreen",
    "why": "cnntui.screens.why:WhyScreen",
    "labs": "cnntui.screens.lab_list:LabListScreen",
    "runs": "cnntui.screens.runs:RunsScreen",
    "kernel-time": "cnntui.screens.kernel_time:KernelTimeScreen",
    **{lab.mode: lab.screen for lab in LABS},
}
"""The screen of each mode: module and class, imported when the mode is first gone to."""

MEASURING = frozenset(lab.mode for lab in LABS if lab.measures)
"""Modes that measure on the test digits, and so need those that belong to the network."""

KINDS: dict[str, type[Layer]] = {
    "convolve": Conv2D,
    "pool": Pool2D,
    "flatten": Flatten,
    "dense": Dense,
    "kernel-time": Conv2D,
}
"""The kind of layer that a mode shows, where it shows one kind only. The first mode of a kind shows how it computes."""


def mode_of(layer: Layer) -> str:
    """The mode that shows how a layer computes."""
    return next(mode for mode, kind in KINDS.items() if isinstance(layer, kind))


def seen_from(mode: str, scene: Scene) -> Scene:
    """The scene at the nearest layer that a mode shows; the same one where the network has no such layer."""
    if mode == "softmax":
        return scene if scene.focus.layer == scene.network.layers[-1].name else _at_the_classes(scene)
    kind = KINDS.get(mode)
    if kind is None or isinstance(scene.network[scene.focus.layer], kind):
        return scene
    focus = towards(scene.focus, scene.network, scene.network.of_kind(kind))
    if focus is None:
        return scene
    # Of the terms of a dense unit, none was pointed at on the way.
    return strongest(refocus(scene, focus)) if kind is Dense else refocus(scene, focus)


def _at_the_classes(scene: Scene) -> Scene:
    last = scene.network.layers[-1].name
    return strongest(refocus(scene, replace(scene.focus, layer=last, unit=scene.activations.predicted)))
