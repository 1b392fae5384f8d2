"""The time line of the run on screen: when it follows, when it holds, and which networks it reads."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import Network
from cnntui.cnn.weights import weights_from_npz
from cnntui.explore.timeline import at_place
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.run_directory import bundled_run
from cnntui.runs.reading.follow import RunFollower
from cnntui.ui.app.time_travel import TimeTravel
from tests.canned import canned_run
from tests.screens.times import keep


def travelling(network: Network, *, held: bool = False) -> TimeTravel:
    time, run = TimeTravel(), bundled_run()
    time.open(run, network, run.snapshot_steps()[-1], held=held)
    return time


def test_a_stop_is_the_network_of_that_step(network: Network) -> None:
    time = travelling(network)
    found = time.travel(at_place(time.timeline, 3))
    assert found is not None
    step = time.timeline.shown
    assert step == time.timeline.kept[3]
    wanted = weights_from_npz(bundled_run().snapshot_path(step))
    assert np.array_equal(found["conv2d"].weights["kernel"], wanted["conv2d"]["kernel"])


def test_staying_reads_nothing(network: Network) -> None:
    time = travelling(network)
    assert time.travel(at_place(time.timeline, len(time.timeline.kept))) is None
    assert time.timeline.following


def test_newer_weights_are_looked_at_where_the_end_is_followed(network: Network) -> None:
    following, held = travelling(network), travelling(network, held=True)
    assert following.learned(9000, network)
    assert not held.learned(9000, network)
    assert (following.timeline.shown, held.timeline.shown) == (9000, 4690)
    assert following.network(9000) is network


def test_a_damaged_step_leaves_one_where_one_is(network: Network, runs_dir: Path) -> None:
    run = canned_run(runs_dir, 60)
    keep(run, 20, 40, 60)
    steps = run.snapshot_steps()
    os.truncate(run.snapshot_path(steps[0]), 100)
    time = TimeTravel()
    time.open(run, network, steps[-1], held=False)
    before = time.timeline
    with pytest.raises(CnntuiError):
        time.travel(at_place(before, 0))
    assert time.timeline is before


def test_steps_that_a_run_keeps_meanwhile_are_found(network: Network, runs_dir: Path) -> None:
    run = canned_run(runs_dir, 60)
    time = TimeTravel()
    time.open(run, network, None, held=False)
    assert time.timeline.kept == ()
    keep(run, 20, 40, 60)
    time.grown(RunFollower(run).poll())
    assert len(time.timeline.kept) == 3
