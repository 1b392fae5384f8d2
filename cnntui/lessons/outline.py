"""The outline of the course: its lessons, the progress in each, and what to do next."""

from __future__ import annotations

from cnntui.lessons.page import Course, Lesson
from cnntui.lessons.progress import Progress, key_of
from cnntui.values import dataclass

DUE = "due"
"""The name of the questions that are asked again."""


@dataclass(frozen=True)
class Entry:
    """One line of the outline.

    Attributes:
        id: the name of the lesson, or `DUE`.
        number: the number of the lesson, from 1; None if the entry is not a numbered lesson.
        title: the title; empty to use the outline's own words.
        about: one line about the topic.
        done, pages: how many of the entry's pages are done, and how many there are.
        page: the page to continue at, from 0.
        wrong: how many of the questions were last answered wrong.
        is_test: whether the lesson is a test of what the student knows.
    """

    id: str
    number: int | None
    title: str
    about: str
    done: int
    pages: int
    page: int
    wrong: int = 0
    is_test: bool = False

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do here."""
        return self.done == self.pages


@dataclass(frozen=True)
class Outline:
    """Everything that the outline shows.

    Attributes:
        entries: the entries, in the order of the course.
        next: the index of the entry to continue with.
        language: the language of the course.
        problem: why the stored progress could not be read; empty if it could.
    """

    entries: tuple[Entry, ...]
    next: int
    language: str
    problem: str = ""


def outline(course: Course, progress: Progress, language: str, problem: str = "") -> Outline:
    """The outline for a student's progress."""
    entries = [_entry(course, progress, lesson) for lesson in course.everything]
    left = next((place for place, entry in enumerate(entries) if entry.id == progress.lesson), 0)
    onward = (*range(left, len(entries)), *range(left))
    chosen = next((place for place in onward if not entries[place].is_done), left)
    due = len(progress.due(course))
    if due:
        # Questions that are due come before the lesson to continue.
        entries.insert(chosen, Entry(DUE, None, "", "", 0, due, 0))
    return Outline(tuple(entries), chosen, language, problem)


def _entry(course: Course, progress: Progress, lesson: Lesson) -> Entry:
    ids = [page.id for page in lesson.pages]
    page = ids.index(progress.page) if progress.lesson == lesson.id and progress.page in ids else None
    if page is None:
        unread = (place for place, each in enumerate(lesson.pages) if key_of(lesson, each) not in progress.read)
        page = next(unread, 0)
    done, wrong = progress.done(lesson), sum(progress.is_wrong(lesson, each) for each in lesson.questions)
    if done == len(lesson.pages):
        page = 0
    return Entry(
        lesson.id, course.number(lesson), lesson.title, lesson.about, done, len(lesson.pages), page,
        wrong, lesson.is_test,
    )  # fmt: skip
