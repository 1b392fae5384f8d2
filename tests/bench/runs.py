"""Many runs and long ones: listing and opening Runs on 5,000, and one of a million batches."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np

from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run, bundled_runs, create_run
from cnntui.runs.directory.writing import write_atomically
from cnntui.runs.history.event_file import EventWriter
from cnntui.runs.history.event_lines import encode
from cnntui.runs.history.events import Batches, EpochEnd, Finished, Started
from cnntui.runs.listing.summaries import CACHE_VARIABLE
from tests.bench.programs import SETTLED, cnntui, reference
from tests.bench.reference_apps import READY
from tests.bench.stepping import PATIENCE, QUIET, SIZES
from tests.bench.table import Limit, Of, Row
from tests.bench.views import PAINTED
from tests.bench.watching import Watcher, spread

RUNS = 200
THOUSANDS = 5000
REPEATS = 3

BATCHES, EPOCH = 1_000_000, 938
WATCHED_SECONDS = 15.0
A_LINE = {"25 a line, as the trainer writes them": 25, "one a line": 1}
PEAK = 777_777


def measure(folder: Path) -> list[Row]:
    """Measure each figure on an app of its own."""
    many = folder / "many"
    many_runs(many)
    rows = [row for size in SIZES for row in _listing(many, size)]
    rows += thousands(folder)
    for words, a_line in A_LINE.items():
        run = long_run(folder / f"long-{a_line}", a_line)
        rows.append(_opening(run, words))
        shutil.rmtree(run.path)
    return rows


def thousands(folder: Path) -> list[Row]:
    """Thousands of runs on the command line and on the screen, and a screen on them while one is trained.

    The first time all of them are read; what was found then is kept for the next time.
    """
    runs_dir = folder / "thousands"
    many_runs(runs_dir, THOUSANDS)
    cache = {CACHE_VARIABLE: str(folder / "cache")}
    command = [sys.executable, "-m", "cnntui", "runs", "--runs-dir", str(runs_dir)]
    listed = []
    for _ in range(1 + REPEATS):
        began = time.perf_counter()
        printed = subprocess.run(command, env=os.environ | cache, capture_output=True, check=True).stdout
        listed.append(1000 * (time.perf_counter() - began))
        if printed.count(b"test accuracy") != THOUSANDS + len(bundled_runs()):
            raise RuntimeError("not all runs were listed")
    os.environ |= cache
    opened = []
    for _ in range(REPEATS):
        with cnntui("open", "bundled", runs_dir=runs_dir, ready="Help") as ours:
            began = time.perf_counter()
            ours.send("7")
            ours.wait_for(f"{THOUSANDS + len(bundled_runs()):,} runs", quiet=PAINTED)
            opened.append(1000 * (ours.last_written - began))
    return [
        Row(
            f"listing {THOUSANDS:,} runs on the command line", max(listed[1:]), None, "the slowest time", "ms",
            (Limit(Of.VALUE, 300),), f"the slowest of {REPEATS}; {listed[0]:,.0f} ms the first time of all",
        ),
        Row(
            f"opening Runs on {THOUSANDS:,} runs, key to last byte", max(opened), None, "the slowest time", "ms",
            (Limit(Of.VALUE, 300),), f"the slowest of {REPEATS}",
        ),
        _stalls(folder, runs_dir),
    ]  # fmt: skip


def _stalls(folder: Path, runs_dir: Path) -> Row:
    """The delays of the event loop while Runs watches thousands of runs, one of them in training."""
    run = RunDirectory(next(runs_dir.glob("run-*")))
    run.events_path.unlink()
    writer = EventWriter(run.events_path)
    writer.write(Started(time.time(), 1, 938, 5, 60_000, 10_000))
    lock = RunLock(run.lock_path)
    place = ["cnntui", "open", "bundled", "--screen", "runs", "--runs-dir", str(runs_dir)]
    watcher = Watcher(folder, place, "Help", key="down", every=0.2)
    began = time.monotonic()
    for step in itertools.count(1):
        writer.write(Batches(time.time(), step, (1.0,), (0.5,)))
        watcher.look()
        time.sleep(0.1)
        if time.monotonic() - began > WATCHED_SECONDS:
            break
    beats = watcher.leave()
    lock.release()
    bare = Watcher(folder, ["bare"], READY, key="right", every=0.2)
    for _ in range(round(WATCHED_SECONDS / 0.1)):
        bare.look()
        time.sleep(0.1)
    idle = bare.leave()
    return Row(
        f"longest stall of the event loop on Runs, {THOUSANDS:,} runs and one in training", beats[-1], idle[-1],
        "bare app, one highlight", "ms", (Limit(Of.VALUE, 25),), f"{spread(beats)}; bare app {spread(idle)}",
    )  # fmt: skip


def many_runs(folder: Path, count: int = RUNS) -> None:
    """Copies of the bundled run's history, each asked for something else."""
    bundled = bundled_run()
    values = json.loads(bundled.config_path.read_text())
    folder.mkdir(parents=True)
    shared = (bundled.events_path, bundled.checkpoint_path, bundled.snapshot_path(bundled.snapshot_steps()[-1]))
    for file in shared:
        shutil.copy(file, folder / f".{file.name}")
    for number in range(count):
        path = folder / f"run-{number:04}"
        (path / "snapshots").mkdir(parents=True)
        moment = f"2026-01-{1 + number % 28:02}T{number % 24:02}:00:00+00:00"
        (path / "config.json").write_text(json.dumps(values | {"name": path.name, "seed": number, "created": moment}))
        for file in shared:
            target = path / "snapshots" if file.parent.name == "snapshots" else path
            os.link(folder / f".{file.name}", target / file.name)


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
        file.write(encode(Started(1.7e9, 1, EPOCH, config.epochs, 60_000, 10_000)))
        for begin in range(0, BATCHES, a_line):
            end = begin + a_line
            lost, right = tuple(losses[begin:end].tolist()), tuple(accuracies[begin:end].tolist())
            file.write(encode(Batches(1.7e9 + end / 100, end, lost, right)))
            if (epochs := end // EPOCH) > begin // EPOCH:
                file.write(encode(EpochEnd(1.7e9 + end / 100, epochs - 1, end, 0.1, 0.98, 0.1, 0.98, EPOCH / 100)))
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
            begun = time.perf_counter()
            ours.send("enter")
            ours.wait_for("98.00% of 10,000")
            seconds.append(ours.last_written - begun)
    return Row(
        f"opening a run of a million batches, {words}, key to last byte", max(seconds), None, "the slowest time", "s",
        (Limit(Of.VALUE, 1.0),),
        f"the slowest of {REPEATS}, with both curves drawn; that their peaks stay is tested",
    )  # fmt: skip
