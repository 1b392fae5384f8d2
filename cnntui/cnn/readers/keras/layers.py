"""What each kind of Keras layer is here: a table of classes, by name, and of what becomes of their arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import ACTIVATIONS, Shape, times
from cnntui.cnn.layers.resize import Interpolation
from cnntui.cnn.ops import Pair
from cnntui.cnn.readers.keras.activations import ACTIVATION_LAYERS, ALIASES, activation_of
from cnntui.cnn.readers.keras.arguments import (
    LARGEST,
    SUPPORTED,
    count,
    last_axis,
    margins,
    number,
    numbers,
    padding,
    pair,
    unsupported,
)
from cnntui.cnn.readers.keras.calls import Config
from cnntui.cnn.readers.keras.described import Described, Stored
from cnntui.cnn.readers.keras.graph import KerasNode
from cnntui.cnn.readers.unsupported import UnsupportedError
from cnntui.cnn.sliding import Sliding
from cnntui.printable import printable

PASSED = (
    "InputLayer", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout",
    "AlphaDropout", "ActivityRegularization", "Identity", "StochasticDepth",
)  # fmt: skip
"""Layers that change nothing when a trained network is applied; so do all whose name begins with Random, but a crop."""


MERGES = (
    "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Divide", "TrueDivide", "TFOpLambda",
)  # fmt: skip
"""Layers that may read several."""


def passes(kind: str) -> bool:
    """Whether a layer of a kind hands on what it is given."""
    return kind in PASSED or (kind.startswith("Random") and kind != "RandomCrop")


def described(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
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
        raise UnsupportedError(
            f"Layer '{node.name}' is a Lambda: it holds code of Python, which cnntui does not run.",
            "Put layers in its place, such as Rescaling, Activation or Reshape, or export the model as ONNX: "
            "model.export('name.onnx', format='onnx').",
        )
    maker = _MAKERS.get(node.kind)
    if maker is None:
        raise UnsupportedError(f"Layer '{node.name}' is of the kind {node.kind}, which is not supported.", SUPPORTED)
    if len(shapes) != 1 and node.kind not in MERGES:
        raise UnsupportedError(f"Layer '{node.name}' reads {len(shapes)} layers, which is not supported.", SUPPORTED)
    return maker(node, shapes)


# Layers


def _conv2d(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    filters, size, groups = count(node, "filters"), pair(node, "kernel_size"), _groups(node)
    activation, behind = activation_of(node, _slid(node, shapes[0], filters))
    settings: Config = {
        "stride": pair(node, "strides", 1), "padding": padding(node), "dilation": pair(node, "dilation_rate", 1),
        "activation": activation,
    }  # fmt: skip
    if groups > 1:
        settings["groups"] = groups
    kernel = (*size, shapes[0][-1] // groups, filters)
    kind = "Conv2D" if groups == 1 else "GroupedConv2D"
    return [_weighted(kind, node, settings, {"kernel": Stored(0, "kernel", kernel)}, filters), *behind]


def _slid(node: KerasNode, shape: Shape, maps: int) -> Shape:
    """The shape of what a layer gives whose window slides over maps."""
    if len(shape) != 3:
        return shape
    way = Sliding(pair(node, "kernel_size"), pair(node, "strides", 1), padding(node), pair(node, "dilation_rate", 1))
    return *way.positions(shape), maps


def _groups(node: KerasNode) -> int:
    return count(node, "groups") if "groups" in node.config else 1


def _weighted(
    kind: str, node: KerasNode, settings: Config, stored: dict[str, Stored], outputs: int, kernel: Shape | None = None
) -> Described:
    """A layer with a kernel, and with a bias where it has one."""
    has_bias = node.config.get("use_bias", True)
    if not isinstance(has_bias, bool):
        raise unsupported(node, "use_bias")
    weights = {"kernel": kernel or stored["kernel"].shape}
    if has_bias:
        weights["bias"] = (outputs,)
        stored = stored | {"bias": Stored(len(stored), "bias", (outputs,))}
    else:
        settings = settings | {"has_bias": False}
    return Described(LayerDescription(kind, node.name, settings, weights, node.inputs), stored)


def _depthwise(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    maps, each, size = shapes[0][-1], _multiplier(node), pair(node, "kernel_size")
    activation, behind = activation_of(node, _slid(node, shapes[0], maps * each))
    settings = _depthwise_settings(node, maps) | {"activation": activation}
    stored = {"kernel": Stored(0, "depthwise_kernel", (*size, maps, each))}
    kernel = (*size, 1, maps * each)
    return [_weighted("DepthwiseConv2D", node, settings, stored, maps * each, kernel), *behind]


def _depthwise_settings(node: KerasNode, maps: int) -> Config:
    return {
        "stride": pair(node, "strides", 1), "padding": padding(node), "dilation": pair(node, "dilation_rate", 1),
        "groups": maps,
    }  # fmt: skip


def _multiplier(node: KerasNode) -> int:
    return count(node, "depth_multiplier") if "depth_multiplier" in node.config else 1


def _separable(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    """Two layers: a depthwise convolution without a bias, and one of 1×1."""
    maps, each, size = shapes[0][-1], _multiplier(node), pair(node, "kernel_size")
    filters = count(node, "filters")
    activation, behind = activation_of(node, _slid(node, shapes[0], filters))
    name = f"{node.name}_depthwise"
    settings = _depthwise_settings(node, maps) | {"activation": "linear", "has_bias": False}
    depthwise = Described(
        LayerDescription("DepthwiseConv2D", name, settings, {"kernel": (*size, 1, maps * each)}, node.inputs),
        {"kernel": Stored(0, "depthwise_kernel", (*size, maps, each))},
    )
    after = KerasNode(node.kind, node.name, node.config, (name,), (), node.path, node.groups)
    stored = {"kernel": Stored(1, "pointwise_kernel", (1, 1, maps * each, filters))}
    pointwise = _weighted("Conv2D", after, {"activation": activation}, stored, filters)
    if "bias" in pointwise.stored:
        pointwise.stored["bias"] = Stored(2, "bias", (filters,))
    return [depthwise, pointwise, *behind]


def _dense(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    units, shape = count(node, "units"), shapes[0]
    activation, behind = activation_of(node, (*shape[:-1], units))
    if len(shape) == 3:
        # Applied to maps it is a convolution of 1×1.
        stored = {"kernel": Stored(0, "kernel", (shape[-1], units))}
        return [_weighted("Conv2D", node, {"activation": activation}, stored, units, (1, 1, shape[-1], units)), *behind]
    stored = {"kernel": Stored(0, "kernel", (shape[-1], units))}
    return [_weighted("Dense", node, {"activation": activation}, stored, units), *behind]


def _pool(kind: str) -> Callable[[KerasNode, Sequence[Shape]], list[Described]]:
    def make(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
        size = pair(node, "pool_size", 2)
        settings = {"size": size, "stride": pair(node, "strides", list(size)), "padding": padding(node)}
        return [Described(LayerDescription(kind, node.name, settings, inputs=node.inputs))]

    return make


def _global_pool(kind: str) -> Callable[[KerasNode, Sequence[Shape]], list[Described]]:
    def make(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
        settings = {"keeps_map": node.config.get("keepdims") is True}
        return [Described(LayerDescription(kind, node.name, settings, inputs=node.inputs))]

    return make


def _batch_normalization(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    shape = shapes[0][-1:]
    present = [role for role, key in (("gamma", "scale"), ("beta", "center")) if node.config.get(key, True) is True]
    names = {"gamma": "gamma", "beta": "beta", "mean": "moving_mean", "variance": "moving_variance"}
    roles = [*present, "mean", "variance"]
    stored = {role: Stored(number, names[role], shape) for number, role in enumerate(roles)}
    settings = {"epsilon": number(node, "epsilon", 1e-3)}
    layer = LayerDescription("BatchNormalization", node.name, settings, dict.fromkeys(roles, shape), node.inputs)
    return [Described(layer, stored)]


def _layer_normalization(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    if node.config.get("rms_scaling"):
        raise unsupported(node, "rms_scaling")
    shape = shapes[0][-1:]
    roles = [role for role, key in (("gamma", "scale"), ("beta", "center")) if node.config.get(key, True) is True]
    stored = {role: Stored(number, role, shape) for number, role in enumerate(roles)}
    settings = {"epsilon": number(node, "epsilon", 1e-3)}
    layer = LayerDescription("LayerNormalization", node.name, settings, dict.fromkeys(roles, shape), node.inputs)
    return [Described(layer, stored)]


def _layer_scale(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    shape = shapes[0][-1:]
    layer = LayerDescription("LayerScale", node.name, weights={"gamma": shape}, inputs=node.inputs)
    return [Described(layer, {"gamma": Stored(0, "gamma", shape)})]


def _rescaling(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    settings = {
        key: numbers(node, shapes[0], key, node.config.get(key, default))
        for key, default in (("scale", 1.0), ("offset", 0.0))
    }
    return [Described(LayerDescription("Rescaling", node.name, settings, inputs=node.inputs))]


def _normalization(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    last_axis(node, shapes, may_be_all=True)
    invert = node.config.get("invert") is True
    if node.config.get("mean") is not None:
        means, variances = (
            np.array(numbers(node, shapes[0], key, node.config.get(key))) for key in ("mean", "variance")
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


def _zero_padding(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    rows, cols = margins(node, "padding")
    settings = {"rows": rows, "cols": cols}
    return [Described(LayerDescription("ZeroPadding2D", node.name, settings, inputs=node.inputs))]


def _cropping(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    rows, cols = margins(node, "cropping")
    settings = {"rows": rows, "cols": cols}
    return [Described(LayerDescription("Cropping2D", node.name, settings, inputs=node.inputs))]


def _middle(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    """The middle of an image: what a random crop is when a trained network is applied."""
    size = count(node, "height"), count(node, "width")
    left_over = [length - own for length, own in zip(shapes[0], size, strict=False)]
    if len(shapes[0]) != 3 or min(left_over) < 0:
        raise UnsupportedError(
            f"Layer '{node.name}' cuts {times(size)} out of {times(shapes[0])}, which is not supported.", SUPPORTED
        )
    settings = {name: (over // 2, over - over // 2) for name, over in zip(("rows", "cols"), left_over, strict=True)}
    return [Described(LayerDescription("Cropping2D", node.name, settings, inputs=node.inputs))]


def _upsampling(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    settings = {"size": pair(node, "size", 2)}
    if max(settings["size"]) > 100:
        raise unsupported(node, "size")
    if node.config.get("interpolation", "nearest") != "nearest":
        rows, cols = (length * times for length, times in zip(shapes[0], settings["size"], strict=False))
        return [_resized(node, (rows, cols))]
    return [Described(LayerDescription("UpSampling2D", node.name, settings, inputs=node.inputs))]


def _resizing(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    if node.config.get("antialias"):
        raise unsupported(node, "antialias")
    size = count(node, "height"), count(node, "width")
    if max(size) > 10_000:
        raise unsupported(node, "height")
    if len(shapes[0]) != 3:
        return [_resized(node, size)]
    for word, kind, choose in (("crop", "Cropping2D", min), ("pad", "ZeroPadding2D", max)):
        if not node.config.get(f"{word}_to_aspect_ratio"):
            continue
        if kind == "ZeroPadding2D" and node.config.get("fill_value"):
            raise unsupported(node, "fill_value")
        height, width, _ = shapes[0]
        kept = max(choose(height, width * size[0] // size[1]), 1), max(choose(width, height * size[1] // size[0]), 1)
        by = [abs(length - own) for length, own in zip((height, width), kept, strict=True)]
        # Of an odd number of rows to add, Keras leaves one out.
        after = [each // 2 if word == "pad" else each - each // 2 for each in by]
        settings = {"rows": (by[0] // 2, after[0]), "cols": (by[1] // 2, after[1])}
        first = LayerDescription(kind, f"{node.name}_{word}", settings, inputs=node.inputs)
        return [Described(first), _resized(replace(node, inputs=(first.name,)), size)]
    return [_resized(node, size)]


def _resized(node: KerasNode, size: Pair) -> Described:
    interpolation = node.config.get("interpolation", "bilinear")
    if interpolation not in get_args(Interpolation):
        raise unsupported(node, "interpolation")
    settings = {"size": size, "interpolation": interpolation}
    return Described(LayerDescription("Resizing", node.name, settings, inputs=node.inputs))


def _thresholded(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    settings = {"slope": 0.0, "threshold": number(node, "theta", 1.0)}
    return [Described(LayerDescription("LeakyReLU", node.name, settings, inputs=node.inputs))]


def _merge(kind: str) -> Callable[[KerasNode, Sequence[Shape]], list[Described]]:
    def make(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
        constants = [value for value in node.arguments if not isinstance(value, str)]
        if len(node.inputs) == 1 and len(constants) == 1:
            row = constants[0] if isinstance(constants[0], tuple) else (constants[0],)
            if len(row) in (1, shapes[0][-1]) and all(abs(number) <= LARGEST for number in row):
                return [_with_a_constant(kind, node, np.array(row, np.float64))]
        if len(node.inputs) < 2:
            raise UnsupportedError(
                f"Layer '{node.name}' merges {len(node.inputs)} inputs, which is not supported.", SUPPORTED
            )
        if kind == "Concatenate":
            settings = {"axis": _axis(node, shapes[0])}
            return [Described(LayerDescription(kind, node.name, settings, inputs=node.inputs))]
        if kind == "Divide":
            raise UnsupportedError(
                f"Layer '{node.name}' divides by what a layer gives, which is not supported.", SUPPORTED
            )
        return [Described(LayerDescription(kind, node.name, inputs=node.inputs))]

    return make


def _axis(node: KerasNode, shape: Shape) -> int:
    """The axis along which a layer works, counted from the last one, which is −1."""
    axis, count = node.config.get("axis", -1), len(shape)
    if type(axis) is not int or not (-count <= axis < 0 or 0 < axis <= count):
        raise unsupported(node, "axis")
    return axis if axis < 0 else axis - 1 - count


def _with_a_constant(kind: str, node: KerasNode, constant: NDArray[np.float64]) -> Described:
    """Arithmetic with a constant, or with one for each map, is a rescaling."""
    is_last = not isinstance(node.arguments[-1], str)
    one, none = np.ones_like(constant), np.zeros_like(constant)
    with np.errstate(divide="ignore"):
        ways = {
            "Add": (one, constant), "Multiply": (constant, none),
            "Subtract": (one, -constant) if is_last else (-one, constant),
            "Divide": (1 / constant, none) if is_last else (none, none),
        }  # fmt: skip
    scale, offset = ways.get(kind, (none, none))
    if not scale.all() or not np.isfinite([scale, offset]).all():
        raise UnsupportedError(
            f"Layer '{node.name}' computes {kind} with {constant[0]:g}, which is not supported.", SUPPORTED
        )
    settings = {"scale": tuple(scale.tolist()), "offset": tuple(offset.tolist())}
    return Described(LayerDescription("Rescaling", node.name, settings, inputs=node.inputs))


def _operation(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    """An operation of TensorFlow in a model of Keras 2."""
    function = str(node.config.get("function"))
    known = {
        "math.add": "Add", "__operators__.add": "Add", "math.subtract": "Subtract", "math.multiply": "Multiply",
        "math.truediv": "Divide", "math.divide": "Divide",
    }  # fmt: skip
    if function in known:
        return _merge(known[function])(node, shapes)
    if function.startswith("nn.") and ALIASES.get(function[3:], function[3:]) in ACTIVATIONS:
        settings = {"function": ALIASES.get(function[3:], function[3:])}
        return [Described(LayerDescription("Activate", node.name, settings, inputs=node.inputs))]
    raise UnsupportedError(
        f"Layer '{node.name}' applies {printable(function)} of TensorFlow, which is not supported.", SUPPORTED
    )


_MAKERS: dict[str, Callable[[KerasNode, Sequence[Shape]], list[Described]]] = {
    "Conv2D": _conv2d, "DepthwiseConv2D": _depthwise, "SeparableConv2D": _separable, "Dense": _dense,
    "MaxPooling2D": _pool("MaxPool2D"), "AveragePooling2D": _pool("AveragePool2D"),
    "GlobalMaxPooling2D": _global_pool("GlobalMaxPool2D"),
    "GlobalAveragePooling2D": _global_pool("GlobalAveragePool2D"),
    "BatchNormalization": _batch_normalization, "BatchNormalizationV1": _batch_normalization,
    "LayerNormalization": _layer_normalization, "LayerScale": _layer_scale,
    "Rescaling": _rescaling, "Normalization": _normalization,
    "ZeroPadding2D": _zero_padding, "Cropping2D": _cropping, "CenterCrop": _middle, "RandomCrop": _middle,
    "UpSampling2D": _upsampling,
    "Resizing": _resizing, "ThresholdedReLU": _thresholded,
    "Add": _merge("Add"), "Subtract": _merge("Subtract"), "Multiply": _merge("Multiply"), "Average": _merge("Average"),
    "Maximum": _merge("Maximum"), "Minimum": _merge("Minimum"), "Concatenate": _merge("Concatenate"),
    "Divide": _merge("Divide"), "TrueDivide": _merge("Divide"), "TFOpLambda": _operation,
    **ACTIVATION_LAYERS,
}  # fmt: skip
