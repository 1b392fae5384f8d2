"""Predictions outside the course: the answer is nowhere on screen until the question is answered."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from cnntui.cnn.arithmetic import number
from cnntui.cnn.layers import Conv2D
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose, refocus
from cnntui.files.assets import LANGUAGES
from cnntui.images.data import DataSet
from cnntui.lessons.bundled import questions_outside
from cnntui.lessons.live import Live
from cnntui.lessons.predicting import Quiz, subject_of
from cnntui.lessons.taking import Phase
from cnntui.runs.directory.run_directory import bundled_run
from cnntui.runs.reading.opening import open_run
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.lesson.panel import LessonPanel
from cnntui.ui.views.images.screen import TELLS, ImagesScreen
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.text.lines import Lines
from tests.screens.apps import app_on, settled, sheet
from tests.waiting import until

SIZES = [(80, 24), (120, 40), (200, 55)]


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*({".": "full_stop"}.get(key, key) for key in keys))
    await settled(pilot)


def on_screen(app: CnntuiApp) -> str:
    """All painted text."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def forms(value: float) -> list[str]:
    """A number as a view may write it."""
    return [number(value, digits) for digits in (3, 4)]


@pytest.mark.slow
async def test_nothing_is_asked_where_there_is_no_room_for_the_numbers_to_predict_from(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(60, 18)) as pilot:
        await press(pilot, "Q")
        assert app.showing.state.sheet is None
        assert app.asking.why_not() == "the numbers to predict from need a window of 80×24"
        await press(pilot, "4", "Q")
        assert "In the window: 0.000" in sheet(app).text
        # What was turned on can be turned off everywhere.
        await press(pilot, "escape", "6", "Q", "escape", "3")
        assert app.showing.state.sheet is None


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
async def test_the_output_cell_is_nowhere_until_it_is_predicted(size: tuple[int, int], runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=size) as pilot:
        await press(pilot)
        value = float(app.scene.maps[9, 18, 0])
        assert any(form in on_screen(app) for form in forms(value))
        # The whole map and numbers in its cells, which would show it too.
        await press(pilot, "M", "Q")
        assert sheet(app).phase is Phase.ASKING
        for _ in GridStyle:
            assert not any(form in on_screen(app) for form in forms(value))
            await press(pilot, "g")
        await press(pilot, "y")
        assert app.clipboard == ""
        app.desk.save_text()
        assert not [*Path.cwd().glob("cnntui-convolve*")]
        await press(pilot, *number(value, 2), "enter")
        assert (sheet(app).phase, sheet(app).verdict[1], sheet(app).score) == (Phase.ANSWERED, "good", (1, 1))
        assert f"You predicted {number(value, 2)}" in app.screen.query_one(LessonPanel).text
        assert number(value, 3) in on_screen(app)
        # Another cell is another question; the first one is not asked twice.
        await press(pilot, "g", "g", "g", "g", "left")
        assert (app.showing.style, sheet(app).phase) == (GridStyle.NUMBERS, Phase.ASKING)
        assert "?" in on_screen(app)
        assert not any(form in on_screen(app) for form in forms(float(app.scene.maps[9, 17, 0])))
        await press(pilot, "9", "enter", "right")
        assert (sheet(app).phase, sheet(app).score) == (Phase.ANSWERED, (1, 2))
        await press(pilot, "tab")
        assert (app.scene.focus.row, app.scene.focus.col) != (9, 18)
        await press(pilot, "escape")
        assert app.showing.state.sheet is None
        assert not app.screen.query(LessonPanel)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES[:2])
async def test_the_winner_of_a_pool_is_not_marked_until_it_is_predicted(size: tuple[int, int], runs_dir: Path) -> None:
    app = app_on("pool", runs_dir)
    async with app.run_test(size=size) as pilot:
        await press(pilot, "Q")
        value = float(app.scene.maps[app.scene.focus.row, app.scene.focus.col, app.scene.focus.filter])
        hidden = f"max is {number(value, 3)}"
        assert hidden not in on_screen(app)
        assert all(app.screen.query_one(f"#{grid}", MapGrid)._winner is None for grid in ("input", "patch"))
        await press(pilot, *number(value, 3), "enter")
        assert sheet(app).verdict[1] == "good"
        assert hidden in on_screen(app)
        # From pool to pool the question follows.
        await press(pilot, "3")
        assert (app.mode, sheet(app).phase) == ("convolve", Phase.ASKING)


