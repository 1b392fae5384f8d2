"""A slow line: how soon the screen is still after a key is released, and how much watching a training writes."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from cnntui.runs.directory.control import TrainerCommand, ask
from tests.bench.programs import SETTLED
from tests.bench.table import Limit, Of, Row
from tests.bench.views import AROUND
from tests.fake_trainer import FakeScript, fake_config, start_fake_training
from tests.terminal.slow_line import BYTES_A_SECOND, ROUND_TRIP, SlowTerminal

SIZE = (80, 24)
LARGE = (120, 40)
HELD_SECONDS = 3.0
WATCHED_SECONDS = 8.0
FAST = 50e6
"""The bytes per second of a line without a limit."""

LINE = f"{BYTES_A_SECOND / 1000:.0f} kB/s, {ROUND_TRIP * 1000:.0f} ms there and back"


@dataclass(frozen=True)
class Held:
    """A key that is held down in a view.

    Attributes:
        place: arguments of `cnntui open bundled`.
        before: keys that lead from there to the view.
        keys: the key; or several, where one alone soon comes to an edge, from where on it does nothing.
        swaps: whether each press exchanges the whole screen, or most of it.
    """

    view: str
    place: tuple[str, ...]
    keys: tuple[str, ...]
    before: tuple[str, ...] = ()
    swaps: bool = False


UP_AND_DOWN = ("down",) * 6 + ("up",) * 6

HELD = (
    Held("train", ("--screen", "train"), ("n",)),
    Held("network", ("--screen", "network"), ("n",), swaps=True),
    Held("convolve", ("--screen", "convolve"), ("n",)),
    Held("pool", ("--screen", "pool"), ("n",)),
    Held("dense", ("--layer", "dense"), ("n",)),
    Held("softmax", ("--layer", "dense_1"), ("n",)),
    Held("flatten", ("--layer", "flatten"), ("n",)),
    Held("field", ("--screen", "convolve"), AROUND, before=("e",)),
    Held("why", ("--screen", "network"), UP_AND_DOWN, before=("w",)),
    Held("draw", ("--screen", "draw"), AROUND, before=("space",)),
    Held("digits", ("--screen", "train"), ("pagedown",), before=("d",), swaps=True),
    Held("Kernel lab", ("--screen", "labs"), ("n",), before=("enter",)),
)

WATCHED = {"train": "1", "network": "2", "convolve": "3", "pool": "4"}


def measure(runs_dir: Path) -> list[Row]:
    """Hold a key in each view, then watch a training on some."""
    rows = [_held(held, runs_dir) for held in HELD]
    # It trains for longer than this measurement watches.
    script, config = FakeScript(steps_per_epoch=938, chunk=8, chunk_seconds=0.1), fake_config(epochs=50)
    run = start_fake_training(runs_dir / "watched", script, config)
    try:
        rows += [_watched(runs_dir / "watched", rate, most) for rate, most in ((FAST, 40.0), (BYTES_A_SECOND, 8.0))]
    finally:
        ask(run, TrainerCommand.STOP)
    return rows


def _named(keys: tuple[str, ...]) -> str:
    return ", ".join(dict.fromkeys(keys))


def _held(held: Held, runs_dir: Path) -> Row:
    with _far("open", "bundled", *held.place, "--runs-dir", str(runs_dir)) as terminal:
        for key in held.before:
            terminal.press(key, quiet=1.0, patience=3.0)
        before = len(terminal.written)
        seconds = terminal.hold(held.keys, HELD_SECONDS)
        written = len(terminal.written) - before
    swaps = "; each press exchanges most of the screen" if held.swaps else ""
    return Row(
        f"{_named(held.keys)} held for {HELD_SECONDS:.0f} s in {held.view} over a slow line, until still",
        seconds, None, LINE, "s",
        (Limit(Of.VALUE, 1.5 if held.swaps else 1.0),), f"{written:,} bytes in all{swaps}",
    )  # fmt: skip


def _watched(runs_dir: Path, rate: float, most: float) -> Row:
    """Kilobytes a second on the screen where they are most."""
    watched = {}
    with _far("--runs-dir", str(runs_dir), size=LARGE, rate=rate) as terminal:
        for view, key in WATCHED.items():
            terminal.press(key, quiet=SETTLED, patience=2.0)
            before, until = len(terminal.written), time.perf_counter() + WATCHED_SECONDS
            while (left := until - time.perf_counter()) > 0:
                terminal.answer(quiet=left, limit=left)
            watched[view] = (len(terminal.written) - before) / WATCHED_SECONDS / 1000
    if not all(watched.values()):
        raise RuntimeError(f"nothing came of the training: {watched}")
    line = "a slow line" if rate < FAST else "a fast line"
    return Row(
        f"watching a training over {line} at {LARGE[0]}×{LARGE[1]}, written", max(watched.values()), None,
        "the busiest view", "kB/s", (Limit(Of.VALUE, most),),
        ", ".join(f"{view} {written:.1f}" for view, written in watched.items()),
    )  # fmt: skip


def _far(*arguments: str, size: tuple[int, int] = SIZE, rate: float = BYTES_A_SECOND) -> SlowTerminal:
    terminal = SlowTerminal([sys.executable, "-m", "cnntui", *arguments], size, rate)
    terminal.wait_for("Help", quiet=1.0)
    return terminal
