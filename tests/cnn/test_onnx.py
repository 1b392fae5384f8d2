"""ONNX files, in the patterns in which PyTorch and TensorFlow export them, answer as ONNX's own evaluator does."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

pytest.importorskip("onnx")

from onnx import TensorProto, helper

from cnntui.cnn.layers import (
    Activate,
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePool2D,
    LayerNormalization,
    Rescaling,
    UpSampling2D,
)
from cnntui.cnn.network import Network
from cnntui.cnn.readers.model_file import read_model
from cnntui.cnn.readers.onnx import process as onnx_process
from cnntui.files.errors import CnntuiError
from tests.cnn.conftest import read_in_this_process
from tests.cnn.test_keras_architectures import check_terms
from tests.onnx_files import Maker, answers, as_given, softmax, write

TOLERANCE = 1e-5

GREY, COLOUR = (1, 14, 16), (3, 16, 18)


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    read_in_this_process(monkeypatch, onnx_process.read, onnx_process.damage())


Build = Callable[[], tuple[Maker, str]]

BUILDS: dict[str, Build] = {}


def build(*shape: int, **more: Any) -> Callable[[Callable[[Maker], str]], Callable[[Maker], str]]:
    """Lists a function that makes a model for images of a shape."""

    def listed(function: Callable[[Maker], str]) -> Callable[[Maker], str]:
        def made() -> tuple[Maker, str]:
            make = Maker(*shape, seed=len(function.__name__), **more)
            return make, function(make)

        BUILDS[function.__name__] = made
        return function

    return listed


def ended(make: Maker, x: str, numbers: int, classes: int = 5) -> str:
    """Flattened, and weighed for each class, as PyTorch's exporters write it."""
    return make.dense(make.node("Flatten", x, axis=1), "fc", numbers, classes)


@build(*COLOUR)
def residual(make: Maker) -> str:
    x = make.conv("input", "conv1", 3, 8, bias=False, strides=[2, 2])
    x = make.node("Relu", make.norm(x, "bn1", 8))
    x = make.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=0)
    y = make.node("Relu", make.norm(make.conv(x, "layer1.0.conv1", 8, 8), "layer1.0.bn1", 8))
    y = make.norm(make.conv(y, "layer1.0.conv2", 8, 8), "layer1.0.bn2", 8)
    x = make.node("Relu", make.node("Add", y, x, name="/layer1/layer1.0/Add"))
    return ended(make, make.node("GlobalAveragePool", x), 8)


@build(*GREY)
def lenet(make: Maker) -> str:
    x = make.node("Tanh", make.conv("input", "conv1", 1, 4, 5, pads=[0] * 4))
    x = make.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = make.node("Relu", make.conv(x, "conv2", 4, 6, 3, pads=[0] * 4))
    x = make.node("Relu", make.dense(make.node("Flatten", x), "fc1", 6 * 3 * 4, 9))
    x = make.node("Dropout", x)
    return make.node("LogSoftmax", make.dense(x, "fc2", 9, 5), axis=1)


@build(*COLOUR, opset=11)
def view_of_a_computed_shape(make: Maker) -> str:
    x = make.node("Relu", make.conv("input", "0", 3, 2))
    first = make.node("Gather", make.node("Shape", x), make.told(np.int64(0)), axis=0)
    shape = make.node("Concat", make.node("Unsqueeze", first, axes=[0]), make.told(np.array([-1])), axis=0)
    x = make.dense(make.node("Reshape", x, shape), "fc", 2 * 16 * 18, 5)
    return make.node("Softmax", x, axis=1)


@build(16, 18, 3)
def from_tensorflow(make: Maker) -> str:
    x = make.node("Transpose", "input", perm=[0, 3, 1, 2])
    x = make.conv(x, "kernel1", 3, 4, bias=False, strides=[2, 2], pads=[0, 0, 1, 1])
    x = make.node("Relu", make.node("Add", x, make.weights("bias1", 1, 4, 1, 1)))
    x = make.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], auto_pad="VALID")
    x = make.node("Transpose", x, perm=[0, 2, 3, 1])
    x = make.node("Reshape", x, make.whole("to", -1, 4 * 4 * 4))
    x = make.node("MatMul", x, make.weights("kernel2", 64, 5), name="sequential/dense/MatMul")
    return make.node("Softmax", make.node("Add", x, make.weights("bias2", 5)))


