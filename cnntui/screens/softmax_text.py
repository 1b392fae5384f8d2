"""What the softmax view says: each number on the way from logits to probabilities, and why it is there."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.arithmetic import MINUS, number, relation
from cnntui.cnn.softmax_steps import LARGEST_POWER, SoftmaxStep
from cnntui.palette import bar
from cnntui.widgets.lines import Line, plain

MARKER = "▸"

LOGIT_DIGITS = 5
"""Decimals of a logit: an error in it becomes a relative one of its power, which has four digits or five decimals."""

CLASS, NUMBER = 5, 11
"""Columns of a class and of a number."""

LEAST_BAR = 6
"""Columns below which a bar tells nothing."""


def power(x: float) -> str:
    """A power or a probability: with five decimals, and as a power of ten where these would show too little of it."""
    if np.isinf(x):
        return "∞" if x > 0 else f"{MINUS}∞"
    if np.isnan(x) or x == 0 or 0.001 <= x < 100_000:
        return number(x, LOGIT_DIGITS)
    mantissa, exponent = f"{x:.3e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS)


def _logit(z: float) -> str:
    return number(z, LOGIT_DIGITS, width=NUMBER - 1).strip()


def head(name: str, step: SoftmaxStep, width: int) -> Line:
    """What goes in and what comes out."""
    count = step.logits.size
    line: Line = (("softmax", "strong"), (f"   {count} logits → {count} probabilities", ""))
    more = f"   of {name}; together they are 1"
    return (*line, (more, "dim")) if len(plain(line)) + len(more) <= width else line


def first_class(count: int, chosen: int, height: int) -> int:
    """The class in the first row below the heading: 0 unless there are more than fit."""
    room = max(1, height - 1)
    return 0 if count <= room else max(0, min(chosen - room // 2, count - room))


def table(step: SoftmaxStep, chosen: int, shifted: bool, width: int, height: int) -> list[Line]:
    """One row for each class: logit, shifted logit, its power, the quotient, and that as a bar.

    Args:
        step: all the numbers.
        chosen: the class that is pointed at.
        shifted: with the largest logit taken off, as it is computed; otherwise as the formula is written.
        width, height: columns and lines; of more classes than fit, those around the chosen one are shown.
    """
    powers, quotients, _ = _of(step, shifted)
    columns = ["logit z", f"z {MINUS} max", f"exp(z {MINUS} max)"] if shifted else ["logit z", "exp(z)"]
    columns.append("÷ Σ")
    room = width - 2 - CLASS - (NUMBER + 1) * len(columns) - 2
    likely = int(np.nan_to_num(step.quotients).argmax())
    heading = f"  {'class':<{CLASS}}" + "".join(f"{column:>{NUMBER + 1}}" for column in columns)
    lines: list[Line] = [((heading + ("  probability" if room >= 11 else ""), "dim"),)]
    first = first_class(step.logits.size, chosen, height)
    for place in range(first, min(first + max(1, height - 1), step.logits.size)):
        logit = _logit(float(step.logits[place]))
        numbers = [logit, _logit(float(step.shifted[place]))] if shifted else [logit]
        numbers += [power(float(powers[place])), power(float(quotients[place]))]
        role = "window" if place == chosen else "strong" if place == likely else ""
        text = f"{MARKER if place == chosen else ' '} {place:<{CLASS}}"
        text += "".join(f"{each:>{NUMBER + 1}}" for each in numbers)
        share = float(quotients[place])
        lines.append(((text, role), ("  " + bar(share if np.isfinite(share) else 0.0, room) if room >= LEAST_BAR else "", "positive")))
    return lines


def _of(step: SoftmaxStep, shifted: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """The powers, the quotients and the sum, with the shift or without."""
    if shifted:
        return step.powers, step.quotients, step.total
    return step.plain_powers, step.plain_quotients, step.plain_total


def _total(step: SoftmaxStep, shifted: bool) -> str:
    total = _of(step, shifted)[2]
    # Often 1 and very little more, which is what the other classes have.
    return number(total, 6) if 0.001 <= total < 1000 else power(total)


def sum_line(step: SoftmaxStep, chosen: int, shifted: bool, width: int, height: int) -> list[Line]:
    """All powers added up, the chosen one lit; where they do not fit, the chosen one and all others together."""
    powers, _, total = _of(step, shifted)
    shown = [power(float(each)) for each in powers]
    result = _total(step, shifted)
    if lines := _wrapped(shown, result, chosen, width, height):
        return lines
    others = power(float(np.delete(powers, chosen).sum(dtype=np.float64)))
    return _wrapped([shown[chosen], others], result, 0, width, height, f" (the other {len(shown) - 1})")


def _wrapped(shown: list[str], result: str, chosen: int, width: int, height: int, note: str = "") -> list[Line]:
    """`Σ = a + b + …` on as few lines as it takes; no line where it takes more than there are."""
    comes_to = relation([(each,) for each in shown], result) if _all_finite([*shown, result]) else "≈"
    lines: list[list[tuple[str, str]]] = [[("Σ  ", "strong")]]
    used = 3
    pieces = [(each + (" + " if place < len(shown) - 1 else note), "window" if place == chosen else "")
              for place, each in enumerate(shown)]
    pieces.append((f" {comes_to} {result}", "strong"))
    for text, role in pieces:
        if used + len(text.rstrip()) > width:
            lines.append([("   ", "")])
            used = 3
        lines[-1].append((text, role))
        used += len(text)
    return [tuple(line) for line in lines] if len(lines) <= height else []


def _all_finite(shown: list[str]) -> bool:
    return not any("∞" in each or "n" in each for each in shown)


def equation(step: SoftmaxStep, chosen: int, shifted: bool) -> Line:
    """The chosen class's probability as one types it into a calculator."""
    powers, quotients, _ = _of(step, shifted)
    logit, top, bottom = _logit(float(step.logits[chosen])), power(float(powers[chosen])), _total(step, shifted)
    quotient = power(float(quotients[chosen]))
    finite = _all_finite([top, bottom, quotient])
    comes_to = relation([(quotient, bottom)], top) if finite else "≈"
    largest = _logit(step.maximum)
    largest = f"({largest})" if largest.startswith(MINUS) else largest
    exponent = f"{logit} {MINUS} {largest}" if shifted else logit
    return (
        (f"class {chosen}  ", "strong"), (f"exp({exponent}) ÷ Σ  ≈  {top} ÷ {bottom} {comes_to} ", ""), (quotient, "window"),
    )  # fmt: skip


