"""The outline of the course: its lessons, how far each is, and what to do next."""

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
        id: name of the lesson, or `DUE`.
        number: of the lesson, from 1; None for what is no lesson.
        title: what it is called; empty where the outline's own words are to be used.
        about: what it is about.
        done, pages: how many of its pages are done.
        page: the page to go on at, from 0.
        wrong: how many of its questions were answered wrong last.
        is_test: whether it measures what is known.
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
        """Whether nothing of it is left to do."""
        return self.done == self.pages


@dataclass(frozen=True)
class Outline:
    """All that the outline shows.

    Attributes:
        entries: in the order in which they are met.
        next: place of the entry to continue with.
        language: of the course.
        problem: why what was kept could not be read; empty where it could.
    """

    entries: tuple[Entry, ...]
    next: int
    language: str
    problem: str = ""


def outline(course: Course, progress: Progress, language: str, problem: str = "") -> Outline:
    """The outline for a person's progress."""
    entries = [_entry(course, progress, lesson) for lesson in course.everything]
    left = next((place for place, entry in enumerate(entries) if entry.id == progress.lesson), 0)
    onward = (*range(left, len(entries)), *range(left))
    chosen = next((place for place in onward if not entries[place].is_done), left)
    due = len(progress.due(course))
    if due:
        # Questions that are due come before the lesson that is continued.
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
