"""Histories with fixed numbers for the overfitting lab, in place of the bundled ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.files.errors import CnntuiError
from cnntui.labs import trainings
from cnntui.labs.overfitting import CELLS, DIGITS, Cell, Outcome
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.history.events import EpochEnd
from tests.canned import BEGAN, append

EPOCHS = dict(zip(DIGITS, (24, 12, 6, 4), strict=True))


def epochs_of(cell: Cell) -> tuple[EpochEnd, ...]:
    """Train and test part on few digits, more so without pooling; on all digits hardly."""
    count = EPOCHS[cell.digits]
    few = (500 / cell.digits) ** 0.5
    worse = 1.4 if cell.pooling == "none" else 1.0
    ends = []
    for epoch in range(count):
        learned = (epoch + 1) / count
        test_loss = few * worse * (0.3 + 1.2 * (0.4 - learned) ** 2)
        ends.append(
            EpochEnd(
                BEGAN + epoch, epoch, 100 * (epoch + 1), 2.0 * (1.05 - learned) ** 3, 1 - 0.3 * (1 - learned) ** 2,
                test_loss, 1 - few * worse * (0.1 + 0.2 * (1 - learned) ** 3), 1.0,
            )
        )  # fmt: skip
    return tuple(ends)


def config_of(cell: Cell) -> RunConfig:
    """The settings of a cell."""
    limit = None if cell.digits == DIGITS[-1] else cell.digits
    epochs = EPOCHS[cell.digits]
    return RunConfig(
        name=cell.name, seed=1, epochs=epochs, limit=limit, pooling=cell.pooling, dense=cell.dense
    )  # fmt: skip


def outcome_of(cell: Cell) -> Outcome:
    """The outcome of a cell."""
    return Outcome(config_of(cell), epochs_of(cell))


def write_history(folder: Path, cell: Cell) -> RunDirectory:
    """Write the run of one cell."""
    run = RunDirectory(folder / cell.name)
    run.path.mkdir(parents=True)
    run.config_path.write_text(config_of(cell).to_json())
    append(run, *epochs_of(cell))
    return run


def lay_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the runs of all cells where the lab finds them; returns the folder."""
    for cell in CELLS:
        write_history(folder, cell)

    def find(name: str) -> RunDirectory:
        if not (folder / name).exists():
            raise CnntuiError(f"The bundled file lab-runs/{name} is missing.", "Install cnntui again.")
        return RunDirectory(folder / name, read_only=True)

    monkeypatch.setattr(trainings, "lab_run", find)
    return folder
