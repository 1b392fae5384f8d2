"""The words of the time line and of a kernel's history."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.trajectory import Trajectory
from cnntui.explore.timeline import Timeline
from cnntui.runs.directory.run_directory import bundled_run
from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunFollower, RunView
from cnntui.ui.views.base import time_text
from cnntui.ui.views.kernel_time import text as kernel_time_text
from cnntui.ui.widgets.text.line import plain
from tests.canned import canned_run, curves

KEPT = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, *range(469, 4691, 469))
TIMELINE = Timeline(KEPT, total=4690, shown=469, following=False, open=True)


@pytest.fixture(scope="module")
def bundled() -> RunView:
    return RunFollower(bundled_run()).poll()


def said(timeline: Timeline, run: RunView | None) -> str:
    return "  ".join(text for text, _ in time_text.facts(timeline, run))


def test_each_step_is_said_with_what_is_known_of_it(bundled: RunView) -> None:
    right = round(float(bundled.history.accuracies[469]) * 64)
    assert said(TIMELINE, bundled) == f"batch 469  epoch 0.5  {right} of next 64 right"
    assert said(replace(TIMELINE, shown=4690), bundled) == "batch 4,690  epoch 5  test 99.13%"
    right = round(float(bundled.history.accuracies[0]) * 64)
    start = f"batch 0  random: nothing learned yet  {right} of next 64 right"
    assert said(replace(TIMELINE, shown=0), bundled) == start


def test_where_no_step_was_kept_it_is_said_why(bundled: RunView, runs_dir: Path) -> None:
    run = canned_run(runs_dir, 60)
    crashed = RunFollower(run).poll()
    assert "there is no snapshot in" in time_text.why_no_steps(crashed, 127_978)
    assert "none of a network of 3,236,842 parameters" in time_text.why_no_steps(crashed, 3_236_842)
    starting = replace(crashed, status=Status.STARTING)
    assert "not saved yet" in time_text.why_no_steps(starting, 3_236_842)
    lost = replace(crashed, history=replace(crashed.history, snapshots=(0, 1)))
    assert f"kept 2 moments of its training, but they cannot be found in {run.path}" in time_text.why_no_steps(lost, 1)
    assert "comes with cnntui, without" in time_text.why_no_steps(bundled, 127_978)


def test_without_a_run_it_is_the_step_alone() -> None:
    assert said(TIMELINE, None) == "batch 469"


def test_the_next_batch_of_a_running_run_is_not_known_yet(runs_dir: Path) -> None:
    run = RunFollower(canned_run(runs_dir, 60)).poll()
    live = Timeline((0, 20), newest=60, active=True, shown=60)
    assert said(live, run) == "batch 60  live  epoch 0.6"
    held = replace(live, shown=20, following=False)
    assert said(held, run) == f"batch 20  held  epoch 0.2  {round(curves(60)[1][20] * 64)} of next 64 right"


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_line_fits_and_nothing_of_the_axis_moves(bundled: RunView, width: int) -> None:
    axes = set()
    for step in KEPT:
        text = plain(time_text.line(replace(TIMELINE, shown=step), bundled, width))
        assert len(text) <= width
        assert f"batch {step:,}" in text
        axis = time_text.axis_of(TIMELINE, width)
        drawn = text[axis.left : axis.left + axis.width]
        assert drawn.count("●") == 1
        axes.add(drawn.replace("●", "┼"))
    assert len(axes) == 1


def test_what_is_to_come_is_dotted() -> None:
    live = Timeline((0, 20, 100), newest=200, total=1000, active=True, shown=200, open=True)
    text = plain(time_text.line(live, None, 80))
    assert "●┄" in text
    assert text.index("●") < text.index("┄") < text.index(" > ")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_each_tick_leads_to_its_step(width: int) -> None:
    axis = time_text.axis_of(TIMELINE, width)
    for column, glyph in enumerate(plain(time_text.line(TIMELINE, None, width))):
        if glyph in "┼●" and axis.left <= column < axis.left + axis.width:
            step = time_text.step_at(TIMELINE, width, column)
            assert step is not None
            there = plain(time_text.line(replace(TIMELINE, shown=step), None, width))
            assert there[column] == "●"
    assert time_text.step_at(TIMELINE, width, width - 1) is None


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_signs_at_its_ends_lead_back_and_on(width: int) -> None:
    text = plain(time_text.line(TIMELINE, None, width))
    assert time_text.places_at(TIMELINE, width, text.index("<")) == -1
    assert time_text.places_at(TIMELINE, width, text.index(">")) == 1
    assert time_text.places_at(TIMELINE, width, text.index("●")) == 0
    assert time_text.places_at(TIMELINE, width, width - 1) == 0


def test_a_batch_whose_accuracy_is_not_known_is_not_said(bundled: RunView) -> None:
    history = replace(bundled.history, accuracies=np.full(4690, np.nan, np.float32))
    assert said(TIMELINE, replace(bundled, history=history)) == "batch 469  epoch 0.5"


# A kernel's history


def way(*weights: float, last: int = 100) -> Trajectory:
    steps = tuple(np.linspace(0, last, len(weights)).astype(int).tolist())
    kernels = np.array(weights, np.float32).reshape(-1, 1, 1, 1)
    return Trajectory(steps, kernels, np.zeros(len(weights), np.float32))


def test_the_sentence_is_made_of_the_way() -> None:
    text = plain(kernel_time_text.sentence(way(0, 3, 6, 9.5, 10), 78))
    assert text == "Half of the change had come by batch 50 of 100, nine tenths by batch 75."
    assert plain(kernel_time_text.sentence(way(0, 3, 6, 9.5, 10), 40)) == "Half of the change: by batch 50."


def test_a_way_that_was_made_at_last_says_since_when() -> None:
    assert plain(kernel_time_text.sentence(way(0, 1, 2, 9), 78)) == "Most of the change happened after batch 66."


def test_a_way_that_is_none_is_said_to_be_none() -> None:
    assert "None of its weights changed" in plain(kernel_time_text.sentence(way(1, 1, 1), 78))
    assert "diverged" in plain(kernel_time_text.sentence(way(1, float("nan")), 78))
    assert "keeps its moments" in plain(kernel_time_text.sentence(way(1), 78))


@pytest.mark.parametrize(
    ("count", "place", "room", "places"),
    [
        (3, 0, 5, [0, 1, 2]),
        (20, 0, 5, [0, 1, 2, 3, 19]),
        (20, 5, 5, [0, 4, 5, 6, 19]),
        (20, 18, 5, [0, 16, 17, 18, 19]),
        (20, 19, 5, [0, 16, 17, 18, 19]),
        (20, 7, 1, [7]),
    ],
)
def test_the_first_the_last_and_a_page_between(count: int, place: int, room: int, places: list[int]) -> None:
    assert kernel_time_text.chosen(count, place, room) == places
    assert place in places


@pytest.mark.parametrize("count", range(1, 49))
def test_the_shown_one_is_always_among_the_chosen(count: int) -> None:
    for room in range(1, 9):
        for place in range(count):
            places = kernel_time_text.chosen(count, place, room)
            assert place in places
            assert len(places) == len(set(places)) == min(count, room if room >= 3 else 1 if count > room else count)


def test_the_axis_has_the_shown_step_below_its_bar() -> None:
    for place, step in enumerate(KEPT):
        text = plain(kernel_time_text.axis(KEPT, place, 3))
        assert text.index(f"▲{step} ") == 3 * place
        assert len(text) <= 3 * len(KEPT) + 6
    assert "▲" not in plain(kernel_time_text.axis(KEPT, None, 3))
