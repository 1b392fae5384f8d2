"""The functions that a course's files may name, and what they compute."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache

from cnntui.cnn import arithmetic
from cnntui.files.errors import CnntuiError
from cnntui.lessons import choices, states, words
from cnntui.lessons.live import Live
from cnntui.lessons.numbers import convolution, dense, image, learning, normalization, pooling, shifting
from cnntui.lessons.page import ANSWER, KEY, LessonPage, Question, QuestionKind
from cnntui.lessons.registry import CHOICES, NUMBERS, ORDERS, STATES, WORDS
from cnntui.lessons.wording import filled
from cnntui.values import dataclass

ENTERED = (choices, convolution, dense, image, learning, normalization, pooling, shifting, states, words)
"""Importing these modules registers the functions that they define."""

_TOO_MANY = 12
"""The most characters of a typed number."""


def _function(kind: QuestionKind, name: str) -> Callable[..., object]:
    match kind:
        case QuestionKind.NUMBER:
            return NUMBERS[name].compute
        case QuestionKind.CHOICE:
            return CHOICES[name]
        case QuestionKind.ORDER:
            return ORDERS[name]
        case _:
            return STATES[name].holds


@cache
def known_names(kind: QuestionKind) -> frozenset[str]:
    """The names of all checks for a kind of question."""
    match kind:
        case QuestionKind.NUMBER:
            return frozenset(NUMBERS)
        case QuestionKind.CHOICE:
            return frozenset(CHOICES)
        case QuestionKind.ORDER:
            return frozenset(ORDERS)
        case _:
            return frozenset(STATES)


@cache
def needs_of(kind: QuestionKind, name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the numbers that a check requires, and of all that it accepts."""
    _, *given = inspect.signature(_function(kind, name)).parameters.values()
    needed = frozenset(parameter.name for parameter in given if parameter.default is parameter.empty)
    return needed, frozenset(parameter.name for parameter in given)


@cache
def value_names() -> frozenset[str]:
    """The names of all values that a text may contain."""
    return frozenset(WORDS) | {name for name in NUMBERS if not needs_of(QuestionKind.NUMBER, name)[0]}


@dataclass(frozen=True)
class Right:
    """The right answer to a question.

    Attributes:
        said: the answer as a student would give it.
        keys: the keys of the right options, for a choice or an order.
        value: the right value, for a number.
        decimals: the number of decimals that the value is shown with.
    """

    said: str
    keys: tuple[str, ...] = ()
    value: float = 0.0
    decimals: int = 0


def right_answer(question: Question, live: Live) -> Right:
    """The right answer, computed from the live network. For a state there is none to say.

    Raises:
        CnntuiError: the screen does not show what the question is about, or the page lacks the right option.
    """
    match question.kind:
        case QuestionKind.NUMBER:
            check = NUMBERS[question.check]
            value = check.compute(live, **question.given)
            return Right(_shown(value, check.decimals), value=value, decimals=check.decimals)
        case QuestionKind.CHOICE:
            key = CHOICES[question.check](live, **question.given)
            return Right(_options(question, key)[0], (key,))
        case QuestionKind.ORDER:
            keys = ORDERS[question.check](live, **question.given)
            return Right(" → ".join(_options(question, *keys)), keys)
    return Right("")


def _options(question: Question, *keys: str) -> list[str]:
    """The texts of options by their keys.

    Raises:
        CnntuiError: the page has no such option.
    """
    missing = [key for key in keys if key not in question.options]
    if missing:
        named = "', '".join(missing)
        raise CnntuiError(f"the answer is '{named}', but the options are called {', '.join(question.options)}.")
    return [question.options[key] for key in keys]


def holds(question: Question, live: Live) -> bool:
    """Whether the screen shows what was to be found or brought about."""
    return STATES[question.check].holds(live, **question.given)


def _shown(value: float, decimals: int) -> str:
    return f"{round(value):,}" if decimals == 0 else arithmetic.number(value, decimals)


def value_at(live: Live) -> Callable[[str], str]:
    """The function that returns the text for a placeholder.

    Raises, when called:
        CnntuiError: the screen has no such value.
    """

    def value_of(name: str) -> str:
        if name.startswith(KEY):
            command = name.removeprefix(KEY)
            return live.keys.get(command, command)
        if name in WORDS:
            return WORDS[name](live)
        check = NUMBERS[name]
        return _shown(check.compute(live), check.decimals)

    return value_of


def text_at(text: str, live: Live, page: LessonPage, right: Right | None = None) -> str:
    """A page's text with its values; `{answer}` is the right answer."""
    value_of = value_at(live)

    def with_answer(name: str) -> str:
        if name == ANSWER:
            return right.said if right is not None else ""
        return value_of(name)

    return filled(text, with_answer)


PERCENT = "%"


def typed_number(text: str) -> float | None:
    """The number that was typed, such as 0.3, .3, 1/3 or 30%, without its percent sign; None if it is not a number."""
    above, stroke, below = text.replace("−", "-").strip().removesuffix(PERCENT).partition("/")
    number, divisor = _decimal(above), _decimal(below) if stroke else 1.0
    return number / divisor if number is not None and divisor else None


def _decimal(text: str) -> float | None:
    """A decimal number; a comma is the point unless three digits follow; None if it is not a number."""
    text = text.strip()
    whole, comma, rest = text.rpartition(",")
    if comma:
        # 8,256 means thousands; 0,313 and 3,5 are decimals, as most of Europe writes them.
        is_thousands = len(rest.partition(".")[0]) == 3 and whole.lstrip("-") != "0"
        text = whole.replace(",", "") + ("" if is_thousands else ".") + rest
    try:
        return float(text)
    except ValueError:
        return None


def is_right(question: Question, right: Right, typed: str) -> bool | None:
    """Whether the typed answer is right; None if it is not an answer to this kind of question."""
    if question.kind is QuestionKind.NUMBER:
        if len(typed) > _TOO_MANY or (value := typed_number(typed)) is None:
            return None
        # The number as printed is right, however it was rounded.
        within = question.within + 0.5000001 / 10**right.decimals
        # A number may be given in percent, and a percentage without its sign.
        values = (value, value / 100) if typed.endswith(PERCENT) else (value,)
        return any(abs(value - right.value) <= within for value in values)
    keys = [*question.options]
    if not typed.isdigit() or not all(0 < int(sign) <= len(keys) for sign in typed):
        return None
    chosen = tuple(keys[int(sign) - 1] for sign in typed)
    if question.kind is QuestionKind.ORDER and sorted(chosen) != sorted(keys):
        return None
    if question.kind is QuestionKind.CHOICE and len(chosen) > 1:
        return None
    return bool(chosen == right.keys)


def as_typed(question: Question, right: Right) -> str:
    """What a student who knows the answer would type."""
    if question.kind is QuestionKind.NUMBER:
        return f"{right.value:.{right.decimals}f}"
    return "".join(str([*question.options].index(key) + 1) for key in right.keys)


def in_words(question: Question, typed: str) -> str:
    """An answer as a student would give it."""
    if question.kind is QuestionKind.NUMBER:
        return typed.replace("-", "−")
    keys = [*question.options]
    return " → ".join(question.options[keys[int(sign) - 1]] for sign in typed)
