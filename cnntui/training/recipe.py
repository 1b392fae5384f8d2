"""The recipe: the network of the lesson, and how it learns."""

from __future__ import annotations

import keras
from keras import layers

from cnntui.runs.config import RunConfig

CLASSES = 10
INPUT_SHAPE = (28, 28, 1)


def build_model() -> keras.Sequential:
    """The network, with random weights: 127,978 parameters; the shapes at the right are (height, width, channels)."""
    model = keras.Sequential(name="mnist_cnn")
    model.add(keras.Input(INPUT_SHAPE, name="digit"))  #                                   28 × 28 × 1
    model.add(layers.Conv2D(32, (2, 2), activation="relu", name="conv2d"))  #              27 × 27 × 32
    model.add(layers.MaxPooling2D((2, 2), name="max_pooling2d"))  #                        13 × 13 × 32
    model.add(layers.Conv2D(64, (2, 2), activation="relu", name="conv2d_1"))  #            12 × 12 × 64
    model.add(layers.MaxPooling2D((2, 2), name="max_pooling2d_1"))  #                       6 ×  6 × 64
    model.add(layers.Conv2D(64, (2, 2), activation="relu", name="conv2d_2"))  #             5 ×  5 × 64
    model.add(layers.Flatten(name="flatten"))  #                                                   1600
    model.add(layers.Dense(64, activation="relu", name="dense"))  #                                  64
    model.add(layers.Dense(CLASSES, activation="softmax", name="dense_1"))  #                        10
    return model


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
