"""Many images at once give the same as forward, for every kind of layer, without keeping all activations."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D, Dense, Flatten, MaxPool2D
from cnntui.cnn.network import Network
from cnntui.images import mnist
from cnntui.images.data import DataSet
from tests.networks import mnist_network


def of_forward(network: Network, images: np.ndarray) -> np.ndarray:
    return network.forward(network.input_of(images)).probabilities


@pytest.mark.slow
def test_probabilities_are_those_of_forward(network: Network, digits: DataSet) -> None:
    images = digits.images[:200]
    probabilities = network.probabilities(network.input_of(images))
    assert probabilities.dtype == np.float32
    assert probabilities.shape == (200, 10)
    np.testing.assert_allclose(probabilities, of_forward(network, images), atol=1e-5)
    assert (probabilities.argmax(axis=1) == digits.labels[:200]).mean() > 0.95


def test_one_digit_and_none(network: Network, digits: DataSet) -> None:
    one = digits.images[5:6]
    np.testing.assert_allclose(network.probabilities(network.input_of(one)), of_forward(network, one), atol=1e-5)
    assert network.probabilities(network.input_of(digits.images[:0])).shape == (0, 10)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (3, 2)])
def test_any_kernel_stride_padding_and_activation(digits: DataSet, padding: str, stride: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)

    def numbers(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape).astype(np.float32) / 5

    layers = (
        Conv2D("a", numbers(3, 4, 1, 5), numbers(5), stride, padding),  # type: ignore[arg-type]
        MaxPool2D("b", (3, 2), (2, 1)),
        Conv2D("c", numbers(2, 1, 5, 3), numbers(3), activation="linear"),
        Flatten("d"),
    )
    length = int(np.prod(Network(layers, mnist.SHAPE).shapes[-1]))
    network = Network((*layers, Dense("e", numbers(length, 7), numbers(7), "linear")), mnist.SHAPE)
    images = digits.images[:20]
    np.testing.assert_allclose(network.probabilities(network.input_of(images)), of_forward(network, images), atol=1e-5)


def test_it_changes_neither_images_nor_weights(digits: DataSet) -> None:
    network = mnist_network(seed=4)
    images = digits.images[:8].copy()
    before = network.probabilities(network.input_of(images))
    assert (images == digits.images[:8]).all()
    assert (network.probabilities(network.input_of(images)) == before).all()
