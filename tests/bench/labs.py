"""Labs that measure in the background: whether keys have to wait for them."""

from __future__ import annotations

import tempfile
import time
from importlib import import_module
from pathlib import Path

from cnntui.labs import LABS, Lab
from cnntui.ui.views.labs.background import BackgroundLab
from tests.bench.reference_apps import READY
from tests.bench.table import Limit, Of, Row
from tests.bench.watching import Watcher, percentile, spread

KEY_EVERY = 0.25
"""Seconds between two keys."""


def measure(runs_dir: Path, seconds: float) -> list[Row]:
    """The stalls of the event loop in each such lab, from its opening on, beside a bare app that does nothing.

    Args:
        runs_dir: an empty folder.
        seconds: for each lab; what it measures is done before or goes on.
    """
    with tempfile.TemporaryDirectory() as folder:
        idle = _beats(Path(folder), ["bare"], READY, seconds)
        rows = []
        for lab in filter(_measures, LABS):
            place = ["cnntui", "open", "bundled", "--screen", lab.mode, "--runs-dir", str(runs_dir)]
            beats = _beats(Path(folder), place, "Help", seconds)
            row = Row(
                f"stall of the event loop in the {lab.name} lab, p99", percentile(beats, 99), percentile(idle, 99),
                "bare app, idle", "ms", (Limit(Of.VALUE, 25),), spread(beats),
            )  # fmt: skip
            rows.append(row)
    return rows


def _measures(lab: Lab) -> bool:
    module, _, name = lab.screen.partition(":")
    return issubclass(getattr(import_module(module), name), BackgroundLab)


def _beats(folder: Path, arguments: list[str], ready: str, seconds: float) -> list[float]:
    watcher = Watcher(folder, arguments, ready, key="right", every=KEY_EVERY)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(KEY_EVERY / 5)
        watcher.look()
    return watcher.leave()
