"""The operations of a convolutional network, as pure functions on float32 arrays.

Images and feature maps are `(..., height, width, channels)`: the last three axes are one map, and any axes before them
are batch axes that every function carries along. One digit image is `(28, 28, 1)`, a thousand are `(1000, 28, 28, 1)`.

The kernel slides; it does not flip. Mathematics calls that cross-correlation, deep learning calls it convolution.
"""

from __future__ import annotations

from functools import reduce
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Pair = tuple[int, int]
Margins = tuple[int, int]
"""Rows or columns before and after a map; may be 0."""

Padding = Literal["valid", "same"]

_ZERO, _INFINITY = np.float32(0), np.float32(np.inf)


def output_length(length: int, window: int, stride: int, padding: Padding) -> int:
    """The number of positions of a window along an axis of `length` cells; 0 or less if it does not fit.

    'valid' stays inside the input, so a 2-cell window on 28 cells has 27 positions. 'same' pads the input, so that with
    stride 1 there are as many positions as cells. For a dilated window, `window` is its extent, here and below.
    """
    if padding == "same":
        return -(-length // stride)
    return (length - window) // stride + 1


def extent(window: int, dilation: int) -> int:
    """How many cells a window spans, first to last: dilation leaves out `dilation - 1` cells between two."""
    return (window - 1) * dilation + 1


def same_padding(length: int, window: int, stride: int) -> Pair:
    """How many zeros 'same' padding puts before and after an axis of `length` cells.

    An odd number of zeros cannot be halved; TensorFlow then puts the extra one after.
    """
    positions = output_length(length, window, stride, "same")
    zeros = max((positions - 1) * stride + window - length, 0)
    return zeros // 2, zeros - zeros // 2


def zeros_before(shape: tuple[int, ...], window: Pair, stride: Pair, padding: Padding) -> Pair:
    """The rows of padding above a map `(height, width, ...)`, and the columns to its left: none with 'valid'."""
    if padding == "valid":
        return 0, 0
    return same_padding(shape[0], window[0], stride[0])[0], same_padding(shape[1], window[1], stride[1])[0]


def pad_same(x: Floats, size: Pair, stride: Pair = (1, 1), value: float = 0.0) -> Floats:
    """`x (..., h, w, c)` padded for 'same', with zeros or with another value."""
    rows = same_padding(x.shape[-3], size[0], stride[0])
    cols = same_padding(x.shape[-2], size[1], stride[1])
    *batch, height, width, channels = x.shape
    # Does what np.pad does, in a quarter of the time.
    padded = np.full((*batch, height + sum(rows), width + sum(cols), channels), value, x.dtype)
    padded[..., rows[0] : rows[0] + height, cols[0] : cols[0] + width, :] = x
    return padded


def windows(x: NDArray[Any], size: Pair, stride: Pair, dilation: Pair = (1, 1)) -> NDArray[Any]:
    """Every window of `x (..., h, w, c)`, as a view `(..., rows, cols, window height, window width, c)`.

    Neighbouring windows share their numbers: the view is only for reading.
    """
    rows, cols = _positions(x, (extent(size[0], dilation[0]), extent(size[1], dilation[1])), stride)
    x = np.ascontiguousarray(x)
    *batch, down, along, apart = x.strides
    shape = *x.shape[:-3], rows, cols, *size, x.shape[-1]
    strides = *batch, down * stride[0], along * stride[1], down * dilation[0], along * dilation[1], apart
    # This does what as_strided does, in a tenth of the time.
    return np.ndarray(shape, x.dtype, x, strides=strides)


def cross_correlate(
    x: Floats, kernel: Floats, stride: Pair = (1, 1), padding: Padding = "valid", dilation: Pair = (1, 1)
) -> Floats:
    """The sum of products of every window of `x (..., h, w, cin)` with every filter of `kernel (kh, kw, cin, cout)`.

    Each window is laid out as one row of numbers and each filter as one column, so that all the sums of products are a
    single matrix product. Returns `(..., rows, cols, cout)`.
    """
    kernel_height, kernel_width, channels_in, filters = kernel.shape
    if padding == "same":
        x = pad_same(x, (extent(kernel_height, dilation[0]), extent(kernel_width, dilation[1])), stride)
    under = windows(x, (kernel_height, kernel_width), stride, dilation)
    if channels_in == 1:
        # One copy for each cell of the kernel moves whole rows of numbers; one for each window, only a few at a time.
        patches = np.empty(under.shape, np.float32)
        for row in range(kernel_height):
            for col in range(kernel_width):
                patches[..., row, col, :] = under[..., row, col, :]
        under = patches
    sums = under.reshape(-1, kernel_height * kernel_width * channels_in) @ kernel.reshape(-1, filters)
    return sums.reshape(*under.shape[:-3], filters)


def cross_correlate_each(
    x: Floats, kernels: Floats, stride: Pair = (1, 1), padding: Padding = "valid", dilation: Pair = (1, 1)
) -> Floats:
    """The sum of products of every window of each map of `x (..., h, w, c)` with that map's own kernel.

    Args:
        x: the maps.
        kernels: `(height, width, c)`.
        stride, padding, dilation: as for `cross_correlate`.
    """
    extents = extent(kernels.shape[0], dilation[0]), extent(kernels.shape[1], dilation[1])
    if padding == "same":
        x = pad_same(x, extents, stride)
    positions = _positions(x, extents, stride)
    sums = np.zeros((*x.shape[:-3], *positions, x.shape[-1]), np.float32)
    for row, col in np.ndindex(*kernels.shape[:2]):
        sums += _under(x, row * dilation[0], col * dilation[1], positions, stride) * kernels[row, col]
    return sums


def _positions(x: Floats, extents: Pair, stride: Pair) -> Pair:
    """The rows and columns of positions that a window has on a padded `x (..., h, w, c)`."""
    return (
        output_length(x.shape[-3], extents[0], stride[0], "valid"),
        output_length(x.shape[-2], extents[1], stride[1], "valid"),
    )


def _under(x: Floats, top: int, left: int, positions: Pair, stride: Pair) -> Floats:
    """The part of `x (..., h, w, c)` under one cell of a window, over all its positions."""
    (rows, cols), (down, along) = positions, stride
    return x[..., top : top + (rows - 1) * down + 1 : down, left : left + (cols - 1) * along + 1 : along, :]


def max_pool2d(x: Floats, size: Pair = (2, 2), stride: Pair | None = None, padding: Padding = "valid") -> Floats:
    """The largest value of every window, channel by channel; without `stride`, the windows lie side by side.

    With 'valid', rows and columns at the end that do not fill a window are not read: 27×27 becomes 13×13. With 'same',
    windows may stick out of the map, and only the cells that lie on it are compared: 27×27 becomes 14×14.
    """
    stride = stride or size
    if padding == "same":
        x = pad_same(x, size, stride, -np.inf)
    # Whole maps are compared, first down and then across: 2k of them for a window of k×k cells, not k².
    columns = windows(x, (size[0], 1), (stride[0], 1))
    highest = reduce(np.maximum, [columns[..., row, 0, :] for row in range(size[0])])
    rows = windows(highest, (1, size[1]), (1, stride[1]))
    return reduce(np.maximum, [rows[..., 0, col, :] for col in range(size[1])])


def average_pool2d(x: Floats, size: Pair = (2, 2), stride: Pair | None = None, padding: Padding = "valid") -> Floats:
    """The average of every window, channel by channel; if a window sticks out, the average of its cells on the map."""
    stride = stride or size
    if padding == "valid":
        average: Floats = windows(x, size, stride).mean(axis=(-3, -2))
        return average
    sums = windows(pad_same(x, size, stride), size, stride).sum(axis=(-3, -2))
    on_the_map = pad_same(np.ones((*x.shape[-3:-1], 1), np.float32), size, stride)
    counts = windows(on_the_map, size, stride).sum(axis=(-3, -2))
    return np.asarray(sums / counts, np.float32)


def relu(x: Floats, out: Floats | None = None) -> Floats:
    """`max(0, x)`, element by element, written into `out` if that is given."""
    # In NumPy, this takes a third as long as np.maximum with a single number.
    return x.clip(_ZERO, _INFINITY, out=out)


def softmax(x: Floats) -> Floats:
    """Turns the logits on the last axis into probabilities that add up to 1.

    The largest logit is subtracted first, which changes no probability and keeps `exp` from overflowing.
    """
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    probabilities: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return probabilities


def log_softmax(x: Floats) -> Floats:
    """The logarithms of the probabilities that `softmax` computes from the last axis."""
    shifted = x - x.max(axis=-1, keepdims=True)
    logarithms: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return logarithms


def sigmoid(x: Floats) -> Floats:
    """`1 / (1 + exp(−x))`, element by element, without overflow for numbers far below 0."""
    powers = np.exp(-np.abs(x))
    small = powers / (1 + powers)
    result: Floats = np.where(x >= 0, 1 - small, small)
    return result


def leaky_relu(x: Floats, slope: float) -> Floats:
    """`x` above 0, and `slope · x` below, element by element."""
    result: Floats = np.where(x >= 0, x, np.float32(slope) * x)
    return result


def elu(x: Floats, alpha: float) -> Floats:
    """`x` above 0, and `alpha · (exp(x) − 1)` below, element by element."""
    result: Floats = np.where(x > 0, x, np.float32(alpha) * np.expm1(np.minimum(x, np.float32(0))))
    return result


def gelu(x: Floats) -> Floats:
    """`x · Φ(x)`, where Φ(x) is the share of a normal distribution that lies below x, element by element."""
    return np.asarray(x * (0.5 * (1 + erf(x.astype(np.float64) / np.sqrt(2)))), np.float32)


def gelu_tanh(x: Floats) -> Floats:
    """An approximation of `gelu` with tanh, which differs by up to 0.0005."""
    return np.asarray(x * (0.5 * (1 + np.tanh(np.float32(np.sqrt(2 / np.pi)) * (x + 0.044715 * x**3)))), np.float32)


def erf(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The error function, off by at most 1.5e-7 (Abramowitz and Stegun, formula 7.1.26)."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    powers = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.asarray(np.sign(x) * (1 - powers * np.exp(-x * x)))
