"""A training as people write one, with Watch among its callbacks: `python -m tests.watched_script [EPOCHS]`."""

import sys

import keras
from keras import layers

from cnntui.keras import Watch
from tests.colour_shapes import NAMES, images

x, y = images(4000, seed=1)
x_val, y_val = images(500, seed=2)

keras.utils.set_random_seed(5)
model = keras.Sequential(
    [
        layers.Input((32, 32, 3)),
        layers.Rescaling(1 / 255),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(len(NAMES), activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(
    x,
    y,
    epochs=int(sys.argv[1]) if len(sys.argv) > 1 else 8,
    validation_data=(x_val, y_val),
    callbacks=[Watch("shapes", images=x_val, labels=y_val, classes=NAMES)],
    verbose=2,
)