@build(14, 16, 1)
def from_tensorflow_in_one_channel(make: Maker) -> str:
    x = make.node("Reshape", "input", make.whole("to", -1, 1, 14, 16))
    x = make.node("Relu", make.conv(x, "kernel1", 1, 3, auto_pad="SAME_UPPER"))
    x = make.node("Transpose", x, perm=[0, 2, 3, 1])
    x = make.node("MatMul", x, make.weights("everywhere", 3, 4))
    x = make.node("Relu", make.node("Add", x, make.weights("bias", 4)))
    x = make.node("ReduceMean", x, axes=[1, 2], keepdims=0)
    return make.node("MatMul", x, make.weights("kernel2", 4, 5))


@build(*COLOUR)
def inverted_residual(make: Maker) -> str:
    def clipped(x: str) -> str:
        return make.node(
            "Clip", x, make.constant(f"low of {x}", np.float32(0)), make.constant(f"of {x}", np.float32(6))
        )

    x = clipped(make.conv("input", "features.0", 3, 6, strides=[2, 2]))
    y = clipped(make.conv(x, "expand", 6, 12, 1))
    y = clipped(make.conv(y, "depthwise", 12, 12, group=12))
    x = make.node("Add", x, make.conv(y, "project", 12, 6, 1))
    x = make.node("ReduceMean", x, axes=[2, 3], keepdims=1)
    return ended(make, x, 6)


@build(*COLOUR)
def squeeze_and_excite(make: Maker) -> str:
    def silu(x: str) -> str:
        return make.node("Mul", x, make.node("Sigmoid", x))

    x = silu(make.conv("input", "stem", 3, 6))
    s = silu(make.conv(make.node("GlobalAveragePool", x), "reduce", 6, 2, 1))
    s = make.node("Sigmoid", make.conv(s, "expand", 2, 6, 1))
    return ended(make, make.node("Mul", s, x), 6 * 16 * 18)


@build(*GREY, opset=20)
def activations(make: Maker) -> str:
    x = make.conv("input", "conv", 1, 3)
    for kind, more in (
        ("LeakyRelu", {"alpha": 0.2}), ("Elu", {"alpha": 0.7}), ("Selu", {}), ("HardSigmoid", {}), ("HardSwish", {}),
        ("Softplus", {}), ("Softsign", {}), ("ThresholdedRelu", {"alpha": 0.3}), ("Gelu", {}), ("Mish", {}),
        ("HardSigmoid", {"alpha": 1 / 6}),
    ):  # fmt: skip
        x = make.norm(make.node(kind, x, **more), f"{kind}{len(more)}", 3)
    x = make.node("PRelu", x, make.weights("slopes", 3, 1, 1))
    x = make.node("Clip", x, make.constant("low", np.float32(-1)), make.constant("high", np.float32(1)))
    x = make.node("Softmax", x, axis=1)
    return make.node("Exp", ended(make, x, 3 * 14 * 16))


@build(*GREY)
def activations_in_pieces(make: Maker) -> str:
    def half(x: str) -> str:
        return make.node("Mul", x, make.told(np.float32(0.5)))

    def erf(x: str) -> str:
        return make.node("Add", make.node("Erf", make.node("Div", x, make.told(np.float32(2**0.5)))),
                         make.told(np.float32(1)))  # fmt: skip

    def gated(x: str) -> str:
        return make.node("Mul", x, make.node("HardSigmoid", x, alpha=1 / 6, beta=0.5))

    x = make.conv("input", "conv", 1, 3)
    x = make.norm(half(make.node("Mul", x, erf(x))), "norm", 3)
    x = make.norm(make.node("Mul", half(x), erf(x)), "norm2", 3)
    x = gated(make.conv(x, "conv2", 3, 3))
    x = make.node("Mul", x, make.node("Tanh", make.node("Softplus", x)))
    return ended(make, x, 3 * 14 * 16)


