"""Scripts' trainings on screen: curves and images of any kind, and no network at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnntui.runs.directory.control import ControlReader, TrainerCommand
from cnntui.runs.recording.script_run import Plan, Values
from tests.screens.apps import app_on, explorer, shown, until
from tests.scripts import UNOPENED, dense_network, script_run


@pytest.mark.slow
async def test_a_network_that_is_not_opened_is_watched_by_its_curves(runs_dir: Path) -> None:
    run = script_run(runs_dir)
    run.begin(Plan(4, 10, ("pause", "step")))
    for batch in range(12):
        run.batch(Values(800.0 - batch, None, {"mae": 20.0 + batch}))
    run.end_epoch(Values(800.0, None, {"mae": 25.0, "auc": 0.625}), Values(750.0, None, {"mae": 24.5, "auc": 0.5}))
    app = app_on(None, runs_dir, "mine")
    async with app.run_test(size=(80, 24)) as pilot:
        assert explorer(app).MODE == "train"
        assert "validation 750" in shown(app, "#loss").splitlines()[0]
        assert shown(app, "#accuracy").startswith("mae 1/2 ━ 25.5")
        assert UNOPENED.split()[-1] in shown(app, "#unopened")
        assert "is not opened" in shown(app, "#sentence")
        assert "learning" not in shown(app, "#diagnosis") or "guessing" not in shown(app, "#diagnosis")
        await pilot.press("v")
        assert shown(app, "#accuracy").startswith("auc 2/2 ━ 62.5% ◆ validation 50.00%")
        for view in ("network", "convolve", "dense", "softmax", "field", "why", "calculation"):
            await app.run_action(f"mode('{view}')")
            await until(pilot, lambda: view == explorer(app).MODE)  # noqa: B023
            await until(pilot, lambda: bool(app.screen.query("#lack")))
            await until(pilot, lambda: "cannot be opened; its curves can" in shown(app, "#lack"))
        await app.run_action("mode('train')")
        await until(pilot, lambda: explorer(app).MODE == "train")
        keys = {active.binding.action for active in app.screen.active_bindings.values() if active.enabled}
        assert "app.pause" in keys
        # It does not look at a stop, and has no learning rate that can be another.
        assert not keys & {"app.stop", "app.rate"}
        await pilot.press("space")
        assert ControlReader(run.run.control_path).command() is TrainerCommand.PAUSE
        # What comes is drawn.
        run.batch(Values(1.0, None, {"mae": 1.0}))
        run.end(stopped=False)
        await until(pilot, lambda: "trained: loss 750 on the validation data" in shown(app, "#status"))
        # The script still runs, and trains again.
        run.begin(Plan(6, 10))
        run.begin_epoch(4)
        run.batch(Values(0.5, None, {"mae": 0.5}))
        run.end_epoch(Values(0.5, None, {"mae": 0.5}), Values(0.25, None, {"mae": 0.25}))
        await until(pilot, lambda: "epoch 6/6" in shown(app, "#status"))


@pytest.mark.slow
async def test_images_of_any_size_and_the_names_of_their_classes(runs_dir: Path) -> None:
    images = np.random.default_rng(1).integers(0, 256, (4, 6, 5, 3), np.uint8)
    run = script_run(runs_dir, network=dense_network(), data={"x_test": images, "y_test": np.array([2, 0, 1, 1])})
    run.begin(Plan(4, 10))
    run.batch(Values(2.0, 0.5), 4)
    app = app_on(None, runs_dir, "mine")
    async with app.run_test(size=(120, 40)):
        assert shown(app, "#sentence").startswith("mine image #0 · true cat · predicted ant")
        assert "ant" in shown(app, "#probabilities")
        assert not [*app._notifications]
    moved = runs_dir / "moved"
    run.run.path.rename(moved)
    assert not app_on("network", runs_dir, "moved").scene.data.reason


async def test_without_images_a_blank_one_is_looked_at(runs_dir: Path) -> None:
    run = script_run(runs_dir, network=dense_network())
    run.begin(Plan())
    run.batch(Values(2.0))
    data = app_on(None, runs_dir, "mine").scene.data
    assert (len(data), data.shape, data.name) == (1, (6, 5, 3), "blank")
    assert "has passed on no images" in data.reason
