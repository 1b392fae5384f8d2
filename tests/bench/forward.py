"""Every activation of one digit and of 32, in NumPy and in Keras.

`python -m tests.bench.forward REPEATS` prints seconds as JSON. Keras is measured in a process of its own, so that
TensorFlow and its threads are no part of the other measurements.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from statistics import median

from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.cnn.ops import Floats
from cnntui.cnn.readers.keras.file import read_network
from cnntui.files.assets import asset
from cnntui.images.data import load_test
from tests.bench.table import Limit, Of, Row

MANY = 32
"""The number of images that an evaluation reads at a time."""


def measure(repeats: int) -> list[Row]:
    """Compare with `predict`, which people use, and, for information, with calling the model directly."""
    command = [sys.executable, "-m", "tests.bench.forward", str(repeats)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = json.loads(result.stdout.splitlines()[-1])
    rows = []
    for count, digits, most in ((1, "one digit", 0.1), (MANY, f"{MANY} digits", 0.2)):
        ours, predict, call = (seconds[f"{way} {count}"] * 1000 for way in ("numpy", "predict", "call"))
        rows += [
            Row(f"every activation of {digits}", ours, predict, "model.predict", "ms", (Limit(Of.RATIO, most),),
                f"median of {repeats}, in turns"),
            Row(f"every activation of {digits}", ours, call, "model(x), the output only", "ms"),
        ]  # fmt: skip
    return rows


def _medians(repeats: int) -> dict[str, float]:
    import keras

    path = asset("runs", "bundled", "model.keras")
    network, model = read_network(path), keras.saving.load_model(path)
    digits = ZERO_TO_ONE.applied(load_test().images[: repeats + MANY])
    ways: dict[str, Callable[[Floats], object]] = {
        "numpy": lambda images: network.forward(images if len(images) > 1 else images[0]),
        "predict": lambda images: model.predict(images, verbose=0),
        "call": lambda images: model(images).numpy(),
    }
    seconds: dict[str, list[float]] = defaultdict(list)
    for index in range(repeats + 1):
        for count in (1, MANY):
            for name, way in ways.items():
                start = time.perf_counter()
                way(digits[index : index + count])
                if index:  # the first of each builds what later ones use
                    seconds[f"{name} {count}"].append(time.perf_counter() - start)
    return {name: median(measured) for name, measured in seconds.items()}


if __name__ == "__main__":
    print(json.dumps(_medians(int(sys.argv[1]))))
