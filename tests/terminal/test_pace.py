"""One frame is on its way at a time, and a terminal that never answers delays nothing."""

from __future__ import annotations

from math import inf

import pytest

from cnntui.terminal.pace import FAST, FRAMES, INPUT_SECONDS, SILENT, SLOW, Pace

KEY = {"used": inf, "writing": False}
WATCHED = {"used": -inf, "writing": False}


def answering(seconds: float, size: int = 1000, at: float = 0.0) -> Pace:
    """The pace of a terminal that has answered once, after some seconds."""
    pace = Pace()
    assert pace.painted(at, size)
    pace.answered(at + seconds)
    return pace


def test_the_next_frame_waits_for_the_answer() -> None:
    pace = answering(0.3)
    pace.painted(10.0, 1000)
    assert pace.wait(10.1, **KEY) > 0
    pace.answered(10.3)
    assert pace.wait(10.3, **KEY) <= 0


def test_an_answer_is_waited_for_no_longer_than_a_second() -> None:
    pace = answering(0.2)
    pace.painted(10.0, 1000)
    assert pace.wait(10.9, **KEY) > 0
    assert pace.wait(11.0, **KEY) <= 0


def test_a_frame_that_must_take_longer_is_given_longer() -> None:
    pace = answering(0.2)
    pace.painted(10.0, 10_000)
    assert pace.wait(12.0, **KEY) > 0
    assert pace.wait(15.0, **KEY) <= 0


def test_a_terminal_that_never_answers_is_asked_once_and_not_waited_for() -> None:
    pace = Pace()
    assert pace.painted(0.0, 8000)
    for number in range(1, 50):
        assert pace.wait(number * 0.01, **KEY) <= 0
        assert not pace.painted(number * 0.01, 100)


def test_a_late_first_answer_counts() -> None:
    pace = Pace()
    pace.painted(0.0, 8000)
    pace.answered(4.0)
    assert pace.painted(5.0, 100)
    assert pace.wait(5.1, **KEY) > 0


def test_a_terminal_that_falls_silent_is_given_up_and_may_come_back() -> None:
    pace = answering(0.05)
    now = 10.0
    pace.painted(now, 100)
    for _ in range(SILENT):
        assert pace.wait(now + 0.5, **KEY) > 0
        now += 1.0
        assert pace.wait(now, **KEY) <= 0
        pace.painted(now, 100)
    assert pace.wait(now, **KEY) <= 0
    pace.answered(now)
    pace.painted(now, 100)
    assert pace.wait(now + 0.1, **KEY) > 0


@pytest.mark.parametrize(("taken", "rate"), [(0.005, FAST), (0.4, SLOW)])
def test_what_nobody_asked_for_comes_as_often_as_the_line_carries(taken: float, rate: float) -> None:
    pace = answering(taken)
    size = int(rate)
    pace.painted(10.0, size)
    pace.answered(10.0 + taken)
    assert pace.wait(10.9, **WATCHED) > 0
    assert pace.wait(11.0, **WATCHED) <= 0
    assert pace.wait(10.0 + taken, **KEY) <= 0


def test_what_nobody_asked_for_comes_four_times_a_second_at_most() -> None:
    pace = answering(0.005)
    pace.painted(10.0, 1)
    pace.answered(10.001)
    assert pace.wait(10.0, **WATCHED) == pytest.approx(1 / FRAMES)


def test_what_came_while_the_answer_to_a_key_was_on_its_way_answers_it_too() -> None:
    pace = answering(0.9)
    pace.painted(10.0, 10_000)
    pace.answered(10.9)
    just_before, long_before = 10.0 - INPUT_SECONDS / 2, 10.0 - 2 * INPUT_SECONDS
    assert pace.wait(10.9, used=just_before, writing=False) <= 0
    assert pace.wait(10.9, used=long_before, writing=False) > 0


def test_nothing_is_added_to_what_is_still_being_written() -> None:
    pace = answering(0.01)
    assert pace.wait(99.0, used=inf, writing=True) > 0


def test_an_answer_that_nobody_waits_for_does_no_harm() -> None:
    pace = answering(0.01)
    pace.answered(3.0)
    assert pace.painted(4.0, 10)
    assert pace.wait(4.1, **KEY) > 0
