"""Joins what exporters take apart: a layer with its bias and its activation, and the parts of an activation."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import ACTIVATIONS
from cnntui.cnn.ops import Floats
from cnntui.cnn.readers.onnx.graph import Array

_WEIGHTED = ("Conv2D", "GroupedConv2D", "DepthwiseConv2D", "Dense")

_NUMBER_BY_NUMBER = ("Activate", "LeakyReLU", "ELU", "Rescaling")

_IN_PIECES = ("silu", "hard_silu", "gelu", "mish")
"""Activations that exporters write as the product of a number and a function of it."""

_LONGEST = 4
"""The parts of an activation, in order."""

_SAMPLES: Floats = np.linspace(-6, 6, 49, dtype=np.float32)


def fused(
    layers: list[LayerDescription], weights: dict[str, dict[str, Array]], output: str
) -> tuple[list[LayerDescription], str]:
    """The same network with fewer layers, and the name of the layer that gives the answer.

    Args:
        layers: the layers, in order.
        weights: their weights by name; biases are moved within it.
        output: the name of the layer that gives the answer; empty if there is none.
    """
    fusing = _Fusing(layers, weights, output)
    for layer in layers:
        fusing.take(layer)
    return [*fusing.done.values()], fusing.names.get(output, output)


class _Fusing:
    """Takes in layers one by one.

    Attributes:
        done: the layers so far, by name.
        names: for each layer that was joined to another, the name of the other.
    """

    def __init__(self, layers: list[LayerDescription], weights: dict[str, dict[str, Array]], output: str) -> None:
        self.done: dict[str, LayerDescription] = {}
        self.names: dict[str, str] = {}
        self._weights = weights
        self._readers = Counter(name for layer in layers for name in layer.inputs)
        self._readers[output] += 1

    def take(self, layer: LayerDescription) -> None:
        """Add a layer, or make it part of an earlier one."""
        layer = replace(layer, inputs=tuple(self.names.get(name, name) for name in layer.inputs))
        layer = self._whole(layer)
        if layer.kind == "Rescaling" and not any(layer.settings["offset"]) and {*layer.settings["scale"]} == {1.0}:
            self.names[layer.name] = layer.inputs[0]
            self._readers[layer.inputs[0]] += self._readers[layer.name] - 1
            return
        before = self.done.get(layer.inputs[0]) if len(layer.inputs) == 1 else None
        part = None if before is None or self._readers[before.name] > 1 else self._with(before, layer)
        if part is None:
            self.done[layer.name] = layer
            return
        self.done[part.name] = part
        self.names[layer.name] = part.name
        self._readers[part.name] = self._readers[layer.name]

    def _with(self, before: LayerDescription, layer: LayerDescription) -> LayerDescription | None:
        """One layer that does what two do in sequence; None if there is none."""
        if layer.kind == "Flatten" and before.settings.get("keeps_map") is True:
            return replace(before, settings={**before.settings, "keeps_map": False})
        if before.kind == layer.kind == "Rescaling":
            return _scaled_once(before, layer)
        if before.kind == layer.kind == "UpSampling2D":
            size = tuple(np.multiply(before.settings["size"], layer.settings["size"]).tolist())
            return replace(before, settings={"size": size})
        if before.kind not in _WEIGHTED or before.settings["activation"] != "linear":
            return None
        if layer.kind == "Activate":
            return replace(before, settings={**before.settings, "activation": layer.settings["function"]})
        outputs = before.weights["kernel"][-1]
        offset = layer.settings.get("offset", ())
        is_bias = layer.kind == "Rescaling" and {*layer.settings["scale"]} == {1.0} and len(offset) in (1, outputs)
        if not is_bias or "bias" in before.weights:
            return None
        self._weights[before.name]["bias"] = np.broadcast_to(np.array(offset, np.float32), (outputs,)).copy()
        settings = {key: value for key, value in before.settings.items() if key != "has_bias"}
        return replace(before, settings=settings, weights={**before.weights, "bias": (outputs,)})

    def _whole(self, layer: LayerDescription) -> LayerDescription:
        """An activation in place of the last of its parts, with the other parts removed; otherwise the layer itself."""
        product = layer
        if layer.kind == "Rescaling":
            product = self.done.get(layer.inputs[0], layer)
        if product.kind != "Multiply" or len(product.inputs) != 2:
            return layer
        ways = [self._way(name) for name in product.inputs]
        source = next((name for name in ways[0] if name in ways[1]), None)
        if source is None:
            return layer
        parts = [way[: way.index(source)] for way in ways]
        pieces = [*parts[0], *parts[1], *([] if product is layer else [product.name])]
        if any(self._readers[name] > 1 for name in pieces) or _is_made_of_several(layer):
            return layer
        made = np.multiply(*(self._applied(part) for part in parts))
        if product is not layer:
            made = layer.layer().forward(made[:, np.newaxis]).output[:, 0]
        for function in _IN_PIECES:
            if np.allclose(made, ACTIVATIONS[function](_SAMPLES.copy()), atol=1e-5):
                for name in pieces:
                    del self.done[name]
                self._readers[source] -= sum(not part for part in parts) + sum(bool(part) for part in parts) - 1
                return LayerDescription("Activate", layer.name, {"function": function}, {}, (source,))
        return layer

    def _way(self, name: str) -> list[str]:
        """A layer and those before it, as long as each changes every number separately and in the same way."""
        way = [name]
        while (layer := self.done.get(way[-1])) is not None and len(way) <= _LONGEST:
            if layer.kind not in _NUMBER_BY_NUMBER or _is_made_of_several(layer):
                break
            way.append(layer.inputs[0])
        return way

    def _applied(self, way: list[str]) -> Any:
        """The result of applying layers, listed last first, to some numbers."""
        numbers = _SAMPLES[:, np.newaxis]
        for name in reversed(way):
            numbers = self.done[name].layer().forward(numbers).output
        return numbers[:, 0]


def _scaled_once(before: LayerDescription, layer: LayerDescription) -> LayerDescription:
    """One rescaling in place of two."""
    (first, moved), (second, last) = (
        np.array([each.settings["scale"], each.settings["offset"]], np.float64) for each in (before, layer)
    )
    scale, offset = np.broadcast_arrays(first * second + 0.0, moved * second + last)  # without a sign before 0
    return replace(before, settings={"scale": tuple(scale.tolist()), "offset": tuple(offset.tolist())})


def _is_made_of_several(layer: LayerDescription) -> bool:
    """Whether a layer treats its maps differently."""
    return len(layer.settings.get("scale", ())) > 1 or layer.settings.get("function") in ("softmax", "log_softmax")
