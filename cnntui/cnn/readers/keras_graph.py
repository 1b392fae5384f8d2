"""The layers of a Keras model and what each reads, from its description as Keras 2 and Keras 3 write it.

Nested models are laid flat, a layer that is applied twice is two, and nothing is believed: what does not lead back to
the input, or says that it reads what is not there, is an error.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from cnntui.cnn.layers import Shape, times
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable

Config = dict[str, Any]

MOST_NODES = 2000
"""Layers of a model, those in nested models among them."""

_DEEPEST = 20
"""Models within models."""

_LONGEST_NAME = 1000

_MOST_AXES = 8

_MOST_READS = 10 * MOST_NODES
"""What all layers of a model read."""

INPUT = "the image"
"""Stands for the input of a model; no layer's name has a space from Keras."""

MODELS = ("Sequential", "Functional", "Model")

NOT_READ = (
    "cnntui opens Sequential and Functional models of layers for images, up to one number for each class; "
    "other kinds have to be written as such."
)


@dataclass(frozen=True)
class Node:
    """One application of a layer.

    Attributes:
        kind: the name of its class.
        name: unique in the model.
        config: its arguments.
        inputs: the names of the nodes that it reads.
        arguments: what it is called with, in order: the names in `inputs`, and numbers.
        path: where its weights are in a `.keras` file: `("layers", "conv2d_1")`.
        groups: where they are in an `.h5` file: the names of the models around it and its own.
    """

    kind: str
    name: str
    config: Config
    inputs: tuple[str, ...]
    arguments: tuple[Any, ...]
    path: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Graph:
    """A model laid flat.

    Attributes:
        input_name: the node that stands for the image.
        input_shape: of one image, as the model says it.
        nodes: in an order in which they can be applied; the input is not among them.
        output: the name of the node that gives the answer.
    """

    input_name: str
    input_shape: Shape
    nodes: tuple[Node, ...]
    output: str


def graph_of(model: Config) -> Graph:
    """The graph of a model.

    Raises:
        CnntuiError: it is no Sequential or Functional model with one input and one output, or it is damaged.
    """
    reader = _Reader()
    inputs, outputs = reader.model(model, None, (), ())
    if len(inputs) != 1:
        raise CnntuiError(f"The model has {len(inputs)} inputs; cnntui shows what is made of one image.", NOT_READ)
    shape = _input_shape(model) or reader.shapes.get(inputs[0])
    if shape is None:
        raise CnntuiError(
            "The model does not say how large its input is.",
            "Build it with Input((height, width, channels)) and save it.",
        )
    return Graph(inputs[0], shape, _needed(reader.nodes, outputs[0], inputs[0]), outputs[0])


def _needed(nodes: list[Node], output: str, image: str) -> tuple[Node, ...]:
    """The nodes that an output is made of, in an order in which they can be applied."""
    by_name = {node.name: node for node in nodes}
    order: list[Node] = []
    done: set[str] = {image}
    begun: dict[str, Iterator[str]] = {}
    name: str | None = output
    while name is not None:
        if name in begun:
            raise CnntuiError("The layers of the model read each other in a circle.", NOT_READ)
        if name not in done:
            if name not in by_name:
                raise CnntuiError(f"The model reads '{name}', which it does not have.", NOT_READ)
            if not by_name[name].inputs:
                raise CnntuiError(f"Layer '{name}' reads nothing.", NOT_READ)
            begun[name] = iter(by_name[name].inputs)
        name = None
        while begun and name is None:
            last, reads = next(reversed(begun.items()))
            name = next((read for read in reads if read not in done), None)
            if name is None:
                del begun[last]
                done.add(last)
                order.append(by_name[last])
    return tuple(order)


