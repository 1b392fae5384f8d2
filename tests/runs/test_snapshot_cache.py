"""Reading the networks of a run's steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import Network, weights_of
from cnntui.cnn.weights import weights_from_npz
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory import snapshot_cache
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run
from cnntui.runs.directory.snapshot_cache import SnapshotCache


def test_it_is_the_network_of_that_step(network: Network) -> None:
    run = bundled_run()
    wanted = weights_from_npz(run.snapshot_path(256))
    for layer, weights in weights_of(SnapshotCache(run, network).network(256)).items():
        for role, array in weights.items():
            assert np.array_equal(array, wanted[layer][role])


def test_what_was_read_is_held_and_the_longest_unused_is_let_go(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_cache, "MOST_BYTES", 2 * 4 * network.parameters)
    held = SnapshotCache(bundled_run(), network)
    zero, one = held.network(0), held.network(1)
    assert held.network(0) is zero
    held.network(2)
    assert held.network(0) is zero
    assert held.network(1) is not one


def test_a_step_that_was_not_kept_and_a_damaged_one_are_errors(tmp_path: Path, network: Network) -> None:
    run = RunDirectory(tmp_path)
    run.snapshots_path.mkdir()
    run.snapshot_path(7).write_bytes(bundled_run().snapshot_path(0).read_bytes()[:1000])
    for step in (3, 7):
        with pytest.raises(CnntuiError, match=f"{step:08d}"):
            SnapshotCache(run, network).network(step)
