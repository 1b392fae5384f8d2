"""The layers of a Keras model and their inputs, read from a description by Keras 2 or Keras 3.

Nested models are flattened, and a layer that is called twice becomes two. Nothing is trusted: a layer that does not
lead back to the input, or that reads something missing, is an error.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

from cnntui.cnn.layers import Shape
from cnntui.cnn.readers.answer import several_inputs
from cnntui.cnn.readers.keras.calls import (
    DEEPEST,
    MOST_NODES,
    MOST_READS,
    NOT_READ,
    Call,
    Config,
    Reference,
    calls_of,
    declared_shape,
    first_layer,
    layer_name,
    named_of,
    part,
    reads_of,
    shape_of,
    tensors,
    text,
)
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable
from cnntui.values import dataclass

INPUT = "the image"
"""Stands for the input of a model; a name from Keras never contains a space."""

_MOST_OUTPUTS = 16
"""Of a model with more outputs, only the first ones are checked."""

MODELS = ("Sequential", "Functional", "Model")

NumberedCall = tuple[Config, tuple[str, ...], int, Call]
"""A layer, the path to its weights, the number of one of its calls, and that call."""


@dataclass(frozen=True)
class KerasNode:
    """One call of a layer.

    Attributes:
        kind: its class name.
        name: unique in the model.
        config: its configuration.
        inputs: the names of the nodes it reads.
        arguments: the arguments of the call, in order: names from `inputs`, and numbers.
        path: the path to its weights in a `.keras` file, such as `("layers", "conv2d_1")`.
        groups: the groups of its weights in an `.h5` file: the names of the models around it, then its own.
        output: which of the layer's outputs it stands for.
    """

    kind: str
    name: str
    config: Config
    inputs: tuple[str, ...]
    arguments: tuple[Any, ...]
    path: tuple[str, ...]
    groups: tuple[str, ...]
    output: int = 0


@dataclass(frozen=True)
class KerasGraph:
    """A flattened model.

    Attributes:
        input_name: the node that stands for the image.
        input_shape: the shape of one image, as the model declares it.
        nodes: the nodes without the input, in an order in which they can be computed.
        output: the name of the node that gives the answer.
    """

    input_name: str
    input_shape: Shape
    nodes: tuple[KerasNode, ...]
    output: str


def graphs_of(model: Config) -> Iterator[KerasGraph]:
    """The graph of each output of a model, in order.

    Raises:
        CnntuiError: it is not a Sequential or Functional model with one input, or it is damaged.
    """
    reader = _Reader()
    inputs, outputs = reader.model(model, None, (), ())
    if len(inputs) != 1:
        raise several_inputs(len(inputs))
    shape = _input_shape(model) or reader.shapes.get(inputs[0])
    if shape is None:
        raise CnntuiError(
            "The model does not say how large its input is.",
            "Build it with Input((height, width, channels)) and save it.",
        )
    for output in outputs[:_MOST_OUTPUTS]:
        yield KerasGraph(inputs[0], shape, _needed(reader.nodes, output, inputs[0]), output)


def _needed(nodes: list[KerasNode], output: str, image: str) -> tuple[KerasNode, ...]:
    """The nodes that an output depends on, in an order in which they can be computed."""
    by_name = {node.name: node for node in nodes}
    order: list[KerasNode] = []
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
    """Walks through a model and the models nested in it."""

    def __init__(self) -> None:
        self.nodes: list[KerasNode] = []
        self.shapes: dict[str, Shape] = {}
        self._names: set[str] = set()
        self._models = 0
        self._reads = 0

    def model(
        self, model: Config, given: tuple[str, ...] | None, path: tuple[str, ...], groups: tuple[str, ...]
    ) -> tuple[list[str], list[str]]:
        """Add a model; returns the names of its inputs and of its outputs.

        Args:
            model: its description.
            given: the names of the nodes that it is called with; None for the outermost model, which has its own
            inputs.
            path: the path to its weights in a `.keras` file.
            groups: the names of the models around it.
        """
        kind = model.get("class_name")
        if kind not in MODELS:
            raise CnntuiError(f"The model is of the kind {printable(str(kind)[:80])}, which is not read.", NOT_READ)
        self._models += 1
        if self._models > MOST_NODES:
            raise _too_many()
        if len(path) > 2 * DEEPEST:
            raise CnntuiError("The model holds models within models without end.", NOT_READ)
        config = part(model, "config")
        # For a while, Keras 2 wrote a list here instead of an object.
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
                now = tuple(given for _, given in self._apply(layer, now, now, path, groups))
        return [*given], [*now]

    def _functional(
        self,
        config: Config,
        layers: list[Config],
        places: list[tuple[str, ...]],
        given: tuple[str, ...] | None,
        groups: tuple[str, ...],
    ) -> tuple[list[str], list[str]]:
        known: dict[Reference, str] = {}
        inputs = [name for name, *_ in tensors(config.get("input_layers"))]
        inputs = inputs or [layer_name(layer) for layer in layers if layer.get("class_name") == "InputLayer"]
        if given is not None and len(given) != len(inputs):
            raise CnntuiError("A model in the model is applied to another number of inputs than it has.", NOT_READ)
        for place, name in enumerate(inputs):
            known[name, 0, 0] = f"{INPUT} {name}" if given is None else given[place]
            declared = next((declared_shape(layer) for layer in layers if layer_name(layer) == name), None)
            if given is None and declared is not None:
                self.shapes[known[name, 0, 0]] = declared
        # Keras lists layers in the order they were created, which may not be one in which they can be computed.
        calls = self._calls(layers, places, inputs)
        wanted: defaultdict[tuple[str, int], set[int]] = defaultdict(lambda: {0})
        for *_, call in calls:
            for (name, number, output), _ in reads_of(call):
                wanted[name, number].add(output)
        for name, number, output in tensors(config.get("output_layers")):
            wanted[name, number].add(output)
        calls = [(layer, path, number + _first_node(layer, wanted), call) for layer, path, number, call in calls]
        lacking = [{read for read, _ in reads_of(call)} - known.keys() for *_, call in calls]
        readers: defaultdict[Reference, list[int]] = defaultdict(list)
        for place, reads in enumerate(lacking):
            for read in reads:
                readers[read].append(place)
        ready = deque(place for place, reads in enumerate(lacking) if not reads)
        while ready:
            layer, path, number, call = calls[ready.popleft()]
            arguments = tuple(known[value] if is_tensor else value for value, is_tensor in call)
            given_to_it = tuple(known[read] for read, _ in reads_of(call))
            if layer.get("class_name") in ("TFOpLambda", "SlicingOpLambda"):
                # Keras 2 writes their arguments where they are applied.
                layer = {**layer, "config": {**part(layer, "config"), **named_of(layer, number)}}
            outputs_of_it = sorted(wanted[layer_name(layer), number])
            for output, given_by_it in self._apply(layer, given_to_it, arguments, path, groups, outputs_of_it):
                made = layer_name(layer), number, output
                known[made] = given_by_it
                for place in readers.pop(made, ()):
                    lacking[place].discard(made)
                    if not lacking[place]:
                        ready.append(place)
        _check_all_made(calls, lacking, known)
        last = [(layer_name(layers[-1]), 0, 0)]
        outputs = [known.get(output) for output in tensors(config.get("output_layers")) or last]
        if None in outputs:
            raise CnntuiError("The model, or a model in it, has an output that it does not make.", NOT_READ)
        return [known[name, 0, 0] for name in inputs], [output for output in outputs if output is not None]

    def _calls(self, layers: list[Config], places: list[tuple[str, ...]], inputs: Sequence[str]) -> list[NumberedCall]:
        """Every call of every layer but the inputs."""
        calls: list[NumberedCall] = []
        for layer, path in zip(layers, places, strict=True):
            for number, call in enumerate(calls_of(layer) if layer_name(layer) not in inputs else ()):
                self._reads += len(call)
                if len(calls) >= MOST_NODES or self._reads > MOST_READS:
                    raise _too_many()
                calls.append((layer, path, number, call))
        return calls

    def _apply(
        self, layer: Config, reads: tuple[str, ...], arguments: tuple[Any, ...], path: tuple[str, ...],
        groups: tuple[str, ...], outputs: Sequence[int] = (0,),
    ) -> Iterator[tuple[int, str]]:  # fmt: skip
        """Add a layer, or the nested model in its place; returns the number and the name of each output."""
        name = layer_name(layer)
        if layer.get("class_name") in MODELS:
            yield from enumerate(self.model(layer, reads, path, (*groups, name))[1])
            return
        registered = layer.get("registered_name")
        kind = printable(text(layer, "class_name"))[:80]
        if isinstance(registered, str) and ">" in registered and not registered.startswith("Keras"):
            kind = printable(registered[:80])
        config = layer.get("config")
        config = config if isinstance(config, dict) else {}
        for output in outputs:
            if len(self.nodes) >= MOST_NODES:
                raise _too_many()
            unique = self._new(name)
            self.nodes.append(KerasNode(kind, unique, config, reads, arguments, path, (*groups, name), output))
            yield output, unique

    def _new(self, name: str) -> str:
        """A name that no other node has."""
        unique, number = name, 1
        while unique in self._names:
            number += 1
            unique = f"{name}:{number}"
        self._names.add(unique)
        return unique


def _check_all_made(
    calls: Sequence[NumberedCall], lacking: Sequence[set[Reference]], known: Iterable[Reference]
) -> None:
    """Refuse a model with calls that still lack something that they read."""
    stuck = [(layer_name(call[0]), reads) for call, reads in zip(calls, lacking, strict=True) if reads]
    waiting = {(layer_name(layer), number) for layer, _, number, _ in calls} - {made[:2] for made in known}
    for name, reads in stuck:
        if missing := sorted(read for read in reads if read[:2] not in waiting):
            raise CnntuiError(f"Layer '{name}' reads '{missing[0][0]}', which the model does not give.", NOT_READ)
    if stuck:
        raise CnntuiError(f"The layers of the model read each other in a circle: '{stuck[0][0]}' is one.", NOT_READ)


def _first_node(layer: Config, wanted: Container[tuple[str, int]]) -> int:
    """The number of a layer's first call: in Keras 2, a nested model counts its own creation as the first."""
    is_model, times = layer.get("class_name") in MODELS, layer.get("inbound_nodes")
    return int(is_model and isinstance(times, list) and (layer_name(layer), len(times)) in wanted)


def _too_many() -> CnntuiError:
    return CnntuiError(f"The model has more than {MOST_NODES:,} layers, or they read too much.", NOT_READ)


def _paths(layers: list[Config], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Where the weights of each layer are in a `.keras` file.

    Keras does not store weights under the layers' names. It builds a path from the class name and a counter: the first
    two Conv2D layers of any model are layers/conv2d and layers/conv2d_1, whatever they are called. Newer versions also
    store the layer's name beside the weights, but Keras loads by the path alone, and so does this.
    """
    seen: Counter[str] = Counter()
    for layer in layers:
        base = snake_case(text(layer, "class_name"))
        yield (*path, "layers", f"{base}_{seen[base]}" if seen[base] else base)
        seen[base] += 1


def snake_case(kind: str) -> str:
    """How Keras turns a class name into a path: 'MaxPooling2D' becomes 'max_pooling2d'."""
    kind = re.sub(r"\W+", "", kind)
    kind = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", kind)
    return re.sub("([a-z])([A-Z])", r"\1_\2", kind).lower()


def _input_shape(model: Config) -> Shape | None:
    config = model.get("config")
    return shape_of(config.get("build_input_shape")) if isinstance(config, dict) else None