@build(*COLOUR)
def dense_block(make: Maker) -> str:
    x = make.conv("input", "conv0", 3, 4)
    for number in range(2):
        y = make.node("Relu", make.norm(x, f"norm{number}", 4 + 2 * number))
        x = make.node("Concat", x, make.conv(y, f"layer{number}", 4 + 2 * number, 2), axis=1)
    x = make.node("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1)
    x = make.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    x = make.node("AveragePool", x, kernel_shape=[2, 2], strides=[1, 1], auto_pad="SAME_UPPER")
    return ended(make, x, 8 * 4 * 4)


@build(196)
def vectors(make: Maker) -> str:
    x = make.node("Relu", make.norm(make.dense("input", "0", 196, 12), "1", 12))
    y = make.node("Sigmoid", make.dense(x, "2", 12, 12))
    x = make.node("Add", make.node("Max", x, y), make.node("Mean", x, y))
    x = make.node("Concat", x, make.node("Sub", make.told(np.float32(1)), y), axis=-1)
    x = make.node("LayerNormalization", x, make.positive("scale", 24), make.weights("shift", 24))
    return make.node("Sigmoid", make.dense(x, "last", 24, 1))


@build(*COLOUR)
def flattened_before_its_end(make: Maker) -> str:
    x = make.node("MaxPool", make.conv("input", "conv", 3, 4), kernel_shape=[4, 4], strides=[4, 4])
    flat = make.node("Flatten", x, axis=1)
    x = make.norm(flat, "norm", 4 * 4 * 4)
    x = make.node("PRelu", x, make.weights("slopes", 64))
    x = make.node("Mul", x, make.weights("by number", 64))
    x = make.node("Concat", make.node("Add", x, flat), x, axis=1)
    return make.dense(x, "fc", 128, 5)


@build(*COLOUR, opset=13, batch=2)
def images_that_are_standardized(make: Maker) -> str:
    x = make.node("Sub", "input", make.constant("mean", np.float32([[[[0.4]], [[0.5]], [[0.6]]]])))
    x = make.node("Div", x, make.constant("std", np.float32([[[0.2]], [[0.3]], [[0.25]]])))
    x = make.node("Relu", make.conv(x, "conv", 3, 4, dilations=[2, 2], pads=[2] * 4))
    x = make.node("Relu", make.conv(x, "grouped", 4, 6, group=2, auto_pad="SAME_LOWER", strides=[2, 2]))
    x = make.node("Reshape", x, make.whole("cells", 2, 6, -1))
    return make.dense(make.node("ReduceMean", x, axes=[-1], keepdims=0), "fc", 6, 5)


@build(*GREY, opset=18)
def resized(make: Maker) -> str:
    x = make.conv("input", "conv", 1, 3)
    twice = make.constant("twice", np.float32([1, 1, 2, 2]))
    nearest = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    x = make.node("Resize", x, "", twice, **nearest)
    x = make.node("Pad", x, make.whole("pads", 0, 0, 1, 2, 0, 0, 0, 1))
    x = make.node("Pad", x, make.whole("edges", 0, 0, 2, 0, 0, 0, 0, 1), mode="edge")
    x = make.node("Slice", x, make.whole("from", 3, 1), make.whole("to", 2**62, -2), make.whole("axes", 2, 3))
    x = make.node("Resize", x, "", make.constant("scales", np.float32([1, 1, 0.5, 2])), mode="linear")
    return ended(make, x, 3 * 14 * 66)


@build(*COLOUR, opset=18)
def picked(make: Maker) -> str:
    """Slices, parts and single maps, maps in another order, edges reflected, and what all maps have at a place."""
    back = [make.whole(name, *values) for name, values in (("first", [-1]), ("last", [-(2**62)]), ("by", [1]),
                                                           ("step", [-1]))]  # fmt: skip
    x = make.conv(make.node("Slice", "input", *back), "conv", 3, 6)
    left = make.node("Split", x, make.whole("parts", 2, 4), axis=1, outputs=2)
    right = left.removesuffix("0") + "1"
    grouped = make.node("Reshape", right, make.whole("groups", -1, 2, 2, 16, 18))
    turned = make.node("Transpose", grouped, perm=[0, 2, 1, 3, 4])
    shuffled = make.node("Reshape", turned, make.whole("back", -1, 4, 16, 18))
    one = make.node("Gather", x, make.whole("one", 3), axis=1)
    around = make.node("Pad", left, make.whole("around", 0, 0, 1, 0, 0, 0, 0, 2), mode="reflect")
    around = make.node("Slice", around, make.whole("from", 0, 1), make.whole("to", 16, 19), make.whole("axes", 2, 3))
    axis = make.whole("axis", 1)
    pools = [make.node(kind, x, axis, keepdims=1) for kind in ("ReduceMean", "ReduceMax")]
    shuffled = make.conv(shuffled, "mixed", 4, 2)
    return ended(make, make.node("Concat", shuffled, one, around, *pools, axis=1), 7 * 16 * 18)


@build(*COLOUR, opset=18, batch=1)
def gated(make: Maker) -> str:
    """A weight for each map, expanded to its rows and columns; shuffled maps averaged; a batch of one laid flat."""
    x = make.conv("input", "conv", 3, 6)
    weights = make.node("Sigmoid", make.dense(make.node("Flatten", make.node("GlobalAveragePool", x)), "gate", 6, 6))
    weights = make.node("Reshape", weights, make.whole("cells", 1, 6, 1, 1))
    x = make.node("Mul", x, make.node("Expand", weights, make.whole("size", 1, 6, 16, 18)))
    grouped = make.node("Reshape", make.node("Celu", x), make.whole("groups", 1, 2, 3, 16, 18))
    turned = make.node("Transpose", grouped, perm=[0, 2, 1, 3, 4])
    x = make.node("Reshape", turned, make.whole("back", 1, 6, 16, 18))
    x = make.node("ReduceMean", x, make.whole("axes", 2, 3), keepdims=1)
    flat = make.node("Reshape", x, make.whole("flat", 6))
    x = make.node("Gather", flat, make.constant("places", np.arange(6).reshape(1, 6, 1, 1)), axis=0)
    return ended(make, x, 6)


@build(*COLOUR)
def sigmoid_before_its_shape(make: Maker) -> str:
    """As a discriminator ends: a map of one cell, and only then a vector."""
    return make.node("Flatten", make.node("Sigmoid", make.node("GlobalMaxPool", make.conv("input", "conv", 3, 1))))


@build(14, 16, 1)
def repeated(make: Maker) -> str:
    x = make.node("Reshape", "input", make.whole("to", -1, 1, 14, 16))
    x = make.node("Transpose", make.conv(x, "conv", 1, 3), perm=[0, 2, 3, 1])
    x = make.node("Tile", make.node("Unsqueeze", x, make.whole("2", 2)), make.whole("rows", 1, 1, 2, 1, 1))
    x = make.node("Reshape", x, make.whole("maps", -1, 28, 16, 3))
    x = make.node("Tile", make.node("Unsqueeze", x, make.whole("3", 3)), make.whole("cols", 1, 1, 1, 3, 1))
    x = make.node("Reshape", x, make.whole("flat", -1, 28 * 48 * 3))
    return make.node("MatMul", make.node("Neg", x), make.weights("kernel", 28 * 48 * 3, 5))


@build(*COLOUR)
def channels_last_within(make: Maker) -> str:
    x = make.conv("input", "stem", 3, 6, 4, strides=[4, 4], pads=[0] * 4)
    y = make.node("Transpose", make.conv(x, "depthwise", 6, 6, 3, group=6), perm=[0, 2, 3, 1])
    y = make.node("LayerNormalization", y, make.positive("norm.weight", 6), make.weights("norm.bias", 6), epsilon=1e-6)
    y = make.node("Add", make.node("MatMul", y, make.weights("up", 6, 8)), make.weights("up.bias", 8))
    y = make.node("MatMul", make.node("Relu", y), make.weights("down", 8, 6))
    y = make.node("Mul", y, make.weights("gamma", 6))
    x = make.node("Add", x, make.node("Transpose", y, perm=[0, 3, 1, 2]))
    x = make.node("Squeeze", make.node("GlobalMaxPool", x), make.whole("axes", -1, -2))
    return make.dense(x, "fc", 6, 5)


@build(*COLOUR)
def rows_and_columns_exchanged(make: Maker) -> str:
    x = make.conv("input", "stem", 3, 6, 4, strides=[4, 4], pads=[0] * 4)
    x = make.conv(make.node("Transpose", x, perm=[0, 1, 3, 2]), "turned", 6, 3, strides=[1, 2])
    x = make.node("GlobalMaxPool", make.node("Transpose", x, perm=[0, 3, 1, 2]))
    return make.dense(make.node("Flatten", x), "fc", 2, 5)


@build(*COLOUR)
def normalization_in_pieces(make: Maker) -> str:
    """As PyTorch writes it before opset 17: over maps that come last, with and without γ and β, and over a vector."""
    x = make.node("Transpose", make.conv("input", "stem", 3, 6, 4, strides=[4, 4], pads=[0] * 4), perm=[0, 2, 3, 1])
    x = make.node("Mul", in_pieces(make, x), make.positive("norm.weight", 6))
    x = in_pieces(make, make.node("Add", x, make.weights("norm.bias", 6)))
    x = make.node("GlobalAveragePool", make.node("Transpose", x, perm=[0, 3, 1, 2]))
    x = in_pieces(make, make.node("Flatten", make.node("Exp", x)))
    return make.dense(x, "fc", 6, 5)


@build(*COLOUR, opset=21)
def normalized_by_group(make: Maker) -> str:
    """As PyTorch writes group normalizations, whole and before opset 21 in pieces, between transposed convolutions."""
    x = make.conv("input", "stem", 3, 6, 4, strides=[4, 4], pads=[0] * 4)
    x = make.node("GroupNormalization", x, make.positive("g", 6), make.weights("b", 6), num_groups=2, epsilon=1e-3)
    x = make.node("ConvTranspose", x, make.weights("up.weight", 6, 8, 3, 2), make.weights("up.bias", 8),
                  strides=[2, 1], pads=[1, 0, 1, 1], output_padding=[1, 0])  # fmt: skip
    rows = make.node("Reshape", x, make.whole("groups", 0, 4, -1))
    rows = make.node("InstanceNormalization", rows, make.positive("ones", 4), make.weights("zeros", 4))
    x = make.node("Reshape", rows, make.node("Shape", x))
    x = make.node("Add", make.node("Mul", x, make.positive("w", 8, 1, 1)), make.weights("c", 8, 1, 1))
    x = make.node("ConvTranspose", x, make.weights("more.weight", 8, 4, 3, 3), strides=[2, 3], auto_pad="SAME_UPPER")
    x = make.node("InstanceNormalization", x, make.positive("h", 4), make.weights("d", 4), epsilon=1e-2)
    x = make.node("Gelu", x, approximate="tanh")
    return ended(make, make.node("GlobalMaxPool", x), 4)


@build(*COLOUR)
def sums_and_powers(make: Maker) -> str:
    """The variance of each map, and the squares of all maps together, as scripts write them by hand."""
    x = make.conv("input", "stem", 3, 6, 4, strides=[4, 4], pads=[0] * 4)
    squares = make.node("Pow", x, make.told(np.float32(2)))
    total = make.node("ReduceSum", squares, make.whole("maps", 1), keepdims=1)
    y = make.node("Sum", make.conv(total, "of_all", 1, 6, 1), x)
    y = make.node("ReduceSum", make.node("Abs", y), make.whole("cells", -1, 2), keepdims=0)
    return make.dense(make.node("Pow", y, make.told(np.float32([0.5]))), "fc", 6, 5)


def in_pieces(make: Maker, x: str) -> str:
    centered = make.node("Sub", x, make.node("ReduceMean", x, axes=[-1]))
    squares = make.node("ReduceMean", make.node("Pow", centered, make.told(np.float32(2))), axes=[-1])
    return make.node("Div", centered, make.node("Sqrt", make.node("Add", squares, make.told(np.float32(1e-3)))))


def test_a_normalization_in_pieces_is_one_layer(tmp_path: Path) -> None:
    make, output = BUILDS["normalization_in_pieces"]()
    network = opened(tmp_path, make.model(output))
    layers = network.of_kind(LayerNormalization)
    assert [[*layer.weights] for layer in layers] == [["gamma", "beta"], [], []]


def test_of_several_outputs_the_first_that_answers_is_looked_at(tmp_path: Path) -> None:
    make, output = BUILDS["normalization_in_pieces"]()
    model = make.model(output)
    maps = onnx.helper.make_tensor_value_info(model.graph.node[0].output[0], onnx.TensorProto.FLOAT, None)
    answer = model.graph.output[0]
    del model.graph.output[:]
    model.graph.output.extend([maps, answer])
    assert opened(tmp_path, model).classes == 5


def test_of_several_outputs_probabilities_come_before_other_numbers(tmp_path: Path) -> None:
    make, output = BUILDS["residual"]()
    make.node("Softmax", output, name="probabilities")
    model = make.model(output)
    probabilities = model.graph.node[-1].output[0]
    model.graph.output.append(onnx.helper.make_tensor_value_info(probabilities, onnx.TensorProto.FLOAT, None))
    assert opened(tmp_path, model).outcome == "softmax"


def opened(tmp_path: Path, model: Any) -> Network:
    return read_model(write(tmp_path / "model.onnx", model))


@pytest.mark.parametrize("where", ["half_pixel", "asymmetric", "pytorch_half_pixel", "align_corners"])
@pytest.mark.parametrize("rounding", ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])
@pytest.mark.parametrize("scales", [(2, 3), (4, 1), (0.5, 2), (0.25, 0.5)])
def test_the_nearest_cell_is_the_one_that_onnx_takes(
    tmp_path: Path, where: str, rounding: str, scales: Sequence[float]
) -> None:
    how = {"mode": "nearest", "coordinate_transformation_mode": where, "nearest_mode": rounding}
    make = Maker(*COLOUR)
    x = make.node(
        "Resize", make.conv("input", "conv", 3, 2), "", make.constant("s", np.float32([1, 1, *scales])), **how
    )
    lengths = round(COLOUR[1] * scales[0]), round(COLOUR[2] * scales[1])
    model = make.model(make.dense(make.node("Flatten", x), "fc", 2 * lengths[0] * lengths[1], 5))
    network = opened(tmp_path, model)
    if where == "align_corners":
        assert "resizes by nearest, align_corners" in network.unanswered
        return
    image = np.random.default_rng(4).random((1, *network.input_shape), np.float32)
    expected = softmax(answers(model, as_given(image, make.shape)))
    np.testing.assert_allclose(network.probabilities(image), expected, atol=TOLERANCE)


