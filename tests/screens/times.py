"""Runs that kept steps, at a moment of their training."""

from __future__ import annotations

import shutil
from pathlib import Path

from cnntui.runs.directory.run_directory import RunDirectory, bundled_run
from cnntui.runs.history.events import Snapshot
from tests.canned import BEGAN, append, canned_run


def keep(run: RunDirectory, *steps: int) -> None:
    """Let a run keep steps, with weights of the bundled run: the first its first, and so on."""
    run.snapshots_path.mkdir(exist_ok=True)
    bundled = bundled_run()
    before = len(run.snapshot_steps())
    for place, step in enumerate(steps, before):
        shutil.copyfile(bundled.snapshot_path(bundled.snapshot_steps()[place]), run.snapshot_path(step))
        append(run, Snapshot(BEGAN + step, step, run.snapshot_path(step).name))


def kept_run(runs_dir: Path, batches: int, *steps: int, name: str = "canned") -> RunDirectory:
    """A run that has learned from some batches and kept steps; nobody holds its lock."""
    run = canned_run(runs_dir, batches, name=name)
    shutil.copyfile(bundled_run().checkpoint_path, run.checkpoint_path)
    keep(run, *steps)
    return run
