"""Renaming and removing runs, which never reaches outside their folder."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.lock import RunLock, is_held
from cnntui.runs.directory.manage import remove, rename
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run, find_run, list_runs
from cnntui.runs.reading.follow import RunFollower
from tests.canned import append, canned_run, learn
from tests.permissions import permissions_count

CHANGES: dict[str, Callable[[RunDirectory, Path], object]] = {
    "renamed": lambda run, runs_dir: rename(run, "other", runs_dir),
    "removed": remove,
}


@pytest.fixture
def run(runs_dir: Path) -> RunDirectory:
    return canned_run(runs_dir, 100, name="mine")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Someone else's folder with a file in it."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "precious").write_text("keep me")
    return folder


def test_a_renamed_run_is_found_under_its_new_name_alone(run: RunDirectory, runs_dir: Path) -> None:
    renamed = rename(run, "better-name", runs_dir)
    assert [found.name for found in list_runs(runs_dir)] == ["better-name"]
    assert renamed.read_config().name == "better-name"
    assert find_run("better-name", runs_dir) == renamed


def test_renaming_keeps_settings_that_this_version_does_not_know(run: RunDirectory, runs_dir: Path) -> None:
    values = json.loads(run.config_path.read_text()) | {"dropout": 0.5, "format": 7}
    run.config_path.write_text(json.dumps(values))
    renamed = rename(run, "other", runs_dir)
    assert json.loads(renamed.config_path.read_text()) == values | {"name": "other"}


def test_a_follower_does_not_mind_that_its_run_is_renamed(run: RunDirectory, runs_dir: Path) -> None:
    follower = RunFollower(run)
    before = follower.poll()
    renamed = rename(run, "other", runs_dir)
    append(renamed)
    assert follower.poll().history is before.history
    learn(renamed, 100, 120)
    assert RunFollower(renamed).poll().step == 120


@pytest.mark.parametrize("name", ["", ".", "..", "../up", "a/b", "-rf", "a\x1b[2J", "a\nb", "x" * 65])
def test_names_that_could_lead_elsewhere_are_refused(run: RunDirectory, runs_dir: Path, name: str) -> None:
    with pytest.raises(CnntuiError, match="cannot be the name"):
        rename(run, name, runs_dir)
    assert [found.name for found in list_runs(runs_dir)] == ["mine"]


def test_a_name_that_is_taken_is_refused_and_both_runs_stay(run: RunDirectory, runs_dir: Path) -> None:
    canned_run(runs_dir, 20, name="taken")
    with pytest.raises(CnntuiError, match="called taken already"):
        rename(run, "taken", runs_dir)
    assert {found.name for found in list_runs(runs_dir)} == {"mine", "taken"}
    assert run.read_config().name == "mine"


def test_a_damaged_run_can_be_renamed_and_removed(run: RunDirectory, runs_dir: Path) -> None:
    run.config_path.write_text("{")
    renamed = rename(run, "broken", runs_dir)
    assert renamed.config_path.read_text() == "{"
    remove(renamed, runs_dir)
    assert list(runs_dir.iterdir()) == []


def test_a_removed_run_is_gone(run: RunDirectory, runs_dir: Path) -> None:
    canned_run(runs_dir, 20, name="stays")
    remove(run, runs_dir)
    assert [path.name for path in runs_dir.iterdir()] == ["stays"]


@pytest.mark.parametrize("what", CHANGES)
def test_a_run_that_is_being_trained_stays_as_it_is(run: RunDirectory, runs_dir: Path, what: str) -> None:
    lock = RunLock(run.lock_path)
    with pytest.raises(CnntuiError, match=f"is being trained and cannot be {what}"):
        CHANGES[what](run, runs_dir)
    lock.release()
    assert run.exists()


@pytest.mark.parametrize("what", CHANGES)
def test_the_bundled_run_stays_as_it_is(runs_dir: Path, what: str) -> None:
    with pytest.raises(CnntuiError, match="comes with cnntui"):
        CHANGES[what](bundled_run(), runs_dir)
    assert bundled_run().exists()


@pytest.mark.parametrize("what", CHANGES)
def test_folders_elsewhere_stay_as_they_are(tmp_path: Path, runs_dir: Path, what: str) -> None:
    foreign = canned_run(tmp_path / "foreign", 20)
    with pytest.raises(CnntuiError, match="not in the runs folder"):
        CHANGES[what](foreign, runs_dir)
    assert foreign.exists()


@pytest.mark.parametrize("what", CHANGES)
def test_a_folder_that_may_not_be_written_is_said_to_be_one(run: RunDirectory, runs_dir: Path, what: str) -> None:
    runs_dir.chmod(0o500)
    try:
        with permissions_count(), pytest.raises(CnntuiError, match=f"mine cannot be {what}"):
            CHANGES[what](run, runs_dir)
    finally:
        runs_dir.chmod(0o700)
    assert run.read_config().name == "mine"


# In the middle of it


def test_a_run_that_begins_to_train_while_it_is_removed_stays(
    run: RunDirectory, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
    locks: list[RunLock] = []
    rename_folder = os.rename

    def begin_first(old: Path, new: Path) -> None:
        if not locks:
            locks.append(RunLock(run.lock_path))
        rename_folder(old, new)

    monkeypatch.setattr(os, "rename", begin_first)
    with pytest.raises(CnntuiError, match="is being trained and cannot be removed"):
        remove(run, runs_dir)
    assert is_held(run.lock_path)
    assert [path.name for path in runs_dir.iterdir()] == ["mine"]
    assert {path: path.read_bytes() for path in files} == files
    locks[0].release()
    remove(run, runs_dir)
    assert list(runs_dir.iterdir()) == []


def test_a_folder_in_the_middle_of_its_removal_is_no_run(
    run: RunDirectory, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile: list[list[str]] = []

    def look_first(folder: Path) -> None:
        assert (folder / "config.json").exists()
        meanwhile.append([found.name for found in list_runs(runs_dir)])
        remove_tree(folder)

    remove_tree = shutil.rmtree
    monkeypatch.setattr(shutil, "rmtree", look_first)
    canned_run(runs_dir, 20, name="stays")
    remove(run, runs_dir)
    assert meanwhile == [["stays"]]


def test_what_is_left_of_a_removal_that_failed_is_seen_again(
    run: RunDirectory, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_halfway(folder: Path) -> None:
        (folder / "events.jsonl").unlink()
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(shutil, "rmtree", fail_halfway)
    with pytest.raises(CnntuiError, match="mine cannot be removed: Input/output error"):
        remove(run, runs_dir)
    assert [found.name for found in list_runs(runs_dir)] == ["mine"]


# Links


def test_removing_follows_no_link(run: RunDirectory, runs_dir: Path, elsewhere: Path) -> None:
    (run.path / "snapshots").symlink_to(elsewhere)
    (run.path / "train.log").symlink_to(elsewhere / "precious")
    remove(run, runs_dir)
    assert (elsewhere / "precious").read_text() == "keep me"
    assert list(runs_dir.iterdir()) == []


def test_of_a_run_that_is_a_link_the_link_alone_is_changed(tmp_path: Path, runs_dir: Path) -> None:
    real = canned_run(tmp_path / "archive", 20, name="real")
    before = real.config_path.read_bytes()
    runs_dir.mkdir()
    (runs_dir / "link").symlink_to(real.path)
    renamed = rename(RunDirectory(runs_dir / "link"), "other", runs_dir)
    assert real.config_path.read_bytes() == before
    remove(renamed, runs_dir)
    assert list(runs_dir.iterdir()) == []
    assert real.exists()


def test_renaming_writes_through_no_link(run: RunDirectory, runs_dir: Path, tmp_path: Path) -> None:
    outside = tmp_path / "config.json"
    run.config_path.rename(outside)
    run.config_path.symlink_to(outside)
    before = outside.read_bytes()
    rename(run, "other", runs_dir)
    assert outside.read_bytes() == before


def test_a_file_that_is_written_beside_another_is_never_a_link_that_was_there(
    run: RunDirectory, runs_dir: Path, elsewhere: Path
) -> None:
    (run.path / f".config.{os.getpid()}.json").symlink_to(elsewhere / "precious")
    renamed = rename(run, "other", runs_dir)
    assert (elsewhere / "precious").read_text() == "keep me"
    assert renamed.read_config().name == "other"


def test_a_lock_that_is_a_link_makes_no_file_elsewhere(run: RunDirectory, elsewhere: Path) -> None:
    run.lock_path.symlink_to(elsewhere / "new")
    with pytest.raises(OSError, match="lock"):
        RunLock(run.lock_path)
    assert [path.name for path in elsewhere.iterdir()] == ["precious"]
