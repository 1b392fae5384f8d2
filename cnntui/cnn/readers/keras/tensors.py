"""What a Keras layer makes of tensors, whichever way their axes lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np

from cnntui.cnn.cost import check_size
from cnntui.cnn.layers import Shape
from cnntui.cnn.network import IMAGE
from cnntui.cnn.readers.answer import said_shape
from cnntui.cnn.readers.keras.arguments import SUPPORTED, unsupported
from cnntui.cnn.readers.keras.calls import Config
from cnntui.cnn.readers.keras.described import Described, Stored
from cnntui.cnn.readers.keras.graph import KerasGraph, KerasNode
from cnntui.cnn.readers.keras.layers import described, passes
from cnntui.cnn.readers.keras.operations import as_layer
from cnntui.cnn.readers.tensors import CHANNELS_FIRST, CHANNELS_LAST, Axes, Layers, Value, is_counting, places, square
from cnntui.cnn.readers.unsupported import UnsupportedError
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable

_MOST_AXES = 8

_SINGLY = ("Activation", "ReLU", "LeakyReLU", "ELU", "Rescaling", "Add", "Subtract", "Multiply", "TFOpLambda", "Divide",
           "TrueDivide")  # fmt: skip
"""Layers that work number by number, and so on images without an axis for channels too."""


@dataclass(frozen=True)
class WeightsPlace:
    """Where a layer's weights are.

    Attributes:
        path: in a `.keras` file.
        groups: in an `.h5` file, see `KerasNode`.
        stored: its arrays by role.
    """

    path: tuple[str, ...]
    groups: tuple[str, ...]
    stored: Mapping[str, Stored]


@dataclass(eq=False)
class KerasLayers(Layers):
    """Layers that are added for those of Keras.

    Attributes:
        places: where their weights are, by their names.
    """

    places: dict[str, WeightsPlace] = field(default_factory=dict)

    def applied(self, node: KerasNode, given: Sequence[Value]) -> Value:
        """What a layer makes of tensors.

        Raises:
            UnsupportedError: it is of a kind, or is used in a way, that cnntui does not compute; the message names it.
            CnntuiError: it does not fit, or is too large.
        """
        node = as_layer(node)
        if (quantized := _quantized(node)) is not None:
            raise UnsupportedError(
                f"Layer '{node.name}' is quantized ({quantized}), which is not supported.",
                "Open the model that it was made from, before model.quantize(…).",
            )
        if passes(node.kind):
            return given[0]
        if node.kind in _RESHAPES and len(given) == 1:
            return _RESHAPES[node.kind](self, node, given[0])
        return self._computed(node, given)

    def _computed(self, node: KerasNode, given: Sequence[Value]) -> Value:
        read = [self._read(node, value) for value in given]
        ways = {axes for _, axes in read}
        if len(ways) > 1:
            raise UnsupportedError(f"Layer '{node.name}' merges tensors whose axes are in different orders.", SUPPORTED)
        names, axes = [name for name, _ in read], ways.pop()
        known = dict(zip(node.inputs, names, strict=True))
        own = replace(
            node,
            inputs=tuple(names),
            arguments=tuple(known[value] if isinstance(value, str) else value for value in node.arguments),
            config=_turned(node, axes),
        )
        made = described(own, [self.shapes[name] for name in names])
        for each in made:
            self.append(each.layer)
            if stored := _stored(node, each, given[0], axes):
                path = (*node.path, *each.within)
                self.places[each.layer.name] = WeightsPlace(path, node.groups, stored)
        return self._made_of(node, given, made[-1].layer.name, axes) if made else given[0]

    def _read(self, node: KerasNode, value: Value) -> tuple[str, Axes]:
        """The layer whose output is a tensor, and how the axes lie; those of a vector in one way only."""
        if len(value.shape) == 1:
            return self.shaped(value.layer, (prod(self.shapes[value.layer]),), f"{node.name}_flat"), (0,)
        whole = value
        if len(value.shape) == 2 and node.kind in _SINGLY:
            whole = Value(value.layer, value.places[..., np.newaxis])
        found = self.lying(whole, _format(node))
        if found is None:
            raise UnsupportedError(
                f"Layer '{node.name}' of the kind {node.kind} reads {said_shape(value.shape)}, which is not supported.",
                SUPPORTED,
            )
        return found

    def _made_of(self, node: KerasNode, given: Sequence[Value], layer: str, axes: Axes) -> Value:
        """A layer's output as a tensor with its axes as in what it reads."""
        first, shape = given[0], self.shapes[layer]
        if len(first.shape) == 2:
            return Value(layer, places(prod(shape)).reshape(shape).squeeze(-1))
        if len(first.shape) > 1 or node.kind == "Dense":
            return self.given(layer, axes)
        if node.kind == "Concatenate":
            starts = np.cumsum([0, *(value.places.size for value in given)])
            return Value(
                layer, np.concatenate([value.places + start for value, start in zip(given, starts, strict=False)])
            )
        if any(not np.array_equal(value.places, first.places) for value in given):
            raise UnsupportedError(f"Layer '{node.name}' merges vectors in different orders.", SUPPORTED)
        return Value(layer, first.places)


