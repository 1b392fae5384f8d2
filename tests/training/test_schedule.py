"""The schedule of a training: pure functions, so that the same seed gives the same run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.training.schedule import chunk_end, chunk_length, epoch_order


def test_every_digit_once_an_epoch_in_an_order_of_its_seed_and_epoch() -> None:
    order = epoch_order(7, 0, 1000)
    np.testing.assert_array_equal(np.sort(order), np.arange(1000))
    np.testing.assert_array_equal(order, epoch_order(7, 0, 1000))
    assert not np.array_equal(order, epoch_order(7, 1, 1000))
    assert not np.array_equal(order, epoch_order(8, 0, 1000))


@pytest.mark.slow
@given(st.integers(0, 500), st.integers(1, 500), st.integers(1, 64), st.sets(st.integers(0, 1200)))
def test_chunks_are_short_and_end_at_every_mark(begin: int, count: int, longest: int, marks: set[int]) -> None:
    stops = {*marks, begin + count}
    ends = [begin]
    while ends[-1] < begin + count:
        ends.append(chunk_end(ends[-1], longest, stops))
    lengths = np.diff(ends)
    assert lengths.min() >= 1
    assert lengths.max() <= longest
    assert {stop for stop in stops if begin < stop <= begin + count} <= set(ends)


@pytest.mark.parametrize("seconds_per_batch", [0.0001, 0.001, 0.007, 0.05, 0.5, 5.0])
def test_a_chunk_is_as_long_as_a_person_waits_for_a_pause(seconds_per_batch: float) -> None:
    batches = chunk_length(seconds_per_batch)
    assert 1 <= batches <= 64
    assert batches == 1 or batches * seconds_per_batch <= 0.25
