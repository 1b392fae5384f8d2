"""What tests of networks share: Keras itself, and readers of files that need no process of their own."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from cnntui.cnn.readers import confined


@pytest.fixture(scope="module")
def keras() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return pytest.importorskip("keras")


def read_in_this_process(monkeypatch: pytest.MonkeyPatch, read: Callable[..., Any], damage: Any) -> None:
    """Read files without a process for each, which takes longer than all the rest."""

    def answered(module: str, file: BinaryIO, path: Path, hint: str) -> confined.Answer:
        written = io.BytesIO()
        confined.answer(read, damage, file, written)
        written.seek(0)
        return confined.received(written)

    monkeypatch.setattr(confined, "_answer", answered)
