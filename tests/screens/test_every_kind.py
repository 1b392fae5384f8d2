"""A network with every kind of layer in every view: nothing breaks, and every sentence is true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnntui.cnn.arithmetic import number
from cnntui.cnn.layers import (
    ELU,
    Activate,
    Add,
    Average,
    AveragePool2D,
    AveragePoolOfMaps,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    EdgePadding2D,
    Flatten,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    GroupedConv2D,
    GroupNormalization,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Maximum,
    MaxPool2D,
    MaxPoolOfMaps,
    Multiply,
    Normalization,
    PReLU,
    Rescaling,
    Reshape,
    Resizing,
    RMSNormalization,
    Select,
    Subtract,
    UnitNormalization,
    UpSampling2D,
    ZeroPadding2D,
)  # fmt: skip
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.explore.focus import Focus
from cnntui.explore.modes import mode_of
from cnntui.explore.scene import compose, refocus
from cnntui.explore.views import VIEWS
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.dialogs.edge_dialog import EdgeDialog


def numbers(*shape: int) -> Floats:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32) / 3


def kernel(rows: int, cols: int, maps: int, filters: int) -> dict[str, Floats]:
    return {"kernel": numbers(rows, cols, maps, filters), "bias": numbers(filters)}


def of_all_kinds() -> Network:
    """From an image of MNIST, with branches that part and come together, to ten classes."""
    positive = np.abs(numbers(6)) + 0.2
    layers: list[Layer] = [
        Rescaling("scaled", scale=(2.0,), offset=(-1.0,)),
        Normalization("normalized", numbers(1), np.abs(numbers(1)) + 0.5),
        ZeroPadding2D("padded", rows=(1, 2), cols=(0, 3)),
        Conv2D("conv", **kernel(3, 2, 1, 6), activation="tanh"),
        BatchNormalization("batch norm", numbers(6), positive, numbers(6), numbers(6)),
        Activate("silu", function="silu"),
        MaxPool2D("max", size=(2, 3), stride=(2, 3)),
        GroupedConv2D("grouped", **kernel(3, 2, 3, 8), groups=2, padding="same", activation="gelu"),
        DepthwiseConv2D("depthwise", kernel=numbers(2, 3, 1, 8), has_bias=False, groups=8, padding="same"),
        LeakyReLU("leaky", slope=0.1),
        Conv2D("left", **kernel(1, 1, 8, 8), inputs=("leaky",), activation="linear"),
        PReLU("right", alpha=numbers(1, 1, 8), inputs=("leaky",)),
        Add("add", inputs=("left", "right")),
        Average("average", inputs=("add", "right")),
        Maximum("largest", inputs=("add", "average")),
        Subtract("less", inputs=("largest", "left")),
        GlobalAveragePool2D("squeeze", inputs=("less",)),
        Dense("excite", numbers(8, 8), numbers(8), "sigmoid"),
        Reshape("as maps", shape=(1, 1, 8)),
        Multiply("weighed", inputs=("less", "as maps")),
        LayerNormalization("layer norm", gamma=numbers(8), beta=numbers(8)),
        UnitNormalization("unit norm", epsilon=1e-24),
        Conv2DTranspose(
            "transposed", **kernel(3, 4, 8, 6), size=(28, 20), stride=(2, 2), cut=(0, 1), activation="silu"
        ),
        GroupNormalization("group norm", groups=3, gamma=numbers(6), beta=numbers(6)),
        RMSNormalization("rms norm", gamma=numbers(6)),
        MaxPool2D("smaller", size=(2, 2), stride=(2, 2)),
        ELU("elu", alpha=0.5),
        AveragePool2D("mean", size=(2, 2), stride=(2, 1)),
        Cropping2D("cropped", rows=(1, 0), cols=(0, 1)),
        UpSampling2D("larger", size=(2, 1)),
        EdgePadding2D("edged", rows=(1, 0), cols=(0, 2)),
        Resizing("resized", size=(7, 9)),
        Resizing("on the nearest", size=(7, 10), interpolation="nearest"),
        Select("picked", rows=(6, *range(6)), cols=(*range(10),), maps=(4, 0, 2, 1, 3, 5)),
        AveragePoolOfMaps("mean of maps"),
        MaxPoolOfMaps("largest of maps", inputs=("picked",)),
        Concatenate("both", inputs=("on the nearest", "picked", "mean of maps", "largest of maps")),
        GlobalMaxPool2D("strongest", inputs=("both",)),
        Flatten("flat", inputs=("both",)),
        Concatenate("all", inputs=("flat", "strongest")),
    ]
    before = Network(tuple(layers), mnist.SHAPE)
    (length,) = before.shapes[-1]
    return replace(before, layers=(*layers, Dense("out", numbers(length, 10), numbers(10), "softmax")))


@pytest.mark.slow
async def test_every_layer_is_seen_in_every_view(digits: DataSet) -> None:
    network = of_all_kinds()
    scene = compose("all kinds", None, network, digits.first(20), Focus(layer="conv"))
    app = CnntuiApp(scene, "network")
    async with app.run_test(size=(80, 24)) as pilot:
        for layer in network:
            app.action_mode("network")
            app.showing.look_at(refocus(app.scene, replace(app.scene.focus, layer=layer.name, filter=1, row=2, col=3)))
            await pilot.pause()
            await pilot.press("enter")
            await pilot.press("right", "down", "f")
            for mode in ("field", "calculation"):
                app.action_mode(mode)
                await pilot.press("down")
        for mode in VIEWS:
            if mode in ("runs", "train"):
                continue
            app.action_mode(mode)
            await pilot.pause()
            await pilot.press("right", "n", "down")


@pytest.mark.slow
async def test_two_classes_that_share_a_number_are_seen_in_every_view(digits: DataSet) -> None:
    end = Dense("out", numbers(26 * 26 * 2, 1), numbers(1), "sigmoid")
    layers = (Conv2D("conv", **kernel(3, 3, 1, 2)), Flatten("flat"), end)
    two = replace(digits.first(20), labels=digits.labels[:20] % 2, classes=("even", "odd"))
    app = CnntuiApp(compose("two", None, Network(layers, mnist.SHAPE), two, Focus(layer="conv")), "network")
    async with app.run_test(size=(120, 40)) as pilot:
        for mode in VIEWS:
            if mode != "runs":
                app.action_mode(mode)
                await pilot.pause()
                await pilot.press("right", "down", "n")
        for key in ("1", "c", "escape", "d", "c", "escape"):
            await pilot.press(key)
            await pilot.pause()


def test_every_layer_without_a_view_says_how_a_number_comes_about() -> None:
    network = of_all_kinds()
    activations = network.forward(np.random.default_rng(0).random(network.input_shape, np.float32))
    for layer in network:
        for index in ((0, 0, 0), (2, 1, 1)):
            shape = activations[layer.name].output.shape
            at = tuple(min(place, length - 1) for place, length in zip(index[-len(shape) :], shape, strict=True))
            said = layer.rule(at, activations[layer.name])
            assert bool(said) == (mode_of(layer) == "calculation"), layer.name
    x = float(activations["conv"].output[2, 1, 1])
    norm = network.get("batch norm", BatchNormalization)
    said = norm.rule((2, 1, 1), activations["batch norm"])
    assert said.startswith(f"({number(x)} − ")
    output = number(float(activations["batch norm"].output[2, 1, 1]))
    assert f"≈ {output}. In short, for every cell of map 1: × " in said


async def test_from_a_pixel_to_the_answer_along_every_edge(digits: DataSet) -> None:
    network = of_all_kinds()
    app = CnntuiApp(
        compose("all kinds", None, network, digits.first(3), Focus(layer="scaled", row=9, col=9)), "network"
    )
    seen = {app.navigator.scene.focus.layer}
    waiting = [app.navigator.scene]
    while waiting:
        app.navigator.scene = scene = waiting.pop()
        for way in app.navigator.readers:
            app.navigator.scene = scene
            app.navigator.follow(way)
            if way not in seen:
                seen.add(way)
                waiting.append(app.navigator.scene)
    assert seen >= {layer.name for layer in network} - {"normalized"} or len(seen) == len(network)


def residual() -> Network:
    """Two convolutions are added to what goes past them."""
    return Network(
        (
            Conv2D("conv", **kernel(3, 3, 1, 4)),
            Conv2D("conv_1", **kernel(3, 3, 4, 6)),
            MaxPool2D("pool", size=(3, 3), stride=(3, 3)),
            Conv2D("conv_2", **kernel(3, 3, 6, 6), padding="same"),
            Conv2D("conv_3", **kernel(3, 3, 6, 6), padding="same"),
            Add("add", inputs=("conv_3", "pool")),
            GlobalAveragePool2D("mean"),
            Dense("dense", numbers(6, 8), numbers(8)),
            Dense("dense_1", numbers(8, 10), numbers(10), "linear"),
        ),
        mnist.SHAPE,
    )


@pytest.mark.slow
@pytest.mark.parametrize("branch", [("conv_2", "conv_3"), ()])
async def test_a_residual_network_is_followed_to_its_answer_by_keys_alone(
    digits: DataSet, branch: tuple[str, ...]
) -> None:
    app = CnntuiApp(
        compose("residual", None, residual(), digits.first(3), Focus(layer="conv", row=9, col=9)), "convolve"
    )
    async with app.run_test(size=(80, 24)) as pilot:
        way = []
        while app.mode != "softmax" and len(way) < 12:
            way.append(app.scene.focus.layer)
            await pilot.press("enter")
            await pilot.pause()
            if isinstance(app.screen, EdgeDialog):
                await pilot.press(*(() if branch else ("down",)), "enter")
                await pilot.pause()
        assert way == ["conv", "conv_1", "pool", *branch, "add", "mean", "dense", "dense_1"]
        for layer in reversed(way):
            await pilot.press("backspace")
            assert app.scene.focus.layer == layer
