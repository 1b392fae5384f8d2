"""Run directories: created under safe names, listed newest first, and without half-written files."""

from __future__ import annotations

import errno
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from cnntui.files.assets import asset
from cnntui.files.errors import CnntuiError
from cnntui.runs.config.run_config import new_config
from cnntui.runs.directory.run_directory import (
    DENSE,
    RunDirectory,
    bundled_run,
    bundled_runs,
    create_run,
    default_runs_dir,
    find_run,
    lab_run,
    list_runs,
    remove_unfinished,
)
from cnntui.runs.directory.writing import RUNS_DIR_VARIABLE, write_atomically


def make_run(runs_dir: Path, name: str, created: str) -> RunDirectory:
    run = create_run(name, runs_dir)
    write_atomically(run.config_path, replace(new_config(name=name), created=created).to_json().encode())
    return run


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "file.bin"
    write_atomically(target, b"old")
    write_atomically(target, lambda beside: beside.write_bytes(b"new") and None)
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["file.bin"]


def test_a_link_in_the_way_is_not_written_through(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (tmp_path / f".file.{os.getpid()}.bin").symlink_to(outside)
    (tmp_path / "file.bin").symlink_to(outside)
    write_atomically(tmp_path / "file.bin", b"new")
    assert outside.read_text() == "mine"
    assert (tmp_path / "file.bin").read_bytes() == b"new"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "model.keras"
    write_atomically(target, b"old")

    def fill_the_disk(beside: Path) -> None:
        assert beside.suffix == target.suffix
        beside.write_bytes(b"half of the ne")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(CnntuiError, match=r"no room left.*model\.keras"):
        write_atomically(target, fill_the_disk)
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["model.keras"]


def test_a_bug_while_writing_is_not_mistaken_for_a_full_disk(tmp_path: Path) -> None:
    def bug(beside: Path) -> None:
        beside.write_bytes(b"half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_atomically(tmp_path / "file", bug)
    assert os.listdir(tmp_path) == []


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    assert [create_run("again", tmp_path).name for _ in range(3)] == ["again", "again-2", "again-3"]


def test_what_a_killed_trainer_left_unfinished_is_removed_and_nothing_else(tmp_path: Path) -> None:
    run = make_run(tmp_path, "killed", "2026-01-01T00:00:00+00:00")
    run.snapshots_path.mkdir()
    unfinished = (".model.12.keras", ".live.12.npz", ".step.12.npz", "snapshots/.00000004.12.npz")
    others = (".control.13.json", ".hidden", ".model.keras", "model.keras", "live.npz", "snapshots/00000004.npz")
    for name in (*unfinished, *others):
        (run.path / name).write_text("")
    remove_unfinished(run)
    assert not any((run.path / name).exists() for name in unfinished)
    assert all((run.path / name).exists() for name in (*others, "config.json"))


def test_a_bundled_run_is_read_only_by_its_path_too(tmp_path: Path) -> None:
    assert find_run(str(bundled_run().path), tmp_path).read_only


def test_a_runs_folder_that_cannot_be_made_is_an_error_for_people(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CnntuiError, match="cannot be written") as caught:
        create_run("run", tmp_path / "file" / "runs")
    assert "--runs-dir" in caught.value.hint


def test_runs_are_listed_newest_first_and_other_folders_are_none(tmp_path: Path) -> None:
    make_run(tmp_path, "middle", "2026-02-01T00:00:00+00:00")
    make_run(tmp_path, "old", "2026-01-01T00:00:00+00:00")
    make_run(tmp_path, "new", "2026-03-01T00:00:00+00:00")
    create_run("damaged", tmp_path).config_path.write_text("{")
    create_run("not-yet", tmp_path)
    (tmp_path / "a-file").write_text("")
    assert [run.name for run in list_runs(tmp_path)] == ["new", "middle", "old", "damaged"]
    assert list_runs(tmp_path / "nowhere") == ()


def test_a_run_is_found_by_name_or_path(tmp_path: Path) -> None:
    run = make_run(tmp_path / "runs", "mine", "2026-01-01T00:00:00+00:00")
    elsewhere = make_run(tmp_path / "elsewhere", "theirs", "2026-01-01T00:00:00+00:00")
    assert find_run("mine", tmp_path / "runs") == run
    assert find_run(str(elsewhere.path), tmp_path / "runs") == elsewhere
    with pytest.raises(CnntuiError, match="no run called 'theirs'") as caught:
        find_run("theirs", tmp_path / "runs")
    assert "mine" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "said"),
    [("folder", "The folder folder is not a run"), ("x.h5", "x.h5 is a file, not a run"),
     ("notes.txt", "notes.txt is a file, not a run"), ("gone.h5", "no run called 'gone.h5'"),
     ("./gone", "no run and no file ./gone"), ("gone", "no run called 'gone'"), ("", "no run called ''"),
     ("a\0b", "no run called")],
)  # fmt: skip
def test_what_is_no_run_is_called_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    for file in ("x.h5", "notes.txt"):
        Path(file).write_bytes(b"x")
    with pytest.raises(CnntuiError, match=said):
        find_run(name, tmp_path / "runs")


def test_the_bundled_run_is_read_only_complete_and_tells_nothing_about_the_machine_that_made_it(
    tmp_path: Path,
) -> None:
    run = find_run("bundled", tmp_path)
    assert run in bundled_runs()
    assert run.read_only
    assert run.read_config().data is None
    steps = run.snapshot_steps()
    assert steps[0] == 0
    assert len(steps) <= 48
    assert {path.name for path in run.path.iterdir()} == {
        "config.json",
        "events.jsonl",
        "model.keras",
        "snapshots",
        "train.log",
    }
    for text in (run.config_path, run.events_path, run.log_path):
        assert_tells_nothing_about_the_machine(text)


def assert_tells_nothing_about_the_machine(path: Path) -> None:
    roots = ("/home", "/Users", str(Path.home()), tempfile.gettempdir())
    assert not any(root in path.read_text() for root in roots)


def test_what_ships_for_the_labs_is_small_and_tells_nothing_about_the_machine_that_made_it() -> None:
    dense = bundled_run(DENSE)
    assert {path.name for path in dense.path.iterdir()} == {"config.json", "events.jsonl", "model.keras"}
    histories = [RunDirectory(path, read_only=True) for path in asset("lab-runs").iterdir()]
    assert all(lab_run(run.name) == run for run in histories)
    for run in (dense, *histories):
        assert run.read_config().name == run.name
        for text in (run.config_path, run.events_path):
            assert_tells_nothing_about_the_machine(text)
    for run in histories:
        assert {path.name for path in run.path.iterdir()} == {"config.json", "events.jsonl"}
    root = asset("runs").parent
    assert sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) < 30e6


def test_the_default_folder_can_be_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUNS_DIR_VARIABLE, "~/elsewhere")
    assert default_runs_dir() == Path.home() / "elsewhere"
    monkeypatch.delenv(RUNS_DIR_VARIABLE)
    assert default_runs_dir().parts[-2:] == ("cnntui", "runs")


def test_a_damaged_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(CnntuiError, match="is no run"):
        RunDirectory(tmp_path).read_config()
