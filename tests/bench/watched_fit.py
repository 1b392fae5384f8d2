"""What `cnntui.keras.Watch` costs a `fit`: the same trainings with and without it, by turns, in one process.

As a module, `python -m tests.bench.watched_fit DIGITS PAIRS` is that process. It prints the processor's seconds of each
training, which depend less on what else the machine does than those on the wall; the first two, in which TensorFlow
builds its functions, do not count.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time

from tests.bench.table import Limit, Of, Row


def measure(digits: int, pairs: int) -> Row:
    """Train by turns; the seconds of a watched training, beside those of a plain one.

    Args:
        digits: how many of MNIST's an epoch has.
        pairs: how many trainings of each kind count.
    """
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(digits), str(pairs)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the fit ended with status {done.returncode}")
    plain, watched = json.loads(done.stdout)
    return Row(
        "an epoch of your own fit, watched", sum(watched) / pairs, sum(plain) / pairs, "the same fit without Watch",
        "s", (Limit(Of.RATIO, 1.03),), f"{digits:,} digits, mean of {pairs}; CPU time",
    )  # fmt: skip


def main() -> None:
    import keras
    from keras import layers

    from cnntui.images import data
    from cnntui.keras import Watch

    digits, pairs = map(int, sys.argv[1:])
    images = data.load_train().first(digits)
    pixels = images.images.astype("float32") / 255
    keras.utils.set_random_seed(1)
    first = [layers.Input((28, 28, 1)), layers.Conv2D(32, 2, activation="relu"), layers.MaxPooling2D()]
    second = [layers.Conv2D(64, 2, activation="relu"), layers.MaxPooling2D(), layers.Conv2D(64, 2, activation="relu")]
    rest = [layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]
    model = keras.Sequential([*first, *second, *rest])
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    seconds: tuple[list[float], list[float]] = ([], [])
    with tempfile.TemporaryDirectory() as folder:
        watch = Watch("bench", images=pixels[:1000], labels=images.labels[:1000], runs_dir=folder)
        for _ in range(pairs + 1):
            for callbacks, taken in zip(([], [watch]), seconds, strict=True):
                began = time.process_time()
                model.fit(pixels, images.labels, batch_size=64, verbose=0, callbacks=callbacks)
                taken.append(time.process_time() - began)
    print(json.dumps([taken[1:] for taken in seconds]))


if __name__ == "__main__":
    main()
