"""Whether the model in a file gives an answer: a number for each class."""

from __future__ import annotations

from cnntui.cnn.description import Description, LayerDescription
from cnntui.cnn.layers import Shape, times
from cnntui.cnn.network import Network


def network_of(
    input_shape: Shape, layers: tuple[LayerDescription, ...], output: str, reason: str, is_logit: bool = False
) -> Network:
    """A network with zeros as weights; if it gives no answer, it states why.

    Args:
        input_shape: the shape of one image.
        layers: the layers that can be computed.
        output: the name of the layer that gives the answer; empty if that layer cannot be computed.
        reason: why there is no answer; empty if there is one.
        is_logit: whether a single number without an activation is the logit of the second of two classes.

    Raises:
        CnntuiError: the layers do not fit, or are too large.
    """
    network = Description(input_shape, layers).network()
    if not reason:
        last, given = network.layers[-1], network.shape_of(output)
        if output != last.name or len(given) != 1:
            reason = f"The model gives {said_shape(given)}, not a number for each class."
        elif given == (1,) and last.activation != "sigmoid" and not (is_logit and last.activation == "linear"):
            reason = "The model gives a single number that is no probability, not one for each class."
    return network.without_answer(reason) if reason else network


def said_shape(shape: Shape) -> str:
    """A shape, written for a sentence."""
    return times(shape) or "single numbers"
