"""Which weights a run is opened with."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import weights_of
from cnntui.cnn.weights import weights_from_npz
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run
from cnntui.runs.reading.opening import file_of, open_run
from tests.canned import canned_run, publish


def begun(runs_dir: Path) -> RunDirectory:
    """A run with a checkpoint and one snapshot, as a trainer that was killed leaves it."""
    run, bundled = canned_run(runs_dir, 60), bundled_run()
    run.snapshots_path.mkdir()
    shutil.copyfile(bundled.checkpoint_path, run.checkpoint_path)
    shutil.copyfile(bundled.snapshot_path(4), run.snapshot_path(4))
    return run


def test_the_newest_weights_are_opened_be_they_live_or_kept(runs_dir: Path) -> None:
    run = begun(runs_dir)
    assert open_run(run).step == 4
    step = publish(run, 6)
    opened = open_run(run)
    assert opened.step == step == 32
    wanted = weights_from_npz(bundled_run().snapshot_path(step))["conv2d"]["kernel"]
    assert np.array_equal(weights_of(opened.network)["conv2d"]["kernel"], wanted)
    assert open_run(run, step=0).step == 4
    publish(run, 1)
    assert open_run(run).step == 4


def test_live_weights_that_are_damaged_are_no_reason_not_to_open(runs_dir: Path) -> None:
    run = begun(runs_dir)
    run.live_path.write_bytes(b"half of it")
    assert open_run(run).step == 4


def test_a_file_is_told_from_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runs_dir = tmp_path / "runs"
    for name in ("model", "bundled"):
        Path(name).write_bytes(b"x")
    Path("unpacked").mkdir()
    for name in ("config.json", "model.weights.h5"):
        (Path("unpacked") / name).write_bytes(b"{}")
    for target in ("model", "unpacked", "gone.keras", "gone.H5", str(tmp_path / "unpacked")):
        assert file_of(target, runs_dir) == Path(target)
    for target in ("bundled", "gone", "runs", "", "a\0b", "a" * 300, str(bundled_run().path)):
        assert file_of(target, runs_dir) is None
