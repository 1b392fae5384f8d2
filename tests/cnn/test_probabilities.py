"""Many images at once give what forward gives, for every kind of layer, without keeping what is on the way."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D, Dense, Flatten, MaxPool2D
from cnntui.cnn.network import Network, as_input
from cnntui.images.data import Digits
from tests.networks import mnist_network


def of_forward(network: Network, images: np.ndarray) -> np.ndarray:
    return network.forward(as_input(images)).probabilities


@pytest.mark.slow
def test_probabilities_are_those_of_forward(network: Network, digits: Digits) -> None:
    images = digits.images[:200]
    probabilities = network.probabilities(as_input(images))
    assert probabilities.dtype == np.float32
    assert probabilities.shape == (200, 10)
    np.testing.assert_allclose(probabilities, of_forward(network, images), atol=1e-5)
    assert (probabilities.argmax(axis=1) == digits.labels[:200]).mean() > 0.95


def test_one_digit_and_none(network: Network, digits: Digits) -> None:
    one = digits.images[5:6]
    np.testing.assert_allclose(network.probabilities(as_input(one)), of_forward(network, one), atol=1e-5)
    assert network.probabilities(as_input(digits.images[:0])).shape == (0, 10)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (3, 2)])
def test_any_kernel_stride_padding_and_activation(digits: Digits, padding: str, stride: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)

    def numbers(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape).astype(np.float32) / 5

    layers = (
        Conv2D("a", numbers(3, 4, 1, 5), numbers(5), stride, padding),  # type: ignore[arg-type]
        MaxPool2D("b", (3, 2), (2, 1)),
        Conv2D("c", numbers(2, 1, 5, 3), numbers(3), activation="linear"),
        Flatten("d"),
    )
    length = int(np.prod(Network(layers).shapes[-1]))
    network = Network((*layers, Dense("e", numbers(length, 7), numbers(7), "linear")))
    images = digits.images[:20]
    np.testing.assert_allclose(network.probabilities(as_input(images)), of_forward(network, images), atol=1e-5)


def test_it_changes_neither_images_nor_weights(digits: Digits) -> None:
    network = mnist_network(seed=4)
    images = digits.images[:8].copy()
    before = network.probabilities(as_input(images))
    assert (images == digits.images[:8]).all()
    assert (network.probabilities(as_input(images)) == before).all()
