"""The architecture of a network as plain data: a description of each layer, without its weights.

A run stores a description as JSON beside its settings, and the readers of model files build one from what they find.
Nothing in it is trusted: each kind is looked up among the known layers, and each setting is checked against the type of
its field.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, fields, replace
from functools import lru_cache
from math import isfinite, prod
from typing import Any, get_args

import numpy as np

from cnntui.cnn.cost import LONGEST_SHAPE, MOST_PARAMETERS, SMALLER, check_cost
from cnntui.cnn.layers import ACTIVATIONS, Layer, Shape, times
from cnntui.cnn.layers.resize import Interpolation
from cnntui.cnn.network import IMAGE, Network
from cnntui.cnn.ops import Floats
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable, shortened
from cnntui.values import dataclass

_MOST_LAYERS = 1000

_DAMAGED = "The description of the network is damaged."


@dataclass(frozen=True)
class LayerDescription:
    """A description of one layer.

    Attributes:
        kind: the name of the layer's class, such as 'Conv2D'.
        name: the layer's name, such as 'conv2d_1'.
        settings: the layer's fields by name, except its weights: `{"stride": (1, 1), "padding": "valid", …}`.
        weights: the shapes of its weights by role: `{"kernel": (2, 2, 1, 32), "bias": (32,)}`.
        inputs: the names of the layers that it reads; empty if it reads the layer before it.
    """

    kind: str
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, Shape] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()

    @classmethod
    def of(cls, layer: Layer) -> LayerDescription:
        """The description of a layer."""
        weights = {role: array.shape for role, array in layer.weights.items()}
        settings = {name: getattr(layer, name) for name in _settings_of(type(layer))}
        return cls(type(layer).__name__, layer.name, settings, weights, layer.inputs)

    def layer(self) -> Layer:
        """The layer, with zeros as weights that take up no memory.

        Raises:
            CnntuiError: the kind, a setting or a weight is unknown or missing, or there are too many weights.
        """
        kind = _kind(self.kind)
        if kind is None:
            raise CnntuiError(f"Layer '{self.name}' is of the kind {self.kind}, which this version does not know.")
        if sum(prod(shape) for shape in self.weights.values()) > MOST_PARAMETERS:
            largest = max(self.weights.values(), key=prod)
            raise CnntuiError(
                f"Layer '{self.name}' declares {shortened(times(largest), LONGEST_SHAPE)} weights, which is too large.",
                SMALLER,
            )
        known = _settings_of(kind)
        for name, value in self.settings.items():
            if name not in known or not _CHECKS.get(known[name], lambda _: False)(value):
                raise CnntuiError(f"Layer '{self.name}' has {name} = {value!r}, which this version does not know.")
        if wrong := {*self.weights} - {each.name for each in fields(kind)}:
            raise CnntuiError(f"Layer '{self.name}' has a {min(wrong)}, which this version does not know.")
        weights = {role: zeros(*shape) for role, shape in self.weights.items()}
        try:
            return kind(name=self.name, inputs=self.inputs, **self.settings, **weights)
        except TypeError:
            raise CnntuiError(f"Layer '{self.name}' lacks some of its weights or settings.", _DAMAGED) from None


@dataclass(frozen=True)
class Description:
    """A description of a network.

    Attributes:
        input_shape: `(height, width, channels)` of one image.
        layers: the descriptions of the layers, each after the layers that it reads.
        unanswered: why there is no answer, as in `Network`.
    """

    input_shape: Shape
    layers: tuple[LayerDescription, ...]
    unanswered: str = ""

    @classmethod
    def of(cls, network: Network) -> Description:
        """The description of a network."""
        return cls(network.input_shape, tuple(map(LayerDescription.of, network)), network.unanswered)

    def network(self) -> Network:
        """The network, with zeros as weights until `with_weights` supplies them.

        Raises:
            CnntuiError: a layer is unknown, or the layers do not fit together or are too large.
        """
        layers = tuple(layer.layer() for layer in self.layers)
        network = Network(layers, self.input_shape, unanswered=self.unanswered)
        check_cost(network)
        return network

    def plain(self) -> dict[str, Any]:
        """The description as JSON values."""
        return {
            "input_shape": list(self.input_shape),
            "layers": [
                {
                    "kind": layer.kind,
                    "name": layer.name,
                    "settings": {name: _as_list(value) for name, value in layer.settings.items()},
                    "weights": {role: list(shape) for role, shape in layer.weights.items()},
                    **({"inputs": list(layer.inputs)} if layer.inputs else {}),
                }
                for layer in self.layers
            ],
            **({"unanswered": self.unanswered} if self.unanswered else {}),
        }

    @classmethod
    def from_plain(cls, values: Any) -> Description:
        """Read what `plain` returned; any further entries are ignored.

        Raises:
            CnntuiError: the values are not a description.
        """
        layers = values.get("layers") if isinstance(values, dict) else None
        if not isinstance(layers, list) or not 0 < len(layers) <= _MOST_LAYERS:
            raise CnntuiError("The description of the network lists no layers.", _DAMAGED)
        unanswered = values.get("unanswered", "")
        if not isinstance(unanswered, str):
            raise CnntuiError("The description of the network says by no text why it gives no answer.", _DAMAGED)
        return cls(_shape(values.get("input_shape")), tuple(map(_layer, layers)), printable(unanswered))


def chained(layers: Sequence[LayerDescription]) -> tuple[LayerDescription, ...]:
    """The same layers; a layer that reads only the layer before it no longer names that layer as an input."""
    before = [IMAGE, *(layer.name for layer in layers)]
    return tuple(
        replace(layer, inputs=()) if layer.inputs == (name,) else layer
        for layer, name in zip(layers, before, strict=False)
    )


def zeros(*shape: int) -> Floats:
    """A single zero, viewed as an array of that shape."""
    return np.broadcast_to(np.float32(0), shape)


def _layer(values: Any) -> LayerDescription:
    kind, name, settings, weights, inputs = (
        values.get(key, default) if isinstance(values, dict) else None
        for key, default in (("kind", None), ("name", None), ("settings", {}), ("weights", {}), ("inputs", []))
    )
    texts = [kind, name, *inputs] if isinstance(inputs, list) else [None]
    if not all(isinstance(text, str) and text for text in texts):
        raise CnntuiError("A layer in the description of the network has no kind, no name or odd inputs.", _DAMAGED)
    if not isinstance(settings, dict) or not isinstance(weights, dict):
        raise CnntuiError(f"The settings or weights of layer '{printable(str(name))}' are no JSON object.", _DAMAGED)
    return LayerDescription(
        printable(str(kind)),
        printable(str(name)),
        {key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()},
        {role: _shape(shape) for role, shape in weights.items()},
        tuple(printable(str(read)) for read in texts[2:]),
    )


def _shape(value: Any) -> Shape:
    if not isinstance(value, list) or not all(type(length) is int and length > 0 for length in value):
        raise CnntuiError("A shape in the description of the network is not a list of whole numbers.", _DAMAGED)
    return tuple(value)


def _as_list(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


_KNOWN: dict[str, type[Layer]] = {}
"""The layer classes that were looked up so far, by name: a network may have a thousand layers."""


def _kind(name: str) -> type[Layer] | None:
    """The layer class of that name; None if there is none."""
    if name not in _KNOWN:
        _KNOWN.update(_kinds())
    return _KNOWN.get(name)


def _kinds() -> dict[str, type[Layer]]:
    """The layer classes that a description may name."""

    def below(kind: type[Layer]) -> Iterator[type[Layer]]:
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    return {kind.__name__: kind for kind in below(Layer) if not inspect.isabstract(kind)}


@lru_cache
def _settings_of(kind: type[Layer]) -> dict[str, str]:
    """The fields of a kind of layer except its weights, name and inputs, with the names of their types."""
    return {each.name: str(each.type) for each in fields(kind) if str(each.type) in _CHECKS and each.name != "name"}


def _is_pair(value: Any) -> bool:
    return _is_shape(value, least=1) and len(value) == 2


def _is_shape(value: Any, least: int) -> bool:
    return isinstance(value, tuple) and all(type(part) is int and part >= least for part in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and isfinite(value)


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "Pair": _is_pair,
    "Margins": lambda value: _is_shape(value, least=0) and len(value) == 2,
    "Shape": lambda value: _is_shape(value, least=1),
    "Places": lambda value: _is_shape(value, least=0) and bool(value),
    "tuple[float, ...]": lambda value: isinstance(value, tuple) and bool(value) and all(map(_is_number, value)),
    "float | None": lambda value: value is None or _is_number(value),
    "Padding": lambda value: value in ("valid", "same"),
    "Interpolation": lambda value: value in get_args(Interpolation),
    "Axes": lambda value: _is_shape(value, least=0) and sorted(value) == [0, 1, 2],
    "Activation": lambda value: isinstance(value, str) and value in ACTIVATIONS,
    "int": lambda value: type(value) is int,
    "float": lambda value: _is_number(value),
    "bool": lambda value: isinstance(value, bool),
}
"""The check of a setting, by the type of its field."""
