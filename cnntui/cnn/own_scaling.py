"""Whether a network's own first layers bring levels to the scale that the rest of it was trained on."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.input_scale import BRIGHTEST, RAW, ZERO_TO_ONE, InputScale
from cnntui.cnn.network import IMAGE, Network
from cnntui.cnn.ops import Floats
from cnntui.values import dataclass

LEAST_SPREAD, MOST_SPREAD = 1 / 16, 16.0
"""The least and the most distance between black and white after first layers that bring levels to the scale of the
rest: 1 for 0 to 1, 2 for −1 to 1, about 3 for a deviation of 1."""


@dataclass(frozen=True)
class OwnScaling:
    """What the first layers alone reveal.

    Attributes:
        scale: the scale of the levels that they read.
        layer: the name of the first of them that changes the scale.
    """

    scale: InputScale
    layer: str


def own_scaling(network: Network) -> OwnScaling | None:
    """The scale that a network's own first layers imply, judged by what black and white become.

    None if no layer is conclusive. A batch normalization proves nothing: it brings any scale to the same one.
    """
    # One pixel, in all channels: these layers treat all pixels alike.
    black: Floats = np.zeros((1, 1, network.input_shape[-1]), np.float32)
    white = np.ones_like(black)
    name, scaling = IMAGE, ""
    while len(readers := network.readers(name)) == 1 and len(network.reads(readers[0].name)) == 1:
        (layer,) = readers
        if layer.SCALES_LEVELS:
            black, white = layer.forward(black).output, layer.forward(white).output
            scaling = scaling or layer.name
        elif not layer.KEEPS_LEVELS:
            break
        name = layer.name
    spread = float(np.median(np.abs(white - black)))
    if not scaling or (spread, float(np.abs(black).max())) == (1, 0):
        return None
    for scale, brightest in ((RAW, BRIGHTEST), (ZERO_TO_ONE, 1)):
        if LEAST_SPREAD <= spread * brightest <= MOST_SPREAD:
            return OwnScaling(scale, scaling)
    return None
