"""The way of a number through a layer, step by step, and a normalization folded into the convolution before it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from cnntui.cnn.arithmetic import MINUS
from cnntui.cnn.contributions import NumberPlace
from cnntui.cnn.folding import folding_of
from cnntui.cnn.layers import (
    Activate,
    Add,
    Average,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    DepthwiseConv2D,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    GroupedConv2D,
    GroupNormalization,
    Layer,
    LayerNormalization,
    Maximum,
    Multiply,
    Normalization,
    Rescaling,
    RMSNormalization,
    Subtract,
    UnitNormalization,
)
from cnntui.cnn.layers.operation import Operation
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats


def numbers(*shape: int, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def normalization(channels: int = 3) -> BatchNormalization:
    variance = np.abs(numbers(channels, seed=2)) + np.float32(0.2)
    return BatchNormalization("norm", numbers(channels), variance, numbers(channels, seed=3), numbers(channels, seed=4))


LAYERS: list[tuple[Layer, int]] = [
    (normalization(), 1),
    (BatchNormalization("norm", numbers(3), np.abs(numbers(3, seed=2))), 1),
    *(
        (kind("norm", gamma=numbers(3), **more), 1)
        for kind, more in (
            (LayerNormalization, {"beta": numbers(3, seed=2)}),
            (RMSNormalization, {}),
            (UnitNormalization, {}),
            (GroupNormalization, {"groups": 1}),
            (GroupNormalization, {"groups": 3, "beta": numbers(3, seed=2)}),
        )
    ),
    *(
        (Conv2DTranspose("up", numbers(2, 3, 3, 4), numbers(4), size=(9, 9), stride=(2, 1), activation=activation), 1)
        for activation in ("linear", "relu")
    ),
    (Rescaling("scale", scale=(1 / 127.5,), offset=(-1.0,)), 1),
    (Rescaling("scale", scale=(2.0,)), 1),
    (Normalization("norm", numbers(3), np.abs(numbers(3, seed=2))), 1),
    (Normalization("norm", numbers(3), np.abs(numbers(3, seed=2)), invert=True), 1),
    (Activate("tanh", "tanh"), 1),
    (GlobalAveragePool2D("mean"), 1),
    (GlobalMaxPool2D("most"), 1),
    *((kind(kind.KIND), count) for kind in (Add, Average, Multiply, Maximum) for count in (2, 3)),
    (Subtract("less"), 2),
]


def after(operation: Operation, before: float) -> float:
    """The result of a calculator."""
    assert operation.operand is not None
    match operation.sign:
        case "+":
            return before + operation.operand
        case "×":
            return before * operation.operand
        case "÷":
            return before / operation.operand
        case "or":
            return max(before, operation.operand)
    assert operation.sign == MINUS
    return before - operation.operand


@pytest.mark.parametrize(("layer", "inputs"), LAYERS, ids=lambda value: getattr(value, "KIND", value))
def test_each_step_follows_from_the_one_before_and_the_last_gives_the_output(layer: Layer, inputs: int) -> None:
    activation = layer.forward(*(numbers(5, 4, 3, seed=place) for place in range(inputs)))
    for index in np.ndindex(activation.output.shape):
        steps = layer.operations(index, activation)
        assert steps[-1].result == pytest.approx(float(activation.output[index]), abs=1e-6)
        for before, step in pairwise(steps):
            if step.operand is not None:
                assert step.result == pytest.approx(after(step, before.result), rel=1e-4, abs=1e-5)
        read = [step for step in steps if step.input is not None]
        for step in read:
            assert step.operand == float(activation.inputs[step.input or 0][index])


def test_a_folded_convolution_gives_the_same_numbers_at_once() -> None:
    conv = Conv2D("conv", numbers(3, 3, 2, 3), numbers(3), activation="linear", padding="same")
    network = Network((conv, normalization()), (6, 5, 2))
    image = numbers(6, 5, 2, seed=9)
    merged = network["norm"].folded_into(conv)
    assert merged is not None
    np.testing.assert_allclose(
        merged.forward(image).output, network.forward(image)["norm"].output, rtol=1e-4, atol=1e-5
    )
    folding = folding_of(network, NumberPlace("norm", (0, 0, 1)))
    assert folding is not None
    norm = normalization()
    assert norm.gamma is not None
    assert folding.factor(1) == pytest.approx(norm.gamma[1] / np.sqrt(norm.variance[1] + norm.epsilon), rel=1e-5)


def test_what_is_rectified_before_it_is_normalized_cannot_be_folded() -> None:
    conv = Conv2D("conv", numbers(3, 3, 2, 3), numbers(3))
    network = Network((conv, normalization()), (6, 5, 2))
    for name in ("norm", "conv"):
        assert folding_of(network, NumberPlace(name, (0, 0, 0))) is None
    assert folding_of(Network((normalization(2),), (6, 5, 2)), NumberPlace("norm", (0, 0, 0))) is None


def test_a_convolution_that_reads_a_part_of_the_maps_says_what_that_saves() -> None:
    each = DepthwiseConv2D("each", numbers(3, 3, 1, 8), numbers(8), groups=8)
    assert each.saving == (
        "Each filter reads only the map of its own number: 3·3·1·8 + 8 = 80 parameters. "
        "A full convolution reads all 8: 3·3·8·8 + 8 = 584, which is 504 more."
    )
    grouped = GroupedConv2D("grouped", numbers(1, 2, 4, 6), has_bias=False, groups=2)
    assert "4 of the 8 maps: 1·2·4·6 = 48" in grouped.saving
    assert "1·2·8·6 = 96, which is 48 more" in grouped.saving
    assert Conv2D("conv", numbers(3, 3, 2, 3), numbers(3)).saving == ""
