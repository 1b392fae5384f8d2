"""Finds layer normalizations that exporters took apart, as they do before opset 17, and restores them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cnntui.cnn.readers.onnx.constants import constant
from cnntui.cnn.readers.onnx.graph import Array, OnnxGraph, OnnxNode
from cnntui.values import dataclass


def with_whole_normalizations(graph: OnnxGraph) -> OnnxGraph:
    """The same graph, with one operation for each layer normalization."""
    pieces = _Pieces(graph)
    found = [(node, whole) for node in graph.operations if (whole := pieces.normalization(node)) is not None]
    if not found:
        return graph
    instead = {last.outputs: whole for _, (last, whole) in found}
    # The operations that only they used are still computed, as always; nothing reads their results.
    made = [instead.get(node.outputs, node) for node in graph.operations]
    return replace(graph, operations=_read(made, graph.output))


def _read(operations: list[OnnxNode], output: str) -> tuple[OnnxNode, ...]:
    """The operations that an output depends on."""
    read, kept = {output}, []
    for node in reversed(operations):
        if read.intersection(node.outputs):
            kept.append(node)
            read.update(node.inputs)
    return tuple(reversed(kept))


@dataclass(frozen=True)
class _Scaled:
    """The operations after the division: the last one, and the constants that it and the one before it apply."""

    last: OnnxNode
    constants: tuple[str, ...] = ()


class _Pieces:
    def __init__(self, graph: OnnxGraph) -> None:
        self._makers = {name: node for node in graph.operations for name in node.outputs}
        self._constants: Mapping[str, Array] = graph.constants
        self._counts = Counter(name for node in graph.operations for name in node.inputs)
        self._counts[graph.output] += 1
        self._readers = {name: node for node in graph.operations for name in node.inputs}

    def normalization(self, node: OnnxNode) -> tuple[OnnxNode, OnnxNode] | None:
        """The last part, and what replaces all of them, for a division of the form (x − mean) ÷ √(variance + ε)."""
        if node.kind != "Div" or len(node.inputs) != 2:
            return None
        centered, root = (self._makers.get(name) for name in node.inputs)
        sum = self._only(root, "Sqrt")
        squares_mean, epsilon = self._with_a_number(sum, "Add")
        squared = self._only(squares_mean, "ReduceMean")
        if centered is None or centered.kind != "Sub" or squared is None or squares_mean is None or epsilon is None:
            return None
        base, power = self._with_a_number(squared, "Pow")
        is_square = squared.inputs == node.inputs[:1] * 2 and squared.kind == "Mul"
        if not is_square and (power != 2 or base is not centered):
            return None
        x, mean = centered.inputs[0], self._makers.get(centered.inputs[1])
        if mean is None or mean.kind != "ReduceMean" or mean.inputs[:1] != (x,):
            return None
        axes = self._axes(mean)
        if len(axes) != 1 or axes != self._axes(squares_mean):
            return None
        scaled = self._scaled(node)
        attributes: dict[str, Any] = {"axis": axes[0], "epsilon": epsilon}
        whole = OnnxNode(
            "LayerNormalization", node.name.rpartition("/")[0] or node.name, (x, *scaled.constants),
            scaled.last.outputs, attributes,
        )  # fmt: skip
        return scaled.last, whole

    def _only(self, node: OnnxNode | None, kind: str) -> OnnxNode | None:
        """The operation that computes the first input of another, if it is of a given kind."""
        return self._makers.get(node.inputs[0]) if node is not None and node.kind == kind and node.inputs else None

    def _with_a_number(self, node: OnnxNode | None, kind: str) -> tuple[OnnxNode | None, float | None]:
        """The operation that computes one input of another, and the number that is its other input."""
        if node is None or node.kind != kind or len(node.inputs) != 2:
            return None, None
        number = self._constant(node.inputs[1])
        if number is None or number.size != 1:
            return None, None
        return self._makers.get(node.inputs[0]), float(number.item())

    def _constant(self, name: str) -> Array | None:
        node = self._makers.get(name)
        if node is not None and node.kind == "Constant":
            return constant(node)
        return self._constants.get(name)

    def _axes(self, node: OnnxNode) -> tuple[int, ...]:
        """The axes over which a mean is taken; none if they are not constants."""
        if node.attributes.get("keepdims", 1) != 1:
            return ()
        told = self._constant(node.inputs[1]) if len(node.inputs) > 1 else node.attributes.get("axes")
        return () if told is None else tuple(int(axis) for axis in told)

    def _scaled(self, node: OnnxNode) -> _Scaled:
        """How γ scales and β shifts the quotient, if both do."""
        scaled = _Scaled(node)
        for kind in ("Mul", "Add"):
            name = scaled.last.outputs[0]
            after = self._readers.get(name)
            if after is None or after.kind != kind or self._counts[name] != 1:
                return _Scaled(node)
            own = next((each for each in after.inputs if each != name), "")
            array = self._constant(own)
            if array is None or array.ndim != 1:
                return _Scaled(node)
            scaled = _Scaled(after, (*scaled.constants, own))
        return scaled
