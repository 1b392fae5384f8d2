"""What a course is made of: lessons of pages, each a text at a real place, most with a question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import Enum

from cnntui.lessons.place import Place
from cnntui.values import dataclass

PLACEHOLDER = re.compile(r"\{((?:key:[a-z0-9-]+)|[a-z0-9_]+)\}")
"""Where a text has a value that is computed from the network, or after `key:` the key of a command."""

_CHINESE = re.compile("[一-鿿]")

KEY = "key:"
"""Begins the placeholder of a command's key."""


class QuestionKind(Enum):
    """How a question is answered."""

    NUMBER = "number"
    """By typing a number."""
    CHOICE = "choice"
    """By typing the place of one of the options, from 1."""
    ORDER = "order"
    """By typing the places of all options, one after the other."""
    POINT = "point"
    """By moving the view's own focus, and enter."""
    REACH = "reach"
    """By bringing about a state, which is seen as soon as it is there."""

    @property
    def is_typed(self) -> bool:
        """Whether the answer is typed."""
        return self in (QuestionKind.NUMBER, QuestionKind.CHOICE, QuestionKind.ORDER)


@dataclass(frozen=True)
class Question:
    """What a page asks.

    Attributes:
        kind: how it is answered.
        ask: the question.
        check: the name of what computes the right answer.
        given: numbers that the check is told.
        options: what there is to choose from or to order, by key.
        within: how far from the right number an answer may be.
        hints: what helps, the weaker hint first.
        why: the explanation, after a right answer and after a wrong one.
        wrong: the sentence shown before `why` after a wrong answer.
        claims: which claims of the course's source the question is about.
    """

    kind: QuestionKind
    ask: str
    check: str
    given: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    within: float = 0.0
    hints: tuple[str, ...] = ()
    why: str = ""
    wrong: str = ""
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class LessonPage:
    """One page.

    Attributes:
        id: its name within the lesson.
        text: what is said, before the question.
        place: what is looked at meanwhile.
        covers: names of the view's widgets that are covered until the question is answered.
        points: names of the view's widgets that are marked.
        question: what is asked; None on a page that is only read.
    """

    id: str
    text: str
    place: Place
    covers: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    question: Question | None = None

    def texts(self) -> Iterator[str]:
        """All that the page says."""
        yield self.text
        if self.question is not None:
            yield self.question.ask
            yield from self.question.options.values()
            yield from self.question.hints
            yield self.question.why
            yield self.question.wrong

    @property
    def placeholders(self) -> frozenset[str]:
        """The names of the values that its texts have."""
        return frozenset(name for text in self.texts() for name in PLACEHOLDER.findall(text))


@dataclass(frozen=True)
class Lesson:
    """A few pages on one idea.

    Attributes:
        id: its name.
        title: what it is called on the screen.
        about: one line on what it is about.
        pages: in order.
        is_test: whether nothing is said after an answer: it measures what is known.
        is_numbered: whether it is one of the lessons that are counted, and not what comes after them.
    """

    id: str
    title: str
    about: str
    pages: tuple[LessonPage, ...]
    is_test: bool = False
    is_numbered: bool = True

    @property
    def questions(self) -> tuple[LessonPage, ...]:
        """The pages that ask."""
        return tuple(page for page in self.pages if page.question is not None)


@dataclass(frozen=True)
class Course:
    """Lessons, and the tests before and after them.

    Attributes:
        name: where progress in it is kept; empty for the course that comes with cnntui.
        lessons: in order.
        before: what measures what is known before; None where the course has no such test.
        after: the same kind of questions, for afterwards.
    """

    name: str
    lessons: tuple[Lesson, ...]
    before: Lesson | None = None
    after: Lesson | None = None

    @property
    def everything(self) -> tuple[Lesson, ...]:
        """The lessons with the tests around them, in the order in which they are met."""
        before = () if self.before is None else (self.before,)
        return (*before, *self.lessons, *(() if self.after is None else (self.after,)))

    @property
    def words(self) -> int:
        """Words of the lessons, hints and explanations among them; of Chinese, two signs count as one."""
        texts = (text for lesson in self.lessons for page in lesson.pages for text in page.texts())
        return sum(len(text.split()) + len(_CHINESE.findall(text)) // 2 for text in texts)

    @property
    def numbered(self) -> tuple[Lesson, ...]:
        """The lessons that are counted."""
        return tuple(lesson for lesson in self.lessons if lesson.is_numbered)

    def lesson(self, id: str) -> Lesson | None:
        """A lesson by its name, or by its number from 1."""
        if id.isdigit():
            return self.numbered[int(id) - 1] if 0 < int(id) <= len(self.numbered) else None
        return next((lesson for lesson in self.everything if lesson.id == id), None)

    def number(self, lesson: Lesson) -> int | None:
        """Which lesson it is, from 1; None for one that is not counted."""
        return self.numbered.index(lesson) + 1 if lesson in self.numbered else None
