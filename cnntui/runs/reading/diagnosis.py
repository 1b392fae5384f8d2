"""Judges a training by its curves: of a list of rules, the first one that applies is reported.

Each rule examines facts computed from a run's history, and suggests what to try. The rules are rules of thumb, and so
are their thresholds, which were set on real runs of the recipe with learning rates from 0.000001 to 5, and with 400 to
60,000 images.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.arithmetic import counted, percent
from cnntui.images import mnist
from cnntui.runs.history.events import EpochEnd
from cnntui.runs.history.history import History
from cnntui.runs.starting.draft import rate_text
from cnntui.values import dataclass

GAP = 0.05
"""A difference between training and test accuracy that is worth reporting."""

WIDE_GAP = 0.2

HALF = 0.5
"""If fewer of the test images than this are right, a network is not called good, however the loss falls."""

LOW_RATE = 0.0005
"""A learning rate lower than this may be why nothing is learned. The recipe's is twice as high."""

BLOCK = 20
"""How many batches' losses are averaged: a single batch says little."""


class Health(StrEnum):
    """How well a training is going."""

    WELL = "well"
    DONE = "done"
    ILL = "ill"


@dataclass(frozen=True)
class Facts:
    """The facts that the rules examine.

    Attributes:
        rate: the learning rate; None if unknown.
        guessing: the loss of a network that gives each class the same probability; infinite if unknown.
        batches: how many batches the network has learned from.
        lost: the first batch whose loss is not finite; None if there is none.
        first: the loss of the first batch, before anything was learned.
        peak: the greatest loss of a batch; `peak_batch` is the batch's number.
        lowest: the least mean loss of `BLOCK` batches in a row.
        now: the mean loss of the newest `BLOCK` batches.
        epochs: the ends of the epochs.
        unseen: what to call the images that the network never learns from.
    """

    rate: float | None
    guessing: float
    batches: int
    lost: int | None
    first: float
    peak: float
    peak_batch: int
    lowest: float
    now: float
    epochs: tuple[EpochEnd, ...]
    unseen: str = "test"

    @classmethod
    def of(cls, history: History, rate: float | None, classes: int | None = len(mnist.CLASSES)) -> Facts:
        """The facts of a history; if no loss in it is finite, the numbers are NaN."""
        losses = history.losses
        guessing = math.inf if classes is None else math.log(classes)
        lost = int(history.lost_steps[0]) if history.lost_steps.size else None
        # Losses after a NaN mean nothing.
        known = losses if lost is None else losses[: lost - history.first_step]
        if not np.isfinite(known).any():
            return cls(rate, guessing, len(losses), lost, math.nan, math.nan, 0, math.nan, math.nan, history.epochs)
        peak = int(np.nanargmax(known))
        # Nothing is known about batches that a power cut removed from the events.
        known = known[np.isfinite(known)]
        means = _block_means(known)
        return cls(
            rate=rate,
            guessing=guessing,
            batches=len(losses),
            lost=lost,
            first=float(known[0]),
            peak=float(losses[peak]),
            peak_batch=int(history.steps[peak]),
            lowest=float(means.min()),
            now=float(known[-BLOCK:].mean(dtype=np.float64)),
            epochs=history.epochs,
        )

    @property
    def best(self) -> int:
        """The epoch, from 0, with the lowest test loss."""
        return min(range(len(self.epochs)), key=lambda epoch: self.epochs[epoch].test_loss)

    @property
    def gap(self) -> float:
        """Training accuracy minus test accuracy in the last epoch; NaN before the first epoch has ended."""
        return self.epochs[-1].accuracy - self.epochs[-1].test_accuracy if self.epochs else math.nan

    @property
    def best_accuracy(self) -> float:
        """The highest accuracy on the test images; NaN before the first epoch has ended."""
        return max((end.test_accuracy for end in self.epochs), default=math.nan)


