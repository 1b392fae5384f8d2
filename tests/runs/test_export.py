"""Exports: their content, their consistency, and that nothing is written elsewhere."""

from __future__ import annotations

import csv
import errno
import math
import sys
from pathlib import Path

import pytest

from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.run_directory import bundled_run
from cnntui.runs.history.events import Batches
from cnntui.runs.reading import export as exporting
from cnntui.runs.reading import tensorboard
from cnntui.runs.reading.export import export
from cnntui.runs.reading.follow import RunFollower
from tests.canned import BEGAN, append, canned_run, curves
from tests.fake_trainer import write_fake_run


@pytest.fixture(autouse=True)
def without_tensorboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the optional package were not installed."""
    monkeypatch.setattr(tensorboard, "is_installed", lambda: False)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_it_holds_the_network_the_settings_and_the_whole_history(tmp_path: Path) -> None:
    run = bundled_run()
    target = tmp_path / "new" / "folder"
    names = export(run, target)
    assert set(names) == {"config.json", "model.keras", "history.csv", "epochs.csv"}
    assert {path.name for path in target.iterdir()} == set(names)
    for name in ("config.json", "model.keras"):
        assert (target / name).read_bytes() == (run.path / name).read_bytes()
    history = RunFollower(run).poll().history
    batches = rows(target / "history.csv")
    assert [int(row["step"]) for row in batches] == history.steps.tolist()
    # A float32 from its shortest decimals is the same float32.
    assert [float(row["loss"]) for row in batches[:50]] == pytest.approx(history.losses[:50].tolist(), rel=1e-7)
    epochs = rows(target / "epochs.csv")
    assert [float(row["test_accuracy"]) for row in epochs] == [end.test_accuracy for end in history.epochs]


def test_a_run_without_a_network_is_exported_without_one(runs_dir: Path, tmp_path: Path) -> None:
    run = canned_run(runs_dir, 40)
    append(run, Batches(BEGAN, 41, (math.nan,), (0.5,)))
    assert export(run, tmp_path / "out") == ("config.json", "history.csv", "epochs.csv")
    batches = rows(tmp_path / "out" / "history.csv")
    assert float(batches[0]["loss"]) == pytest.approx(curves(1)[0][0], rel=1e-6)
    assert batches[40] == {"step": "41", "loss": "nan", "accuracy": "0.5"}


def test_a_folder_with_files_is_left_alone(runs_dir: Path, tmp_path: Path) -> None:
    run = canned_run(runs_dir, 40)
    target = tmp_path / "out"
    target.mkdir()
    export(run, target)  # an empty folder will do
    before = {path: path.read_bytes() for path in target.iterdir()}
    with pytest.raises(CnntuiError, match=r"files in .* already"):
        export(run, target)
    assert {path: path.read_bytes() for path in target.iterdir()} == before
    with pytest.raises(CnntuiError, match="is a file"):
        export(run, target / "config.json")


def test_an_export_that_fails_leaves_nothing_behind(
    runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(source: Path, target: Path) -> None:
        target.write_bytes(b"half of the ne")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exporting, "_copy", fill_the_disk)
    with pytest.raises(CnntuiError, match="no room left") as refused:
        export(write_fake_run(runs_dir), tmp_path / "a" / "b")
    assert refused.value.hint.startswith("Name another folder")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("name", ["config.json", "events.jsonl", "model.keras"])
def test_what_a_link_leads_to_is_not_exported(runs_dir: Path, tmp_path: Path, name: str) -> None:
    run = write_fake_run(runs_dir)
    secret = tmp_path / "secret"
    (run.path / name).rename(secret)
    (run.path / name).symlink_to(secret)
    with pytest.raises(CnntuiError, match="is not a file of the run but a link"):
        export(run, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_events_of_tensorboard_are_every_batch_and_every_test(runs_dir: Path) -> None:
    history = RunFollower(canned_run(runs_dir, 200)).poll().history
    scalars = list(tensorboard.scalars(history))
    losses = [(step, value) for _, step, tag, value in scalars if tag == "batch/loss"]
    assert losses == list(zip(range(1, 201), history.losses.tolist(), strict=True))
    assert [(step, value) for _, step, tag, value in scalars if tag == "test/accuracy"] == [(100, 0.95), (200, 0.975)]
    moments = [moment for moment, _, tag, _ in scalars if tag == "batch/loss"]
    assert moments == sorted(moments)
    assert moments[-1] == pytest.approx(BEGAN + 200 / 125)


def test_tensorboard_reads_what_its_library_has_written(
    runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

    monkeypatch.setattr(tensorboard, "is_installed", lambda: True)
    run = canned_run(runs_dir, 200)
    names = export(run, tmp_path / "out")
    assert "tensorflow" not in sys.modules
    (name,) = [name for name in names if name.startswith("tensorboard/")]
    found = [
        (event.step, value.tag, value.simple_value)
        for event in LegacyEventFileLoader(str(tmp_path / "out" / name)).Load()
        for value in event.summary.value
    ]
    history = RunFollower(run).poll().history
    assert len(found) == 2 * 200 + 2 * 2
    assert found[-1][:2] == (200, "test/accuracy")
    assert found[0] == (1, "batch/loss", float(history.losses[0]))
