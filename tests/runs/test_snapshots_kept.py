"""The steps of a training that keep their weights."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.runs.recording.snapshots import LEAST_SNAPSHOTS, MOST_SNAPSHOTS, OpenEnded, most_snapshots, snapshot_steps


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


def kept_of(keeping: OpenEnded, steps: int, every: int = 1) -> list[int]:
    """The steps that a training keeps if it checks after every few batches."""
    kept, wanted = [0], keeping.next_after(0)
    for step in range(every, steps + 1, every):
        if step >= wanted:
            kept.append(step)
            gone = keeping.surplus(kept)
            kept = [each for each in kept if each not in gone]
            wanted = keeping.next_after(step)
    return kept


def test_a_training_without_a_known_end_keeps_its_first_steps_and_thins_the_late_ones() -> None:
    kept = kept_of(OpenEnded(127_978), 20_000)
    assert kept[:10] == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert len(kept) <= most_snapshots(127_978)
    assert kept[-1] > 18_000
    gaps = [after - before for before, after in pairwise(kept[9:])]
    assert max(gaps) <= 3 * min(gaps)


def test_a_training_of_a_known_length_spreads_its_snapshots_over_it() -> None:
    kept = kept_of(OpenEnded(127_978, 4690), 4690)
    assert kept[:10] == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert kept[-1] > 4200
    assert len(kept) > 15


@pytest.mark.parametrize("parameters", [10, 127_978, 2_000_000, 20_000_000, 50_000_000])
@pytest.mark.parametrize("every", [1, 7, 100])
def test_it_keeps_within_the_bounds_whatever_the_size(parameters: int, every: int) -> None:
    kept = kept_of(OpenEnded(parameters), 3000, every)
    assert 1 <= len(kept) <= most_snapshots(parameters)
    assert kept == sorted(set(kept))
