"""What the histories of the overfitting lab show about its claim, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnntui.cnn.arithmetic import percent
from cnntui.labs.overfitting import (
    DIGITS,
    RISE,
    Cell,
    Effect,
    Histories,
    Outcome,
    effect_of_digits,
    effect_of_no_pooling,
)
from cnntui.ui.widgets.text.line import Line, in_lines

NAMES: dict[str, str] = {"max": "max pooling", "none": "no pooling"}
BRIEF: dict[str, str] = {"max": "max pool", "none": "no pool"}
"""The same names, for little room."""


def found(histories: Histories, chosen: Cell, width: int, height: int) -> list[Line]:
    """What the histories show about the claim, in as many sentences as fit."""
    problems = [problem for cell in chosen.pair if (problem := histories.problem(cell))]
    if problems:
        return in_lines(str(problems[0]), width, "bad")[:height]
    with_, without = (outcome for cell in chosen.pair if (outcome := histories.outcome(cell)))
    row = [outcome for digits in DIGITS if (outcome := histories.outcome(chosen._replace(digits=digits)))]
    sentences = [about_pooling(with_, without), about_loss(with_, without)]
    if len(row) == len(DIGITS):
        sentences.append(about_digits(row, with_, without))
    forms = (in_lines(" ".join(sentences[:count]), width) for count in range(len(sentences), 0, -1))
    shortest = in_lines(in_short(with_, without), width)[:height]
    return next((lines for lines in forms if len(lines) <= height), shortest)


def about_pooling(with_: Outcome, without: Outcome) -> str:
    """The effect of leaving out pooling on the parameters, the accuracy and the gap."""
    effect = effect_of_no_pooling(with_, without)
    times = without.parameters / with_.parameters
    return (
        f"Without pooling: {times:.0f} times the parameters, {percent(without.last.test_accuracy)} of the test images "
        f"right instead of {percent(with_.last.test_accuracy)}, and a gap of {points(effect.after)} points instead of "
        f"{points(effect.before)}: {_verdict(effect)}."
    )


def in_short(with_: Outcome, without: Outcome) -> str:
    """The effect on the gap alone."""
    effect = effect_of_no_pooling(with_, without)
    return f"Gap {points(effect.after)} without pooling, {points(effect.before)} with: {_verdict(effect)}."


def _verdict(effect: Effect) -> str:
    if not math.isfinite(effect.change):
        return "that cannot be compared"
    if effect.is_small:
        return "about the same"
    return "wider, as claimed" if effect.change > 0 else "narrower, contrary to the claim"


def about_loss(with_: Outcome, without: Outcome) -> str:
    """Whether the test loss rises again while the training loss falls."""
    if not (math.isfinite(with_.rise) and math.isfinite(without.rise)):
        return "The test loss is not a number everywhere."
    ends = f"{without.rise:.1f} times its lowest, with pooling at {with_.rise:.1f} times"
    if with_.rises_again and without.rises_again:
        return f"In both the test loss rises again while the train loss falls: it ends at {ends}."
    if without.rises_again or with_.rises_again:
        which = "without" if without.rises_again else "with"
        return f"Only {which} pooling does the test loss rise again while the train loss falls: it ends at {ends}."
    fell = "while the train loss falls"
    return f"In neither does the test loss rise again by more than {RISE:.0%} {fell}: it ends at {ends}."


def about_digits(row: Sequence[Outcome], with_: Outcome, without: Outcome) -> str:
    """Whether the number of images affects the gap more than pooling.

    Args:
        row: the outcomes of the selected network, from the fewest images to the most.
        with_, without: the outcomes of the selected pair.
    """
    digits, pooling = effect_of_digits(row).change, effect_of_no_pooling(with_, without).change
    verb = "narrow" if digits < 0 else "widen"
    compared = "more" if abs(digits) > abs(pooling) else "not more"
    return (
        f"{DIGITS[-1]:,} images instead of {DIGITS[0]:,} {verb} the gap by {points(abs(digits))} points, "
        f"{compared} than the {points(abs(pooling))} between the two."
    )


def points(share: float) -> str:
    """A share in percentage points, without a minus sign before 0."""
    return f"{round(100 * share, 1) + 0.0:.1f}"
