"""The app on a real terminal: silent when idle, complete at any size, and gone without a trace."""

from __future__ import annotations

import sys

import pytest

from tests.terminal.terminal import Terminal
from tests.waiting import wait_until

CNNTUI = [sys.executable, "-m", "cnntui"]
MODES = ["train", "network", "convolve", "pool", "draw"]

SETTLED = 0.5
"""Seconds of silence after which nothing more is painted, on a machine that is busy with other tests."""

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("preloaded_apps")]


def opened(mode: str = "convolve", size: tuple[int, int] = (80, 24)) -> Terminal:
    """The app on the bundled run, painted."""
    terminal = Terminal([*CNNTUI, "open", "bundled", "--screen", mode], size)
    # Of Convolve the highest bar: on a busy machine bars have been seen to be painted after all the rest.
    terminal.wait_for({"convolve": "█", "pool": "position "}.get(mode, "Quit"), quiet=SETTLED)
    return terminal


def assert_given_back(written: bytes) -> None:
    """No mode that only the app needs is left on."""
    assert b"\x1b[?1049l" in written
    for mode in ("1000", "1002", "1003", "1006", "1015", "1016", "2004", "1004", "1049", "2026", "2048"):
        last_on, last_off = (written.rfind(f"\x1b[?{mode}{sign}".encode()) for sign in "hl")
        assert last_off >= last_on, f"mode {mode} was left on"
    assert written.rfind(b"\x1b[?25h") > written.rfind(b"\x1b[?25l"), "the cursor was left hidden"


@pytest.mark.parametrize("mode", MODES)
def test_an_idle_screen_writes_nothing_and_is_whole_again_after_any_size(mode: str) -> None:
    with opened(mode) as terminal:
        # What is still painted of the start, on a busy machine, ends; what repeats does not.
        wait_until(lambda: terminal.answer(quiet=3.0, limit=3.0).written == b"")
        before = terminal.text
        terminal.resize(1, 1)
        terminal.answer(quiet=SETTLED)
        assert terminal.status is None
        terminal.resize(40, 10)
        terminal.wait_for("cnntui needs")
        assert terminal.text.strip() == "cnntui needs 60×18; this is 40×10"
        terminal.resize(80, 24)
        terminal.wait_for_screen(before)


def test_a_window_that_is_small_from_the_start_can_grow() -> None:
    with Terminal([*CNNTUI, "open", "bundled"], size=(40, 10)) as terminal:
        terminal.wait_for("60×18")
        terminal.resize(80, 24)
        terminal.wait_for("Quit", quiet=SETTLED)
        grown = terminal.text
    with opened("train") as terminal:
        assert terminal.text == grown


def test_a_page_shows_the_view_around_itself_and_then_all_of_it_again() -> None:
    with opened(size=(120, 40)) as terminal:
        before = terminal.text

        def edges() -> list[tuple[str, str]]:
            # Which keys apply, as the last line says, is another matter.
            return [(line[:8], line[112:]) for line in terminal.screen.display[:-1]]

        of_the_view = edges()
        terminal.send("?")
        wait_until(lambda: terminal.answer(quiet=SETTLED) and "esc closes" in terminal.text)
        assert edges() == of_the_view
        terminal.send("escape")
        terminal.wait_for_screen(before)


def test_keys_that_mean_nothing_do_nothing() -> None:
    with opened() as terminal:
        before = terminal.text
        for key in ("z", "ä", "9", "%", "f12", "ctrl+b", "ctrl+y", "ü", "数"):
            terminal.press(key)
        terminal.answer(quiet=SETTLED)
        # But for the line of keys, which says so.
        assert terminal.text.splitlines()[:-1] == before.splitlines()[:-1]
        assert "position 1/" not in before
        terminal.press("home", "pageup")
        terminal.wait_for("position 1/")


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
def test_quitting_gives_the_terminal_back_as_it_was(key: str) -> None:
    shell = ["sh", "-c", '"$0" "$@"; echo "status $?"; stty -a', *CNNTUI, "open", "bundled"]
    with Terminal(shell) as terminal:
        terminal.wait_for("Quit", quiet=SETTLED)
        terminal.press(key)
        assert terminal.wait_exit() == 0
        assert_given_back(terminal.written)
        settings = terminal.written.rpartition(b"\x1b[?1049l")[2].decode()
        assert "status 0" in settings
        assert " icanon" in settings
        assert " echo " in settings