def _quantized(node: KerasNode) -> str | None:
    """What a layer's weights are rounded to, where that is more than to another kind of float."""
    policy = node.config.get("dtype")
    settings = policy.get("config") if isinstance(policy, dict) else None
    name = settings.get("name") if isinstance(settings, dict) else None
    mode = str(settings.get("mode") or name) if isinstance(settings, dict) else ""
    return printable(mode[:80]) if mode.startswith(("int", "float8", "gptq", "awq")) else None


def _turned(node: KerasNode, axes: Axes) -> Config:
    """The arguments of a layer, with its axes as maps here have them."""
    if axes != CHANNELS_FIRST:
        return node.config
    has_row = any(isinstance(value, tuple) for value in node.arguments)
    if has_row or node.kind == "Dense" or (node.kind != "Softmax" and node.config.get("activation") == "softmax"):
        raise UnsupportedError(f"Layer '{node.name}' works along columns, which is not supported.", SUPPORTED)

    def ours(axis: Any) -> Any:
        if isinstance(axis, list):
            return [ours(each) for each in axis]
        if type(axis) is not int or not -3 <= axis <= 3 or axis == 0:
            return axis
        return axes.index(axis % 4 - 1) + 1

    turned = {key: ours(node.config[key]) for key in ("axis", "shared_axes") if node.config.get(key) is not None}
    return {**node.config, "axis": ours(-1), **turned}


def _stored(node: KerasNode, each: Described, value: Value, axes: Axes) -> dict[str, Stored]:
    """Where a layer's weights are, and how they lie there where that is otherwise than here."""
    order = value.places if len(value.shape) == 1 and not is_counting(value.places) else None
    if order is not None and any(isinstance(part, tuple) and len(part) > 1 for part in each.layer.settings.values()):
        raise UnsupportedError(f"Layer '{node.name}' has a number for each of a vector in another order.", SUPPORTED)
    stored = {}
    for role, where in each.stored.items():
        if order is not None and role != "bias" and where.shape[:1] == order.shape:
            where = replace(where, order=order)
        if axes == CHANNELS_FIRST and len(each.layer.weights[role]) == len(where.shape) == 3:
            turned = each.layer.weights[role]
            where = replace(where, shape=tuple(turned[axis] for axis in np.argsort(axes)), axes=axes)
        stored[role] = where
    return stored


def _permuted(build: KerasLayers, node: KerasNode, x: Value) -> Value:
    if (axes := _permutation(node, len(x.shape))) is None:
        raise unsupported(node, "dims")
    return Value(x.layer, x.places.transpose(axes))


