"""Numbers of a convolution: its steps, its sliding, its filters and channels, its receptive field."""

from __future__ import annotations

from math import prod

import numpy as np

from cnntui.cnn import ops
from cnntui.cnn.layers import Conv2D
from cnntui.cnn.receptive_field import receptive_field
from cnntui.lessons.live import Live
from cnntui.lessons.numbers.on_screen import conv, conv_step
from cnntui.lessons.registry import number
from cnntui.runs.directory.run_directory import bundled_run
from cnntui.runs.reading.opening import open_run


@number(3)
def largest_product(live: Live) -> float:
    """The product that is farthest from 0."""
    products = conv_step(live).products.ravel()
    return float(products[np.abs(products).argmax()])


@number(3)
def largest_value(live: Live) -> float:
    """The value in the largest product."""
    step = conv_step(live)
    return float(step.patch.ravel()[np.abs(step.products).argmax()])


@number(3)
def largest_weight(live: Live) -> float:
    """The weight in the largest product."""
    step = conv_step(live)
    return float(step.kernel.ravel()[np.abs(step.products).argmax()])


@number(3)
def sum_of_products(live: Live) -> float:
    """The sum of all products of the patch."""
    return conv_step(live).total


@number(3)
def bias(live: Live) -> float:
    """The filter's bias."""
    return conv_step(live).bias


@number(3)
def pre_activation(live: Live) -> float:
    """The sum with the bias."""
    return conv_step(live).pre_activation


@number(3)
def output(live: Live) -> float:
    """ReLU's output for the sum with the bias."""
    return conv_step(live).output


@number()
def relu_of(live: Live, sum: int, bias: int) -> float:
    """ReLU's output for a sum and a bias."""
    return float(ops.relu(np.array([sum + bias], np.float32))[0])


@number(2)
def tolerance(live: Live) -> float:
    """How far a prediction of a cell may be off: a tenth of the strongest cell of its map."""
    strongest = float(np.abs(live.scene.maps[..., live.scene.focus.filter]).max())
    return max(round(strongest / 10, 2), 0.01)


@number()
def zero_percent(live: Live) -> float:
    """The percentage of the map's cells that are 0."""
    return 100 * float((live.scene.maps[..., live.scene.focus.filter] == 0).mean())


@number()
def positions(live: Live, length: int = 0, window: int = 0, stride: int = 0, same: int = 0) -> float:
    """The number of positions of a window along one side: in the layer on the screen, or for other sizes."""
    layer, network = conv(live), live.scene.network
    length = length or network.input_shape_of(layer.name)[0]
    padding: ops.Padding = "same" if same else "valid"
    return ops.output_length(length, window or layer.size[0], stride or layer.stride[0], padding)


@number()
def first_row(live: Live) -> float:
    """The input row at which the window begins."""
    return conv_step(live).window.top


@number()
def side(live: Live) -> float:
    """The number of rows of the map on the screen."""
    return int(live.scene.maps.shape[0])


@number()
def cells(live: Live) -> float:
    """How many cells the map has."""
    rows, cols, _ = live.scene.maps.shape
    return int(rows * cols)


@number()
def filters(live: Live) -> float:
    """The number of filters of the layer, and so of the maps that it produces."""
    return conv(live).filters


@number()
def channels(live: Live) -> float:
    """The number of input channels, and so of the kernels of one filter."""
    return int(conv(live).kernel.shape[2])


@number()
def kernels(live: Live) -> float:
    """The number of kernels of the layer: one for each filter and input channel."""
    return conv(live).filters * channels(live)


@number()
def patch_numbers(live: Live) -> float:
    """The number of values in one patch, through all channels."""
    return prod(conv(live).kernel.shape[:3])


@number()
def filter_parameters(live: Live, filters: int, window: int, channels: int) -> float:
    """The number of parameters of a convolution of a given shape: its weights, and a bias for each filter."""
    return filters * (window * window * channels + 1)


@number()
def weights_of_a_filter(live: Live) -> float:
    """The number of weights of one filter of the first convolution; of the bundled network's if there is none."""
    convolutions = live.scene.network.of_kind(Conv2D) or open_run(bundled_run()).network.of_kind(Conv2D)
    return prod(convolutions[0].kernel.shape[:3])


@number()
def parameters(live: Live) -> float:
    """The number of parameters of the layer on the screen."""
    return live.scene.network[live.scene.focus.layer].parameters


@number()
def all_parameters(live: Live) -> float:
    """The number of parameters of the network."""
    return live.scene.network.parameters


@number()
def field_width(live: Live) -> float:
    """The receptive field, along one side, of one cell of the layer on the screen, in pixels."""
    return receptive_field(live.scene.network, live.scene.focus.layer).size[0]


@number()
def field_before(live: Live) -> float:
    """The same for the layer that it reads."""
    before = live.scene.network.before(live.scene.focus.layer)
    return 1 if before is None else receptive_field(live.scene.network, before.name).size[0]


@number()
def field_without_pooling(live: Live) -> float:
    """The same if there were no pools on the way."""
    network = live.scene.network
    path = network.path_to(live.scene.focus.layer)
    return 1 + sum(layer.size[0] - 1 for layer in network.of_kind(Conv2D) if layer in path)


@number()
def stacked_field(live: Live, layers: int, window: int) -> float:
    """The receptive field, along one side, of a cell after the given number of convolutions, in pixels."""
    return 1 + layers * (window - 1)
