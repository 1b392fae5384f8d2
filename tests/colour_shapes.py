"""A small network in colour, trained in a quarter of a minute: `python -m tests.colour_shapes FOLDER` writes it.

Discs, squares, diamonds and stripes of all colours, 32×32×3, and a network of what people's networks are made of:
rescaling, a normalized convolution, a depthwise one that a shortcut passes by, and a pool of whole maps.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NAMES = ("disc", "square", "diamond", "stripes")
SIZE = 32


def images(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images `(count, 32, 32, 3)` and their classes."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, len(NAMES), count)
    rows, cols = np.mgrid[:SIZE, :SIZE]
    drawn = np.zeros((count, SIZE, SIZE, 3), np.uint8)
    for image, label in zip(drawn, labels, strict=True):
        radius, (row, col) = rng.integers(6, 11), rng.integers(11, 21, 2)
        down, right = abs(rows - row), abs(cols - col)
        shape = (
            down**2 + right**2 < radius**2,
            (down < radius) & (right < radius),
            down + right < 1.3 * radius,
            (rows + rng.integers(0, 8)) // 4 % 2 == 0,
        )[label]
        image[...] = rng.integers(0, 80, 3)
        image[shape] = rng.integers(90, 256, 3)
        image[...] = np.clip(image + rng.normal(0, 4, image.shape), 0, 255)
    return drawn, labels


def write(folder: Path) -> tuple[Path, Path]:
    """Train the network; the network file and a data set of images that it was not trained on."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    keras.utils.set_random_seed(3)
    layers = keras.layers
    image = keras.Input((SIZE, SIZE, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="rescaling")(image)
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv2d")(x)
    x = layers.BatchNormalization(name="batch_norm")(x)
    x = passed = layers.ReLU(name="relu")(x)
    x = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(x)
    x = layers.Conv2D(8, 1, name="pointwise")(x)
    x = layers.Add(name="add")([passed, x])
    x = layers.MaxPooling2D(name="max_pooling")(x)
    x = layers.Conv2D(16, 3, activation="relu", name="conv2d_1")(x)
    x = layers.GlobalAveragePooling2D(name="mean_of_maps")(x)
    model = keras.Model(image, layers.Dense(len(NAMES), activation="softmax", name="dense")(x))
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
    known, named = images(1200, 1)
    model.fit(known.astype(np.float32), named, epochs=12, batch_size=32, verbose=0)
    unknown, true = images(200, 2)
    _, accuracy = model.evaluate(unknown.astype(np.float32), true, verbose=0)
    print(f"{accuracy:.1%} of 200 new images read rightly")
    model.save(folder / "shapes.keras")
    np.savez_compressed(folder / "shapes.npz", x_test=unknown, y_test=true, class_names=np.array(NAMES))
    return folder / "shapes.keras", folder / "shapes.npz"


if __name__ == "__main__":
    write(Path(sys.argv[1]))
