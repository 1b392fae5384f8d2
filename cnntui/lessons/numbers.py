"""The numbers that a course asks for, each computed from what is looked at. Their names are those of its files."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import exp, log, prod
from typing import TypeVar

import numpy as np

from cnntui.cnn import ops
from cnntui.cnn.layers import Conv2D, Dense, Flatten
from cnntui.cnn.network import Network
from cnntui.cnn.receptive_field import receptive_field
from cnntui.cnn.steps import ConvStep, PoolStep
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.labs.overfitting import DIGITS, Cell, read_outcome
from cnntui.labs.shift import shifted
from cnntui.lessons.live import Live
from cnntui.lessons.registry import number
from cnntui.runs.directory import bundled_run
from cnntui.runs.events import Started
from cnntui.runs.history import History
from cnntui.runs.opening import open_run

DENSE_RUN = "dense"
"""The bundled network without convolutions."""

BATCH = 20
"""Images read at a time: so many fit into a processor's cache."""

TRIED = 100
"""Test images that a claim about moved images is tried on: enough to see it, and read in a few milliseconds."""


Step = TypeVar("Step", ConvStep, PoolStep)


def conv_step(live: Live) -> ConvStep:
    """The step of the convolution that is looked at.

    Raises:
        CnntuiError: it is no convolution that is looked at.
    """
    return _step(live, ConvStep, "convolution")


def pool_step(live: Live) -> PoolStep:
    """The step of the pool that is looked at.

    Raises:
        CnntuiError: it is no pool that is looked at.
    """
    return _step(live, PoolStep, "pool")


def _step(live: Live, kind: type[Step], called: str) -> Step:
    focus, steps = live.scene.focus, live.scene.steps
    step = steps.at(focus.row, focus.col) if steps is not None else None
    if not isinstance(step, kind):
        raise CnntuiError(f"{focus.layer} is not a {called}.")
    return step


def conv(live: Live) -> Conv2D:
    """The convolution that is looked at, or the network's first."""
    network = live.scene.network
    layer = network[live.scene.focus.layer]
    convolutions = network.of_kind(Conv2D)
    if not convolutions:
        raise CnntuiError("The network has no convolution.")
    return next((found for found in convolutions if found is layer), convolutions[0])


def history(live: Live) -> History:
    """The curves of the run that is looked at.

    Raises:
        CnntuiError: it is from no run, or nothing has been learned.
    """
    if live.run is None or not live.run.history.epochs or live.run.history.started is None:
        raise CnntuiError("Nothing is known of the training of this network.")
    return live.run.history


@lru_cache(maxsize=1)
def dense_network() -> Network:
    """The bundled network without convolutions."""
    return open_run(bundled_run(DENSE_RUN)).network


# The image


@number()
def pixels(live: Live) -> float:
    """How many numbers an image is."""
    return prod(live.scene.network.input_shape)


@number()
def pixel_level(live: Live) -> float:
    """The level of the first pixel below the window, as it is stored."""
    window = conv_step(live).window
    return float(live.scene.image.pixels[max(window.top, 0), max(window.left, 0), 0])


@number(3)
def pixel_value(live: Live) -> float:
    """What the network reads there."""
    window = conv_step(live).window
    return float(live.scene.activations.image[max(window.top, 0), max(window.left, 0), 0])


@number()
def predicted_class(live: Live) -> float:
    """The class with the largest probability."""
    return live.scene.activations.predicted


@number()
def true_class(live: Live) -> float:
    """What people say that the image is."""
    label = live.scene.label
    if label is None:
        raise CnntuiError("Nobody knows what this image is.")
    return label


@number(2)
def probability_sum(live: Live) -> float:
    """All probabilities added up."""
    return float(live.scene.activations.probabilities.sum())


@number(1)
def predicted_percent(live: Live) -> float:
    """The probability of the predicted class."""
    return 100 * float(live.scene.activations.probabilities.max())


@number()
def classes(live: Live) -> float:
    """How many classes there are."""
    return live.scene.network.classes


