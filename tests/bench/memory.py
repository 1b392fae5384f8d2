"""The memory of the app's process, after a tour of its screens."""

from __future__ import annotations

from pathlib import Path

from tests.bench.programs import SETTLED, cnntui, reference
from tests.bench.table import Limit, Of, Row
from tests.terminal.terminal import Terminal

MEGABYTE = 1e6
TOUR = ("3", "right", "down", "]", "right", "c", "4", "right", "n", "?", "escape", "1", "n")


def measure(runs_dir: Path) -> Row:
    """Compare the resident memory with that of a bare Textual app."""
    with cnntui(runs_dir=runs_dir) as ours, reference("bare") as bare:
        first = resident(ours)
        for key in TOUR:
            ours.press(key, quiet=SETTLED)
        return Row(
            "memory of the app's process", resident(ours), resident(bare), "bare Textual app", "MB",
            (Limit(Of.EXCESS, 120),), f"resident, after a tour of every screen; {first:.0f} MB at the first screen",
        )  # fmt: skip


def resident(terminal: Terminal) -> float:
    """The resident memory of a terminal's program, in megabytes."""
    for line in Path(f"/proc/{terminal.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / MEGABYTE
    raise RuntimeError("the program has ended")
