"""The number of colours: from the terminal's name if nothing else tells it, or as the user decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.commands.arguments import parse
from cnntui.terminal.colours import CHOICES, Colours, colours_of, is_first_hint, settle_colours


@pytest.mark.parametrize(("term", "count"), [
    ("alacritty", "truecolor"), ("alacritty-direct", "truecolor"), ("foot", "truecolor"), ("foot-extra", "truecolor"),
    ("xterm-ghostty", "truecolor"), ("ghostty", "truecolor"), ("wezterm", "truecolor"), ("xterm-kitty", "truecolor"),
    ("iterm2", "truecolor"), ("xterm-direct", "truecolor"), ("tmux-direct", "truecolor"), ("xterm-256color", "256"),
    ("tmux-256color", "256"), ("screen-256color", "256"), ("tmux", "256"), ("xterm", "16"), ("screen", "16"),
    ("linux", "16"), ("vt100", "16"), ("rxvt", "16"), ("", "16"),
])  # fmt: skip
def test_terminals_are_known_by_name(term: str, count: str) -> None:
    assert colours_of(None, {"TERM": term}).count == count


@pytest.mark.parametrize("colorterm", ["truecolor", "24bit", " TrueColor "])
def test_a_terminal_that_says_so_has_all_colours(colorterm: str) -> None:
    assert colours_of(None, {"TERM": "xterm", "COLORTERM": colorterm}) == Colours("truecolor")


def test_a_multiplexer_does_not_pass_on_what_its_own_terminal_has() -> None:
    assert colours_of(None, {"TERM": "xterm", "VTE_VERSION": "7600"}).count == "truecolor"
    assert colours_of(None, {"TERM": "screen", "VTE_VERSION": "7600"}).count == "16"


def test_only_a_poor_guess_is_doubtful() -> None:
    assert colours_of(None, {"TERM": "xterm"}).doubtful
    assert colours_of(None, {"TERM": "screen"}).doubtful
    assert not colours_of(None, {"TERM": "linux"}).doubtful
    assert not colours_of(None, {"TERM": "xterm-256color"}).doubtful
    assert not colours_of("16", {"TERM": "xterm"}).doubtful


@pytest.mark.parametrize("wanted", [choice for choice in CHOICES if choice != "auto"])
def test_what_is_asked_for_counts_and_the_command_line_most(wanted: str) -> None:
    full = {"TERM": "xterm-kitty", "COLORTERM": "truecolor", "NO_COLOR": "1"}
    assert colours_of(wanted, full) == Colours(wanted)
    assert colours_of(None, full | {"CNNTUI_COLORS": wanted}) == Colours(wanted)
    assert colours_of(wanted, full | {"CNNTUI_COLORS": "none"}) == Colours(wanted)


def test_auto_and_nonsense_leave_it_to_the_terminal() -> None:
    for variable in ("auto", "", "many"):
        assert colours_of(None, {"TERM": "foot", "CNNTUI_COLORS": variable}).count == "truecolor"
    assert colours_of("auto", {"TERM": "foot", "CNNTUI_COLORS": "16"}).count == "truecolor"
    assert colours_of(None, {"TERM": "foot", "NO_COLOR": "1"}).count == "none"


def test_textual_is_told() -> None:
    environment = {"NO_COLOR": "1"}
    settle_colours(Colours("16"), environment)
    assert environment == {"TEXTUAL_COLOR_SYSTEM": "standard"}
    settle_colours(Colours("none"), environment)
    assert environment["NO_COLOR"] == "1"


def test_the_hint_is_given_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "kept"))
    assert [is_first_hint(), is_first_hint()] == [True, False]
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert not is_first_hint()


@pytest.mark.parametrize("words", [[], ["open", "bundled"]])
def test_colours_count_wherever_they_stand(words: list[str]) -> None:
    assert parse(["--colors", "256", *words]).colors == parse([*words, "--colors", "256"]).colors == "256"


def test_no_other_colours_are_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--colors", "many"])
    assert "truecolor" in capsys.readouterr().err
