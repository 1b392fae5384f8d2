"""A network from the description of a Keras model, and where each of its weights is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cnntui.cnn.description import LayerDescription, chained
from cnntui.cnn.network import IMAGE, Network
from cnntui.cnn.readers.answer import MOST_TRIED, Goal, network_of, said_shape
from cnntui.cnn.readers.keras.arguments import SUPPORTED
from cnntui.cnn.readers.keras.calls import Config
from cnntui.cnn.readers.keras.graph import KerasGraph, graphs_of
from cnntui.cnn.readers.keras.loss import goal_of
from cnntui.cnn.readers.keras.tensors import KerasLayers, WeightsPlace, image_of
from cnntui.cnn.readers.tensors import Value, is_counting
from cnntui.cnn.readers.unsupported import UnsupportedError
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass


@dataclass(frozen=True)
class KerasModel:
    """A model that was read.

    Attributes:
        network: the network, with zeros as weights.
        places: where each layer's weights are stored, by the layer's name.
    """

    network: Network
    places: Mapping[str, WeightsPlace]


def model_from_config(config: Config) -> KerasModel:
    """The network in a model's description, with zeros as weights.

    Of several outputs, the first that gives probabilities is the answer, or else the first that gives any answer.

    Raises:
        CnntuiError: it is not a network that reads one image, or even its first layer is unsupported (named).
    """
    found: list[KerasModel] = []
    tried = 0
    for place, graph in enumerate(graphs_of(config)):
        model = _model_of(graph, goal_of(config, place, graph.output))
        if model.network.answer is not None and model.network.outcome:
            return model
        found.append(model)
        tried += len(graph.nodes)
        if tried > MOST_TRIED:
            break
    return next((model for model in found if model.network.answer is not None), found[0])


def _model_of(graph: KerasGraph, goal: Goal) -> KerasModel:
    shape, image = image_of(graph)
    names = frozenset(node.name for node in graph.nodes if node.kind != "Permute")
    build = KerasLayers({IMAGE: shape}, reserved=names, channels_come_first=not is_counting(image.places))
    known, first = {graph.input_name: image}, None
    for node in graph.nodes:
        # After an unsupported layer, the layers that depend on it are left out.
        if {*node.inputs} <= known.keys():
            try:
                known[node.name] = build.applied(node, [known[name] for name in node.inputs])
            except UnsupportedError as error:
                first = first or error
    if not build.layers:
        raise first or CnntuiError("The model has no layer that does anything.", SUPPORTED)
    output, reason = _answer(build, known.get(graph.output), first)
    return KerasModel(network_of(shape, chained(build.layers), output, reason, goal), build.places)


def _answer(build: KerasLayers, last: Value | None, first: UnsupportedError | None) -> tuple[str, str]:
    """The name of the layer that gives a number for each class, or the reason why none does."""
    if last is None:
        return "", first.message if first is not None else "The model gives nothing."
    if max(last.shape, default=0) < last.places.size or build.shapes[last.layer][-1] < last.places.size:
        return "", f"The model gives {said_shape(last.shape)}, not a number for each class."
    output, order = build.flat(last)
    if not is_counting(order):
        return "", "The model gives its classes in another order than its last layer has them."
    return _activated_last(build, output), ""


def _activated_last(build: KerasLayers, output: str) -> str:
    """The layer that gives the answer: an activation of maps of one cell is left to their vector, where logits are."""
    flat = build.layers[-1]
    before = next((layer for layer in build.layers if (layer.name,) == flat.inputs), None)
    if output != flat.name or flat.kind not in ("Flatten", "Reshape") or before is None:
        return output
    key = "function" if before.kind == "Activate" else "activation"
    function = before.settings.get(key, "linear")
    if function not in ("softmax", "sigmoid") or build.shapes[before.name][:-1] != (1, 1):
        return output
    if any(before.name in layer.inputs for layer in build.layers[:-1]):
        return output
    place = build.layers.index(before)
    build.layers[place] = replace(before, settings={**before.settings, key: "linear"})
    name = build.unique(f"{before.name}_activation")
    return build.append(LayerDescription("Activate", name, {"function": function}, inputs=(output,)))
