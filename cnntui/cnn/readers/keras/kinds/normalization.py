"""Keras layers that scale and shift numbers, as our layers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import Shape
from cnntui.cnn.readers.keras.arguments import last_axis, number, numbers, unsupported
from cnntui.cnn.readers.keras.calls import Config
from cnntui.cnn.readers.keras.described import Described, Stored
from cnntui.cnn.readers.keras.graph import KerasNode


def batch_normalization(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    shape = shapes[0][-1:]
    present = [role for role, key in (("gamma", "scale"), ("beta", "center")) if node.config.get(key, True) is True]
    names = {"gamma": "gamma", "beta": "beta", "mean": "moving_mean", "variance": "moving_variance"}
    roles = [*present, "mean", "variance"]
    stored = {role: Stored(number, names[role], shape) for number, role in enumerate(roles)}
    settings = {"epsilon": number(node, "epsilon", 1e-3)}
    layer = LayerDescription("BatchNormalization", node.name, settings, dict.fromkeys(roles, shape), node.inputs)
    return [Described(layer, stored)]


def layer_normalization(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    if node.config.get("rms_scaling"):
        raise unsupported(node, "rms_scaling")
    return _normalized("LayerNormalization", node, shapes[0][-1:])


def group_normalization(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    last_axis(node, shapes)
    maps = shapes[0][-1]
    groups = node.config.get("groups", 32)
    groups = maps if groups == -1 else groups
    if type(groups) is not int or not 0 < groups <= maps or maps % groups or len(shapes[0]) != 3:
        raise unsupported(node, "groups")
    return _normalized("GroupNormalization", node, shapes[0][-1:], groups=groups)


def rms_normalization(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    shape = shapes[0][-1:]
    settings = {"epsilon": number(node, "epsilon", 1e-6)}
    layer = LayerDescription("RMSNormalization", node.name, settings, {"gamma": shape}, node.inputs)
    return [Described(layer, {"gamma": Stored(0, "scale", shape)})]


def unit_normalization(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    return [Described(LayerDescription("UnitNormalization", node.name, {"epsilon": 1e-24}, inputs=node.inputs))]


def _normalized(kind: str, node: KerasNode, shape: Shape, **settings: int) -> list[Described]:
    """A layer that normalizes by statistics of the image itself, with its learned γ and β."""
    roles = [role for role, key in (("gamma", "scale"), ("beta", "center")) if node.config.get(key, True) is True]
    stored = {role: Stored(number, role, shape) for number, role in enumerate(roles)}
    settings_of = {"epsilon": number(node, "epsilon", 1e-3), **settings}
    layer = LayerDescription(kind, node.name, settings_of, dict.fromkeys(roles, shape), node.inputs)
    return [Described(layer, stored)]


def layer_scale(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    shape = shapes[0][-1:]
    layer = LayerDescription("LayerScale", node.name, weights={"gamma": shape}, inputs=node.inputs)
    return [Described(layer, {"gamma": Stored(0, "gamma", shape)})]


def rescaling(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    settings = {
        key: numbers(node, shapes[0], key, node.config.get(key, default))
        for key, default in (("scale", 1.0), ("offset", 0.0))
    }
    return [Described(LayerDescription("Rescaling", node.name, settings, inputs=node.inputs))]


def normalization(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    last_axis(node, shapes, may_be_all=True)
    invert = node.config.get("invert") is True
    if node.config.get("mean") is not None:
        means, variances = (
            np.array(numbers(node, shapes[0], key, node.config.get(key))) for key in ("mean", "variance")
        )
        deviations = np.maximum(np.sqrt(np.maximum(variances, 0)), 1e-7)
        scale, offset = (deviations, means) if invert else (1 / deviations, -means / deviations)
        scale, offset = np.broadcast_arrays(scale, offset)
        settings: Config = {"scale": tuple(scale.tolist()), "offset": tuple(offset.tolist())}
        return [Described(LayerDescription("Rescaling", node.name, settings, inputs=node.inputs))]
    is_for_all = node.config.get("axis") in (None, [])
    kept: Shape = () if is_for_all else shapes[0][-1:]
    stored = {"mean": Stored(0, "mean", kept), "variance": Stored(1, "variance", kept)}
    own = dict.fromkeys(stored, kept or (1,))
    return [Described(LayerDescription("Normalization", node.name, {"invert": invert}, own, node.inputs), stored)]
