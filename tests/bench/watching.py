"""A training with the app watching, beside a plain Keras `fit` with a bare Textual app on the next terminal."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

from cnntui.runs.reading.follow import RunView
from tests.bench.heartbeat import lateness
from tests.bench.programs import SETTLED, TRAIN_READY
from tests.bench.reference_apps import READY
from tests.bench.table import Limit, Of, Row
from tests.bench.training import Timing, plain_fit, watched_training
from tests.terminal.terminal import Terminal

LIMIT = 1800.0
"""Seconds after which a training that does not end is given up."""

LOOK_EVERY = 2.0
"""Seconds between two keys that choose another digit, as a person watching does."""


class Watcher:
    """An app with a heartbeat on a terminal that is read all the time, as a real one is.

    Args:
        folder: where the heartbeat is noted.
        arguments: the app and its own arguments.
        ready: what its first screen says.
        key: what is pressed now and then.
        every: seconds between two presses.
    """

    def __init__(
        self, folder: Path, arguments: Sequence[str], ready: str, key: str = "n", every: float = LOOK_EVERY
    ) -> None:
        self._key, self._every = key, every
        self._file = folder / f"{arguments[0]}.json"
        self._terminal = Terminal([sys.executable, "-m", "tests.bench.heartbeat", str(self._file), *arguments])
        self._terminal.wait_for(ready, quiet=SETTLED)
        self._reader = Thread(target=self._terminal.wait_exit, kwargs={"limit": LIMIT}, daemon=True)
        self._reader.start()
        self._since = time.time()
        self._looked = self._since

    def look(self) -> None:
        """Press the key if the last press is long enough ago."""
        if time.time() - self._looked > self._every:
            self._looked = time.time()
            self._terminal.send(self._key)

    def leave(self) -> list[float]:
        """Quit the app; how late each heartbeat was, in milliseconds, ascending."""
        until = time.time()
        self._terminal.send("ctrl+q")
        self._reader.join(LIMIT)
        self._terminal.hang_up()
        return [late * 1000 for late in lateness(self._file, self._since, until)]


def measure(epochs: int, limit: int | None, seed: int = 1) -> list[Row]:
    """Train plainly, then watched, on the same digits with the same seed.

    Args:
        epochs: times through the digits.
        limit: how many training digits; None for all.
        seed: of both.
    """
    with tempfile.TemporaryDirectory() as folder:
        bare = Watcher(Path(folder), ["bare"], READY)
        plain = plain_fit(seed, epochs, limit)
        beside_plain = bare.leave()
        watched, beside_ours = _watched(Path(folder), seed, epochs, limit)
    digits = "all digits" if limit is None else f"{limit:,} digits"
    return [
        Row(
            f"{epochs} epochs of training, app watching", watched.seconds, plain.seconds, "plain model.fit", "s",
            (Limit(Of.RATIO, 0.8),),
            f"{digits}, whole processes; test accuracy {watched.accuracy:.4f}, reference {plain.accuracy:.4f}",
        ),
        Row(
            "stall of the event loop while training, p99", percentile(beside_ours, 99), percentile(beside_plain, 99),
            "bare app beside model.fit", "ms", (Limit(Of.VALUE, 25),),
            f"{spread(beside_ours)}; reference {spread(beside_plain)}",
        ),
    ]  # fmt: skip


def _watched(folder: Path, seed: int, epochs: int, limit: int | None) -> tuple[Timing, list[float]]:
    watchers: list[Watcher] = []

    def watch(view: RunView) -> None:
        if not watchers:
            watchers.append(Watcher(folder, ["cnntui", "--runs-dir", str(view.run.path.parent)], TRAIN_READY))
        watchers[0].look()

    timing = watched_training(seed, epochs, limit, watch)
    return timing, watchers[0].leave()


def percentile(ascending: Sequence[float], percent: int) -> float:
    """A percentile."""
    return ascending[min(len(ascending) * percent // 100, len(ascending) - 1)]


def spread(ascending: Sequence[float]) -> str:
    """The delays of the beats, in words."""
    figures = f"p50 {percentile(ascending, 50):.1f}, p99 {percentile(ascending, 99):.1f}, max {ascending[-1]:.1f} ms"
    return f"{figures} of {len(ascending):,} beats"
