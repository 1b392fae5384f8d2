"""From the start of the process to the last byte of the first full screen."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from tests.bench.programs import cnntui, reference
from tests.bench.table import Limit, Of, Row
from tests.terminal import Terminal


def measure(runs_dir: Path, repeats: int) -> Row:
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
    return Row(
        "start to first full screen", median(ours), median(bare), "bare Textual app", "s",
        (Limit(Of.RATIO, 2.0, aim=1.5),), f"median of {repeats}, in turns; {spread}",
    )  # fmt: skip


def _seconds(terminal: Terminal) -> float:
    with terminal:
        return terminal.last_written - terminal.started
