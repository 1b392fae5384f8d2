"""How somebody wants to take the course."""

from __future__ import annotations

from pathlib import Path

from cnntui.values import dataclass


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line.

    Attributes:
        folder: a course of somebody's own; None for the one that comes with cnntui.
        language: that was chosen; None for that of the locale.
        name: of the person; None for the one that was given before.
        lesson: name or number of the lesson to begin with; None for the outline.
    """

    folder: Path | None = None
    language: str | None = None
    name: str | None = None
    lesson: str | None = None


TO_LEARN = Wish()
"""The course that comes with cnntui, in the language of the locale."""
