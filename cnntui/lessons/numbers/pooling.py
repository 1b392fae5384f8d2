"""Numbers of a pool, and of the network without its pools."""

from __future__ import annotations

from math import prod

from cnntui.cnn import ops
from cnntui.cnn.layers import Conv2D
from cnntui.labs.overfitting import DIGITS, Cell, read_outcome
from cnntui.lessons.live import Live
from cnntui.lessons.numbers.dense import flattened
from cnntui.lessons.numbers.on_screen import pool_step
from cnntui.lessons.registry import number


@number(3)
def pool_output(live: Live) -> float:
    """The pool's output for the window."""
    return pool_step(live).output


@number()
def pooled_rows(live: Live) -> float:
    """The number of rows of the pooled map."""
    return live.scene.network.output_shape_of(live.scene.focus.layer)[0]


@number()
def rows_before(live: Live) -> float:
    """The number of rows of the map that the layer reads."""
    return live.scene.network.input_shape_of(live.scene.focus.layer)[0]


@number()
def kept_percent(live: Live) -> float:
    """The percentage of the numbers that the pool keeps."""
    network, name = live.scene.network, live.scene.focus.layer
    return 100 * prod(network.output_shape_of(name)) / prod(network.input_shape_of(name))


@number()
def pooled_numbers(live: Live, length: int, window: int) -> float:
    """How many numbers remain of a square map after max pooling."""
    return ops.output_length(length, window, window, "valid") ** 2


@number()
def unpooled_side(live: Live) -> float:
    """The number of rows of the last map if there were no pools."""
    network = live.scene.network
    return network.input_shape[0] - sum(layer.size[0] - 1 for layer in network.of_kind(Conv2D))


@number()
def unpooled_parameters(live: Live, units: int = 512) -> float:
    """The number of weights of a dense layer on the last map if there were no pools."""
    last = live.scene.network.of_kind(Conv2D)[-1]
    return unpooled_side(live) ** 2 * last.filters * units


@number(1)
def unpooled_millions(live: Live, units: int = 512) -> float:
    """The same in millions."""
    return unpooled_parameters(live, units) / 1e6


@number()
def pooled_parameters(live: Live, units: int = 512) -> float:
    """The number of weights with the pools."""
    return flattened(live) * units


def _gap(pooling: str) -> float:
    """The gap between training and test accuracy at the end of a training on few images, in percentage points."""
    outcome = read_outcome(Cell(DIGITS[0], 64, pooling)).last  # type: ignore[arg-type]
    return 100 * (outcome.accuracy - outcome.test_accuracy)


@number(1)
def gap_with_pooling(live: Live) -> float:
    """How far test accuracy stays behind training accuracy after training on 500 images with pools."""
    return _gap("max")


@number(1)
def gap_without_pooling(live: Live) -> float:
    """The same without pools."""
    return _gap("none")
