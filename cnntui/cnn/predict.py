"""Only the answers of a network, for many images: what `Network.forward` gives, without what it keeps on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn import ops
from cnntui.cnn.layers import ACTIVATIONS, AveragePool2D, Conv2D, Dense, Flatten, Layer, MaxPool2D, Pool2D
from cnntui.cnn.network import Network, as_input
from cnntui.cnn.ops import Floats


def predict(network: Network, images: NDArray[np.uint8]) -> Floats:
    """The probabilities of every class for `images (n, height, width)` uint8: `(n, classes)` float32.

    The same sums as in `forward`, perhaps added up in another order, so that they may differ in the last digits. Memory
    grows with the images: some hundred kilobytes each, so give it a few dozen at a time, which also fit into a
    processor's cache.
    """
    last = network.layers[-1]
    ((_, x),) = deque(outputs(network, images, last.name), maxlen=1)
    with np.errstate(over="ignore", invalid="ignore"):
        return x if isinstance(last, Dense) and last.activation == "softmax" else ops.softmax(x)


def outputs(network: Network, images: NDArray[np.uint8], last: str) -> Iterator[tuple[Layer, Floats]]:
    """What the layers give for `images (n, height, width)` uint8, one after another, up to the one of the name `last`.

    Memory is freed as soon as the next layer has its output; what is kept of one has to be taken then.

    Raises:
        CnntuiError: there is no such layer.
    """
    x = as_input(images)
    for layer in network.layers[: network.index(last) + 1]:
        # As in `forward`: infinities and NaN of a diverged network are there to be seen.
        with np.errstate(over="ignore", invalid="ignore"):
            x = _output(layer, x)
        yield layer, x


def _output(layer: Layer, x: Floats) -> Floats:
    if isinstance(layer, Conv2D):
        return _activated(layer, _convolved(layer, x))
    if isinstance(layer, MaxPool2D):
        return _largest(layer, x)
    if isinstance(layer, AveragePool2D):
        return ops.average_pool2d(x, layer.size, layer.stride, layer.padding)
    if isinstance(layer, Flatten):
        return x.reshape(len(x), prod(x.shape[1:]))
    return _activated(layer, x @ layer.kernel)


def _activated(layer: Conv2D | Dense, sums: Floats) -> Floats:
    """Bias and activation, in place where that is possible: `sums` are used up."""
    sums += layer.bias
    return np.maximum(sums, 0, out=sums) if layer.activation == "relu" else ACTIVATIONS[layer.activation](sums)


def _convolved(layer: Conv2D, x: Floats) -> Floats:
    """The sums of products of `x (n, h, w, cin)`: all windows of all images as rows of one matrix product."""
    height, width = layer.size
    if layer.padding == "same":
        x = ops.pad_same(x, layer.extent, layer.stride)
    images, _, _, channels = x.shape
    rows, cols = _positions(layer, x)
    patches = np.empty((images, rows, cols, height, width, channels), np.float32)
    # One copy for each cell of the kernel moves long runs of numbers; one for each window would move short ones.
    for row in range(height):
        for col in range(width):
            patches[:, :, :, row, col] = _under(layer, x, row, col)
    sums: Floats = patches.reshape(-1, height * width * channels) @ layer.kernel.reshape(-1, layer.filters)
    return sums.reshape(images, rows, cols, layer.filters)


def _largest(layer: MaxPool2D, x: Floats) -> Floats:
    """The largest value of every window, by comparing whole maps, one for each cell of the window."""
    height, width = layer.size
    if layer.padding == "same":
        x = ops.pad_same(x, layer.size, layer.stride, -np.inf)
    largest: Floats | None = None
    for row in range(height):
        for col in range(width):
            seen = _under(layer, x, row, col)
            largest = seen.copy() if largest is None else np.maximum(largest, seen, out=largest)
    assert largest is not None
    return largest


def _positions(layer: Conv2D | Pool2D, x: Floats) -> tuple[int, int]:
    """Down and along: how many positions the layer's window has on `x`, which is padded already."""
    return (
        ops.output_length(x.shape[1], layer.extent[0], layer.stride[0], "valid"),
        ops.output_length(x.shape[2], layer.extent[1], layer.stride[1], "valid"),
    )


def _under(layer: Conv2D | Pool2D, x: Floats, row: int, col: int) -> Floats:
    """The part of `x (n, h, w, c)` that one cell of the window lies on, of all its positions."""
    (rows, cols), (down, along) = _positions(layer, x), layer.stride
    top, left = row * layer.dilation[0], col * layer.dilation[1]
    return x[:, top : top + (rows - 1) * down + 1 : down, left : left + (cols - 1) * along + 1 : along]
