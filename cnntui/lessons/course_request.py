"""A request for the course, from the command line."""

from __future__ import annotations

from pathlib import Path

from cnntui.values import dataclass


@dataclass(frozen=True)
class CourseRequest:
    """Which course, in which language, for whom, and where to begin.

    Attributes:
        folder: the folder of a user's own course; None for the one that comes with cnntui.
        language: "en" or "zh"; None for the language of the locale.
        name: the student's name; None for the one given before.
        lesson: the name or number of the first lesson; None for the outline.
    """

    folder: Path | None = None
    language: str | None = None
    name: str | None = None
    lesson: str | None = None


BUNDLED_COURSE = CourseRequest()
"""The course that comes with cnntui, in the language of the locale."""
