"""Train: a run is followed live, and every key reaches its trainer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.lock import RunLock, is_held
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run, list_runs
from cnntui.runs.directory.status import Status
from cnntui.runs.history.events import Failed, Paused, Stopped
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.dialogs.quit_dialog import QuitDialog
from cnntui.ui.views.convolve.screen import ConvolveScreen
from cnntui.ui.views.form.screen import FormScreen
from cnntui.ui.views.train.screen import TrainScreen
from cnntui.ui.views.train.stop_dialog import StopDialog
from cnntui.ui.widgets.grids.kernel_grid import KernelGrid
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.text.lines import Lines
from tests.canned import BEGAN, append, canned_run, learn, publish
from tests.fake_trainer import MODULE, FakeScript, scripted
from tests.screens.apps import app_on, lines_of, shown, ticking, until
from tests.waiting import wait_until

HELD = FakeScript(hold_at=56)


@pytest.fixture
def trained(runs_dir: Path) -> Iterator[CnntuiApp]:
    """An app on the bundled run whose key t starts the fake trainer, which is stopped in the end."""
    app = app_on("train", runs_dir)
    app.session.options = TrainOptions(runs_dir=runs_dir, module=MODULE, epochs=2)
    yield app
    for run in list_runs(runs_dir):
        ask(run, TrainerCommand.STOP)
        wait_until(lambda run=run: not is_held(run.lock_path))  # type: ignore[misc]


def live_app(runs_dir: Path) -> CnntuiApp:
    """The app as `cnntui` opens it while a run is being trained."""
    return build_app(Wanted(runs_dir=runs_dir))


def bindings(app: CnntuiApp) -> set[str]:
    """The commands in the key bar."""
    return {active.binding.description for active in app.screen.active_bindings.values() if active.binding.show}


def control_of(run: RunDirectory) -> str:
    return run.control_path.read_text() if run.control_path.exists() else ""


# Without training


@pytest.mark.slow
async def test_without_training_it_shows_the_run_and_says_what_to_do(runs_dir: Path) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        status = shown(app, "#status")
        assert status.startswith("99.13% of 10,000 test images right (epoch 5, the best)")
        assert status.endswith("press t to train")
        assert "◆" in shown(app, "#loss")
        assert len(set(lines_of(app.screen.query_one("#accuracy")))) == 6
        assert shown(app, "#kernels-title") == "what the 32 kernels have become"
        assert bindings(app) >= {"Train", "Image", "Quit"}
        assert bindings(app).isdisjoint({"Pause", "Continue", "Stop"})
        assert not ticking(app), "an idle app wakes nothing"


async def test_another_digit_has_another_answer(runs_dir: Path) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        before = lines_of(app.screen.query_one("#digit", MapGrid)), shown(app, "#probabilities")
        await pilot.press("n")
        assert shown(app, "#sentence").startswith(f"image #1 · true {app.scene.label} · predicted ")
        assert (lines_of(app.screen.query_one("#digit", MapGrid)), shown(app, "#probabilities")) != before
        await pilot.press("p")
        assert (lines_of(app.screen.query_one("#digit", MapGrid)), shown(app, "#probabilities")) == before


@pytest.mark.slow
async def test_a_network_from_a_file_has_no_curve(runs_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.keras"
    shutil.copyfile(bundled_run().checkpoint_path, file)
    assert build_app(Wanted(target=str(file), runs_dir=runs_dir)).mode == "network"
    app = build_app(Wanted(target=str(file), runs_dir=runs_dir, screen="train"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert shown(app, "#status").startswith("this network is from a file: how it was trained is not known")
        assert not app.screen.query_one("#loss").display
        assert "parameters 127,978" in shown(app, "#known")
        assert "why it predicts this class" in shown(app, "#ways")
        assert shown(app, "#kernels-title") == "the 32 kernels of conv2d"


@pytest.mark.slow
async def test_a_kernel_leads_to_the_screen_that_steps_it(runs_dir: Path) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click(KernelGrid, offset=(6, 3))
        await until(pilot, lambda: isinstance(app.screen, ConvolveScreen))
        assert (app.scene.focus.layer, app.scene.focus.filter) == ("conv2d", 9)


# Training


@pytest.mark.slow
async def test_t_trains_from_any_screen_and_the_curve_grows(trained: CnntuiApp, runs_dir: Path) -> None:
    app = trained
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, ConvolveScreen))
        with scripted(HELD):
            await pilot.press("t", "t")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))
        await until(pilot, lambda: app.session.view is not None and app.session.view.step >= 8)
        await until(pilot, lambda: app.session.view is not None and app.session.view.step >= 56)
        assert app.session.view is not None
        assert app.session.view.status is Status.RUNNING
        assert app.session.view.config.epochs == 2
        assert shown(app, "#status").startswith("epoch 2/2 ")
        assert "batch 16/40" in shown(app, "#status")
        assert "◆ test 0.300" in shown(app, "#loss")
        assert bindings(app) >= {"Pause", "Stop"}
        await until(pilot, lambda: app.scene.step == 56)
        assert app.scene.run == app.session.view.run.name
        assert shown(app, "#kernels-title") == "the 32 kernels after 56 batches"


@pytest.mark.slow
async def test_a_training_that_ends_shows_its_result_and_wakes_nothing(trained: CnntuiApp) -> None:
    app = trained
    async with app.run_test(size=(80, 24)) as pilot:
        with scripted(FakeScript()):
            await pilot.press("t", "t")
        await until(pilot, lambda: app.session.view is not None and app.session.view.status is Status.FINISHED)
        await pilot.pause()
        assert shown(app, "#status") == "95.00% of 10,000 test images right (epoch 2, the best)press t to train"
        assert shown(app, "#kernels-title") == "what the 32 kernels have become"
        assert not ticking(app)
        assert bindings(app).isdisjoint({"Pause", "Continue", "Stop"})


@pytest.mark.slow
async def test_two_trainings_with_the_same_settings_have_their_own_seeds(runs_dir: Path) -> None:
    options = TrainOptions(runs_dir=runs_dir)
    assert options.config().seed != options.config().seed
    assert TrainOptions(runs_dir=runs_dir, seed=5).config().seed == 5


@pytest.mark.slow
async def test_space_pauses_and_goes_on_and_x_stops(trained: CnntuiApp) -> None:
    app = trained
    async with app.run_test(size=(80, 24)) as pilot:
        with scripted(HELD):
            await pilot.press("t", "t")
        await until(pilot, lambda: app.session.view is not None and app.session.view.step == 56)
        assert app.session.view is not None
        run = app.session.view.run

        await pilot.press("space")
        assert '"pause"' in control_of(run)
        await until(pilot, lambda: app.session.view is not None and app.session.view.status is Status.PAUSED)
        assert shown(app, "#status").endswith("paused  space continues")
        assert bindings(app) >= {"Continue", "Stop"}
        assert "Pause" not in bindings(app)

        await pilot.press("space")
        assert '"run"' in control_of(run)
        await until(pilot, lambda: app.session.view is not None and app.session.view.status is Status.RUNNING)
        assert "Pause" in bindings(app)

        await pilot.press("x")
        assert isinstance(app.screen, StopDialog)
        await pilot.press("escape")
        assert '"stop"' not in control_of(run)
        await pilot.press("x", "y")
        assert '"stop"' in control_of(run)
        await until(pilot, lambda: app.session.view is not None and app.session.view.status is Status.STOPPED)
        assert shown(app, "#status").startswith("after 56 batches: 90.00% of 10,000 test images right")
        assert "◆ test 0.300" in shown(app, "#loss")


@pytest.mark.slow
async def test_a_second_t_says_that_one_is_training(trained: CnntuiApp, runs_dir: Path) -> None:
    app = trained
    async with app.run_test(size=(80, 24)) as pilot:
        with scripted(HELD):
            await pilot.press("t", "t")
            await until(pilot, lambda: app.session.view is not None and app.session.view.step == 56)
            await pilot.press("t")
        assert len(list_runs(runs_dir)) == 1
        assert app.session.view is not None
        assert [note.message for note in app._notifications] == [
            f"{app.session.view.run.name} is being trained already: x stops it, space pauses it."
        ]


@pytest.mark.slow
async def test_a_runs_folder_that_cannot_be_made_is_told_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "no-folder"
    file.write_text("")
    app = app_on("train", tmp_path / "none")
    app.session.options = TrainOptions(runs_dir=file / "runs", module=MODULE)
    async with app.run_test(size=(80, 24)) as pilot:
        before = app.session.view
        await pilot.press("t", "t")
        [note] = app._notifications
        assert str(file / "runs") in note.message
        assert app.session.view is before
        assert isinstance(app.screen, FormScreen), "where it can be tried again"


@pytest.mark.slow
async def test_starting_says_what_takes_so_long(trained: CnntuiApp) -> None:
    app = trained
    async with app.run_test(size=(80, 24)) as pilot:
        with scripted(FakeScript(hold_before_start=True)):
            await pilot.press("t", "t")
        await pilot.pause()
        assert app.session.view is not None
        assert app.session.view.status is Status.STARTING
        assert shown(app, "#status") == "starting loading TensorFlow (a few seconds)"
        assert "nan" not in shown(app, "#loss") + shown(app, "#accuracy")
        assert "Stop" in bindings(app)


# Following


@pytest.mark.slow
async def test_a_run_found_running_is_shown_live_from_its_beginning(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 160)
    publish(run, 4)
    lock = RunLock(run.lock_path)
    app = live_app(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.session.view is not None
        assert (app.session.view.run.name, app.session.view.step) == ("canned", 160)
        first_column = [line[6:7] for line in shown(app, "#loss").splitlines()[1:6]]
        assert "".join(first_column).strip(), "the curve begins at its beginning"
        learn(run, 160, 260)
        step = publish(run, 8)
        await until(pilot, lambda: app.session.view is not None and app.session.view.step == 260)
        await until(pilot, lambda: app.scene.step == step)
        assert "epoch 3/5" in shown(app, "#status")
        append(run, Stopped(BEGAN + 9, 260, 0.05, 0.98))
        lock.release()
        await until(pilot, lambda: app.session.view is not None and app.session.view.status is Status.STOPPED)


@pytest.mark.slow
async def test_other_screens_see_the_network_learn(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 160)
    publish(run, 0)
    lock = RunLock(run.lock_path)
    app = live_app(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, ConvolveScreen))
        before = lines_of(app.screen.query_one("#kernel", MapGrid))
        place = app.scene.focus
        publish(run, -1)
        await until(pilot, lambda: lines_of(app.screen.query_one("#kernel", MapGrid)) != before)
        assert app.scene.focus == place
    lock.release()


@pytest.mark.slow
async def test_a_look_that_sees_nothing_new_paints_nothing(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = canned_run(runs_dir, 160)
    publish(run, 4)
    lock = RunLock(run.lock_path)
    app = live_app(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        painted: list[object] = []
        monkeypatch.setattr(app, "_display", lambda screen, renderable: painted.append(renderable))
        looked: list[object] = []
        look = app.session._watcher.look  # type: ignore[union-attr]
        monkeypatch.setattr(app.session._watcher, "look", lambda: looked.append(look()) or looked[-1])
        for _ in range(2):
            # The first time, what is still painted of the start on a busy machine.
            painted.clear()
            looked.clear()
            await until(pilot, lambda: len(looked) >= 3)
        assert len({id(sight.view) for sight in looked}) == 1  # type: ignore[attr-defined]
        assert painted == []
        learn(run, 160, 180)
        await until(pilot, lambda: bool(painted))
    lock.release()


@pytest.mark.slow
async def test_a_trainer_that_is_killed_is_told_beside_its_curve(trained: CnntuiApp) -> None:
    app = trained
    async with app.run_test(size=(80, 24)) as pilot:
        with scripted(FakeScript(kill_at=56)):
            await pilot.press("t", "t")
        await until(pilot, lambda: app.session.view is not None and app.session.view.status is Status.CRASHED)
        await until(pilot, lambda: bool(shown(app, "#problem")))
        assert shown(app, "#status") == "crashed after 56 batchespress t to train on 60,000 images"
        told = shown(app, "#problem").replace("\n", " ")
        assert "exited unexpectedly after batch 56" in told
        assert app.screen.query_one("#problem").display
        assert not app.screen.query_one("#accuracy").display
        assert "━" in shown(app, "#loss")
        assert "Train" in bindings(app)


@pytest.mark.slow
async def test_a_failure_is_told_in_its_own_words_and_t_clears_it(trained: CnntuiApp, runs_dir: Path) -> None:
    message = "The loss stopped being a number at batch 137: the weights have grown without bound."
    hint = "Train again with a smaller --learning-rate than 9; the last checkpoint is from before."
    run = canned_run(runs_dir, 136, Failed(BEGAN + 9, message, hint))
    app = trained
    async with app.run_test(size=(80, 24)) as pilot:
        app.following.follow(run)
        await until(pilot, lambda: bool(shown(app, "#problem")))
        told = shown(app, "#problem").replace("\n", " ").replace("  ", " ")
        assert told == f"{message} {hint}"
        with scripted(HELD):
            await pilot.press("t", "t")
        await until(pilot, lambda: app.session.view is not None and app.session.view.status is Status.RUNNING)
        assert shown(app, "#problem") == ""
        assert app.screen.query_one("#accuracy").display


@pytest.mark.slow
async def test_weights_that_are_no_numbers_do_not_stop_the_app(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 160)
    publish(run, -1)
    lock = RunLock(run.lock_path)
    app = live_app(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        with np.load(run.live_path) as arrays:
            broken = {name: np.full_like(arrays[name], np.nan) for name in arrays.files if name != "step"}
        np.savez(run.path / "broken.npz", step=np.int64(170), **broken)
        (run.path / "broken.npz").replace(run.live_path)
        await until(pilot, lambda: app.scene.step == 170)
        assert shown(app, "#sentence").endswith("the prediction is not a number")
        assert shown(app, "#kernels-range") == "no weight is a number: the training diverged"
    lock.release()


# Leaving


@pytest.fixture
def training(runs_dir: Path) -> Iterator[RunDirectory]:
    """A run that is being trained, by this very process."""
    run = canned_run(runs_dir, 160)
    lock = RunLock(run.lock_path)
    yield run
    lock.release()


async def ask_to_leave(app: CnntuiApp, pilot: Pilot[None]) -> None:
    await pilot.press("q")
    await until(pilot, lambda: isinstance(app.screen, QuitDialog))


@pytest.mark.slow
@pytest.mark.parametrize("key", ["l", "enter", "ctrl+c"])
async def test_leaving_can_leave_it_running(
    training: RunDirectory, runs_dir: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = live_app(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await ask_to_leave(app, pilot)
        await pilot.press(key)
        await until(pilot, lambda: app._exit)
    assert control_of(training) == ""
    assert "canned is still training. `cnntui` shows it again." in capsys.readouterr().err


@pytest.mark.slow
async def test_a_paused_training_is_said_to_be_paused_where_the_app_is_left(
    training: RunDirectory, runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(training, Paused(BEGAN + 60, 160))
    app = live_app(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await ask_to_leave(app, pilot)
        question = "\n".join(lines.text for lines in app.screen.query(Lines))
        assert "canned is paused." in question
        await pilot.press("l")
        await until(pilot, lambda: app._exit)
    assert "canned stays paused." in capsys.readouterr().err


async def test_where_nothing_can_be_trained_t_says_why(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnntui.runs.starting.process.find_spec", lambda package: None)
    app = live_app(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await until(pilot, lambda: len(app._notifications) == 1)
        (note,) = app._notifications
        assert "TensorFlow is not installed" in note.message
        assert not isinstance(app.screen, FormScreen)


@pytest.mark.parametrize("keys", [["s"], ["down", "enter"]])
@pytest.mark.slow
async def test_leaving_can_stop_it(training: RunDirectory, runs_dir: Path, keys: list[str]) -> None:
    app = live_app(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await ask_to_leave(app, pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: app._exit)
    assert '"stop"' in control_of(training)


@pytest.mark.parametrize("keys", [["escape"], ["down", "down", "enter"]])
@pytest.mark.slow
async def test_leaving_can_be_thought_better_of(training: RunDirectory, runs_dir: Path, keys: list[str]) -> None:
    app = live_app(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await ask_to_leave(app, pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))
        assert not app._exit
    assert control_of(training) == ""


@pytest.mark.slow
async def test_the_dialog_answers_to_the_mouse(training: RunDirectory, runs_dir: Path) -> None:
    app = live_app(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await ask_to_leave(app, pilot)
        await pilot.click(OptionList, offset=(6, 2))
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))


async def test_who_has_asked_it_to_stop_is_not_asked_again(training: RunDirectory, runs_dir: Path) -> None:
    app = live_app(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x", "y", "q")
        assert app._exit


@pytest.mark.slow
async def test_what_was_learned_meanwhile_is_shown_after_the_dialog(training: RunDirectory, runs_dir: Path) -> None:
    app = live_app(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await ask_to_leave(app, pilot)
        learn(training, 160, 260)
        await until(pilot, lambda: app.session.view is not None and app.session.view.step == 260)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))
        await until(pilot, lambda: "epoch 3/5" in shown(app, "#status"))


@pytest.mark.slow
@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_without_training_leaving_asks_nothing(runs_dir: Path, key: str) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        assert app._exit


# Room


@pytest.mark.slow
async def test_everything_that_is_shown_is_in_view(runs_dir: Path) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        for size in ((60, 18), (79, 24), (80, 24), (120, 40), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            stage = app.screen.query_one("#stage")
            for widget in stage.children:
                if widget.display:
                    assert stage.region.contains_region(widget.region), (size, widget)
            for selector in ("#status", "#sentence", "#kernels-title"):
                room = app.screen.query_one(selector).size.width
                assert all(len(line) <= room for line in shown(app, selector).splitlines()), (size, selector)
            grid = app.screen.query_one(KernelGrid)
            assert grid.tiling.across * grid.tiling.pitch - grid.tiling.gap <= grid.size.width


@pytest.mark.slow
async def test_growing_again_brings_everything_back(runs_dir: Path) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = [lines_of(widget) for widget in app.screen.query_one("#stage").children]
        for size in ((1, 1), (40, 10), (60, 18), (120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert [lines_of(widget) for widget in app.screen.query_one("#stage").children] == before
