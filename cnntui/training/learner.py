"""`Learner`: learns from chunks of batches inside TensorFlow, and returns the true loss of every batch.

Keras's own `fit` reports running means, or waits for every batch. Here, a chunk of batches is one call into a compiled
loop; layers, loss, gradients and optimizer are Keras's own, and the images are looked up by index in uint8 tensors.

Each batch is split into one part for each core. A part passes through the network and back on its own core, and the
gradients of the parts add up to the gradient of the batch. Operations of this size gain little from two cores, but
whole passes do: on 2 cores, a batch takes about a quarter less time than with both cores in every operation.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from cnntui.cnn.input_scale import BRIGHTEST
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.runs.config.settings import Device
from cnntui.values import dataclass

# Beyond this, the parts of a batch of 64 are too small to keep a core busy.
MOST_PARTS = 8

_EVALUATION_BATCH = 250


@dataclass(frozen=True, eq=False)
class ChunkResult:
    """The losses and accuracies of the batches in one chunk, in order: (batches,) float32 each."""

    losses: NDArray[np.float32]
    accuracies: NDArray[np.float32]


class BatchLearner(Protocol):
    """Learns from batches of training images, each a row of indices; `Learner` describes the return values."""

    def learn(self, batches: NDArray[np.int32]) -> ChunkResult: ...

    def look(self, batch: NDArray[np.int32]) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]: ...

    def evaluate(self) -> tuple[float, float]: ...


def choose_device(device: Device) -> None:
    """Compute on the CPU alone, or on a GPU too. Call this before anything is computed.

    Raises:
        CnntuiError: a GPU is requested, but TensorFlow finds none.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
    elif device == "gpu" and not gpus:
        raise CnntuiError("TensorFlow finds no GPU that it can use here.", "Leave --device out to train on the CPU.")


def use_cores() -> int:
    """Give each part of a batch its own core, and return the number of parts. Call this before anything is computed.

    Raises:
        RuntimeError: TensorFlow has begun to compute already.
    """
    parts = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, MOST_PARTS)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(parts)
    return parts


