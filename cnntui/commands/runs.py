"""`cnntui runs`: lists, shows, removes and exports runs."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from pathlib import Path

from cnntui.cnn.arithmetic import counted, fraction
from cnntui.commands import run_json
from cnntui.commands.streams import complain, output, say
from cnntui.printable import set_width, text_width
from cnntui.runs.config.config_text import (
    batches_in_words,
    data_in_words,
    epochs_in_words,
    images_in_words,
    network_in_words,
    not_understood,
    optimizer_in_words,
    others_in_words,
    training_images_in_words,
)
from cnntui.runs.directory.run_directory import default_runs_dir, find_run
from cnntui.runs.directory.status import Status
from cnntui.runs.listing.summaries import Summaries
from cnntui.runs.listing.summary import RunSummary

WRONG_USAGE = 2


def list_all(runs_dir: Path | None, as_json: bool = False) -> int:
    """Print a line for each run, newest first and the bundled ones last, and return the exit status."""
    summaries = Summaries(runs_dir or default_runs_dir())
    runs = summaries.every()
    width = max((text_width(run.name) for run in runs), default=0)
    say("\n".join(
        run_json.line(run_json.of_summary(run)) if as_json else f"{set_width(run.name, width)}  {_summary(run)}"
        for run in runs
    ), at_once=True)  # fmt: skip
    summaries.keep()
    return 0


def show(name: str, runs_dir: Path | None, as_json: bool = False) -> int:
    """Print one run's settings and results, and return the exit status.

    Raises:
        CnntuiError: there is no such run.
    """
    from cnntui.runs.reading.follow import RunFollower

    run = find_run(name, runs_dir or default_runs_dir())
    view = RunFollower(run).poll()
    if as_json:
        say(run_json.line(run_json.of_view(view)))
        return 0
    config = view.config
    rows = [
        ("run", run.name),
        ("folder", str(run.path)),
        ("status", str(view.status)),
        (
            "recipe",
            f"{epochs_in_words(config.epochs)}, {batches_in_words(config)}, "
            f"{optimizer_in_words(config, 'at')}{others_in_words(config)}",
        ),
        ("network", network_in_words(config)),
        ("data", data_in_words(config)),
        *((("script", config.script),) if config.script else ()),
        *((("images", said),) if (said := images_in_words(config)) else ()),
        *((("training", said),) if (said := training_images_in_words(config)) else ()),
        ("seed", config.words("seed")),
        ("made", config.created),
    ]
    for epoch in view.history.epochs:
        halves = (
            _measured("", epoch.loss, epoch.accuracy, epoch.metrics),
            _measured(f"{config.unseen} ", epoch.test_loss, epoch.test_accuracy, epoch.test_metrics),
        )
        rows.append((f"epoch {epoch.epoch + 1}", "; ".join(filter(None, halves))))
    if (best := view.history.best_epoch) is not None:
        reached = f"{config.unseen} accuracy {fraction(best.test_accuracy)}"
        rows.append(("best", f"epoch {best.epoch + 1} of {len(view.history.epochs)}: {reached}"))
    if config.network_problem:
        rows.append(("note", config.network_problem))
    if note := not_understood(config):
        rows.append(("note", note))
    if view.problem is not None:
        rows.append(("problem", f"{view.problem.message} {view.problem.hint}"))
    for label, text in rows:
        say(f"{label:<8}  {text}")
    return 0


def _measured(before: str, loss: float, accuracy: float, metrics: Mapping[str, float]) -> str:
    """The values that were measured in an epoch, and no others."""
    said = [f"{before}loss {loss:.4f}"] if math.isfinite(loss) else []
    said += [f"{before}accuracy {fraction(accuracy)}"] if math.isfinite(accuracy) else []
    return ", ".join([*said, *(f"{before}{name} {value:.4g}" for name, value in metrics.items())])


def remove(name: str, runs_dir: Path | None, asked: bool) -> int:
    """Remove a run, after asking on the terminal, and return the exit status.

    Args:
        name: the run's name.
        runs_dir: the folder of runs; None for the default folder.
        asked: whether the user has confirmed already.

    Raises:
        CnntuiError: there is no such run, or it cannot be removed.
    """
    from cnntui.runs.directory.manage import remove as remove_run
    from cnntui.runs.directory.manage import why_unchangeable

    folder = runs_dir or default_runs_dir()
    run = find_run(name, folder)
    if (reason := why_unchangeable(run, folder, "removed")) is not None:
        raise reason
    if not asked:
        if not sys.stdin.isatty():
            complain(f"cnntui: There is no terminal to confirm deleting {run.name}. Add --yes.")
            return WRONG_USAGE
        if not _agreed(f"Remove {run.name} ({run.path}) for good? [y/N] "):
            say(f"{run.name} was kept.")
            return 0
    remove_run(run, folder)
    say(f"{run.name} was deleted.")
    return 0


def _agreed(question: str) -> bool:
    try:
        with output():
            return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        say("")
        return False


def export_to(name: str, target: Path, runs_dir: Path | None) -> int:
    """Write a run into a folder, print the files that it then contains, and return the exit status.

    Raises:
        CnntuiError: there is no such run, or the folder cannot be written.
    """
    from cnntui.runs.reading.export import export

    run = find_run(name, runs_dir or default_runs_dir())
    folder = target.expanduser()
    files = export(run, folder)
    for file in files:
        say(f"{folder / file}")
    if run.checkpoint_path.name not in files:
        complain(f"cnntui: {run.name} has saved no {run.checkpoint_path.name}: only its history is exported.")
    return 0


def _summary(run: RunSummary) -> str:
    if run.config is None:
        return f"{Status.DAMAGED:<8}  {run.problem}"
    dense = f", {network_in_words(run.config)}" if run.config.model == "dense" else ""
    bundled = ", comes with cnntui" if run.run.read_only else ""
    newer = ", made by a newer cnntui" if run.is_newer else ""
    return f"{run.status:<8}  {_result(run)}{dense}{bundled}{newer}"


def _result(run: RunSummary) -> str:
    if run.status is Status.DAMAGED:
        return run.problem
    if run.test_accuracy is None:
        if not run.total_steps:
            return counted(run.step, "batch") if run.step else "not begun"
        return f"batch {run.step:,} of {run.total_steps:,}"
    assert run.config is not None
    if run.status is Status.FINISHED:
        after = epochs_in_words(run.epochs_done)
    elif run.status is Status.STOPPED:
        after = f"{run.step:,} of {run.total_steps:,} batches" if run.total_steps else counted(run.step, "batch")
    else:
        after = f"{run.epochs_done:,} of {epochs_in_words(run.config.epochs)}"
    best = "" if run.better is None else f", best {fraction(run.better)} (epoch {run.best_epoch})"
    return f"{run.config.unseen} accuracy {fraction(run.test_accuracy)} after {after}{best}"