@pytest.mark.slow
async def test_the_class_on_draw_is_covered_until_a_drawing_was_predicted(runs_dir: Path) -> None:
    app = app_on("draw", runs_dir)
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "Q")
        # The test image, as long as nothing is drawn.
        assert "✓" not in on_screen(app)
        await press(pilot, "7", "enter")
        assert sheet(app).verdict[1] == "good"
        await press(pilot, "space", *["down"] * 6)
        assert app.scene.focus.own
        assert (sheet(app).phase, sheet(app).score) == (Phase.ASKING, (1, 1))
        percents = [line for line in on_screen(app).splitlines() if "%" in line]
        assert not percents, percents
        # Strokes change the drawing and not the question: what was typed stays, and is judged by what is drawn then.
        predicted = str(app.scene.activations.predicted)
        await press(pilot, predicted, "down")
        assert sheet(app).typed == predicted
        now = app.scene.activations.predicted
        await press(pilot, "backspace", str(now), "enter")
        assert sheet(app).verdict[1] == "good"
        await press(pilot, "down")
        assert sheet(app).phase is Phase.ANSWERED
        await press(pilot, "tab", "space", "down")
        assert sheet(app).phase is Phase.ASKING


@pytest.mark.slow
async def test_no_test_image_tells_its_class_until_it_was_predicted(runs_dir: Path) -> None:
    app = app_on("draw", runs_dir, index=247)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "Q", "d")
        screen = app.screen
        assert isinstance(screen, ImagesScreen)
        await until(lambda: screen._predictions.done > 300)
        assert sheet(app).phase is Phase.ASKING
        assert not re.search(r"predicted \d|→", on_screen(app))
        await press(pilot, "2", "enter")
        assert sheet(app).verdict[1] == "good"
        assert "true 4 · predicted 2 ✗" in on_screen(app)
        assert "1 of 1 right" in on_screen(app)
        await press(pilot, "right")
        assert sheet(app).phase is Phase.ASKING
        assert "predicted" not in screen.query_one("#choice", Lines).text
        # Nor does an order, a filter or a cell of the matrix, in which nothing is asked.
        place = screen._index
        for key in "msS":
            await press(pilot, key)
            assert TELLS in on_screen(app)
            assert screen._index == place
        await press(pilot, "v")
        assert app.showing.state.sheet is None
        await press(pilot, "enter")
        assert TELLS in on_screen(app)
        await press(pilot, "v", "escape")
        assert app.showing.state.sheet is None
        # What was picked by its prediction is let go when one begins to predict.
        await press(pilot, "m")
        assert screen._choice.mistakes
        await press(pilot, "Q")
        assert not screen._choice.needs_predictions
        await press(pilot, "escape")
        await press(pilot, "escape")
        assert app.screen is not screen


@pytest.mark.slow
async def test_where_nothing_is_asked_the_key_says_so(runs_dir: Path) -> None:
    app = app_on("network", runs_dir)
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "Q")
        assert "nothing is asked here" in on_screen(app)
        await press(pilot, "3", "Q")
        assert sheet(app).phase is Phase.ASKING
        # It stays on where nothing is asked, and asks again after.
        await press(pilot, "escape", "Q", "=", "2")
        assert (app.mode, app.showing.state.sheet) == ("network", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_outside_the_course_is_asked_and_answered(language: str, digits: DataSet) -> None:
    network = open_run(bundled_run()).network
    scene = compose("bundled", 1, network, digits, Focus(layer="conv2d"))
    predicting = Quiz(questions_outside(language), language)
    seen = set()
    for mode, layer in (("convolve", "conv2d"), ("pool", "max_pooling2d"), ("draw", "conv2d")):
        there = refocus(scene, replace(scene.focus, layer=layer, row=4, col=9))
        subject = subject_of(mode, there, None, 0)
        assert subject is not None
        seen.add(subject.page)
        predicting.look(subject, Live(there))
        assert predicting.sheet is not None
        assert "{" not in predicting.sheet.text + predicting.sheet.ask
        predicting.show()
        assert predicting.sheet.phase is Phase.ANSWERED
        assert predicting.is_answered(subject)
        assert "{" not in predicting.sheet.why
    assert seen == {"cell", "max", "class"}
    assert predicting.sheet.score == (0, 3)
    assert subject_of("network", scene, None, 0) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("activation", "has_bias", "page"),
    [("relu", False, "cell-unbiased"), ("linear", True, "sum"), ("linear", False, "sum-unbiased")],
)
def test_a_question_names_the_bias_and_the_activation_only_of_a_convolution_that_has_them(
    activation: str, has_bias: bool, page: str, language: str, digits: DataSet
) -> None:
    network = open_run(bundled_run()).network
    first = network["conv2d"]
    assert isinstance(first, Conv2D)
    bias = first.bias if has_bias else np.zeros_like(first.bias)
    own = replace(
        network, layers=(replace(first, activation=activation, has_bias=has_bias, bias=bias), *network.layers[1:])
    )
    scene = compose("own", 1, own, digits, Focus(layer="conv2d", row=9, col=18))
    subject = subject_of("convolve", scene, None, 0)
    assert subject is not None
    assert subject.page == page
    predicting = Quiz(questions_outside(language), language)
    predicting.look(subject, Live(scene))
    predicting.show()
    sheet = predicting.sheet
    assert sheet is not None
    asked = next(each for each in questions_outside(language).pages if each.id == page)
    assert ("{bias}" in asked.text) is has_bias
    assert ("{activation}" in asked.text) is (activation != "linear")
    assert "{" not in sheet.why
