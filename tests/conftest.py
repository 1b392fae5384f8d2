"""What every test stands on: the same terminal everywhere, and no runs but those that a test makes."""

from __future__ import annotations

import os

# Before Textual is imported, which reads its environment once.
for name in [*os.environ]:
    if name.startswith("TEXTUAL") or name in ("NO_COLOR", "COLORTERM", "FORCE_COLOR"):
        del os.environ[name]
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["TERM"] = "xterm-256color"
os.environ["COLORTERM"] = "truecolor"
# Before NumPy is imported: one thread, as the app has it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path

import pytest

from cnntui.cnn.network import Network
from cnntui.data import Digits, load_test
from cnntui.opening import open_run
from cnntui.runs.directory import bundled_run, bundled_runs


@pytest.fixture(autouse=True)
def runs_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for runs, which cnntui takes for the person's own."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("CNNTUI_RUNS_DIR", str(folder))
    monkeypatch.setenv("CNNTUI_CACHE_DIR", str(tmp_path / "cache"))
    return folder


@pytest.fixture(scope="session")
def digits() -> Digits:
    """The 10,000 test digits."""
    return load_test()


@pytest.fixture(scope="session")
def network() -> Network:
    """The trained network that ships with cnntui."""
    return open_run(bundled_run()).network


@pytest.fixture(scope="session")
def dense_network() -> Network:
    """The trained network without convolutions that ships with cnntui."""
    return open_run(next(run for run in bundled_runs() if run.name == "dense")).network
