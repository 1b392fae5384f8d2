"""Time travel: every view moves through the training, and the end of a run in training is live."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.weights import weights_from_npz
from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.lock import RunLock, is_held
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run, list_runs
from cnntui.runs.history.events import Finished
from cnntui.runs.reading.opening import open_run
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.images.screen import ImagesScreen
from cnntui.ui.views.kernel_time.screen import KernelTimeScreen
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.bars.mode_bar import ModeBar
from tests.canned import BEGAN, append, learn, publish
from tests.fake_trainer import MODULE, FakeScript, scripted, write_fake_run
from tests.screens.apps import app_on, shown, ticking, until
from tests.screens.times import keep, kept_run
from tests.waiting import wait_until

BACK, ON = "less_than_sign", "greater_than_sign"


def line_of(app: CnntuiApp) -> str:
    """The bottom line: the keys, or the time line."""
    return app.screen.query_one(KeyBar).text


def kernel_of(app: CnntuiApp) -> np.ndarray:
    layer = app.scene.network["conv2d"]
    assert isinstance(layer, Conv2D)
    return layer.kernel


def kept_kernel(step: int) -> np.ndarray:
    return weights_from_npz(bundled_run().snapshot_path(step))["conv2d"]["kernel"]


# A run that is over


@pytest.mark.slow
async def test_back_and_on_again_at_the_same_place(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, index=3)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        focus, keys = app.scene.focus, line_of(app)
        await pilot.press(BACK)
        assert app.scene.step == 4221
        assert app.scene.focus == focus
        assert np.array_equal(kernel_of(app), kept_kernel(4221))
        assert "batch 4,221  epoch 4.5" in line_of(app)
        await pilot.press(ON)
        assert app.scene.step == 4690
        assert "batch 4,690  epoch 5  test 99.13%" in line_of(app)
        await pilot.press(ON)
        assert line_of(app) == keys


@pytest.mark.slow
async def test_every_view_goes_through_time(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, index=3)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(BACK)
        step = 4221
        for key, mode in (("1", "train"), ("2", "network"), ("4", "pool"), ("w", "why"), ("e", "field")):
            await pilot.press(key, BACK)
            step -= 469
            assert (app.mode, app.scene.step) == (mode, step)
            assert f"batch {step:,}" in line_of(app)


async def test_train_says_which_kernels_it_shows(runs_dir: Path) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(BACK)
        assert shown(app, "#kernels-title") == "the 32 kernels after 4,221 batches"
        await pilot.press(ON)
        assert shown(app, "#kernels-title") == "what the 32 kernels have become"


async def test_at_step_0_it_says_that_it_is_random(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, step=1)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(BACK, BACK)
        assert app.scene.step == 0
        assert line_of(app).startswith(" < ●┼")
        assert "batch 0  random: nothing learned yet" in line_of(app)
        # The bundled run's last step is its end: from there nobody is held.
        await pilot.press("escape")
        assert app.scene.step == 4690
        assert "Follow" in line_of(app)


async def test_a_step_that_is_asked_for_opens_with_its_time_line(runs_dir: Path) -> None:
    app = app_on("network", runs_dir, step=250)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.scene.step == 256
        assert "batch 256" in line_of(app)
        await pilot.press(BACK)
        assert app.scene.step == 128


@pytest.mark.slow
async def test_the_time_line_can_be_pointed_at(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(BACK)
        await pilot.click(KeyBar, offset=(3, 0))
        assert app.scene.step == 0
        end = line_of(app).index(" > ")
        await pilot.click(KeyBar, offset=(end - 1, 0))
        assert app.scene.step == 4690
        await pilot.click(KeyBar, offset=(1, 0))
        assert app.scene.step == 4221
        await pilot.click(KeyBar, offset=(end + 1, 0))
        assert app.scene.step == 4690
        await pilot.click(KeyBar, offset=(end + 12, 0))
        assert app.scene.step == 4690


@pytest.mark.slow
async def test_another_screen_shows_the_same_moment(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(BACK, BACK)
        line = line_of(app)
        await pilot.press("2")
        assert app.scene.step == 3752
        assert shown(app, "#layers").lstrip().startswith("batch 3,752")
        assert line_of(app) == line
        await pilot.press(ON, "3")
        assert "batch 4,221" in line_of(app)


@pytest.mark.slow
async def test_the_digit_browser_reads_with_the_network_of_the_moment(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(BACK, "d")
        assert isinstance(app.screen, ImagesScreen)
        assert "bundled, batch 4,221" in shown(app, "#title")
        await pilot.press(BACK)
        assert app.scene.step == 4221


@pytest.mark.slow
async def test_it_plays_to_the_end_and_stops(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnntui.ui.app.playback.PLAYED_SECONDS", 0.01)
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("T")
        await until(pilot, lambda: not app.time.timeline.playing)
        assert app.scene.step == 4690
        assert app.time.timeline.following
        assert not ticking(app), "nothing ticks when it does not play"


@pytest.mark.slow
async def test_any_step_by_hand_ends_playing(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnntui.ui.app.playback.PLAYED_SECONDS", 60.0)
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("T")
        assert "▶" in line_of(app)
        assert app.scene.step == 0
        await pilot.press(ON)
        assert app.scene.step == 1
        assert "▶" not in line_of(app)
        assert not ticking(app)


@pytest.mark.slow
async def test_a_damaged_step_is_said_and_one_stays_where_one_is(runs_dir: Path) -> None:
    run = kept_run(runs_dir, 300, 0, 100, 300)
    append(run, Finished(BEGAN, 300, 0.1, 0.97))
    run.snapshot_path(100).write_bytes(b"no archive")
    app = build_app(Wanted(target="canned", runs_dir=runs_dir, screen="convolve"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(BACK)
        assert app.scene.step == 300
        (toast,) = app._notifications
        assert "00000100.npz" in toast.message


@pytest.mark.slow
async def test_a_file_has_no_training_time(runs_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.keras"
    shutil.copyfile(bundled_run().checkpoint_path, file)
    app = build_app(Wanted(target=str(file), runs_dir=runs_dir, screen="convolve"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(BACK)
        await pilot.pause()
        assert shown(app, "KeyBar").strip().startswith("Only a run keeps moments")
        await pilot.press("W")
        assert isinstance(app.screen, KernelTimeScreen)
        assert "only one moment" in shown(app, "#strip-title")


# A run in training


@pytest.fixture
def live(runs_dir: Path) -> Iterator[RunDirectory]:
    """A run in training: 120 batches so far, steps 0, 20 and 100 kept."""
    run = kept_run(runs_dir, 120, 0, 20, 100)
    publish(run, 4)
    lock = RunLock(run.lock_path)
    yield run
    lock.release()


@pytest.mark.slow
async def test_an_open_view_follows_the_newest_weights_and_says_so(live: RunDirectory, runs_dir: Path) -> None:
    app = build_app(Wanted(runs_dir=runs_dir, screen="convolve"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        # The weights say of themselves that they are of the bundled run's step 8.
        assert app.time.timeline.is_live
        assert app.scene.network is app.time.network(app.time.timeline.shown or 0)
        assert "live, batch" in app.screen.query_one(ModeBar).text
        step = publish(live, 10)
        await until(pilot, lambda: app.scene.step == step)


@pytest.mark.slow
async def test_back_holds_while_the_end_grows(live: RunDirectory, runs_dir: Path) -> None:
    publish(live, 11)  # step 938
    app = build_app(Wanted(runs_dir=runs_dir, screen="convolve"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(BACK)
        assert app.scene.step == 100
        assert "batch 100  held" in line_of(app)
        network = app.scene.network
        learn(live, 120, 200)
        keep(live, 200)
        newest = publish(live, 12)
        await until(pilot, lambda: app.time.timeline.stops == (0, 20, 100, 200, newest))
        assert app.scene.network is network
        assert app.scene.step == 100
        await pilot.press(ON)
        assert app.scene.step == 200
        await pilot.press(ON)
        assert app.scene.step == newest
        assert "live" in line_of(app)
        newest = publish(live, 13)
        await until(pilot, lambda: app.scene.step == newest)


@pytest.mark.slow
async def test_a_step_that_is_asked_for_is_held_from_the_start(live: RunDirectory, runs_dir: Path) -> None:
    publish(live, 11)
    app = build_app(Wanted(target="canned", runs_dir=runs_dir, screen="convolve", step=100))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.scene.step == 100
        assert app.time.timeline.is_held
        await pilot.press("escape")
        assert app.scene.step == 938


@pytest.mark.slow
async def test_a_kernels_way_grows_under_who_is_held(live: RunDirectory, runs_dir: Path) -> None:
    publish(live, 11)
    app = build_app(Wanted(target="canned", runs_dir=runs_dir, screen="kernel-time", step=0))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert shown(app, "#strip-title").startswith("4 moments")
        assert "random" in shown(app, "#where")
        publish(live, 12)
        keep(live, 200)
        await until(pilot, lambda: shown(app, "#strip-title").startswith("5 moments"))
        assert app.scene.step == 0


@pytest.mark.slow
async def test_a_trainer_is_followed_left_and_caught_up_with(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    app.session.options = TrainOptions(runs_dir=runs_dir, module=MODULE, epochs=2)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(BACK)
            with scripted(FakeScript(hold_at=56)):
                await pilot.press("t", "t")
            assert app.time.timeline.following
            await until(pilot, lambda: app.scene.step == 56)
            await pilot.press("3", BACK)
            assert (app.scene.step, app.time.timeline.is_held) == (40, True)
            assert "batch 40  held  epoch 1" in line_of(app)
            await pilot.press(BACK)
            assert np.array_equal(kernel_of(app), kept_kernel(0))
            await pilot.press(ON, ON)
            assert (app.scene.step, app.time.timeline.is_live) == (56, True)
    finally:
        for run in list_runs(runs_dir):
            ask(run, TrainerCommand.STOP)
            wait_until(lambda run=run: not is_held(run.lock_path))  # type: ignore[misc]


@pytest.mark.slow
async def test_a_run_that_ended_while_it_was_watched_can_be_gone_through(runs_dir: Path) -> None:
    run = write_fake_run(runs_dir)
    app = build_app(Wanted(runs_dir=runs_dir, screen="convolve"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(BACK, BACK)
        assert app.scene.step == 0
        assert open_run(run).step == app.time.timeline.end == 80
        await pilot.press(ON, ON)
        assert app.scene.step == 80
        assert not ticking(app)
