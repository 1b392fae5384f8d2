"""Training against a plain Keras `fit`: `python -m tests.bench.training [--epochs 5] [--repeats 1] [--limit N]`.

Both times are the wall time of a whole process, from before it is started until it has ended: Python's start, the
imports, reading the digits, building, all epochs with the 10,000 test digits evaluated after each. Ours has in addition
everything that a run keeps (events, snapshots, checkpoints, live weights) and a follower that polls it ten times a
second, as the app does. The pairs alternate, plain first, so that what else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from cnntui.runs.config.run_config import new_config
from cnntui.runs.directory.lock import is_held
from cnntui.runs.history.events import Finished
from cnntui.runs.reading.follow import RunFollower, RunView
from cnntui.runs.starting.process import start_training

_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Timing:
    """One training: its wall time in seconds, and its results on the test digits."""

    seconds: float
    loss: float
    accuracy: float


@dataclass(frozen=True)
class Pair:
    """The same recipe with the same seed, plain and watched, one right after the other."""

    seed: int
    plain: Timing
    watched: Timing

    @property
    def ratio(self) -> float:
        return self.watched.seconds / self.plain.seconds


def plain_fit(seed: int, epochs: int = 5, limit: int | None = None) -> Timing:
    """The reference, in a process of its own."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.plain_fit", str(epochs), str(seed), str(limit or 0)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": "-1"},
        cwd=Path(__file__).resolve().parents[2],
        check=True,
    )
    seconds = time.perf_counter() - began
    return Timing(seconds, **json.loads(done.stdout.splitlines()[-1]))


def watched_training(
    seed: int, epochs: int = 5, limit: int | None = None, watch: Callable[[RunView], None] = lambda view: None
) -> Timing:
    """Our trainer with a follower; `watch` is given every new view."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        run = start_training(new_config(name="bench", seed=seed, epochs=epochs, limit=limit), Path(folder))
        follower = RunFollower(run)
        seen = None
        while (view := follower.poll()).status.is_active:
            if view is not seen:
                watch(view)
                seen = view
            time.sleep(_POLL_SECONDS)
        while is_held(run.lock_path):
            time.sleep(_POLL_SECONDS / 10)
        seconds = time.perf_counter() - began
        if not isinstance(view.history.end, Finished):
            raise RuntimeError(f"the training did not finish: {view.problem}")
        return Timing(seconds, view.history.end.test_loss, view.history.end.test_accuracy)


def pairs(seeds: list[int], epochs: int = 5, limit: int | None = None) -> list[Pair]:
    return [Pair(seed, plain_fit(seed, epochs, limit), watched_training(seed, epochs, limit)) for seed in seeds]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=1, help="pairs, each with a seed of its own")
    parser.add_argument("--limit", type=int, default=None)
    arguments = parser.parse_args()
    results = []
    for seed in range(1, arguments.repeats + 1):
        (pair,) = pairs([seed], arguments.epochs, arguments.limit)
        results.append(pair)
        print(
            f"seed {seed}: plain fit {pair.plain.seconds:.1f} s, accuracy {pair.plain.accuracy:.4f}; "
            f"watched {pair.watched.seconds:.1f} s, accuracy {pair.watched.accuracy:.4f}; ratio {pair.ratio:.2f}",
            flush=True,
        )
    print(
        f"median ratio {median(pair.ratio for pair in results):.2f}; mean accuracy: "
        f"plain {mean(pair.plain.accuracy for pair in results):.4f}, "
        f"watched {mean(pair.watched.accuracy for pair in results):.4f}"
    )


if __name__ == "__main__":
    main()
