"""A pocket calculator that reads equations off the screen and says whether they are right.

A number on the screen is rounded, so it stands for all numbers that round to it. `=` claims that the shown digits come
to the shown result exactly; `≈` that some numbers behind them do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

_TOKEN = re.compile(r"\d+(?:,\d{3})*\.?\d*(?:e−?\d+)?|max|exp|ln|[×·÷/+−(),]")
_PLAIN = re.compile(r"−?[\d,.]+(?:e−?\d+)?")
_FOREIGN = re.compile(r"[^\d,.×·÷/+−() aelmnpx]")
"""Characters that no expression contains."""


@dataclass(frozen=True)
class Value:
    """What an expression comes to: exactly, in the shown digits, and the bounds of what may be behind them."""

    exact: Decimal
    low: Decimal
    high: Decimal

    def __neg__(self) -> Value:
        return Value(-self.exact, -self.high, -self.low)

    def __add__(self, other: Value) -> Value:
        return Value(self.exact + other.exact, self.low + other.low, self.high + other.high)

    def __mul__(self, other: Value) -> Value:
        corners = [one * two for one in (self.low, self.high) for two in (other.low, other.high)]
        return Value(self.exact * other.exact, min(corners), max(corners))

    def __truediv__(self, other: Value) -> Value:
        corners = [one / two for one in (self.low, self.high) for two in (other.low, other.high)]
        return Value(self.exact / other.exact, min(corners), max(corners))


@dataclass(frozen=True)
class Claim:
    """An equation on the screen.

    Attributes:
        text: as it stands there.
        holds: whether it is right.
    """

    text: str
    holds: bool


def read(text: str) -> Value:
    """The value of one expression, which is the whole text.

    Raises:
        ValueError: it is none.
    """
    reader = _Reader(text)
    value = reader.sum()
    if reader.rest:
        raise ValueError(f"{reader.rest!r} is left over in {text!r}")
    return value


def claims(line: str) -> Iterator[Claim]:
    """All equations in a line of text, whatever words surround them."""
    for match in re.finditer(r"[=≈]", line):
        left, right = _longest_end(line[: match.start()]), _longest_beginning(line[match.end() :])
        # If neither side computes anything, the sign stands between a name and its number.
        if left and right and not (_PLAIN.fullmatch(left) and _PLAIN.fullmatch(right)):
            ours, theirs = read(left), read(right)
            exactly = ours.exact == theirs.exact
            nearly = ours.low <= theirs.high and theirs.low <= ours.high
            yield Claim(f"{left} {match.group()} {right}", exactly if match.group() == "=" else nearly)


def _longest_end(text: str) -> str:
    """The longest expression at the end of a text; empty if there is none."""
    text = _FOREIGN.split(text)[-1]
    return next((text[start:].strip() for start in range(len(text)) if _is_expression(text[start:])), "")


def _longest_beginning(text: str) -> str:
    text = _FOREIGN.split(text, maxsplit=1)[0]
    return next((text[:end].strip() for end in range(len(text), 0, -1) if _is_expression(text[:end])), "")


@cache
def _is_expression(text: str) -> bool:
    # Not the tail of a number or of a word.
    if not text.strip() or not re.match(r" *[\d−(mel]", text):
        return False
    try:
        read(text)
    except (ValueError, ArithmeticError):
        return False
    return True


class _Reader:
    """Reads an expression from left to right: sums of products of numbers, brackets, `max(…)`, `exp(…)` and `ln(…)`."""

    def __init__(self, text: str) -> None:
        self._go_on(text)

    def _go_on(self, rest: str) -> None:
        self.rest = rest.lstrip()
        token = _TOKEN.match(self.rest)
        self._token = token.group() if token else ""

    def _take(self, *expected: str) -> str:
        token = self._token
        if token not in expected:
            return ""
        self._go_on(self.rest[len(token) :])
        return token

    def sum(self) -> Value:
        value = self._product()
        while sign := self._take("+", "−"):
            term = self._product()
            value = value + (term if sign == "+" else -term)
        return value

    def _product(self) -> Value:
        value = self._factor()
        while sign := self._take("×", "·", "÷", "/"):
            factor = self._factor()
            value = value * factor if sign in "×·" else value / factor
        return value

    def _factor(self) -> Value:
        if self._take("−"):
            return -self._factor()
        if self._take("max"):
            return self._largest()
        if self._take("exp"):
            self._expect("(")
            value = self.sum()
            self._expect(")")
            return Value(value.exact.exp(), value.low.exp(), value.high.exp())
        if self._take("ln"):
            self._expect("(")
            value = self.sum()
            self._expect(")")
            return Value(value.exact.ln(), value.low.ln(), value.high.ln())
        if self._take("("):
            value = self.sum()
            self._expect(")")
            return value
        token = self._token
        if not token or not token[0].isdigit():
            raise ValueError(f"no number at {self.rest!r}")
        self._go_on(self.rest[len(token) :])
        return _number(token)

    def _largest(self) -> Value:
        self._expect("(")
        values = [self.sum()]
        while self._take(","):
            values.append(self.sum())
        self._expect(")")
        exact, low, high = (max(part) for part in zip(*((v.exact, v.low, v.high) for v in values), strict=True))
        return Value(exact, low, high)

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise ValueError(f"no {token} at {self.rest!r}")


def _number(token: str) -> Value:
    """A number; one without decimals is a count and stands for itself alone."""
    number = Decimal(token.replace(",", "").replace("−", "-"))
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    half = Decimal(5).scaleb(exponent - 1) if "." in token or "e" in token else Decimal(0)
    return Value(number, number - half, number + half)
