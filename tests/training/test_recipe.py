"""Keras builds the network that the settings describe."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cnntui.files.errors import CnntuiError
from cnntui.runs.config.architecture import layers_of, network_of
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.config.settings import CHOICES
from tests.training.later import recipe

pytestmark = pytest.mark.slow


def random_config(chance: random.Random) -> RunConfig:
    settings: dict[str, Any] = {
        "filters": tuple(chance.randint(1, 40) for _ in range(3)),
        "kernel_size": tuple(chance.randint(1, 9) for _ in range(3)),
        "padding": chance.choice(["valid", "same"]),
        "pooling": chance.choice(CHOICES["pooling"]),
        "model": chance.choice(["cnn", "cnn", "cnn", "dense"]),
        "dense": chance.randint(1, 80),
    }
    return RunConfig(name="random", seed=1, **settings)


def in_keras(config: RunConfig) -> Any:
    """The same network, built with Keras directly."""
    keras = pytest.importorskip("keras")
    layers = keras.layers
    pools = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
    made = [keras.Input((28, 28, 1))]
    for place in range(3 if config.model == "cnn" else 0):
        strides = 2 if config.pooling == "stride" and place < 2 else 1
        made.append(layers.Conv2D(config.filters[place], config.kernel_size[place], strides, config.padding))
        if place < 2 and config.pooling in pools:
            made.append(pools[config.pooling](2))
    return keras.Sequential([*made, layers.Flatten(), layers.Dense(config.dense), layers.Dense(10)])


@pytest.mark.parametrize("seed", range(40))
def test_shapes_and_parameters_are_those_that_keras_has(seed: int) -> None:
    config = random_config(random.Random(seed))
    try:
        plans = layers_of(config)
    except CnntuiError:
        with pytest.raises(ValueError, match="Computed output size would be"):
            in_keras(config)
        return
    model = recipe.build_model(config)
    assert [layer.output.shape for layer in model.layers] == [layer.output.shape for layer in in_keras(config).layers]
    assert [layer.name for layer in model.layers] == [plan.name for plan in plans]
    assert [layer.output.shape[1:] for layer in model.layers] == [plan.output_shape for plan in plans]
    strides = [getattr(layer, "strides", (1, 1)) for layer in model.layers]
    assert strides == [layer.stride for layer in network_of(config)]
    assert [layer.count_params() for layer in model.layers] == [plan.parameters for plan in plans]
    for layer, ours in zip(model.layers, network_of(config), strict=True):
        assert [tuple(weight.shape) for weight in layer.weights] == [
            array.shape for array in (getattr(ours, "kernel", None), getattr(ours, "bias", None)) if array is not None
        ]