# One step of a convolution


@number(3)
def largest_product(live: Live) -> float:
    """The product that is farthest from 0."""
    products = conv_step(live).products.ravel()
    return float(products[np.abs(products).argmax()])


@number(3)
def largest_value(live: Live) -> float:
    """The value that the largest product is made of."""
    step = conv_step(live)
    return float(step.patch.ravel()[np.abs(step.products).argmax()])


@number(3)
def largest_weight(live: Live) -> float:
    """The weight that the largest product is made of."""
    step = conv_step(live)
    return float(step.kernel.ravel()[np.abs(step.products).argmax()])


@number(3)
def sum_of_products(live: Live) -> float:
    """All products of the patch added up."""
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
    """What ReLU makes of it."""
    return conv_step(live).output


@number()
def zero_percent(live: Live) -> float:
    """How much of the map is 0."""
    return 100 * float((live.scene.maps[..., live.scene.focus.filter] == 0).mean())


# Sliding


@number()
def positions(live: Live, length: int = 0, window: int = 0, stride: int = 0, same: int = 0) -> float:
    """How many places a window has along one side: of what is looked at, or of other sizes."""
    layer, network = conv(live), live.scene.network
    length = length or network.input_shape_of(layer.name)[0]
    padding: ops.Padding = "same" if same else "valid"
    return ops.output_length(length, window or layer.size[0], stride or layer.stride[0], padding)


@number()
def pooled_numbers(live: Live, length: int, window: int) -> float:
    """How many numbers are left of a square map after max pooling."""
    return ops.output_length(length, window, window, "valid") ** 2


@number()
def filter_parameters(live: Live, filters: int, window: int, channels: int) -> float:
    """Parameters of a convolution of a shape: its weights and a bias for each filter."""
    return filters * (window * window * channels + 1)


@number()
def relu_of(live: Live, sum: int, bias: int) -> float:
    """What ReLU makes of a sum and a bias."""
    return float(ops.relu(np.array([sum + bias], np.float32))[0])


@number()
def stacked_field(live: Live, layers: int, window: int) -> float:
    """Pixels along one side that reach a cell behind so many convolutions."""
    return 1 + layers * (window - 1)


@number()
def cells(live: Live) -> float:
    """How many cells the map has."""
    rows, cols, _ = live.scene.maps.shape
    return int(rows * cols)


@number()
def first_row(live: Live) -> float:
    """The input row on which the window begins."""
    return conv_step(live).window.top


@number()
def side(live: Live) -> float:
    """Rows of the map that is looked at."""
    return int(live.scene.maps.shape[0])


# Filters and channels


@number()
def filters(live: Live) -> float:
    """Filters of the layer, and so maps that it makes."""
    return conv(live).filters


@number()
def channels(live: Live) -> float:
    """Input channels, and so kernels of one filter."""
    return int(conv(live).kernel.shape[2])


@number()
def patch_numbers(live: Live) -> float:
    """Numbers that one patch has, through all channels."""
    return prod(conv(live).kernel.shape[:3])


@number()
def parameters(live: Live) -> float:
    """What the layer that is looked at has to learn."""
    return live.scene.network[live.scene.focus.layer].parameters


@number()
def all_parameters(live: Live) -> float:
    """What the network has to learn."""
    return live.scene.network.parameters


# Pooling


@number(3)
def pool_output(live: Live) -> float:
    """What the pool keeps of the window."""
    return pool_step(live).output


@number()
def pooled_rows(live: Live) -> float:
    """Rows of the pooled map."""
    return live.scene.network.output_shape_of(live.scene.focus.layer)[0]


@number()
def rows_before(live: Live) -> float:
    """Rows of the map that the layer reads."""
    return live.scene.network.input_shape_of(live.scene.focus.layer)[0]


@number()
def kept_percent(live: Live) -> float:
    """How many of the numbers are left after the pool."""
    network, name = live.scene.network, live.scene.focus.layer
    return 100 * prod(network.output_shape_of(name)) / prod(network.input_shape_of(name))


