"""From the start of the process to the last byte of the first full screen, and how often it is painted until then."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from tests.bench.programs import cnntui, reference
from tests.bench.table import Limit, Of, Row
from tests.terminal.terminal import Terminal


def measure(runs_dir: Path, repeats: int) -> list[Row]:
    """Start both in turns, so that a machine that is busy for a while is busy for both.

    Args:
        runs_dir: an empty folder: the bundled model is opened.
        repeats: starts of each.
    """
    ours, bare = [], []
    for turn in range(repeats + 1):
        ours_now, bare_now = _seconds(cnntui(runs_dir=runs_dir)), _seconds(reference("bare"))
        if turn:  # the first of each reads files that later ones find in memory
            ours.append(ours_now)
            bare.append(bare_now)
    spread = f"{min(ours):.2f} to {max(ours):.2f} s, reference {min(bare):.2f} to {max(bare):.2f} s"
    written, whole = _sizes(runs_dir)
    return [
        Row(
            "start to first full screen", median(ours), median(bare), "bare Textual app", "s",
            (Limit(Of.RATIO, 1.5),), f"median of {repeats}, in turns; {spread}",
        ),
        Row(
            "start to first full screen, bytes", written, whole, "same screen painted whole", "bytes",
            (Limit(Of.RATIO, 1.3),), "all that is written, questions to the terminal too",
        ),
    ]  # fmt: skip


def _sizes(runs_dir: Path) -> tuple[int, int]:
    """Bytes that the start writes, and those of the same screen painted whole."""
    with cnntui(runs_dir=runs_dir) as terminal:
        written = len(terminal.written)
        columns, lines = 80, 24
        terminal.resize(columns + 1, lines)
        return written, terminal.resize(columns, lines).size


def _seconds(terminal: Terminal) -> float:
    with terminal:
        return terminal.last_written - terminal.started
