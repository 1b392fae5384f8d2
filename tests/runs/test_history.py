"""Curves built from events: correct, cheap to extend, and thinned without losing a peak."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnntui.runs.history.event_file import EventReader
from cnntui.runs.history.event_lines import encode
from cnntui.runs.history.events import (
    Batches,
    Checkpoint,
    EpochEnd,
    Failed,
    Finished,
    Launched,
    LearningRate,
    Paused,
    Resumed,
    Snapshot,
    Started,
    Stopped,
)
from cnntui.runs.history.history_builder import HistoryBuilder
from cnntui.runs.history.thinning import decimate, smooth

STARTED = Started(100.0, pid=1, steps_per_epoch=10, epochs=2, train_digits=640, test_digits=100)
EPOCH = EpochEnd(107.0, 0, 10, 1.0, 0.5, 0.9, 0.6, 7.0)


def batches(time: float, step: int, count: int) -> Batches:
    losses = tuple(float(s) for s in range(step - count + 1, step + 1))
    return Batches(time, step, losses, tuple(0.5 for _ in losses))


@pytest.mark.parametrize("step", [4, 10])
def test_an_epoch_that_ends_because_its_script_is_stopped_does_not_make_the_training_shorter(step: int) -> None:
    builder = HistoryBuilder()
    builder.extend([STARTED, batches(102.0, step, step), replace(EPOCH, step=step), Stopped(108.0, step, 0.9, 0.6)])
    assert (builder.history.step, builder.history.total_steps) == (step, 20)


def test_events_become_curves_and_milestones() -> None:
    builder = HistoryBuilder()
    builder.extend([STARTED, Snapshot(100.0, 0, "00000000.npz"), batches(102.0, 4, 4), batches(105.0, 10, 6)])
    builder.extend([Checkpoint(106.0, 10), EPOCH, batches(109.0, 14, 4), Paused(110.0, 14)])
    history = builder.history
    np.testing.assert_array_equal(history.steps, np.arange(1, 15))
    np.testing.assert_array_equal(history.losses, np.arange(1, 15))
    assert history.accuracies.dtype == np.float32
    assert (history.step, history.total_steps) == (14, 20)
    assert history.epochs == (EPOCH,)
    assert history.snapshots == (0,)
    assert history.checkpoint_step == 10
    assert history.paused
    assert history.end is None
    builder.extend([Resumed(120.0, 14), Finished(123.0, 20, 0.1, 0.9)])
    assert not builder.history.paused
    assert isinstance(builder.history.end, Finished)


def test_the_speed_is_that_of_the_newest_stretch_without_pauses_and_evaluations() -> None:
    builder = HistoryBuilder()
    builder.extend([STARTED, batches(102.0, 4, 4), batches(105.0, 10, 6)])
    assert builder.history.steps_per_second == pytest.approx(2.0)
    assert builder.history.seconds_left == pytest.approx(5.0)
    builder.extend([EPOCH])
    assert builder.history.steps_per_second == 0
    assert builder.history.seconds_left is None
    builder.extend([batches(109.0, 14, 4)])
    assert builder.history.steps_per_second == pytest.approx(2.0)
    # Six batches at two a second, and the two seconds that the first epoch took beside its ten batches.
    assert builder.history.seconds_left == pytest.approx(3.0 + 2.0)
    builder.extend([Paused(110.0, 14), Resumed(1000.0, 14), batches(1001.0, 18, 4)])
    assert builder.history.steps_per_second == pytest.approx(4.0)


def test_a_history_that_was_given_out_stays_as_it_was() -> None:
    builder = HistoryBuilder()
    builder.extend([STARTED, batches(101.0, 3, 3)])
    early = builder.history
    builder.extend([batches(102.0 + step, step, 1) for step in range(4, 5000)])
    builder.extend([Started(9000.0, 2, 10, 2, 640, 100, step=2), Batches(9001.0, 3, (77.0,), (0.5,))])
    np.testing.assert_array_equal(early.losses, [1, 2, 3])
    with pytest.raises(ValueError, match="read-only"):
        early.losses[0] = 5


def test_a_trainer_that_goes_on_from_a_checkpoint_overwrites_what_came_after_it() -> None:
    builder = HistoryBuilder()
    builder.extend([STARTED, Snapshot(100.0, 0, ""), batches(105.0, 10, 10), EPOCH, Snapshot(107.0, 10, "")])
    builder.extend([batches(109.0, 16, 6), Snapshot(109.0, 16, ""), Failed(110.0, "no room", "make some")])
    assert isinstance(builder.history.end, Failed)
    builder.extend([Started(200.0, 2, 10, 2, 640, 100, step=10), Batches(201.0, 11, (99.0,), (0.5,))])
    history = builder.history
    assert history.end is None
    assert history.step == 11
    assert history.losses[-1] == 99.0
    assert history.epochs == (EPOCH,)
    assert history.snapshots == (0, 10)


def test_an_epoch_that_is_tested_again_by_the_next_trainer_counts_once() -> None:
    builder = HistoryBuilder()
    builder.extend([STARTED, batches(105.0, 10, 10), Checkpoint(106.0, 10), EPOCH])
    builder.extend([Started(200.0, 2, 10, 2, 640, 100, step=10), EPOCH])
    assert builder.history.epochs == (EPOCH,)


def test_a_trainer_that_was_started_again_ends_the_end() -> None:
    builder = HistoryBuilder()
    builder.extend([STARTED, batches(105.0, 10, 10), Stopped(106.0, 10, 0.1, 0.9), Launched(107.0)])
    assert builder.history.end is None
    assert builder.history.launched
    builder.extend([Started(110.0, 2, 10, 2, 640, 100, step=10)])
    assert not builder.history.launched


def test_a_learning_rate_counts_from_its_step_on_and_not_for_who_goes_on_from_before_it() -> None:
    builder = HistoryBuilder()
    changes = LearningRate(103.0, 4, 0.01), LearningRate(106.0, 10, 0.02)
    builder.extend([STARTED, batches(102.0, 4, 4), changes[0], batches(105.0, 10, 6), changes[1]])
    assert builder.history.learning_rates == changes
    builder.extend([Started(200.0, 2, 10, 2, 640, 100, step=6)])
    assert builder.history.learning_rates == changes[:1]


def test_batches_that_a_power_cut_lost_are_unknown_and_the_curve_goes_on_behind_them() -> None:
    builder = HistoryBuilder()
    builder.extend([STARTED, batches(101.0, 4, 4), Started(200.0, 2, 10, 2, 640, 100, step=6), batches(201.0, 8, 2)])
    np.testing.assert_array_equal(builder.history.losses, [1, 2, 3, 4, np.nan, np.nan, 7, 8])
    builder.extend([Started(200.0, 2, 10, 2, 640, 100, step=2**52)])  # damage, and no reason to fill the memory
    assert builder.history.step == 8


def test_the_seconds_of_learning_leave_pauses_and_killed_trainers_out() -> None:
    builder = HistoryBuilder()
    builder.extend([STARTED, batches(102.0, 4, 4), Paused(102.0, 4), Resumed(150.0, 4), batches(151.0, 6, 2)])
    builder.extend([batches(153.0, 9, 3), Started(900.0, 2, 10, 2, 640, 100, step=6), batches(904.0, 10, 4)])
    assert builder.history.seconds_between(0, 10) == pytest.approx(2.0 + 1.0 + 4.0)
    assert builder.history.seconds_between(4, 6) == pytest.approx(1.0)
    assert builder.history.seconds_between(10, 10) == 0


def test_batches_stand_at_their_own_step_or_nowhere() -> None:
    builder = HistoryBuilder()
    builder.extend([STARTED, batches(101.0, 4, 4), batches(102.0, 4, 4), batches(104.0, 20, 4)])
    assert builder.history.step == 4


@pytest.mark.slow
def test_a_run_with_a_million_batches_opens_in_the_time_of_two_looks_at_its_json(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    losses = np.random.default_rng(0).random(50).astype(np.float32).tolist()
    template = encode(Batches(1.5, 12345, tuple(losses), tuple(losses)))
    with path.open("w") as file:
        file.write(encode(Started(0.0, 1, 1_000_000, 1, 1, 1)))
        file.writelines(template.replace("12345", str(step)) for step in range(50, 1_000_001, 50))
    began = time.process_time()
    builder = HistoryBuilder()
    builder.extend(EventReader(path).read())
    history = builder.history
    decimate(history.steps, history.losses, 400)
    seconds = time.process_time() - began
    assert history.step == 1_000_000
    began = time.process_time()
    for line in path.read_bytes().splitlines():
        json.loads(line)
    assert seconds < 2 * (time.process_time() - began)


VALUES = arrays.arrays(np.float32, st.integers(0, 300), elements=st.floats(-10, 10, width=32))


@pytest.mark.slow
@given(VALUES, st.integers(2, 60))
def test_thinning_keeps_the_peaks_and_the_order(values: np.ndarray, points: int) -> None:
    steps = np.arange(len(values)) * 3
    thin_steps, thin = decimate(steps, values, points)
    assert len(thin) <= max(points, 2)
    assert np.all(np.diff(thin_steps) > 0)
    np.testing.assert_array_equal(thin, values[thin_steps // 3])
    if len(values):
        assert thin.max() == values.max()
        assert thin.min() == values.min()


def test_thinning_finds_the_peaks_beside_numbers_that_are_none() -> None:
    values = np.full(1000, np.nan)
    values[[100, 101, 700]] = [5.0, -5.0, 1.0]
    _, thin = decimate(np.arange(1000), values, 20)
    assert np.nanmax(thin) == 5.0
    assert np.nanmin(thin) == -5.0


@pytest.mark.slow
@given(VALUES, st.floats(1.5, 200))
def test_smoothing_is_the_weighted_mean_of_all_that_came_before(values: np.ndarray, span: float) -> None:
    keep = 1 - 1 / span
    total = weight = 0.0
    expected = []
    for value in values.tolist():
        total, weight = keep * total + value, keep * weight + 1
        expected.append(total / weight)
    np.testing.assert_allclose(smooth(values, span), expected, rtol=1e-6, atol=1e-6)


def test_smoothing_leaps_over_numbers_that_are_none() -> None:
    smoothed = smooth(np.array([np.nan, 2.0, np.nan, 2.0]))
    assert np.isnan(smoothed[0])
    np.testing.assert_allclose(smoothed[1:], 2.0)
