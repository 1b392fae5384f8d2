"""The process that reads an `.onnx` file for `file`, from standard input, with the library `onnx`.

Nothing in the file is executed, and no other file is opened for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.readers.confined import serve, write
from cnntui.cnn.readers.onnx.limits import EXTERNAL, MOST_FILE_BYTES, MOST_NODES, MOST_WHOLE_NUMBERS

Said = dict[str, Any]


def read(source: BinaryIO, target: BinaryIO) -> None:
    """Write the graph of an ONNX model: its nodes, its inputs and outputs, and its constants.

    Raises:
        ValueError, DecodeError: the file is damaged, or larger than any network that can be read.
    """
    import onnx
    from onnx.external_data_helper import uses_external_data

    model = onnx.load_model_from_string(source.read(MOST_FILE_BYTES))
    if model.functions:
        from onnx.inliner import inline_local_functions

        model = inline_local_functions(model)
    graph = model.graph
    if len(graph.node) > MOST_NODES or len(graph.initializer) > MOST_NODES:
        raise ValueError(f"it has more than {MOST_NODES:,} operations")
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and attribute.type == attribute.TENSOR and len(node.output) == 1:
                constants[node.output[0]] = attribute.t
    if any(map(uses_external_data, constants.values())):
        write(target, {"refused": EXTERNAL}, ())
        return
    whole: dict[str, Said] = {}
    arrays: list[tuple[str, NDArray[Any]]] = []
    for name, tensor in constants.items():
        array = onnx.numpy_helper.to_array(tensor)
        if array.dtype.kind in "iub" and array.size <= MOST_WHOLE_NUMBERS:
            whole[name] = {"shape": array.shape, "values": array.ravel().tolist()}
        elif array.dtype.kind in "fV":  # NumPy itself has no bfloat16
            arrays.append((name, array.astype(np.float32, copy=False)))
    said = {
        "opset": max((each.version for each in model.opset_import if each.domain in ("", "ai.onnx")), default=0),
        "inputs": [_value(value) for value in graph.input if value.name not in constants],
        "outputs": [value.name for value in graph.output],
        "nodes": [_node(node) for node in graph.node if not (len(node.output) == 1 and node.output[0] in constants)],
        "whole": whole,
    }
    write(target, said, arrays)


def _value(value: Any) -> Said:
    """An input of the graph: its name and its lengths, with None for one that is not fixed."""
    dims = value.type.tensor_type.shape.dim
    shape = [dim.dim_value if dim.HasField("dim_value") else None for dim in dims]
    return {"name": value.name, "shape": shape if value.type.HasField("tensor_type") else []}


def _node(node: Any) -> Said:
    return {
        "op": node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}",
        "name": node.name, "inputs": [*node.input], "outputs": [*node.output], "attributes": dict(_attributes(node)),
    }  # fmt: skip


def _attributes(node: Any) -> Iterator[tuple[str, Any]]:
    """The attributes of a node: numbers, texts and lists of them; None for graphs and the like."""
    for each in node.attribute:
        kinds = {each.INT: each.i, each.FLOAT: each.f, each.INTS: [*each.ints], each.FLOATS: [*each.floats]}
        value = each.s.decode("utf-8", "replace") if each.type == each.STRING else kinds.get(each.type)
        yield each.name, value


def damage() -> tuple[type[Exception], ...]:
    """The exceptions that a damaged file raises."""
    from google.protobuf.message import DecodeError

    return DecodeError, ValueError, TypeError, KeyError, RuntimeError, OverflowError, MemoryError


if __name__ == "__main__":
    sys.exit(serve(read, damage()))
