"""The run of a person's own training, as its script writes it; what Keras does is in `tests/training/test_watch.py`."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest

from cnntui.commands.runs import list_all, show
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.status import Status
from cnntui.runs.listing.glance import glance
from cnntui.runs.reading.export import export
from cnntui.runs.reading.follow import RunFollower
from cnntui.runs.recording.script_run import Plan, Values
from tests.scripts import dense_network, script_run, weights_of_step


def test_a_run_is_starting_from_its_first_moment_on(runs_dir: Path) -> None:
    run = script_run(runs_dir)
    assert RunFollower(run.run).poll().status is Status.STARTING
    run.begin(Plan(2, 3))
    assert RunFollower(run.run).poll().status is Status.STARTING
    run.batch(Values(2.0, 0.5), 10)
    view = RunFollower(run.run).poll()
    assert (view.status, view.total_steps, view.config.batch_size) == (Status.RUNNING, 6, 10)


def test_a_name_that_is_taken_gets_a_number_and_one_that_is_none_is_refused(runs_dir: Path) -> None:
    assert [script_run(runs_dir).run.name for _ in range(3)] == ["mine", "mine-2", "mine-3"]
    with pytest.raises(CnntuiError, match="cannot be the name of a run"):
        script_run(runs_dir, "../evil")
    assert len([*runs_dir.iterdir()]) == 3


def test_epochs_and_batches_count_on_where_a_second_training_begins_with_0(runs_dir: Path) -> None:
    run = script_run(runs_dir)
    for first in (0, 0, 5):
        run.begin(Plan(first + 1, 2))
        run.begin_epoch(first)
        for _ in range(2):
            run.batch(Values(1.0))
        run.end_epoch(Values(1.0), Values())
        run.end(stopped=False)
    history = RunFollower(run.run).poll().history
    assert [(end.epoch, end.step) for end in history.epochs] == [(0, 2), (1, 4), (5, 6)]
    assert history.step == history.total_steps == 6
    assert [round(history.epochs_at(step) or 0, 2) for step in (1, 2, 3, 5, 6)] == [0.5, 1, 1.5, 2.5, 6]


def test_an_epoch_that_is_not_the_first_is_counted_from_there(runs_dir: Path) -> None:
    run = script_run(runs_dir)
    run.begin(Plan(10, 2))
    run.begin_epoch(7)
    run.batch(Values(1.0))
    history = RunFollower(run.run).poll().history
    assert (history.epoch, history.total_steps, history.epochs_at(1)) == (7, 6, 7.5)


def test_what_is_not_measured_is_unknown_and_what_else_is_has_a_curve(runs_dir: Path) -> None:
    run = script_run(runs_dir)
    run.begin(Plan())
    run.batch(Values(1.0))
    run.batch(Values(math.nan, None, {"mae": 3.0}))
    run.end_epoch(Values(1.0, None, {"auc": 0.5}), Values(2.0, None, {"auc": 0.25}))
    run.end(stopped=False)
    view = RunFollower(run.run).poll()
    np.testing.assert_array_equal(view.history.metrics["mae"], [np.nan, 3])
    assert not view.history.has_accuracy
    assert view.history.lost_steps.tolist() == [2]
    assert view.history.best_epoch is None
    assert view.history.epochs[0].test_metrics == {"auc": 0.25}
    assert view.epochs is None
    assert glance(run.run).epochs_done == 1


def test_snapshots_are_dense_at_first_and_the_last_weights_are_kept(runs_dir: Path) -> None:
    run = script_run(runs_dir, network=dense_network())
    run.begin(Plan())
    for _ in range(3000):
        run.batch(Values(1.0))
    run.end(stopped=True)
    steps = run.run.snapshot_steps()
    assert steps[:10] == (0, 1, 2, 4, 8, 16, 32, 64, 128, 256)
    assert steps[-1] == 3000
    assert len(steps) <= 48
    assert weights_of_step(run.run, 3000) == 3000
    assert RunFollower(run.run).poll().status is Status.STOPPED


def test_a_person_s_commands_are_obeyed_between_batches(runs_dir: Path) -> None:
    run, rates = script_run(runs_dir), []
    run.begin(Plan(obeys=("stop", "rate"), rate=0.1))
    run.batch(Values(1.0))
    assert not run.obey(rates.append)
    ask(run.run, TrainerCommand.RUN, learning_rate=0.25)
    assert not run.obey(rates.append)
    ask(run.run, TrainerCommand.STOP)
    assert run.obey(None)
    assert rates == [0.25]
    assert RunFollower(run.run).poll().learning_rate == 0.25
    run.end(stopped=True)
    # A request to one training is no request to the next.
    run.begin(Plan())
    assert not run.obey(None)


def test_a_failure_says_why_and_gives_the_run_back(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = script_run(runs_dir)
    run.begin(Plan())
    run.batch(Values(1.0))
    run.fail("train.py failed: ValueError: no", "See there.")
    view = RunFollower(run.run).poll()
    assert view.status is Status.CRASHED
    assert view.problem is not None
    assert view.problem.message == "train.py failed: ValueError: no"
    assert not is_held(run.run.lock_path)
    assert show("mine", runs_dir) == list_all(runs_dir) == 0
    said = capsys.readouterr().out
    assert "train.py" in said
    assert "nan" not in said


def test_it_is_exported_with_all_that_was_measured(runs_dir: Path, tmp_path: Path) -> None:
    run = script_run(runs_dir)
    run.begin(Plan())
    run.batch(Values(1.0, None, {"mae": 0.5}))
    run.end_epoch(Values(1.0, None, {"mae": 0.5}), Values(2.0, None, {"mae": 0.25}))
    run.end(stopped=False)
    export(run.run, tmp_path / "out")
    assert (tmp_path / "out" / "history.csv").read_text().split() == ["step,loss,accuracy,mae", "1,1,nan,0.5"]
    head, row = (tmp_path / "out" / "epochs.csv").read_text().split()
    assert head.endswith(",test_accuracy,seconds,mae,test_mae")
    assert row.endswith(",0.5,0.25")


def test_a_child_of_the_script_does_not_keep_the_run(runs_dir: Path) -> None:
    run = script_run(runs_dir)
    run.begin(Plan())
    fds = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    run.forked()
    if fds is not None:
        assert len(os.listdir("/proc/self/fd")) == fds - 1


def test_nothing_is_left_of_a_run_whose_images_cannot_be_written(runs_dir: Path) -> None:
    with pytest.raises((CnntuiError, OSError, ValueError)):
        script_run(runs_dir, data={"x_test": np.array([print], object)})
    assert not any(runs_dir.iterdir()) if runs_dir.exists() else True
