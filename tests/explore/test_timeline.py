"""Moving through training time: the kept steps, the growing end, and staying at a step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cnntui.explore.timeline import Timeline, at_place, at_the_end, columns, grown, learned, moved, to_step

OVER = Timeline((0, 1, 4, 10), total=10, shown=10)
LIVE = Timeline((0, 1, 4), newest=7, total=20, active=True, shown=7)


def test_a_run_that_is_over_ends_at_its_last_kept_step() -> None:
    assert OVER.stops == (0, 1, 4, 10)
    assert OVER.end == 10
    assert not OVER.is_live
    assert not OVER.is_held


def test_back_opens_the_line_and_goes_stop_by_stop_to_the_first() -> None:
    timeline, seen = OVER, []
    for _ in range(5):
        timeline = moved(timeline, -1)
        seen.append(timeline.shown)
        assert timeline.open
        assert not timeline.following
    assert seen == [4, 1, 0, 0, 0]


def test_on_from_the_end_only_opens_and_closes_the_line() -> None:
    opened = moved(OVER, 1)
    assert opened == replace(OVER, open=True)
    assert moved(opened, 1) == OVER


def test_forward_comes_back_to_the_end() -> None:
    there = moved(moved(OVER, -1), 1)
    assert there == replace(OVER, open=True)
    assert at_the_end(at_place(OVER, 0)) == OVER


def test_the_end_of_a_run_in_training_is_its_newest_step() -> None:
    assert LIVE.stops == (0, 1, 4, 7)
    assert LIVE.is_live
    assert moved(LIVE, -1).shown == 4
    assert replace(LIVE, newest=4, shown=4).stops == (0, 1, 4)


def test_who_follows_goes_along_and_who_is_held_stays() -> None:
    assert learned(LIVE, 8).shown == 8
    held = learned(moved(LIVE, -1), 8)
    assert (held.shown, held.is_held, held.end) == (4, True, 8)
    assert moved(held, 1).is_live
    assert moved(held, 1).shown == 8


def test_the_last_kept_step_is_held_where_newer_weights_are_shown() -> None:
    assert at_place(LIVE, 2).is_held
    assert at_place(LIVE, 3).is_live


def test_it_grows_under_who_is_held() -> None:
    held = moved(LIVE, -1)
    held = grown(learned(held, 9), (0, 1, 4, 8), 20, active=True)
    assert held.stops == (0, 1, 4, 8, 9)
    assert (held.shown, held.place) == (4, 2)
    assert moved(held, 1).shown == 8


def test_weights_of_the_future_are_no_stop_in_a_run_that_goes_on_from_an_earlier_step() -> None:
    assert grown(learned(LIVE, 3), (0, 1, 4, 8), 20, active=True).stops == (0, 1, 3)


def test_nobody_is_held_at_the_end_of_a_run_that_is_over() -> None:
    held = replace(LIVE, newest=20, following=False, open=True, shown=20)
    assert held.is_held
    over = grown(held, (0, 1, 4, 20), 20, active=False)
    assert over.following
    assert not grown(replace(held, shown=4), (0, 1, 4, 20), 20, active=False).following


def test_without_a_stop_nothing_moves() -> None:
    nothing = Timeline()
    assert moved(nothing, -1) == moved(nothing, 1) == at_place(nothing, 3) == to_step(nothing, 3) == nothing
    assert nothing.end is None


@pytest.mark.parametrize(("step", "nearest"), [(0, 0), (2, 1), (3, 4), (6, 4), (8, 10), (99, 10)])
def test_pointing_goes_to_the_nearest_stop(step: int, nearest: int) -> None:
    assert to_step(OVER, step).shown == nearest


def test_columns_rise_from_edge_to_edge() -> None:
    kept = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, *range(469, 4691, 469))
    places = columns(Timeline(kept, total=4690), kept, 30)
    assert places[0] == 0
    assert places[-1] == 29
    assert places == sorted(places)
    assert len(set(places)) >= len(kept) - 2


def test_columns_do_not_move_while_a_training_goes_on() -> None:
    assert columns(LIVE, (0, 1, 4), 30) == columns(learned(LIVE, 12), (0, 1, 4), 30)


def test_an_axis_of_no_training_has_one_column() -> None:
    assert columns(Timeline((0,)), (0,), 30) == [0]
