"""Applies Keras layers to tensors, in whichever order their axes are."""

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
from cnntui.cnn.readers.keras.layers import MERGES, described, passes
from cnntui.cnn.readers.keras.layouts import RESHAPES, LaidOut, format_of, permutation
from cnntui.cnn.readers.keras.operations import as_layer
from cnntui.cnn.readers.keras.sequences import is_along_a_sequence, over_maps
from cnntui.cnn.readers.tensors import CHANNELS_FIRST, CHANNELS_LAST, Axes, Value, is_counting, places, square
from cnntui.cnn.readers.unsupported import UnsupportedError
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable

_ALONG_AXES = (
    "Softmax", "BatchNormalization", "BatchNormalizationV1", "LayerNormalization", "RMSNormalization",
    "UnitNormalization",
)  # fmt: skip
"""Layers that work along the axes named in their arguments."""


@dataclass(frozen=True)
class WeightsPlace:
    """Where a layer's weights are stored.

    Attributes:
        path: their path in a `.keras` file.
        groups: their groups in an `.h5` file, see `KerasNode`.
        stored: its arrays by role.
    """

    path: tuple[str, ...]
    groups: tuple[str, ...]
    stored: Mapping[str, Stored]


@dataclass(eq=False)
class KerasLayers(LaidOut):
    """Our layers, as they are added for those of Keras.

    Attributes:
        places: where their weights are stored, by layer name.
    """

    places: dict[str, WeightsPlace] = field(default_factory=dict)

    def applied(self, node: KerasNode, given: Sequence[Value]) -> Value:
        """The output of a layer for some tensors.

        Raises:
            UnsupportedError: cnntui does not compute layers of this kind, or not in this use; the message names the
            layer.
            CnntuiError: it does not fit, or is too large.
        """
        node = as_layer(_unwrapped(node))
        if (quantized := _quantized(node)) is not None:
            raise UnsupportedError(
                f"Layer '{node.name}' is quantized ({quantized}), which is not supported.",
                "Open the model that it was made from, before model.quantize(…).",
            )
        if passes(node):
            return given[0]
        if node.output and node.kind != "Split":
            raise UnsupportedError(f"Layer '{node.name}' of the kind {node.kind} gives several results.", SUPPORTED)
        if node.kind in RESHAPES and len(given) == 1:
            return RESHAPES[node.kind](self, node, given[0])
        if node.kind == "Stack":
            given = [RESHAPES["ExpandDims"](self, node, value) for value in given]
            node = replace(node, kind="Concatenate")
        if (softmax := _softmax_along(node)) is not None:
            plain = replace(node, config={**node.config, "activation": None})
            return self._computed(softmax, [self._computed(plain, given)])
        return self._computed(node, given)

    def _computed(self, node: KerasNode, given: Sequence[Value]) -> Value:
        given = _of_one_rank(node, given)
        between = self._column(node, given)
        names, axes = self._read_all(node, given, between)
        if node.kind in _ALONG_AXES and (along := _worked_along(node, len(given[0].shape))) != _last(axes, between):
            return self._along(node, given[0], along)
        known = dict(zip(node.inputs, names, strict=True))
        own = over_maps(node) if is_along_a_sequence(node) else node
        own = replace(
            own,
            inputs=tuple(names),
            arguments=tuple(known[value] if isinstance(value, str) else value for value in node.arguments),
            config=_turned(own, axes, between),
        )
        made = described(own, [self.shapes[name] for name in names])
        for each in made:
            self.append(each.layer)
            if stored := _stored(node, each, given[0], axes, between):
                path = (*node.path, *each.within)
                self.places[each.layer.name] = WeightsPlace(path, node.groups, stored)
        return self._made_of(node, given, made[-1].layer.name, axes, between) if made else given[0]

    def _column(self, node: KerasNode, given: Sequence[Value]) -> int | None:
        """Where a sequence `(steps, features)` gets an axis for a single column, as maps have one; None if nowhere."""
        if any(len(value.shape) != 2 for value in given):
            if is_along_a_sequence(node):
                shapes = " and ".join(said_shape(value.shape) for value in given)
                raise UnsupportedError(
                    f"Layer '{node.name}' slides along a sequence, but reads {shapes}, which is not supported.",
                    SUPPORTED,
                )
            return None
        if is_along_a_sequence(node):
            return 2 if format_of(node) == CHANNELS_FIRST else 1
        # An image with one channel, for which Keras needs no axis, remains a map.
        is_softmax = node.kind == "Softmax" or "softmax" in str(node.config.get("activation"))
        has_row = any(isinstance(value, tuple) for value in node.arguments)
        is_map = node.kind in _SINGLY and not is_softmax and not has_row
        return 2 if is_map and all(self.shapes[value.layer] == (*value.shape, 1) for value in given) else 1

    def _read_all(self, node: KerasNode, given: Sequence[Value], between: int | None) -> tuple[list[str], Axes]:
        """The layers that give some tensors with their axes in one order: that of the largest tensor."""
        largest = max(range(len(given)), key=lambda place: given[place].places.size)
        name, axes = self._read(node, given[largest], between)
        names = [
            name if place == largest else self._read(node, value, between, axes)[0] for place, value in enumerate(given)
        ]
        return names, axes

    def _read(self, node: KerasNode, value: Value, between: int | None, axes: Axes | None = None) -> tuple[str, Axes]:
        """The layer that gives a tensor, and the order of its axes; a vector has only one order."""
        if value.places.size != prod(self.shapes[value.layer]) and len(value.shape) != 3:
            raise UnsupportedError(f"Layer '{node.name}' reads a part of its input in an odd order.", SUPPORTED)
        if len(value.shape) == 1:
            return self.shaped(value.layer, (prod(self.shapes[value.layer]),), f"{node.name}_flat"), (0,)
        whole, wanted = value, axes or format_of(node)
        if between is not None:
            whole = Value(value.layer, np.expand_dims(value.places, between))
            wanted = wanted or CHANNELS_LAST
        found = self.lying(whole, wanted)
        if found is None:
            raise UnsupportedError(
                f"Layer '{node.name}' of the kind {node.kind} reads {said_shape(value.shape)}, which is not supported.",
                SUPPORTED,
            )
        return found

    def _along(self, node: KerasNode, value: Value, along: list[int]) -> Value:
        """The output of a layer that works along other axes than the last: they are put last and merged into one."""
        rest = [axis for axis in range(len(value.shape)) if axis not in along]
        order, lengths = [*rest, *along], [value.shape[axis] for axis in along]
        maps = [*(value.shape[axis] for axis in rest), 1, 1][:2] if rest else []

        def laid(given: Value) -> str | None:
            return self._laid(
                Value(given.layer, given.places.transpose(order).reshape(*maps, prod(lengths))), node.name
            )

        # Axes that are already in another order cannot be merged before they are put in order.
        name = laid(value) or laid(self._in_order(value))
        if name is None:
            raise unsupported(node, "axis")
        own = replace(node, inputs=(name,), arguments=(name,), config={**node.config, "axis": -1})
        (made,) = described(own, [self.shapes[name]])
        self.append(made.layer)
        if made.stored:
            stored = {role: replace(where, shape=tuple(lengths)) for role, where in made.stored.items()}
            self.places[made.layer.name] = WeightsPlace(node.path, node.groups, stored)
        own_places = places(value.places.size).reshape([value.shape[axis] for axis in order])
        return Value(made.layer.name, own_places.transpose(np.argsort(order)))

    def _in_order(self, value: Value) -> Value:
        """The tensor with its numbers in the order in which a layer gives them, if there can be such a layer."""
        found = self.lying(value, CHANNELS_LAST)
        return value if found is None else self.given(found[0], CHANNELS_LAST)

    def _laid(self, value: Value, name: str) -> str | None:
        """The layer that gives a tensor in the tensor's own order, as a vector or as maps; None if there is none."""
        if len(value.shape) == 3:
            found = self.lying(value, CHANNELS_LAST)
            return None if found is None else found[0]
        return self.shaped(value.layer, value.shape, f"{name}_flat") if is_counting(value.places) else None

    def _made_of(self, node: KerasNode, given: Sequence[Value], layer: str, axes: Axes, between: int | None) -> Value:
        """A layer's output as a tensor whose axes are in the same order as those of its input."""
        first = given[0]
        if len(first.shape) > 1 or node.kind == "Dense":
            made = self.given(layer, axes)
            is_sequence = between is not None and len(made.shape) == 3
            return Value(layer, made.places.squeeze(between)) if is_sequence else made
        if node.kind == "Concatenate":
            starts = np.cumsum([0, *(value.places.size for value in given)])
            return Value(
                layer, np.concatenate([value.places + start for value, start in zip(given, starts, strict=False)])
            )
        if any(not np.array_equal(value.places, first.places) for value in given):
            raise UnsupportedError(f"Layer '{node.name}' merges vectors in different orders.", SUPPORTED)
        return Value(layer, first.places)


