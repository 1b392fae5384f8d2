"""The input scale found for a network that does not state it, and what is said about it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnntui.cnn.input_scale import INVERTED, MINUS_ONE_TO_ONE, RAW, ZERO_TO_ONE, InputScale
from cnntui.cnn.layers import Activate, Dense, Flatten
from cnntui.cnn.layers.norm import Rescaling
from cnntui.cnn.network import Network, weights_of, with_weights
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.images.scale_evidence import (
    LEAST_IMAGES,
    MOST_IMAGES,
    ScaleEvidence,
    ScaleSource,
    found,
    image_count,
    measured,
    standardized,
)
from tests.networks import mnist_network, trained_at

STANDARDIZED = InputScale((mnist.MEAN,), (mnist.DEVIATION,))


def nothing() -> DataSet:
    raise CnntuiError("There are no images of its size.")


@pytest.mark.parametrize("scale", [ZERO_TO_ONE, RAW, MINUS_ONE_TO_ONE, STANDARDIZED, INVERTED], ids=str)
def test_the_scale_that_a_network_was_trained_at_is_found(
    scale: InputScale, dense_network: Network, digits: DataSet
) -> None:
    evidence = found(trained_at(dense_network, scale), lambda: digits)
    assert (evidence.scale, evidence.source, evidence.near_chance) == (scale, ScaleSource.MEASURED, False)
    score = evidence.score(scale)
    assert score is not None
    assert (evidence.count, score.right) == (MOST_IMAGES, max(score.right, 285))
    assert evidence.sentences[0].startswith(f"Input {scale}: reads {score.right / 3:.1f}% of 300 test images right; ")


def test_where_two_scales_read_as_many_right_it_is_0_to_1(dense_network: Network, digits: DataSet) -> None:
    # Without biases, ReLU after ReLU, only how sure the network is depends on the factor.
    weights = {name: {**own, "bias": own["bias"] * 0} for name, own in weights_of(dense_network).items()}
    evidence = found(with_weights(dense_network, weights), lambda: digits)
    scores = {score.scale: score for score in evidence.scores}
    assert scores[RAW].right == scores[ZERO_TO_ONE].right
    assert evidence.scale == ZERO_TO_ONE
    assert evidence.tied in (RAW, STANDARDIZED)


def test_a_network_that_is_only_made_surer_by_a_larger_scale_keeps_0_to_1(network: Network, digits: DataSet) -> None:
    # As after a few batches: right, but not sure of it.
    weights = weights_of(network)
    last = network.layers[-1].name
    weights[last] = {role: array / 4 for role, array in weights[last].items()}
    evidence = measured(with_weights(network, weights), digits, 150)
    loss = {score.scale: score.loss for score in evidence.scores}
    assert loss[STANDARDIZED] * 3 < loss[ZERO_TO_ONE]
    assert evidence.scale == ZERO_TO_ONE


@pytest.mark.parametrize("scale", [MINUS_ONE_TO_ONE, STANDARDIZED], ids=str)
def test_a_scale_at_which_hardly_more_is_read_right_is_found_by_how_sure_the_network_is(
    scale: InputScale, network: Network, digits: DataSet
) -> None:
    assert measured(trained_at(network, scale), digits, 120).scale == scale


def test_a_network_that_learned_nothing_is_near_chance(digits: DataSet) -> None:
    rng = np.random.default_rng(3)
    layers = (Flatten("flat"), Dense("last", rng.standard_normal((784, 10)).astype(np.float32) / 28,
                                     np.zeros(10, np.float32), "softmax"))  # fmt: skip
    evidence = found(Network(layers, mnist.SHAPE), lambda: digits)
    assert evidence.near_chance
    assert evidence.scale == ZERO_TO_ONE
    assert "near chance at every scale" in evidence.sentences[0]
    assert "near chance at every scale" in evidence.sentences[-1]


def test_numbers_that_are_not_finite_are_near_chance(dense_network: Network, digits: DataSet) -> None:
    weights = {name: {**own, "bias": own["bias"] * np.nan} for name, own in weights_of(dense_network).items()}
    evidence = found(with_weights(dense_network, weights), lambda: digits)
    assert (evidence.near_chance, evidence.is_finite) == (True, False)
    assert all("not finite" in sentence and "%" not in sentence for sentence in evidence.sentences)


def test_images_in_the_order_of_their_classes_are_measured_alike(dense_network: Network, digits: DataSet) -> None:
    order = np.argsort(digits.labels, kind="stable")
    data = replace(digits, images=digits.images[order], labels=digits.labels[order], sha256="")
    evidence = found(trained_at(dense_network, INVERTED), lambda: data)
    assert (evidence.scale, evidence.near_chance) == (INVERTED, False)


def test_what_the_network_says_itself_is_not_measured(dense_network: Network) -> None:
    own = Network((Rescaling("own", scale=(1 / 255,)), *dense_network), mnist.SHAPE)
    evidence = found(own, nothing)
    assert (evidence.scale, evidence.source, evidence.is_guessed) == (RAW, ScaleSource.LAYER, False)
    assert evidence.sentences[0] == "Input 0..255: the network's own layer own scales it."


def test_without_images_0_to_1_is_assumed_and_said(dense_network: Network) -> None:
    evidence = found(dense_network, nothing)
    assert (evidence.scale, evidence.source, evidence.is_guessed) == (ZERO_TO_ONE, ScaleSource.ASSUMED, True)
    assert evidence.sentences == (
        "Input 0..1 is assumed: There are no images of its size.",
        "Input 0..1 is assumed.",
    )
    assert STANDARDIZED in evidence.choices


def test_larger_networks_are_tried_on_fewer_images(dense_network: Network) -> None:
    assert image_count(dense_network) == image_count(mnist_network()) == MOST_IMAGES
    wide = Network((Flatten("flat"), Dense("last", np.broadcast_to(np.float32(0), (784, 60_000)),
                                           np.zeros(60_000, np.float32))), mnist.SHAPE)  # fmt: skip
    assert image_count(wide) < LEAST_IMAGES
    evidence = found(wide, nothing)
    assert evidence.source is ScaleSource.ASSUMED
    assert "too large" in evidence.sentences[0]
    # Hundreds of layers take their time, however small they are.
    deep = Network((*(Activate(f"{number}") for number in range(900)), *dense_network), mnist.SHAPE)
    assert image_count(deep) < LEAST_IMAGES


def test_mean_and_deviation_are_those_of_the_data(digits: DataSet) -> None:
    assert standardized(digits) == STANDARDIZED
    flat = np.zeros((4, 2, 2, 3), np.uint8)
    flat[..., 0] = [[[10]], [[20]], [[10]], [[20]]]
    data = DataSet(flat, np.zeros(4, np.int64), ("a", "b"))
    assert standardized(data) == InputScale((15.0, 0.0, 0.0), (5.0, 1.0, 1.0))


def test_another_one_can_be_chosen(dense_network: Network, digits: DataSet) -> None:
    evidence = found(dense_network, lambda: digits).chosen(RAW)
    assert (evidence.scale, evidence.is_chosen, evidence.is_guessed) == (RAW, True, False)
    assert evidence.sentences[0].startswith("Input 0..255, chosen by you: reads ")
    own = InputScale((1.0,), (2.0,))
    unmeasured = ScaleEvidence(RAW, ScaleSource.CHOSEN, (ZERO_TO_ONE,)).chosen(own)
    assert unmeasured.choices == (ZERO_TO_ONE, own)
    assert unmeasured.sentences == ("Input mean 1, deviation 2, chosen by you.",)


def test_as_much_is_said_as_there_is_room_for(dense_network: Network, digits: DataSet) -> None:
    evidence = found(dense_network, lambda: digits)
    for width in (200, 120, 78, 58):
        assert len(evidence.fitting(width)) <= width
    assert len(evidence.fitting(1)) < 58