@pytest.mark.parametrize(("kind", "opset"), [("Resize", 10), ("Upsample", 9)])
def test_older_files_interpolate_from_the_corner(tmp_path: Path, kind: str, opset: int) -> None:
    make = Maker(*COLOUR, opset=opset)
    scales = make.constant("scales", np.float32([1, 1, 2, 2]))
    x = make.node(kind, make.conv("input", "conv", 3, 2), scales, mode="linear")
    assert "resizes by linear, asymmetric" in opened(tmp_path, make.model(make.node("GlobalMaxPool", x))).unanswered


@pytest.mark.parametrize("name", BUILDS)
def test_it_answers_as_onnx_does(tmp_path: Path, name: str) -> None:
    make, output = BUILDS[name]()
    model = make.model(output)
    network = opened(tmp_path, model)
    assert not network.unanswered
    images = np.random.default_rng(4).random((2, *network.input_shape), np.float32)
    at_once = make.batch if isinstance(make.batch, int) else len(images)
    batches = [images[start : start + at_once] for start in range(0, len(images), at_once)]
    said = [answers(model, as_given(batch, make.shape)) for batch in batches]
    expected = np.concatenate(said).astype(np.float32)
    if expected.shape[-1] == 1:
        expected = np.concatenate([1 - expected, expected], axis=-1)
    elif network.outcome != "softmax":
        expected = softmax(expected)
    np.testing.assert_allclose(network.probabilities(images), expected, atol=TOLERANCE)
    passed = network.forward(images[0])
    for layer in network:
        check_terms(passed, layer)


