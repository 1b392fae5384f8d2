"""Trains a user's own network: with the settings in its file, but in the same way as every training here."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import keras
import tensorflow as tf

from cnntui.cnn.readers.keras.file import read_network
from cnntui.cnn.readers.keras.live import live_model
from cnntui.files.errors import CnntuiError
from cnntui.runs.config.own_model import BINARY, ONE_HOT, SPARSE, OwnModel, own_model
from cnntui.runs.config.run_config import RunConfig
from cnntui.training.checkpoint import BEGIN_AGAIN
from cnntui.training.recipe import build_optimizer
from cnntui.training.trained_model import Tensor, TrainedModel

_LOSSES = {
    SPARSE: keras.losses.SparseCategoricalCrossentropy,
    ONE_HOT: keras.losses.CategoricalCrossentropy,
    BINARY: keras.losses.BinaryCrossentropy,
}


def load_own(path: Path, config: RunConfig) -> tuple[TrainedModel, OwnModel]:
    """The network in the file that a run began with, compiled, and what the file says about it.

    Raises:
        CnntuiError: the file cannot be trained.
    """
    # Checked before it is loaded: the file names nothing but Keras's own layers.
    own = own_model(path)
    model = keras.saving.load_model(path, compile=False, safe_mode=True)
    if not model.trainable_variables:
        raise CnntuiError(
            f"{path} cannot be trained: all of its layers are frozen.",
            "In Python, set model.trainable = True and save it again.",
        )
    formats = {getattr(layer, "data_format", None) for layer in model._flatten_layers()}
    if "channels_first" in formats and not tf.config.get_visible_devices("GPU"):
        raise CnntuiError(
            f"{path} cannot be trained here: its channels come first, which TensorFlow computes on a GPU alone.",
            "Build it with data_format='channels_last'; or train it on a machine with a GPU and --device auto.",
        )
    # The learner uses a separate loss, which also gives each image's own; this one is for those who load the saved
    # file.
    model.compile(
        build_optimizer(config.learning.optimizer, config.learning.learning_rate),
        _LOSSES[own.loss](from_logits=own.from_logits),
        metrics=["accuracy"],
        jit_compile=False,
    )
    model.optimizer.build(model.trainable_variables)
    live = live_model(model, keras.saving.serialize_keras_object(model))
    tensors = {
        name: Tensor(variable, partial(stored.laid, shape=shape))
        for name, (variable, stored, shape) in live.variables.items()
    }
    return TrainedModel(model, tensors), own


def restore_own(model: keras.Model, path: Path) -> int:
    """Give a compiled model the weights and the optimizer state of a checkpoint; the model is changed in place.

    Returns:
        How many batches the network has learned from, as counted by the optimizer.

    Raises:
        CnntuiError: the file is damaged, or contains another network or another optimizer.
    """
    try:
        read_network(path)  # This detects damage, and reads no more than it should.
        # Keras takes only numbers from the file.
        model.load_weights(path)
    except (CnntuiError, OSError, ValueError, KeyError) as error:
        said = error.message if isinstance(error, CnntuiError) else f"{path} holds another network or optimizer."
        raise CnntuiError(f"The run cannot resume from its checkpoint. {said}", BEGIN_AGAIN) from None
    return int(model.optimizer.iterations.numpy())