_ALONG_THE_LAST = (
    "Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Dropout", "BatchNormalization",
    "LayerNormalization", "Rescaling",
)  # fmt: skip
"""Layers that do the same at every step of a sequence, or at every place of a map, as over all of them at once."""


def _unwrapped(node: KerasNode) -> KerasNode:
    """The layer inside a wrapper that has an effect only in training, or none at all."""
    inner = node.config.get("layer") if node.kind in ("SpectralNormalization", "TimeDistributed") else None
    if node.kind == "TimeDistributed" and isinstance(inner, dict) and inner.get("class_name") not in _ALONG_THE_LAST:
        return node
    kind, config = (inner.get("class_name"), inner.get("config")) if isinstance(inner, dict) else (None, None)
    if not isinstance(kind, str) or not isinstance(config, dict) or kind == node.kind:
        return node
    return replace(node, kind=printable(kind), config=config, path=(*node.path, "layer"))


def _of_one_rank(node: KerasNode, given: Sequence[Value]) -> Sequence[Value]:
    """The tensors that a layer merges, with axes of length 1 put first where they lack some, as Keras does it."""
    count = max(len(value.shape) for value in given)
    if node.kind not in MERGES or node.kind == "Concatenate" or all(len(value.shape) == count for value in given):
        return given
    return [Value(each.layer, each.places.reshape((1,) * (count - len(each.shape)) + each.shape)) for each in given]


