"""Starts the programs that are measured, each on a terminal of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bench.reference_apps import READY
from tests.terminal.terminal import Terminal

CONVOLVE_READY = "products"
TRAIN_READY = "Quit"

SETTLED = 0.35
"""Seconds of silence after which a screen is complete: more than any pause within its first painting."""


def cnntui(*arguments: str, runs_dir: Path, size: tuple[int, int] = (80, 24), ready: str = TRAIN_READY) -> Terminal:
    """cnntui with its first screen painted; what it remembers is kept beside its runs."""
    command = [sys.executable, "-m", "cnntui", *arguments, "--runs-dir", str(runs_dir)]
    terminal = Terminal(command, size, {"XDG_STATE_HOME": str(runs_dir / "state")})
    terminal.wait_for(ready, quiet=SETTLED)
    return terminal


def reference(name: str, size: tuple[int, int] = (80, 24)) -> Terminal:
    """One of the reference apps with its first screen painted."""
    terminal = Terminal([sys.executable, "-m", "tests.bench.reference_apps", name], size)
    terminal.wait_for(READY, quiet=SETTLED)
    return terminal
