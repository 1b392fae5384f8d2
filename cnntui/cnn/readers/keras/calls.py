"""Reads the description of a Keras model piece by piece: its objects, its shapes, and the calls of its layers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from types import EllipsisType
from typing import Any

from cnntui.cnn.layers import Shape
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable
from cnntui.values import dataclass

Config = dict[str, Any]

MOST_NODES = 2000
"""The most layers of a model, including those of nested models."""

DEEPEST = 20
"""The most levels of nested models."""

_CONSTANT = "_CONSTANT_VALUE"
"""What Keras 2 writes in place of a layer's name if the first argument of an operation is a number."""

_LONGEST_NAME = 1000

_LONGEST_ROW = 10_000
"""The most numbers in an array that a layer is called with."""

_MOST_AXES = 8

MOST_READS = 10 * MOST_NODES
"""The most inputs of all layers of a model together."""

NOT_READ = (
    "cnntui opens Sequential and Functional models that are given one image; other models may open as ONNX: "
    "model.export('name.onnx', format='onnx')."
)


def first_layer(model: Config) -> Config:
    """The first layer of a model's list."""
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, dict) else config
    if not isinstance(layers, list) or not layers or not isinstance(layers[0], dict):
        raise CnntuiError("The model's description lists no layers.", NOT_READ)
    return layers[0]


Reference = tuple[str, int, int]
"""A tensor: the name of the layer that gives it, which of that layer's calls, and which of its outputs."""

IndexPart = slice | int | EllipsisType | None


@dataclass(frozen=True)
class Subscript:
    """The brackets after a tensor: `x[:, ::2, ..., 0]`."""

    parts: tuple[IndexPart, ...]


Call = list[tuple[Any, bool]]
"""The arguments of a call: references with True, other values with False."""


def calls_of(layer: Config) -> Iterator[Call]:
    """Every call of a layer in a functional model, with its arguments."""
    nodes = layer.get("inbound_nodes")
    for node in nodes if isinstance(nodes, list) else ():
        yield list(islice(arguments(node), MOST_READS + 1))


def named_of(layer: Config, number: int) -> Config:
    """The named arguments of one call of a TensorFlow operation in a Keras 2 model."""
    nodes = layer.get("inbound_nodes")
    value = nodes[number] if isinstance(nodes, list) and number < len(nodes) else None
    for _ in range(3):
        if _is_reference(value) or not isinstance(value, list) or not value or not isinstance(value[0], list):
            break
        value = value[0]
    named = value[3] if isinstance(value, list) and len(value) == 4 else None
    return named if isinstance(named, dict) else {}


def reads_of(call: Call) -> list[tuple[Reference, bool]]:
    return [(value, True) for value, is_tensor in call if is_tensor]


def arguments(value: Any, depth: int = 0) -> Iterator[tuple[Any, bool]]:
    """References, numbers and rows of numbers in a call, in order."""
    if depth > DEEPEST:
        raise CnntuiError("The model's description is damaged: a call of a layer has no end.", NOT_READ)
    if isinstance(value, dict) and isinstance(history := part_of(value, "config", "keras_history"), list):
        yield from ((reference, True) for reference in tensors([history]))
    elif isinstance(value, dict) and value.get("class_name") in ("__numpy__", "__tensor__"):
        yield _row(part_of(value, "config", "value")), False
    elif isinstance(value, list) and any(map(_is_slice, value)):
        yield Subscript(tuple(map(_index_part, value))), False
    elif isinstance(value, dict):
        # Keras 3: `{"args": […], "kwargs": {…}}`; Keras 2: the named arguments of an operation.
        named = {**value, **value["kwargs"]} if isinstance(value.get("kwargs"), dict) else value
        for key, inner in named.items():
            if key in ("args", "y", "x2", "b", "bias", "slice_spec") or (isinstance(inner, dict) and "config" in inner):
                yield from arguments(inner, depth + 1)
    elif _is_reference(value):
        yield from ((reference, True) for reference in tensors([value]))
        if len(value) > 3:
            yield from arguments(value[3], depth + 1)
    elif isinstance(value, list) and value[:1] == [_CONSTANT] and len(value) > 2:
        yield from arguments(value[2:], depth + 1)
    elif isinstance(value, list) and len(value) > 1 and all(type(each) in (int, float) for each in value):
        yield _row(value), False
    elif isinstance(value, list):
        for inner in value:
            yield from arguments(inner, depth + 1)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value, False