class _Reader:
    """Walks through a model and the models in it."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.shapes: dict[str, Shape] = {}
        self._names: set[str] = set()
        self._models = 0
        self._reads = 0

    def model(
        self, model: Config, given: tuple[str, ...] | None, path: tuple[str, ...], groups: tuple[str, ...]
    ) -> tuple[list[str], list[str]]:
        """Take in a model; returns the names of its inputs and of its outputs.

        Args:
            model: its description.
            given: the names of what it is applied to; None for the outermost, which has inputs of its own.
            path: where its weights are in a `.keras` file.
            groups: the names of the models around it.
        """
        kind = model.get("class_name")
        if kind not in MODELS:
            raise CnntuiError(f"The model is of the kind {printable(str(kind)[:80])}, which is not read.", NOT_READ)
        self._models += 1
        if self._models > MOST_NODES:
            raise _too_many()
        if len(path) > 2 * _DEEPEST:
            raise CnntuiError("The model holds models within models without end.", NOT_READ)
        config = part(model, "config")
        # Keras 2 had a list in place of the object for some time.
        layers = config.get("layers") if isinstance(config, dict) else config
        if not isinstance(layers, list) or not layers or not all(isinstance(layer, dict) for layer in layers):
            raise CnntuiError("The model's description lists no layers.", NOT_READ)
        if len(layers) > MOST_NODES:
            raise _too_many()
        places = list(_paths(layers, path))
        if kind == "Sequential":
            return self._sequence(layers, places, given, groups)
        return self._functional(config, layers, places, given, groups)

    def _sequence(
        self,
        layers: list[Config],
        places: list[tuple[str, ...]],
        given: tuple[str, ...] | None,
        groups: tuple[str, ...],
    ) -> tuple[list[str], list[str]]:
        if given is None:
            inner = layers[0]
            while inner.get("class_name") in MODELS:
                inner = first_layer(inner)
            name = INPUT
            given = (name,)
            if (shape := declared_shape(inner)) is not None:
                self.shapes[name] = shape
        now = given
        for layer, path in zip(layers, places, strict=True):
            if layer.get("class_name") != "InputLayer":
                now = (self._apply(layer, now, now, path, groups),)
        return [*given], [*now]

    def _functional(
        self,
        config: Config,
        layers: list[Config],
        places: list[tuple[str, ...]],
        given: tuple[str, ...] | None,
        groups: tuple[str, ...],
    ) -> tuple[list[str], list[str]]:
        known: dict[tuple[str, int], str] = {}
        inputs = [name for name, _ in _tensors(config.get("input_layers"))]
        inputs = inputs or [layer_name(layer) for layer in layers if layer.get("class_name") == "InputLayer"]
        if given is not None and len(given) != len(inputs):
            raise CnntuiError("A model in the model is applied to another number of inputs than it has.", NOT_READ)
        for place, name in enumerate(inputs):
            known[name, 0] = f"{INPUT} {name}" if given is None else given[place]
            declared = next((declared_shape(layer) for layer in layers if layer_name(layer) == name), None)
            if given is None and declared is not None:
                self.shapes[known[name, 0]] = declared
        # Keras lists layers in the order in which they were made, which need not be one in which they can be applied.
        calls: list[tuple[Config, tuple[str, ...], int, Call]] = []
        for layer, path in zip(layers, places, strict=True):
            for number, call in enumerate(_calls(layer) if layer_name(layer) not in inputs else ()):
                self._reads += len(call)
                if len(calls) >= MOST_NODES or self._reads > _MOST_READS:
                    raise _too_many()
                calls.append((layer, path, number, call))
        lacking = [{read for read, _ in _reads(call)} - known.keys() for *_, call in calls]
        readers: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for place, reads in enumerate(lacking):
            for read in reads:
                readers[read].append(place)
        ready = deque(place for place, reads in enumerate(lacking) if not reads)
        while ready:
            layer, path, number, call = calls[ready.popleft()]
            arguments = tuple(known[value] if is_tensor else value for value, is_tensor in call)
            given_to_it = tuple(known[read] for read, _ in _reads(call))
            made = layer_name(layer), number
            known[made] = self._apply(layer, given_to_it, arguments, path, groups)
            for place in readers.pop(made, ()):
                lacking[place].discard(made)
                if not lacking[place]:
                    ready.append(place)
        if stuck := next((layer_name(call[0]) for call, reads in zip(calls, lacking, strict=True) if reads), None):
            raise CnntuiError(f"Layer '{stuck}' reads what the model does not have.", NOT_READ)
        last = [(layer_name(layers[-1]), 0)]
        outputs = [known.get((name, number)) for name, number in _tensors(config.get("output_layers")) or last]
        if len(outputs) != 1 or outputs[0] is None:
            raise CnntuiError(f"The model has {len(outputs)} outputs; cnntui shows how one answer is made.", NOT_READ)
        return [known[name, 0] for name in inputs], [outputs[0]]

    def _apply(
        self, layer: Config, reads: tuple[str, ...], arguments: tuple[Any, ...], path: tuple[str, ...],
        groups: tuple[str, ...],
    ) -> str:  # fmt: skip
        """Take in a layer, or a model in its place; returns the name of what it gives."""
        name = layer_name(layer)
        if layer.get("class_name") in MODELS:
            _, (output,) = self.model(layer, reads, path, (*groups, name))
            return output
        if len(self.nodes) >= MOST_NODES:
            raise _too_many()
        registered = layer.get("registered_name")
        kind = printable(text(layer, "class_name"))[:80]
        if isinstance(registered, str) and ">" in registered and not registered.startswith("Keras"):
            kind = printable(registered[:80])
        config = layer.get("config")
        unique = self._new(name)
        node = Node(kind, unique, config if isinstance(config, dict) else {}, reads, arguments, path, (*groups, name))
        self.nodes.append(node)
        return unique

    def _new(self, name: str) -> str:
        """A name that no other node has."""
        unique, number = name, 1
        while unique in self._names:
            number += 1
            unique = f"{name}:{number}"
        self._names.add(unique)
        return unique


def _too_many() -> CnntuiError:
    return CnntuiError(f"The model has more than {MOST_NODES:,} layers, or they read too much.", NOT_READ)


def first_layer(model: Config) -> Config:
    """The first layer of a model's list."""
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, dict) else config
    if not isinstance(layers, list) or not layers or not isinstance(layers[0], dict):
        raise CnntuiError("The model's description lists no layers.", NOT_READ)
    return layers[0]


