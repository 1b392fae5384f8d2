"""Functions of `keras.ops` and `keras.activations` in a model, as the layers that do the same.

A Keras 3 model has a node for each: its kind is the function's name, and its configuration the function's arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from typing import Any

from cnntui.cnn.readers.keras.calls import Config
from cnntui.cnn.readers.keras.graph import KerasNode

_FUNCTIONS = {
    "Relu": "relu", "Relu6": "relu6", "Selu": "selu", "Silu": "silu", "Swish": "silu", "Tanh": "tanh",
    "Sigmoid": "sigmoid", "HardSigmoid": "hard_sigmoid", "HardSilu": "hard_silu", "Softplus": "softplus",
    "Softsign": "softsign", "SoftSign": "softsign", "LogSigmoid": "log_sigmoid",
    "Exp": "exponential", "Erf": "erf", "Mish": "mish", "HardTanh": "hard_tanh", "Squareplus": "squareplus",
    "Absolute": "abs", "Abs": "abs", "Square": "square", "Sqrt": "sqrt",
}  # fmt: skip

_Layer = tuple[str, Config]
"""The kind of a layer, and its arguments."""


_OF_TENSORFLOW: dict[str, tuple[str, dict[str, str]]] = {
    "__operators__.getitem": ("GetItem", {}), "split": ("Split", {"num_or_size_splits": "indices_or_sections"}),
    "math.reduce_mean": ("Mean", {}), "math.reduce_max": ("Max", {}), "concat": ("Concatenate", {}),
    "expand_dims": ("ExpandDims", {}), "squeeze": ("Squeeze", {}), "compat.v1.squeeze": ("Squeeze", {}),
    "math.abs": ("Absolute", {}), "math.square": ("Square", {}), "math.sqrt": ("Sqrt", {}), "math.pow": ("Power", {}),
    "image.resize": ("Resize", {"method": "interpolation"}), "math.l2_normalize": ("Normalize", {}),
    "transpose": ("Transpose", {"perm": "axes"}), "compat.v1.transpose": ("Transpose", {"perm": "axes"}),
    "reshape": ("Reshape", {"shape": "newshape"}), "cast": ("Cast", {}), "math.negative": ("Negative", {}),
    "clip_by_value": ("Clip", {"clip_value_min": "x_min", "clip_value_max": "x_max"}), "nn.bias_add": ("Add", {}),
    "nn.gelu": ("Gelu", {}), "nn.leaky_relu": ("LeakyRelu", {"alpha": "negative_slope"}), "math.exp": ("Exp", {}),
    "math.sigmoid": ("Sigmoid", {}), "math.tanh": ("Tanh", {}), "tile": ("Tile", {"multiples": "repeats"}),
    "stop_gradient": ("StopGradient", {}), "identity": ("Copy", {}), "reverse": ("Flip", {}),
}  # fmt: skip
"""Functions of TensorFlow in a Keras 2 model: their names in Keras 3, and those of arguments that differ."""


def _of_keras_3(node: KerasNode) -> KerasNode:
    """A function of TensorFlow as its counterpart in Keras 3; any other node unchanged."""
    is_function = node.kind in ("TFOpLambda", "SlicingOpLambda")
    known = _OF_TENSORFLOW.get(str(node.config.get("function"))) if is_function else None
    if known is None:
        return node
    kind, names = known
    config = {names.get(key, key): value for key, value in node.config.items()}
    if kind == "Split" and isinstance(sizes := config.get("indices_or_sections"), list):
        config["indices_or_sections"] = [*accumulate(sizes[:-1])] if _are_numbers(sizes) else None
    if kind == "Gelu":
        config.setdefault("approximate", False)
    return replace(node, kind=kind, config=config)


def as_layer(node: KerasNode) -> KerasNode:
    """A function as the layer that does the same; unchanged if no layer does, like any other node."""
    node = _of_keras_3(node)
    if (function := _FUNCTIONS.get(node.kind)) is not None:
        return replace(node, kind="Activation", config={**node.config, "activation": function})
    way = _WAYS.get(node.kind)
    found = None if way is None else way(node)
    return node if found is None else replace(node, kind=found[0], config={**node.config, **found[1]})


def _gelu(node: KerasNode) -> _Layer:
    return "Activation", {"activation": "gelu_tanh" if node.config.get("approximate", True) else "gelu"}


def _log_softmax(node: KerasNode) -> _Layer | None:
    return ("Activation", {"activation": "log_softmax"}) if node.config.get("axis", -1) == -1 else None


def _reshape(node: KerasNode) -> _Layer | None:
    shape = node.config.get("newshape")
    # The first axis is that of the batch.
    return ("Reshape", {"target_shape": shape[1:]}) if isinstance(shape, list) and len(shape) > 1 else None


def _transpose(node: KerasNode) -> _Layer | None:
    axes = node.config.get("axes")
    return ("Permute", {"dims": axes[1:]}) if isinstance(axes, list) and axes[:1] == [0] else None


def _over_the_map(kind: str) -> Callable[[KerasNode], _Layer | None]:
    """A mean or a maximum over all rows and columns, or over all maps at each place."""

    def layer(node: KerasNode) -> _Layer | None:
        axis = node.config.get("axis")
        axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
        if axis in (-1, 3) and node.config.get("initial") is None:
            return ("MaxPoolOfMaps" if kind == "GlobalMaxPooling2D" else "AveragePoolOfMaps"), {}
        ways = {(1, 2): "channels_last", (2, 3): "channels_first", (-3, -2): "channels_last"}
        way: Any = ways.get(tuple(axis)) if isinstance(axis, list) and _are_numbers(axis) else None
        return None if way is None or node.config.get("initial") is not None else (kind, {"data_format": way})

    return layer


def _are_numbers(values: list[Any]) -> bool:
    return all(type(value) is int for value in values)


def _clipped(node: KerasNode) -> _Layer | None:
    least, most = node.config.get("x_min"), node.config.get("x_max")
    return ("ReLU", {"max_value": most}) if least == 0 and isinstance(most, int | float) else None


def _bounded(key: str) -> Callable[[KerasNode], _Layer | None]:
    """The larger or the smaller of each number and a constant."""

    def layer(node: KerasNode) -> _Layer | None:
        bounds = [value for value in node.arguments if isinstance(value, int | float)]
        if len(node.inputs) != 1 or len(bounds) != 1:
            return None
        is_relu = key == "x_min" and not bounds[0]
        return ("Activation", {"activation": "relu"}) if is_relu else ("Clip", {key: bounds[0]})

    return layer


def _dense(node: KerasNode) -> _Layer | None:
    """An EinsumDense that weighs the last axis, as a dense layer does."""
    found = re.fullmatch(r"((?:\.\.\.)?\w*)(\w),(\w)(\w)->((?:\.\.\.)?\w*)(\w)", str(node.config.get("equation")))
    if found is None:
        return None
    rest, read, summed, made, kept, last = found.groups()
    bias, shape = node.config.get("bias_axes"), node.config.get("output_shape")
    units = shape[-1] if isinstance(shape, list) and shape else shape
    if (read, rest, made) != (summed, kept, last) or made in rest + read or bias not in (None, made):
        return None
    return "Dense", {"units": units, "use_bias": bias is not None}


def _resized(node: KerasNode) -> _Layer | None:
    size, interpolation = node.config.get("size"), node.config.get("interpolation", "bilinear")
    if not isinstance(size, list) or len(size) != 2 or not _are_numbers(size):
        return None
    return "Resizing", {"height": size[0], "width": size[1], "interpolation": interpolation}


def _normalized(node: KerasNode) -> _Layer | None:
    return ("UnitNormalization", {}) if node.config.get("order", 2) == 2 else None


def _power(node: KerasNode) -> _Layer | None:
    (exponent,) = [value for value in node.arguments if not isinstance(value, str)][:1] or [None]
    function = {2: "square", 0.5: "sqrt"}.get(exponent) if node.arguments[1:] == (exponent,) else None
    return None if function is None else ("Activation", {"activation": function})


def _padded(node: KerasNode) -> _Layer | None:
    margins = node.config.get("pad_width")
    if not isinstance(margins, list) or len(margins) != 4 or margins[0] != [0, 0] or margins[3] != [0, 0]:
        return None
    is_zero = node.config.get("mode") == "constant" and len(node.arguments) == 1
    return ("ZeroPadding2D", {"padding": margins[1:3]}) if is_zero else None


_WAYS: dict[str, Callable[[KerasNode], _Layer | None]] = {
    "Gelu": _gelu, "Reshape": _reshape, "Transpose": _transpose, "Clip": _clipped,
    "Maximum": _bounded("x_min"), "Minimum": _bounded("x_max"), "EinsumDense": _dense, "Pad": _padded,
    "Resize": _resized, "Normalize": _normalized, "Power": _power,
    "Mean": _over_the_map("GlobalAveragePooling2D"), "Max": _over_the_map("GlobalMaxPooling2D"),
    "Amax": _over_the_map("GlobalMaxPooling2D"), "LeakyRelu": lambda _: ("LeakyReLU", {}),
    "Elu": lambda _: ("ELU", {}), "LogSoftmax": _log_softmax,
    "MaxPool": lambda _: ("MaxPooling2D", {}), "AveragePool": lambda _: ("AveragePooling2D", {}),
    "Negative": lambda _: ("Rescaling", {"scale": -1.0}), "Cast": lambda _: ("Identity", {}),
    "StopGradient": lambda _: ("Identity", {}), "Copy": lambda _: ("Identity", {}),
}  # fmt: skip