# Deeper


@number()
def field_width(live: Live) -> float:
    """Pixels, along one side, that reach one cell of the layer that is looked at."""
    return receptive_field(live.scene.network, live.scene.focus.layer).size[0]


@number()
def field_before(live: Live) -> float:
    """The same of the layer that it reads."""
    before = live.scene.network.before(live.scene.focus.layer)
    return 1 if before is None else receptive_field(live.scene.network, before.name).size[0]


@number()
def field_without_pooling(live: Live) -> float:
    """The same if there were no pools on the way."""
    network = live.scene.network
    way = network.way_to(live.scene.focus.layer)
    return 1 + sum(layer.size[0] - 1 for layer in network.of_kind(Conv2D) if layer in way)


# The answer


@number()
def flattened(live: Live) -> float:
    """Numbers in the flattened vector."""
    flat = live.scene.network.of_kind(Flatten)
    if not flat:
        raise CnntuiError("The network does not flatten anything.")
    return live.scene.network.output_shape_of(flat[0].name)[0]


@number()
def dense_inputs(live: Live) -> float:
    """Inputs, and so weights, of one unit of the first dense layer."""
    return int(live.scene.network.of_kind(Dense)[0].kernel.shape[0])


@number(2)
def top_logit(live: Live) -> float:
    """The largest logit."""
    return float(live.scene.activations.logits.max())


@number(2)
def one_more_logit(live: Live) -> float:
    """By what a class's probability grows, against another's, if its logit grows by 1."""
    logits = live.scene.activations.logits
    more = logits + np.eye(len(logits), dtype=np.float32)[0]
    before, after = ops.softmax(logits), ops.softmax(more)
    other = int(logits[1:].argmax()) + 1
    return float((after[0] / after[other]) / (before[0] / before[other])) if before[0] > 0 else exp(1)


@number()
def top_unit(live: Live) -> float:
    """The unit that adds most to the logit of the predicted class."""
    activations, last = live.scene.activations, live.scene.network.layers[-1]
    kernel = last.weights["kernel"]
    return int((activations[last.name].input * kernel[:, activations.predicted]).argmax())


# Learning


def _started(live: Live) -> Started:
    """How the run began."""
    started = history(live).started
    assert started is not None
    return started


@number(2)
def loss_of_guessing(live: Live) -> float:
    """The cross-entropy of a network that gives every class the same probability."""
    return log(live.scene.network.classes)


@number(2)
def first_loss(live: Live) -> float:
    """The loss of the run's first batch."""
    return float(history(live).losses[0])


@number()
def batches_per_epoch(live: Live) -> float:
    """Batches in an epoch of the run."""
    return _started(live).steps_per_epoch


@number()
def batch_size(live: Live) -> float:
    """Images in a batch of the run."""
    if live.run is None or live.run.config.batch_size is None:
        raise CnntuiError("Nothing is known of the training of this network.")
    return live.run.config.batch_size


@number()
def epochs(live: Live) -> float:
    """Epochs of the run."""
    return len(history(live).epochs)


@number()
def train_images(live: Live) -> float:
    """Images that the run learns from."""
    return _started(live).train_digits


@number(1)
def first_epoch_percent(live: Live) -> float:
    """Test accuracy after the first epoch."""
    return 100 * history(live).epochs[0].test_accuracy


@number(1)
def last_epoch_percent(live: Live) -> float:
    """Test accuracy after the last epoch."""
    return 100 * history(live).epochs[-1].test_accuracy


@number()
def true_percent(live: Live) -> float:
    """The probability of the true class."""
    return 100 * float(live.scene.activations.probabilities[int(true_class(live))])


