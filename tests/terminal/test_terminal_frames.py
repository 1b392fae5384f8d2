"""Frames go out one at a time to a terminal that answers, and at once to one that does not."""

from __future__ import annotations

import sys
import time

import pytest

from tests.terminal.terminal import Terminal
from tests.waiting import wait_until

CNNTUI = [sys.executable, "-m", "cnntui", "open", "bundled", "--screen", "convolve"]
QUESTION = b"\x1b[5n"
KEYS = ("right", "down", "right", "down", "left", "up", "left", "up")

QUIET = 0.4
"""Seconds of silence that end a painting: less than the cursor of the palette takes to blink."""

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("preloaded_apps")]


def opened(answers: bool) -> Terminal:
    terminal = Terminal(CNNTUI, answers=answers)
    # The highest bar: on a busy machine bars have been seen to be painted after all the rest.
    terminal.wait_for("█", quiet=1.0)
    return terminal


def is_still(terminal: Terminal) -> bool:
    """Whether nothing changes; a blinking cursor does not count."""
    before = terminal.text
    terminal.answer(quiet=QUIET)
    return terminal.text == before


def painted(terminal: Terminal, columns: int) -> int:
    """Bytes of the whole screen, painted because the window is of another width."""
    begun = len(terminal.written)
    terminal.set_size(columns, 24)
    wait_until(lambda: is_still(terminal) and len(terminal.written) > begun)
    return len(terminal.written) - begun


def test_frames_of_keys_that_came_meanwhile_are_never_painted() -> None:
    with opened(answers=True) as terminal:
        before = terminal.text
        terminal.press("right", patience=5.0)
        terminal.press("left", patience=5.0)
        terminal.answers = False
        begun, began = len(terminal.written), time.perf_counter()
        for key in KEYS:
            terminal.press(key, quiet=0.1)
        terminal.answer(quiet=3.0)
        # The first at once, and one a second as long as keys come, which may take longer on a machine that is busy.
        assert 1 <= terminal.written[begun:].count(QUESTION) <= 2 + int(terminal.last_written - began)
        assert terminal.text == before


def test_a_terminal_that_never_answers_is_asked_once_and_shown_everything() -> None:
    with opened(answers=False) as terminal:
        before = terminal.text
        for key in KEYS:
            assert terminal.press(key, patience=5.0).size
        terminal.wait_for_screen(before)
        assert terminal.written.count(QUESTION) == 1


def test_closing_a_page_paints_the_screen_once() -> None:
    with opened(answers=True) as terminal:
        painted(terminal, 81)
        whole = painted(terminal, 80)
        screen = terminal.text
        for key in ("?", "ctrl+p", "t"):
            terminal.send(key)
            wait_until(lambda: is_still(terminal) and terminal.text != screen)
            begun = len(terminal.written)
            terminal.send("escape")
            wait_until(lambda: is_still(terminal) and terminal.text == screen)
            assert len(terminal.written) - begun <= 1.1 * whole, key


def test_the_start_paints_the_screen_once() -> None:
    with opened(answers=True) as terminal:
        begun = len(terminal.written)
        painted(terminal, 81)
        assert begun <= 1.3 * painted(terminal, 80)


@pytest.mark.parametrize(
    ("over", "seen"),
    [("", "Help"), ("?", "esc closes"), ("ctrl+p", "key: ?")],
    ids=["a view", "a page", "the palette"],
)
def test_a_screen_that_was_written_over_is_painted_again(over: str, seen: str) -> None:
    with opened(answers=True) as terminal:
        terminal.send(*filter(None, [over]))
        terminal.wait_for(seen, quiet=QUIET)
        before = terminal.text
        terminal.screen.reset()
        terminal.send("ctrl+l")
        terminal.wait_for_screen(before)
