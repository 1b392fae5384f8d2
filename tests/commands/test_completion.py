"""`cnntui completion` and `cnntui keys`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnntui.cli import main
from cnntui.ui.keys.table import every


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_given_every_command_and_option(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for word in ("show", "runs", "export", "screen", "kernel-time", "pooling"):
        assert word in script
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=script, text=True, capture_output=True).returncode == 0


@pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh")
@pytest.mark.parametrize("taken", ['source "$0"', 'eval "$(cat "$0")"'])
def test_zsh_takes_the_script_from_a_file_as_from_eval(
    taken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("shtab")
    assert main(["completion", "zsh"]) == 0
    file = tmp_path / "completion.zsh"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    code = f'compdef() {{ print -r -- "$@"; }}; {taken}'
    done = subprocess.run(["zsh", "-fc", code, str(file)], text=True, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == ("_shtab_cnntui -N cnntui\n", "")


def test_without_shtab_it_is_said_how_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 1
    assert "pip install 'cnntui[completion]'" in capsys.readouterr().err


def test_an_unknown_shell_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["completion", "dos"])
    assert exit.value.code == 2
    assert "bash" in capsys.readouterr().err


def test_all_keys_are_listed_with_the_names_of_their_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {command.name for command in every()} <= {word for line in lines for word in line.split()}


COMPLETED = (
    'COMP_WORDS=(cnntui {words} "{part}"); COMP_CWORD={place}; _shtab_cnntui; printf "%s\\n" "${{COMPREPLY[@]}}"'
)
"""Bash's answer to a press of tab after some words."""


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(("words", "place"), [("open", 2), ("runs rm", 3)])
def test_bash_completes_the_names_of_runs(
    words: str, place: int, runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("shtab")
    for name in ("first", "fine", "other"):
        (runs_dir / name).mkdir(parents=True)
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out + COMPLETED.format(words=words, part="fi", place=place)
    answer = subprocess.run(
        ["bash", "--norc", "-c", script], text=True, capture_output=True, cwd=runs_dir.parent,
        env={**os.environ, "CNNTUI_RUNS_DIR": str(runs_dir)},
    )  # fmt: skip
    assert {*answer.stdout.split()} == {"first", "fine"}
