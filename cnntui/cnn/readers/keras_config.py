"""The architecture in a `.keras` file's config.json, read without Keras and without executing anything.

Keras describes each layer by the name of its class and a dictionary of arguments. Names are looked up in a table here,
never imported. What is not in the table, or is used in a way that cnntui does not explain, is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from cnntui.cnn.description import Description, LayerDescription
from cnntui.cnn.layers import ACTIVATIONS, Activation, Shape, times
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Padding, Pair
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable

Config = dict[str, Any]

SUPPORTED = (
    "cnntui explains Conv2D, MaxPooling2D, AveragePooling2D, Flatten and Dense, one after another, "
    "from images to a probability for each class."
)

_ONLY_IN_TRAINING = ("InputLayer", "Dropout")
"""Layers that change nothing when a trained network is applied."""


@dataclass(frozen=True)
class KerasLayer:
    """One layer of config.json: its class and its name."""

    kind: str
    name: str


def keras_layers(config: Config) -> list[KerasLayer]:
    """All layers of a model in the order in which Keras saves them, input and dropout included."""
    return [KerasLayer(_text(layer, "class_name"), _name(_dict(layer, "config"))) for layer in _layers(config)]


def network_from_config(config: Config) -> Network:
    """The network that config.json describes, with all weights zero, to be supplied by `with_weights`.

    Raises:
        CnntuiError: the model is not a plain sequence of supported layers; the message names what is not supported.
    """
    kind = config.get("class_name")
    if kind not in ("Sequential", "Functional"):
        raise CnntuiError(
            f"The model is of the kind {kind}; only Sequential models and plain chains are read.", SUPPORTED
        )
    entries = _layers(config)
    if kind == "Functional":
        _check_is_a_chain(entries)
    shape = input_shape = _input_shape(config, entries)
    if len(input_shape) == 2 and _first_kind(entries) == "Flatten":
        # Laid out at once, pixels without an axis for their one channel are the same vector.
        shape = input_shape = (*input_shape, 1)
    if len(input_shape) != 3:
        raise CnntuiError(
            f"The model takes {times(input_shape) or 'single numbers'}, not images of height × width × channels.",
            SUPPORTED,
        )
    layers: list[LayerDescription] = []
    for entry in entries:
        if _text(entry, "class_name") in _ONLY_IN_TRAINING:
            continue
        layers.append(_layer(entry, shape))
        shape = layers[-1].layer().output_shape(shape)
    network = Description(input_shape, tuple(layers)).network()
    if len(shape) != 1 or shape[0] < 2:
        raise CnntuiError(
            f"The model's last layer gives {times(shape)}, not a number for each of several classes.", SUPPORTED
        )
    return network


def _first_kind(entries: list[Config]) -> str | None:
    """The class of the first layer that does something."""
    kinds = (_text(entry, "class_name") for entry in entries)
    return next((kind for kind in kinds if kind not in _ONLY_IN_TRAINING), None)


def _layer(entry: Config, input_shape: Shape) -> LayerDescription:
    """What one layer is. Keras works out the input's depth by itself, so `input_shape` is needed."""
    kind = _text(entry, "class_name")
    config = _dict(entry, "config")
    name = _name(config)
    makers: dict[str, Callable[[str, Config, Shape], LayerDescription]] = {
        "Conv2D": _conv2d, "MaxPooling2D": _max_pool2d, "AveragePooling2D": _average_pool2d,
        "Flatten": _flatten, "Dense": _dense,
    }  # fmt: skip
    if kind not in makers or entry.get("registered_name") is not None:
        raise CnntuiError(f"Layer '{name}' is of the kind {kind}, which is not supported.", SUPPORTED)
    dtype = config.get("dtype", "float32")
    if isinstance(dtype, dict):
        dtype = _dict(dtype, "config").get("name")
    _require(name, "dtype", dtype, "float32")
    _require(name, "data_format", config.get("data_format", "channels_last"), "channels_last")
    return makers[kind](name, config, input_shape)


def _conv2d(name: str, config: Config, input_shape: Shape) -> LayerDescription:
    _require(name, "groups", config.get("groups", 1), 1)
    _require(name, "use_bias", config.get("use_bias"), True)
    filters = _count(name, config, "filters")
    settings = {
        "stride": _pair(name, config, "strides"),
        "padding": _padding(name, config, "valid", "same"),
        "activation": _activation(name, config),
        "dilation": _pair(name, config, "dilation_rate"),
    }
    kernel = *_pair(name, config, "kernel_size"), input_shape[-1], filters
    return LayerDescription("Conv2D", name, settings, {"kernel": kernel, "bias": (filters,)})


