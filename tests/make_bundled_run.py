"""Makes the run that ships with cnntui again: `python -m tests.make_bundled_run [SEED]`.

It is what `cnntui train` makes with the recipe's settings and a fixed seed; only what belongs to a living trainer (its
lock, the live weights) is left behind.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from cnntui.commands.train import DONE, run
from cnntui.runs.options import TrainOptions

SEED = 7
NAME = "bundled"
KEPT = ("config.json", "events.jsonl", "model.keras", "snapshots", "train.log")
TARGET = Path(__file__).resolve().parent.parent / "assets" / "runs" / NAME


def main() -> int:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else SEED
    with tempfile.TemporaryDirectory() as folder:
        status = run(TrainOptions(seed=seed, name=NAME, runs_dir=Path(folder)))
        if status != DONE:
            return status
        shutil.rmtree(TARGET, ignore_errors=True)
        TARGET.mkdir(parents=True)
        for name in KEPT:
            shutil.move(Path(folder, NAME, name), TARGET / name)
    print(f"It is now {TARGET}.")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
