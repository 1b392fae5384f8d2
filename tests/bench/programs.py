"""Starts the measured programs, each on its own terminal."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bench.reference_apps import READY
from tests.terminal.terminal import Terminal

CONVOLVE_READY = "products"
TRAIN_READY = "Quit"

SETTLED = 0.35
"""Seconds of silence after which a screen is complete: more than any pause within its first painting."""


def cnntui(
    *arguments: str,
    runs_dir: Path,
    size: tuple[int, int] = (80, 24),
    ready: str = TRAIN_READY,
    state: Path | None = None,
) -> Terminal:
    """cnntui with its first screen painted; `state` is where it keeps what it remembers, if not in the usual place."""
    command = [sys.executable, "-m", "cnntui", *arguments, "--runs-dir", str(runs_dir)]
    terminal = Terminal(command, size, {"XDG_STATE_HOME": str(state)} if state is not None else None)
    terminal.wait_for(ready, quiet=SETTLED)
    return terminal


def reference(name: str, size: tuple[int, int] = (80, 24)) -> Terminal:
    """One of the reference apps with its first screen painted."""
    terminal = Terminal([sys.executable, "-m", "tests.bench.reference_apps", name], size)
    terminal.wait_for(READY, quiet=SETTLED)
    return terminal


def seconds_of_main_thread(terminal: Terminal) -> float:
    """The CPU time of the painting thread, which hardly depends on how busy the machine is."""
    return _had(Path(f"/proc/{terminal.pid}/task/{terminal.pid}/schedstat"))


def seconds_of_processor(terminal: Terminal) -> float:
    """The CPU time of all threads of a terminal's program."""
    return sum(map(_had, Path(f"/proc/{terminal.pid}/task").glob("*/schedstat")))


def _had(file: Path) -> float:
    try:
        return int(file.read_text().split()[0]) / 1e9
    except (FileNotFoundError, ProcessLookupError):
        # A thread that has ended meanwhile.
        return 0.0
