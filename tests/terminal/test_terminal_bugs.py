"""Random events on a real terminal, and the report of a bug there."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from tests.random_events import storm
from tests.terminal.terminal import Terminal

SECONDS = 16
"""The time of the random events; `python -m tests.random_events` takes as long as ten thousand for each seed need."""

BROKEN = """
import sys
from cnntui.__main__ import run
from cnntui.ui.app.app import CnntuiApp
import numpy

def fail(app):
    weights = numpy.full((100, 100), 0.123456)
    raise IndexError(f"no such cell: {weights[0, 0] > 1}")

def fail_in_a_thread(app):
    app.run_worker(lambda: fail(app), thread=True)

CnntuiApp.action_command_palette = fail if sys.argv.pop(1) == "key" else fail_in_a_thread
sys.exit(run())
"""

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("preloaded_apps")]


def test_random_events_break_nothing() -> None:
    outcome = storm(seed=1, events=1_000, seconds=SECONDS)
    assert outcome.faults == {}
    assert outcome.events > 100
    assert len(outcome.reached) > 5


@pytest.mark.parametrize("where", ["key", "thread"])
def test_a_bug_gives_the_terminal_back_and_says_where_its_report_is(tmp_path: Path, where: str) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path)}
    with Terminal([sys.executable, "-c", BROKEN, where], (120, 24), env=env) as terminal:
        terminal.wait_for("Quit")
        terminal.send("ctrl+p")
        assert terminal.wait_exit() == 1
    (report,) = tmp_path.rglob("*.txt")
    _, _, after = terminal.written.rpartition(b"\x1b[?1049l")
    said = after.decode()
    assert terminal.written.count(b"\x1b[?1049l") == 1, "the terminal was given back once"
    assert "\x1b[?1000l" in terminal.written.decode(), "the mouse as well"
    assert "cnntui: A bug in cnntui ended it: IndexError: no such cell: False" in said
    assert str(report) in said.replace("\r\n", "")
    assert "run `cnntui` to go on" in said
    assert said.count("\n") == 3
    text = report.read_text()
    assert "keys: ctrl+p" in text
    assert "in fail" in text
    assert "0.123456" not in text.replace("numpy.full((100, 100), 0.123456)", "")


HANGING = """
import asyncio, sys, time
from cnntui.__main__ import run
from cnntui.terminal import driver, leaving
from cnntui.ui.app.app import CnntuiApp

driver.HANGING_SECONDS = leaving.SOON_SECONDS = 1.0

async def wait(app):
    await asyncio.Event().wait()

async def block(app):
    time.sleep(1000)

CnntuiApp.action_command_palette = {"waits": wait, "blocks": block}[sys.argv.pop(1)]
sys.exit(run())
"""


@pytest.mark.parametrize("how", ["waits", "blocks"])
def test_an_app_that_hangs_is_ended_by_ctrl_c(how: str) -> None:
    with Terminal([sys.executable, "-c", HANGING, how], (80, 24)) as terminal:
        terminal.wait_for("Quit")
        terminal.send("ctrl+p", "q")
        time.sleep(1.5)
        terminal.send("ctrl+c")
        assert terminal.wait_exit() == 128 + signal.SIGINT
    assert "\x1b[?1049l" in terminal.written.decode(), "the terminal is given back"


BUSY = """
import sys, time
from cnntui.__main__ import run
from cnntui.terminal import driver
from cnntui.ui.app.app import CnntuiApp

driver.HANGING_SECONDS = 1.0

async def compute(app):
    time.sleep(0.2)

CnntuiApp.action_command_palette = compute
sys.exit(run())
"""


def test_an_app_that_has_much_to_do_is_left_by_ctrl_c_in_its_turn() -> None:
    with Terminal([sys.executable, "-c", BUSY], (80, 24)) as terminal:
        terminal.wait_for("Quit")
        terminal.send(*(["ctrl+p"] * 12))
        time.sleep(1.8)
        terminal.send("ctrl+c")
        assert terminal.wait_exit() == 0


TOGETHER = [
    "dq", "qd", "q2", "2jj\rq", "tqq", "\r\r", "\x10\r\r", "dd\x7f\x7f", "??3dq4q", "?q", "\x10tra\rq", "6i\x1bq",
    "7/a\x1bq", "t\x1b3\x1bq", "5\r\x1b\x1b2q",
]  # fmt: skip


@pytest.mark.parametrize("keys", TOGETHER)
def test_keys_in_one_write_end_in_no_bug(tmp_path: Path, keys: str) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "cnntui", "open", "bundled", "--screen", "convolve"]
    with Terminal(command, (80, 24), env=env) as terminal:
        terminal.wait_for("Help")
        terminal.send_bytes(keys.encode())
        while terminal.poll() is None:
            terminal.answer(quiet=0.3, limit=2.0)
            if terminal.poll() is None:
                terminal.send("escape")
                terminal.answer(quiet=0.3, limit=2.0)
                terminal.send("q")
        assert terminal.wait_exit() == 0
    assert not [*tmp_path.rglob("*.txt")]
