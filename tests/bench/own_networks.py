"""Networks of the sizes that people bring: opening and stepping them, and every activation beside `model.predict`.

`python -m tests.bench.own_networks FOLDER REPEATS` builds them with Keras, writes them and images for them to a folder,
and prints seconds as JSON: TensorFlow and its threads are no part of the other measurements.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.readers.keras.file import read_network
from tests.bench.programs import cnntui, reference
from tests.bench.table import Limit, Of, Row
from tests.terminal.terminal import Answer

QUIET = 0.08
PATIENCE = 5.0
SIZES = ((80, 24), (120, 40))
KEYS = ("right",) * 5 + ("down",) * 5 + ("left",) * 5 + ("up",) * 5

LIMITS = {"MobileNetV2 at 96×96×3": 2.0, "8 convolutions at 32×32×3": 0.5}
"""The limit for all activations, in times of `model.predict`."""

STEPPED = ("MobileNetV2 at 96×96×3", "cats and dogs at 180×180×3")


def measure(folder: Path, repeats: int) -> list[Row]:
    """Build the networks, then open and step them beside the reference app."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.bench.own_networks", str(folder), str(repeats)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = json.loads(result.stdout.splitlines()[-1])
    rows = [
        Row(
            f"every activation of {name}", seconds[name][0] * 1000, seconds[name][1] * 1000, "model.predict", "ms",
            (Limit(Of.RATIO, most),), f"median of {repeats}, in turns",
        )
        for name, most in LIMITS.items()
    ]  # fmt: skip
    for name in STEPPED:
        for size in SIZES:
            rows += _stepping(folder, name, size)
    return rows


def _stepping(folder: Path, name: str, size: tuple[int, int]) -> list[Row]:
    with ExitStack() as stack:
        place = ("--data", str(_data(folder, name)), "--screen", "convolve", "--at", "20,20")
        ours = cnntui("open", str(_file(folder, name)), *place, runs_dir=folder / "runs", size=size, ready="kernel")
        stack.enter_context(ours)
        opened = ours.last_written - ours.started
        # The notification after opening disappears after a few seconds, and is no part of a step.
        ours.answer(quiet=8.0, limit=20.0)
        other = stack.enter_context(reference("highlight", size))
        steps: list[Answer] = []
        moved: list[Answer] = []
        for key in KEYS:
            steps.append(ours.press(key, quiet=QUIET, patience=PATIENCE))
            moved.append(other.press(key, quiet=QUIET, patience=PATIENCE))
        columns, lines = size
        ours.resize(columns + 1, lines)
        whole = ours.resize(columns, lines).size
    at = f"{name}, {columns}×{lines}"
    return [
        Row(f"opening {at}", opened, None, "", "s", (Limit(Of.VALUE, 3.0),), "process start to first full screen"),
        Row(
            f"a step on {at}, bytes", median(step.size for step in steps), whole, "same screen painted whole", "bytes",
            (Limit(Of.RATIO, 0.1), Limit(Of.VALUE, 1500)),
            f"median of {len(steps)}; the largest, which moves the part, {max(step.size for step in steps):,}",
        ),
        Row(
            f"a step on {at}, key to last byte", median(step.seconds for step in steps) * 1000,
            median(step.seconds for step in moved) * 1000, "bare app, one 2×2 highlight", "ms",
            (Limit(Of.RATIO, 3.0),),
        ),
    ]  # fmt: skip


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name.split()[0]}.keras"


def _data(folder: Path, name: str) -> Path:
    return folder / f"{name.split()[0]}.npz"


def _models() -> dict[str, Any]:
    import keras

    layers = keras.layers
    rising = [
        layers.Conv2D(count, 3, padding="same", activation="relu") for count in (32, 32, 64, 64, 128, 128, 256, 256)
    ]
    cats = [keras.Input((180, 180, 3)), layers.Rescaling(1 / 255)]
    for count in (32, 64, 128, 256):
        cats += [layers.Conv2D(count, 3, activation="relu"), layers.MaxPooling2D(2)]
    cats += [layers.Conv2D(256, 3, activation="relu"), layers.Flatten(), layers.Dropout(0.5)]
    ends = [layers.GlobalAveragePooling2D(), layers.Dense(10, activation="softmax")]
    return {
        "MobileNetV2 at 96×96×3": keras.applications.MobileNetV2(weights=None, input_shape=(96, 96, 3), classes=10),
        "cats and dogs at 180×180×3": keras.Sequential([*cats, layers.Dense(1, activation="sigmoid")]),
        "8 convolutions at 32×32×3": keras.Sequential([keras.Input((32, 32, 3)), *rising, *ends]),
    }


def _images(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Six images `(6, height, width, 3)` about as smooth as photos: a few colours that pass into each other."""
    height, width, channels = shape
    coarse = rng.uniform(0, 255, (6, 9, 9, channels))
    rows, cols = (np.linspace(0, 8 - 1e-6, length) for length in (height, width))
    (top, left), (down, right) = (rows.astype(int), cols.astype(int)), (rows % 1, cols % 1)
    upper, lower = coarse[:, top], coarse[:, top + 1]
    tall = upper + (lower - upper) * down[np.newaxis, :, np.newaxis, np.newaxis]
    first, second = tall[:, :, left], tall[:, :, left + 1]
    return np.asarray(first + (second - first) * right[np.newaxis, np.newaxis, :, np.newaxis], np.uint8)


def _write_and_time(folder: Path, repeats: int) -> dict[str, tuple[float, float]]:
    rng, seconds = np.random.default_rng(1), {}
    for name, model in _models().items():
        model.save(_file(folder, name))
        network = read_network(_file(folder, name))
        images = _images(rng, network.input_shape)
        np.savez(_data(folder, name), x_test=images, y_test=np.arange(6) % 2, class_names=np.array(["one", "other"]))
        image = images[:1].astype(np.float32) / np.float32(255)
        ways: tuple[Callable[[], object], ...] = (
            lambda network=network, image=image: network.forward(image[0]),  # type: ignore[misc]
            lambda model=model, image=image: model.predict(image, verbose=0),  # type: ignore[misc]
        )
        taken: tuple[list[float], list[float]] = ([], [])
        for turn in range(repeats + 1):
            for way, times in zip(ways, taken, strict=True):
                start = time.perf_counter()
                way()
                if turn:  # the first of each builds what later ones use
                    times.append(time.perf_counter() - start)
        seconds[name] = (median(taken[0]), median(taken[1]))
    return seconds


if __name__ == "__main__":
    print(json.dumps(_write_and_time(Path(sys.argv[1]), int(sys.argv[2]))))
