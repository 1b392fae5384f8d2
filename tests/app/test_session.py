"""The run on screen: which requests its trainer accepts, and how long a request lasts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnntui.cnn.network import Network
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.runs.directory.control import TrainerCommand
from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.status import Status
from cnntui.runs.history.events import Finished, Paused, Resumed
from cnntui.runs.reading.watching import Watcher
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.app.session import Session
from tests.canned import BEGAN, append, canned_run

ACTIONS = ("pause", "continue", "rate", "step", "stop")


def watching(run: RunDirectory, network: Network, digits: DataSet) -> Session:
    session = Session(TrainOptions(), digits)
    session.watch(Watcher(run, network))
    session.look()
    return session


def allowed(session: Session) -> set[str]:
    return {action for action in ACTIONS if not session.why_not(action)}


def test_a_network_of_no_run_has_no_trainer(digits: DataSet) -> None:
    session = Session(TrainOptions(), digits)
    assert not session.is_training
    assert allowed(session) == set()


def test_what_a_trainer_may_be_told_depends_on_what_it_does(runs_dir: Path, network: Network, digits: DataSet) -> None:
    run = canned_run(runs_dir, 60)
    lock = RunLock(run.lock_path)
    session = watching(run, network, digits)
    assert session.is_training
    assert allowed(session) == {"pause", "rate", "stop"}
    append(run, Paused(BEGAN + 2, 60))
    session.look()
    assert allowed(session) == {"continue", "rate", "step", "stop"}
    session.ask(TrainerCommand.STOP)
    assert allowed(session) == set()
    lock.release()


def test_what_was_asked_holds_until_it_is_done(runs_dir: Path, network: Network, digits: DataSet) -> None:
    run = canned_run(runs_dir, 60)
    lock = RunLock(run.lock_path)
    session = watching(run, network, digits)
    session.ask(TrainerCommand.PAUSE)
    assert json.loads(run.control_path.read_text())["command"] == "pause"
    session.look()
    assert session.asked is TrainerCommand.PAUSE
    append(run, Paused(BEGAN + 2, 60))
    session.look()
    assert session.asked is None
    session.ask(TrainerCommand.STOP)
    append(run, Resumed(BEGAN + 3, 60))
    session.look()
    assert session.asked is TrainerCommand.STOP, "it still has to stop"
    append(run, Finished(BEGAN + 9, 60, 0.1, 0.97))
    lock.release()
    session.look()
    assert (session.asked, session.is_training) == (None, False)


def test_another_rate_lets_a_trainer_do_what_it_did(runs_dir: Path, network: Network, digits: DataSet) -> None:
    run = canned_run(runs_dir, 60)
    lock = RunLock(run.lock_path)
    session = watching(run, network, digits)
    append(run, Paused(BEGAN + 2, 60))
    session.look()
    assert session.view is not None
    assert session.view.status is Status.PAUSED
    session.change_rate(0.01)
    assert json.loads(run.control_path.read_text()) == {"command": "pause", "learning_rate": 0.01}
    lock.release()


def test_a_folder_that_cannot_be_written_changes_nothing(runs_dir: Path, network: Network, digits: DataSet) -> None:
    run = canned_run(runs_dir, 60)
    lock = RunLock(run.lock_path)
    session = watching(run, network, digits)
    run.control_path.mkdir()
    with pytest.raises(CnntuiError):
        session.ask(TrainerCommand.PAUSE)
    assert session.asked is None
    lock.release()
