"""Choices that a key cycles through."""

from __future__ import annotations

from enum import Enum
from typing import Self


class Cycle(Enum):
    """An enumeration in which the first member follows the last."""

    def next(self) -> Self:
        """The member after this one."""
        every = list(type(self))
        return every[(every.index(self) + 1) % len(every)]
