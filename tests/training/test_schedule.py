"""What happens at which step: pure functions, so that the same seed gives the same run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.training.schedule import (
    LEAST_SNAPSHOTS,
    MOST_SNAPSHOTS,
    chunk_end,
    chunk_length,
    epoch_order,
    most_snapshots,
    snapshot_steps,
)


def test_every_digit_once_an_epoch_in_an_order_of_its_seed_and_epoch() -> None:
    order = epoch_order(7, 0, 1000)
    np.testing.assert_array_equal(np.sort(order), np.arange(1000))
    np.testing.assert_array_equal(order, epoch_order(7, 0, 1000))
    assert not np.array_equal(order, epoch_order(7, 1, 1000))
    assert not np.array_equal(order, epoch_order(8, 0, 1000))


def test_snapshots_of_the_whole_recipe_double_and_then_are_even() -> None:
    assert snapshot_steps(4690, 127_978) == (
        *(0, 1, 2, 4, 8, 16, 32, 64, 128, 256),
        *(469, 938, 1407, 1876, 2345, 2814, 3283, 3752, 4221, 4690),
    )


def test_a_small_network_has_more_snapshots_and_a_large_one_fewer() -> None:
    small = snapshot_steps(4690, 20_000)
    assert len(small) == 45
    assert {0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 4690} < set(small)
    assert snapshot_steps(4690, 3_300_000) == (0, 4, 32, 256, 1172, 2345, 3518, 4690)
    assert snapshot_steps(4690, 50_000_000) == (0, 2345, 4690)


@given(st.integers(1, 100_000), st.integers(100, 20_000_000))
def test_up_to_twenty_million_parameters_there_are_at_least_eight_snapshots(total: int, parameters: int) -> None:
    steps = snapshot_steps(total, parameters)
    assert len(steps) >= min(LEAST_SNAPSHOTS, total + 1)
    assert steps[0] == 0


@given(st.integers(1, 100_000), st.integers(100, 50_000_000))
def test_snapshots_end_at_the_last_step_and_keep_within_their_bounds(total: int, parameters: int) -> None:
    steps = snapshot_steps(total, parameters)
    assert steps[-1] == total
    assert len(steps) <= most_snapshots(parameters) <= MOST_SNAPSHOTS
    assert len(steps) * (4 * parameters + 4096) <= max(12_000_000, min(9 * (4 * parameters + 4096), 725_000_000))
    assert list(steps) == sorted(set(steps))


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
