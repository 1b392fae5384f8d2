"""Terms add up to their number: by hand in a small network, and anywhere in networks of several kinds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from cnntui.cnn.contributions import Node, NumberKind, NumberPlace, logit, margin
from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.cnn.layers import AveragePool2D, Conv2D, Dense, Flatten, Layer, MaxPool2D
from cnntui.cnn.network import IMAGE, Activations, Network
from cnntui.images import mnist
from cnntui.images.data import DataSet
from tests.networks import random_digit


def small() -> Network:
    """4×4 pixels → one 2×2 filter → 3×3 cells → a 2×2 pool → 1 number → two units → two classes."""

    def floats(*numbers: float, shape: tuple[int, ...]) -> np.ndarray:
        return np.array(numbers, np.float32).reshape(shape)

    return Network(
        (
            Conv2D("conv", floats(1, -1, 2, 0.5, shape=(2, 2, 1, 1)), floats(0.25, shape=(1,))),
            MaxPool2D("pool"),
            Flatten("flatten"),
            Dense("dense", floats(2, -1, shape=(1, 2)), floats(-1, 0.5, shape=(2,))),
            Dense("logits", floats(0.5, 3, 1, 0, shape=(2, 2)), floats(0.125, 0, shape=(2,)), "softmax"),
        ),
        (4, 4, 1),
    )


IMAGE_4X4 = np.array([[0, 0, 0, 0], [0, 1, 0.5, 0], [0, 1, 0, 0], [0, 0.5, 0, 0]], np.float32)[..., np.newaxis]
"""Under the filter: windows at (0, 1), (1, 1) and so on; the largest sum of the first 2×2 cells is at (1, 1)."""


def test_by_hand_from_a_logit_to_a_pixel() -> None:
    activations = small().forward(IMAGE_4X4)
    # The cell (0, 1): 0·1 + 0·(−1) + 1·2 + 0.5·0.5 + 0.25 = 2.5; the cell (1, 1): 1 − 0.5 + 2 + 0 + 0.25 = 2.75.
    assert activations["conv"].output[:2, :2, 0].tolist() == [[0.75, 2.5], [0, 2.75]]
    top = logit(activations, 0)
    assert (top.kind, top.value) == (NumberKind.LOGIT, 2.375)
    # 2·2.75 − 1 = 4.5 goes on; −2.75 + 0.5 = −2.25 does not.
    first, silent = top.terms
    assert (first.child.place, first.weight, first.contribution) == (NumberPlace("dense", (0,)), 0.5, 2.25)
    assert top.terms.bias == 0.125
    assert (silent.child.place, silent.contribution) == (NumberPlace("dense", (1,)), 0)
    assert silent.child.is_silent
    assert silent.child.pre_activation == -2.25
    assert len(silent.child.terms) == 0
    assert silent.child.terms.bias is None

    (slot,) = first.child.terms
    assert (slot.child.place, slot.weight, slot.contribution) == (NumberPlace("pool", (0, 0, 0)), 2, 5.5)
    assert slot.child.kind is NumberKind.CELL
    (winner,) = slot.child.terms
    assert (winner.child.place, winner.weight, winner.contribution) == (NumberPlace("conv", (1, 1, 0)), None, 2.75)
    pixels = winner.child.terms
    assert [(term.child.place, term.weight, term.contribution) for term in pixels] == [
        (NumberPlace(IMAGE, (2, 1, 0)), 2, 2),
        (NumberPlace(IMAGE, (1, 1, 0)), 1, 1),
        (NumberPlace(IMAGE, (1, 2, 0)), -1, -0.5),
        (NumberPlace(IMAGE, (2, 2, 0)), 0.5, 0),
    ]
    assert (pixels.bias, pixels.total, pixels.rest(2), pixels.zeros()) == (0.25, 2.75, -0.5, 1)
    assert pixels[0].child.kind is NumberKind.PIXEL
    assert not pixels[0].child.terms


def test_the_margin_by_hand() -> None:
    # Dense 0 alone is above 0: 4.5 · (0.5 − 3), and the bias 0.125.
    terms = margin(small().forward(IMAGE_4X4), 0, 1)
    assert terms is not None
    assert [(term.child.place.index, term.contribution) for term in terms] == [((0,), -11.25), ((1,), 0)]
    assert terms.total == -11.125


def various() -> dict[str, Network]:
    """Networks of other forms, with weights of about the size of trained ones."""
    rng = np.random.default_rng(7)

    def numbers(*shape: int) -> np.ndarray:
        return (rng.standard_normal(shape) / np.sqrt(np.prod(shape[:-1]) or 1)).astype(np.float32)

    def ended(*layers: Layer) -> Network:
        length = int(np.prod(Network((*layers, Flatten("flat")), mnist.SHAPE).shapes[-1]))
        return Network(
            (
                *layers,
                Flatten("flat"),
                Dense("wide", numbers(length, 20), numbers(20)),
                Dense("deep", numbers(20, 15), numbers(15), "linear"),
                Dense("classes", numbers(15, 10), numbers(10), "softmax"),
            ),
            mnist.SHAPE,
        )

    return {
        "same padding and strides": ended(
            Conv2D("a", numbers(5, 3, 1, 4), numbers(4), (2, 1), "same"),
            MaxPool2D("b", (3, 2), (2, 1)),
            Conv2D("c", numbers(3, 3, 4, 6), numbers(6), padding="same", activation="linear"),
        ),
        "no pools": ended(Conv2D("a", numbers(3, 3, 1, 4), numbers(4)), Conv2D("b", numbers(3, 3, 4, 2), numbers(2))),
        "maps end in a pool": ended(Conv2D("a", numbers(2, 2, 1, 4), numbers(4)), MaxPool2D("b", (4, 4), (4, 4))),
        "no maps": ended(),
        "two flattens": ended(Conv2D("a", numbers(9, 9, 1, 3), numbers(3), (3, 3)), Flatten("once")),
        "logits without softmax": Network(
            (
                Conv2D("a", numbers(27, 27, 1, 3), numbers(3)),
                Flatten("f"),
                Dense("z", numbers(12, 10), numbers(10), "relu"),
            ),
            mnist.SHAPE,
        ),
        "no weights behind the maps": Network(
            (Conv2D("a", numbers(28, 28, 1, 10), numbers(10)), Flatten("f")), mnist.SHAPE
        ),
        "average pools": ended(
            Conv2D("a", numbers(3, 3, 1, 4), numbers(4)),
            AveragePool2D("b", (3, 2), (2, 2), "same"),
            Conv2D("c", numbers(3, 3, 4, 6), numbers(6)),
            AveragePool2D("d"),
        ),
    }


def sampled(node: Node, rng: np.random.Generator, width: int = 3) -> Iterator[Node]:
    """A node and some of its terms, down to pixels: the largest, and some of the others."""
    yield node
    terms = node.terms
    chosen = {*range(min(2, len(terms))), *rng.integers(0, len(terms), width - 2).tolist()} if len(terms) else set()
    for place in sorted(chosen):
        yield from sampled(terms[place].child, rng, width)


def check(activations: Activations, label: int, rng: np.random.Generator) -> set[NumberKind]:
    """Check that every number on the way down is the network's, and the sum of its terms; returns their kinds."""
    kinds = set()
    for node in sampled(logit(activations, label), rng):
        kinds.add(node.kind)
        terms = node.terms
        if node.kind is NumberKind.PIXEL:
            assert not terms
            continue
        if node.is_silent:
            assert not terms
            assert node.value == 0
            assert node.pre_activation <= 0
            continue
        assert terms.total == pytest.approx(node.value, rel=1e-5, abs=1e-5 * max(1.0, abs(terms[0].contribution)))
        first = terms[:20]
        assert terms.rest(0) == pytest.approx(sum(term.contribution for term in first) + terms.rest(20), abs=1e-9)
        sizes = [abs(term.contribution) for term in [*first, terms[-1]]]
        assert sizes == sorted(sizes, reverse=True)
        assert len({term.child.place for term in first}) == len(first)
        for term in first:
            weight = 1.0 if term.weight is None else term.weight
            assert term.contribution == term.child.value * weight
    return kinds


