"""Dense units: every term against the network, the largest ones against sorting by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.cnn.dense_steps import DenseSteps
from cnntui.cnn.layers import Dense
from tests.networks import mnist_network, random_digit

NETWORK = mnist_network()
ACTIVATIONS = NETWORK.forward(random_digit())


def dense(name: str) -> DenseSteps:
    layer = NETWORK[name]
    assert isinstance(layer, Dense)
    return DenseSteps(layer, ACTIVATIONS[name])


def one_unit(values: list[float], weights: list[float], bias: float = 0.0) -> DenseSteps:
    kernel = np.array(weights, np.float32)[:, np.newaxis]
    layer = Dense("unit", kernel, np.array([bias], np.float32))
    return DenseSteps(layer, layer.forward(np.array(values, np.float32)))


def test_a_unit_worked_by_hand() -> None:
    step = one_unit([1, 2, 0, 4, 0.5], [3, -1, 9, 0.5, -8], bias=-4).at(0)
    np.testing.assert_array_equal(step.products, [3, -2, 0, 2, -4])
    assert (step.total, step.bias, step.pre_activation, step.output) == (-1, -4, -5, 0)
    most = step.largest(1, 1)
    assert (most.positive, most.negative, most.rest, most.others) == ((0,), (4,), 0, 3)
    all_of_them = step.largest(9, 9)
    assert (all_of_them.places, all_of_them.rest, all_of_them.others) == ((0, 3, 4, 1), 0, 1)
    with_zero = step.largest(1, 2, also=2)
    assert (with_zero.positive, with_zero.negative, with_zero.also) == ((0,), (4,), (2,))
    assert (with_zero.rest, with_zero.others) == (0, 2)
    assert step.largest(1, 2, also=4) == step.largest(1, 2)


def test_what_each_cell_contributes_worked_by_hand() -> None:
    step = one_unit([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, -1, 0, 0, 2, 0]).at(0)
    np.testing.assert_array_equal(step.by_cell((2, 2, 2)), [[3, -1], [0, 14]])


@pytest.mark.parametrize("name", ["dense", "dense_1"])
def test_every_unit_shows_what_the_network_computes_bit_for_bit(name: str) -> None:
    steps, activation = dense(name), ACTIVATIONS[name]
    assert len(steps) == activation.output.size
    for unit in range(len(steps)):
        step = steps.at(unit)
        assert step.unit == unit
        assert step.pre_activation == activation.pre_activation[unit]
        assert step.output == activation.output[unit]
        assert abs(step.products.sum(dtype=np.float64) - step.total) < 1e-6 * max(1, np.abs(step.products).sum())


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.floats(-4, 4, width=32), st.floats(-4, 4, width=32)), min_size=1, max_size=30),
    st.integers(0, 6),
    st.integers(0, 6),
)
def test_the_largest_terms_and_the_rest_are_all_of_the_sum(
    pairs: list[tuple[float, float]], above: int, below: int
) -> None:
    step = one_unit(*map(list, zip(*pairs, strict=True))).at(0)
    most = step.largest(above, below)
    products = step.products.tolist()
    assert [products[place] for place in most.positive] == sorted((p for p in products if p > 0), reverse=True)[:above]
    assert [products[place] for place in most.negative] == sorted(p for p in products if p < 0)[:below]
    assert most.others + len(set(most.places)) == len(products)
    assert abs(sum(products[place] for place in most.places) + most.rest - sum(products)) < 1e-6


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_diverged_input_is_shown_as_it_is() -> None:
    step = one_unit([float("nan"), float("inf"), 1, 0], [1, -1, 2, float("inf")]).at(0)
    most = step.largest(5, 5)
    assert (most.positive, most.negative, most.others) == ((2,), (1,), 2)
    assert np.isnan([most.rest, step.pre_activation, step.output]).all()


def test_there_is_no_unit_beyond_the_last() -> None:
    with pytest.raises(IndexError, match="no unit 64"):
        dense("dense").at(64)
