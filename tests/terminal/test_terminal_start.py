"""How cnntui begins and how it refuses to, on a real terminal and without one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal.terminal import PATIENCE, Terminal

CNNTUI = [sys.executable, "-m", "cnntui"]
ALTERNATE_SCREEN = b"\x1b[?1049h"

pytestmark = pytest.mark.slow


def without_terminal(*arguments: str) -> subprocess.CompletedProcess[str]:
    """cnntui as a script or a scheduler would start it."""
    return subprocess.run(
        [*CNNTUI, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )


def assert_one_sentence_for(text: str, *words: str) -> None:
    assert text.startswith("cnntui: ")
    assert len(text.splitlines()) == 1
    for word in words:
        assert word in text


def test_without_a_terminal_it_says_so_and_ends() -> None:
    result = without_terminal()
    assert result.returncode == 2
    assert_one_sentence_for(result.stderr, "terminal", "cnntui train")
    assert result.stdout == ""


def test_a_terminal_for_the_keys_alone_is_not_enough(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    with Terminal(["sh", "-c", f'exec "$0" "$@" 2>{errors}', *CNNTUI]) as terminal:
        assert terminal.wait_exit() == 2
        assert terminal.written == b""
    assert_one_sentence_for(errors.read_text(), "terminal")


@pytest.mark.parametrize("term", ["dumb", "unknown", None])
def test_a_terminal_that_cannot_place_a_cursor_is_none(term: str | None) -> None:
    with Terminal(CNNTUI, env={"TERM": term}) as terminal:
        assert terminal.wait_exit() == 2
        assert b"\x1b" not in terminal.written
        assert_one_sentence_for(terminal.written.decode(), "terminal")


@pytest.mark.parametrize("option", ["open", "--data"])
@pytest.mark.usefixtures("preloaded_apps")
def test_a_bad_file_is_a_sentence_and_not_a_screen(option: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.keras"
    bad.write_bytes(b"not an archive at all")
    with Terminal([*CNNTUI, option, str(bad)], size=(400, 24)) as terminal:
        assert terminal.wait_exit() == 1
        assert ALTERNATE_SCREEN not in terminal.written
        assert_one_sentence_for(terminal.written.decode(), str(bad))


def test_version_and_help() -> None:
    version, help_text = without_terminal("--version"), without_terminal("--help")
    assert (version.returncode, help_text.returncode) == (0, 0)
    assert version.stdout.startswith("cnntui ")
    for word in ("train", "open", "runs", "--data", "--runs-dir"):
        assert word in help_text.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--nonsense",),
        ("nonsense",),
        ("open",),
        ("open", "bundled", "--at", "5"),
        ("open", "bundled", "--digit", "-1"),
        ("open", "bundled", "--digit", "1", "--image", "a.png"),
        ("--image", "a.png", "open", "bundled", "--digit", "1"),
        ("--image", "a.png", "train"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...]) -> None:
    result = without_terminal(*arguments)
    assert result.returncode == 2
    assert result.stderr.startswith("usage: ")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("open", "no-such-run"), "no-such-run"),
        (("open", "bundled", "--layer", "no-such-layer"), "no-such-layer"),
        (("open", "bundled", "--digit", "10000"), "10,000"),
        (("open", "bundled", "--at", "27,0"), "27"),
    ],
)
@pytest.mark.usefixtures("preloaded_apps")
def test_what_does_not_exist_is_a_sentence_and_not_a_screen(arguments: tuple[str, ...], word: str) -> None:
    with Terminal([*CNNTUI, *arguments], size=(400, 24)) as terminal:
        assert terminal.wait_exit() == 1
        assert ALTERNATE_SCREEN not in terminal.written
        assert_one_sentence_for(terminal.written.decode(), word)
