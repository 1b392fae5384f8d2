"""The words of the softmax view: each number from logits to probabilities, and its purpose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnntui.cnn.arithmetic import MINUS, counted, number, relation
from cnntui.cnn.network import Network
from cnntui.cnn.softmax_steps import LARGEST_POWER, SoftmaxStep
from cnntui.palette import bar
from cnntui.printable import set_width, shortened, text_width
from cnntui.ui.widgets.text.line import Line, line_width

MARKER = "▸"

LOGIT_DIGITS = 5
"""Decimals of a logit: its error becomes a relative error of its exponential, which has at least four digits."""

CLASS, NUMBER = 5, 13
"""The columns of a class, and the most columns of a number."""

END = "This is the answer, and nothing reads this: w asks why, backspace leads back."
"""The text shown if a number cannot be followed further."""

LEAST_BAR = 6
"""The least number of columns of a bar: fewer would show nothing."""


def power(x: float) -> str:
    """An exponential or a probability: with five decimals, or as a power of ten if they would show too little."""
    if np.isinf(x):
        return "∞" if x > 0 else f"{MINUS}∞"
    if np.isnan(x) or x == 0 or 0.01 <= x < 100_000:
        return number(x, LOGIT_DIGITS)
    mantissa, exponent = f"{x:.3e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS)


def _logit(z: float) -> str:
    return number(z, LOGIT_DIGITS, width=10).strip()


def head(step: SoftmaxStep, width: int) -> Line:
    """The number of logits and of probabilities."""
    count = step.logits.size
    line: Line = (
        ("softmax", "strong"),
        (f"   {counted(count, 'logit')} → {counted(count, 'probability', 'probabilities')}", ""),
    )
    more = ", together 1"
    return (*line, (more, "dim")) if line_width(line) + len(more) <= width else line


def first_class(count: int, chosen: int, height: int) -> int:
    """The class in the first row below the heading: 0 unless there are more classes than fit."""
    room = _rows(height)
    return 0 if count <= room else max(0, min(chosen - room // 2, count - room))


def _rows(height: int) -> int:
    """How many classes fit between the heading and the line of the sum."""
    return max(1, height - 2)


def table(step: SoftmaxStep, names: Sequence[str], chosen: int, shifted: bool, width: int, height: int) -> list[Line]:
    """A row for each class: its logit, shifted logit, exponential, and quotient, and the quotient as a bar.

    Args:
        step: all numbers of the view.
        names: the names of the classes.
        chosen: the selected class.
        shifted: whether the largest logit is subtracted first, as in the computation; the plain formula does not.
        width, height: columns and lines; of more classes than fit, those around the selected one are shown.
    """
    powers, quotients = (step.powers, step.quotients) if shifted else (step.plain_powers, step.plain_quotients)
    columns = ["logit z", f"z{MINUS}max", f"exp(z{MINUS}max)"] if shifted else ["logit z", "exp(z)"]
    columns.append("exp ÷ Σ")
    least = 1 + max(map(len, columns))
    label = max(CLASS, min(max(map(text_width, names)) + 1, width // 4, width - 2 - least * len(columns)))
    column = max(1, min(NUMBER, (width - 2 - label) // len(columns)))
    room = width - 2 - label - column * len(columns) - 2
    likely = int(np.nan_to_num(step.quotients).argmax())
    heading = f"  {'class':<{label}}" + "".join(f"{each:>{column}}" for each in columns)
    lines: list[Line] = [((heading + ("  probability" if room >= 11 else ""), "dim"),)]
    first = first_class(step.logits.size, chosen, height)
    for place in range(first, min(first + _rows(height), step.logits.size)):
        logit = _logit(float(step.logits[place]))
        numbers = [logit, _logit(float(step.shifted[place]))] if shifted else [logit]
        numbers += [power(float(powers[place])), power(float(quotients[place]))]
        role = "selected" if place == chosen else "strong" if place == likely else ""
        text = f"{MARKER if place == chosen else ' '} {set_width(shortened(names[place], label - 1), label)}"
        text += "".join(f"{each:>{column}}" for each in numbers)
        share = float(quotients[place])
        drawn = "  " + bar(share if np.isfinite(share) else 0.0, room) if room >= LEAST_BAR else ""
        lines.append(((text, role), (drawn, "selected positive" if place == chosen else "positive")))
    ends = (
        [f"max {_logit(step.maximum)}", "", f"Σ {_total(step, True)}"] if shifted else ["", f"Σ {_total(step, False)}"]
    )
    lines.append(((" " * (2 + label) + "".join(f"{each:>{column}}" for each in ends), "strong"),))
    return lines


def _total(step: SoftmaxStep, shifted: bool) -> str:
    total = step.total if shifted else step.plain_total
    # Often 1 and a little more: the rest belongs to the other classes.
    return number(total, 6) if 0.001 <= total < 1000 else power(total)


def sum_line(step: SoftmaxStep, chosen: int, shifted: bool, width: int, height: int) -> list[Line]:
    """The sum of all exponentials, with the selected one marked; if they do not fit, all others as one."""
    powers = step.powers if shifted else step.plain_powers
    shown = [power(float(each)) for each in powers]
    result = _total(step, shifted)
    if lines := _wrapped(shown, result, chosen, width, height):
        return lines
    others = power(float(np.delete(powers, chosen).sum(dtype=np.float64)))
    return _wrapped([shown[chosen], others], result, 0, width, height, f" (the other {len(shown) - 1})")


def _wrapped(shown: list[str], result: str, chosen: int, width: int, height: int, note: str = "") -> list[Line]:
    """`Σ = a + b + …` on as few lines as possible; no lines if there are too few."""
    comes_to = relation([(each,) for each in shown], result) if _all_finite([*shown, result]) else "≈"
    lines: list[list[tuple[str, str]]] = [[("Σ  ", "strong")]]
    used = 3
    ends = [" + "] * (len(shown) - 1) + [f"{note} {comes_to} {result}"]
    for place, (text, end) in enumerate(zip(shown, ends, strict=True)):
        if used + len(text + end.rstrip()) > width:
            lines.append([("   ", "")])
            used = 3
        lines[-1] += [(text, "selected" if place == chosen else ""), (end, "")]
        used += len(text + end)
    return [tuple(line) for line in lines] if len(lines) <= height else []


def _all_finite(shown: list[str]) -> bool:
    return not any("∞" in each or "n" in each for each in shown)


def equation(step: SoftmaxStep, chosen: int, shifted: bool, width: int) -> list[Line]:
    """The selected class's probability as typed into a calculator, as much of it as fits."""
    powers, quotients = (step.powers, step.quotients) if shifted else (step.plain_powers, step.plain_quotients)
    logit, top, bottom = _logit(float(step.logits[chosen])), power(float(powers[chosen])), _total(step, shifted)
    quotient = power(float(quotients[chosen]))
    comes_to = relation([(quotient, bottom)], top) if _all_finite([top, bottom, quotient]) else "≈"
    largest = _logit(step.maximum)
    largest = f"({largest})" if largest.startswith(MINUS) else largest
    exponent = f"{logit} {MINUS} {largest}" if shifted else logit
    short = f"{top} ÷ {bottom} {comes_to} "
    long = f"exp({exponent}) ÷ Σ ≈ {short}"
    label = f"class {chosen}  "
    text = long if len(label) + len(long) + len(quotient) <= width else short
    return [((label, "strong"), (text, ""), (quotient, "window"))]


