"""Numbers and equations as printed, so that a pocket calculator agrees with the screen.

A float32 has about seven digits and a screen shows three, so numbers are rounded, and rounded terms need not add up to
the rounded result. Each equation is therefore checked in exact decimal arithmetic on the printed digits. It is printed
with '=' only if its terms give exactly the printed result. Otherwise it is printed with '≈', and its terms get just
enough digits, if there are enough, for the calculator's answer to round to the printed result.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Literal

from cnntui.values import dataclass

MINUS = "−"
"""U+2212, as wide as a digit and a plus sign; the keyboard's hyphen is narrower."""

_EXACT = Context(prec=1000, rounding=ROUND_HALF_EVEN, traps=[])
"""More digits than any sum of products of printed numbers has, so that no step rounds; ∞ − ∞ is NaN."""


def number(x: float, digits: int = 3, width: int = 0) -> str:
    """`x` with `digits` decimals: `number(-0.5, 2)` is '−0.50'. Zero never has a sign.

    With a `width`, the text takes exactly that many columns, aligned to the right. A number that is too long first
    loses decimals, then becomes a power of ten; if nothing fits, the text is a row of '#'.
    """
    text = format(float(x), f"z.{digits}f").replace("-", MINUS)
    if not width or len(text) <= width:
        return text.rjust(width)
    for form in (*(f"z.{d}f" for d in range(digits - 1, -1, -1)), "z.1e", "z.0e"):
        text = format(float(x), form).replace("-", MINUS).replace("e+0", "e").replace("e+", "e")
        if len(text) <= width:
            return text.rjust(width)
    return "#" * width


def signed_number(x: float, digits: int, width: int = 0) -> str:
    """Like `number`, but only zero looks like zero: any other number keeps its sign, as a power of ten if need be.

    For sentences that depend on the sign of a number, or on whether it is zero.
    """
    text = number(x, digits, width)
    if x == 0 or not math.isfinite(x) or text.strip("0. "):
        return text
    short = format(float(x), ".1e").replace("-", MINUS).replace(f"e{MINUS}0", f"e{MINUS}")
    return short.rjust(width)


def apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers with three decimals, or with up to seven if that shows how they differ."""
    pairs = [(number(one, digits), number(other, digits)) for digits in range(3, 8)]
    return next((pair for pair in pairs if pair[0] != pair[1]), pairs[0])


def difference(one: float, other: float, digits: int) -> float:
    """The difference of two numbers as printed with `digits` decimals: what a calculator gets from the screen."""
    return round(one, digits) - round(other, digits)


def percent(share: float, digits: int = 1) -> str:
    """A share as a percentage: 100% only if it is everything, 0% only if it is nothing, '–' if it is NaN.

    A share that would be rounded to either becomes `>99.9%` or `<0.1%`.
    """
    if math.isnan(share):
        return "–"
    text = f"{share:.{digits}%}".replace("-", MINUS)
    least = 10.0**-digits
    if share < 1 and text == f"{1:.{digits}%}":
        return f">{100 - least:.{digits}f}%"
    if share > 0 and text == f"{0:.{digits}%}":
        return f"<{least:.{digits}f}%"
    return text


@lru_cache(maxsize=4096)
def fraction(share: float) -> str:
    """A share as a decimal fraction: 1.0000 only if it is everything, 0.0000 only if it is nothing.

    A share that would be rounded to either becomes `>0.9999` or `<0.0001`.
    """
    text = number(share, 4)
    if share < 1 and text == "1.0000":
        return ">0.9999"
    if share > 0 and text == "0.0000":
        return "<0.0001"
    return text


def counted(count: int, word: str, words: str = "") -> str:
    """`1 batch`, `4,690 batches`.

    Args:
        count: the number of things.
        word: the noun for one of them.
        words: the noun for any other number; by default `word` with an s, or with es where English requires it.
    """
    plural = words or word + ("es" if word.endswith(("s", "x", "tch", "sh")) else "s")
    return f"1 {word}" if count == 1 else f"{count:,} {plural}"


def in_a_list(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


@dataclass(frozen=True)
class Equation:
    """A sum as shown on screen.

    Attributes:
        terms: the terms of the sum; each is its factors, `("0.494", "−0.231")`, or a single number, `("0.018",)`.
        relation: '=' if the terms as shown give exactly the result as shown; otherwise '≈'.
        result: the result as shown.
    """

    terms: tuple[tuple[str, ...], ...]
    relation: Literal["=", "≈"]
    result: str

    def __str__(self) -> str:
        """`0.5 × (−0.2) + 0.1 × 0.3 = −0.07`: as typed into a calculator, with brackets around negative factors."""
        text = ""
        for term in self.terms:
            first, *others = term
            if text and not others and first.startswith(MINUS):
                text += f" {MINUS} {first[1:]}"
                continue
            factors = [first if not text else bracketed(first), *map(bracketed, others)]
            text += (" + " if text else "") + " × ".join(factors)
        return f"{text} {self.relation} {self.result}"


def sum_of_products(
    values: Iterable[float], weights: Iterable[float], result: float, digits: int = 3, most_digits: int = 6
) -> Equation:
    """`value × weight + … = result`: the result with `digits` decimals, the factors with at least as many.

    Args:
        values, weights: the factors of each product, in reading order.
        result: what the network computed.
        digits: how many decimals to show.
        most_digits: the most decimals that the factors may have to make the calculator agree. If it equals `digits`,
            the width of the equation never changes.
    """
    pairs = [(float(value), float(weight)) for value, weight in zip(values, weights, strict=True)]
    return _best([_equation(pairs, result, shown, digits) for shown in range(digits, max(digits, most_digits) + 1)])


def sum_of_terms(terms: Iterable[float], result: float, digits: int = 3, most_digits: int = 6) -> Equation:
    """`term + term + … = result`, such as total + bias = pre-activation, all with the same number of decimals.

    Args:
        terms: the numbers to add up.
        result: what the network computed.
        digits: how many decimals to show.
        most_digits: the most decimals that may be shown to make the sum exact.
    """
    singles = [(float(term),) for term in terms]
    return _best([_equation(singles, result, shown, shown) for shown in range(digits, max(digits, most_digits) + 1)])


def _best(candidates: Sequence[Equation]) -> Equation:
    """The shortest exact equation; else the shortest whose answer rounds to the printed result; else the longest."""
    for equation in candidates:
        if equation.relation == "=":
            return equation
    return next(filter(_rounds_to_result, candidates), candidates[-1])


def _equation(terms: Sequence[tuple[float, ...]], result: float, term_digits: int, result_digits: int) -> Equation:
    shown = tuple(tuple(number(factor, term_digits) for factor in term) for term in terms)
    shown_result = number(result, result_digits)
    return Equation(shown, relation(shown, shown_result), shown_result)


def relation(terms: Sequence[tuple[str, ...]], result: str) -> Literal["=", "≈"]:
    """'=' if the terms as shown give exactly the result as shown; otherwise '≈'.

    Args:
        terms: the terms of the sum; each is its factors, as `number` writes them or as a power of ten, `1.5e−9`.
        result: the printed result.
    """
    return "=" if _answer(terms) == _decimal(result) else "≈"


def _answer(terms: Sequence[tuple[str, ...]]) -> Decimal:
    """What a calculator gets from the printed terms."""
    total = Decimal(0)
    for term in terms:
        product = Decimal(1)
        for factor in term:
            product = _EXACT.multiply(product, _decimal(factor))
        total = _EXACT.add(total, product)
    return total


def _rounds_to_result(equation: Equation) -> bool:
    result = _decimal(equation.result)
    return _answer(equation.terms).quantize(result, context=_EXACT) == result


def _decimal(shown: str) -> Decimal:
    return Decimal(shown.replace(MINUS, "-"))


def bracketed(factor: str) -> str:
    """A printed number, in brackets if it is negative, as after a sign."""
    return f"({factor})" if factor.startswith(MINUS) else factor
