"""Which numbers at the end of a network are an answer: probabilities, logits, or neither of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnntui.cnn import layers as own
from cnntui.cnn.description import zeros
from cnntui.cnn.network import Network
from cnntui.cnn.readers.keras.loss import goal_of
from cnntui.cnn.readers.model_file import read_model
from tests.cnn.test_keras_h5 import in_this_process

__all__ = ["in_this_process"]

SHAPE = (6, 7, 1)


def softmax(name: str, function: str = "softmax", units: int = 3) -> own.Layer:
    return own.Dense(name, zeros(4, units), zeros(units), function, inputs=("",))


def outcome(*layers: own.Layer) -> str:
    return Network(layers, (4,)).outcome


def test_probabilities_stay_such_when_they_are_averaged_or_weighed_by_shares_of_1() -> None:
    pair = softmax("a"), softmax("b")
    assert outcome(*pair, own.Average("mean", inputs=("a", "b"))) == "softmax"
    total = own.Add("sum", inputs=("a", "b"))
    assert outcome(*pair, total) == ""
    assert outcome(*pair, total, own.Rescaling("half", (0.5,))) == "softmax"
    assert outcome(*pair, total, own.Rescaling("half", (0.5,), (0.1,))) == ""
    assert outcome(*pair, own.Rescaling("less", (0.3,), inputs=("a",)), own.Rescaling("more", (0.7,), inputs=("b",)),
                   own.Add("sum", inputs=("less", "more"))) == "softmax"  # fmt: skip
    mixed = softmax("a"), softmax("b", "sigmoid")
    assert outcome(*mixed, own.Average("mean", inputs=("a", "b"))) == ""
    assert outcome(*mixed, own.Maximum("most", inputs=("a", "b"))) == ""


def test_maps_of_a_softmax_are_one_vector_only_if_they_have_one_cell() -> None:
    def flattened(cells: int, function: str) -> str:
        conv = own.Conv2D("conv", zeros(1, 1, 1, 3), zeros(3), activation=function)
        return Network((conv, own.Flatten("flat")), (cells, 1, 1)).outcome

    assert [flattened(1, "softmax"), flattened(2, "softmax"), flattened(2, "sigmoid")] == ["softmax", "", "sigmoid"]


@pytest.mark.parametrize(
    ("loss", "regression", "is_logit"),
    [
        ("mse", "mse", False), ("mean_squared_error", "mean_squared_error", False), ("hinge", "", False),
        (None, "", False),
        ({"class_name": "Huber", "config": {"delta": 1.0}}, "Huber", False),
        ({"class_name": "function", "config": "mean_absolute_error"}, "mean_absolute_error", False),
        ({"class_name": "BinaryCrossentropy", "config": {"from_logits": True}}, "", True),
        ({"class_name": "BinaryCrossentropy", "config": {"from_logits": False}}, "", False),
        (["mae", "mse"], "mse", False), (["mae"], "", False), ({"age": "mse", "sex": "mae"}, "mae", False),
        ({"class_name": 3, "config": []}, "", False), ([[]], "", False), (17, "", False),
    ],
)  # fmt: skip
def test_the_loss_says_what_an_output_gives(loss: Any, regression: str, is_logit: bool) -> None:
    goal = goal_of({"compile_config": {"loss": loss}}, 1, "sex")
    assert (goal.regression, goal.is_logit) == (regression, is_logit)


def ended(keras: Any, *end: Any, loss: Any = None) -> Any:
    layers = keras.layers
    model = keras.Sequential([keras.Input(SHAPE), layers.Conv2D(3, 3, activation="relu"), layers.Flatten(), *end])
    if loss is not None:
        model.compile(loss=loss)
    return model


def ensemble(keras: Any, units: int, activation: str) -> Any:
    image = keras.Input(SHAPE)
    members = [ended(keras, keras.layers.Dense(units, activation=activation))(image) for _ in range(3)]
    return keras.Model(image, keras.layers.Average()(members))


def weighed(keras: Any) -> Any:
    image = keras.Input(SHAPE)
    members = [ended(keras, keras.layers.Dense(4, activation="softmax"))(image) for _ in range(2)]
    return keras.Model(image, 0.25 * members[0] + 0.75 * members[1])


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda keras: ensemble(keras, 4, "softmax"), id="softmaxes"),
        pytest.param(lambda keras: ensemble(keras, 4, "sigmoid"), id="sigmoids"),
        pytest.param(lambda keras: ensemble(keras, 1, "sigmoid"), id="single sigmoids"),
        pytest.param(weighed, id="weighed"),
    ],
)
def test_an_ensemble_answers_with_the_mean_of_its_members(
    keras: Any, tmp_path: Path, build: Callable[..., Any]
) -> None:
    model = build(keras)
    model.save(tmp_path / "model.keras")
    network = read_model(tmp_path / "model.keras")
    image = np.random.default_rng(4).random((1, *SHAPE), np.float32)
    expected = np.asarray(model(image))[0]
    expected = expected if len(expected) > 1 else np.array([1 - expected[0], expected[0]])
    activations = network.forward(image[0])
    np.testing.assert_allclose(activations.probabilities, expected, atol=1e-6)
    np.testing.assert_allclose(network.probabilities(image)[0], expected, atol=1e-6)
    scores = np.exp(activations.scores)
    np.testing.assert_allclose(scores / expected, scores[0] / expected[0], rtol=1e-4)


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
def test_features_of_an_image_are_no_scores_of_classes(keras: Any, tmp_path: Path) -> None:
    layers = keras.layers

    def unanswered(*end: Any, filters: int = 32, loss: Any = None) -> str:
        model = keras.Sequential([keras.Input(SHAPE), layers.Conv2D(filters, 3, activation="relu"), *end])
        if loss is not None:
            model.compile(loss=loss)
        model.save(tmp_path / "model.keras")
        return read_model(tmp_path / "model.keras").unanswered

    mean, dense = layers.GlobalAveragePooling2D, layers.Dense
    assert "gives 32 numbers, not probabilities: it ends in the pool 'mean'," in unanswered(mean(name="mean"))
    assert "the pool" in unanswered(layers.AveragePooling2D((4, 5)), layers.Flatten())
    assert "the pool" in unanswered(layers.GlobalMaxPooling2D())
    assert "the ReLU of 'code'" in unanswered(mean(), dense(64, activation="relu", name="code"))
    assert not unanswered(mean(), layers.Softmax())
    assert not unanswered(mean(), dense(64))
    # A map for each of ten classes, whose mean is the score.
    assert not unanswered(mean(), filters=10)
    assert not unanswered(mean(), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_a_regression_has_no_probabilities(keras: Any, tmp_path: Path, suffix: str) -> None:
    def unanswered(*end: Any, loss: Any = None) -> str:
        path = tmp_path / f"model.{suffix}"
        ended(keras, *end, loss=loss).save(path)
        return read_model(path).unanswered

    dense, losses = keras.layers.Dense, keras.losses
    assert "4 numbers, not probabilities: by its loss, mse," in unanswered(dense(4), loss="mse")
    assert "a single number, not probabilities" in unanswered(dense(1), loss="mae")
    assert "Huber" in unanswered(dense(4), loss=losses.Huber())
    assert "neither a sigmoid nor its loss" in unanswered(dense(1))
    assert "an embedding" in unanswered(dense(4), keras.layers.UnitNormalization())
    assert not unanswered(dense(4))
    assert not unanswered(dense(4), loss=losses.CategoricalCrossentropy(from_logits=True))
    assert not unanswered(dense(4, activation="sigmoid"), loss="mse")
    assert not unanswered(dense(1), loss=losses.BinaryCrossentropy(from_logits=True))


@pytest.mark.slow
@pytest.mark.parametrize("named", [False, True])
def test_of_several_outputs_probabilities_come_first(keras: Any, tmp_path: Path, named: bool) -> None:
    layers = keras.layers
    image = keras.Input(SHAPE)
    vector = layers.Flatten()(image)
    box, kind = layers.Dense(4, name="box")(vector), layers.Dense(3, activation="softmax", name="kind")(vector)
    model = keras.Model(image, {"box": box, "kind": kind} if named else [box, kind])
    model.save(tmp_path / "model.keras")
    assert read_model(tmp_path / "model.keras").answering().name == "kind"
