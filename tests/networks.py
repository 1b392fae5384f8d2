"""Networks for tests: the architecture that cnntui trains, with weights made up on the spot."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.input_scale import InputScale
from cnntui.cnn.layers import Conv2D, Dense, Flatten, MaxPool2D
from cnntui.cnn.network import Network, Weights, weights_of, with_weights
from cnntui.cnn.ops import Floats
from cnntui.images import mnist


def mnist_network(weights: Weights | None = None, seed: int = 0) -> Network:
    """Conv 32 → pool → conv 64 → pool → conv 64 → dense 64 → dense 10, with given or random weights."""
    rng = np.random.default_rng(seed)

    def kernel(*shape: int) -> Floats:
        return (rng.standard_normal(shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)

    def bias(length: int) -> Floats:
        return (rng.standard_normal(length) / 10).astype(np.float32)

    network = Network(
        (
            Conv2D("conv2d", kernel(2, 2, 1, 32), bias(32)),
            MaxPool2D("max_pooling2d"),
            Conv2D("conv2d_1", kernel(2, 2, 32, 64), bias(64)),
            MaxPool2D("max_pooling2d_1"),
            Conv2D("conv2d_2", kernel(2, 2, 64, 64), bias(64)),
            Flatten("flatten"),
            Dense("dense", kernel(1600, 64), bias(64)),
            Dense("dense_1", kernel(64, 10), bias(10), "softmax"),
        ),
        mnist.SHAPE,
    )
    return network if weights is None else with_weights(network, weights)


def other_network(seed: int = 1) -> Network:
    """Other windows, strides and paddings than the bundled network has, with random weights."""
    rng = np.random.default_rng(seed)

    def conv(name: str, *shape: int, **options: object) -> Conv2D:
        kernel = (rng.standard_normal(shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)
        return Conv2D(name, kernel, np.full(shape[-1], 0.1, np.float32), **options)  # type: ignore[arg-type]

    return Network(
        (
            conv("wide", 3, 5, 1, 6, padding="same"),
            MaxPool2D("overlapping", (3, 2), (2, 2)),
            conv("strided", 3, 3, 6, 8, stride=(2, 1)),
            conv("leaving_out", 1, 2, 8, 8, stride=(2, 1), padding="same", activation="linear"),
            Flatten("flat"),
            Dense("classes", rng.standard_normal((3 * 12 * 8, 10)).astype(np.float32), np.zeros(10, np.float32)),
        ),
        mnist.SHAPE,
    )


def trained_at(network: Network, scale: InputScale) -> Network:
    """What a network would be had it been trained on another scale than 0..1: it computes the same of its images.

    The first layer with weights must read nothing but pixels, without padding. The file that it is written to does not
    say any scale.
    """
    weights = weights_of(network)
    name, first = next(iter(weights.items()))
    (mean,), (deviation,) = scale.mean, scale.deviation
    kernel = first["kernel"] * np.float32(deviation / 255)
    offset = first["kernel"].sum(axis=tuple(range(first["kernel"].ndim - 1))) * np.float32(mean / 255)
    return with_weights(network, {**weights, name: {"kernel": kernel, "bias": first["bias"] + offset}})


EXACT_LOGITS = np.array([-6.875, -2, -3.375, -5.5, -2, -1.125, -4.875, -3.375, -3.375, 0.375], np.float32)
"""Logits that every processor holds alike. None of the powers, sums and quotients that are shown of them lies where the
last bit of a float decides which way it is rounded."""


def with_exact_logits(network: Network) -> Network:
    """A network whose last layer puts out `EXACT_LOGITS` whatever it reads."""
    weights = weights_of(network)
    last = network.layers[-1].name
    kernel = np.zeros_like(weights[last]["kernel"])
    return with_weights(network, {**weights, last: {"kernel": kernel, "bias": EXACT_LOGITS}})


def flat_weights(weights: Weights) -> dict[str, Floats]:
    """Weights as a snapshot stores them, ready for `numpy.savez`: `{"conv2d/kernel": …, "conv2d/bias": …}`."""
    return {f"{layer}/{role}": array for layer, own in weights.items() for role, array in own.items()}


def random_digit(seed: int = 0) -> Floats:
    """A `(28, 28, 1)` image with pixels from 0 to 1, most of them 0, as in a digit."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (28, 28, 1)) * (rng.random((28, 28, 1)) < 0.2)
    return (pixels / 255).astype(np.float32)