def shift(step: SoftmaxStep, shifted: bool) -> list[str]:
    """What the shift by the largest logit is for, three lines."""
    largest, limit = _logit(step.maximum), f"{LARGEST_POWER:.2f}"
    if not np.isfinite(step.maximum):
        return ["A logit is not a finite number: the training has diverged.", "No probability comes of it.", ""]
    if shifted:
        return [
            f"max = {largest} is taken off every logit first, so that no power is above 1.",
            f"exp(z) itself overflows float32 beyond z = {limit}. No quotient changes:",
            f"every power and Σ are divided by the same e^{largest}, which cancels.  s: without",
        ]
    if step.plain_works:
        return [
            f"As the formula is written: exp({largest}) = {power(float(step.plain_powers.max()))} is the largest power.",
            "The quotients are the same, because the shift divides all powers and Σ alike.",
            f"But beyond z = {limit} exp(z) overflows float32: hence the shift.  s: with it",
        ]
    broken = "overflows float32: ∞ ÷ ∞ is no number" if step.maximum > 0 else "is 0 in float32: 0 ÷ 0 is no number"
    return [
        f"As the formula is written: exp({largest}) {broken}.",
        f"float32 ends at exp({limit}). Taken off every logit, the maximum makes all",
        "powers lie between 0 and 1, and no quotient changes.  s: with the shift",
    ]


def source(activation: str, name: str) -> str:
    """Where the logits are from, and whether softmax is a part of the network."""
    if activation == "softmax":
        return f"The logits are the weighted sums of {name}; softmax is its activation."
    return f"{name} ends without softmax: what it hands on is read as logits, as its training did."
