"""Output that cannot be written ends a command with a sentence, and not with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnntui.cli import COMMANDS, FAILED, WRONG_USAGE, main
from cnntui.commands.streams import OutputError, say

FULL = "cnntui: Standard output cannot be written: No space left on device.\n"
CLOSED = "cnntui: Standard output cannot be written: Bad file descriptor.\n"

needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")


def in_shell(arguments: str, **environment: str) -> tuple[int, str]:
    """Exit status and standard error of cnntui with redirections, as a shell makes them."""
    command = f'"{sys.executable}" -m cnntui {arguments}'
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | environment
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, env=environment)
    return result.returncode, result.stderr


@needs_full
@pytest.mark.parametrize("arguments", ["runs", "--help", "--version", "runs show bundled", "runs --help"])
def test_a_full_disk_is_one_sentence(arguments: str) -> None:
    assert in_shell(f"{arguments} >/dev/full") == (FAILED, FULL)


@needs_full
@pytest.mark.parametrize("arguments", ["runs", "--version"])
def test_a_full_disk_is_one_sentence_without_buffers_too(arguments: str) -> None:
    assert in_shell(f"{arguments} >/dev/full", PYTHONUNBUFFERED="1") == (FAILED, FULL)


@pytest.mark.parametrize("arguments", ["runs", "--help"])
def test_a_closed_output_is_one_sentence(arguments: str) -> None:
    assert in_shell(f"{arguments} >&-") == (FAILED, CLOSED)


@pytest.mark.slow
@needs_full
@pytest.mark.parametrize(("where", "said"), [(">&-", CLOSED), (">/dev/full", FULL)])
def test_nothing_is_trained_that_nobody_could_be_told_of(where: str, said: str, runs_dir: Path) -> None:
    assert in_shell(f"train --limit 64 --epochs 1 {where}") == (FAILED, said)
    assert not runs_dir.exists()


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["2>&-", "<&-", "<&- 2>&-"])
def test_closed_input_and_errors_do_no_harm(closed: str) -> None:
    assert in_shell(f"runs {closed}") == (0, "")
    status, errors = in_shell(f"runs show nobody {closed}")
    assert (status, bool(errors)) == (FAILED, "2>&-" not in closed)


def test_with_everything_closed_only_the_status_tells() -> None:
    assert in_shell("runs <&- >&- 2>&-") == (FAILED, "")
    assert in_shell("runs rm <&- >&- 2>&-") == (2, "")


def test_other_errors_of_the_system_are_not_taken_for_those_of_output(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(options: object) -> int:
        raise OSError(5, "a bug")

    monkeypatch.setitem(dict_of(COMMANDS), "runs list", fails)
    with pytest.raises(OSError, match="a bug"):
        main(["runs"])


def dict_of(commands: object) -> dict[str, object]:
    assert isinstance(commands, dict)
    return commands


def test_a_reader_that_has_left_is_told_apart_from_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unwritable:
        def __init__(self, error: OSError) -> None:
            self._error = error

        def write(self, text: str) -> int:
            raise self._error

    for error, is_unread in ((BrokenPipeError(32, "Broken pipe"), True), (OSError(28, "No space"), False)):
        monkeypatch.setattr(sys, "stdout", Unwritable(error))
        with pytest.raises(OutputError) as raised:
            say("a line")
        assert raised.value.is_unread is is_unread


@pytest.mark.parametrize(
    ("redirected", "term", "why"),
    [
        ("stdin", "xterm", "standard input is not a terminal"),
        ("stderr", "xterm", "standard error is not a terminal"),
        ("", "dumb", "TERM is dumb"),
        ("", "", "TERM is not set"),
    ],
)
def test_the_app_says_what_keeps_it_from_a_terminal(
    redirected: str, term: str, why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(getattr(sys, stream), "isatty", lambda own=stream: own != redirected)
    monkeypatch.setenv("TERM", term)
    assert main(["open", "bundled"]) == WRONG_USAGE
    assert f"with a movable cursor, but {why}. Run it" in capsys.readouterr().err