def _block_means(losses: NDArray[np.float32]) -> NDArray[np.float64]:
    whole = len(losses) // BLOCK * BLOCK
    rows = losses[:whole].reshape(-1, BLOCK) if whole else losses.reshape(1, -1)
    means: NDArray[np.float64] = rows.mean(axis=1, dtype=np.float64)
    return means


@dataclass(frozen=True)
class Rule:
    """One way that a training can go.

    Attributes:
        name: a short name for display; `{}` stands for what to call the images that the network never learns from.
        health: the health of a training to which the rule applies.
        holds: whether the rule applies.
        says: the reason, from the numbers.
        advises: what to try; empty if there is nothing to do.
    """

    name: str
    health: Health
    holds: Callable[[Facts], bool]
    says: Callable[[Facts], str]
    advises: Callable[[Facts], str]


@dataclass(frozen=True)
class Diagnosis:
    """What a rule says about a history."""

    name: str
    health: Health
    why: str
    advice: str


def diagnose(
    history: History, rate: float | None, classes: int | None = len(mnist.CLASSES), unseen: str = "test"
) -> Diagnosis | None:
    """The verdict of the first rule that applies; None if it is too early to say anything.

    Args:
        history: the run's history so far.
        rate: the run's learning rate; None if unknown.
        classes: how many classes the network distinguishes; None if unknown.
        unseen: what to call the images that the network never learns from.
    """
    facts = replace(Facts.of(history, rate, classes), unseen=unseen)
    for rule in RULES:
        if rule.holds(facts):
            return Diagnosis(rule.name.format(facts.unseen), rule.health, rule.says(facts), rule.advises(facts))
    return None


# Not a number


def _is_lost(facts: Facts) -> bool:
    return facts.lost is not None


def _says_lost(facts: Facts) -> str:
    return f"the loss of batch {facts.lost:,} is not a number"


def _advises_lower(facts: Facts) -> str:
    return "try a lower learning rate" if facts.rate is None else f"try {rate_text(facts.rate / 10)}, a tenth"


# Too high


def _has_jumped(facts: Facts) -> bool:
    return facts.batches >= 2 and facts.peak > max(5 * facts.first, 2 * facts.guessing)


def _says_jumped(facts: Facts) -> str:
    return f"loss {_loss(facts.peak)} at batch {facts.peak_batch:,}, now {_loss(facts.now)}"


def _has_risen(facts: Facts) -> bool:
    return facts.batches >= 2 * BLOCK and facts.now > 1.5 * facts.lowest and facts.now > facts.lowest + 0.3


def _says_risen(facts: Facts) -> str:
    return f"the loss rises: {_loss(facts.lowest)} before, now {_loss(facts.now)}"


def _guesses_worse(facts: Facts) -> bool:
    return (
        facts.batches >= 2 * BLOCK
        and facts.now > facts.guessing - 0.1
        and facts.peak > max(facts.first, facts.guessing) + 0.2
    )


def _says_worse(facts: Facts) -> str:
    return f"loss {_loss(facts.now)}, no better than guessing"


# No progress


def _hardly_falls(facts: Facts) -> bool:
    return facts.batches >= 3 * BLOCK and facts.now > 0.9 * facts.first


def _says_hardly(facts: Facts) -> str:
    return f"loss {_loss(facts.first)} at first, now {_loss(facts.now)}"


def _advises_higher(facts: Facts) -> str:
    if facts.rate is None:
        return "check the labels, or try a higher learning rate"
    higher = rate_text(facts.rate * 10)
    # At a usual rate, the loss alone does not tell whether the rate is the reason.
    return f"try {higher}, ten times" if facts.rate < LOW_RATE else f"check the labels, or try {higher}"


# Train against test


def _fails_on_tests(facts: Facts) -> bool:
    return facts.gap > WIDE_GAP and facts.best_accuracy < HALF


def _parts(facts: Facts) -> bool:
    return facts.gap > GAP