def kinds(network: Network) -> list[str]:
    return [type(layer).__name__ for layer in network]


def test_what_exporters_take_apart_is_put_together(tmp_path: Path) -> None:
    def read(name: str) -> Network:
        make, output = BUILDS[name]()
        return opened(tmp_path, make.model(output))

    assert kinds(read("from_tensorflow")) == ["Conv2D", "MaxPool2D", "Flatten", "Dense"]
    network = read("residual")
    assert [layer.name for layer in network.of_kind(Conv2D)] == ["conv1", "layer1.0.conv1", "layer1.0.conv2"]
    assert [layer.name for layer in network.of_kind(BatchNormalization)] == ["bn1", "layer1.0.bn1", "layer1.0.bn2"]
    assert not network.of_kind(GlobalAveragePool2D)[0].keeps_map
    assert [layer.activation for layer in read("squeeze_and_excite").of_kind(Conv2D)] == ["silu", "silu", "sigmoid"]
    pieces = read("activations_in_pieces")
    assert [layer.activation for layer in pieces.of_kind(Conv2D)] == ["gelu", "hard_silu"]
    assert [layer.activation for layer in pieces.of_kind(Activate)] == ["gelu", "mish"]
    assert [layer.size for layer in read("repeated").of_kind(UpSampling2D)] == [(2, 3)]
    lenet = read("lenet")
    assert [layer.activation for layer in lenet.of_kind(Dense)] == ["relu", "log_softmax"]
    (scaled,) = read("images_that_are_standardized").of_kind(Rescaling)
    np.testing.assert_allclose([scaled.scale, scaled.offset], [[5, 10 / 3, 4], [-2, -5 / 3, -2.4]], rtol=1e-6)


