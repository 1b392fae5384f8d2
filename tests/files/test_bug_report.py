"""A bug leaves a short report without the contents of arrays, and three lines that say where it is."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cnntui import __main__
from cnntui.files import bug_report
from cnntui.ui.app.base_app import BaseApp


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the reports."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    return bug_report.reports_dir()


def a_bug(message: object = "no such cell", depth: int = 200) -> Exception:
    """An error raised through calls with large arrays."""

    def deep(array: np.ndarray, left: int) -> None:
        if left:
            deep(array, left - 1)
        raise IndexError(message)

    try:
        deep(np.full((100, 100), 0.123456), depth)
    except IndexError as error:
        return error
    raise AssertionError("it has not failed")


def test_three_lines_say_what_happened_where_the_report_is_and_how_to_go_on(folder: Path) -> None:
    what, where, how = bug_report.give_up(a_bug(), how_to_continue="Run it again.").splitlines()
    (report,) = folder.iterdir()
    assert what == "cnntui: A bug in cnntui ended it: IndexError: no such cell"
    assert str(report) in where
    assert how == "Run it again."


def test_a_report_names_the_place_and_what_was_going_on_but_no_values(folder: Path) -> None:
    bug_report.give_up(a_bug(), {"size": "80×24", "keys": "2 j enter"})
    (report,) = folder.iterdir()
    text = report.read_text()
    assert "size: 80×24" in text
    assert "keys: 2 j enter" in text
    assert "in deep" in text
    assert "numpy" in text
    assert "0.123456" not in text
    assert text.count("\n") < 200


def test_a_message_that_holds_an_array_is_cut(folder: Path) -> None:
    said = bug_report.give_up(a_bug(np.full(10_000, 0.123456)))
    (report,) = folder.iterdir()
    assert all(len(line) <= bug_report.MOST_LINE for line in report.read_text().splitlines())
    assert report.stat().st_size < 20_000
    assert len(said) < 1000


def test_an_escape_sequence_in_a_message_reaches_no_terminal(folder: Path) -> None:
    said = bug_report.give_up(a_bug("\x1b]52;c;AAAA\x07"), {"keys": "\x1b[2J"})
    (report,) = folder.iterdir()
    assert "\x1b" not in said + report.read_text()


def test_the_error_that_led_to_another_is_named_first(folder: Path) -> None:
    try:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise ValueError("second") from error
    except ValueError as error:
        bug_report.give_up(error)
    (report,) = folder.iterdir()
    text = report.read_text()
    assert text.index("KeyError: 'first'") < text.rindex("ValueError: second")


def test_only_the_newest_reports_are_kept(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number in range(30):
        (folder / f"cnntui-2020-01-01-0000{number:02}-1.txt").write_text("old")
    bug_report.give_up(a_bug())
    kept = sorted(path.name for path in folder.iterdir())
    assert len(kept) == bug_report.MOST_REPORTS
    assert not kept[-1].startswith("cnntui-2020")
    assert kept[0] == "cnntui-2020-01-01-000021-1.txt"


def test_where_nothing_can_be_written_the_bug_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(file))
    monkeypatch.setattr(bug_report.tempfile, "gettempdir", lambda: str(file))
    what, where, _ = bug_report.give_up(a_bug()).splitlines()
    assert "IndexError" in what
    assert where.startswith("No report could be written")


def test_a_bug_in_a_command_ends_with_its_report(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> int:
        raise a_bug()

    monkeypatch.setattr(__main__, "main", broken)
    assert __main__.run() == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert len([*folder.iterdir()]) == 1


class Broken(BaseApp):
    """An app with a bug in what `on_mount` calls, or in a thread."""

    in_thread = False

    def on_mount(self) -> None:
        if self.in_thread:
            self.run_worker(self.fail, thread=True)
        else:
            self.fail()

    def fail(self) -> None:
        raise a_bug(depth=2)


async def test_a_bug_in_a_tested_app_fails_the_test() -> None:
    with pytest.raises(IndexError):
        async with Broken().run_test():
            pass


@pytest.mark.parametrize("in_thread", [False, True])
async def test_a_bug_in_the_app_is_reported_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, in_thread: bool
) -> None:
    app = Broken()
    app.in_thread = in_thread
    monkeypatch.setattr(Broken, "is_headless", property(lambda app: False))
    await app.run_async(headless=True)
    assert app.return_code == 1
    assert app.last_words is not None
    assert "IndexError: no such cell" in app.last_words
    (report,) = folder.iterdir()
    assert "in deep" in report.read_text()
