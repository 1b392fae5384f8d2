"""Trains the strided convolutions that the downsampling lab shows beside max: `python -m tests.make_learned_strides`.

The bundled network is cut behind one of its convolutions. The layers up to there keep their weights, so that the maps
are those that the lab shows. Behind them stands either max pooling, or for each map one linear window of as many
weights, moved by its own size, that begins as the average. Then follow layers of the lesson's kinds with weights of
their own. All that is not kept learns from all digits. Both networks of a pair begin with the same numbers.

It takes about two minutes on two cores.
"""

from __future__ import annotations

import sys

import keras
import numpy as np
from keras import layers

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.readers.keras.file import read_network
from cnntui.images import data
from cnntui.labs.learned_stride import EPOCHS, FILE, SIZE, digest
from cnntui.runs.directory.run_directory import bundled_run
from cnntui.training.learner import Learner, use_cores
from cnntui.training.schedule import epoch_order
from tests.make_bundled_runs import ASSETS, SEED

BATCH = 64


def cut_network(whole: keras.Model, name: str, size: int, learned: bool) -> keras.Sequential:
    """The layers up to `name` as they are, one way of making maps smaller, and layers that still have to learn."""
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input(whole.input_shape[1:])])
    names = [layer.name for layer in whole.layers]
    for layer in whole.layers[: names.index(name) + 1]:
        layer.trainable = False
        model.add(layer)
    later = [layer for layer in whole.layers[names.index(name) + 1 :] if isinstance(layer, layers.Conv2D)]
    even = keras.initializers.Constant(1 / size**2)
    model.add(
        layers.DepthwiseConv2D(size, strides=size, use_bias=False, depthwise_initializer=even, name="smaller")
        if learned
        else layers.MaxPooling2D(size, name="smaller")
    )
    for place, layer in enumerate(later):
        model.add(layers.Conv2D(layer.filters, layer.kernel_size, activation="relu", name=f"later_{place}"))
        if layer is not later[-1]:
            model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu", name="head"))
    model.add(layers.Dense(10, activation="softmax", name="answer"))
    model.compile(optimizer=keras.optimizers.RMSprop(0.001), loss="categorical_crossentropy", jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def accuracy(model: keras.Sequential, train: data.DataSet, test: data.DataSet, parts: int) -> float:
    """Train a network; returns its accuracy on the test digits."""
    learner = Learner(model, train, test, parts)
    for epoch in range(EPOCHS):
        order = epoch_order(SEED, epoch, len(train))
        whole = len(order) // BATCH * BATCH
        learner.learn(order[:whole].reshape(-1, BATCH))
        if order[whole:].size:
            learner.learn(order[np.newaxis, whole:])
    return learner.evaluate()[1]


def main() -> int:
    parts = use_cores()
    path = bundled_run().checkpoint_path
    network = read_network(path)
    train, test = data.load_train(None), data.load_test(None)
    arrays: dict[str, np.ndarray] = {}
    for layer in network:
        if not isinstance(layer, Conv2D):
            continue
        arrays[f"{layer.name}/digest"] = np.array(digest(network, layer.name))
        whole = keras.saving.load_model(path, compile=False)
        reached = {}
        for learned in (False, True):
            model = cut_network(whole, layer.name, SIZE, learned)
            reached[learned] = accuracy(model, train, test, parts)
        arrays[f"{layer.name}/weights"] = model.get_layer("smaller").get_weights()[0][..., 0]
        arrays[f"{layer.name}/accuracies"] = np.array([reached[False], reached[True]], np.float32)
        print(f"{layer.name}: max {reached[False]:.4f}, learned {reached[True]:.4f}", flush=True)
        np.savez_compressed(ASSETS / FILE, **arrays)
    return 0


if __name__ == "__main__":
    sys.exit(main())
