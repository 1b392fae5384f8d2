"""Thumbnails: means of 2×2 pixels, and no ink is left out."""

from __future__ import annotations

import numpy as np

from cnntui.images.data import DataSet
from cnntui.images.thumbnails import Thumbnails
from cnntui.palette import TOP


def image(*pixels: tuple[int, int]) -> np.ndarray:
    drawn = np.zeros((28, 28, 1), np.uint8)
    for row, col in pixels:
        drawn[row, col] = 255
    return drawn


def test_a_cell_is_the_mean_of_four_pixels() -> None:
    thumbnails = Thumbnails.of(np.stack([image((2, 0), (2, 1), (3, 0), (3, 1), (12, 9))]))
    levels = thumbnails.levels(0)
    assert levels.shape == thumbnails.shape == (12, 14)
    assert levels[0, 0] == TOP
    assert levels[5, 4] == round(TOP / 4)
    assert np.count_nonzero(levels) == 2


def test_blank_rows_are_left_out_where_they_are() -> None:
    thumbnails = Thumbnails.of(np.stack([image((0, 5), (20, 5)), image((5, 5), (27, 5)), image()]))
    assert thumbnails.shape == (12, 14)
    for index, rows in enumerate([(0, 10), (0, 11), ()]):
        assert np.flatnonzero(thumbnails.levels(index).any(axis=1))[[0, -1] if rows else []].tolist() == [*rows]


def test_digits_that_fill_their_image_are_shown_whole() -> None:
    assert Thumbnails.of(np.stack([image((0, 0), (27, 27))])).shape == (14, 14)


def test_all_ink_of_the_test_digits_is_shown(digits: DataSet) -> None:
    images = digits.images[:500]
    thumbnails = Thumbnails.of(images)
    assert thumbnails.shape == (12, 14)
    for index, digit in enumerate(images):
        # Levels round to 1/15, so that sums agree to half of that a cell at most.
        shown = thumbnails.levels(index).astype(float).sum() / TOP * 4
        assert abs(shown - digit.sum() / 255) < 168 * 4 / 2 / TOP * 0.2
