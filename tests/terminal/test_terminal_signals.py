"""Signals, broken bytes and a closed window: the terminal is restored, and nothing ends without need."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.run_directory import list_runs
from tests.fake_trainer import FakeScript, scripted, write_fake_run
from tests.terminal.terminal import Terminal
from tests.terminal.test_terminal_screen import assert_given_back
from tests.waiting import wait_until

CNNTUI = [sys.executable, "-m", "cnntui", "open", "bundled"]
SETTLED = 0.5

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("preloaded_apps")]


def opened(screen: str = "convolve", answers: bool = True) -> Terminal:
    terminal = Terminal([*CNNTUI, "--screen", screen], answers=answers)
    # The highest bar: on a busy machine bars have been seen to be painted after all the rest.
    terminal.wait_for("█" if screen == "convolve" else "Help", quiet=SETTLED)
    return terminal


def stopped(terminal: Terminal) -> bytes:
    """The output of the app until it is stopped."""
    begin = len(terminal.written)
    terminal.send_signal(signal.SIGTSTP)
    wait_until(lambda: terminal.answer(quiet=0.02, limit=0.1) and state(terminal.pid) == "T")
    terminal.answer()
    return terminal.written[begin:]


@pytest.mark.parametrize(
    ("screen", "number"),
    [
        ("train", signal.SIGTERM),
        ("draw", signal.SIGTERM),
        ("runs", signal.SIGHUP),
        ("convolve", signal.SIGINT),
        ("labs", signal.SIGQUIT),
    ],
)
def test_a_signal_gives_the_terminal_back(screen: str, number: signal.Signals) -> None:
    with opened(screen) as terminal:
        terminal.send_signal(number)
        assert terminal.wait_exit() == 128 + number
        assert_given_back(terminal.written)


@pytest.mark.parametrize("key", ["?", "d", "ctrl+p", "t"])
def test_a_signal_on_a_page_gives_the_terminal_back(key: str) -> None:
    with opened(answers=False) as terminal:
        terminal.press(key, patience=2.0)
        terminal.send_signal(signal.SIGTERM)
        assert terminal.wait_exit() == 128 + signal.SIGTERM
        assert_given_back(terminal.written)


@pytest.mark.parametrize(
    ("keys", "shown", "number"),
    [
        ("tt", "space Pause", signal.SIGINT),
        ("ttq", "stop it and keep", signal.SIGTERM),
        ("ttL", "× 10", signal.SIGQUIT),
        ("7\x1b[Hx", "for good", signal.SIGHUP),
        ("6i", "esc", signal.SIGTERM),
        ("5\rE", "Copied", signal.SIGINT),
    ],
)
def test_a_signal_over_a_dialog_and_while_training_gives_the_terminal_back(
    runs_dir: Path, keys: str, shown: str, number: signal.Signals
) -> None:
    write_fake_run(runs_dir)
    script = FakeScript(steps_per_epoch=1_000_000, chunk=8, chunk_seconds=0.02)
    with scripted(script), Terminal([sys.executable, "-m", "tests.app_with_fake_trainer", str(runs_dir)]) as terminal:
        terminal.wait_for("Help", quiet=SETTLED)
        try:
            terminal.send_bytes(keys.encode())
            terminal.wait_for(shown)
            assert_given_back(stopped(terminal))
            terminal.send_signal(signal.SIGCONT)
            terminal.screen.reset()
            terminal.wait_for(shown)
            terminal.send_signal(number)
            assert terminal.wait_exit() == 128 + number
            assert_given_back(terminal.written)
        finally:
            for run in list_runs(runs_dir):
                ask(run, TrainerCommand.STOP)


def test_stopping_gives_the_terminal_back_and_going_on_paints_it() -> None:
    with opened() as terminal:
        before, size = terminal.text, len(terminal.written)
        assert_given_back(stopped(terminal))
        terminal.send_signal(signal.SIGCONT)
        terminal.wait_for_screen(before, quiet=SETTLED)
        assert len(terminal.written) < 3 * size
        terminal.press("home", "pageup")
        terminal.wait_for("position 1/")


@pytest.mark.parametrize("first", [signal.SIGSTOP, signal.SIGCONT])
def test_going_on_after_what_nobody_can_notice_paints_the_screen(first: signal.Signals) -> None:
    with opened() as terminal:
        before = terminal.text
        terminal.send_signal(first)
        time.sleep(0.1)
        terminal.screen.reset()
        terminal.send_signal(signal.SIGCONT)
        terminal.wait_for_screen(before, quiet=SETTLED)


def state(pid: int) -> str:
    """The state of a process according to the kernel: T is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_bytes_that_are_no_text_do_no_harm() -> None:
    with opened() as terminal:
        terminal.press("home", "pageup")
        terminal.wait_for("position 1/")
        unfinished = (b"\x1b[200~\xe9", b"\x1b[")
        for sent in (b"\xff", b"\xc3", b"caf\xe9", b"\x1b[200~caf\xe9\x1b[201~", *unfinished):
            terminal.send_bytes(sent)
            # Longer than a paste that has begun and does not end is waited for.
            terminal.answer(quiet=3.0 if sent in unfinished else SETTLED)
            assert terminal.status is None, sent
            terminal.press("right")
            terminal.wait_for("position 2/")
            terminal.press("left")
            terminal.wait_for("position 1/")


def test_a_size_that_is_not_the_terminals_is_not_believed() -> None:
    with opened() as terminal:
        before = terminal.text
        for said in (b"\x1b[48;0;0;0;0t", b"\x1b[48;99999;99999;0;0t", b"\x1b[48;5;5;50;50t"):
            terminal.send_bytes(said)
            terminal.answer(quiet=SETTLED)
            terminal.press("home", "pageup")
            terminal.wait_for("position 1/")
            assert terminal.text.splitlines()[0] == before.splitlines()[0]
            terminal.press("right")
            terminal.wait_for("position 2/")


def test_no_answer_is_left_to_the_shell() -> None:
    """Answers of the terminal that are still on their way when the app ends do not reach the next program."""
    shell = ["sh", "-c", '"$0" "$@"; stty -icanon -echo min 0 time 10; echo "left: [$(head -c 1 | wc -c)]"', *CNNTUI]
    with Terminal(shell) as terminal:
        terminal.wait_for("Help", quiet=SETTLED)
        terminal.send("right", "q")
        terminal.wait_for("left: [0]")
