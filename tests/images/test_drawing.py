"""Drawing: strokes without gaps and with soft edges, and every step back."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from cnntui.cnn.network import Network
from cnntui.images.data import DataSet
from cnntui.images.drawing import MOST_STEPS_BACK, Brush, Canvas, Drawing
from tests.drawn import drawn


@pytest.mark.parametrize("brush", Brush)
def test_a_dot_is_round_and_as_large_as_the_brush(brush: Brush) -> None:
    canvas = Canvas().stroked((14, 14), (14, 14), brush)
    image = canvas.image
    # The edge fades evenly to both sides of the radius, which adds π/12 of a soft pixel.
    assert image.sum() == pytest.approx(pi * brush.value**2 + pi / 12, rel=0.01)
    for turned in (image.T, image[::-1], image[:, ::-1]):
        assert np.abs(turned - image).max() < 1e-6
    assert 0 < image[14, 14 + int(brush.value)] < 1


def test_a_fast_stroke_has_no_gaps() -> None:
    image = Canvas().stroked((2, 3), (25, 22), Brush.FINE).image
    along = [(2 + 23 * share, 3 + 19 * share) for share in np.linspace(0, 1, 60)]
    assert min(image[int(row), int(col)] for row, col in along) > 0.4
    assert image[2:25, 3:22].sum() > 0.9 * image.sum()


def test_a_stroke_in_pieces_is_the_stroke_in_one() -> None:
    whole = Canvas().stroked((3, 4), (21, 16), Brush.BROAD)
    half = Canvas().stroked((3, 4), (9, 8), Brush.BROAD).stroked((9, 8), (21, 16), Brush.BROAD)
    assert np.abs(whole.ink - half.ink).max() < 1e-5


def test_erasing_takes_away_what_was_drawn() -> None:
    canvas = Canvas().stroked((14, 4), (14, 24), Brush.FINE)
    gap = canvas.stroked((14, 14), (14, 14), Brush.BROAD, erase=True)
    assert gap.image[14, 14] == 0
    assert np.array_equal(gap.ink[:, :80], canvas.ink[:, :80])
    assert canvas.stroked((14, 4), (14, 24), Brush.FINE, erase=True).is_empty
    assert not canvas.is_empty


def test_what_lies_beside_the_canvas_is_not_drawn() -> None:
    for end in ((-9.0, 14.0), (60.0, 14.0), (14.0, -9.0), (14.0, 60.0), (-3.0, -3.0)):
        assert Canvas().stroked(end, end, Brush.BROAD).is_empty
        assert not Canvas().stroked((14, 14), end, Brush.BROAD).is_empty
    assert Canvas().stroked((0, 0), (0, 0), Brush.BROAD).image[0, 0] == pytest.approx(1)


def test_a_digit_on_a_canvas_is_that_digit(digits: DataSet) -> None:
    canvas = Canvas.of_digit(digits.images[3], "digit 3")
    own = canvas.own(as_mnist=False)
    assert own.name == "digit 3"
    assert np.array_equal(own.pixels, digits.images[3])
    assert canvas.stroked((1, 1), (2, 2), Brush.FINE).title == "digit 3"


@pytest.mark.parametrize("brush", Brush)
@pytest.mark.parametrize(("top", "left", "size"), [(2, 2, 24), (12, 1, 15)])
def test_drawn_digits_are_read(network: Network, brush: Brush, top: float, left: float, size: float) -> None:
    read = [
        network.forward(network.input_of(drawn(digit, top, left, size, brush).own(as_mnist=True).pixels)).predicted
        for digit in range(10)
    ]
    assert read == [*range(10)]


def test_steps_are_undone_and_done_again() -> None:
    first, second, third = (Canvas().stroked((row, row), (row, row), Brush.FINE) for row in (3, 9, 15))
    drawing = Drawing().step(first).continued_on(second).step(third)
    assert drawing.undone().canvas is second, "what was drawn without lifting the pen is one step"
    assert drawing.undone().undone().canvas.is_empty
    nothing = drawing.undone().undone()
    assert nothing.undone() is nothing
    assert drawing.undone().undone().redone().canvas is second
    assert drawing.undone().redone().canvas is third
    assert drawing.redone() is drawing
    other = drawing.undone().step(first)
    assert other.redone() is other, "a new step takes the place of those undone"
    assert other.undone().canvas is second


def test_old_steps_are_forgotten() -> None:
    canvases = [Canvas(title=f"step {number}") for number in range(MOST_STEPS_BACK + 5)]
    drawing = Drawing()
    for canvas in canvases:
        drawing = drawing.step(canvas)
    assert drawing.canvas is canvases[-1]
    for canvas in reversed(canvases[4:-1]):
        drawing = drawing.undone()
        assert drawing.canvas is canvas
    assert drawing.undone() is drawing
    for canvas in canvases[5:]:
        drawing = drawing.redone()
        assert drawing.canvas is canvas
