"""What each kind of Keras layer is here: a table of classes, by name, and of what becomes of their arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import ACTIVATIONS, Shape
from cnntui.cnn.readers.keras_graph import Config, Node
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable

SUPPORTED = (
    "cnntui reads convolutions (plain, grouped, depthwise, separable), pools, normalization, rescaling, padding, "
    "cropping, upsampling, reshaping, dense layers, the usual activations, and layers that merge branches."
)

PASSED = (
    "InputLayer", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout",
    "AlphaDropout", "ActivityRegularization", "Identity",
)  # fmt: skip
"""Layers that change nothing when a trained network is applied; so do all whose name begins with Random."""


_MOST_AXES = 8

_LARGEST = 1e38
"""About the largest number that a float32 holds."""


@dataclass(frozen=True)
class Stored:
    """Where one array of a layer's weights is.

    Attributes:
        number: its place among the layer's arrays in a `.keras` file.
        name: what it is called in an `.h5` file.
        shape: as it is stored.
    """

    number: int
    name: str
    shape: Shape


@dataclass(frozen=True)
class Described:
    """A layer that was read, and where its weights are."""

    layer: LayerDescription
    stored: dict[str, Stored] = field(default_factory=dict)


def passes(kind: str) -> bool:
    """Whether a layer of a kind hands on what it is given."""
    return kind in PASSED or kind.startswith("Random")


def described(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    """The layers that a Keras layer is here, in order: none where it hands on what it is given.

    Args:
        node: the layer; its names are those of the layers here, which the first of them reads.
        shapes: of what it reads.

    Raises:
        CnntuiError: it is of a kind, or is used in a way, that cnntui does not explain; the message names it.
    """
    if passes(node.kind):
        return []
    if node.kind == "Lambda":
        raise CnntuiError(
            f"Layer '{node.name}' is a Lambda: it holds code of Python, which cnntui does not run.",
            "Put layers in its place, such as Rescaling, Activation or Reshape, and save the model again.",
        )
    maker = _MAKERS.get(node.kind)
    if maker is None:
        raise CnntuiError(f"Layer '{node.name}' is of the kind {node.kind}, which is not supported.", SUPPORTED)
    if node.config.get("data_format") == "channels_first":
        raise CnntuiError(
            f"Layer '{node.name}' has its channels first, which is not supported.",
            "Build the model with data_format='channels_last'.",
        )
    return maker(node, shapes)


# Arguments


def _fail(node: Node, key: str) -> CnntuiError:
    value = printable(repr(node.config.get(key))[:80])
    return CnntuiError(f"Layer '{node.name}' has {key} = {value}, which is not supported.", SUPPORTED)


def _pair(node: Node, key: str, otherwise: Any = None) -> tuple[int, int]:
    value = node.config.get(key)
    value = otherwise if value is None else value
    value = [value, value] if type(value) is int else value
    if not (
        isinstance(value, list | tuple) and len(value) == 2 and all(type(each) is int and each > 0 for each in value)
    ):
        raise _fail(node, key)
    return value[0], value[1]


def _count(node: Node, key: str) -> int:
    value = node.config.get(key)
    if type(value) is not int or value < 1:
        raise _fail(node, key)
    return value


def _number(node: Node, key: str, otherwise: float) -> float:
    value = node.config.get(key, otherwise)
    if isinstance(value, dict):  # Keras 2 wrote NumPy's numbers as objects
        value = value.get("value", otherwise)
    value = otherwise if value is None else value
    if not isinstance(value, int | float) or not abs(value) <= _LARGEST:
        raise _fail(node, key)
    return float(value)


def _padding(node: Node) -> str:
    padding = node.config.get("padding", "valid")
    if padding not in ("valid", "same"):
        raise _fail(node, "padding")
    return str(padding)


def _margins(node: Node, key: str) -> tuple[tuple[int, int], tuple[int, int]]:
    value = node.config.get(key)
    value = [value, value] if type(value) is int else value
    if isinstance(value, list) and len(value) == 2:
        value = [[each, each] if type(each) is int else each for each in value]
        if all(isinstance(each, list) and len(each) == 2 for each in value):
            flat = [*value[0], *value[1]]
            if all(type(each) is int and 0 <= each < 10_000 for each in flat):
                return (flat[0], flat[1]), (flat[2], flat[3])
    raise _fail(node, key)


def _last_axis(node: Node, shapes: Sequence[Shape], *, may_be_all: bool = False) -> None:
    """Raises CnntuiError unless a layer works along the last axis."""
    axis = node.config.get("axis", -1)
    axes = axis if isinstance(axis, list) else [axis]
    if (may_be_all and axis in (None, [])) or (len(axes) == 1 and axes[0] in (-1, len(shapes[0]))):
        return
    raise _fail(node, "axis")


_ALIASES = {
    "swish": "silu", "hard_swish": "hard_silu", "softmax_v2": "softmax", "leakyrelu": "leaky_relu", "re_lu": "relu",
    "identity": "linear",
}  # fmt: skip


def _activation(node: Node) -> tuple[str, list[Described]]:
    """The activation that is applied at once, and the layers behind it where it is an object with arguments."""
    value = node.config.get("activation")
    if isinstance(value, dict):
        kind, config = value.get("class_name"), value.get("config")
        if kind == "function" and isinstance(config, str):
            value = config
        elif isinstance(kind, str) and isinstance(config, dict) and kind in _ACTIVATION_LAYERS:
            behind = Node(kind, f"{node.name}_activation", config, (node.name,), (), (), ())
            return "linear", _ACTIVATION_LAYERS[kind](behind, [(1,)])
    value = "linear" if value is None else value
    name = _ALIASES.get(value, value) if isinstance(value, str) else None
    if name not in ACTIVATIONS:
        raise _fail(node, "activation")
    return str(name), []


# Layers


def _conv2d(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    filters, size, groups = _count(node, "filters"), _pair(node, "kernel_size"), _groups(node)
    activation, behind = _activation(node)
    settings: Config = {
        "stride": _pair(node, "strides", 1), "padding": _padding(node), "dilation": _pair(node, "dilation_rate", 1),
        "activation": activation,
    }  # fmt: skip
    if groups > 1:
        settings["groups"] = groups
    kernel = (*size, shapes[0][-1] // groups, filters)
    kind = "Conv2D" if groups == 1 else "GroupedConv2D"
    return [_weighted(kind, node, settings, {"kernel": Stored(0, "kernel", kernel)}, filters), *behind]


def _groups(node: Node) -> int:
    return _count(node, "groups") if "groups" in node.config else 1


def _weighted(
    kind: str, node: Node, settings: Config, stored: dict[str, Stored], outputs: int, kernel: Shape | None = None
) -> Described:
    """A layer with a kernel, and with a bias where it has one."""
    has_bias = node.config.get("use_bias", True)
    if not isinstance(has_bias, bool):
        raise _fail(node, "use_bias")
    weights = {"kernel": kernel or stored["kernel"].shape}
    if has_bias:
        weights["bias"] = (outputs,)
        stored = stored | {"bias": Stored(len(stored), "bias", (outputs,))}
    else:
        settings = settings | {"has_bias": False}
    return Described(LayerDescription(kind, node.name, settings, weights, node.inputs), stored)


def _depthwise(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    maps, each, size = shapes[0][-1], _multiplier(node), _pair(node, "kernel_size")
    activation, behind = _activation(node)
    settings = _depthwise_settings(node, maps) | {"activation": activation}
    stored = {"kernel": Stored(0, "depthwise_kernel", (*size, maps, each))}
    kernel = (*size, 1, maps * each)
    return [_weighted("DepthwiseConv2D", node, settings, stored, maps * each, kernel), *behind]


def _depthwise_settings(node: Node, maps: int) -> Config:
    return {
        "stride": _pair(node, "strides", 1), "padding": _padding(node), "dilation": _pair(node, "dilation_rate", 1),
        "groups": maps,
    }  # fmt: skip


def _multiplier(node: Node) -> int:
    return _count(node, "depth_multiplier") if "depth_multiplier" in node.config else 1


def _separable(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    """Two layers: a depthwise convolution without a bias, and one of 1×1."""
    maps, each, size = shapes[0][-1], _multiplier(node), _pair(node, "kernel_size")
    filters = _count(node, "filters")
    activation, behind = _activation(node)
    name = f"{node.name}_depthwise"
    settings = _depthwise_settings(node, maps) | {"activation": "linear", "has_bias": False}
    depthwise = Described(
        LayerDescription("DepthwiseConv2D", name, settings, {"kernel": (*size, 1, maps * each)}, node.inputs),
        {"kernel": Stored(0, "depthwise_kernel", (*size, maps, each))},
    )
    after = Node(node.kind, node.name, node.config, (name,), (), node.path, node.groups)
    stored = {"kernel": Stored(1, "pointwise_kernel", (1, 1, maps * each, filters))}
    pointwise = _weighted("Conv2D", after, {"activation": activation}, stored, filters)
    if "bias" in pointwise.stored:
        pointwise.stored["bias"] = Stored(2, "bias", (filters,))
    return [depthwise, pointwise, *behind]


def _dense(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    units = _count(node, "units")
    activation, behind = _activation(node)
    shape = shapes[0]
    if len(shape) == 3 and shape[:2] == (1, 1):
        # Applied to a map of one cell it is a convolution of 1×1.
        stored = {"kernel": Stored(0, "kernel", (shape[-1], units))}
        return [_weighted("Conv2D", node, {"activation": activation}, stored, units, (1, 1, shape[-1], units)), *behind]
    stored = {"kernel": Stored(0, "kernel", (shape[-1], units))}
    return [_weighted("Dense", node, {"activation": activation}, stored, units), *behind]


def _pool(kind: str) -> Callable[[Node, Sequence[Shape]], list[Described]]:
    def make(node: Node, shapes: Sequence[Shape]) -> list[Described]:
        size = _pair(node, "pool_size", 2)
        settings = {"size": size, "stride": _pair(node, "strides", list(size)), "padding": _padding(node)}
        return [Described(LayerDescription(kind, node.name, settings, inputs=node.inputs))]

    return make


def _global_pool(kind: str) -> Callable[[Node, Sequence[Shape]], list[Described]]:
    def make(node: Node, shapes: Sequence[Shape]) -> list[Described]:
        settings = {"keeps_map": node.config.get("keepdims") is True}
        return [Described(LayerDescription(kind, node.name, settings, inputs=node.inputs))]

    return make


def _batch_normalization(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    _last_axis(node, shapes)
    shape = shapes[0][-1:]
    present = [role for role, key in (("gamma", "scale"), ("beta", "center")) if node.config.get(key, True) is True]
    names = {"gamma": "gamma", "beta": "beta", "mean": "moving_mean", "variance": "moving_variance"}
    roles = [*present, "mean", "variance"]
    stored = {role: Stored(number, names[role], shape) for number, role in enumerate(roles)}
    settings = {"epsilon": _number(node, "epsilon", 1e-3)}
    layer = LayerDescription("BatchNormalization", node.name, settings, dict.fromkeys(roles, shape), node.inputs)
    return [Described(layer, stored)]


def _layer_normalization(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    _last_axis(node, shapes)
    if node.config.get("rms_scaling"):
        raise _fail(node, "rms_scaling")
    shape = shapes[0][-1:]
    roles = [role for role, key in (("gamma", "scale"), ("beta", "center")) if node.config.get(key, True) is True]
    stored = {role: Stored(number, role, shape) for number, role in enumerate(roles)}
    settings = {"epsilon": _number(node, "epsilon", 1e-3)}
    layer = LayerDescription("LayerNormalization", node.name, settings, dict.fromkeys(roles, shape), node.inputs)
    return [Described(layer, stored)]


def _numbers(node: Node, shape: Shape, key: str, value: Any) -> tuple[float, ...]:
    """A number, or one for each map of a shape, however deep in lists."""
    try:
        found = np.asarray(value, np.float64).ravel()
    except (ValueError, TypeError, OverflowError):
        raise _fail(node, key) from None
    if found.size not in (1, shape[-1]) or not np.isfinite(found).all():
        raise _fail(node, key)
    return tuple(found.tolist())


def _rescaling(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    settings = {
        key: _numbers(node, shapes[0], key, node.config.get(key, default))
        for key, default in (("scale", 1.0), ("offset", 0.0))
    }
    return [Described(LayerDescription("Rescaling", node.name, settings, inputs=node.inputs))]


def _normalization(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    _last_axis(node, shapes, may_be_all=True)
    invert = node.config.get("invert") is True
    if node.config.get("mean") is not None:
        means, variances = (
            np.array(_numbers(node, shapes[0], key, node.config.get(key))) for key in ("mean", "variance")
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


def _zero_padding(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    rows, cols = _margins(node, "padding")
    settings = {"rows": rows, "cols": cols}
    return [Described(LayerDescription("ZeroPadding2D", node.name, settings, inputs=node.inputs))]


def _cropping(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    rows, cols = _margins(node, "cropping")
    settings = {"rows": rows, "cols": cols}
    return [Described(LayerDescription("Cropping2D", node.name, settings, inputs=node.inputs))]


def _upsampling(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    if node.config.get("interpolation", "nearest") != "nearest":
        raise _fail(node, "interpolation")
    settings = {"size": _pair(node, "size", 2)}
    if max(settings["size"]) > 100:
        raise _fail(node, "size")
    return [Described(LayerDescription("UpSampling2D", node.name, settings, inputs=node.inputs))]


def _flatten(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    if len(shapes[0]) == 1:
        return []
    return [Described(LayerDescription("Flatten", node.name, inputs=node.inputs))]


def _reshape(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    target = node.config.get("target_shape")
    if not isinstance(target, list) or not all(type(length) is int for length in target[:_MOST_AXES]):
        raise _fail(node, "target_shape")
    if len(target) > _MOST_AXES or target.count(-1) > 1:
        raise _fail(node, "target_shape")
    rest = -prod(target)
    if -1 in target and rest > 0 and prod(shapes[0]) % rest == 0:
        target = [prod(shapes[0]) // rest if length == -1 else length for length in target]
    return _reshaped(node, shapes[0], tuple(target))


def _reshaped(node: Node, shape: Shape, target: Shape) -> list[Described]:
    if target == shape:
        return []
    if any(length < 1 for length in target) or prod(target) != prod(shape) or len(target) not in (1, 3):
        raise CnntuiError(f"Layer '{node.name}' makes a shape of {target}, which is not supported.", SUPPORTED)
    if len(target) == 1:
        return [Described(LayerDescription("Flatten", node.name, inputs=node.inputs))]
    return [Described(LayerDescription("Reshape", node.name, {"shape": target}, inputs=node.inputs))]


def _permute(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    dims, shape = node.config.get("dims"), shapes[0]
    if not isinstance(dims, list) or not all(type(axis) is int for axis in dims):
        raise _fail(node, "dims")
    if sorted(dims) != [*range(1, len(shape) + 1)]:
        raise _fail(node, "dims")
    if [axis for axis in dims if shape[axis - 1] > 1] != [axis + 1 for axis, length in enumerate(shape) if length > 1]:
        raise _fail(node, "dims")
    return _reshaped(node, shape, tuple(shape[axis - 1] for axis in dims))


def _merge(kind: str) -> Callable[[Node, Sequence[Shape]], list[Described]]:
    def make(node: Node, shapes: Sequence[Shape]) -> list[Described]:
        numbers = [value for value in node.arguments if not isinstance(value, str)]
        if len(node.inputs) == 1 and len(numbers) == 1 and abs(numbers[0]) <= _LARGEST:
            return [_with_a_constant(kind, node, float(numbers[0]))]
        if len(node.inputs) < 2:
            raise CnntuiError(
                f"Layer '{node.name}' merges {len(node.inputs)} inputs, which is not supported.", SUPPORTED
            )
        if kind == "Concatenate":
            _last_axis(node, shapes)
        if kind == "Divide":
            raise CnntuiError(f"Layer '{node.name}' divides by what a layer gives, which is not supported.", SUPPORTED)
        return [Described(LayerDescription(kind, node.name, inputs=node.inputs))]

    return make


def _with_a_constant(kind: str, node: Node, constant: float) -> Described:
    """Arithmetic with a constant is a rescaling."""
    is_last = node.arguments[-1:] == (constant,)
    ways = {
        "Add": (1.0, constant), "Multiply": (constant, 0.0),
        "Subtract": (1.0, -constant) if is_last else (-1.0, constant),
        "Divide": (1 / constant if constant else 0.0, 0.0) if is_last else (0.0, 0.0),
    }  # fmt: skip
    scale, offset = ways.get(kind, (0.0, 0.0))
    if not scale or not np.isfinite([scale, offset]).all():
        raise CnntuiError(f"Layer '{node.name}' computes {kind} with {constant:g}, which is not supported.", SUPPORTED)
    settings = {"scale": (scale,), "offset": (offset,)}
    return Described(LayerDescription("Rescaling", node.name, settings, inputs=node.inputs))


def _operation(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    """An operation of TensorFlow in a model of Keras 2."""
    function = str(node.config.get("function"))
    known = {
        "math.add": "Add", "__operators__.add": "Add", "math.subtract": "Subtract", "math.multiply": "Multiply",
        "math.truediv": "Divide", "math.divide": "Divide",
    }  # fmt: skip
    if function in known:
        return _merge(known[function])(node, shapes)
    if function.startswith("nn.") and _ALIASES.get(function[3:], function[3:]) in ACTIVATIONS:
        settings = {"function": _ALIASES.get(function[3:], function[3:])}
        return [Described(LayerDescription("Activate", node.name, settings, inputs=node.inputs))]
    raise CnntuiError(
        f"Layer '{node.name}' applies {printable(function)} of TensorFlow, which is not supported.", SUPPORTED
    )


# Activations as layers


def _activation_layer(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    function, behind = _activation(node)
    if behind:
        first = behind[0].layer
        layer = LayerDescription(first.kind, node.name, first.settings, first.weights, node.inputs)
        return [Described(layer, behind[0].stored)]
    return _function(function)(node, shapes)


def _function(function: str) -> Callable[[Node, Sequence[Shape]], list[Described]]:
    def make(node: Node, shapes: Sequence[Shape]) -> list[Described]:
        if function == "linear":
            return []
        if function == "softmax":
            _last_axis(node, shapes)
        settings = {"function": function}
        return [Described(LayerDescription("Activate", node.name, settings, inputs=node.inputs))]

    return make


def _relu(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    most = node.config.get("max_value")
    slope, threshold = _number(node, "negative_slope", 0.0), _number(node, "threshold", 0.0)
    if most is None and not slope and not threshold:
        return _function("relu")(node, shapes)
    limit = None if most is None else _number(node, "max_value", 0.0)
    settings = {"slope": slope, "threshold": threshold, "limit": limit}
    return [Described(LayerDescription("LeakyReLU", node.name, settings, inputs=node.inputs))]


def _leaky_relu(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    key = "alpha" if "alpha" in node.config else "negative_slope"
    settings = {"slope": _number(node, key, 0.3)}
    return [Described(LayerDescription("LeakyReLU", node.name, settings, inputs=node.inputs))]


def _elu(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    settings = {"alpha": _number(node, "alpha", 1.0)}
    return [Described(LayerDescription("ELU", node.name, settings, inputs=node.inputs))]


def _prelu(node: Node, shapes: Sequence[Shape]) -> list[Described]:
    shared = node.config.get("shared_axes") or []
    if not isinstance(shared, list) or not all(type(axis) is int for axis in shared):
        raise _fail(node, "shared_axes")
    alpha = tuple(1 if axis + 1 in shared else length for axis, length in enumerate(shapes[0]))
    stored = {"alpha": Stored(0, "alpha", alpha)}
    return [Described(LayerDescription("PReLU", node.name, {}, {"alpha": alpha}, node.inputs), stored)]


_ACTIVATION_LAYERS: dict[str, Callable[[Node, Sequence[Shape]], list[Described]]] = {
    "Activation": _activation_layer, "ReLU": _relu, "LeakyReLU": _leaky_relu, "ELU": _elu, "PReLU": _prelu,
    "Softmax": _function("softmax"),
}  # fmt: skip

_MAKERS: dict[str, Callable[[Node, Sequence[Shape]], list[Described]]] = {
    "Conv2D": _conv2d, "DepthwiseConv2D": _depthwise, "SeparableConv2D": _separable, "Dense": _dense,
    "MaxPooling2D": _pool("MaxPool2D"), "AveragePooling2D": _pool("AveragePool2D"),
    "GlobalMaxPooling2D": _global_pool("GlobalMaxPool2D"),
    "GlobalAveragePooling2D": _global_pool("GlobalAveragePool2D"),
    "BatchNormalization": _batch_normalization, "BatchNormalizationV1": _batch_normalization,
    "LayerNormalization": _layer_normalization, "Rescaling": _rescaling, "Normalization": _normalization,
    "ZeroPadding2D": _zero_padding, "Cropping2D": _cropping, "UpSampling2D": _upsampling,
    "Flatten": _flatten, "Reshape": _reshape, "Permute": _permute,
    "Add": _merge("Add"), "Subtract": _merge("Subtract"), "Multiply": _merge("Multiply"), "Average": _merge("Average"),
    "Maximum": _merge("Maximum"), "Minimum": _merge("Minimum"), "Concatenate": _merge("Concatenate"),
    "Divide": _merge("Divide"), "TrueDivide": _merge("Divide"), "TFOpLambda": _operation,
    **_ACTIVATION_LAYERS,
}  # fmt: skip
