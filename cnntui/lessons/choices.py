"""The right one of several options, or their right order, each computed from what the screen shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cnntui.cnn import ops
from cnntui.cnn.contributions import NumberPlace
from cnntui.cnn.folding import folding_of
from cnntui.cnn.layers import Conv2D, Dense
from cnntui.cnn.network import Network
from cnntui.cnn.receptive_field import receptive_field
from cnntui.lessons.live import Live
from cnntui.lessons.numbers.dense import top_logit
from cnntui.lessons.numbers.image import pixels
from cnntui.lessons.numbers.learning import share_of_change
from cnntui.lessons.numbers.normalization import normalization
from cnntui.lessons.numbers.on_screen import conv_step, dense_network, pool_step
from cnntui.lessons.numbers.pooling import gap_with_pooling, gap_without_pooling
from cnntui.lessons.numbers.shifting import cnn_right_of_100, dense_right_of_100
from cnntui.lessons.registry import choice, order

_TOLERANCE = 1e-4
"""Sums in another order differ in float32's last digits."""


@choice
def left_on_a_blank_patch(live: Live) -> str:
    """zero, bias, weight: the sum on a blank patch."""
    step = conv_step(live)
    if step.patch.any():
        return "weight"
    return "bias" if abs(step.pre_activation - step.bias) < _TOLERANCE and step.bias else "zero"


@choice
def relu_does(live: Live) -> str:
    """passes, zero: the effect of ReLU on the current sum."""
    return "passes" if conv_step(live).output > 0 else "zero"


@choice
def without_relu(live: Live) -> str:
    """one, more: whether two convolutions in a row without ReLU act as one, tried on an image split into two parts."""
    first, second = live.scene.network.of_kind(Conv2D)[:2]
    image = live.scene.activations.image

    def through(x: ops.Floats) -> ops.Floats:
        between = ops.cross_correlate(x, first.kernel)
        return ops.cross_correlate(between, second.kernel)

    parts = image * np.float32(0.25), image * np.float32(0.75)
    together = through(parts[0]) + through(parts[1])
    return "one" if np.allclose(through(image), together, atol=_TOLERANCE) else "more"


@choice
def parameters_for_a_larger_image(live: Live) -> str:
    """same, double, four: the parameters of the layer if the image had twice as many rows and columns."""
    name = live.scene.focus.layer
    ratio = _with_larger_image(live.scene.network, name) / live.scene.network[name].parameters
    return {1: "same", 2: "double"}.get(round(ratio), "four")


def _with_larger_image(network: Network, name: str) -> int:
    """Parameters of a layer, if the image were twice as large in both directions."""
    layer = network[name]
    rows, cols, depth = network.input_shape_of(name)
    layer.output_shape((2 * rows, 2 * cols, depth))
    return replace(layer).parameters


@choice
def pool_shuffled(live: Live) -> str:
    """same, other: the pool's output after the values in its window change places."""
    step = pool_step(live)
    shuffled = step.patch.ravel()[::-1]
    return "same" if float(shuffled.max()) == step.output else "other"


@choice
def learns_when_smaller(live: Live) -> str:
    """pool, stride: which of the two ways to make a map smaller has weights."""
    pool = live.scene.network[live.scene.focus.layer]
    return "stride" if pool.parameters == 0 else "pool"


@choice
def what_is_read(live: Live) -> str:
    """pixels, maps: what the current layer reads."""
    return "pixels" if live.scene.network.before(live.scene.focus.layer) is None else "maps"


@choice
def softmax_of_shifted(live: Live) -> str:
    """same, larger: the probabilities after every logit grows by 1."""
    logits = live.scene.activations.logits
    is_same = np.allclose(ops.softmax(logits), ops.softmax(logits + np.float32(1)), atol=_TOLERANCE)
    return "same" if is_same else "larger"


@choice
def largest_term(live: Live) -> str:
    """more, less: whether the largest term of the predicted class's logit is more than half of it."""
    activations, last = live.scene.activations, live.scene.network.layers[-1]
    terms = activations[last.name].input * last.weights["kernel"][:, activations.predicted]
    return "more" if float(terms.max()) > top_logit(live) / 2 else "less"


@choice
def when_kernels_change(live: Live, batches: int = 256) -> str:
    """early, late: whether the first kernels made more than half of their total change within some batches."""
    share = share_of_change(live, batches)
    return "early" if share > 0.5 else "late"


@choice
def larger_gap(live: Live) -> str:
    """with, without: the training on few images whose test accuracy stays farther behind, with or without pools."""
    return "without" if gap_without_pooling(live) > gap_with_pooling(live) else "with"


@choice
def survives_shift(live: Live, pixels: int = 4) -> str:
    """cnn, dense: which network gets more of 100 shifted images right."""
    cnn, dense = cnn_right_of_100(live, pixels), dense_right_of_100(live, pixels)
    return "cnn" if cnn > dense else "dense"


@choice
def reads_everything(live: Live) -> str:
    """conv, dense: the layer in which one number reads the whole image."""
    conv, rows = live.scene.network.of_kind(Conv2D)[0], live.scene.network.input_shape[0]
    dense = dense_network().of_kind(Dense)[0]
    is_dense = dense.kernel.shape[0] == pixels(live) and conv.size[0] < rows
    return "dense" if is_dense else "conv"


@choice
def invariant(live: Live, pixels: int = 4) -> str:
    """all, some: whether the network still gets all images right that it got right before they were shifted."""
    moved, before = cnn_right_of_100(live, pixels), cnn_right_of_100(live, 0)
    return "all" if moved >= before else "some"


@choice
def normalization_costs(live: Live) -> str:
    """nothing, twice: whether a convolution with other weights can do the work of this one and its normalization."""
    scene, focus = live.scene, live.scene.focus
    folding = folding_of(scene.network, NumberPlace(normalization(live).name, (focus.row, focus.col, focus.filter)))
    if folding is None:
        return "twice"
    before = scene.activations[folding.name].input
    at_once = ops.cross_correlate(before, folding.after.kernel) + folding.after.bias
    return "nothing" if np.allclose(at_once, scene.maps, atol=1e-3) else "twice"


@order
def by_field(live: Live) -> tuple[str, ...]:
    """conv, pool, last: the first convolution, the first pool and the last convolution, by growing receptive field."""
    network = live.scene.network
    first, *_, last = network.of_kind(Conv2D)
    pool = next(layer for layer in network if network.before(layer.name) is first)
    layers = {"conv": first, "pool": pool, "last": last}
    return tuple(sorted(layers, key=lambda key: receptive_field(network, layers[key].name).size))


@order
def by_layer(live: Live) -> tuple[str, ...]:
    """product, sum, bias, relu: what happens at one place, in order. The order is checked against the output."""
    step = conv_step(live)
    assert abs(max(0.0, step.total + step.bias) - step.output) < _TOLERANCE
    return ("product", "sum", "bias", "relu")
