"""Many runs and long ones: opening Runs on 200 of them, moving there, and opening one of a million batches."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from statistics import median

import numpy as np

from cnntui.runs.config import RunConfig
from cnntui.runs.directory import RunDirectory, bundled_run, bundled_runs, create_run, write_atomically
from cnntui.runs.events import Batches, Finished, Started, encode
from tests.bench.programs import SETTLED, cnntui, reference
from tests.bench.stepping import PATIENCE, QUIET, SIZES
from tests.bench.table import Limit, Of, Row
from tests.bench.views import PAINTED

RUNS = 200
REPEATS = 3

BATCHES = 1_000_000
A_LINE = {"25 a line, as the trainer writes them": 25, "one a line": 1}
PEAK = 777_777


def measure(folder: Path) -> list[Row]:
    """Each figure from an app of its own."""
    many = folder / "many"
    many_runs(many)
    rows = [row for size in SIZES for row in _listing(many, size)]
    for words, a_line in A_LINE.items():
        run = long_run(folder / f"long-{a_line}", a_line)
        rows.append(_opening(run, words))
        shutil.rmtree(run.path)
    return rows


def many_runs(folder: Path) -> None:
    """Two hundred copies of the bundled run's history, each asked for something else."""
    bundled = bundled_run()
    values = json.loads(bundled.config_path.read_text())
    for number in range(RUNS):
        path = folder / f"run-{number:03}"
        (path / "snapshots").mkdir(parents=True)
        moment = f"2026-01-{1 + number % 28:02}T{number % 24:02}:00:00+00:00"
        (path / "config.json").write_text(json.dumps(values | {"name": path.name, "seed": number, "created": moment}))
        shutil.copy(bundled.events_path, path)
        shutil.copy(bundled.snapshot_path(bundled.snapshot_steps()[-1]), path / "snapshots")
        shutil.copy(bundled.checkpoint_path, path)


def long_run(folder: Path, a_line: int) -> RunDirectory:
    """A run of a million batches with one peak that is not to be lost, and the bundled run's network."""
    bundled = bundled_run()
    run = create_run("long", folder)
    config = RunConfig(name=run.name, seed=1, epochs=1067, created="2026-01-01T00:00:00+00:00")
    write_atomically(run.config_path, config.to_json().encode())
    shutil.copy(bundled.checkpoint_path, run.path)
    run.snapshots_path.mkdir()
    shutil.copy(bundled.snapshot_path(bundled.snapshot_steps()[-1]), run.snapshot_path(BATCHES))
    losses = 2.3 * np.exp(-np.arange(BATCHES) / 40_000) + 0.02 + 0.1 * np.random.default_rng(1).random(BATCHES) ** 3
    losses[PEAK] = 9.0
    accuracies = np.exp(-losses / 2)
    with run.events_path.open("w") as file:
        file.write(encode(Started(1.7e9, 1, 938, config.epochs, 60_000, 10_000)))
        for begin in range(0, BATCHES, a_line):
            end = begin + a_line
            lost, right = tuple(losses[begin:end].tolist()), tuple(accuracies[begin:end].tolist())
            file.write(encode(Batches(1.7e9 + end / 100, end, lost, right)))
        file.write(encode(Finished(1.7e9 + BATCHES / 100, BATCHES, 0.1, 0.98)))
    return run


def _listing(folder: Path, size: tuple[int, int]) -> list[Row]:
    opened, steps, others = [], [], []
    for repeat in range(REPEATS):
        with (
            cnntui("open", "bundled", runs_dir=folder, size=size, ready="Help") as ours,
            reference("highlight", size) as other,
        ):
            opened.append(ours.press("7", quiet=SETTLED, patience=PATIENCE))
            if f"{RUNS + len(bundled_runs())} runs" not in ours.text:
                raise RuntimeError(f"Runs did not open; the screen is\n{ours.text}")
            ours.answer(quiet=4 * PAINTED)
            whole = opened[0]
            if repeat == 0:
                for key in ("down",) * 8 + ("up",) * 8:
                    steps.append(ours.press(key, quiet=QUIET, patience=PATIENCE))
                    others.append(other.press("down" if key == "down" else "up", quiet=QUIET, patience=PATIENCE))
    at = f"{size[0]}×{size[1]}"
    return [
        Row(
            f"opening Runs on {RUNS} runs at {at}, key to last byte",
            max(answer.seconds for answer in opened) * 1000, None, "the slowest time", "ms",
            (Limit(Of.VALUE, 300),), f"the slowest of {REPEATS}; {median(answer.size for answer in opened):,} bytes",
        ),
        Row(
            f"a move in Runs at {at}, bytes", median(step.size for step in steps), whole.size,
            "same screen painted whole", "bytes", (Limit(Of.RATIO, 0.1), Limit(Of.VALUE, 1500)),
            f"median of {len(steps)} moves; largest {max(step.size for step in steps):,}",
        ),
        Row(
            f"a move in Runs at {at}, key to last byte", median(step.seconds for step in steps) * 1000,
            median(step.seconds for step in others) * 1000, "bare app, one 2×2 highlight", "ms",
            (Limit(Of.RATIO, 3.0),), f"slowest {max(step.seconds for step in steps) * 1000:.0f} ms",
        ),
    ]  # fmt: skip


def _opening(run: RunDirectory, words: str) -> Row:
    seconds = []
    for _ in range(REPEATS):
        with cnntui("open", "bundled", "--screen", "runs", runs_dir=run.path.parent, ready="Help") as ours:
            # The bundled run, made later, comes first.
            ours.press("end", quiet=PAINTED, patience=PATIENCE)
            seconds.append(ours.press("enter", quiet=1.5, patience=PATIENCE).seconds)
            if "98.00% of 10,000" not in ours.text:
                raise RuntimeError(f"the run did not open; the screen is\n{ours.text}")
    return Row(
        f"opening a run of a million batches, {words}, key to last byte", max(seconds), None, "the slowest time", "s",
        (Limit(Of.VALUE, 1.0),),
        f"the slowest of {REPEATS}, with both curves drawn; that their peaks stay is tested",
    )  # fmt: skip
