"""The words that a training's settings are chosen from, and what goes with them: known before anything is imported."""

from __future__ import annotations

OPTIMIZERS = ("rmsprop", "adam", "sgd")

PADDINGS = ("valid", "same")
MODELS = ("cnn", "dense")
POOLINGS = ("max", "average", "stride", "none")

UNITS = {"cnn": 64, "dense": 512}
"""Units of the dense layer before the answer where nobody says how many; of a dense network it is all there is."""

OF_CONVOLUTIONS = ("filters", "kernel_size", "padding", "pooling")
"""Settings that mean nothing for a dense network."""

DEVICES = ("cpu", "gpu", "auto")
"""What a training may compute on; auto is a GPU where TensorFlow finds one that it can use."""
