"""Time travel on a real terminal: the bytes of a step, and silence when nothing plays."""

from __future__ import annotations

import sys
from statistics import median

import pytest

from tests.terminal.terminal import Terminal
from tests.waiting import wait_until

SETTLED = 0.5
"""Seconds of silence after which nothing more is painted, on a machine that is busy with other tests."""

PAUSE = 0.3
"""Seconds of silence after which the answer to a key is whole: on a busy machine there may be shorter ones in it."""

LINE = 500
"""Bytes of the time line, which is painted besides what a change of digit paints as well."""

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("preloaded_apps")]


def opened(mode: str) -> Terminal:
    """The app on the bundled run, at a step in the middle."""
    command = [sys.executable, "-m", "cnntui", "open", "bundled", "--screen", mode, "--step", "3752"]
    terminal = Terminal(command)
    terminal.wait_for("batch 3,752", quiet=SETTLED)
    return terminal


@pytest.mark.parametrize("mode", ["network", "convolve", "pool", "dense"])
def test_a_step_in_time_costs_no_more_than_another_digit(mode: str) -> None:
    with opened(mode) as terminal:
        digits = [terminal.press("n", quiet=PAUSE, patience=5.0).size for _ in range(5)]
        steps = [terminal.press("<", quiet=PAUSE, patience=5.0).size for _ in range(5)]
        assert 0 < median(steps) <= 1.1 * median(digits) + LINE


def test_a_step_of_a_kernels_way_is_small() -> None:
    with opened("kernel-time") as terminal:
        assert 0 < median(terminal.press("left", quiet=PAUSE, patience=5.0).size for _ in range(7)) <= 1500


def test_it_is_still_once_it_does_not_play() -> None:
    with opened("convolve") as terminal:
        terminal.press("T")
        terminal.wait_for("batch 4,690", quiet=SETTLED)
        wait_until(lambda: terminal.answer(quiet=3.0, limit=3.0).written == b"")
