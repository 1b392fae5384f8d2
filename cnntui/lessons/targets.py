"""The run that a page of a course is about."""

from __future__ import annotations

from pathlib import Path

from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run, bundled_runs, find_run, lesson_run, list_runs
from cnntui.runs.reading.opening import open_run

OWN = "own"
"""Stands for the user's newest run."""

INSTEAD = "normalized"
"""Used if the user has no run: a small network with batch normalization that comes with the course."""


def run_of(target: str, runs_dir: Path | None) -> RunDirectory:
    """The run that a page names: one of the course's, one of the user's, or one that comes with cnntui.

    Raises:
        CnntuiError: there is no run of that name.
    """
    if target == OWN:
        return _newest_own(runs_dir) or run_of(INSTEAD, None)
    if (found := lesson_run(target)) is not None:
        return found
    if target in [run.name for run in bundled_runs()] or runs_dir is None:
        return bundled_run(target)
    return find_run(target, runs_dir)


def _newest_own(runs_dir: Path | None) -> RunDirectory | None:
    for run in () if runs_dir is None else list_runs(runs_dir):
        try:
            open_run(run)
        except CnntuiError:
            continue
        return run
    return None