@pytest.mark.slow
def test_terms_re_add_all_the_way_down_the_trained_network(network: Network, digits: DataSet) -> None:
    rng = np.random.default_rng(1)
    kinds = set()
    for place in rng.integers(0, len(digits), 4).tolist():
        activations = network.forward(network.input_of(digits.images[place]))
        for label in {activations.predicted, int(rng.integers(10))}:
            kinds |= check(activations, label, rng)
    assert kinds == set(NumberKind)


@pytest.mark.slow
@pytest.mark.parametrize("name", various())
def test_terms_re_add_in_other_networks(name: str) -> None:
    rng = np.random.default_rng(2)
    network = various()[name]
    for seed in range(2):
        activations = network.forward(random_digit(seed))
        for label in (0, 9):
            assert NumberKind.PIXEL in check(activations, label, rng)


def test_padding_is_no_child() -> None:
    layer = Conv2D("a", np.ones((3, 3, 1, 1), np.float32), np.ones(1, np.float32), padding="same")
    activations = Network((layer, Flatten("f")), mnist.SHAPE).forward(random_digit(3))
    corner, edge, inner = (Node(activations, NumberPlace("a", (*cell, 0))) for cell in ((0, 0), (27, 5), (3, 4)))
    assert [len(node.terms) for node in (corner, edge, inner)] == [4, 6, 9]
    assert {term.child.place.index for term in corner.terms} == {(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0)}


def test_the_rest_is_what_is_not_shown(network: Network, digits: DataSet) -> None:
    terms = logit(network.forward(network.input_of(digits.images[0])), 7).terms
    shown = sum(term.contribution for term in terms[:6])
    assert shown + terms.rest(6) + (terms.bias or 0) == pytest.approx(terms.total, abs=1e-9)
    assert terms.rest(len(terms)) == 0
    assert terms.zeros() == int((network.forward(network.input_of(digits.images[0]))["dense"].output == 0).sum())


def test_a_diverged_network_is_taken_apart_all_the_same(network: Network, digits: DataSet) -> None:
    first, *others = network.layers
    assert isinstance(first, Conv2D)
    bias = first.bias.copy()
    bias[3] = np.nan
    activations = Network((replace(first, bias=bias), *others), mnist.SHAPE).forward(
        ZERO_TO_ONE.applied(digits.images[1])
    )
    node = logit(activations, 0)
    for _ in range(6):
        assert np.isnan(node.value)
        node = node.terms[0].child
    assert node.place.layer == "conv2d"
    assert node.place.index[2] == 3, "what is no number comes first"
    assert np.isnan(node.terms.bias or 0)
