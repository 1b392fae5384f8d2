"""Exports a run to a folder: its network, its history as tables, and its settings."""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from cnntui.files.archives import MOST_ARCHIVE_BYTES
from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular, read_regular
from cnntui.runs.directory.run_directory import MOST_CONFIG_BYTES, RunDirectory
from cnntui.runs.directory.status import Status
from cnntui.runs.directory.writing import NoRoomError, cannot_write, write_atomically
from cnntui.runs.history.events import EpochEnd
from cnntui.runs.history.history import History
from cnntui.runs.reading import tensorboard
from cnntui.runs.reading.follow import RunFollower

_CHUNK_BYTES = 1024 * 1024

Content = bytes | Callable[[Path], None]


_ELSEWHERE = "Name another folder, with room for the run, that you may write to."


def export(run: RunDirectory, target: Path) -> tuple[str, ...]:
    """Write a run into a new or empty folder, and nothing outside that folder.

    The files are `model.keras` (unless the run has kept no network yet), `config.json`, `history.csv` with a row for
    each batch, `epochs.csv` with a row for each epoch and, if the library tensorboard is installed, its event file in
    `tensorboard/`.

    Args:
        run: the run; files that its folder only links to are not part of it.
        target: the folder.

    Returns:
        The paths of the files, relative to the folder.

    Raises:
        CnntuiError: the folder is not empty or cannot be written, or the run cannot be read; anything already written
            is removed again.
    """
    for path in (run.config_path, run.events_path, run.checkpoint_path):
        _check_own(path)
    view = RunFollower(run).poll()
    if view.status is Status.DAMAGED and view.problem is not None:
        raise CnntuiError(view.problem.message, "The run is not exported.")
    try:
        settings = read_regular(run.config_path, MOST_CONFIG_BYTES)
    except OSError as error:
        raise CnntuiError(f"{run.config_path} cannot be read: {error.strerror}.", "The run is not exported.") from error
    made = _prepared(target)
    written: list[Path] = []
    try:
        for name, content in _files(run, settings, view.history):
            path = target / name
            if path.parent != target:
                path.parent.mkdir()
                written.append(path.parent)
            write_atomically(path, content)
            written.append(path)
    except (CnntuiError, OSError) as error:
        _take_away([*made, *written])
        failed = error if isinstance(error, CnntuiError) else cannot_write(target, error)
        raise CnntuiError(failed.message, _ELSEWHERE) if isinstance(failed, NoRoomError) else failed from error
    return tuple(str(path.relative_to(target)) for path in written if path.is_file())


def _files(run: RunDirectory, settings: bytes, history: History) -> Iterator[tuple[str, Content]]:
    """The name of each file, and its content or the function that writes it."""
    yield "config.json", settings
    if os.path.lexists(run.checkpoint_path):
        yield "model.keras", lambda path: _copy(run.checkpoint_path, path)
    names = ("step", "loss", "accuracy", *history.metrics)
    yield "history.csv", lambda path: _write_csv(path, names, batches(history))
    further = dict.fromkeys(name for end in history.epochs for name in _further(end))
    columns = (*_COLUMNS, *further)
    yield "epochs.csv", lambda path: _write_csv(path, columns, (_row(end, further) for end in history.epochs))
    if tensorboard.is_installed():
        yield f"tensorboard/{tensorboard.file_name(history)}", lambda path: tensorboard.write(history, path)


def batches(history: History) -> Iterator[tuple[object, ...]]:
    """A row for each batch: its step, loss, accuracy and other metrics, with the digits of a float32."""
    curves = history.losses, history.accuracies, *history.metrics.values()
    for step, *values in zip(history.steps.tolist(), *curves, strict=True):
        yield step, *map(_short, values)


_COLUMNS = tuple(f.name for f in fields(EpochEnd) if f.name not in ("metrics", "test_metrics"))


def _further(end: EpochEnd) -> dict[str, float]:
    """The other metrics of an epoch."""
    return dict(end.metrics) | {f"test_{name}": value for name, value in end.test_metrics.items()}


def _row(end: EpochEnd, further: Iterable[str]) -> tuple[object, ...]:
    """The row for an epoch, with epochs counted from 1."""
    counted, measured = replace(end, epoch=end.epoch + 1), _further(end)
    return *(getattr(counted, name) for name in _COLUMNS), *(measured.get(name, "") for name in further)


def _short(value: np.float32) -> str:
    return np.format_float_positional(value, trim="-")


def _write_csv(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _check_own(path: Path) -> None:
    """Refuse anything but a file of the run itself: a link leads elsewhere, and a device may never end."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise CnntuiError(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from error
    if not stat.S_ISREG(mode):
        raise CnntuiError(f"{path} is not a file of the run but a link or a device.", "The run is not exported.")


def _copy(source: Path, target: Path) -> None:
    # A link is not followed, even if the file has become one since the check.
    with open_regular(source, MOST_ARCHIVE_BYTES, follow=False) as reader, target.open("xb") as writer:
        while chunk := reader.read(_CHUNK_BYTES):
            writer.write(chunk)


def _prepared(target: Path) -> list[Path]:
    """Create the folder if it is missing, and return the folders that were created.

    Raises:
        CnntuiError: the target is not a folder, or is not empty.
    """
    missing = [folder for folder in (target, *target.parents) if not os.path.lexists(folder)]
    try:
        target.mkdir(parents=True, exist_ok=True)
        occupied = any(os.scandir(target))
    except FileExistsError as error:
        raise CnntuiError(f"{target} is a file.", "Name a folder that is new or empty.") from error
    except OSError as error:
        raise CnntuiError(cannot_write(target, error).message, _ELSEWHERE) from error
    if occupied:
        raise CnntuiError(f"There are files in {target} already.", "Name a folder that is new or empty.")
    return missing[::-1]


def _take_away(paths: list[Path]) -> None:
    for path in reversed(paths):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
