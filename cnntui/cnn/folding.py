"""Folding a batch normalization into the convolution before it: new weights that give the same numbers in one step."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cnntui.cnn.contributions import NumberPlace
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.values import dataclass


class FilterWeights(NamedTuple):
    """The weights of a convolution.

    Attributes:
        kernel: `(height, width, input channels, filters)`.
        bias: `(filters,)`.
    """

    kernel: Floats
    bias: Floats


@dataclass(frozen=True, eq=False)
class Folding:
    """A convolution before and after the next layer is folded into it.

    Attributes:
        name: the name of the convolution.
        before, after: its weights before and after folding.
    """

    name: str
    before: FilterWeights
    after: FilterWeights

    def factor(self, filter: int) -> float:
        """The factor by which folding multiplies all weights of one filter."""
        weights = self.before.kernel[..., filter].ravel()
        place = int(np.abs(weights).argmax())
        return float(self.after.kernel[..., filter].ravel()[place] / weights[place]) if weights[place] else 0.0


def folding_of(network: Network, place: NumberPlace) -> Folding | None:
    """The convolution before a layer, with that layer folded into it; None if that is impossible."""
    layer, before = network[place.layer], network.before(place.layer)
    after = layer.folded_into(before) if before is not None else None
    if before is None or after is None:
        return None
    kept, changed = before.weights, after.weights
    zeros = np.zeros(changed["bias"].shape, np.float32)
    return Folding(
        before.name,
        FilterWeights(kept["kernel"], kept.get("bias", zeros)),
        FilterWeights(changed["kernel"], changed["bias"]),
    )
