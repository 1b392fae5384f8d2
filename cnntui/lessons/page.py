"""The parts of a course: lessons of pages, each with a text and a place in the app, most with a question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import Enum

from cnntui.lessons.place import Place
from cnntui.values import dataclass

PLACEHOLDER = re.compile(r"\{((?:key:[a-z0-9-]+)|[a-z0-9_]+)\}")
"""A placeholder in a text: a value computed from the network, or after `key:` the key of a command."""

_CHINESE = re.compile("[一-鿿]")

WORDS_A_MINUTE, CHARACTERS_A_MINUTE = 200, 300
"""The speed of people who read to understand, in words or in Chinese characters."""

MINUTES_A_QUESTION = 0.5
"""How long a student takes to look, to predict and to type, in minutes."""

ANSWER = "answer"
"""The placeholder of the right answer, for texts that are shown once the question has been answered."""

KEY = "key:"
"""The beginning of the placeholder of a command's key."""


class QuestionKind(Enum):
    """How a question is answered."""

    NUMBER = "number"
    """By typing a number."""
    CHOICE = "choice"
    """By typing the number of one of the options, from 1."""
    ORDER = "order"
    """By typing the numbers of all options in order."""
    POINT = "point"
    """By moving the view's cursor and pressing enter."""
    REACH = "reach"
    """By bringing the app into a state, which is noticed at once."""

    @property
    def is_typed(self) -> bool:
        """Whether the answer is typed."""
        return self in (QuestionKind.NUMBER, QuestionKind.CHOICE, QuestionKind.ORDER)


@dataclass(frozen=True)
class Question:
    """A page's question.

    Attributes:
        kind: how it is answered.
        ask: the question.
        check: the name of the function that computes the right answer.
        given: numbers passed to the check.
        options: the choices, or what is to be put in order, by key.
        within: how far an answer may be from the right number.
        hints: the hints, the weaker one first.
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
        text: the text before the question.
        place: the place that the app opens.
        covers: names of the view's widgets that are covered until the question is answered.
        hides: names of those that stay covered, because a later page asks for what they show.
        points: names of the widgets that are marked.
        question: the question; None on a page without one.
    """

    id: str
    text: str
    place: Place
    covers: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    question: Question | None = None

    def texts(self) -> Iterator[str]:
        """All texts of the page."""
        yield self.text
        if self.question is not None:
            yield self.question.ask
            yield from self.question.options.values()
            yield from self.question.hints
            yield self.question.why
            yield self.question.wrong

    @property
    def placeholders(self) -> frozenset[str]:
        """The names of the values in its texts."""
        return frozenset(name for text in self.texts() for name in PLACEHOLDER.findall(text))


@dataclass(frozen=True)
class Lesson:
    """A few pages on one idea.

    Attributes:
        id: its name in files and on the command line.
        title: its title on the screen.
        about: one line about its topic.
        pages: its pages, in order.
        is_test: whether the lesson gives no feedback, because it tests what a student knows.
        is_numbered: whether it is numbered; a lesson that follows the course proper is not.
    """

    id: str
    title: str
    about: str
    pages: tuple[LessonPage, ...]
    is_test: bool = False
    is_numbered: bool = True

    @property
    def questions(self) -> tuple[LessonPage, ...]:
        """The pages with a question."""
        return tuple(page for page in self.pages if page.question is not None)


@dataclass(frozen=True)
class Length:
    """The length of a course.

    Attributes:
        words: how many words there are.
        characters: how many Chinese characters there are.
        questions: how many questions there are.
    """

    words: int
    characters: int
    questions: int

    @property
    def minutes_to_read(self) -> float:
        """Minutes that it takes to read everything."""
        return self.words / WORDS_A_MINUTE + self.characters / CHARACTERS_A_MINUTE

    @property
    def minutes(self) -> float:
        """Minutes that it takes to read everything and to answer every question."""
        return self.minutes_to_read + self.questions * MINUTES_A_QUESTION


@dataclass(frozen=True)
class Course:
    """A whole course: lessons, and the tests before and after them.

    Attributes:
        name: the name under which progress is kept; empty for the course that comes with cnntui.
        lessons: the lessons, in order.
        before: the test of what a student knows beforehand; None if the course has none.
        after: the test with questions of the same kind afterwards.
    """

    name: str
    lessons: tuple[Lesson, ...]
    before: Lesson | None = None
    after: Lesson | None = None

    @property
    def everything(self) -> tuple[Lesson, ...]:
        """The lessons with the tests around them, in order."""
        before = () if self.before is None else (self.before,)
        return (*before, *self.lessons, *(() if self.after is None else (self.after,)))

    @property
    def length(self) -> Length:
        """How much there is to read and to answer in the lessons, with hints and explanations."""
        pages = [page for lesson in self.lessons for page in lesson.pages]
        text = " ".join(text for page in pages for text in page.texts())
        words = [word for word in _CHINESE.sub(" ", text).split() if any(sign.isalnum() for sign in word)]
        return Length(len(words), len(_CHINESE.findall(text)), sum(page.question is not None for page in pages))

    @property
    def numbered(self) -> tuple[Lesson, ...]:
        """The numbered lessons."""
        return tuple(lesson for lesson in self.lessons if lesson.is_numbered)

    def lesson(self, id: str) -> Lesson | None:
        """A lesson by its name, or by its number from 1."""
        if id.isdigit():
            return self.numbered[int(id) - 1] if 0 < int(id) <= len(self.numbered) else None
        return next((lesson for lesson in self.everything if lesson.id == id), None)

    def number(self, lesson: Lesson) -> int | None:
        """The number of a lesson, from 1; None if it is not numbered."""
        return self.numbered.index(lesson) + 1 if lesson in self.numbered else None
