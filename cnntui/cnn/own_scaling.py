"""Whether a network's own first layers bring levels to the scale that the rest of it was trained on."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.input_scale import BRIGHTEST, RAW, ZERO_TO_ONE, InputScale
from cnntui.cnn.network import IMAGE, Network
from cnntui.cnn.ops import Floats
from cnntui.values import dataclass

LEAST_SPREAD, MOST_SPREAD = 1 / 16, 16.0
"""How far apart black and white are for what follows, where a network was trained on what its first layers make of it:
1 from 0 to 1, 2 from −1 to 1, about 3 with a deviation of 1."""


@dataclass(frozen=True)
class OwnScaling:
    """What is known from the first layers alone.

    Attributes:
        scale: what they read.
        layer: the name of the first of them that scales.
    """

    scale: InputScale
    layer: str


def own_scaling(network: Network) -> OwnScaling | None:
    """The scale that a network's own first layers make plain, by what becomes of black and white.

    A batch normalization proves nothing: it brings any scale to the same one. None where no layer says anything.
    """
    # One pixel, in all channels: these layers do the same everywhere.
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
