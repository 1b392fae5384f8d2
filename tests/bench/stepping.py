"""One step of the window in Convolve: how many bytes it writes, and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.programs import CONVOLVE_READY, SETTLED, cnntui, reference
from tests.bench.table import Limit, Of, Row
from tests.terminal.terminal import Answer, Terminal


@dataclass(frozen=True)
class Walk:
    """Steps on one layer; none of them runs into an edge."""

    layer: str
    start: str
    keys: tuple[str, ...]


WALKS = (
    Walk("conv2d", "8,6", ("right",) * 14 + ("down",) * 7 + ("left",) * 10 + ("up",) * 5),
    Walk("conv2d_1", "2,2", ("right",) * 8 + ("down",) * 8 + ("left",) * 7 + ("up",) * 7),
)
SIZES = ((80, 24), (120, 40))

QUIET = 0.05
"""Seconds of silence that end one step: more than the pause between two paintings of the same step."""

PATIENCE = 5.0


def measure(runs_dir: Path) -> list[Row]:
    """Walk on both sizes of screen, a step of the reference app after each of ours."""
    rows = []
    for size in SIZES:
        steps: dict[str, list[Answer]] = {}
        others: list[Answer] = []
        repaints = []
        for walk in WALKS:
            with ExitStack() as stack:
                place = ("--screen", "convolve", "--layer", walk.layer, "--at", walk.start)
                ours = cnntui("open", "bundled", *place, runs_dir=runs_dir, size=size, ready=CONVOLVE_READY)
                stack.enter_context(ours)
                other = stack.enter_context(reference("highlight", size))
                pairs = _walk(ours, other, walk.keys)
                repaints.append(_repaint(ours, size))
            steps[walk.layer] = [pair[0] for pair in pairs]
            others += [pair[1] for pair in pairs]
        rows += _rows(f"at {size[0]}×{size[1]}", steps, others, repaints)
    return rows


def _walk(ours: Terminal, other: Terminal, keys: Sequence[str]) -> list[tuple[Answer, Answer]]:
    for terminal in (ours, other):
        # Back and forth first: the first step in a process fills caches.
        terminal.press("right", quiet=QUIET, patience=PATIENCE)
        terminal.press("left", quiet=QUIET, patience=PATIENCE)
    pairs = []
    for key in keys:
        step, moved = (terminal.press(key, quiet=QUIET, patience=PATIENCE) for terminal in (ours, other))
        if not step.size:
            raise RuntimeError(f"cnntui did not answer to {key}; the screen is\n{ours.text}")
        pairs.append((step, moved))
    return pairs


def _repaint(terminal: Terminal, size: tuple[int, int]) -> int:
    """The bytes of the same screen painted whole.

    Three events make an app paint everything: the window gets another size, a page over the screen is closed, the
    screen is left and come back to. Each may paint some parts twice, so the smallest answer is the fair one.
    """
    columns, rows = size
    terminal.resize(columns + 1, rows)
    answers = [terminal.resize(columns, rows)]
    terminal.press("?", quiet=SETTLED, patience=PATIENCE)
    answers.append(terminal.press("escape", quiet=SETTLED, patience=PATIENCE))
    terminal.press("1", quiet=SETTLED, patience=PATIENCE)
    answers.append(terminal.press("3", quiet=SETTLED, patience=PATIENCE))
    return min(answer.size for answer in answers)


def _rows(where: str, steps: dict[str, list[Answer]], others: list[Answer], repaints: list[int]) -> list[Row]:
    ours = [answer for answers in steps.values() for answer in answers]
    sizes = ", ".join(f"{layer} {median(answer.size for answer in answers):,.0f}" for layer, answers in steps.items())
    times = ", ".join(
        f"{layer} {median(answer.seconds for answer in answers) * 1000:.1f}" for layer, answers in steps.items()
    )
    count = sum(len(answers) for answers in steps.values())
    slowest = max(answer.seconds for answer in ours) * 1000
    return [
        Row(
            f"one step {where}, bytes", median(answer.size for answer in ours), median(repaints),
            "same screen painted whole", "bytes", (Limit(Of.RATIO, 0.1), Limit(Of.VALUE, 1500)),
            f"median of {count} steps; by layer {sizes}; largest {max(answer.size for answer in ours):,}",
        ),
        Row(
            f"one step {where}, key to last byte", median(answer.seconds for answer in ours) * 1000,
            median(answer.seconds for answer in others) * 1000, "bare app, one 2×2 highlight", "ms",
            (Limit(Of.RATIO, 3.0),), f"by layer {times} ms; slowest {slowest:.0f} ms",
        ),
    ]  # fmt: skip
