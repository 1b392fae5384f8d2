"""The way of a filter's weights, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.trajectory import Trajectory, trajectory


def layer(*weights: float, bias: float = 0.0) -> Conv2D:
    """One filter of 1×2 weights beside another that never changes."""
    kernel = np.zeros((1, 2, 1, 2), np.float32)
    kernel[0, :, 0, 1] = weights
    return Conv2D("edge", kernel, np.array([9.0, bias], np.float32))


def way(*weights: tuple[float, float]) -> Trajectory:
    return trajectory(range(len(weights)), [layer(*pair) for pair in weights], 1)


def test_distance_is_that_of_all_weights_from_the_first() -> None:
    assert way((1, 0), (1, 3), (4, 4)).moved.tolist() == [0, 3, 5]


def test_the_cosine_is_to_the_last() -> None:
    assert way((0, -2), (3, 0), (0, 1), (0, 5)).alike == pytest.approx([-1, 0, 1, 1])


def test_it_is_one_filter_with_its_bias() -> None:
    found = trajectory((0, 8), [layer(1, 2, bias=0.5), layer(1, 2, bias=-1)], 1)
    assert found.kernels.shape == (2, 1, 2, 1)
    assert found.biases.tolist() == [0.5, -1]
    assert found.steps == (0, 8)


def test_a_share_of_the_way_is_reached_at_the_first_step_so_far_away() -> None:
    found = way((0, 0), (3, 0), (5, 0), (2, 0), (8, 0))
    assert found.reached(0.5) == 2
    assert found.reached(0.9) == 4
    assert way((1, 1), (1, 1)).reached(0.5) is None


def test_zeros_and_weights_that_are_no_numbers_do_no_harm() -> None:
    still = way((0, 0), (0, 0))
    assert still.moved.tolist() == [0, 0]
    assert np.isnan(still.alike).all()
    diverged = way((1, 1), (np.inf, np.nan))
    assert diverged.reached(0.5) is None
