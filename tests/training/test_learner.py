"""The recipe's network: chunks, parts and look-ups learn exactly what Keras would."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet, load_test, load_train
from cnntui.runs.config.run_config import new_config
from cnntui.training.schedule import epoch_order
from tests.training.later import keras, learner, recipe, tf

pytestmark = pytest.mark.slow

BATCHES, SIZE = 4, 64

SMALL = {"filters": (4, 6, 5), "dense": 8}
"""The network of the lesson with fewer filters, of which one more learns as the others do."""


@pytest.fixture(scope="module")
def train() -> DataSet:
    return load_train()


def compiled(optimizer: str = "rmsprop") -> Any:
    keras.utils.set_random_seed(5)
    config = new_config(optimizer=optimizer, **SMALL)  # type: ignore[arg-type]
    model = recipe.build_model(config)
    recipe.compile_model(model, config)
    # rmsprop and adam divide by the gradient's own size. Where that is near zero, the last bit of a sum, which depends
    # on the processor and on how sums are fused, would decide where a weight goes; a larger epsilon prevents that.
    model.optimizer.epsilon = 0.1
    return model


def reference_of(optimizer: str) -> Any:
    """The same, trained by Keras step by step: to build a graph for a few batches takes longer than they do."""
    model = compiled(optimizer)
    model.run_eagerly = True
    return model


def few_tests() -> DataSet:
    digits = load_test()
    return digits.first(999)


def test_the_network_is_that_of_the_lesson() -> None:
    model = recipe.build_model(new_config())
    assert [layer.name for layer in model.layers] == [
        "conv2d",
        "max_pooling2d",
        "conv2d_1",
        "max_pooling2d_1",
        "conv2d_2",
        "flatten",
        "dense",
        "dense_1",
    ]
    assert [layer.output.shape[1:] for layer in model.layers] == [
        (27, 27, 32),
        (13, 13, 32),
        (12, 12, 64),
        (6, 6, 64),
        (5, 5, 64),
        (1600,),
        (64,),
        (10,),
    ]
    assert [layer.count_params() for layer in model.layers if layer.weights] == [160, 8256, 16448, 102464, 650]
    assert model.count_params() == 127_978


@pytest.mark.parametrize(("optimizer", "parts"), [("rmsprop", 1), ("rmsprop", 3), ("adam", 2), ("sgd", 2)])
def test_it_learns_what_keras_own_training_step_learns(train: DataSet, optimizer: str, parts: int) -> None:
    """Weights after some batches, and the true loss and accuracy of each, against `train_on_batch`."""
    batches = epoch_order(5, 0, len(train))[: BATCHES * SIZE].reshape(BATCHES, SIZE)
    ours = compiled(optimizer)
    result = learner.Learner(ours, train, few_tests(), parts).learn(batches)

    reference = reference_of(optimizer)
    for step, batch in enumerate(batches):
        images = train.images[batch].astype("float32") / 255
        labels = keras.utils.to_categorical(train.labels[batch], 10)
        probabilities = np.asarray(reference(images, training=False))
        loss = float(keras.ops.mean(keras.losses.categorical_crossentropy(labels, probabilities)))
        assert result.losses[step] == pytest.approx(loss, rel=1e-5)
        second, first = np.sort(probabilities, axis=1)[:, -2:].T
        undecided = np.mean(first - second < 1e-5)
        right = np.mean(probabilities.argmax(1) == labels.argmax(1))
        assert result.accuracies[step] == pytest.approx(right, abs=undecided + 1e-6)
        reference.train_on_batch(images, labels)
    for mine, theirs in zip(ours.trainable_variables, reference.trainable_variables, strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=0, atol=3e-6)


def test_the_last_smaller_batch_counts_as_what_it_is(train: DataSet) -> None:
    batch = np.arange(5, dtype=np.int32)[np.newaxis]
    split, whole = compiled(), compiled()
    first = learner.Learner(split, train, few_tests(), parts=2).learn(batch)
    second = learner.Learner(whole, train, few_tests(), parts=1).learn(batch)
    np.testing.assert_allclose(first.losses, second.losses, rtol=1e-5)
    np.testing.assert_allclose(first.accuracies, second.accuracies)


@pytest.mark.parametrize(("size", "parts", "optimizer"), [(1, 2, "rmsprop"), (2, 3, "sgd"), (3, 8, "rmsprop")])
def test_batches_smaller_than_the_number_of_parts_are_learned_as_keras_does(
    train: DataSet, size: int, parts: int, optimizer: str
) -> None:
    batch = np.arange(7, 7 + size, dtype=np.int32)
    images = train.images[batch].astype("float32") / 255
    labels = keras.utils.to_categorical(train.labels[batch], 10)
    ours, reference = compiled(optimizer), reference_of(optimizer)
    learns = learner.Learner(ours, train, few_tests(), parts)

    with tf.GradientTape() as tape:
        loss = keras.ops.mean(keras.losses.categorical_crossentropy(labels, reference(images, training=True)))
    expected = tape.gradient(loss, reference.trainable_variables)
    losses, gradients = learns.look(batch)
    assert losses.mean() == pytest.approx(float(loss), rel=1e-5)
    for mine, theirs in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(mine, theirs.numpy(), rtol=1e-4, atol=1e-6)

    result = learns.learn(batch[np.newaxis])
    assert result.losses[0] == pytest.approx(float(loss), rel=1e-5)
    reference.train_on_batch(images, labels)
    for mine, theirs in zip(ours.trainable_variables, reference.trainable_variables, strict=True):
        assert np.median(np.abs(mine.numpy() - theirs.numpy())) < 1e-6


@pytest.mark.parametrize("count", [1, 2])
def test_few_test_digits_are_evaluated_in_any_number_of_parts(train: DataSet, count: int) -> None:
    digits = few_tests().first(count)
    model = compiled()
    whole, split = (learner.Learner(model, train, digits, parts).evaluate() for parts in (1, 3))
    assert split == pytest.approx(whole, rel=1e-5)


def test_evaluation_is_that_of_keras_on_every_test_digit(train: DataSet) -> None:
    model, digits = compiled(), few_tests()
    images = digits.images[..., np.newaxis].astype("float32") / 255
    expected = model.evaluate(images, keras.utils.to_categorical(digits.labels, 10), verbose=0)
    for parts in (1, 3):
        loss, accuracy = learner.Learner(model, train, digits, parts).evaluate()
        assert loss == pytest.approx(expected[0], rel=1e-5)
        assert accuracy == pytest.approx(expected[1], abs=1e-6)


def test_a_gpu_is_used_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    visible: list[list[str]] = []
    monkeypatch.setattr(tf.config, "set_visible_devices", lambda devices, kind: visible.append(devices))
    for found in ([], ["GPU:0"]):
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind, found=found: found)
        learner.choose_device("cpu")
        learner.choose_device("auto")
        assert visible == [[]]
        visible.clear()
    learner.choose_device("gpu")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    with pytest.raises(CnntuiError, match="finds no GPU"):
        learner.choose_device("gpu")
    assert visible == []
