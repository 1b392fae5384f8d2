"""Whether the model in a file gives an answer: a number for each class."""

from __future__ import annotations

from cnntui.cnn.description import Description, LayerDescription
from cnntui.cnn.layers import Shape, times
from cnntui.cnn.network import Network
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass


@dataclass(frozen=True)
class Goal:
    """What a network was trained to give, as far as its file says.

    Attributes:
        is_logit: whether a single number without an activation is the logit of the second of two classes.
        regression: the name of a loss for numbers that are no classes; empty for any other loss, or if none is named.
        is_classes: whether the loss is one for classes.
    """

    is_logit: bool = False
    regression: str = ""
    is_classes: bool = False


UNKNOWN = Goal()

_FEATURES_COME_BY = 16
"""The number of features is nearly always a multiple of this; the usual numbers of classes are not."""

MOST_TRIED = 1000
"""Of a model with several outputs, once this many operations have been read, no further output is tried."""


def network_of(
    input_shape: Shape, layers: tuple[LayerDescription, ...], output: str, reason: str, goal: Goal = UNKNOWN
) -> Network:
    """A network with zeros as weights; if it gives no answer, it states why.

    Args:
        input_shape: the shape of one image.
        layers: the layers that can be computed.
        output: the name of the layer that gives the answer; empty if that layer cannot be computed.
        reason: why there is no answer; empty if there is one.
        goal: what the network was trained to give.

    Raises:
        CnntuiError: the layers do not fit, or are too large.
    """
    network = Description(input_shape, layers).network()
    reason = reason or _no_answer(network, output, goal, layers[-1].kind)
    return network.without_answer(reason) if reason else network


def _no_answer(network: Network, output: str, goal: Goal, kind: str) -> str:
    """Why the last layer's numbers are no answer; empty if they are one."""
    last, given = network.layers[-1], network.shape_of(output)
    if output != last.name or len(given) != 1:
        return f"The model gives {said_shape(given)}, not a number for each class."
    what = "a single number" if given == (1,) else f"{given[0]:,} numbers"
    if network.outcome == "sigmoid" or (network.outcome and given != (1,)):
        return ""
    if goal.regression:
        return f"The model gives {what}, not probabilities: by its loss, {goal.regression}, it is a regression."
    if not goal.is_classes and given[0] % _FEATURES_COME_BY == 0 and (made := _features(network)):
        return (
            f"The model gives {what}, not probabilities: it ends in {made}, and its file does not say that these tell "
            "classes."
        )
    if kind == "UnitNormalization":
        return f"The model gives {what}, not probabilities: it ends in an embedding of length 1."
    if given == (1,) and not (goal.is_logit and last.activation == "linear"):
        return "The model gives a single number; neither a sigmoid nor its loss says that it tells two classes apart."
    return ""


def _features(network: Network) -> str:
    """What made the last numbers, if it makes features of an image rather than scores of classes; empty if it does not.

    There are networks with a map for each class, whose mean is the score, so that this alone decides nothing.
    """
    last = next((layer for layer in reversed(network.layers) if not layer.IS_REARRANGED), None)
    if last is None:
        return ""
    if last.POOLS_CELLS:
        return f"the pool '{last.name}'"
    return f"the ReLU of '{last.name}'" if last.activation in ("relu", "relu6") else ""


def several_inputs(count: int) -> CnntuiError:
    """The error for a model that reads more than one image."""
    return CnntuiError(
        f"The model has {count} inputs; cnntui opens networks that read one image.",
        "Save or export the part of it that reads an image as a model of its own.",
    )


def said_shape(shape: Shape) -> str:
    """A shape, written for a sentence."""
    return times(shape) or "single numbers"
