"""Makes the runs that ship with cnntui again: `python -m tests.make_bundled_runs [NAME ...]`; without a name, all.

Each is what `cnntui train` makes with these settings and a fixed seed. What belongs to a living trainer (its lock, the
live weights) is left behind, and of most runs all weights: the labs show how they learned, and compute with the weights
of the dense network alone. Of `normalized`, which the course opens at its end, there is only the end. All of them take
about an hour on two cores; the times of an epoch that a lab compares are right only if nothing else runs meanwhile.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cnntui.commands.train import DONE, run
from cnntui.runs.config.settings import Pooling
from cnntui.runs.starting.options import TrainOptions

SEED = 7
ASSETS = Path(__file__).resolve().parent.parent / "assets"

HISTORY = ("config.json", "events.jsonl")
WHOLE = (*HISTORY, "model.keras", "snapshots", "train.log")

EPOCHS = {500: 40, 2_000: 20, 10_000: 10, 60_000: 5}
"""How often so many digits are learned from: few of them often, or the network would learn next to nothing."""


@dataclass(frozen=True)
class Bundled:
    """One run.

    Attributes:
        folder: in the assets.
        kept: what of the run directory is kept.
        build: writes the network that is trained into a file; None for that of the options.
    """

    folder: str
    options: TrainOptions
    kept: tuple[str, ...] = HISTORY
    build: Callable[[Path], None] | None = None


def _normalized(path: Path) -> None:
    """A small network with batch normalization after each convolution, as people build them."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (8, 16):
        model.add(layers.Conv2D(filters, 3, use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.save(path)


def _history(pooling: Pooling, dense: int, digits: int) -> Bundled:
    name = f"{pooling}-{dense}-{digits}"
    limit = None if digits == max(EPOCHS) else digits
    return Bundled(
        f"lab-runs/{name}",
        TrainOptions(seed=SEED, name=name, pooling=pooling, dense=dense, limit=limit, epochs=EPOCHS[digits]),
    )


RUNS = (
    Bundled("runs/bundled", TrainOptions(seed=SEED, name="bundled"), WHOLE),
    Bundled("runs/dense", TrainOptions(seed=SEED, name="dense", model="dense", dense=512), (*HISTORY, "model.keras")),
    Bundled(
        "lesson-runs/normalized",
        TrainOptions(seed=SEED, name="normalized", epochs=3),
        (*HISTORY, "model.keras"),
        _normalized,
    ),
    # One after the other, as the labs compare how long they took.
    _history("max", 64, 60_000),
    _history("average", 64, 60_000),
    _history("stride", 64, 60_000),
    _history("none", 64, 60_000),
    *(
        _history(pooling, dense, digits)
        for digits in EPOCHS
        for dense in (64, 512)
        for pooling in ("max", "none")
        if (dense, digits) != (64, 60_000)
    ),
)


def make(bundled: Bundled) -> int:
    """Train one; returns the exit status of the training."""
    name, target = str(bundled.options.name), ASSETS / bundled.folder
    with tempfile.TemporaryDirectory() as folder:
        options = TrainOptions(**{**vars(bundled.options), "runs_dir": Path(folder)})
        if bundled.build is not None:
            file = Path(folder, f"{name}.keras")
            bundled.build(file)
            options = replace(options, model_file=file)
        status = run(options)
        if status != DONE:
            return status
        if "model.keras" in bundled.kept and "snapshots" not in bundled.kept:
            _without_optimizer(Path(folder, name, "model.keras"))
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for file in bundled.kept:
            shutil.move(Path(folder, name, file), target / file)
    print(f"It is now {target}.", flush=True)
    return DONE


def _without_optimizer(path: Path) -> None:
    """Half as large: nobody goes on with this run."""
    import keras

    model = keras.saving.load_model(path, compile=False)
    model.save(path)


def main() -> int:
    wanted = sys.argv[1:] or [str(bundled.options.name) for bundled in RUNS]
    by_name = {bundled.options.name: bundled for bundled in RUNS}
    for name in wanted:
        if name not in by_name:
            print(f"There is no {name}; there are {', '.join(map(str, by_name))}.", file=sys.stderr)
            return 2
    return next((status for name in wanted if (status := make(by_name[name])) != DONE), DONE)


if __name__ == "__main__":
    sys.exit(main())