def _max_pool2d(name: str, config: Config, input_shape: Shape) -> LayerDescription:
    return LayerDescription("MaxPool2D", name, _of_pool(name, config))


def _average_pool2d(name: str, config: Config, input_shape: Shape) -> LayerDescription:
    return LayerDescription("AveragePool2D", name, _of_pool(name, config))


def _of_pool(name: str, config: Config) -> Config:
    return {
        "size": _pair(name, config, "pool_size"),
        "stride": _pair(name, config, "strides"),
        "padding": _padding(name, config, "valid", "same"),
    }


def _flatten(name: str, config: Config, input_shape: Shape) -> LayerDescription:
    return LayerDescription("Flatten", name)


def _dense(name: str, config: Config, input_shape: Shape) -> LayerDescription:
    _require(name, "use_bias", config.get("use_bias"), True)
    units = _count(name, config, "units")
    weights = {"kernel": (input_shape[-1], units), "bias": (units,)}
    return LayerDescription("Dense", name, {"activation": _activation(name, config)}, weights)


def _input_shape(config: Config, entries: list[Config]) -> Shape:
    first = _dict(entries[0], "config")
    shape = first.get("batch_shape") or _dict(config, "config").get("build_input_shape")
    if not isinstance(shape, list) or not all(type(length) is int and length > 0 for length in shape[1:]):
        raise CnntuiError(
            "The model does not say how large its input is.",
            "Build it with Input((height, width, channels)) and save it.",
        )
    return tuple(shape[1:])


def _check_is_a_chain(entries: list[Config]) -> None:
    """Raises CnntuiError unless every layer of a functional model is applied once, to the layer before it."""
    before: str | None = None
    for entry in entries:
        name = _name(_dict(entry, "config"))
        sources = list(_sources(entry.get("inbound_nodes")))
        if sources != ([before] if before is not None else []):
            raise CnntuiError(f"Layer '{name}' is not simply applied to the layer before it.", SUPPORTED)
        before = name


def _sources(node: Any) -> list[Any]:
    """The names of the layers whose outputs occur anywhere in a functional model's `inbound_nodes`."""
    if isinstance(node, list):
        return [name for item in node for name in _sources(item)]
    if isinstance(node, dict):
        history = node.get("keras_history")
        return [printable(str(history[0]))] if isinstance(history, list) and history else _sources(list(node.values()))
    return []


def _layers(config: Config) -> list[Config]:
    layers = _dict(config, "config").get("layers")
    if not isinstance(layers, list) or not layers or not all(isinstance(layer, dict) for layer in layers):
        raise CnntuiError("The model's config.json lists no layers.", SUPPORTED)
    return layers


def _dict(config: Config, key: str) -> Config:
    value = config.get(key)
    if not isinstance(value, dict):
        raise CnntuiError(f"The model's config.json is damaged: '{key}' is missing or not an object.", SUPPORTED)
    return value


def _text(config: Config, key: str) -> str:
    value = config.get(key)
    if not isinstance(value, str):
        raise CnntuiError(f"The model's config.json is damaged: '{key}' is missing or not a text.", SUPPORTED)
    return value


def _name(config: Config) -> str:
    """A layer's name, made printable: from here on it goes everywhere, and finds the layer's weights."""
    return printable(_text(config, "name"))


def _count(name: str, config: Config, key: str) -> int:
    value = config.get(key)
    if type(value) is not int or value < 1:
        raise CnntuiError(f"Layer '{name}' has {key} = {value!r}, which is not a positive whole number.", SUPPORTED)
    return value


def _pair(name: str, config: Config, key: str) -> Pair:
    value = config.get(key)
    if not (isinstance(value, list) and len(value) == 2 and all(type(item) is int and item > 0 for item in value)):
        raise CnntuiError(f"Layer '{name}' has {key} = {value!r}, which is not two positive whole numbers.", SUPPORTED)
    return value[0], value[1]


def _padding(name: str, config: Config, *supported: str) -> Padding:
    padding = config.get("padding")
    if padding not in supported:
        raise CnntuiError(
            f"Layer '{name}' has the padding {padding!r}, which is not supported; {' and '.join(supported)} can be.",
            SUPPORTED,
        )
    return cast(Padding, padding)


def _activation(name: str, config: Config) -> Activation:
    activation = config.get("activation")
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise CnntuiError(
            f"Layer '{name}' has the activation {activation!r}, which is not supported; {', '.join(ACTIVATIONS)} are.",
            SUPPORTED,
        )
    return cast(Activation, activation)


def _require(name: str, key: str, value: Any, supported: Any) -> None:
    if value != supported:
        raise CnntuiError(f"Layer '{name}' has {key} = {value!r}; only {supported!r} is supported.", SUPPORTED)