def _softmax_along(node: KerasNode) -> KerasNode | None:
    """The softmax that follows a layer whose activation is a softmax along another axis than the last."""
    value = node.config.get("activation")
    config = value.get("config") if isinstance(value, dict) and value.get("class_name") == "Softmax" else None
    if not isinstance(config, dict) or config.get("axis", -1) == -1:
        return None
    name = f"{node.name}_activation"
    return replace(node, kind="Softmax", name=name, config={"axis": config["axis"]}, inputs=(node.name,), arguments=())


_SINGLY = (
    "Activation", "ReLU", "LeakyReLU", "ELU", "Rescaling", "Add", "Subtract", "Multiply", "TFOpLambda", "Divide",
    "TrueDivide",
)  # fmt: skip
"""Layers that treat each number separately."""


def _worked_along(node: KerasNode, count: int) -> list[int]:
    """The axes along which a layer works, from 0, of the `count` axes of one image."""
    axis = node.config.get("axis", -1)
    axes = axis if isinstance(axis, list) else [axis]
    if not axes or not all(type(each) is int and (0 < each <= count or -count <= each < 0) for each in axes):
        raise unsupported(node, "axis")
    found = [each - 1 if each > 0 else count + each for each in axes]
    if found != sorted({*found}):
        raise unsupported(node, "axis")
    return found


def _last(axes: Axes, between: int | None) -> list[int]:
    """The axis of a tensor that becomes the last axis of the maps."""
    return [axes[-1] - (between is not None and between < axes[-1])]


