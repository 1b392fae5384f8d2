"""A network from the description of a Keras model, and where each of its weights is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cnntui.cnn.cost import check_size
from cnntui.cnn.description import LayerDescription, chained
from cnntui.cnn.layers import Shape
from cnntui.cnn.network import IMAGE, Network
from cnntui.cnn.readers.answer import network_of, said_shape
from cnntui.cnn.readers.keras_arguments import SUPPORTED
from cnntui.cnn.readers.keras_calls import Config
from cnntui.cnn.readers.keras_described import Stored
from cnntui.cnn.readers.keras_graph import Graph, Node, graph_of
from cnntui.cnn.readers.keras_layers import described
from cnntui.cnn.readers.unsupported import UnsupportedError
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
        CnntuiError: it is no network that is given one image, or its first layer is not supported already; the message
            names it.
    """
    graph = graph_of(config)
    shape = graph.input_shape
    # Of images in one channel Keras needs no axis for it, and puts one in later.
    input_shape = (*shape, 1) if len(shape) == 2 else shape
    if len(input_shape) != 3:
        raise CnntuiError(f"The model takes {said_shape(shape)}, not images of height × width × channels.", SUPPORTED)
    check_size(input_shape, "The model reads images of")
    layers, places, output, reason = _layers(graph, input_shape)
    return KerasModel(network_of(input_shape, chained(layers), output, reason), places)


def _layers(graph: Graph, input_shape: Shape) -> tuple[list[LayerDescription], dict[str, Place], str, str]:
    """The layers, where their weights are, the name of the one that gives the answer, and why none does.

    Where a layer is not supported, those are left out that need what it gives.
    """
    layers: list[LayerDescription] = []
    places: dict[str, Place] = {}
    # What stands for each node: the layer that it became last, or what it hands on.
    known: dict[str, str] = {graph.input_name: IMAGE}
    shapes: dict[str, Shape] = {IMAGE: input_shape}
    first: UnsupportedError | None = None
    for node in graph.nodes:
        if not {*node.inputs} <= known.keys():
            continue
        own = _resolved(node, known)
        try:
            made = described(own, [shapes[name] for name in own.inputs])
        except UnsupportedError as error:
            first = first or error
            continue
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
        raise first or CnntuiError("The model has no layer that does anything.", SUPPORTED)
    return layers, places, known.get(graph.output, ""), first.message if first is not None else ""


def _resolved(node: Node, known: Mapping[str, str]) -> Node:
    """The node with the names of the layers that stand for what it reads."""
    arguments: list[Any] = [known[value] if isinstance(value, str) else value for value in node.arguments]
    return replace(node, inputs=tuple(known[name] for name in node.inputs), arguments=tuple(arguments))