@pytest.mark.parametrize("dtype", [TensorProto.FLOAT16, TensorProto.DOUBLE])
def test_floats_of_other_sizes_are_read_as_float32(tmp_path: Path, dtype: int) -> None:
    make = Maker(*GREY)
    x = make.node("Cast", make.node("Cast", "input", to=dtype), to=TensorProto.FLOAT)
    weights = make.constant(
        "weight", np.float64([[[[0.25]]]]) if dtype == TensorProto.DOUBLE else np.float16([[[[0.25]]]])
    )
    x = make.node("Conv", x, weights, kernel_shape=[1, 1])
    network = opened(tmp_path, make.model(ended(make, x, 14 * 16)))
    assert network.of_kind(Conv2D)[0].kernel.item() == 0.25


def test_weights_that_are_listed_as_inputs_too(tmp_path: Path) -> None:
    make = Maker(*GREY)
    model = make.model(ended(make, make.conv("input", "conv", 1, 2), 2 * 14 * 16))
    for constant in model.graph.initializer:
        model.graph.input.append(helper.make_tensor_value_info(constant.name, constant.data_type, constant.dims))
    assert kinds(opened(tmp_path, model)) == ["Conv2D", "Flatten", "Dense"]


def test_functions_of_the_model_itself_are_laid_flat(tmp_path: Path) -> None:
    make = Maker(*GREY)
    x = make.conv("input", "conv", 1, 2)
    make.node("Twice", x, domain="own")
    model = make.model(ended(make, "/Twice_1_output_0", 2 * 14 * 16))
    twice = helper.make_function(
        "own", "Twice", ["x"], ["y"], [helper.make_node("Add", ["x", "x"], ["y"])], [helper.make_opsetid("", 17)]
    )
    model.functions.append(twice)
    model.opset_import.append(helper.make_opsetid("own", 1))
    assert kinds(opened(tmp_path, model)) == ["Conv2D", "Add", "Flatten", "Dense"]


