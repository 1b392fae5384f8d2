"""The recipe: the network of the lesson, or the one that a run's settings describe, and how it is trained."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from cnntui.cnn.layers import AveragePool2D, Conv2D, Dense, Flatten, Layer, MaxPool2D
from cnntui.runs.config.architecture import network_of
from cnntui.runs.config.run_config import RunConfig
from cnntui.training.trained_model import Tensor, TrainedModel


def build_model(config: RunConfig) -> keras.Sequential:
    """The network that a run's settings describe, with random weights: each layer of `network_of` as a Keras layer."""
    network = network_of(config)
    # All at once: each time a layer is added, Keras builds those before it again.
    made = [keras.Input(network.input_shape, name="digit"), *map(_in_keras, network)]
    return keras.Sequential(made, name="mnist_cnn")


def _in_keras(layer: Layer) -> layers.Layer:
    match layer:
        case Conv2D(name):
            return layers.Conv2D(
                layer.filters,
                layer.size,
                strides=layer.stride,
                padding=layer.padding,
                activation=layer.activation,
                name=name,
            )
        case MaxPool2D(name):
            return layers.MaxPooling2D(layer.size, strides=layer.stride, padding=layer.padding, name=name)
        case AveragePool2D(name):
            return layers.AveragePooling2D(layer.size, strides=layer.stride, padding=layer.padding, name=name)
        case Flatten(name):
            return layers.Flatten(name=name)
        case Dense(name):
            return layers.Dense(layer.units, activation=layer.activation, name=name)
        case _:
            raise TypeError(f"{layer} has no counterpart in Keras")


def trained_recipe(config: RunConfig) -> TrainedModel:
    """The compiled network that a run's settings describe, with its weights by name."""
    model = build_model(config)
    compile_model(model, config)
    return TrainedModel(
        model,
        {
            f"{layer.name}/{variable.name}": Tensor(variable, np.asarray)
            for layer in model.layers
            for variable in layer.weights
        },
    )


def compile_model(model: keras.Sequential, config: RunConfig) -> None:
    """Give the network its optimizer, its loss and its metric; all three are saved with it."""
    model.compile(
        optimizer=build_optimizer(config.learning.optimizer, config.learning.learning_rate),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # XLA is about three times slower than oneDNN on a CPU here.
    )
    model.optimizer.build(model.trainable_variables)


def build_optimizer(name: str, learning_rate: float) -> keras.optimizers.Optimizer:
    """The optimizer with the given name from the settings."""
    kinds = {
        "rmsprop": keras.optimizers.RMSprop,
        "adam": keras.optimizers.Adam,
        "sgd": keras.optimizers.SGD,
    }
    return kinds[name](learning_rate=learning_rate)
