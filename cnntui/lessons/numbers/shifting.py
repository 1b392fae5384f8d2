"""The effect on the network's predictions, and on its maps, when the image moves."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from cnntui.cnn.network import Network
from cnntui.images.data import DataSet
from cnntui.labs.shift import shifted
from cnntui.lessons.live import Live
from cnntui.lessons.numbers.on_screen import dense_network
from cnntui.lessons.registry import number

BATCH = 20
"""How many images are predicted at a time: their activations fit the processor's cache."""

TRIED = 100
"""How many test images a claim about shifts is tried on: enough to show the effect, and read in milliseconds."""


@number()
def cnn_right_of_100(live: Live, pixels: int = 0) -> float:
    """How many of the first 100 test images, shifted to the right, the network still gets right."""
    return _right(live.scene.network, live.scene.data, pixels)


@number()
def dense_right_of_100(live: Live, pixels: int = 0) -> float:
    """The same for the network without convolutions."""
    return _right(dense_network(), live.scene.data, pixels)


@lru_cache(maxsize=32)
def _right(network: Network, data: DataSet, pixels: int) -> int:
    images = network.input_of(shifted(data.images[:TRIED], 0, pixels))
    parts = [network.probabilities(images[first : first + BATCH]) for first in range(0, len(images), BATCH)]
    return int((np.concatenate(parts).argmax(-1) == data.labels[: len(images)]).sum())


@number()
def map_moves(live: Live, pixels: int = 1) -> float:
    """How many cells the map moves when the image does: the move that leaves most of the map as it was."""
    scene = live.scene
    moved = shifted(scene.image.pixels, 0, pixels)
    after = scene.network.forward(scene.network.input_of(moved))[scene.focus.layer].output
    before = scene.maps
    errors = [float(np.abs(after[:, move:] - before[:, : before.shape[1] - move]).mean()) for move in range(6)]
    return int(np.argmin(errors))