UNSUPPORTED: dict[str, tuple[Callable[[Maker, str], str], str]] = {
    "unknown": (lambda make, x: make.node("LSTM", x, name="/rnn/LSTM"), r"Layer 'rnn' is of the kind LSTM"),
    "of another set": (lambda make, x: make.node("Fancy", x, domain="com.microsoft"), r"com\.microsoft\.Fancy"),
    "quantized": (
        lambda make, x: make.node("QuantizeLinear", x, make.told(np.float32(1)), make.told(np.uint8(0))),
        r"QuantizeLinear\) is of a quantized model",
    ),
    "in one axis": (lambda make, x: make.node("Conv", make.node("Reshape", x, make.whole("to", 0, 2, -1)),
                                              make.weights("w", 2, 2, 3)), "windows of 1 axes"),
    "some images": (lambda make, x: make.node("Slice", x, make.whole("a", 1), make.whole("b", 9), make.whole("c", 0)),
                    "picks images of a batch"),
    "uneven parts": (lambda make, x: make.node("Split", x, make.whole("a", 1, 2), axis=1, outputs=2),
                     "does not come out even"),
    "with ones": (lambda make, x: make.node("Pad", x, make.whole("a", 0, 0, 1, 1, 0, 0, 1, 1), make.told(np.ones(1))),
                  "pads with another number than 0"),
    "divided": (lambda make, x: make.node("Div", x, x), "divides by what is computed"),
    "a loop": (lambda make, x: make.node("Loop", "", "", x, body=helper.make_graph([], "b", [], [])), "the kind Loop"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_a_network_is_read_up_to_an_operation_that_is_not_supported(tmp_path: Path, name: str) -> None:
    make = Maker(*GREY)
    x = make.node("Relu", make.conv("input", "conv", 1, 2))
    made, message = UNSUPPORTED[name]
    beside = make.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = make.node("Add", make.node("GlobalAveragePool", made(make, x)), make.node("GlobalAveragePool", beside))
    network = opened(tmp_path, make.model(ended(make, x, 2)))
    with pytest.raises(CnntuiError, match=message):
        network.answering()
    # What does not need it is there.
    assert kinds(network)[:2] == ["Conv2D", "MaxPool2D"]
    assert "Dense" not in kinds(network)


def external(make: Maker) -> Any:
    model = make.model(ended(make, make.conv("input", "conv", 1, 2), 2 * 14 * 16))
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    return model


def of_two_inputs(make: Maker) -> Any:
    model = make.model(ended(make, "input", 14 * 16))
    model.graph.input.append(helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, 2]))
    return model


