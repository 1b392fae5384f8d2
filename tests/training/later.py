"""Modules that are imported when something of them is used: TensorFlow takes five seconds in each process of the tests,
and all of them collect every test.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """A stand-in for a module."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        # Collecting the tests asks everything in a file for its bases and marks.
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(import_module(self._name), name)


keras, tf = Later("keras"), Later("tensorflow")
learner, recipe = Later("cnntui.training.learner"), Later("cnntui.training.recipe")
