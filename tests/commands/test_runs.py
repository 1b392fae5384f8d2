"""`cnntui runs`: listing, removing and exporting from the command line, with the exit status of each."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cnntui.cli import DONE, FAILED, WRONG_USAGE, main
from cnntui.runs.config.config_text import network_in_words
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.run_directory import list_runs
from cnntui.runs.history.events import EpochEnd
from tests.canned import BEGAN, canned_run
from tests.fake_trainer import write_fake_run
from tests.scripts import script_run


class Typed(io.StringIO):
    """A terminal with a user who types."""

    def isatty(self) -> bool:
        return True


def names(runs_dir: Path) -> list[str]:
    return [run.name for run in list_runs(runs_dir)]


def test_listing_goes_on_past_a_damaged_run(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    canned_run(runs_dir, 100, name="good")
    canned_run(runs_dir, 100, name="bad").config_path.write_text("{")
    assert main(["runs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["good", "bad", "bundled", "dense"]
    assert "damaged   The run's config.json is not JSON" in lines[1]


def test_a_run_of_a_newer_version_is_said_to_be_one(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = canned_run(runs_dir, 100, name="future")
    run.config_path.write_text(replace(run.read_config(), format=99).to_json())
    assert main(["runs", "list"]) == 0
    assert "made by a newer cnntui" in capsys.readouterr().out.splitlines()[0]
    assert main(["runs", "show", "future"]) == 0
    assert "Made by a newer cnntui (format 99)" in capsys.readouterr().out


def test_a_dense_network_is_said_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    bundled, dense = capsys.readouterr().out.splitlines()
    assert "units" not in bundled
    assert dense.endswith("after 5 epochs, dense, 512 units, comes with cnntui")
    assert main(["runs", "show", "dense"]) == 0
    said = capsys.readouterr().out
    assert "network   dense, 512 units\n" in said
    assert "filters" not in said


def test_the_best_epoch_is_told_where_a_later_one_was_worse(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ends = [
        EpochEnd(BEGAN + 9, epoch, 100 + epoch, 0.1, 0.9, 0.1, 0.9 - abs(epoch - 1) / 100, 1.0) for epoch in range(4)
    ]
    canned_run(runs_dir, 0, *ends, name="mine")
    assert main(["runs"]) == 0
    mine, *_ = capsys.readouterr().out.splitlines()
    assert mine.endswith(", best 0.9000 (epoch 2)")
    assert "test accuracy 0.8800" in mine
    assert main(["runs", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (listed["test_accuracy"], listed["best_test_accuracy"], listed["best_epoch"]) == (0.88, 0.9, 2)
    assert main(["runs", "show", "mine", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["best_test_accuracy"], shown["best_epoch"]) == (0.9, 2)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "32, 64, 64 filters of 2×2, 2×2, 2×2, valid, max pooling, 64 units"),
        ({"pooling": "none"}, "32, 64, 64 filters of 2×2, 2×2, 2×2, valid, no pooling, 64 units"),
        (
            {"pooling": "stride", "padding": "same", "kernel_size": (3, 2, 1)},
            "32, 64, 64 filters of 3×3, 2×2, 1×1, same, strides in place of pooling, 64 units",
        ),
        ({"model": "dense", "dense": 1000}, "dense, 1,000 units"),
    ],
)
def test_a_network_in_words(settings: dict[str, Any], said: str) -> None:
    assert network_in_words(RunConfig(name="x", seed=1, **settings)) == said


@pytest.mark.parametrize(("answer", "left"), [("y\n", []), ("n\n", ["mine"]), ("\n", ["mine"])])
def test_removing_asks_first(runs_dir: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: list[str]) -> None:
    canned_run(runs_dir, 100, name="mine")
    monkeypatch.setattr(sys, "stdin", Typed(answer))
    assert main(["runs", "rm", "mine"]) == 0
    assert names(runs_dir) == left


def test_without_a_terminal_removing_has_to_be_said_twice(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    canned_run(runs_dir, 100, name="mine")
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert main(["runs", "rm", "mine"]) == WRONG_USAGE
    assert "--yes" in capsys.readouterr().err
    assert names(runs_dir) == ["mine"]
    assert main(["runs", "rm", "mine", "--yes"]) == 0
    assert names(runs_dir) == []


def test_what_stays_stays_even_with_yes(runs_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = canned_run(runs_dir, 100, name="mine")
    elsewhere = canned_run(tmp_path / "elsewhere", 100, name="foreign")
    lock = RunLock(run.lock_path)
    for target, words in (
        ("mine", "is being trained"), ("bundled", "comes with"), (str(elsewhere.path), "not in the runs folder"),
        ("nobody", "no run called"),
    ):  # fmt: skip
        assert main(["runs", "rm", target, "--yes"]) == FAILED
        assert words in capsys.readouterr().err
    lock.release()
    assert names(runs_dir) == ["mine"]
    assert elsewhere.exists()


def test_exporting_prints_what_it_has_written(
    runs_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_fake_run(runs_dir)
    target = tmp_path / "out"
    assert main(["runs", "export", "fake", str(target)]) == 0
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert {path.name for path in written} >= {"config.json", "model.keras", "history.csv", "epochs.csv"}
    assert all(path.is_file() for path in written)
    assert main(["runs", "export", "fake", str(target)]) == FAILED
    assert "already" in capsys.readouterr().err


def test_an_export_without_a_network_says_so(
    runs_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script_run(runs_dir)
    assert main(["runs", "export", "mine", str(tmp_path / "out")]) == DONE
    told = capsys.readouterr()
    assert "model.keras" not in told.out
    assert told.err == "cnntui: mine has saved no model.keras: only its history is exported.\n"


def test_epochs_count_from_1_and_the_data_are_named(
    runs_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_fake_run(runs_dir)
    assert main(["runs", "show", "fake"]) == 0
    rows = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    assert [row.strip() for row in rows if row.startswith("epoch")] == ["epoch 1", "epoch 2"]
    assert rows["data"].strip() == "MNIST"
    assert main(["runs", "export", "fake", str(tmp_path / "out")]) == 0
    header, *epochs = (tmp_path / "out" / "epochs.csv").read_text().splitlines()
    column = header.split(",").index("epoch")
    assert [row.split(",")[column] for row in epochs] == ["1", "2"]


def test_a_file_in_place_of_the_folder_of_runs_is_said_to_be_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    for words in (["runs"], ["runs", "show", "bundled"], ["read", "bundled"]):
        assert main([*words, "--runs-dir", str(tmp_path / "file")]) == FAILED
        assert capsys.readouterr().err.count("cannot be read: Not a directory.") == 1
    assert main(["runs", "--runs-dir", str(tmp_path / "none")]) == DONE


def test_wrong_usage_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["runs", "rm"], ["runs", "export", "bundled"], ["runs", "burn"]):
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        assert exit_.value.code == WRONG_USAGE


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_failure(runs_dir: Path) -> None:
    write_fake_run(runs_dir)
    command = [sys.executable, "-m", "cnntui", "runs", "show", "fake", "--runs-dir", str(runs_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
