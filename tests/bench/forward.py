"""Every activation of one digit, in NumPy and in Keras: `python -m tests.bench.forward REPEATS` prints seconds as JSON.

Keras is measured in a process of its own, so that TensorFlow and its threads are no part of the other measurements.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.cnn.readers.keras.file import read_network
from cnntui.files.assets import asset
from cnntui.images.data import load_test
from tests.bench.table import Limit, Of, Row


def measure(repeats: int) -> list[Row]:
    """Compare with `predict`, which people use, and for information with the model called directly."""
    command = [sys.executable, "-m", "tests.bench.forward", str(repeats)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = json.loads(result.stdout.splitlines()[-1])
    ours = seconds["numpy"] * 1000
    what = "every activation of one digit"
    return [
        Row(what, ours, seconds["predict"] * 1000, "model.predict", "ms", (Limit(Of.RATIO, 0.1),),
            f"median of {repeats} digits, in turns"),
        Row(what, ours, seconds["call"] * 1000, "model(x), the output only", "ms"),
    ]  # fmt: skip


def _medians(repeats: int) -> dict[str, float]:
    import keras

    path = asset("runs", "bundled", "model.keras")
    network, model = read_network(path), keras.saving.load_model(path)
    digits = ZERO_TO_ONE.applied(load_test().images[: repeats + 1])
    ways: dict[str, Callable[[int], object]] = {
        "numpy": lambda index: network.forward(digits[index]),
        "predict": lambda index: model.predict(digits[index : index + 1], verbose=0),
        "call": lambda index: model(digits[index : index + 1]).numpy(),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for index in range(repeats + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            way(index)
            if index:  # the first of each builds what later ones use
                seconds[name].append(time.perf_counter() - start)
    return {name: median(measured) for name, measured in seconds.items()}


if __name__ == "__main__":
    print(json.dumps(_medians(int(sys.argv[1]))))
