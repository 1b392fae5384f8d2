"""The screens on a run that was trained on other data than MNIST, and on one whose data are gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cnntui.cnn.network import Network
from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose
from cnntui.images.data import DataSet
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.image_text import sentence
from cnntui.ui.views.images.screen import ImagesScreen
from cnntui.ui.views.runs.screen import RunsScreen
from cnntui.ui.views.train.screen import TrainScreen
from cnntui.ui.widgets.text.line import line_width
from tests.fake_trainer import write_fake_run
from tests.screens.apps import explorer, shown, until
from tests.small_data import trained_on, write_data


@pytest.fixture
def data(tmp_path: Path, digits: DataSet) -> Path:
    return write_data(tmp_path / "other.npz", digits)


@pytest.fixture
def run(runs_dir: Path, data: Path) -> RunDirectory:
    return trained_on(write_fake_run(runs_dir), data)


def opened(runs_dir: Path, target: str = "fake", screen: str = "network", data: Path | None = None) -> CnntuiApp:
    return build_app(Wanted(target=target, runs_dir=runs_dir, screen=screen, data=data))


def warnings(app: CnntuiApp) -> str:
    return "\n".join(note.message for note in app._notifications)


async def test_a_run_is_opened_on_its_data_and_says_so(run: RunDirectory, runs_dir: Path, digits: DataSet) -> None:
    app = opened(runs_dir)
    async with app.run_test() as pilot:
        assert len(app.scene.data) == 20
        assert app.scene.label == 9 - digits.labels[0]
        assert "other.npz image #0 · true 2" in explorer(app).about()[0]
        assert warnings(app) == ""
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ImagesScreen))


@pytest.mark.slow
async def test_without_its_data_nothing_is_claimed(run: RunDirectory, runs_dir: Path, data: Path) -> None:
    data.unlink()
    app = opened(runs_dir)
    async with app.run_test() as pilot:
        assert "there is no" in warnings(app)
        assert str(data) in warnings(app)
        assert app.scene.label is None
        assert "not its data: MNIST image #0 · predicted" in explorer(app).about()[0]
        assert all(" is a " not in words for words in explorer(app).about())
        for key in ("d", "1", "c"):
            await pilot.press(key)
        for lab in ("downsampling", "shift", "hierarchy"):
            await app.run_action(f"mode('{lab}')")
            await app.run_action(f"mode('{lab}')")
        await pilot.pause()
        assert (app.mode, type(app.screen)) == ("train", TrainScreen)
        assert app._measuring.evaluations.last is None
        await pilot.press("n")
        await until(pilot, lambda: app.scene.focus.index == 1)


@pytest.mark.parametrize("screen", ["shift", "hierarchy", "downsampling"])
def test_a_lab_that_measures_is_not_opened_without_the_data(
    screen: str, run: RunDirectory, runs_dir: Path, data: Path
) -> None:
    assert opened(runs_dir, screen=screen).mode == screen
    data.unlink()
    assert opened(runs_dir, screen=screen).mode == "labs"


async def test_data_come_and_go_with_runs(run: RunDirectory, runs_dir: Path, digits: DataSet) -> None:
    app = opened(runs_dir, "bundled", "runs")
    async with app.run_test() as pilot:
        assert app.scene.data.name == ""
        app.post_message(RunsScreen.Open(run, go=False))
        await until(pilot, lambda: app.scene.run == "fake")
        assert (len(app.scene.data), app.scene.data.name) == (20, "other.npz")
        app.post_message(RunsScreen.Open(bundled_run(), go=False))
        await until(pilot, lambda: app.scene.run == "bundled")
        assert (len(app.scene.data), app.scene.data.name) == (10_000, "")


async def test_what_was_said_of_lost_data_goes_with_them(run: RunDirectory, runs_dir: Path, data: Path) -> None:
    data.unlink()
    app = opened(runs_dir, screen="runs")
    async with app.run_test() as pilot:
        assert str(data) in warnings(app)
        app.post_message(RunsScreen.Open(bundled_run(), go=False))
        await until(pilot, lambda: app.scene.run == "bundled")
        assert warnings(app) == ""
        assert app.scene.label == 7


async def test_lost_data_can_be_named(run: RunDirectory, runs_dir: Path, data: Path, tmp_path: Path) -> None:
    moved = data.rename(tmp_path / "moved.npz")
    app = opened(runs_dir, data=moved)
    async with app.run_test() as pilot:
        assert warnings(app) == ""
        assert "moved.npz image #0 · true 2" in explorer(app).about()[0]
        for other in (bundled_run(), run):
            app.post_message(RunsScreen.Open(other, go=False))
            await until(pilot, lambda other=other: app.scene.run == other.name)
        assert app.scene.data.name == "moved.npz"


async def test_other_data_that_are_asked_for_are_shown_and_said_to_be_others(
    run: RunDirectory, runs_dir: Path, data: Path
) -> None:
    app = opened(runs_dir, "bundled", data=data)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.scene.label is not None
        assert warnings(app) == ""
        assert shown(app, "KeyBar").strip() == "bundled was trained on other data; accuracies here are for other.npz"
        await pilot.press("d")
        browser = app.screen
        assert isinstance(browser, ImagesScreen)
        await until(pilot, lambda: browser._predictions.is_complete)
        assert "on other.npz: accuracy " in shown(app, "#title")


def test_whose_the_image_is_finds_room(network: Network, digits: DataSet) -> None:
    lost = replace(digits, name="MNIST", reason="gone")
    named = replace(digits, name="a-data-set-with-a-very-long-name.npz")
    for data, words in ((lost, "not the run's data · predicted "), (named, "true 6 · predicted 6 ✓")):
        line = sentence(compose("x", 1, network, data, Focus(index=9999)), 46)
        assert words in "".join(text for text, _ in line)
        assert line_width(line) <= 46
