"""The value of every single batch, recovered from means since the epoch began."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.runs.history.running_means import BatchValues


def logged(values: list[float], sizes: list[float]) -> list[tuple[float, float]]:
    """What Keras logs after each batch: sums are float32, as its variables are."""
    total, weight, said = np.float32(0), np.float32(0), []
    for value, size in zip(values, sizes, strict=True):
        total += np.float32(value) * np.float32(size)
        weight += np.float32(size)
        said.append((float(total / weight), float(weight)))
    return said


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.floats(0.015625, 10, width=32), st.integers(1, 300)), min_size=1, max_size=200),
)
def test_batches_of_any_sizes_come_out_as_they_went_in(batches: list[tuple[float, int]]) -> None:
    values, sizes = [value for value, _ in batches], [float(size) for _, size in batches]
    undo = BatchValues()
    total = 0.0
    for value, size, (mean, weight) in zip(values, sizes, logged(values, sizes), strict=True):
        total += value * size
        assert undo.next(mean, weight) == pytest.approx(value, rel=1e-5, abs=1e-6 * total / size)


def test_after_ten_thousand_batches_four_digits_are_right() -> None:
    values = np.random.default_rng(1).uniform(0.5, 1.5, 10_000).tolist()
    undo = BatchValues()
    found = [undo.next(mean, weight) for mean, weight in logged(values, [64.0] * len(values))]
    np.testing.assert_allclose(found, values, atol=4e-3)
    np.testing.assert_allclose(found[:1000], values[:1000], atol=4e-4)


def test_hits_are_whole_however_many_batches_there_were() -> None:
    hits = np.random.default_rng(2).integers(0, 65, 2000)
    undo = BatchValues()
    found = [undo.next(mean, weight) for mean, weight in logged((hits / 64).tolist(), [64.0] * len(hits))]
    np.testing.assert_array_equal(found, hits / 64)


def test_an_epoch_begins_anew_and_what_was_not_weighed_is_no_number() -> None:
    undo = BatchValues()
    assert undo.next(2.0, 10) == 2
    assert undo.next(3.0, 20) == 4
    assert math.isnan(undo.next(3.0, 20))
    assert math.isnan(undo.next(math.nan, 30))
    undo.reset()
    assert undo.next(7.5, 4) == 7.5
