"""Runs with fixed numbers and times, so that an app always shows the same."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run, create_run
from cnntui.runs.directory.writing import write_atomically
from cnntui.runs.history.event_file import EventWriter
from cnntui.runs.history.events import Batches, Checkpoint, EpochEnd, Event, Started
from cnntui.runs.listing.glance import glance
from cnntui.runs.listing.summary import RunSummary, complete

BEGAN = 1_700_000_000.0
STEPS_PER_EPOCH = 100
EPOCHS = 5
BATCHES_A_SECOND = 125


def canned_run(runs_dir: Path, batches: int, *after: Event, name: str = "canned", started: bool = True) -> RunDirectory:
    """Write a run that has learned from some batches; nobody holds its lock.

    Args:
        runs_dir: where.
        batches: how many it has learned from.
        after: events that follow.
        started: whether the trainer has got so far as to say what it will do.
    """
    run = create_run(name, runs_dir)
    config = RunConfig(name=name, seed=1, epochs=EPOCHS, created="2023-11-14T22:13:20+00:00")
    write_atomically(run.config_path, config.to_json().encode())
    append(run, *([Started(BEGAN, 1, STEPS_PER_EPOCH, EPOCHS, 6400, 10_000)] if started else []))
    learn(run, 0, batches)
    append(run, *after)
    return run


def learn(run: RunDirectory, first: int, last: int) -> None:
    """Let it learn from the batches after `first` up to `last`, twenty a report, testing after each epoch."""
    losses, accuracies = curves(last)
    events: list[Event] = []
    for begin in range(first, last, 20):
        end = min(begin + 20, last)
        moment = BEGAN + end / BATCHES_A_SECOND
        events.append(Batches(moment, end, tuple(losses[begin:end].tolist()), tuple(accuracies[begin:end].tolist())))
        if end % STEPS_PER_EPOCH == 0:
            epoch = end // STEPS_PER_EPOCH - 1
            test_loss = 0.2 / (epoch + 1)
            events.append(Checkpoint(moment, end))
            seconds = STEPS_PER_EPOCH / BATCHES_A_SECOND
            events.append(EpochEnd(moment, epoch, end, 0.3, 0.9, test_loss, 1 - test_loss / 4, seconds))
    append(run, *events)


def curves(batches: int) -> tuple[np.ndarray, np.ndarray]:
    """Losses that fall and accuracies that rise."""
    noise = np.random.default_rng(1).random(1000)[:batches]
    losses = 2.3 * np.exp(-np.arange(batches) / 30) + 0.02 + 0.15 * noise**3
    return losses, np.round(64 * np.exp(-losses / 2)) / 64


def append(run: RunDirectory, *events: Event) -> None:
    """Append events as a trainer does."""
    writer = EventWriter(run.events_path)
    for event in events:
        writer.write(event)
    writer.close()


def summarise(run: RunDirectory) -> RunSummary:
    """Everything that a list can show about a run."""
    return complete(glance(run))


def publish(run: RunDirectory, snapshot: int) -> int:
    """Make one of the bundled run's snapshots the run's live weights; returns the step they are of."""
    bundled = bundled_run()
    step = bundled.snapshot_steps()[snapshot]
    write_atomically(run.live_path, lambda beside: shutil.copyfile(bundled.snapshot_path(step), beside) and None)
    return step


def texts(lines: Sequence[Sequence[tuple[str, str]]]) -> list[str]:
    """Lines without their roles."""
    return ["".join(text for text, _ in line) for line in lines]
