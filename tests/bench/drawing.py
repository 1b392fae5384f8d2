"""A stroke on Draw: how long it takes until there are new probabilities."""

from __future__ import annotations

from math import cos, pi, sin
from pathlib import Path
from statistics import median

from tests.bench.programs import SETTLED, cnntui
from tests.bench.table import Limit, Of, Row
from tests.terminal.terminal import Terminal

MOST_MS = 50.0

CIRCLE = [(int(15 + 9 * cos(step * pi / 20)), int(10 + 5 * sin(step * pi / 20))) for step in range(41)]
"""Places on the canvas at 80×24, as a hand draws a 0."""

HAND = 0.015
"""Seconds between two moves of the drawing mouse."""


def measure(runs_dir: Path, repeats: int) -> list[Row]:
    """Single dots, and whole strokes at the speed of a hand."""
    place = ("open", "bundled", "--screen", "draw")
    with cnntui(*place, runs_dir=runs_dir, size=(80, 24), ready="Quit") as terminal:
        terminal.answer(quiet=SETTLED)
        dots = [1000 * terminal.drag((5 + number % 20, 5)).seconds for number in range(repeats)]
        strokes = [_stroke(terminal) for _ in range(repeats)]
    sizes = median(size for _, size in strokes)
    return [
        Row("Draw: a dot to new probabilities", median(dots), None, "", "ms", (Limit(Of.VALUE, MOST_MS),)),
        Row(
            "Draw: a stroke's last move to its last byte", median(1000 * seconds for seconds, _ in strokes), None, "",
            "ms", (Limit(Of.VALUE, MOST_MS),), f"a move each {1000 * HAND:.0f} ms; {sizes:,.0f} bytes a move",
        ),
    ]  # fmt: skip


def _stroke(terminal: Terminal) -> tuple[float, float]:
    """Seconds from the last move to the last byte, and bytes a move."""
    terminal.press("X")
    before = len(terminal.written)
    seconds = terminal.drag(*CIRCLE, pause=HAND).seconds
    return seconds, (len(terminal.written) - before) / len(CIRCLE)