def share_of_change(live: Live, batches: int) -> float:
    """How far the first convolution's weights have moved after so many batches, of how far they moved in the end.

    Raises:
        CnntuiError: the run has not kept the weights of its beginning.
    """
    if live.run is None:
        raise CnntuiError("Nothing is known of the training of this network.")
    run, steps = live.run.run, live.run.run.snapshot_steps()
    near = min(steps, key=lambda step: abs(step - batches), default=0)
    start, then, end = (open_run(run, step).network.of_kind(Conv2D)[0].kernel for step in (0, near, None))
    return float(np.linalg.norm(then - start) / np.linalg.norm(end - start))


@number()
def change_percent(live: Live) -> float:
    """How much of their way the first kernels have gone after 256 batches."""
    return 100 * share_of_change(live, 256)


@number()
def unpooled_side(live: Live) -> float:
    """Rows of the last map if there were no pools."""
    network = live.scene.network
    return network.input_shape[0] - sum(layer.size[0] - 1 for layer in network.of_kind(Conv2D))


@number()
def unpooled_parameters(live: Live, units: int = 512) -> float:
    """Weights of a dense layer on the last map if there were no pools."""
    last = live.scene.network.of_kind(Conv2D)[-1]
    return unpooled_side(live) ** 2 * last.filters * units


@number(1)
def unpooled_millions(live: Live, units: int = 512) -> float:
    """The same in millions."""
    return unpooled_parameters(live, units) / 1e6


@number()
def pooled_parameters(live: Live, units: int = 512) -> float:
    """The same with the pools."""
    return flattened(live) * units


def _gap(pooling: str) -> float:
    """Percentage points between train and test accuracy at the end of a training on few images."""
    outcome = read_outcome(Cell(DIGITS[0], 512, pooling)).last  # type: ignore[arg-type]
    return 100 * (outcome.accuracy - outcome.test_accuracy)


@number(1)
def gap_with_pooling(live: Live) -> float:
    """How far test accuracy stays behind train accuracy, trained on 500 images with pools."""
    return _gap("max")


@number(1)
def gap_without_pooling(live: Live) -> float:
    """The same without pools."""
    return _gap("none")


# Global and local


@number()
def weights_of_a_dense_unit(live: Live) -> float:
    """Weights of one unit of a dense network that reads the pixels."""
    return int(dense_network().of_kind(Dense)[0].kernel.shape[0])


@number()
def weights_of_a_filter(live: Live) -> float:
    """Weights of one filter of the first convolution; of the bundled network's where there is none."""
    convolutions = live.scene.network.of_kind(Conv2D) or open_run(bundled_run()).network.of_kind(Conv2D)
    return prod(convolutions[0].kernel.shape[:3])


@number()
def cnn_right_of_100(live: Live, pixels: int = 0) -> float:
    """How many of the first 100 test images, moved to the right, the network still gets right."""
    return _right(live.scene.network, live.scene.data, pixels)


@number()
def dense_right_of_100(live: Live, pixels: int = 0) -> float:
    """The same of the network without convolutions."""
    return _right(dense_network(), live.scene.data, pixels)


@lru_cache(maxsize=32)
def _right(network: Network, data: DataSet, pixels: int) -> int:
    images = network.input_of(shifted(data.images[:TRIED], 0, pixels))
    parts = [network.probabilities(images[first : first + BATCH]) for first in range(0, len(images), BATCH)]
    return int((np.concatenate(parts).argmax(-1) == data.labels[: len(images)]).sum())


@number()
def map_moves(live: Live, pixels: int = 1) -> float:
    """By how many cells the map moves when the image does: the move under which most of it is as before."""
    scene = live.scene
    moved = shifted(scene.image.pixels, 0, pixels)
    after = scene.network.forward(scene.network.input_of(moved))[scene.focus.layer].output
    before = scene.maps
    errors = [float(np.abs(after[:, move:] - before[:, : before.shape[1] - move]).mean()) for move in range(6)]
    return int(np.argmin(errors))


def with_larger_image(network: Network, name: str) -> int:
    """Parameters of a layer, if the image were twice as large in both directions."""
    layer = network[name]
    rows, cols, depth = network.input_shape_of(name)
    layer.output_shape((2 * rows, 2 * cols, depth))
    return replace(layer).parameters
