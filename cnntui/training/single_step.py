"""Learns from exactly one batch, and writes down what that does to every weight."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from cnntui.runs.one_step import OneStep, TensorStep
from cnntui.training.learner import ChunkResult, Learner


def learn_one(
    learner: Learner, model: keras.Sequential, optimizer: str, batch: NDArray[np.int32]
) -> tuple[ChunkResult, OneStep]:
    """Learn from a batch as always, with a look at everything just before and just after.

    The look computes the gradients a second time, so that the learning itself is to the bit what it is in a chunk.

    Args:
        learner: of the model.
        model: changed in place.
        optimizer: its optimizer's name, such as rmsprop.
        batch: (digits,) indices of training digits.
    """
    variables = {
        f"{layer.name}/{variable.name}": variable for layer in model.layers for variable in layer.trainable_variables
    }
    before = {name: variable.numpy() for name, variable in variables.items()}
    losses, gradients = learner.look(batch)
    result = learner.learn(batch[np.newaxis])

    memory = {variable.name: variable for variable in model.optimizer.variables}

    def remembered(variable: keras.Variable, what: str) -> NDArray[np.float32] | None:
        kept = memory.get(f"{variable.path.replace('/', '_')}_{what}")
        return None if kept is None else kept.numpy()

    tensors = {
        name: TensorStep(
            before=before[name],
            gradient=gradient,
            after=variable.numpy(),
            velocity=remembered(variable, "velocity"),
            momentum=remembered(variable, "momentum"),
        )
        for (name, variable), gradient in zip(variables.items(), gradients, strict=True)
    }
    step = int(model.optimizer.iterations.numpy())
    learning_rate = float(model.optimizer.learning_rate.numpy())
    return result, OneStep(
        step=step,
        optimizer=optimizer,
        learning_rate=learning_rate,
        rate=learning_rate * _correction(model.optimizer, step),
        epsilon=float(getattr(model.optimizer, "epsilon", 0.0)),
        indices=batch.astype(np.int64),
        losses=losses,
        tensors=tensors,
    )


def _correction(optimizer: keras.optimizers.Optimizer, step: int) -> float:
    """By how much adam's rate makes up for means that began at zero; 1 for the others."""
    if not isinstance(optimizer, keras.optimizers.Adam):
        return 1.0
    # In float32, as Keras: of 1 − 0.999 the later digits are not those of 0.001.
    one, t = np.float32(1), np.float32(step)
    return float(np.sqrt(one - np.float32(optimizer.beta_2) ** t) / (one - np.float32(optimizer.beta_1) ** t))
