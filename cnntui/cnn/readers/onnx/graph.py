"""The operations and constants of an ONNX graph, from the output of `process`, none of which is trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.cost import check_size
from cnntui.cnn.layers import Shape
from cnntui.cnn.readers.answer import several_inputs
from cnntui.cnn.readers.confined import Content
from cnntui.cnn.readers.tensors import places, square
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable
from cnntui.values import dataclass

Array = NDArray[Any]

LONGEST_NAME = 200

MOST_AXES = 8

FLOATS = (1, 10, 11, 16)
"""ONNX's numbers for the floating-point types."""

HINT = "Export the model again, and check the file with onnx.checker.check_model('name.onnx')."

_MOST_OUTPUTS = 16
"""Of a model with more outputs, only the first ones are checked."""


@dataclass(frozen=True)
class OnnxNode:
    """One node of the graph.

    Attributes:
        kind: such as 'Conv'; an operation from outside ONNX's own set has the name of its set before it.
        name: its name in the file, made printable; may be empty.
        inputs: the names of tensors; empty for an input that is left out.
        outputs: the names of tensors.
        attributes: numbers, texts, and lists of these.
    """

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OnnxGraph:
    """An ONNX model.

    Attributes:
        opset: the version of ONNX's set of operations.
        input: the name of the input tensor.
        input_shape: the lengths of its axes; None for a length that is not fixed.
        output: the name of the output tensor.
        operations: the operations that the output depends on, in an order in which they can be computed.
        constants: the tensors stored in the file, by name.
    """

    opset: int
    input: str
    input_shape: tuple[int | None, ...]
    output: str
    operations: tuple[OnnxNode, ...]
    constants: Mapping[str, Array]


def graphs_of(content: Content) -> Iterator[OnnxGraph]:
    """The graph of each output in a file, in order.

    Raises:
        CnntuiError: it does not have one input, has no output, or is damaged.
    """
    said = content.said
    constants: dict[str, Array] = dict(content.arrays)
    for name, whole in said["whole"].items():
        constants[name] = np.array(whole["values"], np.int64).reshape(whole["shape"])
    inputs, outputs = said["inputs"], said["outputs"]
    if len(inputs) != 1:
        raise several_inputs(len(inputs))
    if not outputs:
        raise CnntuiError("The model has no output.", HINT)
    operations = [
        OnnxNode(printable(node["op"])[:80], printable(node["name"][:LONGEST_NAME]), tuple(node["inputs"]),
                  tuple(node["outputs"]), node["attributes"])
        for whole_node in said["nodes"]
        for node in _with_one_output(whole_node)
    ]  # fmt: skip
    shape = tuple(length if type(length) is int and length > 0 else None for length in inputs[0]["shape"])
    given = inputs[0]["name"]
    for output in outputs[:_MOST_OUTPUTS]:
        needed = _needed(operations, output, given, constants)
        yield OnnxGraph(said["opset"], given, shape, output, needed, constants)


def _with_one_output(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A node for each part that a tensor is split into; any other node unchanged."""
    if node["op"] != "Split":
        yield node
        return
    for number, output in enumerate(node["outputs"]):
        parts = {"part": number, "parts": len(node["outputs"])}
        yield {**node, "outputs": [output], "attributes": {**node["attributes"], **parts}}


def _needed(
    operations: list[OnnxNode], output: str, given: str, constants: Mapping[str, Array]
) -> tuple[OnnxNode, ...]:
    """The operations that a tensor depends on, in the order of the file, in which each must follow its inputs."""
    makers = {name: place for place, operation in enumerate(operations) for name in operation.outputs if name}
    needed: set[int] = set()
    waiting = [output]
    while waiting:
        place = makers.get(waiting.pop())
        if place is not None and place not in needed:
            needed.add(place)
            waiting += operations[place].inputs
    known = {given, "", *constants}
    for place in sorted(needed):
        if lacking := [name for name in operations[place].inputs if name not in known]:
            where = operations[place].name or operations[place].kind
            raise CnntuiError(f"'{where}' reads '{printable(lacking[0][:80])}', which nothing makes before it.", HINT)
        known.update(operations[place].outputs)
    if output not in known:
        raise CnntuiError("No node of the model computes the output that it declares.", HINT)
    return tuple(operations[place] for place in sorted(needed))


def channels_come_first(graph: OnnxGraph) -> bool:
    """Whether the image that a graph with four input axes reads has its channels before its rows.

    ONNX's own convolutions and pools need that; models converted from TensorFlow transpose their images first.
    """
    waiting = [graph.input]
    readers: dict[str, list[OnnxNode]] = {}
    for operation in graph.operations:
        for name in operation.inputs:
            readers.setdefault(name, []).append(operation)
    seen = set(waiting)
    while waiting:
        for operation in readers.get(waiting.pop(0), ()):
            if operation.kind in ("Conv", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool",
                                  "BatchNormalization"):  # fmt: skip
                return True
            if operation.kind == "Transpose":
                return operation.attributes.get("perm") != [0, 3, 1, 2]
            if operation.kind not in ("Reshape", "Flatten", "Gemm", "MatMul"):
                fresh = [name for name in operation.outputs if name not in seen]
                seen.update(fresh)
                waiting += fresh
    first, last = graph.input_shape[1], graph.input_shape[-1]
    return first in (1, 3) or last not in (1, 3)


def image_of(graph: OnnxGraph) -> tuple[Shape, Array]:
    """The shape of an image, and where in it each number of the graph's input lies, along the graph's own axes.

    Raises:
        CnntuiError: the graph does not read an image, or does not say how large it is.
    """
    shape = graph.input_shape[1:]
    if not 1 <= len(shape) <= 3:
        raise CnntuiError(f"The model takes {len(shape) + 1} axes of numbers, not images.", HINT)
    if None in shape:
        raise CnntuiError(
            "The model does not say how large its input is.",
            "Export it for images of one size; only the number of images may be left open (dynamic).",
        )
    lengths = tuple(_fixed(shape))
    check_size(lengths, "The model reads images of")
    if len(lengths) == 1:
        if (side := square(lengths[0])) is None:
            raise CnntuiError(f"The model takes {lengths[0]:,} numbers, which are no square image.", HINT)
        return side, places(prod(lengths)).reshape(side).transpose(2, 0, 1).reshape(-1)
    if len(lengths) == 2:
        return (*lengths, 1), places(prod(lengths)).reshape(lengths)
    if not channels_come_first(graph):
        return lengths, places(prod(lengths)).reshape(lengths)
    channels, rows, cols = lengths
    return (rows, cols, channels), places(prod(lengths)).reshape(rows, cols, channels).transpose(2, 0, 1)


def _fixed(shape: tuple[int | None, ...]) -> Iterator[int]:
    yield from (length for length in shape if length is not None)
