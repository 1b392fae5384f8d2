"""Fewer digits, for tests that are not about accuracy: testing on 10,000 takes longer than training."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from cnntui.images.data import load_test, load_train

TRAIN, TEST = 4000, 500

SMALL_NETWORK = {"model": "dense", "dense": 16}
"""Settings of a network that is soon compiled and learns fast, for trainings that are not about the network."""

_folder = tempfile.TemporaryDirectory(prefix="cnntui-few-digits-")


@cache
def few_digits() -> Path:
    """A file with the first digits of MNIST, made once in a process and gone with it."""
    path = Path(_folder.name, "few.npz")
    train, test = load_train(), load_test()
    np.savez(
        path,
        x_train=train.images[:TRAIN],
        y_train=train.labels[:TRAIN],
        x_test=test.images[:TEST],
        y_test=test.labels[:TEST],
    )
    return path
