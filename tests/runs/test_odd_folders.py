"""An odd run folder never hides the others, and gets a sentence of its own."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from cnntui.cli import DONE, FAILED, main
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.manage import remove, rename
from cnntui.runs.directory.run_directory import RunDirectory, find_run, list_runs
from cnntui.runs.directory.status import Status
from cnntui.runs.listing.glance import glance
from cnntui.runs.listing.summary import complete
from cnntui.runs.reading.export import export
from cnntui.runs.reading.follow import RunFollower
from cnntui.runs.reading.opening import open_file, open_newest, open_run
from cnntui.runs.reading.watching import Watcher
from tests.canned import summarise
from tests.cnn.test_keras_file import small
from tests.keras_files import write_keras_file
from tests.odd_runs import KINDS, odd_runs

Odd = dict[str, RunDirectory]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Odd:
    return odd_runs(tmp_path_factory.mktemp("odd") / "runs")


@pytest.fixture
def odd_dir(odd: Odd) -> Path:
    return next(iter(odd.values())).path.parent


def test_all_of_them_are_listed(odd: Odd, odd_dir: Path) -> None:
    assert {run.path for run in list_runs(odd_dir)} == {run.path for run in odd.values()}


@pytest.mark.slow
def test_an_unpacked_keras_file_is_a_network_and_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "model"
    with zipfile.ZipFile(write_keras_file(tmp_path / "packed.keras", small())) as archive:
        archive.extractall(folder)
    assert list_runs(tmp_path) == ()
    assert main(["runs", "--runs-dir", str(tmp_path)]) == DONE
    assert "model " not in capsys.readouterr().out
    assert len(open_file(folder).network) == len(small())


@pytest.mark.slow
def test_each_has_a_summary_that_says_what_is_wrong(odd: Odd) -> None:
    for name, run in odd.items():
        for summary in (glance(run), summarise(run)):
            if name.startswith("config"):
                assert summary.config is None, name
                assert summary.problem.isprintable(), name
                assert 0 < len(summary.problem) < 400, name
            assert complete(summary).run == run
    for kind in ("folder", "loop", "pipe", "socket", "device", "sparse"):
        summary = glance(odd[f"events.jsonl-{kind}"])
        assert summary.status is Status.DAMAGED
        assert "cannot be read" in summary.problem
        assert summary.config is not None


@pytest.mark.slow
def test_an_odd_file_of_one_kind_spoils_nothing_else_of_its_run(odd: Odd) -> None:
    for kind in KINDS:
        # Of a run whose checkpoint is odd, what it says of its layers goes with the steps that it has kept.
        for file in ("events.jsonl", "live.npz", "snapshots", "lock", "control.json", "model.keras"):
            opened = open_run(odd[f"{file}-{kind}"])
            assert opened.network.parameters == 127_978
    assert open_run(odd["snapshots-newest-folder"]).network.parameters == 127_978


@pytest.mark.slow
def test_each_is_followed_watched_and_exported_or_says_why_not(odd: Odd, tmp_path: Path) -> None:
    def tried(what: Callable[[], object]) -> None:
        with suppress(CnntuiError):
            what()

    network = open_newest(tmp_path / "nowhere").network
    for number, run in enumerate(odd.values()):
        tried(lambda run=run: RunFollower(run).poll())  # type: ignore[misc]
        tried(lambda run=run: Watcher(run, network).look())  # type: ignore[misc]
        tried(lambda run=run, number=number: export(run, tmp_path / str(number)))  # type: ignore[misc]
    for path in tmp_path.rglob("*"):
        assert path.stat().st_size < 10**9


def test_the_newest_that_can_be_opened_is_opened(odd: Odd, odd_dir: Path) -> None:
    assert open_newest(odd_dir).run in odd.values()


@pytest.mark.slow
def test_every_command_goes_on_past_them(odd: Odd, odd_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shared = ["--runs-dir", str(odd_dir)]
    assert main(["runs", "list", *shared]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= len(odd)
    for name in [*odd][::7]:
        if not name.startswith("-"):
            assert main(["runs", "show", *shared, name]) in (0, FAILED)
            said = capsys.readouterr()
            assert bool(said.out) != bool(said.err), name


@pytest.mark.slow
def test_each_can_be_renamed_and_removed(tmp_path: Path) -> None:
    runs_dir = tmp_path / "runs"
    for number, run in enumerate(odd_runs(runs_dir).values()):
        renamed = rename(run, f"renamed-{number}", runs_dir)
        assert find_run(renamed.name, runs_dir) == renamed
        remove(renamed, runs_dir)
    assert list_runs(runs_dir) == ()
    assert sorted(os.listdir(runs_dir)) == ["empty", "loop", "pipe", "to-root"]
