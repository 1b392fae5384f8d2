"""`cnntui runs`: what runs there are, and what came of them."""

from __future__ import annotations

from pathlib import Path

from cnntui.errors import CnntuiError
from cnntui.runs.config import RunConfig
from cnntui.runs.directory import RunDirectory, bundled_runs, default_runs_dir, find_run, list_runs
from cnntui.runs.events import Finished
from cnntui.runs.follow import RunFollower, RunView


def list_all(runs_dir: Path | None) -> int:
    """Print a line for each run, newest first, the bundled ones last; returns the exit status."""
    runs = (*list_runs(runs_dir or default_runs_dir()), *bundled_runs())
    width = max((len(run.name) for run in runs), default=0)
    for run in runs:
        print(f"{run.name:<{width}}  {_summary(run)}")
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
            f"{config.epochs} epochs, batches of {config.batch_size}, {config.optimizer} at {config.learning_rate:g}",
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
    if view.problem is not None:
        rows.append(("problem", f"{view.problem.message} {view.problem.hint}"))
    for label, text in rows:
        print(f"{label:<8}  {text}")
    return 0


def network_in_words(config: RunConfig) -> str:
    """The network that was asked for, such as '32, 64, 64 filters of 2×2, 2×2, 2×2, valid, max pooling, 64 units'."""
    filters = ", ".join(map(str, config.filters))
    kernels = ", ".join(f"{size}×{size}" for size in config.kernel_size)
    pooling = "no pooling" if config.pooling == "none" else f"{config.pooling} pooling"
    return f"{filters} filters of {kernels}, {config.padding}, {pooling}, {config.dense} units"


def _summary(run: RunDirectory) -> str:
    try:
        view = RunFollower(run).poll()
    except CnntuiError as error:
        return f"cannot be read: {error.message}"
    bundled = ", ships with cnntui" if run.read_only else ""
    return f"{view.status:<8}  {_result(view)}{bundled}"


def _result(view: RunView) -> str:
    end = view.history.end
    if isinstance(end, Finished):
        return f"test accuracy {end.test_accuracy:.4f} after {len(view.history.epochs)} epochs"
    epochs = view.history.epochs
    if epochs:
        return f"test accuracy {epochs[-1].test_accuracy:.4f} after {len(epochs)} of {view.config.epochs} epochs"
    return f"step {view.step:,} of {view.total_steps:,}" if view.total_steps else "not begun"
