"""Summaries: what a list says about a run, whether or not its events fit into a glance."""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.parameters import parameters_of
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run, bundled_runs, list_runs
from cnntui.runs.directory.status import Status
from cnntui.runs.directory.writing import write_atomically
from cnntui.runs.history.events import (
    Batches,
    EpochEnd,
    Event,
    Failed,
    Finished,
    Launched,
    Paused,
    Resumed,
    Started,
    Stopped,
)
from cnntui.runs.history.history_builder import read_history
from cnntui.runs.listing.glance import GLANCE_BYTES, SEARCHED_BYTES, epochs_of, glance
from cnntui.runs.listing.summaries import FEW, Summaries, index_path, newest_first
from cnntui.runs.listing.summary import RunSummary, complete
from cnntui.runs.reading.follow import RunFollower
from cnntui.runs.reading.opening import open_run
from tests.canned import BEGAN, append, canned_run, learn, summarise

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
        ((), False, Status.CRASHED, "exited unexpectedly"),
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
        view = RunFollower(run).poll()
        assert summary.status is status is view.status
        assert summary.step == (500 if after[-1:] == (END,) else view.step)
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


@pytest.mark.slow
def test_of_a_long_run_in_the_middle_of_a_long_epoch_the_last_test_is_found(runs_dir: Path) -> None:
    run = long_run(runs_dir)
    values = tuple(np.linspace(0.1, 0.2, 900).tolist())
    append(run, *(Batches(BEGAN + 500, step, values, values) for step in range(40_900, 149_001, 900)))
    assert run.events_path.stat().st_size > 20 * GLANCE_BYTES
    summary = glance(run)
    assert (summary.epochs_done, summary.test_accuracy) == (148, 0.8)


@pytest.mark.parametrize(("epochs", "size"), [(3, 0), (30, GLANCE_BYTES), (300, SEARCHED_BYTES)])
@pytest.mark.slow
def test_the_best_epoch_is_found_wherever_it_is(runs_dir: Path, epochs: int, size: int) -> None:
    best, begun = epochs // 2, Started(BEGAN, 1, 100, epochs, 60_000, 10_000)
    events: list[Event] = [begun]
    for epoch in range(epochs):
        values = tuple(np.linspace(0.1, 0.2, 900).tolist())
        events.append(Batches(BEGAN + epoch, 100 * (epoch + 1), values, values))
        accuracy = {best: 0.99, best + 1: 0.99}.get(epoch, math.nan if epoch % 2 else 0.9)
        events.append(EpochEnd(BEGAN + epoch, epoch, 100 * (epoch + 1), 0.1, 0.9, 0.1, accuracy, 1.0))
    run = canned_run(runs_dir, 0, started=False)
    append(run, *events)
    assert run.events_path.stat().st_size > size
    summary = glance(run)
    found = (summary.best_epoch, summary.best_accuracy)
    assert found == ((None, None) if size == SEARCHED_BYTES else (best + 1, 0.99))
    follower = RunFollower(run).poll().history.best_epoch
    assert follower is not None
    assert follower.epoch == best


def test_an_epoch_that_was_learned_again_counts_as_it_ended_last(runs_dir: Path) -> None:
    ends = [EpochEnd(BEGAN + 9, 0, 100, 0.1, 0.9, 0.1, accuracy, 1.0) for accuracy in (0.99, 0.95)]
    run = canned_run(runs_dir, 0, started=False)
    append(run, Started(BEGAN, 1, 100, 1, 60_000, 10_000), *ends)
    assert (glance(run).best_accuracy, glance(run).better) == (0.95, None)


def test_a_run_that_is_gone_on_with_starts_again(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 240, Stopped(BEGAN + 9, 240, 0.1, 0.9), Launched(BEGAN + 20))
    lock = RunLock(run.lock_path)
    assert glance(run).status is Status.STARTING is RunFollower(run).poll().status
    lock.release()
    assert glance(run).status is Status.CRASHED


def named(summaries: Iterable[RunSummary]) -> dict[str, RunSummary]:
    return {summary.name: summary for summary in summaries}


