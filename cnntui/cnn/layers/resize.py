"""Resizes maps: each output cell lies on a cell of the input map, or between several."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.arithmetic import number
from cnntui.cnn.cells import Cells, Shape, ascending
from cnntui.cnn.layers.layer import Factors, Index, Layer, LayerActivation, check_is_a_map, times
from cnntui.cnn.ops import Floats, Pair
from cnntui.cnn.window import ReceptiveField
from cnntui.values import dataclass

Interpolation = Literal["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"]


@dataclass(frozen=True)
class _Between:
    """The input rows, or columns, that each output row or column is computed from.

    Attributes:
        near: `(output rows, taps)`, the input rows; some more than once, or with a share of 0.
        share: `(output rows, taps)` float32, the share of each input row; the shares of an output row add up to 1.
    """

    near: NDArray[np.int64]
    share: Floats

    def of(self, place: int) -> dict[int, float]:
        """The share of each input row in one output row, without shares of 0."""
        shares: dict[int, float] = {}
        for near, share in zip(self.near[place].tolist(), self.share[place].tolist(), strict=True):
            shares[near] = shares.get(near, 0.0) + share
        return {near: share for near, share in shares.items() if share}


@dataclass(frozen=True, eq=False)
class Resizing(Layer):
    """Maps of another size: the centres of cells are aligned, as in TensorFlow and PyTorch.

    Attributes:
        size: the rows and columns of the output.
        interpolation: 'bilinear' mixes the cells around a place by how near they are; 'bicubic' and 'lanczos' use
            more of them, some with negative weights; 'nearest' takes the cell that the place is on.
    """

    KIND: ClassVar[str] = "resizing"

    size: Pair = (1, 1)
    interpolation: Interpolation = "bilinear"

    @property
    def description(self) -> str:
        return f"to {times(self.size)}, {self.interpolation}"

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """`(rows, columns, channels)`. Raises CnntuiError when the input has no maps."""
        check_is_a_map(self.name, input_shape)
        return *self.size, input_shape[-1]

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        rows, cols = self._between(x.shape[-3], 0), self._between(x.shape[-2], 1)
        upright: Floats = sum(
            x[..., near, :, :] * share[:, np.newaxis, np.newaxis]
            for near, share in zip(rows.near.T, rows.share.T, strict=True)
        )
        output: Floats = sum(
            upright[..., near, :] * share[:, np.newaxis] for near, share in zip(cols.near.T, cols.share.T, strict=True)
        )
        return LayerActivation((x,), output, output)

    def _between(self, length: int, axis: int) -> _Between:
        middles = (np.arange(self.size[axis]) + 0.5) * (length / self.size[axis])
        if self.interpolation == "nearest":
            on = np.minimum(np.floor(middles).astype(np.int64), length - 1)[:, np.newaxis]
            return _Between(on, np.ones(on.shape, np.float32))
        if self.interpolation == "bilinear":
            middles = np.clip(middles, 0.5, length - 0.5)
        radius, kernel = _KERNELS[self.interpolation]
        first = np.floor(middles - 0.5).astype(np.int64)
        near = first[:, np.newaxis] + np.arange(1 - radius, radius + 1)
        # TensorFlow looks up the cubic kernel in a table with this many steps.
        part = middles - 0.5 - first
        part = np.rint(part * _CUBIC_STEPS) / _CUBIC_STEPS if self.interpolation == "bicubic" else part
        share = kernel(part[:, np.newaxis] - np.arange(1 - radius, radius + 1))
        share[(near < 0) | (near >= length)] = 0
        share /= share.sum(axis=1, keepdims=True)
        return _Between(np.clip(near, 0, length - 1), share.astype(np.float32))

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The input cells around the output cell's place, each with its share."""
        rows, cols = (self._between(x.shape[axis], axis).of(index[axis]) for axis in (0, 1))
        indices = np.array([(row, col, index[2]) for row in rows for col in cols])
        weights = np.array([down * right for down in rows.values() for right in cols.values()], np.float32)
        return Factors(indices, x[indices[:, 0], indices[:, 1], index[2]], weights)

    def rule(self, index: Index, activation: LayerActivation) -> str:
        made = self.factors(index, activation.input)
        y = number(float(activation.output[index]))
        if len(made.indices) == 1:
            row, col, _ = made.indices[0]
            return f"The number in cell ({row}, {col}) of the map before, on which this cell lies: {y}."
        return f"Between {len(made.indices)} cells of the map before, each weighted by how near it is: {y}."

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        rows, cols = (
            ascending(near for place in places for near in between.of(place))
            for axis, places in enumerate((cells.rows, cells.cols))
            for between in [self._between(input_shape[axis], axis)]
        )
        return Cells(rows, cols, cells.maps)

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        found = []
        for axis, places in enumerate((cells.rows, cells.cols)):
            between = self._between(input_shape[axis], axis)
            reads = (np.isin(between.near, places) & (between.share != 0)).any(axis=1)
            found.append(ascending(np.flatnonzero(reads).tolist()))
        rows, cols = found
        return Cells(rows, cols, cells.maps) if rows and cols else Cells()

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return None


_CUBIC_STEPS = 1024


def _cubic(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keys's cubic convolution with a = −½ (1981)."""
    far = np.abs(distance)
    inner, outer = (1.5 * far - 2.5) * far * far + 1, ((-0.5 * far + 2.5) * far - 4) * far + 2
    return np.where(far <= 1, inner, np.where(far < 2, outer, 0.0))


def _lanczos(radius: int) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """A sinc under the main lobe of a wider one."""

    def kernel(distance: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(np.abs(distance) < radius, np.sinc(distance) * np.sinc(distance / radius), 0.0)

    return kernel


_KERNELS: dict[str, tuple[int, Callable[[NDArray[np.float64]], NDArray[np.float64]]]] = {
    "bilinear": (1, lambda distance: np.maximum(1 - np.abs(distance), 0)), "bicubic": (2, _cubic),
    "lanczos3": (3, _lanczos(3)), "lanczos5": (5, _lanczos(5)),
}  # fmt: skip
"""How many cells on each side of a place have a share, and the share as a function of their distance."""