def _paths(layers: list[Config], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Where the weights of each layer are in a `.keras` file.

    Keras does not store them under the layers' names. It makes a path from the name of the class and counts: the first
    two Conv2D layers of any model are in layers/conv2d and layers/conv2d_1, whatever they are called. Newer versions
    note the layer's name beside the weights; Keras goes by the path alone when it loads, and so does this.
    """
    seen: Counter[str] = Counter()
    for layer in layers:
        base = snake_case(text(layer, "class_name"))
        yield (*path, "layers", f"{base}_{seen[base]}" if seen[base] else base)
        seen[base] += 1


def snake_case(kind: str) -> str:
    """Keras's own way from a class to a path: 'MaxPooling2D' becomes 'max_pooling2d'."""
    kind = re.sub(r"\W+", "", kind)
    kind = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", kind)
    return re.sub("([a-z])([A-Z])", r"\1_\2", kind).lower()


Call = list[tuple[Any, bool]]
"""What a layer is called with: references `(name, number)` with True, and other values with False."""


def _calls(layer: Config) -> Iterator[Call]:
    """Every time that a functional model applies a layer, and to what."""
    nodes = layer.get("inbound_nodes")
    for node in nodes if isinstance(nodes, list) else ():
        yield list(islice(_arguments(node), _MOST_READS + 1))


def _reads(call: Call) -> list[tuple[tuple[str, int], bool]]:
    return [(value, True) for value, is_tensor in call if is_tensor]


def _arguments(value: Any, depth: int = 0) -> Iterator[tuple[Any, bool]]:
    """References and numbers in a call, in order."""
    if depth > _DEEPEST:
        raise CnntuiError("The model's description is damaged: a call of a layer has no end.", NOT_READ)
    if isinstance(value, dict) and isinstance(history := part_of(value, "config", "keras_history"), list):
        yield from ((reference, True) for reference in _tensors([history]))
    elif isinstance(value, dict):
        # Keras 3: `{"args": […], "kwargs": {…}}`; Keras 2: the named arguments of an operation.
        named = {**value, **value["kwargs"]} if isinstance(value.get("kwargs"), dict) else value
        for key, inner in named.items():
            if key in ("args", "y", "x2", "b") or (isinstance(inner, dict) and "config" in inner):
                yield from _arguments(inner, depth + 1)
    elif _is_reference(value):
        yield from ((reference, True) for reference in _tensors([value]))
        if len(value) > 3:
            yield from _arguments(value[3], depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _arguments(inner, depth + 1)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value, False


def part_of(value: Config, *keys: str) -> Any:
    """What lies in objects within objects; None where something is not there."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None  # type: ignore[assignment]
    return value


def _is_reference(value: Any) -> bool:
    """Whether it is `["conv2d", 0, 0]`, or with named arguments behind, as Keras 2 writes them."""
    return (
        isinstance(value, list) and 3 <= len(value) <= 4 and isinstance(value[0], str)
        and type(value[1]) is int and type(value[2]) is int
    )  # fmt: skip


def _tensors(value: Any) -> list[tuple[str, int]]:
    """Names and numbers of calls: of `["dense", 0, 0]`, or of a list of those."""
    if _is_reference(value):
        return [(printable(value[0][:_LONGEST_NAME]), value[1])]
    if isinstance(value, dict):
        return [each for inner in value.values() for each in _tensors(inner)]
    if isinstance(value, list):
        return [each for inner in value if isinstance(inner, list | dict) for each in _tensors(inner)]
    return []


def _input_shape(model: Config) -> Shape | None:
    config = model.get("config")
    return _shape(config.get("build_input_shape")) if isinstance(config, dict) else None


def declared_shape(layer: Config) -> Shape | None:
    """The shape of the input that a layer declares; None where it does not."""
    config = layer.get("config")
    if not isinstance(config, dict):
        return None
    return _shape(config.get("batch_shape")) or _shape(config.get("batch_input_shape"))


def _shape(value: Any) -> Shape | None:
    if not isinstance(value, list) or not 2 <= len(value) <= _MOST_AXES:
        return None
    if not all(type(length) is int and length > 0 for length in value[1:]):
        return None
    return tuple(value[1:])


def layer_name(layer: Config) -> str:
    """A layer's name, made printable: from here on it goes everywhere."""
    return printable(text(layer if isinstance(layer.get("name"), str) else part(layer, "config"), "name"))


def part(config: Config, key: str) -> Config:
    """The object of a name in a description.

    Raises:
        CnntuiError: there is none.
    """
    value = config.get(key)
    if not isinstance(value, dict):
        raise CnntuiError(f"The model's description is damaged: '{key}' is missing or not an object.", NOT_READ)
    return value


def text(config: Config, key: str) -> str:
    """The text of a name in a description.

    Raises:
        CnntuiError: there is none.
    """
    value = config.get(key)
    if not isinstance(value, str):
        raise CnntuiError(f"The model's description is damaged: '{key}' is missing or not a text.", NOT_READ)
    if len(value) > _LONGEST_NAME:
        raise CnntuiError(f"The model's description is damaged: '{key}' is {len(value):,} letters long.", NOT_READ)
    return value


def said_shape(shape: Shape) -> str:
    """A shape in a sentence."""
    return times(shape) or "single numbers"
