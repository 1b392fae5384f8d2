"""Command lines are understood wherever their options stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.commands.arguments import parse

OPEN, TRAIN = ["open", "bundled"], ["train"]
RUNS = [["runs"], ["runs", "list"], ["runs", "show", "x"], ["runs", "rm", "x"], ["runs", "export", "x", "out"]]


def between(words: list[str], option: list[str]) -> list[list[str]]:
    """The command line with an option at each of its places: before, between and after the words of the command."""
    verbs = 2 if words[:1] == ["runs"] and len(words) > 1 else min(len(words), 1)
    places = [*range(verbs + 1), len(words)]
    return [[*words[:place], *option, *words[place:]] for place in places]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *(("data", words) for words in ([], OPEN, TRAIN)),
        *(("image", words) for words in ([], OPEN)),
        *(("runs_dir", words) for words in ([], OPEN, TRAIN, *RUNS)),
    ],
)
def test_a_shared_option_counts_wherever_it_stands(name: str, words: list[str]) -> None:
    flag = f"--{name.replace('_', '-')}"
    for arguments in between(words, [flag, "here"]):
        assert getattr(parse(arguments), name) == Path("here"), arguments
    for arguments in between(words, [f"{flag}=here"]):
        assert getattr(parse(arguments), name) == Path("here"), arguments
    assert getattr(parse(words), name) is None


@pytest.mark.parametrize("words", [[], OPEN, TRAIN])
def test_of_an_option_that_is_given_twice_the_last_counts(words: list[str]) -> None:
    assert parse(["--data", "first", *words, "--data", "last"]).data == Path("last")
    assert parse(["--runs-dir", "a", "--runs-dir", "b", *words]).runs_dir == Path("b")
    assert parse(["--runs-dir", "a", "runs", "--runs-dir", "b", "list", "--runs-dir", "c"]).runs_dir == Path("c")


@pytest.mark.parametrize("words", RUNS)
@pytest.mark.parametrize("flag", ["--data", "--image"])
def test_an_option_that_means_nothing_to_a_command_is_refused(
    words: list[str], flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in between(words, [flag, "here"]):
        with pytest.raises(SystemExit) as exit_:
            parse(arguments)
        assert exit_.value.code == 2, arguments
        assert flag in capsys.readouterr().err


def test_training_takes_no_picture_and_no_empty_path(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--image", "a.png", "train"], ["--data", "", "train"], ["--runs-dir=", "runs"]):
        with pytest.raises(SystemExit) as exit_:
            parse(arguments)
        assert exit_.value.code == 2
    assert "the path is empty" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["open", "bundled", "--index", "x"], ["train", "--filters", "32,x,64"]])
def test_what_is_no_number_is_said_in_plain_words(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        parse(words)
    assert exit_.value.code == 2
    assert capsys.readouterr().err.strip().endswith("x is not a whole number")


def test_a_picture_and_a_digit_cannot_both_be_looked_at() -> None:
    for arguments in (
        ["open", "bundled", "--digit", "0", "--image", "a.png"],
        ["--image", "a.png", "open", "bundled", "--digit", "0"],
    ):
        with pytest.raises(SystemExit):
            parse(arguments)


def test_a_path_may_begin_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert parse(["train", "--data=~/digits.npz"]).data == Path("/home/somebody/digits.npz")


@pytest.mark.parametrize(
    ("words", "command"),
    [([], "open"), (OPEN, "open"), (TRAIN, "train"), (["runs"], "runs list"), (RUNS[2], "runs show")],
)
def test_each_command_has_its_name(words: list[str], command: str) -> None:
    assert parse(words).command == command


def test_the_arguments_of_a_command_that_nobody_asks_for_are_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnntui.commands.arguments._fill_train", lambda parser: pytest.fail("made for nobody"))
    for words in ([], OPEN, *RUNS):
        parse(words)
