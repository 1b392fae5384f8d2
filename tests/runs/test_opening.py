"""The weights that a run is opened with."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import weights_of
from cnntui.cnn.weights import weights_from_npz
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run
from cnntui.runs.reading.opening import data_for, file_of, open_run
from tests.canned import canned_run, publish


def begun(runs_dir: Path) -> RunDirectory:
    """A run with a checkpoint and one snapshot, as a killed trainer leaves it."""
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


@pytest.mark.parametrize("count", [1, 9, 11])
def test_as_many_names_are_needed_as_the_network_has_classes(tmp_path: Path, count: int) -> None:
    names = tmp_path / "names.txt"
    names.write_text("\n".join(f"name {number}" for number in range(count)))
    with pytest.raises(CnntuiError, match=f"names {count} class(es)?, but the network tells 10 apart") as refused:
        data_for(open_run(bundled_run()), None, names)
    assert "one name a line" in refused.value.hint


def test_labels_that_count_from_one_are_said_to(tmp_path: Path) -> None:
    data = tmp_path / "a.npz"
    np.savez(data, x_test=np.zeros((10, 28, 28), np.uint8), y_test=np.arange(1, 11))
    with pytest.raises(CnntuiError, match=r"but a\.npz has 11: its labels go from 1 to 10") as refused:
        data_for(open_run(bundled_run()), data, None)
    assert refused.value.hint == "Subtract 1 from them: classes count from 0."
