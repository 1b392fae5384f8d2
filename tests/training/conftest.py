"""The quick part of the tests does not load TensorFlow, which takes longer than many of them together."""

from __future__ import annotations

from pathlib import Path

import pytest

LOADING = {"test_learner.py", "test_recipe.py", "test_trainer.py"}
"""Files that import it; every test in them is slow."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if config.option.markexpr == "not slow" and collection_path.name in LOADING else None