def _says_gap(facts: Facts) -> str:
    last = facts.epochs[-1]
    return f"train {percent(last.accuracy)}, {facts.unseen} {percent(last.test_accuracy)} right"


def _advises_data(facts: Facts) -> str:
    return "check the training data"


def _advises_more(facts: Facts) -> str:
    return "try more images"


# Overfitting


def _overfits(facts: Facts) -> bool:
    if len(facts.epochs) < 3 or facts.best > len(facts.epochs) - 3:
        return False
    best, last = facts.epochs[facts.best], facts.epochs[-1]
    recent = (facts.epochs[-2].test_loss + last.test_loss) / 2
    if last.test_loss < 1.05 * best.test_loss:
        return False
    return recent > 1.1 * best.test_loss and last.loss < best.loss and recent > 1.5 * last.loss


def _says_overfits(facts: Facts) -> str:
    best, last = facts.epochs[facts.best], facts.epochs[-1]
    return f"{facts.unseen} loss {_loss(last.test_loss)}, {_loss(best.test_loss)} in epoch {facts.best + 1}"


def _advises_stopping(facts: Facts) -> str:
    return f"try {counted(facts.best + 1, 'epoch')}, or more images"


# A plateau


def _is_level(facts: Facts) -> bool:
    return len(facts.epochs) >= 4 and _gain(facts) <= 0.0005


def _gain(facts: Facts) -> float:
    """How much higher the test accuracy of the last two epochs is than in any epoch before."""
    shares = [end.test_accuracy for end in facts.epochs]
    return max(shares[-2:]) - max(shares[:-2])


def _says_level(facts: Facts) -> str:
    shares = [end.test_accuracy for end in facts.epochs]
    return f"last two epochs {percent(max(shares[-2:]), 2)}, before {percent(max(shares[:-2]), 2)}"


def _advises_slower(facts: Facts) -> str:
    return f"try {'a lower learning rate' if facts.rate is None else rate_text(facts.rate / 10)}: finer steps"


# All well


def _falls(facts: Facts) -> bool:
    return facts.batches >= BLOCK and facts.now < 0.95 * facts.first


def _is_healthy(facts: Facts) -> bool:
    # Before the first test, nothing is known about images that the network does not train on.
    return _falls(facts) and bool(facts.epochs) and facts.epochs[-1].test_accuracy >= HALF


def _says_falls(facts: Facts) -> str:
    text = f"the loss fell from {_loss(facts.first)} to {_loss(facts.now)}"
    if not facts.epochs or not math.isfinite(facts.epochs[-1].test_loss):
        return text
    return f"{text}, on {facts.unseen} images {_loss(facts.epochs[-1].test_loss)}"


def _nothing(facts: Facts) -> str:
    return ""


RULES: tuple[Rule, ...] = (
    Rule("learning rate too high", Health.ILL, _is_lost, _says_lost, _advises_lower),
    Rule("learning rate too high", Health.ILL, _has_jumped, _says_jumped, _advises_lower),
    Rule("learning rate too high", Health.ILL, _has_risen, _says_risen, _advises_lower),
    Rule("learning rate too high", Health.ILL, _guesses_worse, _says_worse, _advises_lower),
    Rule("hardly learning", Health.ILL, _hardly_falls, _says_hardly, _advises_higher),
    Rule("fails on {} images", Health.ILL, _fails_on_tests, _says_gap, _advises_data),
    Rule("overfitting", Health.ILL, _overfits, _says_overfits, _advises_stopping),
    Rule("train–{} gap", Health.ILL, _parts, _says_gap, _advises_more),
    Rule("on a plateau", Health.DONE, _is_level, _says_level, _advises_slower),
    Rule("all well", Health.WELL, _is_healthy, _says_falls, _nothing),
    Rule("learning", Health.WELL, _falls, _says_falls, _nothing),
)
"""From the most to the least urgent."""


def _loss(value: float) -> str:
    """A loss as charts print it, but without decimals if it is large."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}" if value >= 0.01 else f"{value:.2g}"