def _quantized(node: KerasNode) -> str | None:
    """How a layer's weights are quantized; None if they are not, or only stored as another kind of float."""
    policy = node.config.get("dtype")
    settings = policy.get("config") if isinstance(policy, dict) else None
    name = settings.get("name") if isinstance(settings, dict) else None
    mode = str(settings.get("mode") or name) if isinstance(settings, dict) else ""
    return printable(mode[:80]) if mode.startswith(("int", "float8", "gptq", "awq")) else None


def _turned(node: KerasNode, axes: Axes, between: int | None) -> Config:
    """The arguments of a layer, with axes as our maps have them."""
    if node.kind in _ALONG_AXES:
        return {**node.config, "axis": -1}
    if between is not None:
        return {**node.config, **_with_a_column(node)}
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


def _with_a_column(node: KerasNode) -> Config:
    """The arguments that name axes of a sequence, adapted to the added column."""
    found: Config = {}
    if node.kind == "Concatenate":
        found["axis"] = {1: 1, -2: 1, 2: 3, -1: 3}.get(node.config.get("axis", -1), 0)
    if node.kind == "GroupNormalization" and node.config.get("axis") == 2:
        found["axis"] = 3
    if isinstance(shared := node.config.get("shared_axes"), list):
        found["shared_axes"] = [3 if axis == 2 else axis for axis in shared]
    return found


def _stored(node: KerasNode, each: Described, value: Value, axes: Axes, between: int | None) -> dict[str, Stored]:
    """Where a layer's weights are stored, and how their order there differs from ours."""
    order = value.places if len(value.shape) == 1 and not is_counting(value.places) else None
    if order is not None and any(isinstance(part, tuple) and len(part) > 1 for part in each.layer.settings.values()):
        raise UnsupportedError(f"Layer '{node.name}' has a number for each of a vector in another order.", SUPPORTED)
    stored = {}
    for role, where in each.stored.items():
        if order is not None and role != "bias" and where.shape[:1] == order.shape:
            where = replace(where, order=order)
        if between is not None and len(where.shape) > 2:
            # The stored weights do not have the added column.
            kept = None if where.axes is None else tuple(axis - (axis > 1) for axis in where.axes if axis != 1)
            where = replace(where, shape=(where.shape[0], *where.shape[2:]), axes=kept)
        if axes == CHANNELS_FIRST and len(each.layer.weights[role]) == len(where.shape) == 3:
            turned = each.layer.weights[role]
            where = replace(where, shape=tuple(turned[axis] for axis in np.argsort(axes)), axes=axes)
        stored[role] = where
    return stored


def image_of(graph: KerasGraph) -> tuple[Shape, Value]:
    """The shape of an image, and the tensor that the model reads.

    Raises:
        CnntuiError: the model does not read an image, or one that is too large.
    """
    shape = graph.input_shape
    check_size(shape, "The model reads images of")
    count = prod(shape)
    if len(shape) == 1 and (side := square(count)) is not None:
        return side, Value(IMAGE, places(count))
    if len(shape) == 2:
        # Images with one channel need no axis for it in Keras, which adds one later.
        return (*shape, 1), Value(IMAGE, places(count).reshape(shape))
    if len(shape) != 3:
        raise CnntuiError(f"The model takes {said_shape(shape)}, not images of height × width × channels.", SUPPORTED)
    if not _channels_come_first(graph):
        return shape, Value(IMAGE, places(count).reshape(shape))
    rows_first = shape[1], shape[2], shape[0]
    return rows_first, Value(IMAGE, places(count).reshape(rows_first).transpose(2, 0, 1))


def _channels_come_first(graph: KerasGraph) -> bool:
    """Whether, by the first layer that declares it, the channels are in the image's first axis."""
    axes = [0, 1, 2]
    for node in graph.nodes:
        if node.kind == "Permute":
            axes = [axes[axis] for axis in permutation(node, 3) or (0, 1, 2)]
        elif (way := format_of(node)) is not None and node.kind != "Flatten":
            return axes[0 if way == CHANNELS_FIRST else 2] == 0
        elif node.kind in ("Reshape", "Flatten"):
            break
    return False
