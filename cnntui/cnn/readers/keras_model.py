"""A network from the description of a Keras model, and where each of its weights is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cnntui.cnn.cost import check_size
from cnntui.cnn.description import Description, LayerDescription
from cnntui.cnn.layers import Shape
from cnntui.cnn.network import IMAGE, Network
from cnntui.cnn.readers.keras_arguments import SUPPORTED
from cnntui.cnn.readers.keras_calls import Config, said_shape
from cnntui.cnn.readers.keras_described import Stored
from cnntui.cnn.readers.keras_graph import Graph, Node, graph_of
from cnntui.cnn.readers.keras_layers import described
from cnntui.files.errors import CnntuiError


@dataclass(frozen=True)
class Place:
    """Where a layer's weights are.

    Attributes:
        path: in a `.keras` file.
        groups: in an `.h5` file, see `Node`.
        stored: its arrays by role.
    """

    path: tuple[str, ...]
    groups: tuple[str, ...]
    stored: Mapping[str, Stored]


@dataclass(frozen=True)
class KerasModel:
    """A model that was read.

    Attributes:
        network: with zeros for weights.
        places: where the weights of its layers are, by the layers' names.
    """

    network: Network
    places: Mapping[str, Place]


def model_from_config(config: Config) -> KerasModel:
    """The network that a model's description says, with zeros for weights.

    Raises:
        CnntuiError: it is no network that leads from an image to a number for each class, or holds a layer that is not
            supported; the message names it.
    """
    graph = graph_of(config)
    shape = graph.input_shape
    # Of images in one channel Keras needs no axis for it, and puts one in later.
    input_shape = (*shape, 1) if len(shape) == 2 else shape
    if len(input_shape) != 3:
        raise CnntuiError(f"The model takes {said_shape(shape)}, not images of height × width × channels.", SUPPORTED)
    check_size(input_shape, "The model reads images of")
    layers, places, output = _layers(graph, input_shape)
    network = Description(input_shape, tuple(_chained(layers))).network()
    last = network.layers[-1]
    given = network.shape_of(output)
    if output != last.name or len(given) != 1:
        raise CnntuiError(f"The model gives {said_shape(given)}, not a number for each class.", SUPPORTED)
    if given == (1,) and last.activation != "sigmoid":
        raise CnntuiError("The model gives a single number that is no probability, not one for each class.", SUPPORTED)
    return KerasModel(network, places)


def _layers(graph: Graph, input_shape: Shape) -> tuple[list[LayerDescription], dict[str, Place], str]:
    """The layers, where their weights are, and the name of the one that gives the answer."""
    layers: list[LayerDescription] = []
    places: dict[str, Place] = {}
    # What stands for each node: the layer that it became last, or what it hands on.
    known: dict[str, str] = {graph.input_name: IMAGE}
    shapes: dict[str, Shape] = {IMAGE: input_shape}
    for node in graph.nodes:
        own = _resolved(node, known)
        made = described(own, [shapes[name] for name in own.inputs])
        before = own.inputs
        for each in made:
            layer = each.layer
            layers.append(layer)
            if each.stored:
                places[layer.name] = Place(node.path, node.groups, each.stored)
            shapes[layer.name] = layer.layer().output_shape(*(shapes[name] for name in layer.inputs))
            check_size(shapes[layer.name], f"Layer '{layer.name}' gives")
            before = (layer.name,)
        known[node.name] = before[0]
    if not layers:
        raise CnntuiError("The model has no layer that does anything.", SUPPORTED)
    return layers, places, known[graph.output]


def _resolved(node: Node, known: Mapping[str, str]) -> Node:
    """The node with the names of the layers that stand for what it reads."""
    arguments: list[Any] = [known[value] if isinstance(value, str) else value for value in node.arguments]
    return replace(node, inputs=tuple(known[name] for name in node.inputs), arguments=tuple(arguments))


def _chained(layers: list[LayerDescription]) -> list[LayerDescription]:
    """The same, without saying that a layer reads the one before it."""
    before = [IMAGE, *(layer.name for layer in layers)]
    return [
        replace(layer, inputs=()) if layer.inputs == (name,) else layer
        for layer, name in zip(layers, before, strict=False)
    ]