def _permutation(node: KerasNode, count: int) -> list[int] | None:
    """The order in which a layer puts so many axes; None where that is none."""
    dims = node.config.get("dims")
    if not isinstance(dims, list) or len(dims) != count or not all(type(axis) is int for axis in dims):
        return None
    return [axis - 1 for axis in dims] if sorted(dims) == [*range(1, count + 1)] else None


def _format(node: KerasNode) -> Axes | None:
    """How a layer says that the axes of maps lie; None where it does not."""
    return {"channels_first": CHANNELS_FIRST, "channels_last": CHANNELS_LAST}.get(str(node.config.get("data_format")))


def _flattened(build: KerasLayers, node: KerasNode, x: Value) -> Value:
    """Keras puts channels last before it flattens, where it is told that they come first."""
    is_turned = len(x.shape) == 3 and _format(node) == CHANNELS_FIRST
    turned = x.places.transpose(CHANNELS_FIRST) if is_turned else x.places
    layer = build.shaped(x.layer, (x.places.size,), node.name)
    return Value(layer, turned.reshape(-1))


def _reshaped(build: KerasLayers, node: KerasNode, x: Value) -> Value:
    target = node.config.get("target_shape")
    if not isinstance(target, list) or not all(type(length) is int for length in target[:_MOST_AXES]):
        raise unsupported(node, "target_shape")
    if not 0 < len(target) <= _MOST_AXES or target.count(-1) > 1:
        raise unsupported(node, "target_shape")
    rest = -prod(target)
    if -1 in target and rest > 0 and x.places.size % rest == 0:
        target = [x.places.size // rest if length == -1 else length for length in target]
    if min(target) < 1 or prod(target) != x.places.size:
        raise unsupported(node, "target_shape")
    made = x.places.reshape(target)
    if len(target) in (1, 3) and is_counting(made):
        return Value(build.shaped(x.layer, tuple(target), node.name), made)
    return Value(x.layer, made)


def _with_an_axis(build: KerasLayers, node: KerasNode, x: Value) -> Value:
    axis = node.config.get("axis")
    count = len(x.shape)
    if type(axis) is not int or not (0 < axis <= count + 1 or -count - 1 <= axis < 0):
        raise unsupported(node, "axis")
    return Value(x.layer, np.expand_dims(x.places, axis - 1 if axis > 0 else axis))


_RESHAPES = {"Permute": _permuted, "Flatten": _flattened, "Reshape": _reshaped, "ExpandDims": _with_an_axis}
"""Layers that change no number, only where it stands."""


def image_of(graph: KerasGraph) -> tuple[Shape, Value]:
    """The shape of an image, and the tensor that the model is given.

    Raises:
        CnntuiError: it is given no image, or one that is too large.
    """
    shape = graph.input_shape
    check_size(shape, "The model reads images of")
    count = prod(shape)
    if len(shape) == 1 and (side := square(count)) is not None:
        return side, Value(IMAGE, places(count))
    if len(shape) == 2:
        # Of images in one channel Keras needs no axis for it, and puts one in later.
        return (*shape, 1), Value(IMAGE, places(count).reshape(shape))
    if len(shape) != 3:
        raise CnntuiError(f"The model takes {said_shape(shape)}, not images of height × width × channels.", SUPPORTED)
    if not _channels_come_first(graph):
        return shape, Value(IMAGE, places(count).reshape(shape))
    rows_first = shape[1], shape[2], shape[0]
    return rows_first, Value(IMAGE, places(count).reshape(rows_first).transpose(2, 0, 1))


def _channels_come_first(graph: KerasGraph) -> bool:
    """Whether the first layer that says where it has the channels has them in the first axis of the image."""
    axes = [0, 1, 2]
    for node in graph.nodes:
        if node.kind == "Permute":
            axes = [axes[axis] for axis in _permutation(node, 3) or (0, 1, 2)]
        elif (way := _format(node)) is not None and node.kind != "Flatten":
            return axes[0 if way == CHANNELS_FIRST else 2] == 0
        elif node.kind in ("Reshape", "Flatten"):
            break
    return False
