"""Choices that a key goes through."""

from __future__ import annotations

from enum import Enum
from typing import Self


class Cycle(Enum):
    """An enumeration whose last member is followed by the first."""

    def next(self) -> Self:
        """The member after this one."""
        every = list(type(self))
        return every[(every.index(self) + 1) % len(every)]
