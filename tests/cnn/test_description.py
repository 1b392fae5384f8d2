"""Architectures as plain data: they survive JSON, and errors in them are refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from cnntui.cnn.description import Description, LayerDescription
from cnntui.cnn.layers import AveragePool2D, Conv2D, Dense, Flatten
from cnntui.cnn.network import Network, weights_of, with_weights
from cnntui.files.errors import CnntuiError
from tests.networks import mnist_network, other_network


def through_json(network: Network) -> Any:
    return json.loads(json.dumps(Description.of(network).plain()))


def branched() -> Network:
    def conv(name: str, *inputs: str, depth: int) -> Conv2D:
        return Conv2D(name, np.ones((1, 1, depth, 2), np.float32), np.ones(2, np.float32), inputs=inputs)

    return Network(
        (
            conv("first", depth=3),
            conv("left", "first", depth=2),
            AveragePool2D("right", (3, 2), (1, 2), "same", inputs=("first",)),
            Flatten("flat", inputs=("right",)),
            Dense("classes", np.ones((8 * 4 * 2, 4), np.float32), np.ones(4, np.float32), "softmax"),
        ),
        (8, 8, 3),
    )


@pytest.mark.parametrize("network", [mnist_network(), other_network(), branched()])
def test_a_network_comes_back_from_json(network: Network) -> None:
    again = with_weights(Description.from_plain(through_json(network)).network(), weights_of(network))
    assert again.input_shape == network.input_shape
    assert [layer.inputs for layer in again] == [layer.inputs for layer in network]
    pixels = np.random.default_rng(0).integers(0, 256, (2, *network.input_shape), np.uint8)
    np.testing.assert_array_equal(
        again.forward(again.input_of(pixels)).logits, network.forward(network.input_of(pixels)).logits
    )
    assert Description.of(again) == Description.of(network)


def test_the_weights_of_what_comes_back_take_no_memory() -> None:
    network = Description.from_plain(through_json(mnist_network())).network()
    assert all(array.strides == (0,) * array.ndim for own in weights_of(network).values() for array in own.values())


def at(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(values: Any) -> None:
        for key in path[:-1]:
            values = values[key]
        values[path[-1]] = to

    return change


FIRST = ("layers", 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (at(*FIRST, "kind", to="Lambda"), "'conv2d' is of the kind Lambda, which this version does not know"),
        (at(*FIRST, "kind", to="Pool2D"), "of the kind Pool2D, which"),
        (at(*FIRST, "kind", to="a\x1b[2J"), r"of the kind a\\x1b\[2J, which"),
        (at(*FIRST, "kind", to=None), "has no kind, no name or odd inputs"),
        (at(*FIRST, to=[]), "has no kind, no name or odd inputs"),
        (at(*FIRST, "inputs", to={}), "has no kind, no name or odd inputs"),
        (at(*FIRST, "inputs", to=["conv2d_1"]), "'conv2d' reads 'conv2d_1', which does not come before it"),
        (at(*FIRST, "settings", to=[]), "settings or weights of layer 'conv2d' are no JSON object"),
        (at(*FIRST, "settings", "stride", to=[0, 1]), r"'conv2d' has stride = \(0, 1\), which"),
        (at(*FIRST, "settings", "padding", to=["same"]), "has padding ="),
        (
            at(*FIRST, "settings", "activation", to="wobble"),
            "has activation = 'wobble', which this version does not know",
        ),
        (at(*FIRST, "settings", "groups", to=2), "has groups = 2, which this version does not know"),
        (at(*FIRST, "settings", "kernel", to=2), "has kernel = 2, which"),
        (at(*FIRST, "settings", "name", to="b"), "has name = 'b', which"),
        (at(*FIRST, "weights", to={}), "'conv2d' lacks some of its weights"),
        (at(*FIRST, "weights", "gamma", to=[3]), "'conv2d' has a gamma, which this version does not know"),
        (at(*FIRST, "weights", "kernel", to=[2, 2, 1, 10**12]), "declares 2×2×1×1000000000000 weights, which is too"),
        (at(*FIRST, "weights", "kernel", to=[2, 2, 1, -3]), "not a list of whole numbers"),
        (at("input_shape", to=[28, 28.0, 1]), "not a list of whole numbers"),
        (at("input_shape", to=[28, 28, 2]), "kernels for 1 input channels"),
        (at("layers", to=[]), "lists no layers"),
        (at("layers", to="Dense"), "lists no layers"),
    ],
)
def test_what_is_wrong_is_said(change: Callable[[Any], None], message: str) -> None:
    values = copy.deepcopy(through_json(mnist_network()))
    change(values)
    with pytest.raises(CnntuiError, match=message):
        Description.from_plain(values).network()


def test_what_is_no_description_is_refused() -> None:
    for values in (None, [], 3, {"layers": [None]}):
        with pytest.raises(CnntuiError, match="description of the network"):
            Description.from_plain(values)


def test_maps_that_no_memory_holds_are_refused() -> None:
    conv = LayerDescription("Conv2D", "wide", {}, {"kernel": (1, 1, 1, 64), "bias": (64,)})
    with pytest.raises(CnntuiError, match="'wide' gives 1000×1000×64, which is too large"):
        Description((1000, 1000, 1), (conv,)).network()


def test_parameters_and_maps_must_fit_into_memory_together() -> None:
    convs = [
        LayerDescription("Conv2D", f"conv{depth}", {}, {"kernel": (1, 1, depth, 8), "bias": (8,)}) for depth in (1, 8)
    ]
    pool = LayerDescription("GlobalMaxPool2D", "pool")
    wide = (("in", 8, 12_000), ("wide", 12_000, 12_000), ("out", 12_000, 10))
    dense = [LayerDescription("Dense", name, {}, {"kernel": (a, b), "bias": (b,)}) for name, a, b in wide]
    for side, is_refused in ((1000, False), (1500, True)):
        description = Description((side, side, 1), (*convs, pool, *dense))
        with pytest.raises(CnntuiError, match="needs memory for") if is_refused else nullcontext():
            description.network()


def test_keys_that_a_newer_version_adds_are_passed_over() -> None:
    values = through_json(branched())
    values["made_by"] = "a newer version"
    values["layers"][0]["trainable"] = False
    assert Description.from_plain(values) == Description.of(branched())
