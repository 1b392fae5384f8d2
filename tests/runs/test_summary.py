"""Summaries: what a list says of a run, whether its events fit into a glance or not."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnntui.opening import open_run
from cnntui.runs.directory import RunDirectory, bundled_run, bundled_runs, list_runs, write_atomically
from cnntui.runs.events import Batches, EpochEnd, Failed, Finished, Paused, Resumed, Started, Stopped
from cnntui.runs.follow import RunFollower, Status
from cnntui.runs.history import read_history
from cnntui.runs.lock import RunLock
from cnntui.runs.summary import (
    GLANCE_BYTES,
    Summaries,
    complete,
    epochs_of,
    every_run,
    glance,
    parameters_of,
    summarise,
)
from tests.canned import BEGAN, append, canned_run

END = Finished(BEGAN + 9, 500, 0.04, 0.9876)


def long_run(runs_dir: Path, *after: object, name: str = "long") -> RunDirectory:
    """A run with more events than fit into a glance: 40 epochs of 1,000 batches."""
    run = canned_run(runs_dir, 0, name=name, started=False)
    events: list[object] = [Started(BEGAN, 1, 1000, 40, 64_000, 10_000)]
    losses = np.random.default_rng(1).random(100).tolist()
    for step in range(100, 40_001, 100):
        events.append(Batches(BEGAN + step / 100, step, tuple(losses), tuple(losses)))
        if step % 1000 == 0:
            events.append(EpochEnd(BEGAN + step / 100, step // 1000 - 1, step, 0.1, 0.9, 0.1, step / 50_000, 10.0))
    append(run, *events, *after)  # type: ignore[arg-type]
    assert run.events_path.stat().st_size > GLANCE_BYTES
    return run


def test_it_says_what_the_bundled_run_came_to() -> None:
    run = bundled_run()
    summary = summarise(run)
    history = RunFollower(run).poll().history
    assert (summary.status, summary.epochs_done, summary.parameters) == (Status.FINISHED, 5, 127_978)
    assert summary.test_accuracy == history.epochs[-1].test_accuracy
    assert summary.seconds == pytest.approx(58.4, abs=0.1)
    assert summary.is_whole
    assert not summary.problem


def test_the_settings_say_how_large_a_network_without_snapshots_is(runs_dir: Path) -> None:
    dense = next(run for run in bundled_runs() if run.name == "dense")
    assert not dense.snapshot_steps()
    assert summarise(dense).parameters == open_run(dense).network.parameters
    # Settings alone are no network.
    assert summarise(canned_run(runs_dir, 40)).parameters is None


@pytest.mark.parametrize(
    ("after", "held", "status", "problem"),
    [
        ((END,), False, Status.FINISHED, ""),
        ((Stopped(BEGAN + 9, 240, 0.1, 0.9),), False, Status.STOPPED, ""),
        ((Failed(BEGAN + 9, "The disk is full.", "Make room."),), False, Status.CRASHED, "The disk is full."),
        ((), False, Status.CRASHED, "ended without a word"),
        ((), True, Status.RUNNING, ""),
        ((Paused(BEGAN + 9, 240),), True, Status.PAUSED, ""),
        ((Paused(BEGAN + 9, 240), Resumed(BEGAN + 10, 240)), True, Status.RUNNING, ""),
        ((END, Started(BEGAN + 60, 2, 100, 5, 6400, 10_000, 200)), True, Status.RUNNING, ""),
    ],
)
def test_its_status_is_that_of_a_follower(
    runs_dir: Path, after: tuple[object, ...], held: bool, status: Status, problem: str
) -> None:
    run = canned_run(runs_dir, 240, *after)  # type: ignore[arg-type]
    lock = RunLock(run.lock_path) if held else None
    try:
        summary = summarise(run)
        assert summary.status is status is RunFollower(run).poll().status
    finally:
        if lock is not None:
            lock.release()
    assert summary.epochs_done == (5 if after[-1:] == (END,) else 2)
    assert problem in summary.problem
    assert bool(problem) == bool(summary.problem)


def test_a_run_that_has_not_begun_has_nothing_to_show(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 0, started=False)
    lock = RunLock(run.lock_path)
    summary = summarise(run)
    lock.release()
    assert summary.status is Status.STARTING
    assert (summary.test_accuracy, summary.seconds, summary.parameters, summary.epochs_done) == (None, None, None, 0)


def test_a_glance_at_a_long_run_tells_what_reading_all_of_it_does(runs_dir: Path) -> None:
    run = long_run(runs_dir, Finished(BEGAN + 400, 40_000, 0.1, 0.8))
    first, whole = glance(run), summarise(run)
    for summary in (first, whole):
        assert (summary.status, summary.epochs_done, summary.seconds) == (Status.FINISHED, 40, 400.0)
        assert summary.test_accuracy == 0.8
    assert not first.is_whole
    assert whole.is_whole


def test_of_a_long_run_in_the_middle_of_an_epoch_all_is_known_once_it_is_read_whole(runs_dir: Path) -> None:
    run = long_run(runs_dir)
    values = tuple(np.linspace(0.1, 0.2, 900).tolist())
    append(run, *(Batches(BEGAN + 500, step, values, values) for step in range(40_900, 49_001, 900)))
    first, whole = glance(run), summarise(run)
    assert (first.epochs_done, first.test_accuracy) == (49, None)
    assert (whole.epochs_done, whole.test_accuracy) == (49, 0.8)


def test_summaries_are_made_again_only_where_something_changed(runs_dir: Path) -> None:
    first, second = canned_run(runs_dir, 100, name="first"), canned_run(runs_dir, 100, name="second")
    summaries = Summaries()
    before = summaries.of((first, second))
    assert all(was is now for was, now in zip(before, summaries.of((first, second)), strict=True))
    append(second, Stopped(BEGAN + 9, 100, 0.1, 0.9))
    after = summaries.of((first, second))
    assert after[0] is before[0]
    assert (before[1].status, after[1].status) == (Status.CRASHED, Status.STOPPED)


def test_a_glance_keeps_what_was_counted_before(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 100)
    run.snapshots_path.mkdir()
    weights = {"dense/kernel": np.ones((4, 3), np.float32), "dense/bias": np.ones(3, np.float32)}
    np.savez(run.snapshot_path(100), allow_pickle=False, step=np.int64(100), **weights)
    summaries = Summaries()
    assert summaries.one(run).parameters is None
    summaries.learn([complete(summaries.one(run))])
    assert summaries.one(run).parameters == 15
    append(run, Stopped(BEGAN + 9, 100, 0.1, 0.9))
    assert summaries.one(run).parameters == 15


def test_two_lists_of_the_same_runs_do_not_disturb_each_other(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 100)
    one, other = Summaries(), Summaries()
    lock = RunLock(run.lock_path)
    statuses = [summaries.one(run).status for summaries in (one, other, one)]
    lock.release()
    assert statuses == [Status.RUNNING] * 3
    assert sorted(path.name for path in run.path.iterdir()) == ["config.json", "events.jsonl", "lock"]


def test_a_folder_lists_a_persons_own_runs_before_the_bundled_ones(runs_dir: Path) -> None:
    canned_run(runs_dir, 100, name="mine")
    assert [(run.name, run.read_only) for run in every_run(runs_dir)] == [
        ("mine", False),
        ("bundled", True),
        ("dense", True),
    ]


# What a stranger's folder may hold


def test_a_damaged_run_is_listed_with_what_is_wrong(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 100)
    run.config_path.write_text("{")
    summary = summarise(run)
    assert summary.config is summary.status is None
    assert "not JSON" in summary.problem


@pytest.mark.parametrize(
    "settings",
    ['{"name": "\\u001b[2J", "seed": 1}', '{"name": "a", "seed": 1, "epochs": 1e999}', '{"name": "a", "seed": -5}',
     '{"name": "a", "seed": 1, "learning_rate": NaN}', "[" * 100_000, " " * 2_000_000],
)  # fmt: skip
def test_settings_that_make_no_sense_are_said_to(runs_dir: Path, settings: str) -> None:
    run = canned_run(runs_dir, 100)
    run.config_path.write_text(settings)
    summary = summarise(run)
    assert summary.config is None
    assert summary.problem.isprintable()


def test_a_run_of_a_newer_version_is_shown_as_far_as_it_is_understood(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 200)
    config = replace(run.read_config(), format=99).to_json().replace('"seed"', '"dropout": 0.5, "seed"')
    write_atomically(run.config_path, config.encode())
    with run.events_path.open("a") as file:
        file.write('{"event":"Dreamt","time":1,"of":"sheep"}\n')
    summary = summarise(run)
    assert summary.is_newer
    assert summary.epochs_done == 2
    assert summary.test_accuracy is not None


def test_pipes_and_devices_are_not_waited_for(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 100)
    run.events_path.unlink()
    os.mkfifo(run.events_path)
    os.mkfifo(run.lock_path)
    (run.path / "live.npz").symlink_to("/dev/zero")
    summary = summarise(run)
    assert (summary.status, summary.parameters) == (Status.DAMAGED, None)
    assert "it is a pipe" in summary.problem
    assert summary.config is not None


def test_a_line_without_an_end_is_given_up(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 100)
    with run.events_path.open("ab") as file:
        file.truncate(64 * 1024 * 1024)
    assert summarise(run).epochs_done == 1
    assert glance(run).status is Status.CRASHED


def test_what_is_no_archive_has_no_parameters(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 100)
    run.live_path.write_bytes(b"PK\x03\x04 and nothing else")
    assert parameters_of(run, run.read_config()) is None
    assert [run.name for run in list_runs(runs_dir)] == ["canned"]


def test_the_ends_of_epochs_are_those_of_the_whole_history() -> None:
    assert epochs_of(bundled_run()) == read_history(bundled_run().events_path).epochs
    assert epochs_of(RunDirectory(Path("nowhere"))) == ()
