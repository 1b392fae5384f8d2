"""`OwnLearner`: learns from batches with a user's own network, and returns the true loss of every batch.

It does what Keras's `train_on_batch` does, but Keras would return running means. A batch stays whole, since batch
normalization uses all of it, and images stay where they are until they are needed, as they may be many and large.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from cnntui.cnn.input_scale import InputScale
from cnntui.images.data import DataSet
from cnntui.runs.config.own_model import BINARY, OwnModel
from cnntui.training.learner import ChunkResult

_EVALUATION_BATCH = 250

_STATE = "seed_generator_state"
"""Keras's name for the variable that determines the next random numbers: a seed and a counter."""

_DRAWS = 1024
"""More random numbers than a layer draws in a step."""


class OwnLearner:
    """Owns the compiled functions; the model is changed in place.

    Args:
        model: the compiled model, with its optimizer built.
        own: what the model's file says about it.
        scale: how the model reads levels.
        train: the training set.
        test: the test set.
    """

    def __init__(self, model: keras.Model, own: OwnModel, scale: InputScale, train: DataSet, test: DataSet) -> None:
        self._model, self._scale = model, scale
        shape, self._dtype = tuple(model.inputs[0].shape[1:]), model.inputs[0].dtype
        self._shape = shape if None not in shape else own.network.input_shape
        self._train, self._test = train, test
        self._classes = own.network.shapes[-1][-1]
        self._is_certain_from = 0.0 if own.from_logits else 0.5
        kind = keras.losses.BinaryCrossentropy if own.loss == BINARY else keras.losses.CategoricalCrossentropy
        self._losses: Any = kind(from_logits=own.from_logits, reduction=None)
        self._random = [(each, each.numpy()) for each in model.non_trainable_variables if each.path.endswith(_STATE)]
        self._size = own.network.batch(_EVALUATION_BATCH)
        # Compiled once, for any number of images: the last batch of an epoch is often smaller.
        given = [tf.TensorSpec([None, *self._shape], self._dtype), tf.TensorSpec([None, self._classes], tf.float32)]
        compiled = partial(tf.function, input_signature=given, autograph=False)
        self._learn: Any = compiled(self._learn_batch)
        self._look: Any = compiled(self._look_at_batch)
        self._evaluate: Any = compiled(self._test_batch)

    def learn(self, batches: NDArray[np.int32]) -> ChunkResult:
        """Train on `batches`, (batches, batch_size) indices of training images, one after another."""
        found = []
        for batch in batches:
            self._begin_step()
            found.append(self._learn(*self._given(self._train, batch)))
        losses, accuracies = (np.array([values[place].numpy() for values in found], np.float32) for place in (0, 1))
        return ChunkResult(losses, accuracies)

    def look(self, batch: NDArray[np.int32]) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """The losses and gradients of one batch, as in `Learner.look`; random draws are those of the next `learn`."""
        self._begin_step()
        state = [(variable, variable.numpy()) for variable in self._model.non_trainable_variables]
        losses, gradients = self._look(*self._given(self._train, batch))
        for variable, before in state:
            variable.assign(before)
        return losses.numpy(), [np.asarray(gradient, np.float32) for gradient in gradients]

    def evaluate(self) -> tuple[float, float]:
        """Loss and accuracy on all test images."""
        loss, hits, count = 0.0, 0.0, len(self._test)
        for begin in range(0, count, self._size):
            batch = np.arange(begin, min(begin + self._size, count), dtype=np.int32)
            losses, right = self._evaluate(*self._given(self._test, batch))
            loss, hits = loss + float(losses), hits + float(right)
        return loss / count, hits / count

    def _begin_step(self) -> None:
        """Derive random draws from the seed and the step alone: Keras saves no state for them."""
        if self._random:
            step = int(self._model.optimizer.iterations.numpy())
            for variable, (seed, _) in self._random:
                variable.assign([seed, step * _DRAWS])

    def _given(self, data: DataSet, batch: NDArray[np.int32]) -> tuple[Any, Any]:
        """The images as the network's input, and the targets."""
        levels = self._scale.applied(data.images[batch])
        if self._shape == (levels.shape[3], *levels.shape[1:3]) != levels.shape[1:]:
            levels = levels.transpose(0, 3, 1, 2)
        images = np.ascontiguousarray(levels).reshape(len(batch), *self._shape)
        labels = data.labels[batch].astype(np.int64)
        wanted = np.eye(self._classes)[labels] if self._classes > 1 else labels[:, np.newaxis]
        return tf.cast(images, self._dtype), tf.constant(wanted, tf.float32)

    def _passed(self, images: Any, wanted: Any, training: bool) -> tuple[Any, Any, Any]:
        """The loss of each image, the regularization added to the mean loss, and how many answers are right."""
        answers = tf.cast(self._model(images, training=training), tf.float32)
        if self._classes > 1:
            right = tf.equal(tf.argmax(wanted, axis=-1), tf.argmax(answers, axis=-1))
        else:
            right = tf.equal(wanted > 0.5, answers > self._is_certain_from)
        added = [tf.cast(loss, tf.float32) for loss in self._model.losses]
        return self._losses(wanted, answers), tf.add_n(added or [tf.constant(0.0)]), _sum(right)

    def _learn_batch(self, images: Any, wanted: Any) -> Any:
        """Take one training step, and return the batch's loss and accuracy before the step."""
        optimizer, weights = self._model.optimizer, self._model.trainable_variables
        with tf.GradientTape() as tape:
            losses, added, hits = self._passed(images, wanted, training=True)
            loss = tf.reduce_mean(losses) + added
            scaled = optimizer.scale_loss(loss)
        optimizer.apply(tape.gradient(scaled, weights), weights)
        return loss, hits / tf.cast(tf.shape(images)[0], tf.float32)

    def _look_at_batch(self, images: Any, wanted: Any) -> Any:
        """The loss of each image, and the gradients that `_learn_batch` would apply."""
        weights = self._model.trainable_variables
        with tf.GradientTape() as tape:
            losses, added, _ = self._passed(images, wanted, training=True)
            loss = tf.reduce_mean(losses) + added
        return losses, tape.gradient(loss, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    def _test_batch(self, images: Any, wanted: Any) -> Any:
        """The sum of the losses, and how many answers are right."""
        losses, added, hits = self._passed(images, wanted, training=False)
        return tf.reduce_sum(losses + added), hits


def _sum(right: Any) -> Any:
    return tf.reduce_sum(tf.cast(right, tf.float32))
