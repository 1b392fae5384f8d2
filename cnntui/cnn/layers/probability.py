"""Whether numbers are probabilities: made by a softmax or by sigmoids, and then perhaps passed on or averaged."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from cnntui.cnn.cells import Shape
from cnntui.cnn.layers.layer import Layer
from cnntui.cnn.layers.merge import Add, Average
from cnntui.cnn.layers.norm import Rescaling
from cnntui.cnn.layers.pool import AveragePool2D, GlobalAveragePool2D
from cnntui.cnn.layers.shape import Flatten, Reshape
from cnntui.values import dataclass


@dataclass(frozen=True)
class Probabilities:
    """What is known of a layer's numbers, each of which is at least 0.

    Attributes:
        function: the activation that made them, "softmax" or "sigmoid".
        total: the sum of the numbers of a softmax; the most that each number of a sigmoid can be.
    """

    function: str
    total: float = 1.0


def probabilities_of(layer: Layer, shapes: Sequence[Shape], given: Sequence[Probabilities | None]
                     ) -> Probabilities | None:  # fmt: skip
    """What is known of a layer's output; None if its numbers are not probabilities.

    Args:
        layer: the layer.
        shapes: the shapes of its inputs.
        given: what is known of its inputs.
    """
    if layer.activation in ("softmax", "sigmoid"):
        return Probabilities(layer.activation)
    known = [each for each in given if each is not None]
    if len(known) < len(given) or len({each.function for each in known}) != 1:
        return None
    function, totals = known[0].function, [each.total for each in known]
    if isinstance(layer, Add):
        return Probabilities(function, sum(totals))
    if isinstance(layer, Average):
        return Probabilities(function, sum(totals) / len(totals))
    if isinstance(layer, Rescaling) and min(layer.scale) == max(layer.scale) > 0 and not any(layer.offset):
        return Probabilities(function, totals[0] * layer.scale[0])
    if isinstance(layer, Flatten | Reshape):
        is_one_vector = prod(shapes[0][:-1]) == 1 or function == "sigmoid"
        return known[0] if is_one_vector else None
    return known[0] if isinstance(layer, AveragePool2D | GlobalAveragePool2D) else None