def shift(step: SoftmaxStep, shifted: bool, width: int) -> list[str]:
    """The purpose of the shift by the largest logit."""
    largest, limit = _logit(step.maximum), f"{LARGEST_POWER:.2f}"
    if not np.isfinite(step.logits).all():
        lines = ["Not all logits are finite numbers: the training of this network has diverged."]
    elif shifted:
        lines = [
            f"max = {largest} is taken off every logit first, so that no power is above 1.",
            f"float32 cannot hold exp(z) beyond z = {limit}. The ratios stay the same: all",
            f"powers, and so Σ, are divided by the same e^{largest}, which cancels.",
        ]
    elif step.plain_works:
        lines = [
            f"As the formula is written, without the shift: exp({largest}) ≈ {power(float(step.plain_powers.max()))}.",
            "The ratios are the same: the shift divides all powers, and so Σ, alike.",
            f"But float32 cannot hold exp(z) beyond z = {limit}; hence the shift.",
        ]
    else:
        what = "∞" if step.maximum > 0 else "0"
        lines = [
            f"Without the shift exp({largest}) is {what} in float32, and {what} ÷ {what} is no number.",
            "With the shift all powers lie between 0 and 1, and their quotients are the",
            f"same as with numbers without end: e^{largest} cancels.",
        ]
    return lines if max(map(len, lines)) <= width else []


def source(network: Network, width: int) -> str:
    """The source of the logits, and whether softmax is part of the network."""
    last = network.answering()
    if network.passes_probabilities:
        return f"{last.name} gives probabilities: here are their logarithms, and softmax undoes that."[:width]
    if network.shapes[-1] == (1,):
        return f"{last.name} gives the logit of class 1; that of class 0 is 0. Its sigmoid is this softmax."[:width]
    if last.activation == "softmax":
        return f"The logits are the weighted sums of {last.name}, softmax its activation."[:width]
    if last.activation == "sigmoid":
        return f"{last.name} answers with a sigmoid for each class. Softmax would make of them:"[:width]
    return f"{last.name} has no softmax: its outputs are taken for logits, as a cross-entropy does."[:width]
