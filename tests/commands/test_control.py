"""`cnntui runs stop`, `pause`, `continue` and `follow` on trainings started elsewhere, and runs as JSON."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnntui.cli import DONE, FAILED, INTERRUPTED, WRONG_USAGE, main
from cnntui.commands import run_json
from cnntui.commands.control import pause
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunFollower
from tests.fake_trainer import FakeScript, start_fake_training, write_fake_run
from tests.scripts import script_run
from tests.waiting import wait_until

Captured = pytest.CaptureFixture[str]


def status(run: RunDirectory) -> Status:
    return RunFollower(run).poll().status


@pytest.fixture
def held(runs_dir: Path) -> Iterator[RunDirectory]:
    """A run that is being trained, at batch 16 of 80."""
    run = start_fake_training(runs_dir, FakeScript(hold_at=16))
    wait_until(lambda: RunFollower(run).poll().step == 16)
    yield run
    if status(run).is_active:
        ask(run, TrainerCommand.STOP)
        wait_until(lambda: not status(run).is_active)


@pytest.mark.slow
def test_a_run_is_paused_continued_and_stopped_from_outside(held: RunDirectory, capsys: Captured) -> None:
    for _ in range(2):  # what is so already is no failure
        assert main(["runs", "pause", "fake"]) == DONE
        assert status(held) is Status.PAUSED
        assert "fake is paused at batch 16 of 80." in capsys.readouterr().out
    for _ in range(2):
        assert main(["runs", "continue", "fake"]) == DONE
        assert status(held) is Status.RUNNING
        assert capsys.readouterr().out == "fake is running at batch 16 of 80.\n"
    assert main(["runs", "stop", "fake"]) == DONE
    assert status(held) is Status.STOPPED
    assert "fake is stopped at batch 16 of 80. Resume it: cnntui train --resume fake" in capsys.readouterr().out
    for verb in ("stop", "pause", "continue"):
        assert main(["runs", verb, "fake"]) == FAILED
        assert "fake is not being trained: it is stopped." in capsys.readouterr().err


def test_a_paused_run_can_be_stopped(held: RunDirectory) -> None:
    assert main(["runs", "pause", "fake"]) == DONE
    assert main(["runs", "stop", "fake"]) == DONE
    assert status(held) is Status.STOPPED


@pytest.mark.slow
def test_a_run_that_still_starts_is_waited_for_no_longer_than_that(runs_dir: Path) -> None:
    run = start_fake_training(runs_dir, FakeScript(hold_before_start=True))
    with pytest.raises(CnntuiError, match="was asked to pause but did not within 0 seconds"):
        pause("fake", runs_dir, patience=0.2)
    ask(run, TrainerCommand.STOP)
    wait_until(lambda: not status(run).is_active)


@pytest.mark.parametrize("verb", ["stop", "pause", "continue"])
def test_what_is_not_trained_cannot_be_steered(verb: str, runs_dir: Path, capsys: Captured) -> None:
    run = write_fake_run(runs_dir)
    for target in ("fake", "bundled", "nobody"):
        assert main(["runs", verb, target]) == FAILED
        (line,) = capsys.readouterr().err.splitlines()
        assert target in line
    assert not run.control_path.exists()


@pytest.mark.slow
def test_following_shows_a_run_until_it_ends(runs_dir: Path, capsys: Captured) -> None:
    start_fake_training(runs_dir, FakeScript(chunk_seconds=0.02))
    assert main(["runs", "follow", "fake"]) == DONE
    said = capsys.readouterr().out
    assert said.startswith("Training fake: 2 epochs")
    for words in ("epoch 1/2", "epoch 2/2", "Test accuracy 0.9500", "cnntui open fake"):
        assert words in said
    assert main(["runs", "follow", "fake"]) == DONE
    assert "epoch 2/2" in capsys.readouterr().out
    write_fake_run(runs_dir, FakeScript(fail_at=16))
    assert main(["runs", "follow", "fake-2"]) == FAILED


@pytest.mark.slow
def test_ctrl_c_ends_the_following_and_not_the_training(held: RunDirectory) -> None:
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from cnntui.cli import main; sys.exit(main(['runs', 'follow', 'fake']))"
    )
    following = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )
    assert following.stdout is not None
    assert following.stdout.readline().startswith("Training fake")
    following.send_signal(signal.SIGINT)
    _, errors = following.communicate(timeout=60)
    assert (following.returncode, errors) == (INTERRUPTED, "fake is still training.\n")
    assert status(held) is Status.RUNNING


# JSON


def objects(text: str) -> list[dict[str, Any]]:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]


@pytest.mark.parametrize("arguments", [["runs", "--json"], ["runs", "list", "--json"], ["runs", "--json", "list"]])
def test_runs_as_json_are_an_object_a_line(arguments: list[str], runs_dir: Path, capsys: Captured) -> None:
    write_fake_run(runs_dir)
    damaged = write_fake_run(runs_dir)
    damaged.config_path.write_text("{")
    assert main(arguments) == DONE
    found = {each["name"]: each for each in objects(capsys.readouterr().out)}
    assert set(found) == {"fake", "fake-2", "bundled", "dense"}
    assert (found["fake"]["status"], found["fake"]["test_accuracy"]) == ("finished", 0.95)
    assert found["fake"]["epochs_done"] == found["fake"]["epochs"] == 2
    assert found["fake"]["problem"] is None
    assert found["fake-2"]["epochs"] is None
    assert "config.json" in found["fake-2"]["problem"]
    assert found["bundled"]["bundled"] is True


def test_settings_that_a_run_does_not_have_are_null(runs_dir: Path, capsys: Captured) -> None:
    script_run(runs_dir)
    assert main(["runs", "--json"]) == main(["runs", "show", "mine", "--json"]) == DONE
    *listed, shown = objects(capsys.readouterr().out)
    of_list = next(each for each in listed if each["name"] == "mine")
    for found in (of_list, shown["settings"]):
        assert {found[name] for name in ("filters", "kernel_size", "padding", "pooling", "dense", "device")} == {None}
        assert found["optimizer"] == "adamw"


def test_one_run_as_json_has_its_settings_and_its_epochs_from_1(runs_dir: Path, capsys: Captured) -> None:
    write_fake_run(runs_dir)
    for arguments in (["runs", "show", "fake", "--json"], ["runs", "--json", "show", "fake"]):
        assert main(arguments) == DONE
        (found,) = objects(capsys.readouterr().out)
        assert [epoch["epoch"] for epoch in found["history"]] == [1, 2]
        assert (found["batch"], found["batches"]) == (80, 80)
        assert found["settings"]["seed"] == 1


def test_json_goes_only_where_something_is_told(capsys: Captured) -> None:
    for arguments in (["runs", "--json", "rm", "x"], ["runs", "--json", "stop", "x"], ["runs", "rm", "x", "--json"]):
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        assert exit_.value.code == WRONG_USAGE


def test_what_is_no_number_is_null() -> None:
    values = {"a": math.nan, "b": [math.inf, 1.5, {"c": -math.inf}], "d": "nan"}
    assert objects(run_json.line(values)) == [{"a": None, "b": [None, 1.5, {"c": None}], "d": "nan"}]
