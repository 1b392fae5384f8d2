"""The recipe: the network of the lesson, or the one that a run's settings ask for, and how it learns."""

from __future__ import annotations

import keras
from keras import layers

from cnntui.runs.architecture import CLASSES, INPUT_SHAPE
from cnntui.runs.config import RunConfig


def build_model(config: RunConfig) -> keras.Sequential:
    """The network with random weights.

    At the right are the shapes (height, width, channels) of the recipe, which has 127,978 parameters.
    """
    model = keras.Sequential(name="mnist_cnn")
    model.add(keras.Input(INPUT_SHAPE, name="digit"))  #     28 × 28 × 1
    model.add(_convolution(config, 0))  #                    27 × 27 × 32
    if config.pooling == "max":
        model.add(layers.MaxPooling2D((2, 2), name="max_pooling2d"))  #      13 × 13 × 32
    model.add(_convolution(config, 1))  #                    12 × 12 × 64
    if config.pooling == "max":
        model.add(layers.MaxPooling2D((2, 2), name="max_pooling2d_1"))  #     6 ×  6 × 64
    model.add(_convolution(config, 2))  #                     5 ×  5 × 64
    model.add(layers.Flatten(name="flatten"))  #                     1600
    model.add(layers.Dense(config.dense, activation="relu", name="dense"))  #   64
    model.add(layers.Dense(CLASSES, activation="softmax", name="dense_1"))  #   10
    return model


def _convolution(config: RunConfig, number: int) -> layers.Conv2D:
    size = config.kernel_size[number]
    return layers.Conv2D(
        config.filters[number],
        (size, size),
        padding=config.padding,
        activation="relu",
        name=f"conv2d_{number}" if number else "conv2d",
    )


def compile_model(model: keras.Sequential, config: RunConfig) -> None:
    """Give the network its optimizer, its loss and its metric; all three are saved with it."""
    model.compile(
        optimizer=build_optimizer(config.optimizer, config.learning_rate),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # XLA is about three times slower than oneDNN on a CPU here
    )
    model.optimizer.build(model.trainable_variables)


def build_optimizer(name: str, learning_rate: float) -> keras.optimizers.Optimizer:
    """One of `cnntui.runs.config.OPTIMIZERS`."""
    kinds = {
        "rmsprop": keras.optimizers.RMSprop,
        "adam": keras.optimizers.Adam,
        "sgd": keras.optimizers.SGD,
    }
    return kinds[name](learning_rate=learning_rate)
