"""A student taking the course: which page is open, what was asked and answered, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from enum import Enum

from cnntui.explore.focus import Focus
from cnntui.explore.scene import refocus
from cnntui.files.errors import CnntuiError
from cnntui.lessons.checks import Right, as_typed, holds, in_words, is_right, right_answer, text_at
from cnntui.lessons.live import Live
from cnntui.lessons.page import Course, Lesson, LessonPage, QuestionKind
from cnntui.lessons.phrases import phrase
from cnntui.lessons.progress import Answer, Progress
from cnntui.lessons.states import can_be_shown, shown
from cnntui.values import dataclass

MOST_TYPED = 12


class Phase(Enum):
    """How far along a page is."""

    READING = "reading"
    """There is nothing to answer."""
    ASKING = "asking"
    """A question is open, and what it asks for is covered."""
    ANSWERED = "answered"
    """The question has been answered: what it asked for is uncovered, with the prediction beside the right answer."""


@dataclass(frozen=True)
class Sheet:
    """Everything that the panel of a lesson shows.

    Attributes:
        title: the lesson's title.
        page, pages: the number of the page, from 1, and how many there are.
        phase: how far along the page is.
        kind: how its question is answered; None if it has none.
        text: the text before the question.
        ask: the question.
        options: the choices.
        hints: the hints shown so far.
        more_hints: whether there are more hints.
        verdict: a few words on the answer, and whether it was good, bad or neither.
        why: the explanation.
        typed: the answer so far.
        notice: what is wrong with the typed answer.
        covers, points: names of the view's widgets that are covered, and of those that are marked.
        language: the language of all texts.
        is_last: whether this is the last page.
        has_answer: whether the answer can be shown.
        keys: the key of each command, as written for people, by the command's name.
        score: how many answers were right, and how many there were, for a question outside a course; None on a page of
            a course.
    """

    title: str
    page: int
    pages: int
    phase: Phase
    kind: QuestionKind | None = None
    text: str = ""
    ask: str = ""
    options: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    more_hints: bool = False
    verdict: tuple[str, str] = ("", "")
    why: str = ""
    typed: str = ""
    notice: str = ""
    covers: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    language: str = "en"
    is_last: bool = False
    has_answer: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)
    score: tuple[int, int] | None = None

    def key(self, command: str) -> str:
        """The key of a command."""
        return self.keys.get(command, command)

    @property
    def takes_typing(self) -> bool:
        """Whether typed characters go to the answer."""
        return self.phase is Phase.ASKING and self.kind is not None and self.kind.is_typed

    def takes(self, sign: str) -> bool:
        """Whether a typed sign goes to the answer. What divides or ends a number has to follow a digit of it."""
        if not self.takes_typing or sign.isdigit():
            return self.takes_typing
        is_number = self.kind is QuestionKind.NUMBER
        return is_number and (sign not in "/%" or self.typed[-1:].isdigit())

    @property
    def takes_enter(self) -> bool:
        """Whether the lesson handles enter.

        While a state is to be reached, enter may be the view's; outside a course, no page follows an answer.
        """
        if self.phase is Phase.ASKING:
            return self.kind is not QuestionKind.REACH
        return self.score is None


def unopened(page: LessonPage, language: str, live: Live | None = None) -> Sheet:
    """A page before it is opened, as far as it is known: what it covers and points at, and its texts.

    Raises:
        CnntuiError: the view has nothing that the page is about.
    """
    blank = Sheet("", 1, 1, Phase.READING, covers=page.covers + page.hides, points=page.points, language=language)
    if live is None:
        return blank
    if page.question is not None:
        right_answer(page.question, live)
    return _filled(blank, page, live)


def _filled(blank: Sheet, page: LessonPage, live: Live) -> Sheet:
    """A page with its texts, which are computed from what its view shows."""
    sheet = replace(blank, text=text_at(page.text, live, page), covers=page.hides, points=page.points)
    if (question := page.question) is None:
        return sheet
    return replace(
        sheet, kind=question.kind, ask=text_at(question.ask, live, page),
        options=tuple(text_at(option, live, page) for option in question.options.values()),
        more_hints=bool(question.hints), covers=page.covers + page.hides,
        has_answer=question.kind.is_typed or can_be_shown(question.check),
    )  # fmt: skip


class Taking:
    """Owns the place in the course and the answers given there.

    The pages of a session form a queue: a question that was answered wrong is asked again at its end.
    """

    def __init__(self, course: Course, progress: Progress, language: str, *, keeps_score: bool = False) -> None:
        """Start with no page open.

        Args:
            course: the course.
            progress: the progress from earlier sessions.
            language: the language of the course.
            keeps_score: whether questions are asked outside a course, with a score.
        """
        self.course = course
        self.progress = progress
        self.language = language
        self._keeps_score = keeps_score
        self._queue: tuple[tuple[Lesson, LessonPage], ...] = ()
        self._place = 0
        self._is_review = False
        self._live: Live | None = None
        self._right: Right | None = None
        self.sheet: Sheet | None = None

    # Opening

    def begin(self, lesson: Lesson, page: int = 0, *, test_out: bool = False) -> LessonPage:
        """Start a lesson at one of its pages, and return the page to open.

        Args:
            lesson: the lesson.
            page: the first page, from 0.
            test_out: whether to ask only the questions, for students who know the lesson already.
        """
        pages = lesson.questions if test_out else lesson.pages
        return self._enqueue([(lesson, each) for each in pages], page)

    def review(self) -> LessonPage | None:
        """Ask the due questions again; None if none are due."""
        due = self.progress.due(self.course)
        return self._enqueue(due, 0, is_review=True) if due else None

    def ask(self, lesson: Lesson, page: LessonPage, live: Live) -> None:
        """Ask one question about what the screen shows."""
        self._enqueue([(lesson, page)], 0)
        self.opened(live)

    @property
    def score(self) -> tuple[int, int] | None:
        """How many answers were right, and how many there were; None in a course."""
        answers = [answer for given in self.progress.answers.values() for answer in given]
        return (sum(answer.right for answer in answers), len(answers)) if self._keeps_score else None

    def _enqueue(
        self, queue: Sequence[tuple[Lesson, LessonPage]], place: int, *, is_review: bool = False
    ) -> LessonPage:
        self._is_review = is_review
        self._queue, self._place = tuple(queue), min(max(place, 0), len(queue) - 1)
        return self.page

    @property
    def page(self) -> LessonPage:
        """The open page."""
        return self._queue[self._place][1]

    @property
    def lesson(self) -> Lesson:
        """The open page's lesson."""
        return self._queue[self._place][0]

    def opened(self, live: Live) -> None:
        """Note that the view now shows the page's place: fill in its texts and compute the right answer."""
        self._live, page = live, self.page
        if not self._is_review:
            # After a review, the lesson continues where it was left.
            self.progress = self.progress.at(self.lesson, page)
        phase = Phase.READING if page.question is None else Phase.ASKING
        try:
            self._right = None if page.question is None else right_answer(page.question, live)
            sheet = _filled(self._blank(phase), page, live)
            # A test helps nobody.
            self.sheet = replace(sheet, more_hints=False, has_answer=False) if self.lesson.is_test else sheet
        except CnntuiError as error:
            self.cannot(error)
        if self.sheet is not None and self.sheet.phase is Phase.READING:
            self.progress = self.progress.having_read(self.lesson, page)

    def cannot(self, error: CnntuiError) -> None:
        """Say why the page cannot be shown here, and let the course continue."""
        base = self._blank(Phase.READING)
        self.sheet = replace(base, text=self._said("cannot", reason=error.message))

    def _blank(self, phase: Phase) -> Sheet:
        number = None if self._keeps_score else self.course.number(self.lesson)
        title = self.lesson.title if number is None else self._said("lesson", number=number, title=self.lesson.title)
        return Sheet(
            title, self._place + 1, len(self._queue), phase, language=self.language,
            is_last=self._place + 1 == len(self._queue), score=self.score,
            keys=self._live.keys if self._live is not None else {},
        )  # fmt: skip

    def _said(self, name: str, **values: object) -> str:
        return phrase(self.language, name, **values)

    @property
    def is_asking(self) -> bool:
        """Whether a question is open."""
        return self.sheet is not None and self.sheet.phase is Phase.ASKING

    @property
    def is_answered(self) -> bool:
        """Whether a question has been answered."""
        return self.sheet is not None and self.sheet.phase is Phase.ANSWERED

    # Answering

    def type(self, text: str) -> None:
        """Type more; an empty text deletes the last character."""
        if self.sheet is None or not (self.sheet.takes(text) if text else self.sheet.takes_typing):
            return
        typed = self.sheet.typed[:-1] if not text else (self.sheet.typed + text)[:MOST_TYPED]
        if text and self.sheet.kind is QuestionKind.CHOICE:
            # There is one option to choose: the newest one counts.
            typed = text
        self.sheet = replace(self.sheet, typed=typed, notice="")

    def hint(self) -> None:
        """Show one more hint."""
        sheet, question = self.sheet, self.page.question
        if sheet is None or question is None or sheet.phase is not Phase.ASKING or not sheet.more_hints:
            return
        assert self._live is not None
        count = len(sheet.hints) + 1
        hints = tuple(text_at(hint, self._live, self.page) for hint in question.hints[:count])
        self.sheet = replace(sheet, hints=hints, more_hints=count < len(question.hints), notice="")

    def answer(self, live: Live) -> None:
        """Take what was typed, or the place that the view shows, as the answer."""
        sheet, question = self.sheet, self.page.question
        if sheet is None or question is None or sheet.phase is not Phase.ASKING or self._right is None:
            return
        if question.kind.is_typed:
            is_so = is_right(question, self._right, sheet.typed)
            if is_so is None:
                self.sheet = replace(sheet, notice=self._complaint(sheet), typed="")
                return
            self._judge(is_so, in_words(question, sheet.typed))
        elif self._holds(live):
            self._live = live
            self._judge(True, "")
        elif question.kind is QuestionKind.POINT:
            self.sheet = replace(sheet, notice=self._said("not_here", hint=sheet.key("hint")))

    def look(self, live: Live) -> bool:
        """Note that the view shows something else; returns whether this is the state to be reached."""
        sheet, question = self.sheet, self.page.question if self._queue else None
        if sheet is None or sheet.phase is not Phase.ASKING:
            return False
        if question is None or question.kind is not QuestionKind.REACH:
            return False
        if self._holds(live):
            self._live = live
            self._judge(True, "")
            return True
        return False

    def _holds(self, live: Live) -> bool:
        assert self.page.question is not None
        try:
            return holds(self.page.question, live)
        except CnntuiError:
            return False

    def show(self) -> Focus | None:
        """Show the answer; returns the place to show if the answer is a place."""
        sheet, question = self.sheet, self.page.question
        if sheet is None or question is None or sheet.phase is not Phase.ASKING or self.lesson.is_test:
            return None
        assert self._live is not None
        if question.kind.is_typed:
            self._judge(False, None)
            return None
        focus = shown(question.check, self._live, dict(question.given)) if sheet.has_answer else None
        if focus is None:
            self.sheet = replace(sheet, notice=self._said("unshown", skip=sheet.key("tab-page")))
        else:
            # The explanation is about the place that was found.
            self._live = replace(self._live, scene=refocus(self._live.scene, focus))
            self._judge(False, None)
        return focus

    def _judge(self, is_so: bool, typed: str | None) -> None:
        """Uncover the answer and explain it; `typed` is None if the answer was shown."""
        sheet, question, right = self.sheet, self.page.question, self._right
        assert sheet is not None
        assert question is not None
        assert right is not None
        assert self._live is not None
        given = Answer(is_so, typed is None, len(sheet.hints))
        self.progress = self.progress.having_answered(self.lesson, self.page, given)
        if self.lesson.is_test:
            # A test gives no feedback.
            self.sheet = replace(sheet, phase=Phase.ANSWERED, covers=self.page.hides, text="", notice="")
            return
        if not is_so and (self.lesson, self.page) not in self._queue[self._place + 1 :]:
            self._queue = (*self._queue, (self.lesson, self.page))
        if typed is None:
            verdict = self._said("shown_is", answer=right.said) if right.said else self._said("here")
        elif not right.said:
            verdict = self._said("right")
        else:
            of = "is" if question.kind is QuestionKind.NUMBER else "option"
            verdict = self._said(f"{'right' if is_so else 'wrong'}_{of}", answer=right.said, typed=typed)
        why = text_at(question.why, self._live, self.page, right)
        if not is_so and typed is not None and question.wrong:
            # A Chinese full stop brings its own blank.
            between = "" if self.language == "zh" else " "
            why = f"{text_at(question.wrong, self._live, self.page, right)}{between}{why}"
        self.sheet = replace(
            sheet, phase=Phase.ANSWERED, covers=self.page.hides, why=why, notice="",
            verdict=(verdict, "good" if is_so else "bad" if typed else ""),
            pages=len(self._queue), is_last=self._place + 1 == len(self._queue), score=self.score,
        )  # fmt: skip

    def _complaint(self, sheet: Sheet) -> str:
        count = len(sheet.options)
        if sheet.kind is QuestionKind.NUMBER:
            return self._said("not_a_number", typed=sheet.typed) if sheet.typed else self._said("number")
        if sheet.kind is QuestionKind.ORDER:
            return self._said("not_an_order", count=count, example="".join(map(str, range(count, 0, -1))))
        return self._said("not_an_option", count=count)

    def as_typed(self) -> str:
        """What a student who knows the answer would type; empty if the answer is not typed."""
        question = self.page.question
        if question is None or self._right is None or not question.kind.is_typed:
            return ""
        return as_typed(question, self._right)

    # Turning pages

    @property
    def next_page(self) -> LessonPage | None:
        """The next page; None if there is none."""
        return self._queue[self._place + 1][1] if self._place + 1 < len(self._queue) else None

    def step(self, pages: int) -> LessonPage | None:
        """Go a number of pages forward; returns the page, or None after the last one, when the lesson is over."""
        place = self._place + pages
        if place >= len(self._queue):
            return None
        self._place = max(0, place)
        return self.page

    def close(self) -> None:
        """Close the lesson, keeping the place."""
        self.sheet = None
