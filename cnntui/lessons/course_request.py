"""A request for the course, from the command line."""

from __future__ import annotations

from pathlib import Path

from cnntui.values import dataclass


@dataclass(frozen=True)
class CourseRequest:
    """Which course, in which language, for whom, and where to begin.

    Attributes:
        folder: a course of a person's own; None for the one that comes with cnntui.
        language: "en" or "zh"; None for that of the locale.
        name: the person's; None for the one given before.
        lesson: the name or number of the first lesson; None for the outline.
    """

    folder: Path | None = None
    language: str | None = None
    name: str | None = None
    lesson: str | None = None


BUNDLED_COURSE = CourseRequest()
"""The course that comes with cnntui, in the language of the locale."""