def _is_slice(value: Any) -> bool:
    """Whether it is a slice, or an ellipsis; Keras 2 writes a slice without its class."""
    return isinstance(value, dict) and (
        value.get("class_name") in ("__slice__", "__ellipsis__") or {"start", "stop", "step"} == value.keys()
    )


def _index_part(value: Any) -> IndexPart:
    if isinstance(value, dict) and value.get("class_name") == "__ellipsis__":
        return ...
    if isinstance(value, dict):
        told = value.get("config", value)
        bounds = [told.get(key) if isinstance(told, dict) else "" for key in ("start", "stop", "step")]
        if (
            all(bound is None or (type(bound) is int and abs(bound) <= _LONGEST_ROW) for bound in bounds)
            and bounds[2] != 0
        ):
            return slice(*bounds)
    elif value is None or type(value) is int:
        return value
    raise CnntuiError("The model's description is damaged: a slice has odd bounds.", NOT_READ)


def _row(value: Any) -> tuple[Any, ...]:
    """The numbers of an array whose last axis is its only long one; empty for any other."""
    while isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    row = value if isinstance(value, list) else [value]
    are_numbers = len(row) <= _LONGEST_ROW and all(type(each) in (int, float) for each in row)
    return tuple(row) if are_numbers else ()


def part_of(value: Config, *keys: str) -> Any:
    """The value at a path of nested objects; None if any part is missing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None  # type: ignore[assignment]
    return value


def _is_reference(value: Any) -> bool:
    """Whether it is a reference such as `["conv2d", 0, 0]`; Keras 2 appends named arguments."""
    return (
        isinstance(value, list) and 3 <= len(value) <= 4 and isinstance(value[0], str) and value[0] != _CONSTANT
        and type(value[1]) is int and type(value[2]) is int
    )  # fmt: skip


def tensors(value: Any) -> list[Reference]:
    """The references in `["dense", 0, 0]` or in a list of these."""
    if _is_reference(value):
        return [(printable(value[0][:_LONGEST_NAME]), value[1], value[2])]
    if isinstance(value, dict):
        return [each for inner in value.values() for each in tensors(inner)]
    if isinstance(value, list):
        return [each for inner in value if isinstance(inner, list | dict) for each in tensors(inner)]
    return []


def declared_shape(layer: Config) -> Shape | None:
    """The input shape that a layer declares; None if it declares none."""
    config = layer.get("config")
    if not isinstance(config, dict):
        return None
    return shape_of(config.get("batch_shape")) or shape_of(config.get("batch_input_shape"))


def shape_of(value: Any) -> Shape | None:
    if not isinstance(value, list) or not 2 <= len(value) <= _MOST_AXES:
        return None
    if not all(type(length) is int and length > 0 for length in value[1:]):
        return None
    return tuple(value[1:])


def layer_name(layer: Config) -> str:
    """A layer's name, made printable before it is used anywhere."""
    return printable(text(layer if isinstance(layer.get("name"), str) else part(layer, "config"), "name"))


def part(config: Config, key: str) -> Config:
    """The object under a name in a description.

    Raises:
        CnntuiError: there is none.
    """
    value = config.get(key)
    if not isinstance(value, dict):
        raise CnntuiError(f"The model's description is damaged: '{key}' is missing or not an object.", NOT_READ)
    return value


def text(config: Config, key: str) -> str:
    """The text under a name in a description.

    Raises:
        CnntuiError: there is none.
    """
    value = config.get(key)
    if not isinstance(value, str):
        raise CnntuiError(f"The model's description is damaged: '{key}' is missing or not a text.", NOT_READ)
    if len(value) > _LONGEST_NAME:
        raise CnntuiError(f"The model's description is damaged: '{key}' is {len(value):,} letters long.", NOT_READ)
    return value
