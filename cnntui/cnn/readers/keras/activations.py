"""Activations in Keras models: given to a layer by name or as an object, or layers themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import ACTIVATIONS, Shape
from cnntui.cnn.readers.keras.arguments import SUPPORTED, last_axis, number, unsupported
from cnntui.cnn.readers.keras.calls import Config
from cnntui.cnn.readers.keras.described import Described, Stored
from cnntui.cnn.readers.keras.graph import KerasNode
from cnntui.cnn.readers.unsupported import UnsupportedError
from cnntui.printable import printable

ALIASES = {
    "swish": "silu", "hard_swish": "hard_silu", "softmax_v2": "softmax", "leakyrelu": "leaky_relu", "re_lu": "relu",
    "identity": "linear",
}  # fmt: skip


def activation_of(node: KerasNode, made: Shape) -> tuple[str, list[Described]]:
    """The activation that the layer applies itself, and the layers after it for an activation object with arguments."""
    value = node.config.get("activation")
    if isinstance(value, dict):
        kind, config = value.get("class_name"), value.get("config")
        if kind == "function" and isinstance(config, str):
            value = config
        elif isinstance(kind, str) and isinstance(config, dict) and kind in ACTIVATION_LAYERS:
            behind = KerasNode(kind, f"{node.name}_activation", config, (node.name,), (), (), ())
            return "linear", [replace(each, within=("activation",)) for each in ACTIVATION_LAYERS[kind](behind, [made])]
    value = "linear" if value is None else value
    name = ALIASES.get(value, value) if isinstance(value, str) else None
    if name in ACTIVATIONS:
        return str(name), []
    said: object = value
    if isinstance(value, dict):
        said = value.get("config") if value.get("class_name") == "function" else value.get("class_name")
    raise UnsupportedError(
        f"Layer '{node.name}' has the activation {printable(str(said)[:80])}, which is not supported.", SUPPORTED
    )


def _activation_layer(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    function, behind = activation_of(node, shapes[0])
    if behind:
        first = behind[0].layer
        layer = LayerDescription(first.kind, node.name, first.settings, first.weights, node.inputs)
        return [Described(layer, behind[0].stored, behind[0].within)]
    return _function(function)(node, shapes)


def _function(function: str) -> Callable[[KerasNode, Sequence[Shape]], list[Described]]:
    def make(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
        if function == "linear":
            return []
        if function == "softmax":
            last_axis(node, shapes)
        settings = {"function": function}
        return [Described(LayerDescription("Activate", node.name, settings, inputs=node.inputs))]

    return make


def _relu(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    most = node.config.get("max_value")
    slope, threshold = number(node, "negative_slope", 0.0), number(node, "threshold", 0.0)
    if most is None and not slope and not threshold:
        return _function("relu")(node, shapes)
    limit = None if most is None else number(node, "max_value", 0.0)
    settings = {"slope": slope, "threshold": threshold, "limit": limit}
    return [Described(LayerDescription("LeakyReLU", node.name, settings, inputs=node.inputs))]


def _leaky_relu(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    key = "alpha" if "alpha" in node.config else "negative_slope"
    settings = {"slope": number(node, key, 0.3)}
    return [Described(LayerDescription("LeakyReLU", node.name, settings, inputs=node.inputs))]


def _elu(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    settings = {"alpha": number(node, "alpha", 1.0)}
    return [Described(LayerDescription("ELU", node.name, settings, inputs=node.inputs))]


def _prelu(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    shared = node.config.get("shared_axes") or []
    if not isinstance(shared, list) or not all(type(axis) is int for axis in shared):
        raise unsupported(node, "shared_axes")
    alpha = tuple(1 if axis + 1 in shared else length for axis, length in enumerate(shapes[0]))
    stored = {"alpha": Stored(0, "alpha", alpha)}
    return [Described(LayerDescription("PReLU", node.name, {}, {"alpha": alpha}, node.inputs), stored)]


def _thresholded(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    settings = {"slope": 0.0, "threshold": number(node, "theta", 1.0)}
    return [Described(LayerDescription("LeakyReLU", node.name, settings, inputs=node.inputs))]


def clip(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    """Clipping between two numbers: ReLU with a limit, with all numbers shifted before and after it."""
    low, high = (None if node.config.get(key) is None else number(node, key, 0.0) for key in ("x_min", "x_max"))
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        raise unsupported(node, "x_min")
    settings: Config
    if low is None:
        # Below the upper bound, every number passes.
        by, settings = high or 0.0, {"slope": 1.0, "limit": 0.0}
    else:
        by, settings = low, {"slope": 0.0, "limit": None if high is None else high - low}
    before, cut = (f"{node.name}_{word}" if by else node.name for word in ("shifted", "cut"))
    made = [LayerDescription("LeakyReLU", cut, settings, inputs=(before,) if by else node.inputs)]
    if by:
        made.insert(0, LayerDescription("Rescaling", before, {"offset": (-by,)}, inputs=node.inputs))
        made.append(LayerDescription("Rescaling", node.name, {"offset": (by,)}, inputs=(cut,)))
    return [Described(each) for each in made]


ACTIVATION_LAYERS: dict[str, Callable[[KerasNode, Sequence[Shape]], list[Described]]] = {
    "Activation": _activation_layer, "ReLU": _relu, "LeakyReLU": _leaky_relu, "ELU": _elu, "PReLU": _prelu,
    "Softmax": _function("softmax"), "ThresholdedReLU": _thresholded, "Clip": clip,
}  # fmt: skip
