"""Convolutions: filters slide over maps, and each filter draws one feature map."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

import numpy as np

from cnntui.cnn import ops
from cnntui.cnn.cells import Cells, Shape, ascending
from cnntui.cnn.layers.layer import Activation, Factors, Index, LayerActivation, check_is_a_map, positions, times
from cnntui.cnn.layers.weighted import WeightedLayer
from cnntui.cnn.ops import Floats, Padding, Pair
from cnntui.cnn.sliding import Sliding
from cnntui.cnn.window import ReceptiveField
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class Conv2D(WeightedLayer):
    """A convolution: its filters slide over the input, and each of them draws one feature map.

    Attributes:
        kernel: `(height, width, input channels, filters)` float32.
        bias: `(filters,)` float32.
        stride: how far the window moves, `(rows, columns)`.
        padding: 'valid' keeps the window inside the input; 'same' pads with zeros.
        dilation: the distance between neighbouring weights on the input, `(rows, columns)`; 1 leaves no holes.
    """

    KIND: ClassVar[str] = "conv"
    MIXES_MAPS: ClassVar[bool] = True
    AXES: ClassVar[tuple[str, ...]] = ("height", "width", "input channels", "filters")

    stride: Pair = (1, 1)
    padding: Padding = "valid"
    activation: Activation = "relu"
    dilation: Pair = (1, 1)

    @property
    def size(self) -> Pair:
        """The height and width of the kernel."""
        height, width, _, _ = self.kernel.shape
        return height, width

    @cached_property
    def sliding(self) -> Sliding:
        return Sliding(self.size, self.stride, self.padding, self.dilation)

    @property
    def filters(self) -> int:
        return len(self.bias)

    @property
    def description(self) -> str:
        return f"{self.KIND} {times(self.size)}, {self.activation}"

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """`(rows, columns, filters)`. Raises CnntuiError when the input does not fit."""
        check_is_a_map(self.name, input_shape)
        channels = self.kernel.shape[2]
        if input_shape[-1] != channels:
            raise CnntuiError(
                f"Layer '{self.name}' has kernels for {channels} input channels, "
                f"but its input is {times(input_shape)}, which has {input_shape[-1]}."
            )
        return *positions(self.name, self.sliding, input_shape), self.filters

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        return self._activated(x, ops.cross_correlate(x, self.kernel, self.stride, self.padding, self.dilation))

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The inputs under the window; padding has no terms."""
        row, col, filter = index
        window = self.sliding.window(row, col, x.shape)
        cells = np.indices((*self.size, x.shape[-1])).reshape(3, -1)
        apart, corner = np.array([*self.dilation, 1]), np.array([window.top, window.left, 0])
        inputs = cells * apart[:, np.newaxis] + corner[:, np.newaxis]
        inside = ((inputs >= 0) & (inputs < np.array(x.shape)[:, np.newaxis])).all(axis=0)
        rows, cols, channels = inputs[:, inside]
        weights = self.kernel[*cells[:, inside], filter]
        indices = np.stack([rows, cols, channels], axis=1)
        return Factors(indices, x[rows, cols, channels], weights, float(self.bias[filter]))

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        read = self.sliding.read(cells, input_shape)
        return Cells(read.rows, read.cols, tuple(range(input_shape[-1])) if len(cells) else ())

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        read = self.sliding.readers(cells, input_shape) if len(cells) else cells
        return Cells(read.rows, read.cols, tuple(range(self.filters))) if len(read) else Cells()

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        return self.sliding.field(before, input_shape)

    def subtotals(self, input: Floats, map: int) -> Floats:
        padded = ops.pad_same(input, self.extent, self.stride) if self.padding == "same" else input
        patches = ops.windows(padded, self.size, self.stride, self.dilation)
        with np.errstate(over="ignore", invalid="ignore"):
            sums: Floats = np.einsum("rcijm,ijm->rcm", patches, self.kernel[..., map])
        return sums


@dataclass(frozen=True, eq=False)
class GroupedConv2D(Conv2D):
    """A convolution whose filters each read one group of the maps: there are as many groups of filters as of maps.

    Attributes:
        groups: the number of groups; in a depthwise convolution, as many as there are maps.
    """

    groups: int = 1

    @property
    def description(self) -> str:
        return f"{super().description}, {self.groups} groups"

    @property
    def saving(self) -> str:
        height, width, maps, filters = self.kernel.shape
        count = maps * self.groups
        full = height * width * count * filters + (filters if self.has_bias else 0)
        reads = "only the map of its own number" if maps == 1 else f"{maps} of the {count} maps"
        bias = f" + {filters}" if self.has_bias else ""
        return (
            f"Each filter reads {reads}: {self.parameter_sum} parameters. A full convolution reads all {count}: "
            f"{height}·{width}·{count}·{filters}{bias} = {full:,}, which is {full - self.parameters:,} more."
        )

    @property
    def per_group(self) -> Pair:
        """The number of maps that a filter reads, and the number of filters that read the same maps."""
        return self.kernel.shape[2], self.filters // self.groups

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """`(rows, columns, filters)`. Raises CnntuiError when the input does not fit."""
        check_is_a_map(self.name, input_shape)
        maps, _ = self.per_group
        if input_shape[-1] != maps * self.groups or self.filters % self.groups:
            raise CnntuiError(
                f"Layer '{self.name}' reads {self.groups} groups of {maps} maps with {self.filters} filters, "
                f"which does not fit its input of {times(input_shape)}."
            )
        return *positions(self.name, self.sliding, input_shape), self.filters

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        maps, filters = self.per_group
        way = self.stride, self.padding, self.dilation
        if maps == 1 and filters == 1:
            sums = ops.cross_correlate_each(x, self.kernel[:, :, 0], *way)
        else:
            sums = np.concatenate(
                [
                    ops.cross_correlate(
                        x[..., maps * group : maps * (group + 1)],
                        self.kernel[..., filters * group : filters * (group + 1)],
                        *way,
                    )
                    for group in range(self.groups)
                ],
                axis=-1,
            )
        return self._activated(x, sums)

    def maps_read(self, map: int, count: int) -> range:
        maps, filters = self.per_group
        first = map // filters * maps
        return range(first, first + maps)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The inputs under the window, on the maps that the filter reads."""
        maps = self.maps_read(index[-1], x.shape[-1])
        own = super().factors(index, x[..., maps.start : maps.stop])
        indices = own.indices + np.array([0, 0, maps.start])
        return Factors(indices, own.values, own.weights, own.bias)

    def subtotals(self, input: Floats, map: int) -> Floats:
        maps = self.maps_read(map, input.shape[-1])
        own = super().subtotals(input[..., maps.start : maps.stop], map)
        sums = np.zeros((*own.shape[:2], input.shape[-1]), np.float32)
        sums[..., maps.start : maps.stop] = own
        return sums

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        read = self.sliding.read(cells, input_shape)
        return Cells(
            read.rows,
            read.cols,
            ascending([map for filter in cells.maps for map in self.maps_read(filter, input_shape[-1])]),
        )

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        read = self.sliding.readers(cells, input_shape) if len(cells) else cells
        maps, filters = self.per_group
        reading = [map // maps * filters + place for map in cells.maps for place in range(filters)]
        return Cells(read.rows, read.cols, ascending(reading)) if len(read) else Cells()


class DepthwiseConv2D(GroupedConv2D):
    """A depthwise convolution: each filter reads a single map, so it needs far fewer weights than a full one."""

    KIND: ClassVar[str] = "depthwise"

    @property
    def description(self) -> str:
        return f"{self.KIND} {times(self.size)}, {self.activation}"
