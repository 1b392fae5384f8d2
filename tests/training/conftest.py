"""Trainers that need not load TensorFlow."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest

from cnntui.runs.starting import process
from tests.training.preloaded import CORES, Keras, preloaded


@pytest.fixture(scope="session")
def stand_in() -> Iterator[Path]:
    # A socket's path must be short.
    with TemporaryDirectory(prefix="cnntui-") as folder, preloaded(Path(folder)) as python:
        yield python


@pytest.fixture(scope="session")
def in_keras(stand_in: Path) -> Keras:
    """Keras in another process, for work that takes less time than loading it."""
    return Keras(stand_in)


@pytest.fixture
def preloaded_trainers(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainers start with TensorFlow already loaded."""
    start_with(stand_in, monkeypatch)


@pytest.fixture
def one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """Preloaded trainers use one core, unless a test is about sharing the work."""
    monkeypatch.setenv(CORES, "1")


def start_with(python: Path, patch: pytest.MonkeyPatch) -> None:
    """Start trainers with that in place of Python."""
    patch.setattr(process, "sys", SimpleNamespace(executable=str(python), version_info=sys.version_info))
