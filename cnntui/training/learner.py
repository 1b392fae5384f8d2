"""`Learner`: learns from chunks of batches inside TensorFlow, and tells the true loss of every batch.

Keras' own `fit` either reports running means or waits for every batch. Here a chunk of batches is one call into a
compiled loop: layers, loss, gradients and optimizer are Keras' own, and only the digits are looked up by index from
tensors of uint8 instead of being copied out of NumPy arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from cnntui.data import Digits
from cnntui.training.recipe import CLASSES

_EVALUATION_BATCH = 500


@dataclass(frozen=True, eq=False)
class ChunkResult:
    """The batches of one chunk, in order: (batches,) float32 each."""

    losses: NDArray[np.float32]
    accuracies: NDArray[np.float32]


class Learner:
    """Owns the tensors and the two compiled functions; the model is changed in place.

    Args:
        model: compiled, with its optimizer built.
        train: what it learns from.
        test: what it is evaluated on.
    """

    def __init__(self, model: keras.Sequential, train: Digits, test: Digits) -> None:
        self._model = model
        self._optimizer = model.optimizer
        self._loss = keras.losses.CategoricalCrossentropy()
        self._train = _tensors(train)
        self._test = _tensors(test)
        indices = tf.TensorSpec([None, None], tf.int32)
        self._learn: Any = tf.function(self._learn_chunk, input_signature=[indices])
        self._evaluate: Any = tf.function(self._evaluate_all, input_signature=[])

    def learn(self, batches: NDArray[np.int32]) -> ChunkResult:
        """Learn from `batches`, (batches, batch_size) indices of training digits, one after the other."""
        losses, accuracies = self._learn(tf.constant(batches))
        return ChunkResult(losses.numpy(), accuracies.numpy())

    def evaluate(self) -> tuple[float, float]:
        """Loss and accuracy on all test digits."""
        loss, accuracy = self._evaluate()
        return float(loss), float(accuracy)

    def _learn_chunk(self, batches: Any) -> Any:
        count = tf.shape(batches)[0]
        losses = tf.TensorArray(tf.float32, count)
        accuracies = tf.TensorArray(tf.float32, count)
        for i in tf.range(count):
            loss, accuracy = self._learn_batch(batches[i])
            losses = losses.write(i, loss)
            accuracies = accuracies.write(i, accuracy)
        return losses.stack(), accuracies.stack()

    def _learn_batch(self, indices: Any) -> Any:
        images, labels = self._look_up(self._train, indices)
        weights = self._model.trainable_variables
        with tf.GradientTape() as tape:
            probabilities = self._model(images, training=True)
            loss = self._loss(labels, probabilities)
        gradients = tape.gradient(loss, weights)
        self._optimizer.apply(gradients, weights)
        return loss, _accuracy(labels, probabilities)

    def _evaluate_all(self) -> Any:
        count = tf.shape(self._test[1])[0]
        loss_sum, correct_sum = tf.constant(0.0), tf.constant(0.0)
        for begin in tf.range(0, count, _EVALUATION_BATCH):
            indices = tf.range(begin, tf.minimum(begin + _EVALUATION_BATCH, count))
            images, labels = self._look_up(self._test, indices)
            probabilities = self._model(images, training=False)
            size = tf.cast(tf.shape(indices)[0], tf.float32)
            loss_sum += self._loss(labels, probabilities) * size
            correct_sum += _accuracy(labels, probabilities) * size
        total = tf.cast(count, tf.float32)
        return loss_sum / total, correct_sum / total

    def _look_up(self, digits: Any, indices: Any) -> Any:
        """Images (batch, 28, 28, 1) float32 scaled to 0–1, and labels (batch, 10) one-hot."""
        images, labels = digits
        pixels = tf.cast(tf.gather(images, indices), tf.float32) / 255.0
        return pixels, tf.one_hot(tf.gather(labels, indices), CLASSES)


def _tensors(digits: Digits) -> Any:
    return tf.constant(digits.images[..., np.newaxis]), tf.constant(digits.labels.astype(np.int32))


def _accuracy(labels: Any, probabilities: Any) -> Any:
    """The share of the batch whose greatest probability is that of the right class."""
    hits = tf.equal(tf.argmax(labels, axis=-1), tf.argmax(probabilities, axis=-1))
    return tf.reduce_mean(tf.cast(hits, tf.float32))
