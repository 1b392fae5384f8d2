"""Pictures of what is said about a training: its diagnosis, its classes, one batch by number.

`pytest --snapshot-update` makes them again; look at them before.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from cnntui.explore.focus import Focus
from cnntui.images.data import DataSet
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.run_directory import RunDirectory, create_run
from cnntui.runs.directory.writing import write_atomically
from cnntui.runs.history.events import Batches, EpochEnd, Finished, Started
from cnntui.ui.views.classes.screen import ClassesScreen
from cnntui.ui.views.one_batch.screen import OneBatchScreen
from cnntui.ui.widgets.grids.style import GridStyle
from tests.canned import BEGAN, append
from tests.networks import mnist_network
from tests.screens.apps import app_on, laid_out, until
from tests.screens.test_classes import app_with

Compare = Callable[..., bool]
REAL = json.loads((Path(__file__).parent.parent / "real_histories.json").read_text())


def real_run(runs_dir: Path, name: str) -> RunDirectory:
    """A run with the curves of a real one, that is over."""
    told = REAL[name]
    run = create_run(name, runs_dir)
    config = RunConfig(name=name, seed=1, epochs=len(told["epochs"]), learning_rate=told["rate"])
    write_atomically(run.config_path, config.to_json().encode())
    each = told["epochs"][0][0]
    losses = np.array(told["losses"])
    append(run, Started(BEGAN, 1, each, len(told["epochs"]), 64 * each, 10_000))
    for epoch, (step, *values) in enumerate(told["epochs"]):
        part = losses[step - each : step]
        append(
            run,
            Batches(BEGAN, step, tuple(part.tolist()), tuple(np.exp(-part).tolist())),
            EpochEnd(BEGAN, epoch, step, values[0], 0.9, values[1], values[2], 1.0),
        )
    append(run, Finished(BEGAN, step, values[1], values[2]))
    return run


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 18)])
def test_overfitting(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    app = app_on("train", runs_dir)
    app._first_run = real_run(runs_dir, "400_digits")
    assert snap_compare(app, terminal_size=size, run_before=laid_out)


def test_a_learning_rate_that_is_too_high(snap_compare: Compare, runs_dir: Path) -> None:
    app = app_on("train", runs_dir)
    app._first_run = real_run(runs_dir, "rate_0.1")
    assert snap_compare(app, terminal_size=(80, 24), run_before=laid_out)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (60, 18)])
def test_classes(snap_compare: Compare, digits: DataSet, size: tuple[int, int]) -> None:
    async def read(pilot: Pilot[None]) -> None:
        await pilot.press("m")
        screen = pilot.app.screen
        assert isinstance(screen, ClassesScreen)
        await until(pilot, lambda: screen._predictions.is_complete)
        await laid_out(pilot)

    assert snap_compare(app_with(mnist_network(), digits, 300), terminal_size=size, run_before=read)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 18)])
@pytest.mark.slow
def test_one_batch(snap_compare: Compare, runs_dir: Path, digits: DataSet, size: tuple[int, int]) -> None:
    from tests.screens.test_one_batch import a_step

    app = app_on("train", runs_dir)

    async def open_it(pilot: Pilot[None]) -> None:
        screen = OneBatchScreen(RunDirectory(runs_dir / "none"), None, Focus(), GridStyle.AUTO)
        screen.wait = screen._show  # type: ignore[method-assign]
        await pilot.app.push_screen(screen)
        screen._show_step(a_step())
        screen._show_data(digits)
        await laid_out(pilot)

    assert snap_compare(app, terminal_size=size, run_before=open_it)
