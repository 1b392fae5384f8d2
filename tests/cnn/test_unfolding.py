"""The rows of a tree of contributions: the numbers shown add up, or no equals sign is printed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from cnntui.cnn.arithmetic import MINUS, number
from cnntui.cnn.contributions import NumberKind, logit
from cnntui.cnn.network import IMAGE, Network
from cnntui.cnn.unfolding import DIGITS, FIRST, MORE, Part, Row, Tree, unfolded
from cnntui.images.data import DataSet
from tests.cnn.test_contributions import IMAGE_4X4, small, various
from tests.networks import random_digit


def read(value: float) -> Fraction:
    return Fraction(number(value, DIGITS).replace(MINUS, "-"))


def names(tree: Tree) -> list[str]:
    return [
        "  " * row.level + (row.node.place.layer if row.key.part is Part.NUMBER else row.key.part.value)
        for row in tree.rows
    ]


def test_a_tree_is_opened_and_closed_level_by_level() -> None:
    tree = unfolded(logit(small().forward(IMAGE_4X4), 0))
    assert names(tree) == ["logits", "  dense", "  dense", "  bias"]
    assert [row.relation for row in tree.rows] == ["=", "", "", ""]
    assert [row.share for row in tree.rows] == [1, 1, 0, 0.125 / 2.25]
    assert [row.can_open for row in tree.rows] == [False, True, False, False]
    assert tree.open(tree.rows[2]) is tree, "what ReLU made 0 has no terms"
    deeper = tree.open(tree.rows[1])
    for place in (2, 3):
        deeper = deeper.open(deeper.rows[place])
    assert names(deeper) == [
        "logits", "  dense", "    pool", "      conv", *["        " + IMAGE] * 4, "        bias", "    bias", "  dense",
        "  bias",
    ]  # fmt: skip
    assert [row.relation for row in deeper.rows][:4] == ["="] * 4
    assert deeper.rows[4].key.parent == deeper.rows[3].key
    assert deeper.rows[8].key.parent == deeper.rows[3].key
    assert deeper.rows[0].key.parent == deeper.rows[0].key
    assert deeper.places[deeper.rows[9].key] == 9
    assert names(deeper.close(deeper.rows[1])) == names(tree)
    assert names(deeper.close(deeper.rows[1]).open(tree.rows[1])) == [
        "logits", "  dense", "    pool", "    bias", "  dense", "  bias",
    ]  # fmt: skip


def test_a_tree_is_as_deep_as_there_are_rows_for_it() -> None:
    tree = unfolded(logit(small().forward(IMAGE_4X4), 0))
    assert names(tree.deepened(5)) == names(tree), "its largest term has two more"
    assert names(tree.deepened(7)) == ["logits", "  dense", "    pool", "      conv", "    bias", "  dense", "  bias"]
    deepest = tree.deepened(100)
    assert names(deepest)[4:9] == [*["        " + IMAGE] * 4, "        bias"]
    assert names(deepest) == names(deepest.deepened(100))
    assert names(deepest)[-2:] == ["  dense", "  bias"], "what ReLU made 0 stays closed"


def test_the_rest_gives_up_its_terms(network: Network, digits: DataSet) -> None:
    tree = unfolded(logit(network.forward(network.input_of(digits.images[0])), 7))
    count = len(tree.top.terms)
    while len(tree.rows) < count + 2:
        *_, rest, bias = tree.rows
        assert (rest.key.part, bias.key.part) == (Part.REST, Part.BIAS)
        assert rest.count == count - len(tree.rows) + 3
        assert (len(tree.rows) - 3 - FIRST) % MORE == 0
        tree = tree.open(rest)
    assert [row.key.part for row in tree.rows[1:]] == [Part.NUMBER] * count + [Part.BIAS]


def walked(tree: Tree, rng: np.random.Generator, steps: int = 12) -> Tree:
    """With rows opened at random."""
    for _ in range(steps):
        tree = tree.open(tree.rows[int(rng.integers(len(tree.rows)))])
    for row in tree.rows:
        if row.can_open and row.key.part is Part.NUMBER and rng.random() < 0.5:
            tree = tree.open(row)
    return tree


def sums(tree: Tree) -> list[tuple[Row, list[Row]]]:
    """Every open number with the rows of its own sum."""
    return [
        (row, [part for part in tree.rows if part is not row and part.key.parent == row.key])
        for row in tree.rows
        if row.is_open
    ]


@pytest.mark.slow
def test_what_is_shown_adds_up_where_it_says_so_and_nearly_everywhere(network: Network, digits: DataSet) -> None:
    rng = np.random.default_rng(5)
    relations = set()
    kinds = set()
    for place in rng.integers(0, len(digits), 3).tolist():
        activations = network.forward(network.input_of(digits.images[place]))
        for tree in (
            unfolded(logit(activations, int(rng.integers(10)))),
            unfolded(logit(activations, activations.predicted)),
        ):
            for row, parts in sums(walked(tree, rng)):
                shown = sum(read(part.contribution) for part in parts)
                assert (row.relation == "=") == (shown == read(row.node.value))
                # Each of the numbers is rounded by half a unit of the last decimal at most.
                assert abs(shown - read(row.node.value)) <= Fraction(len(parts) + 2, 2 * 10**DIGITS)
                relations.add(row.relation)
                kinds.add(row.node.kind)
    assert relations == {"=", "≈"}
    assert {NumberKind.LOGIT, NumberKind.UNIT, NumberKind.CELL, NumberKind.CELL} == kinds


@pytest.mark.parametrize("name", various())
def test_other_networks_unfold_too(name: str) -> None:
    rng = np.random.default_rng(6)
    tree = walked(unfolded(logit(various()[name].forward(random_digit(1)), 3)), rng)
    for row, parts in sums(tree):
        assert abs(sum(part.contribution for part in parts) - row.node.value) < 1e-4
    assert len(tree.places) == len(tree.rows)


def test_a_tree_stays_open_when_the_network_learns_on(network: Network, digits: DataSet) -> None:
    first, second = (network.forward(network.input_of(digits.images[place])) for place in (0, 17))
    tree = unfolded(logit(first, 7))
    tree = tree.open(tree.rows[1])
    assert tree.of(logit(first, 7)).opened == tree.opened
    assert names(tree.of(logit(second, 3))) == names(unfolded(logit(second, 3)))
