"""Where courses come from: the bundled one, and a user's own folders."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cnntui.files.assets import LANGUAGES, asset
from cnntui.lessons.page import Course, Lesson
from cnntui.lessons.reading import read_course


@lru_cache(maxsize=len(LANGUAGES))
def bundled_course(language: str = LANGUAGES[0]) -> Course:
    """The course in a language. Everything but the words is in the English files alone.

    Raises:
        CnntuiError: this installation is incomplete.
    """
    return _in_language("lessons", language)


def questions_outside(language: str = LANGUAGES[0]) -> Lesson:
    """The questions that are asked outside the course, in a language.

    Raises:
        CnntuiError: this installation is incomplete.
    """
    (lesson,) = _in_language("predict", language).lessons
    return lesson


def _in_language(name: str, language: str) -> Course:
    return read_course(asset(name, LANGUAGES[0]), None if language == LANGUAGES[0] else asset(name, language))


def own_course(folder: Path) -> Course:
    """A user's own course; progress in it is kept under the name of its folder.

    Raises:
        CnntuiError: the course has an error.
    """
    return read_course(folder, name=folder.resolve().name)
