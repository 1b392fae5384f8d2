"""Renames and removes runs. Links are never followed: what a stranger's run points to stays untouched."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

from cnntui.files.errors import CnntuiError
from cnntui.files.regular import read_regular
from cnntui.runs.config.settings import check_name
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.run_directory import MOST_CONFIG_BYTES, RunDirectory
from cnntui.runs.directory.writing import write_atomically


def rename(run: RunDirectory, name: str, runs_dir: Path) -> RunDirectory:
    """Give a run another name: rename its folder, and change the name in its settings.

    Args:
        run: the run.
        name: the new name, which no other run may have.
        runs_dir: the folder of runs that must contain the run.

    Raises:
        CnntuiError: the name is invalid or taken; the run is being trained, bundled or elsewhere; or the folder is not
            writable. The run is then unchanged.
    """
    check_name(name)
    if name == run.name:
        return run
    _check_changeable(run, runs_dir, "renamed")
    renamed = RunDirectory(run.path.with_name(name))
    if os.path.lexists(renamed.path):
        raise CnntuiError(f"There is a run called {name} already.", "Choose another name.")
    before = _rename_in_config(run, name)
    try:
        os.rename(run.path, renamed.path)
    except OSError as error:
        if before is not None:
            write_atomically(run.config_path, before)
        raise _cannot("renamed", run, error) from error
    return renamed


def remove(run: RunDirectory, runs_dir: Path) -> None:
    """Remove a run for good; if the run is a link to a folder, remove only the link.

    Args:
        run: the run.
        runs_dir: the folder of runs that must contain the run: any other folder with a config.json may be anything.

    Raises:
        CnntuiError: the run is being trained, bundled, elsewhere, or not removable.
    """
    _check_changeable(run, runs_dir, "removed")
    try:
        if run.path.is_symlink():
            run.path.unlink()
            return
        # A single rename hides the run from every list of runs; only then are its files removed one by one.
        hidden = RunDirectory(run.path.with_name(f".removed.{os.getpid()}.{os.lstat(run.path).st_ino}"))
        os.rename(run.path, hidden.path)
        if is_held(hidden.lock_path):  # Someone began to train it just now.
            os.rename(hidden.path, run.path)
            _check_changeable(run, runs_dir, "removed")
        try:
            shutil.rmtree(hidden.path)
        except OSError:
            # No leftovers may stay where nobody sees them.
            with suppress(OSError):
                os.rename(hidden.path, run.path)
            raise
    except OSError as error:
        raise _cannot("removed", run, error) from error


def why_unchangeable(run: RunDirectory, runs_dir: Path, what: str) -> CnntuiError | None:
    """Why a run cannot be renamed or removed; None if it can be.

    Args:
        run: the run.
        runs_dir: the folder of runs that must contain the run.
        what: "renamed" or "removed".
    """
    if run.read_only:
        return CnntuiError(f"{run.name} comes with cnntui and cannot be {what}.", "Only your own runs can be.")
    if run.path.absolute().parent != runs_dir.absolute():
        return CnntuiError(f"{run.path} is not in the runs folder {runs_dir}: it is not {what}.", "See --runs-dir.")
    if is_held(run.lock_path):
        return CnntuiError(f"{run.name} is being trained and cannot be {what}.", "Stop it first, or wait for its end.")
    return None


def _check_changeable(run: RunDirectory, runs_dir: Path, what: str) -> None:
    if (reason := why_unchangeable(run, runs_dir, what)) is not None:
        raise reason


def _rename_in_config(run: RunDirectory, name: str) -> bytes | None:
    """Write the new name into the settings, keeping unknown fields, and return the file's previous content.

    If the settings are damaged, or are reached through a link, nothing is written and None is returned.
    """
    if run.path.is_symlink() or run.config_path.is_symlink():
        return None
    try:
        run.read_config()
        before = read_regular(run.config_path, MOST_CONFIG_BYTES)
        values = json.loads(before)
    except (CnntuiError, OSError, ValueError):
        return None
    after = json.dumps(values | {"name": name}, indent=2, ensure_ascii=False) + "\n"
    write_atomically(run.config_path, after.encode())
    return before


def _cannot(what: str, run: RunDirectory, error: OSError) -> CnntuiError:
    reason = error.strerror or str(error)
    return CnntuiError(f"{run.name} cannot be {what}: {reason}.", "Check the permissions of its folder.")
