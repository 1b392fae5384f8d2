"""How pooling and the number of images affect overfitting: the histories of real trainings, and their outcomes.

Each history is a cell of a square: a number of images by a head of a number of units, after maps that were pooled or
not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import isfinite, nan
from typing import NamedTuple

from cnntui.cnn.arithmetic import difference
from cnntui.files.errors import CnntuiError
from cnntui.labs.trainings import TrainingResult, read_training
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.config.settings import SETTINGS, Pooling
from cnntui.runs.history.events import EpochEnd
from cnntui.runs.starting.options import TrainOptions
from cnntui.values import dataclass

DIGITS = (500, 2_000, 10_000, 60_000)
HEADS = (64, 512)
POOLINGS: tuple[Pooling, ...] = ("max", "none")

ALIKE = 0.005
"""Smaller differences between gaps do not count: the recipe's test accuracy varies this much from seed to seed."""

RISE = 0.1
"""A test loss that ends higher than its lowest value by this share has risen again."""

_RECIPE = RunConfig(name="recipe", seed=0)
_KEPT = SETTINGS.keys() - {"name", "seed", "epochs", "limit", "dense", "pooling", "device"}
"""The settings that every cell shares with the recipe."""


class Cell(NamedTuple):
    """A training: its number of images, the units of its head, and its pooling."""

    digits: int
    dense: int
    pooling: Pooling

    @property
    def name(self) -> str:
        """The name of its bundled history."""
        return f"{self.pooling}-{self.dense}-{self.digits}"

    @property
    def pair(self) -> tuple[Cell, Cell]:
        """The same cell with pooling and without."""
        with_, without = (self._replace(pooling=pooling) for pooling in POOLINGS)
        return with_, without


NETWORKS = tuple((dense, pooling) for dense in HEADS for pooling in POOLINGS)
"""The columns of the square, in order."""

CELLS = tuple(Cell(digits, *network) for digits in DIGITS for network in NETWORKS)
"""All cells, row by row."""


def moved(cell: Cell, down: int, right: int) -> Cell:
    """The cell some rows down and columns to the right, or the one at the edge."""
    row = min(max(DIGITS.index(cell.digits) + down, 0), len(DIGITS) - 1)
    column = min(max(NETWORKS.index((cell.dense, cell.pooling)) + right, 0), len(NETWORKS) - 1)
    return Cell(DIGITS[row], *NETWORKS[column])


def cell_of(config: RunConfig) -> Cell | None:
    """The cell with the settings of a run, whatever its seed and its epochs; None if no cell has them."""
    if any(getattr(config, setting) != getattr(_RECIPE, setting) for setting in _KEPT):
        return None
    digits = DIGITS[-1] if config.limit is None else min(config.limit, DIGITS[-1])
    cell = Cell(digits, config.dense, config.pooling)
    return cell if cell in CELLS else None


@dataclass(frozen=True, eq=False)
class Outcome(TrainingResult):
    """The outcome of a cell's training."""

    SHOWN = 3

    @cached_property
    def lowest(self) -> EpochEnd:
        """The first epoch with the lowest test loss; the last epoch if no test loss is a finite number."""
        finite = [epoch for epoch in self.epochs if isfinite(epoch.test_loss)]
        return min(finite, key=lambda epoch: epoch.test_loss, default=self.last)

    @property
    def rise(self) -> float:
        """The test loss at the end as a multiple of its lowest; NaN if that is undefined."""
        least = self.lowest.test_loss
        return self.last.test_loss / least if isfinite(least) and least > 0 else nan

    @property
    def rises_again(self) -> bool:
        """Whether the test loss rises after its lowest point while the training loss keeps falling."""
        return self.rise > 1 + RISE and self.last.loss < self.lowest.loss


def read_outcome(cell: Cell) -> Outcome:
    """The bundled history of a cell.

    Raises:
        CnntuiError: the history is missing or damaged, or has other settings.
    """
    training = read_training(cell.name)
    if cell_of(training.config) != cell:
        raise CnntuiError(f"The history {cell.name} is of a run with other settings.", "Install cnntui again.")
    return Outcome(training.config, training.epochs)


class Histories:
    """The outcomes of all cells, as far as they can be read."""

    def __init__(self, found: Mapping[Cell, Outcome | CnntuiError]) -> None:
        """The outcome of each cell, or why there is none."""
        self._found = found

    def outcome(self, cell: Cell) -> Outcome | None:
        """The outcome of a cell; None if it cannot be read."""
        found = self._found[cell]
        return found if isinstance(found, Outcome) else None

    def problem(self, cell: Cell) -> CnntuiError | None:
        """Why a cell cannot be shown; None if it can."""
        found = self._found[cell]
        return found if isinstance(found, CnntuiError) else None


def read_histories() -> Histories:
    """All bundled histories, in less than a millisecond each."""
    return Histories({cell: _outcome_or_error(cell) for cell in CELLS})


def _outcome_or_error(cell: Cell) -> Outcome | CnntuiError:
    try:
        return read_outcome(cell)
    except CnntuiError as error:
        return error


@dataclass(frozen=True)
class Effect:
    """The effect of a change on the gap between training and test accuracy.

    Attributes:
        before, after: the gap before and after the change.
    """

    before: float
    after: float

    @property
    def change(self) -> float:
        return difference(self.after, self.before, Outcome.SHOWN)

    @property
    def is_small(self) -> bool:
        return abs(self.change) < ALIKE


def effect_of_no_pooling(with_: Outcome, without: Outcome) -> Effect:
    """The effect of leaving out pooling."""
    return Effect(with_.gap, without.gap)


def effect_of_digits(row: Sequence[Outcome]) -> Effect:
    """The effect of learning from the most instead of the fewest images."""
    return Effect(row[0].gap, row[-1].gap)


def options_of(cell: Cell, outcome: Outcome | None) -> TrainOptions:
    """The settings that train a cell.

    Args:
        cell: the cell.
        outcome: its history, which provides the number of epochs; None for that of the recipe.
    """
    options = TrainOptions(
        pooling=cell.pooling, dense=cell.dense, limit=None if cell.digits == DIGITS[-1] else cell.digits
    )
    return options if outcome is None else replace(options, epochs=outcome.config.learning.epochs)
