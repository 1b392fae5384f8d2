"""Trains on exactly one batch, and records what that does to every weight."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from cnntui.runs.history.one_step import OneStep, TensorStep
from cnntui.training.learner import BatchLearner, ChunkResult
from cnntui.training.trained_model import Tensor, TrainedModel


def learn_one(
    learner: BatchLearner, trained: TrainedModel, optimizer: str, batch: NDArray[np.int32]
) -> tuple[ChunkResult, OneStep]:
    """Learn from a batch as usual, and record everything just before and just after.

    The gradients are computed a second time for the record, so that the learning itself is bit for bit what it is in a
    chunk.

    Args:
        learner: the learner of the model.
        trained: the model, which is changed in place, and its weights.
        optimizer: the name of the model's optimizer, such as rmsprop.
        batch: (images,) the indices of training images.
    """
    model = trained.model
    before = trained.weights()
    losses, gradients = learner.look(batch)
    result = learner.learn(batch[np.newaxis])
    gradient_of = dict(zip(map(id, model.trainable_variables), gradients, strict=True))

    # With mixed precision, an optimizer wraps the one that has the state.
    inner = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    memory = {variable.name: variable for variable in inner.variables}

    def remembered(tensor: Tensor, what: str) -> NDArray[np.float32] | None:
        kept = memory.get(f"{tensor.variable.path.replace('/', '_')}_{what}")
        return None if kept is None else tensor.laid(kept.numpy())

    tensors = {
        name: TensorStep(
            before=before[name],
            gradient=tensor.laid(gradient_of[id(tensor.variable)]),
            after=tensor.array(),
            velocity=remembered(tensor, "velocity"),
            momentum=remembered(tensor, "momentum"),
        )
        for name, tensor in trained.tensors.items()
        if id(tensor.variable) in gradient_of
    }
    step = int(model.optimizer.iterations.numpy())
    learning_rate = float(model.optimizer.learning_rate.numpy())
    return result, OneStep(
        step=step,
        optimizer=optimizer,
        learning_rate=learning_rate,
        rate=learning_rate * _correction(inner, step),
        epsilon=float(getattr(inner, "epsilon", 0.0)),
        indices=batch.astype(np.int64),
        losses=losses,
        tensors=tensors,
    )


def _correction(optimizer: keras.optimizers.Optimizer, step: int) -> float:
    """The factor by which Adam's rate corrects for means that began at zero; 1 for other optimizers."""
    if not isinstance(optimizer, keras.optimizers.Adam):
        return 1.0
    # In float32, as in Keras: the later digits of 1 − 0.999 are not those of 0.001.
    one, t = np.float32(1), np.float32(step)
    return float(np.sqrt(one - np.float32(optimizer.beta_2) ** t) / (one - np.float32(optimizer.beta_1) ** t))
