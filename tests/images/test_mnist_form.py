"""The form of MNIST: digits that have it keep it, and others get it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.images.data import DataSet
from cnntui.images.drawing import Canvas
from cnntui.images.mnist_form import Box, centre_of_mass, ink_box, mnist_form, resampled


@pytest.mark.slow
def test_digits_of_mnist_come_back_as_they_are(digits: DataSet) -> None:
    worst = []
    for pixels in digits.images[:1000]:
        formed = Canvas.of_digit(pixels, "a digit").own(as_mnist=True).pixels
        worst.append(int(np.abs(formed.astype(int) - pixels).max()))
    # The strongest ink of some is 254, not 255; and ink of 5 levels or less at the edge of the box counts as paper.
    assert max(worst) <= 5
    assert np.mean(np.array(worst) <= 1) > 0.98


def test_the_centre_of_mass_is_on_the_middle_pixel(digits: DataSet) -> None:
    for pixels in digits.images[:200, :, :, 0]:
        formed = mnist_form(pixels.astype(np.float32).T)
        assert formed is not None
        assert np.abs(np.array(centre_of_mass(formed.image)) - 14).max() <= 0.51
        assert max(formed.box.height, formed.box.width) == 20


def small_copy(pixels: np.ndarray, side: int, top: int, left: int) -> Floats:
    """A digit scaled down, somewhere on an image."""
    image = np.zeros((28, 28), np.float32)
    image[top : top + side, left : left + side] = resampled(pixels.astype(np.float32) / 255, side, side)
    return image


@pytest.mark.slow
def test_a_small_digit_in_a_corner_is_read_again(network: Network, digits: DataSet) -> None:
    images = [small_copy(pixels, 14, 1, 2) for pixels in digits.images[:200, :, :, 0]]
    forms = [formed.image for image in images if (formed := mnist_form(image)) is not None]

    def right(pictures: list[Floats]) -> int:
        answers = network.forward(np.stack(pictures)[..., np.newaxis]).probabilities.argmax(axis=-1)
        return int((answers == digits.labels[:200]).sum())

    assert right(images) < 40
    assert right(forms) > 190


@pytest.mark.parametrize(("down", "right"), [(0, 3), (5, 0), (7, 2)])
def test_where_a_digit_lies_makes_no_difference(digits: DataSet, down: int, right: int) -> None:
    for pixels in digits.images[:20, :, :, 0]:
        here = mnist_form(small_copy(pixels, 18, 1, 2))
        there = mnist_form(small_copy(pixels, 18, 1 + down, 2 + right))
        assert here is not None
        assert there is not None
        assert np.array_equal(here.image, there.image)
        assert (there.source.top, there.source.left) == (here.source.top + down, here.source.left + right)


def test_a_bar_becomes_twenty_pixels_long_and_lies_in_the_middle() -> None:
    ink = np.zeros((30, 50), np.float32)
    ink[3:5, 7:47] = 0.5
    formed = mnist_form(ink)
    assert formed is not None
    assert formed.source == Box(3, 7, 2, 40)
    assert formed.box == Box(14, 4, 1, 20)
    expected = np.zeros((28, 28), np.float32)
    expected[14, 4:24] = 1
    assert_allclose(formed.image, expected, atol=1e-6)


def test_a_dot_becomes_a_square() -> None:
    ink = np.zeros((28, 28), np.float32)
    ink[20, 3] = 0.2
    formed = mnist_form(ink)
    assert formed is not None
    assert formed.box == Box(4, 4, 20, 20)
    assert (formed.image[4:24, 4:24] == 1).all()


def test_ink_that_leans_far_to_one_side_is_not_cut_off() -> None:
    ink = np.full((20, 20), 0.03, np.float32)
    ink[0] = 1
    formed = mnist_form(ink)
    assert formed is not None
    assert formed.box.top == 8
    assert_allclose(formed.image.sum(), ink.sum(), rtol=1e-5)


def test_without_ink_there_is_no_form() -> None:
    assert mnist_form(np.zeros((28, 28), np.float32)) is None
    assert ink_box(np.zeros((3, 4), np.float32)) is None


def test_ink_is_what_is_not_too_faint() -> None:
    ink = np.zeros((5, 6), np.float32)
    ink[0, 0], ink[2, 3], ink[3, 4] = 0.01, 1.0, 0.5
    assert ink_box(ink) == Box(2, 3, 2, 2)


def test_resampling_by_hand() -> None:
    row = np.array([[1, 2, 3]], np.float32)
    assert_allclose(resampled(row, 1, 2), [[(1 + 2 / 2) / 1.5, (2 / 2 + 3) / 1.5]], rtol=1e-6)
    assert_allclose(resampled(np.arange(16, dtype=np.float32).reshape(4, 4), 2, 2), [[2.5, 4.5], [10.5, 12.5]])
    assert_allclose(resampled(row[:, :2], 1, 4), [[1, 1.25, 1.75, 2]])
    assert_allclose(resampled(row.T, 3, 2), [[1, 1], [2, 2], [3, 3]])
    image = ZERO_TO_ONE.applied(np.arange(49, dtype=np.uint8).reshape(7, 7, 1))[..., 0]
    assert np.array_equal(resampled(image, 7, 7), image)
