"""Reads an `.onnx` file with the library `onnx`, in a separate process.

Each operation becomes a layer, or only changes where the numbers of a tensor lie in a layer's output.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from cnntui.cnn.cost import MOST_PARAMETERS
from cnntui.cnn.description import chained
from cnntui.cnn.network import IMAGE, Network, with_weights
from cnntui.cnn.readers.answer import MOST_TRIED, network_of, said_shape
from cnntui.cnn.readers.confined import Content, content_of
from cnntui.cnn.readers.onnx import layouts as layouts
from cnntui.cnn.readers.onnx import numbers as numbers
from cnntui.cnn.readers.onnx import resizing as resizing
from cnntui.cnn.readers.onnx import windows as windows
from cnntui.cnn.readers.onnx.constants import constant, folded
from cnntui.cnn.readers.onnx.fusing import fused
from cnntui.cnn.readers.onnx.graph import HINT, Array, OnnxGraph, OnnxNode, graphs_of, image_of
from cnntui.cnn.readers.onnx.limits import EXTERNAL, MOST_FILE_BYTES
from cnntui.cnn.readers.onnx.pieces import with_whole_normalizations
from cnntui.cnn.readers.onnx.values import SUPPORTED, Builder, Given, name_of
from cnntui.cnn.readers.tensors import Value
from cnntui.cnn.readers.unsupported import UnsupportedError
from cnntui.files.errors import CnntuiError

_MOST_PLACES = 200_000_000
"""The most numbers whose places are tracked while axes are reordered."""

_MOST_CONSTANTS = MOST_PARAMETERS
"""The most numbers in a constant that is computed."""

_QUANTIZED = ("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv", "QLinearMatMul",
              "ConvInteger", "MatMulInteger")  # fmt: skip

_RULES: dict[str, numbers.Rule] = {
    "Conv": windows.conv, "ConvTranspose": windows.conv_transpose,
    "InstanceNormalization": numbers.group_normalization, "GroupNormalization": numbers.group_normalization,
    "MaxPool": windows.pool("MaxPool2D"), "AveragePool": windows.pool("AveragePool2D"),
    "GlobalAveragePool": windows.global_pool("GlobalAveragePool2D"),
    "GlobalMaxPool": windows.global_pool("GlobalMaxPool2D"),
    "ReduceMean": windows.reduction("GlobalAveragePool2D", "AveragePoolOfMaps"),
    "ReduceMax": windows.reduction("GlobalMaxPool2D", "MaxPoolOfMaps"),
    "ReduceSum": windows.reduction("GlobalAveragePool2D", "AveragePoolOfMaps", is_sum=True), "Pow": numbers.power,
    "Gemm": numbers.gemm, "MatMul": numbers.matmul,
    "BatchNormalization": numbers.batch_normalization, "LayerNormalization": numbers.layer_normalization,
    "Sum": numbers.merge("Add"), "Max": numbers.merge("Maximum"), "Min": numbers.merge("Minimum"),
    "Mean": numbers.merge("Average"), "Concat": layouts.concat,
    "Reshape": layouts.reshape, "Flatten": layouts.flatten, "Transpose": layouts.transpose,
    "Squeeze": layouts.squeeze, "Unsqueeze": layouts.unsqueeze, "Slice": layouts.cut, "Tile": layouts.tile,
    "Expand": layouts.expand,
    "Gather": layouts.gather, "Split": layouts.part,
    "Pad": layouts.pad,
    "Resize": resizing.resize, "Upsample": resizing.resize, "Shape": layouts.shape, "Cast": layouts.cast,
    "Identity": layouts.same, "Dropout": layouts.same, "CastLike": layouts.same,
    "Neg": numbers.negated, "LeakyRelu": numbers.leaky_relu, "ThresholdedRelu": numbers.thresholded, "Elu": numbers.elu,
    "PRelu": numbers.prelu, "HardSigmoid": numbers.hard_sigmoid, "Clip": numbers.clip,
    "Softmax": numbers.softmax("softmax"), "LogSoftmax": numbers.softmax("log_softmax"),
    "Selu": numbers.activation("selu", alpha=1.67326, gamma=1.0507), "Swish": numbers.activation("silu", alpha=1.0),
    "Celu": numbers.activation("celu", alpha=1.0),
    **{kind: numbers.activation(function) for kind, function in {
        "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Softplus": "softplus", "Softsign": "softsign",
        "Gelu": "gelu", "HardSwish": "hard_silu", "Mish": "mish", "Exp": "exponential", "Erf": "erf",
        "Abs": "abs", "Sqrt": "sqrt",
    }.items()},
}  # fmt: skip
"""What each kind of operation becomes."""


def read_onnx(path: Path) -> Network:
    """Reads a network from an `.onnx` file.

    Raises:
        CnntuiError: the file is missing or damaged, keeps its weights elsewhere, or reads no image; nothing in it can
            be computed; or `onnx` is not installed.
    """
    if find_spec("onnx") is None:
        raise CnntuiError(
            f"{path} is an ONNX file, and the package onnx, which reads such files, is not installed.",
            "Install it with: pip install onnx",
        )
    content = content_of(path, "cnntui.cnn.readers.onnx.process", MOST_FILE_BYTES, HINT)
    if content.said.get("refused") == EXTERNAL:
        raise CnntuiError(
            f"{path} keeps its weights in other files, which are not read.",
            "Export it with external_data=False, or write it as one file in Python: "
            "onnx.save(onnx.load('name.onnx'), 'whole.onnx')",
        )
    try:
        return _answering(content)
    except CnntuiError as error:
        raise CnntuiError(f"{path} cannot be explained. {error.message}", error.hint) from None
    except (ValueError, TypeError, IndexError, KeyError):
        raise CnntuiError(
            f"{path} is damaged: an operation lacks inputs or attributes, or they do not fit each other.", HINT
        ) from None


def _answering(content: Content) -> Network:
    """The network of the first output that gives probabilities, or any answer; or else that of the first output."""
    found: list[Network] = []
    tried = 0
    for graph in graphs_of(content):
        network = _network(with_whole_normalizations(graph))
        if network.answer is not None and network.outcome:
            return network
        found.append(network)
        tried += len(graph.operations)
        if tried > MOST_TRIED:
            break
    return next((network for network in found if network.answer is not None), found[0])


def _network(graph: OnnxGraph) -> Network:
    image, lying = image_of(graph)
    build = Builder({IMAGE: image}, batch=graph.input_shape[0] or 1, opset=graph.opset)
    found: dict[str, Given | UnsupportedError] = {"": None, **graph.constants, graph.input: Value(IMAGE, lying)}
    places = constants = 0
    left = Counter(name for operation in graph.operations for name in operation.inputs)
    left[graph.output] += 1
    first: UnsupportedError | None = None
    for operation in graph.operations:
        made: Given | UnsupportedError
        try:
            made = _made(build, operation, [found[name] for name in operation.inputs])
        except UnsupportedError as error:
            made, first = error, first or error
        if isinstance(made, Value):
            places += made.places.size
        elif isinstance(made, np.ndarray):
            constants += made.size
        if places > _MOST_PLACES or constants > _MOST_CONSTANTS:
            raise CnntuiError("It takes too long to find out what each operation is given.", SUPPORTED)
        left.subtract(operation.inputs)
        for name in operation.inputs:
            if name and not left[name]:
                found.pop(name, None)
        for name in operation.outputs:
            found[name] = made
        for name in operation.outputs[1:]:
            found[name] = UnsupportedError(f"Layer '{name_of(operation)}' gives several results.", SUPPORTED)
    output, reason = _answer(build, found[graph.output])
    if not build.layers:
        raise first or CnntuiError("The model has no layer that does anything.", SUPPORTED)
    layers, output = fused(build.layers, build.weights, output)
    network = network_of(image, chained(layers), output, reason)
    return with_weights(network, {name: weights for name, weights in build.weights.items() if name in network})


def _answer(build: Builder, last: Given | UnsupportedError) -> tuple[str, str]:
    """The name of the layer that gives a number for each class, or the reason why none does."""
    if isinstance(last, UnsupportedError):
        return "", last.message
    if not isinstance(last, Value):
        raise CnntuiError("What the model gives does not depend on the image.", HINT)
    if max(last.shape, default=0) < last.places.size:
        return "", f"The model gives {said_shape(last.shape)}, not a number for each class."
    output, order = build.flat(last)
    if not np.array_equal(order, np.arange(len(order))):
        return "", "The model gives its classes in another order than its last layer has them."
    return output, ""


def _made(build: Builder, operation: OnnxNode, given: Sequence[Given | UnsupportedError]) -> Value | Array:
    """The result of an operation: a tensor that depends on the image, or a constant."""
    for each in given:
        if isinstance(each, UnsupportedError):
            raise each
    known = [each for each in given if not isinstance(each, UnsupportedError)]
    if operation.kind == "Constant" and (told := constant(operation)) is not None:
        return told
    if not any(isinstance(each, Value) for each in known):
        arrays = [each for each in known if not isinstance(each, Value)]
        if (computed := folded(operation, arrays)) is not None:
            return computed
    if operation.kind in ("Add", "Sub", "Mul", "Div"):
        return numbers.of_two(build, operation, known)
    rule = _RULES.get(operation.kind)
    if rule is None or not known or not isinstance(known[0], Value):
        raise _unknown(operation)
    return rule(build, operation, known[0], known[1:])


def _unknown(operation: OnnxNode) -> UnsupportedError:
    name = name_of(operation)
    if operation.kind in _QUANTIZED:
        return UnsupportedError(
            f"Layer '{name}' ({operation.kind}) is of a quantized model, which is not supported.",
            "Export the model before it is quantized.",
        )
    return UnsupportedError(f"Layer '{name}' is of the kind {operation.kind}, which is not supported.", SUPPORTED)
