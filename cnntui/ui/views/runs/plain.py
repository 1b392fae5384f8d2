"""Runs as plain text: a line for each run, newest first."""

from __future__ import annotations

from cnntui.cnn.arithmetic import counted, percent
from cnntui.runs.config.config_text import batches_in_words, network_in_words, optimizer_in_words
from cnntui.runs.directory.run_directory import default_runs_dir
from cnntui.runs.listing.summaries import Summaries
from cnntui.runs.listing.summary import RunSummary
from cnntui.ui.views.base.plain import table
from cnntui.ui.views.base.state import AppState

HEADING = ("name", "status", "settings", "epochs", "test accuracy")


def as_text(state: AppState, width: int) -> list[str]:
    """The number of runs, and the outcome of each."""
    summaries = Summaries(state.options.runs_dir or default_runs_dir())
    runs = summaries.every()
    return [f"{counted(len(runs), 'run')}.", "", *table(HEADING, map(_row, runs), left=3)]


def _row(run: RunSummary) -> tuple[str, ...]:
    status = "damaged" if run.status is None else run.status.value
    accuracy = "" if run.test_accuracy is None else percent(run.test_accuracy, 2)
    if (config := run.config) is None:
        return run.name, status, "", "", accuracy
    if accuracy and config.unseen != "test":
        accuracy += f" ({config.unseen})"
    network = "" if config.model == "cnn" else f"{network_in_words(config)}, "
    settings = f"{network}{optimizer_in_words(config)}, {batches_in_words(config)}"
    return run.name, status, settings, f"{run.epochs_done:,}", accuracy
