"""By class: the shares of the matrix, the worst mistakes first, and an update after each epoch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from textual.geometry import Size
from textual.pilot import Pilot

from cnntui.cnn.network import Network
from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose
from cnntui.images.data import DataSet
from cnntui.images.evaluation import Predictions, Selection
from cnntui.runs.directory.lock import RunLock
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.classes import text as classes_text
from cnntui.ui.views.classes.screen import WORST, ClassesScreen
from cnntui.ui.views.images.screen import ImagesScreen
from cnntui.ui.views.train.screen import TrainScreen
from tests.canned import canned_run, learn, publish, texts
from tests.networks import mnist_network
from tests.screens.apps import lines_of, shown, until
from tests.small_data import labelled

CENSUS = Predictions(
    labelled([0, 0, 0, 0, 1, 1, 2, 2]),
    np.array([0, 0, 0, 6, 1, 7, 2, 2]),
    np.array([0.9, 0.9, 0.9, 0.8, 0.9, 0.99, 0.9, 0.9], np.float32),
)
"""Three of four zeros right, one of two ones, both twos."""


# Texts


def test_shares_are_those_that_were_counted() -> None:
    lines = texts(classes_text.bars(CENSUS, Size(78, 11)))
    assert "75.0%" in lines[0]
    assert "3 of     4" in lines[0]
    assert lines[0].endswith("as 6: 1 of 1")
    assert "50.0%" in lines[1]
    assert "100%" in lines[2]
    assert " as " not in lines[2]
    assert lines[3].strip() == "3 not read yet"
    assert max(map(len, lines)) <= 78
    assert max(map(len, texts(classes_text.bars(CENSUS, Size(28, 11))))) <= 28


def test_dots_stand_where_the_line_below_says() -> None:
    lines = texts(classes_text.bars(CENSUS, Size(78, 11)))
    assert lines[-1].split() == ["0%", "right", "100%"], "50% can be told from the edge only from 0 on"
    width = len(lines[-1]) - 3
    places = [line.index(classes_text.DOT) - 3 for line in lines[:3]]
    assert places == [round(share * (width - 1)) for share in (0.75, 0.5, 1.0)]


@pytest.mark.parametrize(
    ("shares", "begin"), [([0.991, 0.999], 0.98), ([0.96, 1.0], 0.95), ([0.3, 1.0], 0.0), ([np.nan], 0.0)]
)
def test_the_axis_begins_where_the_worst_can_be_told(shares: list[float], begin: float) -> None:
    assert classes_text.floor(np.array(shares)) == begin


def test_only_what_misses_nothing_is_100_percent() -> None:
    assert [classes_text.percent(share) for share in (1.0, 0.9999, 0.9996, 0.5)] == [
        "100%", ">99.9%", ">99.9%", "50.0%",
    ]  # fmt: skip


def test_the_worst_mistake_is_the_surest() -> None:
    assert WORST.indices(CENSUS).tolist() == [5, 3]
    assert classes_text.caption(CENSUS, 5, 14) == " 1→7 99.00%"
    line = "".join(text for text, _ in classes_text.pointed(CENSUS, 5, Size(78, 1)))
    assert line == "image #5 · true 1 · predicted 7 ✗ (99.00%)"
    assert Selection(surest_first=True).words(CENSUS.data) == "all images, most certain first"


def test_before_anything_is_read_it_says_so() -> None:
    nothing = Predictions(CENSUS.data, np.zeros(0, np.int64), np.zeros(0, np.float32))
    assert all("not read yet" in line for line in texts(classes_text.bars(nothing, Size(78, 11)))[:10])
    assert classes_text.heading(nothing, 78)[0][0] == "no mistake so far"


# In the app


def app_with(network: Network, digits: DataSet, count: int = 600) -> CnntuiApp:
    some = digits.first(count)
    return CnntuiApp(compose("bundled", 4690, network, some, Focus(index=3)), "train")


async def classes(app: CnntuiApp, pilot: Pilot[None]) -> ClassesScreen:
    await pilot.press("m")
    assert isinstance(app.screen, ClassesScreen)
    screen = app.screen
    await until(pilot, lambda: "accuracy" in shown(app, "#title"))
    return screen


@pytest.mark.slow
async def test_m_shows_the_classes_and_enter_takes_a_mistake_along(digits: DataSet) -> None:
    app = app_with(mnist_network(), digits)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await classes(app, pilot)
        predictions = screen._predictions
        worst = WORST.indices(predictions)
        assert np.all(np.diff(predictions.certainties[worst]) <= 0)
        assert shown(app, "#pointed").startswith(f"image #{worst[0]} · true ")
        assert "→" in lines_of(screen.query_one("#wall"))[6]
        await pilot.press("right", "right", "left", "enter")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))
        assert app.scene.focus.index == worst[1]


@pytest.mark.slow
async def test_the_matrix_and_the_mistakes_are_a_key_away(digits: DataSet) -> None:
    app = app_with(mnist_network(), digits)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await classes(app, pilot)
        reading = screen._evaluation
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, ImagesScreen))
        assert app.screen.has_class("-matrix")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))
        screen = await classes(app, pilot)
        assert screen._evaluation is reading, "what was read is not read again"
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, ImagesScreen))
        assert shown(app, "#choice").startswith(" all mistakes, most certain first")


@pytest.mark.slow
async def test_wrong_keys_leave_it_as_it_is(digits: DataSet) -> None:
    app = app_with(mnist_network(), digits, 64)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await classes(app, pilot)
        await pilot.press("3", "t", "f5", "s")
        assert app.screen is screen
        for size in ((60, 18), (120, 40), (1, 1), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await pilot.press("escape")
        assert isinstance(app.screen, TrainScreen)


@pytest.mark.slow
async def test_it_follows_the_epochs_of_a_training(runs_dir: Path, digits: DataSet) -> None:
    run = canned_run(runs_dir, 160)
    publish(run, 2)
    lock = RunLock(run.lock_path)
    app = build_app(Wanted(runs_dir=runs_dir))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        some = digits.first(200)
        app.showing.look_at(compose(app.scene.run, app.scene.step, app.scene.network, some, Focus()))
        screen = await classes(app, pilot)
        before = screen._predictions.predicted
        assert screen._epochs == 1
        learn(run, 160, 180)
        await until(pilot, lambda: app.session.view is not None and app.session.view.step == 180)
        assert screen._epochs == 1, "nothing is read again within an epoch"
        publish(run, -1)
        learn(run, 180, 220)
        # The reading before is complete, too, until the next one has taken its place.
        await until(pilot, lambda: screen._predictions.is_complete and (screen._predictions.predicted != before).any())
        assert screen._epochs == 2
    lock.release()