class Learner:
    """Owns the images and the compiled functions; the model is changed in place.

    Args:
        model: the compiled model, with its optimizer built.
        train: the training set.
        test: the test set.
        parts: the number of parts that each batch is split into; see `use_cores`.
    """

    def __init__(self, model: keras.Sequential, train: DataSet, test: DataSet, parts: int) -> None:
        self._model = model
        self._optimizer = model.optimizer
        self._parts = parts
        self._summed_loss = keras.losses.CategoricalCrossentropy(reduction="sum")
        self._train = _tensors(train)
        self._test = _tensors(test)
        self._test_digits = len(test)
        self._steps: dict[int, tuple[Any, Any]] = {}
        self._evaluate: Any = _compiled(self._evaluate_all)

    def learn(self, batches: NDArray[np.int32]) -> ChunkResult:
        """Train on `batches`, (batches, batch_size) indices of training images, one after another."""
        learn, _ = self._steps_for(batches.shape[1])
        losses, accuracies = learn(tf.constant(batches))
        return ChunkResult(losses.numpy(), accuracies.numpy())

    def look(self, batch: NDArray[np.int32]) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """Compute what there is to learn from one batch, without learning it.

        Args:
            batch: (images,) the indices of training images.

        Returns:
            (images,) the loss of each image; and the gradient of their mean for each trainable variable.
        """
        _, look = self._steps_for(len(batch))
        losses, gradients = look(tf.constant(batch))
        return losses.numpy(), [gradient.numpy() for gradient in gradients]

    def evaluate(self) -> tuple[float, float]:
        """Loss and accuracy on all test images."""
        loss_sum, hits = self._evaluate()
        return float(loss_sum) / self._test_digits, int(hits) / self._test_digits

    def _steps_for(self, size: int) -> tuple[Any, Any]:
        """The compiled `learn` and `look` for batches of a given size, with no more parts than there are images.

        The last batch of an epoch can be a single image, and max pooling has no gradient for an empty part.
        """
        parts = min(self._parts, size)
        if parts not in self._steps:
            indices, index = tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None], tf.int32)
            learn = _compiled(partial(self._learn_chunk, parts), indices)
            look = _compiled(partial(self._look_at_batch, parts), index)
            self._steps[parts] = learn, look
        return self._steps[parts]

    def _learn_chunk(self, parts: int, batches: Any) -> Any:
        count = tf.shape(batches)[0]

        def learn(i: Any, losses: Any, accuracies: Any) -> Any:
            loss, accuracy = self._learn_batch(parts, batches[i])
            return i + 1, losses.write(i, loss), accuracies.write(i, accuracy)

        arrays = [tf.TensorArray(tf.float32, count) for _ in range(2)]
        _, losses, accuracies = tf.while_loop(lambda i, *_: i < count, learn, (0, *arrays))
        return losses.stack(), accuracies.stack()

    def _learn_batch(self, parts: int, indices: Any) -> Any:
        """Take one training step, and return the batch's loss and accuracy before the step."""
        losses, hits, gradients = self._gradients(parts, indices)
        self._optimizer.apply(gradients, self._model.trainable_variables)
        return losses, hits / tf.cast(tf.shape(indices)[0], tf.float32)

    def _look_at_batch(self, parts: int, indices: Any) -> Any:
        """The loss of each image, and the gradients that `_learn_batch` would apply."""
        images, labels = _look_up(self._train, indices)
        losses = keras.losses.categorical_crossentropy(labels, self._model(images, training=False))
        return losses, self._gradients(parts, indices)[2]

    def _gradients(self, parts: int, indices: Any) -> Any:
        """The mean loss of a batch, how many of its images are right, and the gradients, each part on its own core."""
        weights = self._model.trainable_variables
        size = tf.cast(tf.shape(indices)[0], tf.float32)
        losses, hits, gradients = [], [], []
        for part in _cut(indices, parts):
            images, labels = _look_up(self._train, part)
            with tf.GradientTape() as tape:
                probabilities = self._model(images, training=True)
                loss = self._summed_loss(labels, probabilities) / size
            gradients.append(tape.gradient(loss, weights))
            losses.append(loss)
            hits.append(_hits(labels, probabilities))
        return tf.add_n(losses), tf.add_n(hits), [tf.add_n(sums) for sums in zip(*gradients, strict=True)]

    def _evaluate_all(self) -> Any:
        """The sum of the losses of all test images, and how many of them are right."""

        def test(begin: Any, loss: Any, hits: Any) -> Any:
            end = tf.minimum(begin + _EVALUATION_BATCH * self._parts, self._test_digits)
            for part in _cut(tf.range(begin, end), self._parts):
                images, labels = _look_up(self._test, part)
                probabilities = self._model(images, training=False)
                loss += self._summed_loss(labels, probabilities)
                hits += _hits(labels, probabilities)
            return end, loss, hits

        return tf.while_loop(lambda begin, *_: begin < self._test_digits, test, (0, 0.0, 0.0))[1:]


def _compiled(function: Callable[..., Any], *signature: Any) -> Any:
    """The function in TensorFlow, with loops of TensorFlow's own: translating Python's would take a second at start."""
    return tf.function(function, input_signature=signature, autograph=False)


def _tensors(data: DataSet) -> Any:
    return tf.constant(data.images), tf.constant(data.labels.astype(np.int32)), len(data.classes)


def _cut(indices: Any, parts: int) -> list[Any]:
    """The indices in the given number of parts, as equal as possible."""
    size = tf.shape(indices)[0]
    edges = [size * part // parts for part in range(parts + 1)]
    return [indices[begin:end] for begin, end in itertools.pairwise(edges)]


def _look_up(digits: Any, indices: Any) -> Any:
    """Images (batch, height, width, channels) float32 scaled to 0–1, and labels (batch, classes) one-hot."""
    images, labels, classes = digits
    pixels = tf.cast(tf.gather(images, indices), tf.float32) / float(BRIGHTEST)
    return pixels, tf.one_hot(tf.gather(labels, indices), classes)


def _hits(labels: Any, probabilities: Any) -> Any:
    """How many images of the batch have their greatest probability at the true class."""
    right = tf.equal(tf.argmax(labels, axis=-1), tf.argmax(probabilities, axis=-1))
    return tf.reduce_sum(tf.cast(right, tf.float32))
