"""The knowledge of one student, or of a class, before and after the course."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from cnntui.lessons.page import Course, Lesson
from cnntui.lessons.progress import Answer, Progress, key_of
from cnntui.values import dataclass


@dataclass(frozen=True)
class Known:
    """What one student knew about one idea.

    Attributes:
        id: the question's id.
        idea: the idea, in words.
        before, after: whether the answer was right; None if there was no answer.
    """

    id: str
    idea: str
    before: bool | None
    after: bool | None


@dataclass(frozen=True)
class Gain:
    """What a class knew about one idea, counting those who answered both times.

    Attributes:
        idea: the idea, in words.
        people: how many students answered both times.
        before, after: how many of them were right.
    """

    idea: str
    people: int
    before: int
    after: int

    @property
    def normalised(self) -> float | None:
        """Hake's gain: the increase in right answers, as a share of those who were wrong before.

        1 if everyone has learned the idea, below 0 if more are wrong than before; None if nobody was wrong before.
        """
        wrong = self.people - self.before
        return (self.after - self.before) / wrong if wrong else None


def known(course: Course, progress: Progress) -> tuple[Known, ...]:
    """What a student knew about each idea: the first answer before the course, and the newest one after it."""
    if course.before is None or course.after is None:
        return ()
    before, after = course.before, course.after
    return tuple(
        Known(page.id, page.text, _right(progress, before, page.id, 0), _right(progress, after, page.id, -1))
        for page in before.questions
    )


def _right(progress: Progress, lesson: Lesson, id: str, which: int) -> bool | None:
    page = next((page for page in lesson.questions if page.id == id), None)
    answers: tuple[Answer, ...] = progress.answers.get(key_of(lesson, page), ()) if page is not None else ()
    return answers[which].right if answers else None


def gains(course: Course, people: Sequence[Progress]) -> tuple[Gain, ...]:
    """What a class knew about each idea, and about all ideas together in the last line."""
    all_known = [known(course, progress) for progress in people]
    lines = []
    for each in zip(*all_known, strict=True):
        both = [(one.before, one.after) for one in each if one.before is not None and one.after is not None]
        lines.append(Gain(each[0].idea, len(both), sum(one for one, _ in both), sum(one for _, one in both)))
    together = Gain("", *(sum(getattr(line, name) for line in lines) for name in ("people", "before", "after")))
    return (*lines, together)


def as_csv(course: Course, people: Sequence[tuple[str, Progress]]) -> str:
    """A row for each student and idea: name, question, 1 or 0 before and after, empty if there was no answer."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["name", "question", "before", "after"])
    for name, progress in people:
        for one in known(course, progress):
            writer.writerow([_safe(name), one.id, *("" if it is None else int(it) for it in (one.before, one.after))])
    return text.getvalue()


def _safe(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name[:1] in "=+-@" and name else name
