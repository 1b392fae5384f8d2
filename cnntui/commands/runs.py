"""`cnntui runs`: what runs there are and what came of them; removing and exporting one."""

from __future__ import annotations

import sys
from pathlib import Path

from cnntui.commands.streams import complain, output, say
from cnntui.errors import CnntuiError
from cnntui.printable import set_width, text_width
from cnntui.runs.config import epochs_in_words, network_in_words
from cnntui.runs.directory import RunDirectory, bundled_runs, default_runs_dir, find_run, list_runs
from cnntui.runs.events import Finished
from cnntui.runs.export import export
from cnntui.runs.follow import RunFollower, RunView
from cnntui.runs.manage import may_change
from cnntui.runs.manage import remove as remove_run

WRONG_USAGE = 2


def list_all(runs_dir: Path | None) -> int:
    """Print a line for each run, newest first, the bundled ones last; returns the exit status."""
    runs = (*list_runs(runs_dir or default_runs_dir()), *bundled_runs())
    width = max((text_width(run.name) for run in runs), default=0)
    for run in runs:
        say(f"{set_width(run.name, width)}  {_summary(run)}")
    return 0


def show(name: str, runs_dir: Path | None) -> int:
    """Print one run's settings and results; returns the exit status.

    Raises:
        CnntuiError: there is no such run.
    """
    run = find_run(name, runs_dir or default_runs_dir())
    view = RunFollower(run).poll()
    config = view.config
    rows = [
        ("run", run.name),
        ("folder", str(run.path)),
        ("status", str(view.status)),
        (
            "recipe",
            f"{epochs_in_words(config.epochs)}, batches of {config.batch_size}, "
            f"{config.optimizer} at {config.learning_rate:g}",
        ),
        ("network", network_in_words(config)),
        ("digits", f"{config.limit:,} training digits" if config.limit else "all training digits"),
        ("seed", str(config.seed)),
        ("made", config.created),
    ]
    for epoch in view.history.epochs:
        learned = f"loss {epoch.loss:.4f}, accuracy {epoch.accuracy:.4f}"
        tested = f"test loss {epoch.test_loss:.4f}, test accuracy {epoch.test_accuracy:.4f}"
        rows.append((f"epoch {epoch.epoch}", f"{learned}; {tested}"))
    if config.is_newer:
        rows.append(("note", f"made by a newer cnntui (format {config.format}): this is what this one understands"))
    if view.problem is not None:
        rows.append(("problem", f"{view.problem.message} {view.problem.hint}"))
    for label, text in rows:
        say(f"{label:<8}  {text}")
    return 0


def remove(name: str, runs_dir: Path | None, asked: bool) -> int:
    """Remove a run, after asking on the terminal; returns the exit status.

    Args:
        name: the run's.
        runs_dir: where runs are kept; None for the default folder.
        asked: do not ask any more.

    Raises:
        CnntuiError: there is no such run, or it is not to be removed.
    """
    folder = runs_dir or default_runs_dir()
    run = find_run(name, folder)
    if (reason := may_change(run, folder, "removed")) is not None:
        raise reason
    if not asked:
        if not sys.stdin.isatty():
            complain(f"cnntui: Nobody can be asked whether {run.name} is to be removed. Say so with --yes.")
            return WRONG_USAGE
        if not _agreed(f"Remove {run.name} ({run.path}) for good? [y/N] "):
            say(f"{run.name} stays.")
            return 0
    remove_run(run, folder)
    say(f"{run.name} is removed.")
    return 0


def _agreed(question: str) -> bool:
    try:
        with output():
            return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        say("")
        return False


def export_to(name: str, target: Path, runs_dir: Path | None) -> int:
    """Write a run into a folder and print what is there then; returns the exit status.

    Raises:
        CnntuiError: there is no such run, or it cannot be written there.
    """
    run = find_run(name, runs_dir or default_runs_dir())
    folder = target.expanduser()
    for file in export(run, folder):
        say(f"{folder / file}")
    return 0


def _summary(run: RunDirectory) -> str:
    try:
        view = RunFollower(run).poll()
    except CnntuiError as error:
        return f"cannot be read: {error.message}"
    dense = f", {network_in_words(view.config)}" if view.config.model == "dense" else ""
    bundled = ", ships with cnntui" if run.read_only else ""
    newer = ", made by a newer cnntui" if view.config.is_newer else ""
    return f"{view.status:<8}  {_result(view)}{dense}{bundled}{newer}"


def _result(view: RunView) -> str:
    end = view.history.end
    if isinstance(end, Finished):
        return f"test accuracy {end.test_accuracy:.4f} after {epochs_in_words(len(view.history.epochs))}"
    epochs = view.history.epochs
    if epochs:
        return f"test accuracy {epochs[-1].test_accuracy:.4f} after {len(epochs)} of {view.config.epochs} epochs"
    return f"step {view.step:,} of {view.total_steps:,}" if view.total_steps else "not begun"