def test_summaries_are_made_again_only_where_something_changed(runs_dir: Path) -> None:
    canned_run(runs_dir, 100, name="first")
    second = canned_run(runs_dir, 100, name="second")
    summaries = Summaries(runs_dir)
    before = named(summaries.every())
    assert named(summaries.every()) == before
    append(second, Stopped(BEGAN + 9, 100, 0.1, 0.9))
    after = named(summaries.every())
    assert after["first"] is before["first"]
    assert (before["second"].status, after["second"].status) == (Status.CRASHED, Status.STOPPED)


def test_news_are_of_new_runs_and_of_those_that_are_trained(runs_dir: Path) -> None:
    trained, still = canned_run(runs_dir, 100, name="trained"), canned_run(runs_dir, 100, name="still")
    lock = RunLock(trained.lock_path)
    summaries = Summaries(runs_dir)
    summaries.every()
    append(still, Stopped(BEGAN + 9, 100, 0.1, 0.9))
    learn(trained, 100, 200)
    news = named(summaries.news())
    assert (news["trained"].epochs_done, news["still"].status) == (2, Status.CRASHED)
    canned_run(runs_dir, 100, name="new")
    lock.release()
    news = named(summaries.news())
    assert (news["trained"].status, news["still"].status) == (Status.CRASHED, Status.STOPPED)
    assert "new" in news


def test_what_was_counted_is_not_counted_again(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 100)
    run.snapshots_path.mkdir()
    weights = {"dense/kernel": np.ones((4, 3), np.float32), "dense/bias": np.ones(3, np.float32)}
    np.savez(run.snapshot_path(100), allow_pickle=False, step=np.int64(100), **weights)
    summaries = Summaries(runs_dir)
    assert named(summaries.every())["canned"].parameters is None
    summaries.learn(complete(summary) for summary in summaries.listed)
    assert named(summaries.listed)["canned"].parameters == 15
    append(run, Stopped(BEGAN + 9, 100, 0.1, 0.9))
    assert named(summaries.every())["canned"].parameters == 15


def test_two_lists_of_the_same_runs_do_not_disturb_each_other(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 100)
    one, other = Summaries(runs_dir), Summaries(runs_dir)
    lock = RunLock(run.lock_path)
    statuses = [named(summaries.every())["canned"].status for summaries in (one, other, one)]
    lock.release()
    assert statuses == [Status.RUNNING] * 3
    assert sorted(path.name for path in run.path.iterdir()) == ["config.json", "events.jsonl", "lock"]


def test_a_folder_lists_a_persons_own_runs_before_the_bundled_ones(runs_dir: Path) -> None:
    canned_run(runs_dir, 100, name="mine")
    assert [(summary.name, summary.run.read_only) for summary in Summaries(runs_dir).every()] == [
        ("mine", False),
        ("bundled", True),
        ("dense", True),
    ]


# The index


@pytest.fixture
def many(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, RunSummary]:
    """More than a few runs, some of them odd, and what was found when an index of them was written."""
    monkeypatch.setattr("cnntui.runs.listing.summaries.FEW", 4)
    monkeypatch.setattr("cnntui.runs.listing.summaries._RUNS_A_LINE", 3)
    for number in range(6):
        canned_run(runs_dir, 40 * number, *([END] if number % 2 else []), name=f"run-{number}")
    canned_run(runs_dir, 100, name="damaged").config_path.write_text("{")
    canned_run(runs_dir, 100, name="odd").path.rename(runs_dir / "Odd \x1b")
    canned_run(runs_dir, 100, name="pipe").events_path.unlink()
    os.mkfifo(runs_dir / "pipe" / "events.jsonl")
    summaries = Summaries(runs_dir)
    summaries.learn(complete(summary) for summary in summaries.every())
    summaries.keep()
    assert index_path(runs_dir).exists()
    return named(summaries.listed)


def told(summary: RunSummary) -> tuple[object, ...]:
    """A summary without the versions of packages, which no list shows."""
    config = None if summary.config is None else replace(summary.config, versions={})
    return (*(getattr(summary, f.name) for f in fields(summary) if f.name != "config"), config)


