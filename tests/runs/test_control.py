"""Requests reach the trainer, and a damaged one changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.control import ControlReader, TrainerCommand, ask
from cnntui.runs.directory.run_directory import RunDirectory


def test_the_newest_wish_counts(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    reader = ControlReader(run.control_path)
    assert reader.command() is TrainerCommand.RUN
    for command in (TrainerCommand.PAUSE, TrainerCommand.RUN, TrainerCommand.STOP):
        ask(run, command)
        assert reader.command() is command
        assert reader.command() is command


def test_one_batch_is_one_batch_until_it_is_wished_again(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    reader = ControlReader(run.control_path)
    for _ in range(2):
        ask(run, TrainerCommand.STEP)
        assert reader.command() is TrainerCommand.STEP
        assert reader.command() is TrainerCommand.STEP
        reader.stepped()
        assert reader.command() is TrainerCommand.PAUSE
    ask(run, TrainerCommand.RUN)
    assert reader.command() is TrainerCommand.RUN


def test_a_learning_rate_is_wished_beside_and_stays_wished(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    reader = ControlReader(run.control_path)
    assert reader.command() is TrainerCommand.RUN
    assert reader.learning_rate is None
    ask(run, TrainerCommand.RUN, learning_rate=0.01)
    ask(run, TrainerCommand.PAUSE)
    assert reader.command() is TrainerCommand.PAUSE
    assert reader.learning_rate == 0.01
    ask(run, TrainerCommand.PAUSE, learning_rate=0.5)
    assert reader.command() is TrainerCommand.PAUSE
    assert reader.learning_rate == 0.5


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf"), 1e39])
def test_what_is_no_learning_rate_is_neither_asked_for_nor_believed(tmp_path: Path, rate: float) -> None:
    run = RunDirectory(tmp_path)
    with pytest.raises(CnntuiError, match="learning_rate"):
        ask(run, TrainerCommand.RUN, learning_rate=rate)
    assert not run.control_path.exists()
    run.control_path.write_text(json.dumps({"command": "pause", "learning_rate": rate}))
    reader = ControlReader(run.control_path)
    assert reader.command() is TrainerCommand.PAUSE
    assert reader.learning_rate is None


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b"{}", b'{"command": "explode"}', b'{"command": 3}', b"\xff"])
def test_a_wish_that_makes_no_sense_changes_nothing(tmp_path: Path, damaged: bytes) -> None:
    run = RunDirectory(tmp_path)
    reader = ControlReader(run.control_path)
    ask(run, TrainerCommand.PAUSE)
    assert reader.command() is TrainerCommand.PAUSE
    run.control_path.write_bytes(damaged)
    assert reader.command() is TrainerCommand.PAUSE
