"""The reference of the training benchmark: the recipe in a plain Keras `fit`, as a lesson would write it.

`python -m tests.bench.plain_fit EPOCHS SEED LIMIT` prints one line of JSON: the test loss and accuracy after the last
epoch. LIMIT is a number of training digits, 0 for all.
"""

from __future__ import annotations

import json
import sys

import keras
from keras import layers
from keras.utils import to_categorical

from cnntui.images import data


def main() -> None:
    epochs, seed, limit = (int(argument) for argument in sys.argv[1:4])
    train, test = data.load_train(), data.load_test()
    train_images = train.images.reshape(-1, 28, 28, 1).astype("float32") / 255
    test_images = test.images.reshape(-1, 28, 28, 1).astype("float32") / 255
    train_labels, test_labels = to_categorical(train.labels), to_categorical(test.labels)
    if limit:
        train_images, train_labels = train_images[:limit], train_labels[:limit]

    keras.utils.set_random_seed(seed)
    model = keras.Sequential()
    model.add(keras.Input((28, 28, 1)))
    model.add(layers.Conv2D(32, (2, 2), activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(64, (2, 2), activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(64, (2, 2), activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        train_images,
        train_labels,
        epochs=epochs,
        batch_size=64,
        validation_data=(test_images, test_labels),
        verbose=0,
    )
    print(json.dumps({"loss": history.history["val_loss"][-1], "accuracy": history.history["val_accuracy"][-1]}))


if __name__ == "__main__":
    main()
