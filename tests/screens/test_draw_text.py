"""The words of Draw agree with its numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import Activations, Network
from cnntui.images.data import DataSet
from cnntui.images.drawing import Brush, Canvas
from cnntui.images.ink import Doubt
from cnntui.images.mnist import CLASSES
from cnntui.images.mnist_form import Box, mnist_form
from cnntui.images.pictures import Picture
from cnntui.ui.views.draw import text as draw_text
from cnntui.ui.widgets.text.line import plain
from tests.drawn import drawn


@pytest.fixture
def seven(network: Network, digits: DataSet) -> Activations:
    return network.forward(network.input_of(digits.images[0]))


def test_large_figures_are_told_apart() -> None:
    figures = [draw_text.figure(number) for number in range(10)]
    assert {len(line) for lines in figures for line in lines} == {6}
    assert len({tuple(lines) for lines in figures}) == 10
    assert draw_text.figure(4) == ["██  ██", "▀▀▀▀██", "    ▀▀"]
    assert draw_text.figure(7) == ["▀▀▀▀██", "    ██", "    ▀▀"]


@pytest.mark.parametrize(("label", "role"), [(None, "strong"), (7, "winner"), (1, "bad")])
def test_the_answer_is_large_and_coloured_by_whether_it_is_right(
    seven: Activations, label: int | None, role: str
) -> None:
    lines = draw_text.answer(seven, label)
    assert [line[0][0] for line in lines] == draw_text.figure(7)
    assert {line[0][1] for line in lines} == {role}
    assert ">99.9%" in plain(lines[1])


def test_numbers_that_are_none_are_no_answer(seven: Activations) -> None:
    last = seven.network.layers[-1].name
    output = np.full(10, np.nan, np.float32)
    broken = replace(seven, by_layer={**seven.by_layer, last: replace(seven.by_layer[last], output=output)})
    assert "no answer" in plain(draw_text.answer(broken, None)[0])
    assert (
        plain(draw_text.effect(True, broken, seven, CLASSES))
        == "▸ in MNIST's form: no number     as it is: 7 (>99.9%)   "
    )


def test_both_forms_are_told_and_the_one_looked_at_is_marked(network: Network, seven: Activations) -> None:
    other = network.forward(network.input_of(drawn(3, 15, 2, 9).own(as_mnist=False).pixels))
    read = f"{other.predicted} ({other.probabilities.max():.1%})"
    assert (
        plain(draw_text.effect(True, seven, other, CLASSES)) == f"▸ in MNIST's form: 7 (>99.9%)     as it is: {read}   "
    )
    assert (
        plain(draw_text.effect(False, seven, other, CLASSES))
        == f"  in MNIST's form: 7 (>99.9%)   ▸ as it is: {read}   "
    )


def test_what_the_form_changes_is_measured_in_pixels() -> None:
    ink = np.zeros((224, 224), np.float32)
    ink[16:36, 40:50] = 1
    formed = mnist_form(ink)
    assert formed is not None
    # Rows 2 to 4.5 and columns 5 to 6.25, whose middles count from the middle of the first pixel.
    line = plain(draw_text.change(Canvas(ink), formed))
    assert "ink 2.5×1.25 → 20×10 pixels" in line
    assert "centre of mass (2.8, 5.2) → (13.5, 14.5)" in line


def test_what_was_made_of_a_picture(tmp_path: Path) -> None:
    picture = Picture("a.png", 640, 480, False, 0.284, Box(193, 255, 208, 157), Canvas())
    lines = [plain(line) for line in draw_text.made_of(picture)]
    assert lines[0] == "640×480 pixels: dark ink on a light page, 157×208 from column 255, row 193"
    assert lines[1].strip() == "ink begins 28% of the way from the page around it to black"
    lines = [plain(line) for line in draw_text.made_of(replace(picture, light_on_dark=True))]
    assert "light ink on a dark page" in lines[0]
    assert lines[1].endswith("to white")
    for doubt in Doubt:
        doubtful = [plain(line) for line in draw_text.made_of(replace(picture, doubts=(doubt.value,)))]
        assert doubtful == [lines[0].replace("light ink on a dark", "dark ink on a light"), doubt.value]
        assert len(doubt.value) <= 78


def test_the_tools_in_the_narrowest_window() -> None:
    longest = draw_text.tools(Brush.BROAD, True, True, True, (27, 27))
    assert len(plain(longest)) <= 58


def test_lines_fit_their_places(network: Network, seven: Activations) -> None:
    for canvas in (drawn(3, 15, 2, 9), drawn(8, 0.5, 0.5, 26.9, Brush.BROAD)):
        formed = mnist_form(canvas.ink)
        assert formed is not None
        assert len(plain(draw_text.change(canvas, formed))) <= 78
    talk = [*draw_text.HOW, *draw_text.empty("your digit 9999"), *draw_text.kept(Canvas(), "digit 9999")]
    assert max(len(plain(line)) for line in talk) <= 78
    assert max(len(plain(line)) for line in draw_text.lesson(57)) <= 57
    assert len(draw_text.lesson(57)) <= 11
