"""`python -m tests.bench [--quick] [--only NAME …]`: measures how fast the app is and prints the table.

Exit status 0 when everything could be measured, also when something falls short; the table says what. 1 when something
could not, as a key that was to be measured did nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import (
    course,
    drawing,
    forward,
    keeping,
    labs,
    memory,
    own_networks,
    runs,
    slow_line,
    startup,
    stepping,
    views,
    watched_fit,
    watching,
)
from tests.bench.table import Row, render

QUICK = "quick: few repeats, and two epochs of 6,000 digits in place of five of all, where starting weighs more."


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how fast the app is, each figure beside its reference.")
    parser.add_argument("--quick", action="store_true", help=QUICK)
    parser.add_argument("--only", nargs="+", choices=[*_measurements(Path(), True)], help="measure these alone")
    options = parser.parse_args()
    # In use, only the very first start has no bytecode.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    rows: list[Row] = []
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        # What the user has set, and where they were last, changes what is painted.
        os.environ |= {"XDG_STATE_HOME": f"{folder}/state", "XDG_CONFIG_HOME": f"{folder}/config"}
        for name, measure in _measurements(Path(folder), options.quick).items():
            if options.only is None or name in options.only:
                print(f"measuring {name} …", file=sys.stderr, flush=True)
                try:
                    rows += measure()
                except (RuntimeError, AssertionError) as error:
                    failures += 1
                    print(f"{name} could not be measured: {error}", file=sys.stderr, flush=True)
    print(render(rows))
    if options.quick:
        print(QUICK)
    return int(failures > 0 or any(row.is_empty for row in rows))


def _measurements(runs_dir: Path, quick: bool) -> dict[str, Callable[[], list[Row]]]:
    """All measurements by name, as functions."""
    return {
        "startup": lambda: startup.measure(runs_dir, repeats=3 if quick else 9),
        "stepping": lambda: stepping.measure(runs_dir),
        "drawing": lambda: drawing.measure(runs_dir, repeats=5 if quick else 15),
        "views": lambda: views.measure(runs_dir),
        "course": lambda: course.measure(runs_dir),
        "slow line": lambda: slow_line.measure(runs_dir),
        "labs": lambda: labs.measure(runs_dir, seconds=4 if quick else 15),
        "runs": lambda: runs.measure(runs_dir / "runs"),
        "training": lambda: watching.measure(epochs=2, limit=6000) if quick else watching.measure(epochs=5, limit=None),
        "snapshots": lambda: [
            keeping.measure(epochs=1, limit=30_000) if quick else keeping.measure(epochs=5, limit=None)
        ],
        "large": lambda: [keeping.measure(1, 6_400 if quick else 32_000, " of 20 million parameters", **keeping.LARGE)],
        "watched fit": lambda: [watched_fit.measure(6_400, 2) if quick else watched_fit.measure(30_000, 5)],
        "forward": lambda: forward.measure(repeats=20 if quick else 100),
        "own networks": lambda: own_networks.measure(runs_dir / "own", repeats=5 if quick else 20),
        "memory": lambda: [memory.measure(runs_dir)],
    }


if __name__ == "__main__":
    sys.exit(main())
