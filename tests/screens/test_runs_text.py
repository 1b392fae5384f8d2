"""What Runs and Compare say: sorting, filtering, the table, durations, the common axes, what differs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.geometry import Size

from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.status import Status
from cnntui.runs.listing.summary import RunSummary
from cnntui.runs.reading.follow import RunFollower
from cnntui.ui.views.runs import comparison_text, preview
from cnntui.ui.views.runs.comparison_text import By
from cnntui.ui.views.runs.text import (
    COLUMNS,
    Arrangement,
    accuracy_heading,
    details,
    duration,
    page,
    shown_columns,
    table,
    title,
    why_not_resumed,
)
from cnntui.ui.widgets.text.line import plain
from tests.canned import canned_run, texts

PLACE = {column.title: place for place, column in enumerate(COLUMNS)}


def summary(name: str, accuracy: float | None = 0.9, day: int = 1, **values: object) -> RunSummary:
    config = RunConfig(name=name, seed=1, created=f"2023-11-{day:02}T22:13:20.5+00:00")
    found = RunSummary(RunDirectory(Path("/runs", name)), config, Status.FINISHED, accuracy, 5, 61.0, 127_978)
    return replace(found, **values)  # type: ignore[arg-type]


DAMAGED = RunSummary(RunDirectory(Path("/runs/damaged")), problem="The run's config.json is not JSON.")
RUNS = (summary("Alpha", 0.98, 3), summary("beta", None, 1), summary("gamma", 0.99, 2), DAMAGED)


def names(arrangement: Arrangement) -> list[str]:
    return [run.name for run in arrangement.of(RUNS)]


@pytest.mark.parametrize(
    ("column", "order"),
    [("made", ["Alpha", "gamma", "beta", "damaged"]), ("name", ["Alpha", "beta", "damaged", "gamma"]),
     ("test", ["gamma", "Alpha", "beta", "damaged"]), ("took", ["Alpha", "beta", "gamma", "damaged"])],
)  # fmt: skip
def test_runs_are_sorted_by_any_column(column: str, order: list[str]) -> None:
    assert names(Arrangement(PLACE[column])) == order


def test_turned_round_those_without_a_value_stay_last() -> None:
    assert names(Arrangement(PLACE["test"], turned=True)) == ["Alpha", "gamma", "beta", "damaged"]
    assert names(Arrangement(PLACE["name"], turned=True)) == ["gamma", "damaged", "beta", "Alpha"]


def test_letters_of_the_name_filter_in_either_case() -> None:
    assert names(Arrangement(wanted="A")) == ["Alpha", "gamma", "beta", "damaged"]
    assert names(Arrangement(wanted="ALPH")) == ["Alpha"]
    assert names(Arrangement(wanted=".*")) == []


@pytest.mark.parametrize("column", range(len(COLUMNS)))
@pytest.mark.parametrize("turned", [False, True])
def test_every_column_sorts_every_run(column: int, turned: bool) -> None:
    assert sorted(names(Arrangement(column, turned))) == sorted(run.name for run in RUNS)


@pytest.mark.parametrize("width", [58, 78, 118, 200])
def test_lines_of_the_table_are_as_wide_as_their_room(width: int) -> None:
    long = summary("x" * 64, 1.0, epochs_done=10**6, seconds=1e9, parameters=10**12)
    lines = table((*RUNS, long), 0, [], None, Arrangement(), width, 20)
    assert all(len(plain(line)) <= width for line in lines)
    assert len(lines) == 6
    assert "…" in plain(lines[-1])


def test_a_name_that_was_made_from_the_time_fits_at_80_columns() -> None:
    line = plain(table((summary("run-20231114-221320"),), 0, [], None, Arrangement(), 78, 5)[1])
    assert line.split()[1:] == ["run-20231114-221320", "finished", "90.00%", "127,978", "5/5", "1:01", "2023-11-01"]


def test_the_table_marks_what_is_pointed_at_chosen_and_open() -> None:
    paths = [run.run.path for run in RUNS]
    lines = texts(table(RUNS, 1, [paths[2], paths[0]], paths[2], Arrangement(), 78, 9))
    assert [line[:3] for line in lines[1:]] == [" 2 ", "▸  ", " 1●", "   "]
    assert "made▾" in lines[0]
    assert "damaged" in lines[4]


def test_the_table_shows_the_page_that_is_pointed_at() -> None:
    runs = [summary(f"run-{place:02}") for place in range(25)]
    assert [page(place, 10) for place in (0, 9, 10, 24)] == [0, 0, 10, 20]
    lines = texts(table(runs, 24, [], None, Arrangement(), 78, 11))
    assert len(lines) == 6
    assert lines[-1].startswith("▸   run-24")
    assert "page 3 of 3" in plain(title(25, 25, 24, 0, Arrangement(), 78, 10))
    assert "2 of 25 runs with “a”" in plain(title(2, 25, 0, 0, Arrangement(wanted="a"), 78, 10))


def test_columns_come_with_the_width() -> None:
    shown = {width: {COLUMNS[place].title for place in shown_columns(width)} for width in (58, 78, 118, 200)}
    assert shown[58] == {"name", "status", "test", "epochs", "took"}
    assert shown[78] == shown[58] | {"parameters", "made"}
    assert shown[118] == shown[78] | {"best", "settings"}
    assert shown[200] == shown[118] - {"made"} | {"made (UTC)"}


def test_the_best_epoch_is_shown_where_a_later_one_was_worse() -> None:
    worse = summary("run-20231114-221320", 0.98, best_accuracy=0.9912, best_epoch=3)
    best = summary("best", 0.98, best_accuracy=0.98, best_epoch=5)
    heading, first, second = texts(table((worse, best), 0, [], None, Arrangement(), 118, 5))
    assert first.split()[1:5] == ["run-20231114-221320", "finished", "98.00%", "99.12%"]
    assert first.index("99.12%") + 6 == heading.index("best") + 4
    assert second.split()[:4] == ["best", "finished", "98.00%", "127,978"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0, "0 s"), (59.4, "59 s"), (59.6, "1:00"), (725, "12:05"), (10927, "3:02:07"), (1e6, "11 days"),
     (float("nan"), ""), (float("inf"), ""), (-1, "")],
)  # fmt: skip
def test_durations(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words


def test_the_details_say_what_is_wrong_or_new() -> None:
    newer = summary("newer", config=replace(RUNS[0].config, format=7))  # type: ignore[type-var]
    crashed = summary("crashed", status=Status.CRASHED, problem="The disk is full.")
    bundled = summary("bundled", run=RunDirectory(Path("/x/bundled"), read_only=True))
    assert [texts(details(run, "", 78))[1] for run in (newer, crashed, bundled, RUNS[0])] == [
        "Made by a newer cnntui (format 7). What this one understands is shown.",
        "R resumes it, N renames it, x deletes it",
        "comes with cnntui and cannot be changed; E exports it",
        "N renames it, E exports it, x deletes it",
    ]
    assert texts(details(crashed, "", 78))[0] == "The disk is full."
    assert texts(details(DAMAGED, "", 78)) == ["The run's config.json is not JSON."]
    longer = summary("crashed", status=Status.CRASHED, problem="The trainer was killed, or the machine went down.")
    assert texts(details(longer, "", 30, 3)) == [
        "The trainer was killed, or the", "machine went down.", "R resumes it, N renames it, x deletes it",
    ]  # fmt: skip
    assert texts(details(longer, "", 30, 2))[0].endswith("…")
    assert texts(details(None, "zz", 78)) == ["No run has “zz” in its name.", "esc lists all again"]


# Compare


def test_lines_of_several_runs_have_common_axes(runs_dir: Path) -> None:
    views = [RunFollower(canned_run(runs_dir, batches, name=f"to-{batches}")).poll() for batches in (100, 400)]
    comparison = comparison_text.loss_comparison(views, By.STEP)
    assert comparison.last == 400
    assert [int(steps[-1]) for steps, _ in comparison.lines] == [100, 400]
    assert comparison.marks[-1] == (400, "400")
    assert comparison_text.accuracy_comparison(views, By.STEP).axis.high == 1.0


def test_time_leaves_pauses_out(runs_dir: Path) -> None:
    straight = RunFollower(canned_run(runs_dir, 200)).poll().history
    moved = replace(straight, event_times=straight.event_times + np.where(straight.event_steps > 100, 90_000.0, 0.0))
    plain_end = float(comparison_text.seconds_of(straight, straight.steps)[-1])
    paused_end = float(comparison_text.seconds_of(moved, moved.steps)[-1])
    assert plain_end == pytest.approx(200 / 125, abs=1e-3)
    assert paused_end == pytest.approx(plain_end + comparison_text.LONGEST_PAUSE, abs=0.5)


def test_runs_without_a_batch_have_empty_lines(runs_dir: Path) -> None:
    view = RunFollower(canned_run(runs_dir, 0, name="none")).poll()
    for by in By:
        assert all(len(steps) == 0 for steps, _ in comparison_text.loss_comparison([view], by).lines)
        assert comparison_text.accuracy_comparison([view], by).last == 1
    assert "–" in texts(comparison_text.legend([view], Size(78, 8)))[1]


def test_the_legend_names_what_differs_as_far_as_there_is_room(runs_dir: Path) -> None:
    views = [RunFollower(canned_run(runs_dir, 100, name=name)).poll() for name in ("one", "two")]
    assert texts(comparison_text.legend(views, Size(78, 8)))[-1] == "their settings are the same"
    views[1] = replace(views[1], config=replace(views[1].config, learning_rate=0.01, optimizer="adam", seed=9))
    lines = texts(comparison_text.legend(views, Size(78, 8)))
    assert lines[0].split() == ["test", "optimizer", "rate", "seed", "loss"]
    assert lines[2].split() == ["2", "two", "95.00%", "adam", "0.01", "9", lines[1].split()[-1]]
    assert "+2 more" in texts(comparison_text.legend(views, Size(40, 5)))[0]
    heads = texts(comparison_text.legend(views, Size(40, 8)))[::3]
    assert [head.split() for head in heads] == [["test", "optimizer", "rate", "seed"], ["loss"]]


def test_peaks_stay_in_a_chart_of_a_million_batches() -> None:
    from cnntui.runs.history.history import History
    from cnntui.ui.views.base.curves.curves import MOST_POINTS, loss_curve

    losses = np.full(1_000_000, 0.1, np.float32)
    losses[777_777], losses[123_456] = 9.0, 0.001
    curve, _ = loss_curve(History(losses, losses))
    steps, values = curve.points
    assert len(steps) <= MOST_POINTS
    assert int(steps[values.argmax()]) == 777_778
    assert int(steps[values.argmin()]) == 123_457


def test_a_list_with_a_scripts_run_does_not_call_its_accuracies_those_of_a_test() -> None:
    assert accuracy_heading(RUNS) == "test"
    script = summary("mine", config=RunConfig(name="mine", seed=None, model=None, script="train.py"))
    runs = (*RUNS, script)
    assert accuracy_heading(runs) == "unseen"
    heading = table(runs, 0, (), None, Arrangement(PLACE["test"]), 80, 9, accuracy_heading(runs))[0]
    assert "unseen▾" in texts([heading])[0]
    assert texts([title(5, 5, 0, 0, Arrangement(PLACE["test"]), 80, 9, "unseen")])[0].endswith(
        "sorted by accuracy on unseen images"
    )


@pytest.mark.parametrize(
    ("status", "script", "why"),
    [
        (Status.CRASHED, "", ""),
        (Status.STOPPED, "", ""),
        (Status.FINISHED, "", "this run is finished"),
        (Status.RUNNING, "", "this run is running"),
        (Status.CRASHED, "train.py", "train.py trains this run: start it again"),
    ],
)
def test_only_what_cnntui_trains_can_be_resumed(status: Status, script: str, why: str) -> None:
    run = summary("mine", status=status, config=RunConfig(name="mine", seed=None, script=script))
    assert why_not_resumed(run) == why
    assert texts(details(run, "", 80))[1].startswith("R resumes it") == (not why)


@pytest.mark.parametrize(("settings", "lacks"), [({"model": None, "script": "a.py"}, True), ({}, False)])
def test_settings_that_a_run_does_not_have_are_not_listed(settings: dict[str, Any], lacks: bool) -> None:
    _, entries = preview.settings("mine", RunConfig(name="mine", seed=None, **settings), None)
    listed = " ".join(texts(entries))
    for name in ("filters", "kernel size", "padding", "pooling", "dense", "device", "digits"):
        assert (name in listed) != lacks
