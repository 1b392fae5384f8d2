"""What a student has read and answered in a course, kept on this machine between starts and sent nowhere."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import field, replace
from itertools import count
from pathlib import Path
from typing import Any

from cnntui.files.errors import CnntuiError
from cnntui.files.regular import read_regular
from cnntui.files.remembered import state_dir
from cnntui.lessons.page import Course, Lesson, LessonPage
from cnntui.printable import printable
from cnntui.values import dataclass

MOST_BYTES = 4 * 1024 * 1024
SPACED = 2
"""How many questions are asked again at a later start."""

VERSION = 1


@dataclass(frozen=True)
class Answer:
    """One answer to a question.

    Attributes:
        right: whether the answer was right.
        shown: whether the student asked to see the answer.
        hints: the number of hints that were requested.
        start: at which start of the course the answer was given, from 1.
    """

    right: bool
    shown: bool = False
    hints: int = 0
    start: int = 1


@dataclass(frozen=True)
class Progress:
    """A student's progress.

    Attributes:
        name: the student's name; empty if none was given.
        start: how often the course was started.
        lesson, page: where the course was left.
        read: the pages that are done, as `lesson/page`.
        answers: all answers to each question, the newest last.
    """

    name: str = ""
    start: int = 0
    lesson: str = ""
    page: str = ""
    read: frozenset[str] = frozenset()
    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)

    def at(self, lesson: Lesson, page: LessonPage) -> Progress:
        """The progress, left at another page."""
        return replace(self, lesson=lesson.id, page=page.id)

    def having_read(self, lesson: Lesson, page: LessonPage) -> Progress:
        """The progress with one more page done."""
        return replace(self, read=self.read | {key_of(lesson, page)})

    def having_answered(self, lesson: Lesson, page: LessonPage, answer: Answer) -> Progress:
        """The progress with one more answer."""
        key = key_of(lesson, page)
        answers = (*self.answers.get(key, ()), replace(answer, start=self.start))
        return replace(self, answers={**self.answers, key: answers}, read=self.read | {key})

    def with_others(self, before: Progress, others: Progress) -> Progress:
        """The progress with what others have added to an earlier one."""
        added = {key: given[len(before.answers.get(key, ())) :] for key, given in others.answers.items()}
        answers = dict(self.answers)
        for key, given in added.items():
            if given:
                known = len(before.answers.get(key, ()))
                mine = answers.get(key, ())
                answers[key] = (*mine[:known], *given, *mine[known:])
        return replace(self, read=self.read | others.read, answers=answers)

    def done(self, lesson: Lesson) -> int:
        """How many of a lesson's pages are done."""
        return sum(key_of(lesson, page) in self.read for page in lesson.pages)

    def is_wrong(self, lesson: Lesson, page: LessonPage) -> bool:
        """Whether the newest answer to a question was wrong or shown."""
        answers = self.answers.get(key_of(lesson, page))
        return answers is not None and not answers[-1].right

    def due(self, course: Course) -> list[tuple[Lesson, LessonPage]]:
        """The questions to ask again at this start.

        Of those answered at an earlier start, wrong ones come first, then those asked least often, the oldest first.
        """
        asked = [
            (not self.is_wrong(lesson, page), len(answers), answers[-1].start, lesson, page)
            for lesson in course.lessons
            for page in lesson.questions
            if (answers := self.answers.get(key_of(lesson, page))) and answers[-1].start < self.start
        ]
        asked.sort(key=lambda each: each[:3])
        return [(lesson, page) for *_, lesson, page in asked[:SPACED]]


def key_of(lesson: Lesson, page: LessonPage) -> str:
    """The name under which a page is stored."""
    return f"{lesson.id}/{page.id}"


def progress_path(course: str = "") -> Path:
    """The file with the progress in a course, by default the bundled one."""
    return state_dir() / f"course{'-' if course else ''}{re.sub(r'[^A-Za-z0-9-]', '_', course)}.json"


def read_progress(path: Path) -> Progress:
    """The progress stored in a file; empty if there is no file.

    Raises:
        CnntuiError: the file cannot be understood.
    """
    try:
        content = json.loads(read_regular(path, MOST_BYTES))
        return _understood(content)
    except FileNotFoundError:
        return Progress()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise CnntuiError(f"{path} cannot be read as the record of a course.") from None


def _understood(content: Any) -> Progress:
    if content["version"] != VERSION:
        raise ValueError
    answers = {
        str(key): tuple(
            Answer(bool(each["right"]), bool(each["shown"]), int(each["hints"]), int(each["start"])) for each in given
        )
        for key, given in content["answers"].items()
        if given
    }
    return Progress(
        printable(str(content["name"])), int(content["start"]), str(content["lesson"]), str(content["page"]),
        frozenset(map(str, content["read"])), answers,
    )  # fmt: skip


def keep_progress(path: Path, progress: Progress) -> None:
    """Write the file.

    Raises:
        OSError: that is impossible.
    """
    content = {
        "version": VERSION, "name": progress.name, "start": progress.start, "lesson": progress.lesson,
        "page": progress.page, "read": sorted(progress.read),
        "answers": {
            key: [
                {"right": each.right, "shown": each.shown, "hints": each.hints, "start": each.start} for each in given
            ]
            for key, given in progress.answers.items()
        },
    }  # fmt: skip
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        fresh.write_text(json.dumps(content), encoding="utf-8")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


class Record:
    """The file with a student's progress, to which another cnntui may add at the same time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = Progress()

    def read(self) -> tuple[Progress, str]:
        """The progress so far, and what is wrong with the file; a file that cannot be read is put aside."""
        try:
            self._known = read_progress(self._path)
        except CnntuiError as error:
            said = f"{error} The course begins anew"
            aside = _free_name(self._path)
            try:
                self._path.replace(aside)
            except OSError:
                return self._known, f"{said}."
            return self._known, f"{said}; the file is now {aside.name}."
        return self._known, ""

    def keep(self, progress: Progress) -> Progress:
        """Write a student's progress, and return it with the answers that another cnntui has added meanwhile.

        Raises:
            CnntuiError: the file cannot be written.
        """
        try:
            others = read_progress(self._path) if self._path.exists() else self._known
        except CnntuiError:
            others = self._known
        whole = progress.with_others(self._known, others)
        try:
            keep_progress(self._path, whole)
        except OSError as error:
            why = f"{self._path}: {error.strerror or error}"
            raise CnntuiError(f"Your place and your answers cannot be kept ({why}).") from error
        self._known = whole
        return whole


def _free_name(path: Path) -> Path:
    """A name beside a file that nothing has yet."""
    names = (path.with_name(f"{path.stem}-unreadable-{number}{path.suffix}") for number in count(1))
    return next(name for name in names if not name.exists())
