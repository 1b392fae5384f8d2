"""The oracle: our numbers against Keras's own, on real digits, and files that Keras itself wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.cnn.network import weights_of
from cnntui.cnn.readers.keras.file import read_architecture, read_network
from cnntui.images.data import load_test
from cnntui.runs.directory.run_directory import bundled_run

pytestmark = pytest.mark.slow

TOLERANCE = 1e-5


def mnist_layers(keras: Any, **names: str) -> list[Any]:
    """The layers that cnntui trains, made by Keras; the first and third can be given other names."""
    layers = keras.layers
    return [
        layers.Conv2D(32, (2, 2), activation="relu", name=names.get("first")),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (2, 2), activation="relu", name=names.get("third")),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (2, 2), activation="relu"),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]


def sequential(keras: Any, layers: list[Any]) -> Any:
    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


def outputs(keras: Any, model: Any, images: Any) -> list[Any]:
    """What every layer gives, as Keras computes it."""
    probe = keras.Model(model.inputs, [layer.output for layer in model.layers])
    return [np.asarray(output) for output in probe(images, training=False)]


def assert_equal_on_every_layer(keras: Any, model: Any, path: Path, images: Any) -> None:
    model.save(path)
    network = read_network(path)
    skipped = ("Dropout", "InputLayer")
    assert [layer.name for layer in network] == [
        layer.name for layer in model.layers if type(layer).__name__ not in skipped
    ]
    assert network.parameters == model.count_params()
    assert read_architecture(path).shapes == network.shapes
    expected = dict(zip((layer.name for layer in model.layers), outputs(keras, model, images), strict=True))
    for layer, activation in network.forward(images):
        assert activation.output.dtype == np.float32
        np.testing.assert_allclose(activation.output, expected[layer.name], rtol=0, atol=TOLERANCE, err_msg=layer.name)


def test_every_layer_equals_keras_on_a_thousand_real_digits(keras: Any, tmp_path: Path) -> None:
    model = keras.models.load_model(bundled_run().path / "model.keras")
    test = load_test()
    images = ZERO_TO_ONE.applied(test.images[:1000])
    assert_equal_on_every_layer(keras, model, tmp_path / "model.keras", images)

    network = read_network(tmp_path / "model.keras")
    one_by_one = [network.forward(image).predicted for image in images[:50]]
    expected = np.asarray(model(images)).argmax(axis=1)
    assert np.mean(expected == test.labels[:1000]) > 0.97, "it is a network that has learned"
    np.testing.assert_array_equal(one_by_one, expected[:50])


def test_models_built_second_in_a_process_and_layers_renamed(keras: Any, tmp_path: Path) -> None:
    images = ZERO_TO_ONE.applied(load_test().images[:20])
    mnist_layers(keras)
    renamed = mnist_layers(keras, first="conv2d_1", third="conv2d")
    for number, layers in enumerate((mnist_layers(keras), renamed)):
        model = sequential(keras, layers)
        assert_equal_on_every_layer(keras, model, tmp_path / f"{number}.keras", images)


def test_padding_strides_dropout_and_functional_models(keras: Any, tmp_path: Path) -> None:
    layers = keras.layers
    keras.utils.set_random_seed(2)
    tensor = start = keras.Input((28, 28, 1))
    for layer in (
        layers.Conv2D(4, (3, 4), padding="same", activation="relu", bias_initializer="normal"),
        layers.Conv2D(5, 5, strides=(2, 3), padding="same", bias_initializer="normal"),
        layers.MaxPooling2D((3, 2), strides=(2, 1)),
        layers.Dropout(0.3),
        layers.AveragePooling2D((2, 3), strides=(1, 2), padding="same"),
        layers.Conv2D(3, 2, strides=2, activation="relu"),
        layers.Flatten(),
        layers.Dense(10),
    ):
        tensor = layer(tensor)
    images = ZERO_TO_ONE.applied(load_test().images[:50])
    assert_equal_on_every_layer(keras, keras.Model(start, tensor), tmp_path / "model.keras", images)


def test_weights_go_by_the_names_that_keras_gives(keras: Any, tmp_path: Path) -> None:
    model = sequential(keras, mnist_layers(keras))
    model.save(tmp_path / "model.keras")
    weights = weights_of(read_network(tmp_path / "model.keras"))
    for layer in model.layers:
        if layer.get_weights():
            for ours, theirs in zip(weights[layer.name].values(), layer.get_weights(), strict=True):
                np.testing.assert_array_equal(ours, theirs)