def test_the_index_tells_what_reading_told(
    runs_dir: Path, many: dict[str, RunSummary], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnntui.runs.listing.glance.glance", lambda run, held: pytest.fail(f"{run} was read again"))
    found = named(Summaries(runs_dir).every())
    assert {name: told(summary) for name, summary in found.items()} == {
        name: told(summary) for name, summary in many.items()
    }
    assert "Odd \\x1b" in found
    assert {name: summary.folded_name for name, summary in found.items()} == {name: name.casefold() for name in found}
    own = [name for name, summary in found.items() if not summary.run.read_only]
    assert len(own) == len(found) - len(bundled_runs())
    assert [run.name for run in newest_first(runs_dir)] == own


def test_a_network_is_counted_once_its_checkpoint_is_there(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 100)
    assert not run.snapshots_path.exists()
    summaries = Summaries(runs_dir)
    for _ in range(2):
        summaries.learn(complete(summary) for summary in summaries.every())
        assert named(summaries.listed)["canned"].parameters is None
    known = named(summaries.listed)["canned"]
    assert named(summaries.every())["canned"] is known
    run.checkpoint_path.write_bytes(b"a network")
    summaries.learn(complete(summary) for summary in summaries.every())
    assert named(summaries.listed)["canned"].parameters == 127_978


def test_the_index_is_not_believed_of_a_run_that_has_changed(runs_dir: Path, many: dict[str, RunSummary]) -> None:
    run = many["run-2"].run
    before = run.events_path.stat()
    content = run.events_path.read_bytes()
    run.events_path.write_bytes(content.replace(b'"time":', b'"tame":'))
    os.utime(run.events_path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run.events_path.stat().st_size == before.st_size
    found = named(Summaries(runs_dir).every())
    assert (many["run-2"].step, found["run-2"].step) == (80, 0)
    lock = RunLock(many["run-4"].run.lock_path)
    assert named(Summaries(runs_dir).every())["run-4"].status is Status.RUNNING
    lock.release()


OLDER = b"%08x %s\n" % (zlib.crc32(b'[1, "run-2", [0], {}]'), b'[1, "run-2", [0], {}]')
"""A valid line of an index that another version wrote."""


@pytest.mark.parametrize(
    "damage", [b"", b"garbage\n", b"\xff\x00" * 999, b"00000000 [1, 2]\n", OLDER, b"cut off", b"folder"]
)
def test_without_a_sound_index_all_is_read_again(runs_dir: Path, many: dict[str, RunSummary], damage: bytes) -> None:
    path = index_path(runs_dir)
    if damage == b"folder":
        path.unlink()
        path.mkdir()
    elif damage == b"cut off":
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([lines[0][:-9] + b"\n", lines[1].replace(b"1", b"2"), *lines[2:]])[:-20])
    else:
        path.write_bytes(damage)
    found = named(Summaries(runs_dir).every())
    assert {name: summary.status for name, summary in found.items()} == {
        name: summary.status for name, summary in many.items()
    }
    summaries = Summaries(runs_dir)
    summaries.every()
    summaries.keep()  # where it cannot be written, nothing happens


def test_few_runs_leave_nothing_behind(runs_dir: Path) -> None:
    for number in range(3):
        canned_run(runs_dir, 100, name=f"run-{number}")
    assert FEW > 3
    summaries = Summaries(runs_dir)
    summaries.every()
    summaries.keep()
    assert not index_path(runs_dir).parent.exists()


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
    ids=["control characters", "infinity", "negative", "NaN", "nested", "blanks"],
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


@pytest.mark.parametrize("torn", ['{"event":"EpochEnd","time":1,"epo', "\x00\x00\x00", "[]", "\udcff"])
def test_what_comes_after_a_torn_line_counts(runs_dir: Path, torn: str) -> None:
    run = canned_run(runs_dir, 200)
    with run.events_path.open("ab") as file:
        file.write(torn.encode("utf-8", "surrogateescape") + b"\n")
    learn(run, 200, 500)
    append(run, Finished(BEGAN + 9, 500, 0.04, 0.99))
    summary = summarise(run)
    assert (summary.status, summary.epochs_done, summary.test_accuracy) == (Status.FINISHED, 5, 0.99)


@pytest.mark.slow
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
