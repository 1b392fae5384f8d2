"""Each rule on its own, with numbers made up for it, and all of them on real trainings."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from cnntui.runs.directory.run_directory import bundled_run
from cnntui.runs.history.events import EpochEnd
from cnntui.runs.history.history import EMPTY, History
from cnntui.runs.reading.diagnosis import BLOCK, RULES, Facts, Health, diagnose
from cnntui.runs.reading.follow import RunFollower

REAL = json.loads((Path(__file__).parents[1] / "real_histories.json").read_text())
"""What the recipe did with other learning rates and fewer digits: losses of batches, and
(step, loss, test loss, test accuracy and, where it was noted, accuracy) of epochs."""


def end(
    epoch: int, loss: float, test_loss: float, test_accuracy: float = 0.9, accuracy: float = 0.9, step: int = 0
) -> EpochEnd:
    return EpochEnd(0.0, epoch, step, loss, accuracy, test_loss, test_accuracy, 1.0)


def history(*losses: float, ends: tuple[EpochEnd, ...] = ()) -> History:
    values = np.array(losses, np.float32)
    return History(values, np.zeros_like(values), epochs=ends)


def unknown(count: int) -> History:
    """A history of batches that a power cut took from the events: nothing is known of them."""
    nothing = np.full(count, np.nan, np.float32)
    return History(nothing, nothing, unknown=((0, count),))


def falling(batches: int = 100) -> tuple[float, ...]:
    return tuple(2.3 * np.exp(-np.arange(batches) / 30) + 0.1)


def real(name: str, batches: int | None = None) -> tuple[History, float]:
    """A real training after some batches."""
    told = REAL[name]
    losses = told["losses"][:batches]
    ends = tuple(
        end(epoch, *values, step=step) for epoch, (step, *values) in enumerate(told["epochs"]) if step <= len(losses)
    )
    return history(*losses, ends=ends), told["rate"]


def told(a_history: History, rate: float = 0.001) -> tuple[str, str, str]:
    found = diagnose(a_history, rate)
    return (found.name, found.why, found.advice) if found else ("", "", "")


# Facts


def test_facts_are_those_of_the_history() -> None:
    facts = Facts.of(history(*[2.0] * BLOCK, *[1.0] * BLOCK, *[3.0] * BLOCK, 5.0), 0.5)
    assert (facts.rate, facts.batches, facts.lost) == (0.5, 61, None)
    assert (facts.first, facts.peak, facts.peak_batch, facts.lowest) == (2.0, 5.0, 61, 1.0)
    assert facts.now == pytest.approx((19 * 3 + 5) / 20)


def test_facts_end_where_the_loss_is_lost() -> None:
    facts = Facts.of(history(2.0, 9.0, float("nan"), 99.0), 0.1)
    assert (facts.lost, facts.peak, facts.peak_batch) == (3, 9.0, 2)
    assert np.isnan(Facts.of(history(float("inf")), 0.1).first)


# Rules


@pytest.mark.parametrize("losses", [(), (2.3,), falling(BLOCK - 1)])
def test_it_says_nothing_too_early(losses: tuple[float, ...]) -> None:
    assert diagnose(history(*losses), 0.001) is None
    assert diagnose(EMPTY, 0.001) is None


@pytest.mark.parametrize("lost", [float("nan"), float("inf")])
@pytest.mark.parametrize("before", [0, 2, 100])
def test_a_loss_that_is_no_number(lost: float, before: int) -> None:
    assert told(history(*falling(before), lost), 0.1) == (
        "learning rate too high", f"the loss of batch {before + 1:,} is not a number", "try 0.01, a tenth",
    )  # fmt: skip


def test_a_loss_that_jumps() -> None:
    assert told(history(2.3, 40.0, *[2.31] * 60), 0.03) == (
        "learning rate too high", "loss 40.000 at batch 2, now 2.310", "try 0.003, a tenth",
    )  # fmt: skip


def test_a_loss_that_rises() -> None:
    assert told(history(*falling(80), *[1.2] * BLOCK))[:2] == (
        "learning rate too high", f"the loss rises: {np.mean(falling(80)[-BLOCK:]):.3f} before, now 1.200"
    )  # fmt: skip
    assert told(history(*falling(80), *[0.35] * BLOCK))[0] == "learning", "a small rise is noise"


def test_a_loss_above_guessing() -> None:
    assert told(history(2.3, 2.6, *[math.log(10) + 0.02] * 60), 5) == (
        "learning rate too high", "loss 2.323, no better than guessing", "try 0.5, a tenth",
    )  # fmt: skip


def test_a_loss_that_hardly_falls() -> None:
    losses = np.linspace(2.3, 2.25, 60)
    assert told(history(*losses), 1e-6) == (
        "hardly learning", f"loss 2.300 at first, now {losses[-BLOCK:].mean():.3f}",
        "try 0.00001, ten times",
    )  # fmt: skip
    assert told(history(*losses[:59]), 1e-6) == ("", "", ""), "it may still begin to"
    assert told(history(*losses), 0.001)[2] == "check the labels, or try 0.01"


def test_batches_that_nothing_is_known_of_are_not_called_lost() -> None:
    assert Facts.of(unknown(30), 0.1).lost is None
    assert diagnose(unknown(30), 0.1) is None


def test_few_right_in_the_test_are_never_well() -> None:
    one_class = (end(0, 0.01, 9.0, 0.101, accuracy=0.999),)
    assert told(history(*falling(), ends=one_class)) == (
        "fails on test images", "train 99.9%, test 10.1% right", "check the training data",
    )  # fmt: skip
    both_low = (end(0, 2.0, 2.0, 0.4, accuracy=0.35),)
    assert told(history(*falling(), ends=both_low))[0] == "learning"


@pytest.mark.parametrize(("accuracy", "name"), [(0.94, "all well"), (0.96, "train–test gap"), (1.0, "train–test gap")])
def test_a_gap_is_told_from_the_first_epoch_on(accuracy: float, name: str) -> None:
    ends = (end(0, 0.1, 0.4, 0.9, accuracy=accuracy),)
    assert told(history(*falling(), ends=ends))[0] == name


def test_overfitting() -> None:
    ends = (end(0, 0.5, 0.4), end(1, 0.3, 0.3), end(2, 0.2, 0.35), end(3, 0.1, 0.4))
    assert told(history(*falling(), ends=ends)) == (
        "overfitting", "test loss 0.400, 0.300 in epoch 2", "try 2 epochs, or more images",
    )  # fmt: skip


@pytest.mark.parametrize(
    "last",
    [
        (end(2, 0.2, 0.25), end(3, 0.1, 0.24)),  # the test loss still falls
        (end(2, 0.35, 0.6), end(3, 0.36, 0.7)),  # the train loss is no lower than where the test loss was lowest
        (end(2, 0.2, 0.31), end(3, 0.1, 0.32)),  # hardly more than the best
    ],
)
def test_no_overfitting(last: tuple[EpochEnd, ...]) -> None:
    ends = (end(0, 0.5, 0.4, 0.8), end(1, 0.3, 0.3, 0.85), *last)
    assert told(history(*falling(), ends=ends))[0] == "all well"


def test_one_bad_epoch_is_no_overfitting() -> None:
    ends = (end(0, 0.5, 0.4), end(1, 0.3, 0.3, 0.91), end(2, 0.2, 0.6, 0.92))
    assert told(history(*falling(), ends=ends))[0] == "all well"


def test_a_plateau() -> None:
    shares = (0.9, 0.98, 0.9801, 0.9804)
    ends = tuple(end(epoch, 0.1, 0.1, share) for epoch, share in enumerate(shares))
    assert told(history(*falling(), ends=ends)) == (
        "on a plateau", "last two epochs 98.04%, before 98.00%", "try 0.0001: finer steps"
    )  # fmt: skip
    assert told(history(*falling(), ends=(*ends[:3], end(3, 0.1, 0.1, 0.981))))[0] == "all well"


def test_all_well() -> None:
    now = np.mean(falling()[-BLOCK:])
    assert told(history(*falling())) == ("learning", f"the loss fell from 2.400 to {now:.3f}", "")
    assert told(history(*falling(), ends=(end(0, 0.2, 0.1234),)))[1].endswith(f"{now:.3f}, on test images 0.123")


def test_every_rule_says_what_to_try_unless_all_is_well() -> None:
    facts = Facts.of(history(*falling(), ends=tuple(end(epoch, 0.1, 0.1) for epoch in range(4))), 0.001)
    for rule in RULES:
        assert bool(rule.advises(facts)) == (rule.health is not Health.WELL)


# On real trainings


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("well", "all well"),
        ("rate_0.1", "learning rate too high"),
        ("rate_0.02", "learning rate too high"),
        ("sgd_5", "learning rate too high"),
        ("rate_0.000001", "hardly learning"),
        ("rate_0.00001", "hardly learning"),
        ("one_class", "fails on test images"),
        ("shuffled_labels", "hardly learning"),
        ("400_digits", "overfitting"),
        ("3000_digits", "overfitting"),
    ],
)
def test_real_trainings(name: str, expected: str) -> None:
    assert told(*real(name))[0] == expected


def test_a_real_training_goes_well_until_it_overfits() -> None:
    said = [told(*real("3000_digits", batches))[0] for batches in range(1, 565)]
    names = [name for place, name in enumerate(said) if place == 0 or said[place - 1] != name]
    assert names == ["", "learning", "all well", "overfitting"]


def test_the_bundled_run_is_well_from_beginning_to_end() -> None:
    whole = RunFollower(bundled_run()).poll().history
    for batches in (BLOCK, 60, 300, 1000, 4690):
        ends = tuple(an_end for an_end in whole.epochs if an_end.step <= batches)
        name = "all well" if ends else "learning"
        assert told(History(whole.losses[:batches], whole.accuracies[:batches], epochs=ends))[0] == name


@pytest.mark.parametrize("name", REAL)
def test_what_is_said_fits_a_line_of_80_columns(name: str) -> None:
    for batches in range(1, len(REAL[name]["losses"]) + 1):
        assert len(": ".join(told(*real(name, batches)))) <= 78


def test_what_nobody_knows_of_a_run_is_not_advised_upon() -> None:
    worse = history(2.3, 2.6, *[math.log(10) + 0.02] * 60)
    found = diagnose(worse, None)
    assert found is not None
    assert (found.name, found.advice) == ("learning rate too high", "try a lower learning rate")
    assert Facts.of(worse, None, None).guessing == math.inf
    hundred = diagnose(worse, 5, 100)
    assert hundred is None or hundred.why != found.why, "among 100 classes that is better than guessing"
