"""Numbers of the flattened vector, of dense units, and of logits."""

from __future__ import annotations

from math import exp

import numpy as np

from cnntui.cnn import ops
from cnntui.cnn.layers import Dense, Flatten
from cnntui.files.errors import CnntuiError
from cnntui.lessons.live import Live
from cnntui.lessons.numbers.convolution import weights_of_a_filter
from cnntui.lessons.numbers.on_screen import dense_network
from cnntui.lessons.registry import number


@number()
def flattened(live: Live) -> float:
    """The length of the flattened vector."""
    flat = live.scene.network.of_kind(Flatten)
    if not flat:
        raise CnntuiError("The network does not flatten anything.")
    return live.scene.network.output_shape_of(flat[0].name)[0]


@number()
def dense_inputs(live: Live) -> float:
    """The number of inputs, and so of weights, of one unit of the first dense layer."""
    return int(live.scene.network.of_kind(Dense)[0].kernel.shape[0])


@number()
def weights_of_a_dense_unit(live: Live) -> float:
    """The number of weights of one unit of a dense network that reads the pixels."""
    return int(dense_network().of_kind(Dense)[0].kernel.shape[0])


@number()
def unit_over_filter(live: Live) -> float:
    """How many times as many weights such a unit has as a filter of the first convolution."""
    return weights_of_a_dense_unit(live) / weights_of_a_filter(live)


@number(2)
def top_logit(live: Live) -> float:
    """The largest logit."""
    return float(live.scene.activations.logits.max())


@number(2)
def one_more_logit(live: Live, by: int = 1) -> float:
    """The factor by which a class's probability grows relative to another's if its logit grows, by default by 1."""
    logits = live.scene.activations.logits
    more = logits + by * np.eye(len(logits), dtype=np.float32)[0]
    before, after = ops.softmax(logits), ops.softmax(more)
    other = int(logits[1:].argmax()) + 1
    return float((after[0] / after[other]) / (before[0] / before[other])) if before[0] > 0 else exp(by)


@number()
def top_unit(live: Live) -> float:
    """The unit that adds most to the logit of the predicted class."""
    activations, last = live.scene.activations, live.scene.network.layers[-1]
    kernel = last.weights["kernel"]
    return int((activations[last.name].input * kernel[:, activations.predicted]).argmax())
