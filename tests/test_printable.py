"""Text from outside reaches a terminal without control sequences, and is as wide as counted."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from cnntui.cli import main
from cnntui.files.errors import CnntuiError
from cnntui.printable import is_printable, printable, printable_output, raw, raw_output
from cnntui.ui.widgets.text.last_gate import LastGate
from cnntui.ui.widgets.text.lines import Lines

CLIPBOARD = "\x1b]52;c;cm0gLXJmIH4=\x07"
HOSTILE = (
    CLIPBOARD, "\x9b31m", "\x7f", "a\nb", "a\rb", "a\tb", "\x00", "\u202eevil", "\u2066x\u2069", "\u200b", "\u200d",
    "\ufeff", "\u2028", "\u2029", "\udcff\udc9b", "\ud800", "\U000e0041", "\ufff9",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_a_terminal_would_obey_is_written_out(text: str) -> None:
    shown = printable(f"conv{text}2d")
    assert shown.isprintable()
    assert shown.startswith("conv")
    assert shown.endswith("2d")
    assert "\\" in shown
    shown.encode("utf-8")


def test_how_it_is_written() -> None:
    assert printable("\x1b[31mred") == r"\x1b[31mred"
    assert printable("a\u202eb\udcff\U000e0041") == r"a\u202eb\xff\U000e0041"
    assert printable("a\u00a0b\u3000c") == "a b c"


@pytest.mark.parametrize("text", ["conv2d_1", "数字 7.png", "μ ± σ → ≈", "cafe\u0301", "أرقام", "😀"])
def test_visible_text_stays(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize("text", ["❤\ufe0f", "👍🏽", "🇨🇳", "👩\u200d💻", "\u3164"])
def test_every_character_is_as_wide_as_it_is_alone(text: str) -> None:
    shown = printable(text)
    assert cell_len(shown) == sum(map(cell_len, shown)) > 0 or text == "\u3164" != shown


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert is_printable(printable(text))
    assert printable(printable(text)) == printable(text)


def test_output_is_printable_and_lines_stay(capsys: pytest.CaptureFixture[str]) -> None:
    with printable_output():
        print(f"one {CLIPBOARD}\ntwo")
        print(f"three \udcff{CLIPBOARD}", file=sys.stderr)
        with raw_output():
            print("\x1b[1mbold")
    out, err = capsys.readouterr()
    assert out == "one \\x1b]52;c;cm0gLXJmIH4=\\x07\ntwo\n\x1b[1mbold\n"
    assert err == "three \\xff\\x1b]52;c;cm0gLXJmIH4=\\x07\n"


def test_the_stream_below_is_found() -> None:
    stream = io.StringIO()
    assert raw(stream) is stream


def test_errors_are_printable() -> None:
    error = CnntuiError(f"There is no {CLIPBOARD}.", f"Rename {CLIPBOARD}.")
    assert str(error).isprintable()
    assert error.message.isprintable()
    assert error.hint.isprintable()


@pytest.mark.parametrize("arguments", [
    ["open", f"no{CLIPBOARD}run"],
    ["runs", "show", f"no{CLIPBOARD}run"],
    ["runs", f"no{CLIPBOARD}verb"],
    [f"--no{CLIPBOARD}option"],
    ["train", "--data", f"/no{CLIPBOARD}file.npz"],
    ["train", "--optimizer", f"no{CLIPBOARD}optimizer"],
    ["open", "bundled", "--at", f"{CLIPBOARD}"],
])  # fmt: skip
def test_complaints_are_printable(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNTUI_RUNS_DIR", str(tmp_path))
    try:
        status = main(arguments)
    except SystemExit as end:
        status = int(str(end.code))
    out, err = capsys.readouterr()
    assert status in (1, 2)
    assert err
    assert not out
    assert "\x1b" not in err
    assert "\x07" not in err


def test_folders_with_odd_names_are_listed(tmp_path: Path, digit_run_config: str) -> None:
    for name in (b"a\x1b]52;c;eA==\x07b", b"caf\xe9", "卷积".encode(), b"plain"):
        folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
        folder.mkdir()
        (folder / "config.json").write_text(digit_run_config)
    command = [sys.executable, "-m", "cnntui", "runs", "--runs-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    lines = done.stdout.decode("utf-8").splitlines()
    assert not done.stderr
    assert all(line.isprintable() for line in lines)
    own = [line for line in lines if "comes with" not in line]
    assert {line.split()[0] for line in own} == {r"a\x1b]52;c;eA==\x07b", r"caf\xe9", "卷积", "plain"}
    assert len({cell_len(line[: line.index("crashed")]) for line in own}) == 1


@pytest.fixture
def digit_run_config() -> str:
    return '{"name": "plain", "seed": 1}'


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_the_last_gate(text: str) -> None:
    before = [Segment("left "), Segment(f"卷{text}积"), Segment(" right")]
    after = LastGate().apply(before, Color(0, 0, 0))
    assert all(segment.text.isprintable() for segment in after)
    assert sum(segment.cell_length for segment in after) == sum(cell_len(segment.text) for segment in before)


def test_what_is_printable_passes_the_last_gate_untouched() -> None:
    segments = [Segment("left "), Segment("▀█ 卷积")]
    assert LastGate().apply(segments, Color(0, 0, 0)) is segments


def test_lines_make_their_text_printable() -> None:
    lines = Lines((("layer ", ""), (CLIPBOARD, "strong")), "\u202eplain")
    assert lines.text.replace("\n", "").isprintable()
    lines.set(CLIPBOARD)
    assert lines.text.isprintable()
