"""Walks: every step against the network's own activations, and the way back from a cell to a step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnntui.cnn.layers import AveragePool2D, Conv2D, MaxPool2D, Pool2D
from cnntui.cnn.ops import Floats, Pair
from cnntui.cnn.steps import ConvSteps, PoolSteps
from cnntui.cnn.window import Window
from tests.networks import mnist_network, random_digit

NETWORK = mnist_network()
ACTIVATIONS = NETWORK.forward(random_digit())


def layer_of(name: str) -> Conv2D:
    layer = NETWORK[name]
    assert isinstance(layer, Conv2D)
    return layer


def small(size: Pair = (2, 2), stride: Pair = (1, 1), padding: str = "valid", channels: int = 1) -> Conv2D:
    rng = np.random.default_rng(5)
    kernel = rng.standard_normal((*size, channels, 4)).astype(np.float32)
    return Conv2D("small", kernel, rng.standard_normal(4).astype(np.float32), stride, padding)  # type: ignore[arg-type]


def small_map(height: int = 4, width: int = 5, channels: int = 1) -> Floats:
    return np.random.default_rng(6).standard_normal((height, width, channels)).astype(np.float32)


def walk(layer: Conv2D, x: Floats, filter: int) -> ConvSteps:
    return ConvSteps(layer, layer.forward(x), filter)


def pooled(layer: Pool2D, x: Floats, channel: int) -> PoolSteps:
    return PoolSteps(layer, layer.forward(x), channel)


def test_a_step_worked_by_hand() -> None:
    kernel = np.array([[1, -1], [2, 0]], np.float32)[..., np.newaxis, np.newaxis]
    layer = Conv2D("conv", kernel, np.array([-9], np.float32))
    x = np.array([[1, 2, 0, 1], [0, 1, 3, 1], [2, 1, 0, 0], [1, 0, 1, 2]], np.float32)[..., np.newaxis]
    steps = ConvSteps(layer, layer.forward(x), 0)
    assert (len(steps), steps.rows, steps.cols) == (9, 3, 3)
    step = steps[5]
    assert (step.index, step.row, step.col) == (5, 1, 2)
    assert step.window == Window(1, 2, 2, 2)
    np.testing.assert_array_equal(step.patch[..., 0], [[3, 1], [0, 0]])
    np.testing.assert_array_equal(step.kernel[..., 0], [[1, -1], [2, 0]])
    np.testing.assert_array_equal(step.products[..., 0], [[3, -1], [0, 0]])
    np.testing.assert_array_equal(step.subtotals, [2])
    assert (step.total, step.bias, step.pre_activation, step.output) == (2, -9, -7, 0)


@pytest.mark.parametrize(("name", "filter"), [("conv2d", 0), ("conv2d", 31), ("conv2d_1", 7), ("conv2d_2", 63)])
def test_every_step_shows_what_the_network_computes_bit_for_bit(name: str, filter: int) -> None:
    activation = ACTIVATIONS[name]
    steps = ConvSteps(layer_of(name), activation, filter)
    np.testing.assert_array_equal(steps.output_map, activation.output[..., filter])
    assert steps.output_map.any()
    for index, step in enumerate(steps):
        assert step.index == index == steps.index(step.row, step.col)
        assert step.output == activation.output[step.row, step.col, filter]
        assert step.pre_activation == activation.pre_activation[step.row, step.col, filter]
        assert np.float32(step.total) + np.float32(step.bias) == np.float32(step.pre_activation)
        np.testing.assert_array_equal(step.products, step.patch * layer_of(name).kernel[..., filter])
        assert step.subtotals.shape == activation.input.shape[-1:]
        assert step.subtotals.sum() == pytest.approx(step.total, abs=1e-5)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [(1, 1), (2, 2), (3, 1)])
@pytest.mark.parametrize("size", [(2, 2), (3, 3), (1, 3)])
def test_the_patch_is_what_the_window_shows_of_the_input(size: Pair, stride: Pair, padding: str) -> None:
    layer, x = small(size, stride, padding, channels=2), small_map(6, 5, channels=2)
    steps = ConvSteps(layer, layer.forward(x), 1)
    assert (steps.rows, steps.cols, 4) == layer.output_shape(x.shape)
    for step in steps:
        for i, j in np.ndindex(*size):
            row, col = step.window.top + i, step.window.left + j
            inside = 0 <= row < 6 and 0 <= col < 5
            np.testing.assert_array_equal(step.patch[i, j], x[row, col] if inside else [0, 0])
        assert step.products.sum() == pytest.approx(step.total, abs=1e-5)


def test_a_same_window_sticks_out_of_the_input() -> None:
    steps = walk(small((3, 3), padding="same"), small_map(), 0)
    assert steps[0].window == Window(-1, -1, 3, 3)
    assert steps[-1].window == Window(2, 3, 3, 3)


def test_walking_backwards_and_past_the_ends() -> None:
    steps = walk(small(), small_map(), 0)
    assert len(steps) == 12
    assert (steps[-1].row, steps[-1].col) == (2, 3)
    assert [step.index for step in steps] == list(range(12))
    for index in (12, -13):
        with pytest.raises(IndexError):
            steps[index]
    for row, col in ((3, 0), (0, 4), (-1, 0)):
        with pytest.raises(IndexError):
            steps.at(row, col)


def test_all_filters_at_one_position() -> None:
    activation = ACTIVATIONS["conv2d_1"]
    vector = ConvSteps(layer_of("conv2d_1"), activation, 0).vector(5, 6)
    np.testing.assert_array_equal(vector, activation.output[5, 6])


def test_steps_refuse_what_is_not_there() -> None:
    with pytest.raises(IndexError, match="no filter 4"):
        walk(small(), small_map(), 4)
    with pytest.raises(IndexError, match="no channel 1"):
        pooled(MaxPool2D("pool"), small_map(), 1)


def test_a_linear_layer_keeps_negative_outputs() -> None:
    steps = walk(replace(small(), activation="linear"), small_map(), 0)
    assert steps.output_map.min() < 0
    np.testing.assert_array_equal(steps.output_map, steps.activation.pre_activation[..., 0])


@pytest.mark.parametrize(("cell", "expected"), [((0, 0), (0, 0)), ((2, 3), (2, 3)), ((3, 4), (2, 3)), ((3, 0), (2, 0))])
def test_pointing_at_an_input_cell_finds_the_window_that_begins_there(cell: Pair, expected: Pair) -> None:
    assert walk(small(), small_map(), 0).cell_of(*cell) == expected


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [(1, 1), (2, 2), (3, 3)])
@pytest.mark.parametrize("size", [(2, 2), (3, 3)])
def test_the_window_found_for_an_input_cell_reads_it(size: Pair, stride: Pair, padding: str) -> None:
    steps = walk(small(size, stride, padding), small_map(7, 8), 0)
    for cell in np.ndindex(7, 8):
        found = steps.cell_of(*cell)
        readers = [step for step in steps if cell in step.window]
        assert (found is None) == (not readers)
        assert found is None or cell in steps.at(*found).window


@pytest.mark.parametrize("name", ["max_pooling2d", "max_pooling2d_1"])
def test_every_pool_step_shows_what_the_network_computes(name: str) -> None:
    layer, activation = NETWORK[name], ACTIVATIONS[name]
    assert isinstance(layer, MaxPool2D)
    steps = PoolSteps(layer, activation, 5)
    np.testing.assert_array_equal(steps.output_map, activation.output[..., 5])
    for index, step in enumerate(steps):
        assert step.index == index
        assert step.window == Window(2 * step.row, 2 * step.col, 2, 2)
        assert step.output == activation.output[step.row, step.col, 5] == step.patch.max() == step.patch[step.winner]
        for i, j in np.ndindex(2, 2):
            cell = step.window.top + i, step.window.left + j
            assert step.patch[i, j] == activation.input[(*cell, 5)]
            assert steps.cell_of(*cell) == (step.row, step.col)


def test_the_first_of_equals_wins() -> None:
    x = np.array([[0, 3, 7, 7], [3, 0, 7, 7]], np.float32)[..., np.newaxis]
    steps = pooled(MaxPool2D("pool"), x, 0)
    assert [step.winner for step in steps] == [(0, 1), (0, 0)]
    assert [step.output for step in steps] == [3, 7]


def test_in_an_average_none_wins() -> None:
    x = np.array([[0, 3, 7, 7, 1], [3, 0, 7, 6, 1]], np.float32)[..., np.newaxis]
    steps = pooled(AveragePool2D("pool"), x, 0)
    assert [(step.winner, step.output) for step in steps] == [(None, 1.5), (None, 6.75)]
    assert steps.unread[:, 4].all()


def test_the_last_row_and_column_of_an_odd_map_are_unread() -> None:
    steps = pooled(MaxPool2D("pool"), np.zeros((27, 27, 1), np.float32), 0)
    assert len(steps) == 169
    expected = np.zeros((27, 27), bool)
    expected[26, :] = expected[:, 26] = True
    np.testing.assert_array_equal(steps.unread, expected)
    assert steps.cell_of(26, 3) is None
    assert steps.cell_of(3, 26) is None
    assert steps.cell_of(25, 25) == (12, 12)
    assert not pooled(MaxPool2D("pool"), np.zeros((12, 12, 1), np.float32), 0).unread.any()


def test_a_pool_that_skips_cells_between_its_windows() -> None:
    steps = pooled(MaxPool2D("pool", (1, 2), (2, 3)), np.zeros((3, 6, 1), np.float32), 0)
    np.testing.assert_array_equal(steps.unread[0], [False, False, True, False, False, True])
    assert steps.unread[1].all()
    assert steps.cell_of(2, 4) == (1, 1)
