"""A run without weights so far: every screen says so, and none shows another network in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnntui.cnn.network import weights_of
from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.explore.views import VIEWS
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.reading.opening import open_newest, open_or_await
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.widgets.bars.mode_bar import ModeBar
from tests.canned import canned_run, publish
from tests.screens.apps import explorer, shown, until

WITHOUT_NETWORK = ("learn", "start", "runs", "labs", "train", "overfitting")


@pytest.fixture
def starting(runs_dir: Path) -> Iterator[RunDirectory]:
    """A run whose trainer loads TensorFlow."""
    run = canned_run(runs_dir, 0, name="starting", started=False)
    lock = RunLock(run.lock_path)
    yield run
    lock.release()


def page(screen: ExplorerScreen) -> str:
    return shown(screen.app, "#lack")  # type: ignore[arg-type]


def test_it_is_opened_with_the_layers_that_it_will_have(starting: RunDirectory, runs_dir: Path) -> None:
    for opened in (open_or_await(starting), open_newest(runs_dir)):
        assert (opened.name, opened.step, opened.is_awaited) == ("starting", None, True)
        assert opened.network.parameters == 127_978
        assert not any(weights.any() for own in weights_of(opened.network).values() for weights in own.values())


def test_nobody_waits_for_a_run_that_nobody_trains(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 0, name="dead", started=False)
    with pytest.raises(CnntuiError, match="has not kept a network yet"):
        open_or_await(run)
    assert open_newest(runs_dir).name == "bundled"


@pytest.mark.slow
async def test_train_says_so_until_the_weights_are_there(starting: RunDirectory, runs_dir: Path) -> None:
    app = build_app(Wanted(target="starting", runs_dir=runs_dir))
    async with app.run_test(size=(120, 40)) as pilot:
        assert app.session.is_training
        assert "starting" in shown(app, "#status")
        assert "the network has no weights yet" in shown(app, "#sentence")
        assert shown(app, "#probabilities") == ""
        assert "will be drawn here" in shown(app, "#kernels-title")
        step = publish(starting, 3)
        await until(pilot, lambda: app.scene.step == step)
        assert not app.scene.is_awaited
        assert "predicted" in shown(app, "#sentence")
        assert "after" in shown(app, "#kernels-title")


@pytest.mark.slow
async def test_no_screen_shows_another_network(starting: RunDirectory, runs_dir: Path) -> None:
    app = build_app(Wanted(target="starting", runs_dir=runs_dir))
    async with app.run_test(size=(80, 24)) as pilot:
        for mode in VIEWS:
            app.action_mode(mode)
            await pilot.pause()
            if app.mode != mode:  # a lab that measures says why it does not
                continue
            screen = explorer(app)
            assert screen.is_waiting is (mode not in WITHOUT_NETWORK)
            if screen.is_waiting:
                assert "The first weights of starting do not exist yet" in page(screen)
                assert screen.query_one("#stage").display is False
                assert "read" not in str(screen.query_one(ModeBar).render())
                await pilot.press("right", "n", "space", "enter", "less_than_sign", "T", "f", "escape")
            await pilot.resize_terminal(120, 40)
            await pilot.resize_terminal(80, 24)
        app.action_mode("convolve")
        await pilot.press("m", "d")
        await pilot.pause()
        assert "do not exist yet" in shown(app, "KeyBar")
        assert not [*app._notifications]
        step = publish(starting, 3)
        await until(pilot, lambda: app.scene.step == step)
        await pilot.pause()
        assert not explorer(app).is_lacking
        assert explorer(app).query_one("#stage").display


@pytest.mark.slow
async def test_a_trainer_that_ends_before_it_learns_is_said_to(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 0, name="short", started=False)
    lock = RunLock(run.lock_path)
    app: CnntuiApp = build_app(Wanted(target="short", runs_dir=runs_dir, screen="convolve"))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "do not exist yet" in page(explorer(app))
        lock.release()
        await until(pilot, lambda: not app.session.is_training)
        await pilot.pause()
        assert "short has no weights" in page(explorer(app))
