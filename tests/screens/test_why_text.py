"""The words of Why this answer agree with its numbers, as read from the lines themselves."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from cnntui.cnn.contributions import Node, NumberPlace, logit
from cnntui.cnn.layers import (
    Activate,
    Concatenate,
    Dense,
    Flatten,
    GlobalMaxPool2D,
    Maximum,
    Minimum,
    Rescaling,
    ZeroPadding2D,
)
from cnntui.cnn.network import Network
from cnntui.cnn.occlusion import Occlusion
from cnntui.cnn.unfolding import Part, Row, Tree, unfolded
from cnntui.images.data import DataSet
from cnntui.images.mnist import CLASSES
from cnntui.ui.views.base.tree import text as tree_text
from cnntui.ui.views.why import heat_text
from cnntui.ui.views.why import text as why_text
from cnntui.ui.widgets.text.line import plain
from tests.cnn.test_contributions import IMAGE_4X4, small
from tests.cnn.test_unfolding import walked

NUMBER = r"[−+]?\d+\.\d+"


def read(shown: str) -> Fraction:
    return Fraction(shown.replace("−", "-").replace("+", ""))


def trees(network: Network, digits: DataSet, count: int) -> list[Tree]:
    """Opened at random, for digits and classes at random."""
    rng = np.random.default_rng(11)
    found = []
    for place in rng.integers(0, len(digits), count).tolist():
        activations = network.forward(network.input_of(digits.images[place]))
        found.append(walked(unfolded(logit(activations, int(rng.integers(10)))), rng, 6))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("width", [48, 86])
def test_the_rows_that_are_shown_add_up_as_they_say(network: Network, digits: DataSet, width: int) -> None:
    relations = []
    for tree in trees(network, digits, 8):
        lines = {row.key: plain(tree_text.row_line(row, width, False)) for row in tree.rows}
        assert all(len(line) <= width for line in lines.values())
        for row in tree.rows:
            if not row.is_open:
                continue
            opened = re.search(rf"([=≈]) +({NUMBER})", lines[row.key])
            assert opened is not None, lines[row.key]
            parts = [part for part in tree.rows if part is not row and part.key.parent == row.key]
            total = sum(read(re.findall(NUMBER, lines[part.key])[-1]) for part in parts)
            assert (opened[1] == "=") == (total == read(opened[2])), lines[row.key]
            assert abs(total - read(opened[2])) < Fraction(len(parts) + 2, 2000)
            relations.append(opened[1])
    assert {"=", "≈"} == set(relations)


@pytest.mark.slow
@pytest.mark.parametrize("width", [44, 58, 78, 116])
def test_the_equation_that_is_shown_adds_up_as_it_says(network: Network, digits: DataSet, width: int) -> None:
    for tree in trees(network, digits, 5):
        for row in tree.rows:
            if not row.node.is_sum or row.node.terms.bias is None or row.key.part is not Part.NUMBER:
                continue
            text = plain(tree_text.equation(row.node, 6, width))
            assert len(text) <= width
            left, relation, right = re.fullmatch(r"(.*) ([=≈]) (\S+)", text).groups()  # type: ignore[union-attr]
            counted = re.sub(r"\([\d,]+ others\)|bias", "", left)
            total = sum(read(term) for term in re.findall(NUMBER, counted.replace("− ", "−").replace("+ ", "+")))
            assert (relation == "=") == (total == read(right)), text
            assert float(total) == pytest.approx(row.node.value, abs=0.005)


def rows_by_hand() -> list[Row]:
    tree = unfolded(logit(small().forward(IMAGE_4X4), 0))
    for place in (1, 2, 3):
        tree = tree.open(tree.rows[place])
    return list(tree.rows)


def test_rows_by_hand() -> None:
    shown = [plain(tree_text.row_line(row, 86, place == 3)).rstrip() for place, row in enumerate(rows_by_hand())]
    assert [re.sub(" +", " ", line) for line in shown] == [
        " ▾ logit of 0 = 2.375",
        " ▾ dense unit 0 = 4.500 × 0.500 +2.250 ━━━━━━━━━━━━━━━━━━━━",
        " ▾ pool (0, 0) map 0 = 2.750 × 2.000 +5.500 ━━━━━━━━━━━━━━━━━━━━",
        "▸ ▾ conv (1, 1) map 0 = 2.750 +2.750 ━━━━━━━━━━━━━━━━━━━━",
        " · pixel (2, 1) 1.000 × 2.000 +2.000 ━━━━━━━━━━━━━━━━━━━━",
        " · pixel (1, 1) 1.000 × 1.000 +1.000 ━━━━━━━━━━",
        " · pixel (1, 2) 0.500 × −1.000 −0.500 ━━━━━",
        " · pixel (2, 2) 0.000 × 0.500 0.000",
        " · bias +0.250 ━━╸",
        " · bias −1.000 ━━━╸",
        " · dense unit 1 0.000 × 1.000 0.000",
        " · bias +0.125 ━",
    ]
    columns = tree_text.heading(86)
    assert plain(columns).index("value") + len("value") == shown[0].index("2.375") + len("2.375")
    assert plain(columns).rstrip().endswith("adds")


def test_details_by_hand() -> None:
    rows = {row.key: row for row in rows_by_hand()}
    said = {}
    for row in rows.values():
        first, *others = tree_text.details(row, rows[row.key.parent].node if row.level else None)
        said[plain(first)] = [plain(line) for line in others]
    assert said["logit of 0"] == ["a sum of 2 terms", "which softmax turns into", "0.0015%"]
    assert said["dense unit 0"] == ["4.500×0.500 = 2.250", "for logit of 0", "a sum of 1 term"]
    assert said["dense unit 1"] == ["0.000×1.000 = 0.000", "for logit of 0", "ReLU made it 0, from −2.250"]
    assert said["pool (0, 0) map 0"][2] == "the largest of 2×2 cells"
    assert said["conv (1, 1) map 0"][0] == "wins its window and is passed on"


def test_a_number_that_is_passed_on_is_no_largest_one() -> None:
    one = np.ones((1, 2), np.float32)
    layers = ZeroPadding2D("padded", rows=(1, 1)), GlobalMaxPool2D("pooled"), Dense("out", one, one[0], "linear")
    activations = Network(layers, IMAGE_4X4.shape).forward(IMAGE_4X4)
    pooled = logit(activations, 0).terms[0].child
    padded = pooled.terms[0].child
    said = []
    for node in (pooled, padded):
        (row, *_) = unfolded(node).rows
        said.append([plain(line) for line in tree_text.details(row, None)][-1])
    assert said == ["the largest of what it reads", "passed on unchanged"]


def test_how_a_number_is_made_of_one() -> None:
    image = np.array([[[0.5], [-0.25]]], np.float32)
    said = {}
    for layer in (
        Activate("act", function="tanh"), Activate("act", function="relu"), Maximum("act", inputs=("one", "two")),
        Minimum("act", inputs=("one", "two")), Concatenate("act", inputs=("one", "two")),
    ):  # fmt: skip
        before = Rescaling("one", scale=(2.0,)), Rescaling("two", scale=(3.0,), inputs=("one",))
        layers = *before, layer if layer.inputs else replace(layer, inputs=("one",)), Flatten("flat", inputs=("act",))
        node = Node(Network(layers, image.shape).forward(image), NumberPlace("act", (0, 0, 0)))
        row, child, *_ = unfolded(node).rows
        last = [plain(line) for line in tree_text.details(row, None)][-1]
        said[layer.description] = last, plain(tree_text.details(child, node)[1]), plain(tree_text.equation(node, 6, 80))
    assert said["tanh"] == ("through tanh", "goes through tanh", "1.000 → tanh → 0.762")
    assert said["ReLU"] == ("passed on unchanged", "is passed on unchanged", "one (0, 0) map 0 = 1.000")
    assert said["maximum"][0] == "the largest of what it reads"
    assert said["minimum"][0] == "the smallest of what it reads"
    assert said["concatenate"][0] == "passed on unchanged"


def test_the_comparison_with_the_class_that_is_to_be_beaten(network: Network, digits: DataSet) -> None:
    for place in range(30):
        activations = network.forward(network.input_of(digits.images[place]))
        logits = activations.logits
        first, second = np.argsort(-logits)[:2].tolist()
        text = plain(why_text.comparison(activations, CLASSES, first, first, 116))
        assert text.startswith(f"{first} leads {second}, the runner-up, by ")
        unit, share = re.search(r"unit (\d+) alone gives (\S+)$", text).groups()  # type: ignore[union-attr]
        kernel = network.layers[-1].kernel  # type: ignore[union-attr]
        gives = activations["dense"].output * (kernel[:, first] - kernel[:, second])
        assert gives.argmax() == int(unit)
        assert float(read(share)) == pytest.approx(gives.max(), abs=6e-4)
        other = plain(why_text.comparison(activations, CLASSES, second, first, 78))
        assert other.startswith(f"{second} is behind {first} by ")
        assert len(other) <= 78
        for line in (text, other):
            own, rest, relation, margin = re.search(  # type: ignore[union-attr]
                rf"by ({NUMBER}) − \(?({NUMBER})\)? ([=≈]) ({NUMBER})", line
            ).groups()
            assert (relation == "=") == (read(own) - read(rest) == read(margin))


def test_what_the_square_does_in_words() -> None:
    before = np.array([0.9, 0.1, 0.0, 0.0], np.float32)
    after = np.repeat(before[np.newaxis], 784, axis=0)
    after[8 * 28 + 12] = [0.3, 0.7, 0.0, 0.00004]
    after[20 * 28 + 3] = [0.8, 0.2, 0.0, 0.0]
    occlusion = Occlusion((28, 28), 5, before, after)

    def said(label: int, pointed: tuple[int, int] | None = None, width: int = 78) -> str:
        text = plain(heat_text.sentence(occlusion, label, pointed, width))
        assert len(text) <= width
        return text

    drop = "Grey at (8, 12) drops P(0) from 90.00% to 30.00%"
    assert said(0, width=116) == f"{drop}: more than anywhere else; at 1 of 784 places the answer changes."
    assert said(0) == f"{drop}: more than anywhere else."
    assert said(0, width=58) == f"{drop}."
    assert said(1) == "Grey at (8, 12) raises P(1) from 10.00% to 70.00%: more than anywhere else."
    assert said(0, (20, 3)) == "Grey at (20, 3) drops P(0) from 90.00% to 80.00%."
    assert said(0, (0, 0)) == "Grey at (0, 0) does not change P(0), 90.0000%."
    assert said(2) == "No grey square anywhere changes P(2), 0.0000%."
    assert said(3) == "Grey at (8, 12) raises P(3) from 0.0000% to 0.0040%: more than anywhere else."
    occlusion = replace(occlusion, after=after[:100])
    assert said(0) == "measuring: 100 of 784 places"
    occlusion = Occlusion((28, 28), 5, before * np.float32(np.nan), after)
    assert "diverged" in said(0)
