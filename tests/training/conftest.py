"""The quick part of the tests does not load TensorFlow, which takes longer than many of them together."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest

from cnntui.runs import process
from tests.training.preloaded import preloaded

LOADING = {"test_learner.py", "test_recipe.py", "test_trainer.py"}
"""Files that import it; every test in them is slow."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if config.option.markexpr == "not slow" and collection_path.name in LOADING else None


@pytest.fixture(scope="session")
def stand_in() -> Iterator[Path]:
    # A socket's path must be short.
    with TemporaryDirectory(prefix="cnntui-") as folder, preloaded(Path(folder)) as python:
        yield python


@pytest.fixture
def preloaded_trainers(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainers that are started have loaded TensorFlow before."""
    monkeypatch.setattr(process, "sys", SimpleNamespace(executable=str(stand_in), version_info=sys.version_info))
