"""The shift lab's measurement, against moving one digit at a time."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.cnn.network import Network, as_input
from cnntui.cnn.predict import predict
from cnntui.data import Digits
from cnntui.labs.shift import BATCH, FARTHEST, SIDE, WAYS, Tolerance, shifted
from cnntui.screens.labs import shift_text
from cnntui.widgets.lines import plain


def test_what_leaves_is_lost_and_what_comes_in_is_blank() -> None:
    image = np.arange(1, 10, dtype=np.uint8).reshape(3, 3)
    np.testing.assert_array_equal(shifted(image, 0, 0), image)
    np.testing.assert_array_equal(shifted(image, 1, 0), [[0, 0, 0], [1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(shifted(image, -1, 2), [[0, 0, 4], [0, 0, 7], [0, 0, 0]])
    np.testing.assert_array_equal(shifted(np.stack([image, 2 * image]), 0, -2)[1], 2 * shifted(image, 0, -2))


def test_every_way_is_gone_once_and_those_of_the_curve_first() -> None:
    assert len(WAYS) == len(set(WAYS)) == SIDE * SIDE
    assert WAYS[: FARTHEST + 1] == [(0, right) for right in range(FARTHEST + 1)]


def test_accuracies_are_what_one_digit_at_a_time_gives(network: Network, digits: Digits) -> None:
    few = Digits(digits.images[:12], digits.labels[:12])
    tolerance = Tolerance(network, few, 12)
    tolerance.read()
    assert tolerance.is_finished
    assert tolerance.done == tolerance.total == 12 * SIDE * SIDE
    shares = tolerance.accuracies()
    for down, right in ((0, 0), (0, 3), (-2, 5), (8, -8), (4, 4)):
        rightly = [
            network.forward(as_input(shifted(image, down, right))).predicted == label
            for image, label in zip(few.images, few.labels, strict=True)
        ]
        assert shares[down + FARTHEST, right + FARTHEST] == pytest.approx(np.mean(rightly))


def test_a_part_of_it_can_be_shown_and_taken_up_again(network: Network, digits: Digits) -> None:
    tolerance, asked = Tolerance(network, digits, BATCH + 10), iter([True] * 3 + [False])
    assert np.isnan(tolerance.accuracies()).all()
    tolerance.read(lambda: next(asked))
    shares = tolerance.accuracies()
    assert tolerance.done == 3 * BATCH
    assert np.isfinite(shares).sum() == 3
    assert np.isfinite(shares[FARTHEST, FARTHEST : FARTHEST + 3]).all()
    assert "curve comes first" in plain(shift_text.found(shares, 78)[0])


def said(*shares: float) -> str:
    whole = np.ones((SIDE, SIDE), np.float32)
    whole[FARTHEST, FARTHEST:] = shares
    return " ".join(plain(line) for line in shift_text.found(whole, 78))


def test_the_sentence_follows_the_measurement() -> None:
    falls = said(0.98, 0.97, 0.954, 0.845, 0.643, 0.5, 0.4, 0.3, 0.2)
    assert "2, 3, 4 pixels 95.4%, 84.5%, 64.3%. From 3 on, more than 5% are lost" in falls
    assert "hardly matters" in said(*[0.98] * 9)


def test_a_way_in_words() -> None:
    assert shift_text.way(0, 0) == "not moved"
    assert shift_text.way(-1, 2) == "2 right, 1 up"


@pytest.mark.slow
def test_the_bundled_network_is_less_indifferent_to_place_than_is_said(network: Network, digits: Digits) -> None:
    def accuracy(right: int) -> float:
        rightly = []
        for at in range(0, len(digits), 500):
            batch = slice(at, at + 500)
            says = predict(network, shifted(digits.images[batch], 0, right)).argmax(axis=1)
            rightly.append(says == digits.labels[batch])
        return float(np.mean(rightly))

    still, two, three, four = (accuracy(right) for right in (0, 2, 3, 4))
    assert still > 0.98
    assert 0.94 < two < 0.98
    assert 0.8 < three < 0.92
    assert 0.6 < four < 0.75
