"""What keeping snapshots and checkpoints costs a training: the trainer itself, with a clock around what it keeps.

As a module, `python -m tests.bench.keeping RUN --lock-fd N` is that trainer. Keeping happens between two chunks of
batches, so what it takes is what it slows training by; two trainings beside each other would differ more by chance.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from cnntui.runs.config.run_config import new_config
from cnntui.runs.directory.lock import is_held
from cnntui.runs.history.events import Finished
from cnntui.runs.reading.follow import RunFollower
from cnntui.runs.recording.recorder import Recorder
from cnntui.runs.starting.process import start_training
from cnntui.training.__main__ import main
from tests.bench.table import Limit, Of, Row

CLOCKED = ("snapshot", "checkpoint", "live")
_POLL_SECONDS = 0.1


LARGE: dict[str, Any] = {"pooling": "none", "dense": 490}
"""Settings of a network of 19.6 million parameters."""


def measure(epochs: int, limit: int | None, network: str = "", **settings: Any) -> Row:
    """Train once; how long the epochs took, beside what they would have without keeping anything.

    Args:
        epochs: times through the digits.
        limit: how many training digits; None for all.
        network: which one, in a few words; empty for the recipe's.
        settings: of the run, where they are not the recipe's.
    """
    with tempfile.TemporaryDirectory() as folder:
        config = new_config(name="bench", seed=1, epochs=epochs, limit=limit, **settings)
        run = start_training(config, Path(folder), module=__name__)
        follower = RunFollower(run)
        while (view := follower.poll()).status.is_active or is_held(run.lock_path):
            time.sleep(_POLL_SECONDS)
        if not isinstance(view.history.end, Finished):
            raise RuntimeError(f"the training did not finish: {view.problem}")
        took: dict[str, list[float]] = json.loads((run.path / "keeping.json").read_text())
    seconds = sum(end.seconds for end in view.history.epochs)
    kept = "; ".join(f"{len(times)} times {name}, {sum(times):.2f} s" for name, times in took.items())
    digits = "all digits" if limit is None else f"{limit:,} digits"
    return Row(
        f"{epochs} epochs of training{network}, keeping", seconds, seconds - sum(map(sum, took.values())),
        "without keeping", "s", (Limit(Of.RATIO, 1.03),), f"{digits}; {kept}",
    )  # fmt: skip


def clocked(method: Callable[..., None], times: list[float]) -> Callable[..., None]:
    """The method, noting the seconds that each call takes."""

    @wraps(method)
    def call(*arguments: Any, **options: Any) -> None:
        began = time.perf_counter()
        method(*arguments, **options)
        times.append(time.perf_counter() - began)

    return call


if __name__ == "__main__":
    took: dict[str, list[float]] = {name: [] for name in CLOCKED}
    for name, times in took.items():
        setattr(Recorder, name, clocked(getattr(Recorder, name), times))
    status = main()
    (Path(sys.argv[1]) / "keeping.json").write_text(json.dumps(took))
    sys.exit(status)
