"""Keras layers whose windows slide over maps, and dense layers, as our layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import Shape
from cnntui.cnn.ops import Pair, extent
from cnntui.cnn.readers.keras.activations import activation_of
from cnntui.cnn.readers.keras.arguments import count, padding, pair, unsupported
from cnntui.cnn.readers.keras.calls import Config
from cnntui.cnn.readers.keras.described import Described, Stored
from cnntui.cnn.readers.keras.graph import KerasNode
from cnntui.cnn.sliding import Sliding


def conv2d(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    if node.config.get("padding") == "causal":
        return _causal(node, shapes)
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


def _causal(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    """Zeros before a sequence, so that no step reads a later one, followed by an unpadded convolution."""
    (rows, cols), (apart, _) = pair(node, "kernel_size"), pair(node, "dilation_rate", 1)
    if cols > 1 or len(shapes[0]) != 3:
        raise unsupported(node, "padding")
    before = extent(rows, apart) - 1
    name = f"{node.name}_padding"
    padding = LayerDescription("ZeroPadding2D", name, {"rows": (before, 0), "cols": (0, 0)}, inputs=node.inputs)
    length, *rest = shapes[0]
    inside = replace(node, inputs=(name,), config={**node.config, "padding": "valid"})
    return [Described(padding), *conv2d(inside, [(length + before, *rest)])]


def _slid(node: KerasNode, shape: Shape, maps: int) -> Shape:
    """The output shape of a layer whose window slides over maps."""
    if len(shape) != 3:
        return shape
    way = Sliding(pair(node, "kernel_size"), pair(node, "strides", 1), padding(node), pair(node, "dilation_rate", 1))
    return *way.positions(shape), maps


def _groups(node: KerasNode) -> int:
    return count(node, "groups") if "groups" in node.config else 1


def _weighted(
    kind: str, node: KerasNode, settings: Config, stored: dict[str, Stored], outputs: int, kernel: Shape | None = None
) -> Described:
    """A layer with a kernel and, unless it is switched off, a bias."""
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


def transposed(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    filters, size, shape = count(node, "filters"), pair(node, "kernel_size"), shapes[0]
    stride, dilation = pair(node, "strides", 1), pair(node, "dilation_rate", 1)
    more = node.config.get("output_padding")
    added = (None, None) if more is None else _added(node)
    is_same = padding(node) == "same"
    lengths, cut = zip(
        *(
            _transposed_length(length, extent(own, apart), step, plus, is_same)
            for length, own, apart, step, plus in zip(shape, size, dilation, stride, added, strict=False)
        ),
        strict=True,
    )
    activation, behind = activation_of(node, (*lengths, filters))
    settings: Config = {
        "size": lengths, "stride": stride, "cut": cut, "dilation": dilation, "activation": activation,
    }  # fmt: skip
    # Keras stores the filters before the input channels.
    stored = {"kernel": Stored(0, "kernel", (*size, filters, shape[-1]), axes=(0, 1, 3, 2))}
    kernel = (*size, shape[-1], filters)
    return [_weighted("Conv2DTranspose", node, settings, stored, filters, kernel), *behind]


def _added(node: KerasNode) -> Pair:
    """How many rows and columns are added at the ends of a transposed convolution's output."""
    value = node.config["output_padding"]
    value = [value, value] if type(value) is int else value
    if not isinstance(value, list) or len(value) != 2 or not all(type(each) is int and each >= 0 for each in value):
        raise unsupported(node, "output_padding")
    return value[0], value[1]


def _transposed_length(length: int, window: int, step: int, added: int | None, is_same: bool) -> Pair:
    """The output length of a transposed convolution along an axis, and how many cells it cuts off at the start."""
    if not is_same:
        return (length - 1) * step + max(window, step) if added is None else (length - 1) * step + window + added, 0
    given = length * step if added is None else (length - 1) * step + window % 2 + added
    return given, max((length - 1) * step + window - given, 0) // 2


def depthwise(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
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


def separable(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
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


def dense(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    units, shape = count(node, "units"), shapes[0]
    activation, behind = activation_of(node, (*shape[:-1], units))
    if len(shape) == 3:
        # On maps, a dense layer is a convolution of 1×1.
        stored = {"kernel": Stored(0, "kernel", (shape[-1], units))}
        return [_weighted("Conv2D", node, {"activation": activation}, stored, units, (1, 1, shape[-1], units)), *behind]
    stored = {"kernel": Stored(0, "kernel", (shape[-1], units))}
    return [_weighted("Dense", node, {"activation": activation}, stored, units), *behind]


def pool(kind: str) -> Callable[[KerasNode, Sequence[Shape]], list[Described]]:
    def make(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
        size = pair(node, "pool_size", 2)
        settings = {"size": size, "stride": pair(node, "strides", list(size)), "padding": padding(node)}
        return [Described(LayerDescription(kind, node.name, settings, inputs=node.inputs))]

    return make


def adaptive_pool(kind: str) -> Callable[[KerasNode, Sequence[Shape]], list[Described]]:
    """A pool that is given its output size: it becomes one with adjacent windows if the sizes divide evenly."""

    def make(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
        given = pair(node, "output_size")
        if any(length % wanted for length, wanted in zip(shapes[0], given, strict=False)):
            raise unsupported(node, "output_size")
        size = tuple(length // wanted for length, wanted in zip(shapes[0], given, strict=False))
        settings = {"size": size, "stride": size, "padding": "valid"}
        return [Described(LayerDescription(kind, node.name, settings, inputs=node.inputs))]

    return make


def pool_of_maps(kind: str) -> Callable[[KerasNode, Sequence[Shape]], list[Described]]:
    """A mean, or the largest, of all maps at each place."""

    def make(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
        if len(shapes[0]) != 3 or node.config.get("keepdims") is not True:
            raise unsupported(node, "axis")
        return [Described(LayerDescription(kind, node.name, inputs=node.inputs))]

    return make


def global_pool(kind: str) -> Callable[[KerasNode, Sequence[Shape]], list[Described]]:
    def make(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
        settings = {"keeps_map": node.config.get("keepdims") is True}
        return [Described(LayerDescription(kind, node.name, settings, inputs=node.inputs))]

    return make
