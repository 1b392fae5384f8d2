"""The operations against cases worked out by hand on 4×4 maps."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.cnn import ops


def maps(*rows: list[float]) -> ops.Floats:
    """Rows of numbers as a map with one channel."""
    return np.array(rows, np.float32)[..., np.newaxis]


X = maps([1, 2, 0, 1], [0, 1, 3, 1], [2, 1, 0, 0], [1, 0, 1, 2])
KERNEL = maps([1, -1], [2, 0])[..., np.newaxis]  # (2, 2, 1, 1): top left − top right + 2 × bottom left
BIAS = np.array([0.5], np.float32)


def test_cross_correlation_valid() -> None:
    # At (0, 0): 1×1 − 1×2 + 2×0 + 0×1 = −1, and 0.5 more is −0.5.
    expected = maps([-0.5, 4.5, 5.5], [3.5, 0.5, 2.5], [3.5, 1.5, 2.5])
    np.testing.assert_array_equal(ops.cross_correlate(X, KERNEL) + BIAS, expected)


def test_cross_correlation_same_pads_after_the_last_row_and_column() -> None:
    # The added fourth column has nothing at its right, the added fourth row nothing below.
    expected = maps([-0.5, 4.5, 5.5, 3.5], [3.5, 0.5, 2.5, 1.5], [3.5, 1.5, 2.5, 4.5], [1.5, -0.5, -0.5, 2.5])
    np.testing.assert_array_equal(ops.cross_correlate(X, KERNEL, padding="same") + BIAS, expected)


def test_cross_correlation_with_stride_2_keeps_every_second_window() -> None:
    np.testing.assert_array_equal(ops.cross_correlate(X, KERNEL, stride=(2, 2)) + BIAS, maps([-0.5, 5.5], [3.5, 2.5]))


def test_cross_correlation_does_not_flip_the_kernel() -> None:
    only_top_left = maps([1, 0], [0, 0])[..., np.newaxis]
    np.testing.assert_array_equal(ops.cross_correlate(X, only_top_left), X[:3, :3])


def test_cross_correlation_adds_up_the_channels_and_keeps_the_filters_apart() -> None:
    x = np.concatenate([X, 10 * X], axis=-1)
    first_channel_only, both = [1, 0], [1, 1]
    kernel = np.array([[[[a, b] for a, b in zip(first_channel_only, both, strict=True)]]], np.float32)  # (1, 1, 2, 2)
    y = ops.cross_correlate(x, kernel)
    np.testing.assert_array_equal(y[..., 0:1], X)
    np.testing.assert_array_equal(y[..., 1:2], 11 * X)


def test_cross_correlation_with_a_rectangular_kernel() -> None:
    kernel = np.ones((1, 3, 1, 1), np.float32)
    expected = maps([3, 3], [4, 5], [3, 1], [2, 3])
    np.testing.assert_array_equal(ops.cross_correlate(X, kernel), expected)


def test_max_pool2d() -> None:
    np.testing.assert_array_equal(ops.max_pool2d(X), maps([2, 3], [2, 2]))


def test_max_pool2d_with_overlapping_windows() -> None:
    expected = maps([2, 3, 3], [2, 3, 3], [2, 1, 2])
    np.testing.assert_array_equal(ops.max_pool2d(X, (2, 2), stride=(1, 1)), expected)


def test_max_pool2d_does_not_read_an_odd_last_row_and_column() -> None:
    odd = np.full((3, 3, 1), 9, np.float32)
    odd[:2, :2] = maps([1, 2], [3, 4])
    np.testing.assert_array_equal(ops.max_pool2d(odd), maps([4]))


def test_max_pool2d_keeps_the_channels_apart() -> None:
    y = ops.max_pool2d(np.concatenate([X, -X], axis=-1))
    np.testing.assert_array_equal(y[..., 1:2], maps([0, 0], [0, 0]))


def test_relu() -> None:
    np.testing.assert_array_equal(ops.relu(maps([-1.5, 0, 2.5])), maps([0, 0, 2.5]))


def test_softmax() -> None:
    # e^0 : e^ln 3 is 1 : 3.
    np.testing.assert_allclose(ops.softmax(np.array([0, np.log(3)], np.float32)), [0.25, 0.75], rtol=1e-6)


def test_softmax_does_not_overflow() -> None:
    np.testing.assert_array_equal(ops.softmax(np.array([1000, 0, 1000], np.float32)), [0.5, 0, 0.5])


@pytest.mark.parametrize(
    ("length", "window", "stride", "before", "after"),
    [
        (28, 2, 1, 0, 1), (28, 3, 1, 1, 1), (28, 5, 1, 2, 2),
        (5, 2, 2, 0, 1), (4, 2, 2, 0, 0), (5, 3, 2, 1, 1), (6, 3, 2, 0, 1),
    ],
)  # fmt: skip
def test_same_padding_puts_the_odd_zero_after(length: int, window: int, stride: int, before: int, after: int) -> None:
    assert ops.same_padding(length, window, stride) == (before, after)


@pytest.mark.parametrize(
    ("length", "window", "stride", "padding", "positions"),
    [
        (28, 2, 1, "valid", 27), (27, 2, 2, "valid", 13), (13, 2, 1, "valid", 12), (12, 2, 2, "valid", 6),
        (28, 3, 1, "same", 28), (27, 3, 2, "same", 14), (1, 2, 1, "valid", 0),
    ],
)  # fmt: skip
def test_output_length(length: int, window: int, stride: int, padding: ops.Padding, positions: int) -> None:
    assert ops.output_length(length, window, stride, padding) == positions


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (3, 2)])
@pytest.mark.parametrize("size", [(2, 2), (3, 3), (1, 4)])
def test_cross_correlate_is_what_four_loops_compute(padding: ops.Padding, stride: ops.Pair, size: ops.Pair) -> None:
    rng = np.random.default_rng(7)
    x = rng.integers(-4, 5, (6, 7, 3)).astype(np.float32)
    kernel = rng.integers(-4, 5, (*size, 3, 2)).astype(np.float32)
    padded = ops.pad_same(x, size, stride) if padding == "same" else x
    rows = ops.output_length(6, size[0], stride[0], padding)
    cols = ops.output_length(7, size[1], stride[1], padding)
    expected = np.zeros((rows, cols, 2), np.float32)
    for row in range(rows):
        for col in range(cols):
            for i in range(size[0]):
                for j in range(size[1]):
                    expected[row, col] += padded[row * stride[0] + i, col * stride[1] + j] @ kernel[i, j]
    np.testing.assert_array_equal(ops.cross_correlate(x, kernel, stride, padding), expected)


def test_batch_axes_are_carried_along_and_everything_stays_float32() -> None:
    batch = np.stack([[X, 2 * X], [3 * X, -X]])
    for function in (lambda x: ops.cross_correlate(x, KERNEL), ops.max_pool2d, ops.relu, ops.softmax):
        together = function(batch)
        assert together.dtype == np.float32
        assert together.shape[:2] == (2, 2)
        np.testing.assert_array_equal(together[1, 0], function(batch[1, 0]))


def test_dilation_leaves_cells_out_between_two_weights() -> None:
    # At (0, 0): 1 × X[0, 0] − X[0, 2] + 2 × X[2, 0] = 1 − 0 + 4.
    expected = maps([5, 3], [-1, 0])
    np.testing.assert_array_equal(ops.cross_correlate(X, KERNEL, dilation=(2, 2)), expected)


def test_same_padding_goes_by_the_extent_of_a_dilated_window() -> None:
    assert ops.extent(3, 2) == 5
    assert ops.cross_correlate(X, KERNEL, padding="same", dilation=(2, 2)).shape == (4, 4, 1)


def test_same_pools_compare_only_what_lies_on_the_map() -> None:
    odd = -maps([1, 2, 3], [4, 5, 6], [7, 8, 9])
    np.testing.assert_array_equal(ops.max_pool2d(odd, padding="same"), -maps([1, 3], [7, 9]))
    np.testing.assert_array_equal(ops.average_pool2d(odd, padding="same"), -maps([3, 4.5], [7.5, 9]))


def test_average_pool2d() -> None:
    np.testing.assert_array_equal(ops.average_pool2d(X), maps([1, 1.25], [1, 0.75]))
