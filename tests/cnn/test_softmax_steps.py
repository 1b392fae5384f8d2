"""Softmax: worked by hand, against the network, and where the plain formula overflows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.cnn import ops
from cnntui.cnn.softmax_steps import LARGEST_POWER, SoftmaxStep
from tests.networks import mnist_network, random_digit


def softmax_of(*logits: float) -> SoftmaxStep:
    return SoftmaxStep.of(np.array(logits, np.float32))


def test_softmax_worked_by_hand() -> None:
    step = softmax_of(np.log(2), 0, np.log(5))
    assert step.maximum == np.float32(np.log(5))
    np.testing.assert_allclose(step.powers, [0.4, 0.2, 1], rtol=1e-6)
    assert step.total == pytest.approx(1.6)
    np.testing.assert_allclose(step.quotients, [0.25, 0.125, 0.625], rtol=1e-6)
    np.testing.assert_allclose(step.plain_powers, [2, 1, 5], rtol=1e-6)
    assert step.plain_total == pytest.approx(8)
    np.testing.assert_allclose(step.plain_quotients, step.quotients, rtol=1e-6)


def test_it_is_what_the_network_computes_bit_for_bit() -> None:
    activations = mnist_network().forward(random_digit())
    np.testing.assert_array_equal(SoftmaxStep.of(activations.logits).quotients, activations.probabilities)


@pytest.mark.slow
@given(st.lists(st.floats(-80, 80, width=32), min_size=1, max_size=20))
def test_the_shift_changes_no_quotient(logits: list[float]) -> None:
    step = softmax_of(*logits)
    np.testing.assert_array_equal(step.quotients, ops.softmax(step.logits))
    assert step.quotients.sum() == pytest.approx(1, abs=1e-6)
    assert step.plain_works
    np.testing.assert_allclose(step.plain_quotients, step.quotients, atol=1e-6)


def test_without_the_shift_it_overflows_beyond_88() -> None:
    assert softmax_of(LARGEST_POWER - 0.01, 0).plain_works
    step = softmax_of(LARGEST_POWER + 0.01, 0)
    assert not step.plain_works
    assert np.isinf(step.plain_powers[0])
    assert np.isnan(step.plain_quotients[0])
    np.testing.assert_allclose(step.quotients, [1, 0], atol=1e-6)
    assert not softmax_of(-200, -300).plain_works
    # Each power is finite, and their sum is not.
    assert not softmax_of(88.5, 88.5).plain_works


@pytest.mark.parametrize("logits", [(float("nan"), 1.0), (float("inf"), 1.0), (float("inf"), float("-inf"))])
def test_diverged_logits_give_no_probabilities_and_no_warning(logits: tuple[float, ...]) -> None:
    assert not np.isfinite(softmax_of(*logits).quotients).all()