def in_a_circle(make: Maker) -> Any:
    model = make.model(ended(make, "input", 14 * 16))
    model.graph.node[0].input[0] = model.graph.node[1].output[0]
    return model


def of_any_size(make: Maker) -> Any:
    model = make.model(ended(make, "input", 14 * 16))
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"
    return model


def weights_that_lie(make: Maker) -> Any:
    model = make.model(ended(make, "input", 14 * 16))
    model.graph.initializer[0].dims[0] = 10**9
    return model


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (external, "keeps its weights in other files"),
        (of_two_inputs, "has 2 inputs"),
        (in_a_circle, "which nothing makes before it"),
        (of_any_size, "does not say how large its input is"),
        (weights_that_lie, "is damaged"),
        (lambda make: make.model("input"), "no layer that does anything"),
        (lambda make: make.model(make.told(np.float32([1]))), "does not depend on the image"),
        (lambda make: make.model(make.node("LSTM", "input")), "of the kind LSTM"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    tmp_path: Path, spoil: Callable[[Maker], Any], message: str
) -> None:
    with pytest.raises(CnntuiError, match=message) as refused:
        opened(tmp_path, spoil(Maker(*GREY)))
    assert "model.onnx" in refused.value.message


def test_without_the_library_it_is_said_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr("cnntui.cnn.readers.onnx.file.find_spec", lambda name: None)
    (tmp_path / "net.onnx").write_bytes(b"\x08\x08\x12\x07pytorch")
    with pytest.raises(CnntuiError, match="package onnx") as refused:
        read_model(tmp_path / "net.onnx")
    assert "pip install" in refused.value.hint
