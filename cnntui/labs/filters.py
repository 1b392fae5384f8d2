"""The kernels of the kernel lab: well-known ones, those that a network has learned, and the user's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from functools import cached_property

import numpy as np

from cnntui.cnn.layers import Conv2D, times
from cnntui.cnn.ops import Floats, Pair
from cnntui.values import dataclass

LARGEST = 7
"""Rows and columns of the largest kernel."""

# Well-known kernels

Sized = Callable[[int, int], Floats]


def identity(height: int, width: int) -> Floats:
    """A kernel with 1 in the middle."""
    kernel = np.zeros((height, width), np.float32)
    kernel[(height - 1) // 2, (width - 1) // 2] = 1
    return kernel


def box(height: int, width: int) -> Floats:
    """A kernel that computes the mean."""
    return np.full((height, width), 1 / (height * width), np.float32)


def gaussian(height: int, width: int) -> Floats:
    """A bell that adds up to 1: binomial coefficients, which approximate a Gaussian and are exact for small sizes."""

    def bell(length: int) -> Floats:
        row = np.ones(1)
        for _ in range(length - 1):
            row = np.convolve(row, [1, 1])
        shares: Floats = (row / row.sum()).astype(np.float32)
        return shares

    kernel: Floats = np.multiply.outer(bell(height), bell(width)).astype(np.float32)
    return kernel


def fixed(*rows: tuple[float, ...]) -> Sized:
    """A kernel of one fixed size."""
    kernel = np.array(rows, np.float32)
    return lambda height, width: kernel


@dataclass(frozen=True)
class Preset:
    """A kernel with a name.

    Attributes:
        does: what the kernel does, in a few words.
        make: creates the kernel, with a given height and width if it can have any size.
    """

    name: str
    does: str
    make: Sized


PRESETS = (
    Preset("identity", "copies", identity),
    Preset("box blur", "averages", box),
    Preset("Gaussian blur", "averages, with most weight in the middle", gaussian),
    Preset("sharpen", "sharpens: stands out from the neighbours", fixed((0, -1, 0), (-1, 5, -1), (0, -1, 0))),
    Preset("Sobel →", "finds where it gets lighter to the right", fixed((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))),
    Preset("Sobel ↓", "finds where it gets lighter downwards", fixed((-1, -2, -1), (0, 0, 0), (1, 2, 1))),
    Preset("Laplacian", "finds edges in all directions", fixed((0, 1, 0), (1, -4, 1), (0, 1, 0))),
    Preset("emboss", "lights from one corner", fixed((-2, -1, 0), (-1, 1, 1), (0, 1, 2))),
)

# Other kernels


@dataclass(frozen=True)
class Learned:
    """One channel of a filter that a network has learned; it is identified by its place, whatever its weights are.

    Attributes:
        kernel: `(height, width)` float32.
        layer, filter, channel: the place of the kernel.
        channels: how many channels the filter has.
    """

    kernel: Floats = field(compare=False, repr=False)
    layer: str
    filter: int
    channel: int
    channels: int
    does: str = "learned by the current network"

    @property
    def name(self) -> str:
        """The place of the kernel in words."""
        of = f", channel {self.channel} of {self.channels}" if self.channels > 1 else ""
        return f"{self.layer} filter {self.filter}{of}"

    def make(self, height: int, width: int) -> Floats:
        """The kernel, which has only one size."""
        return self.kernel


@dataclass(frozen=True, eq=False)
class OwnKernel:
    """A kernel that the user has set."""

    kernel: Floats
    name: str = "your own"
    does: str = "as you set it"

    def make(self, height: int, width: int) -> Floats:
        """The kernel, which has only one size."""
        return self.kernel


Origin = Preset | Learned | OwnKernel


def learned(layer: Conv2D, filter: int, channel: int) -> Learned:
    """A kernel of a convolution; after the last filter or channel comes the first."""
    channels = layer.kernel.shape[2]
    filter, channel = filter % layer.filters, channel % channels
    return Learned(np.nan_to_num(layer.kernel[..., channel, filter]), layer.name, filter, channel, channels)


# Kernels at a size


def resized(kernel: Floats, height: int, width: int) -> Floats:
    """A kernel with zeros around it, or with its outer rows and columns cut off.

    Its middle stays the middle, as 'same' padding lays a kernel on a cell, so that with zeros around it a kernel
    computes the same as before.
    """
    other = np.zeros((height, width), np.float32)
    into, of = zip(*(_overlap(old, new) for old, new in zip(kernel.shape, other.shape, strict=True)), strict=True)
    other[into] = kernel[of]
    return other


def _overlap(old: int, new: int) -> tuple[slice, slice]:
    """Where the kept rows go, and where they come from."""
    shift = (new - 1) // 2 - (old - 1) // 2
    into, of = max(0, shift), max(0, -shift)
    count = min(old - of, new - into)
    return slice(into, into + count), slice(of, of + count)


@dataclass(frozen=True, eq=False)
class Filter:
    """A kernel at a size that may not be its own: returning to its own size restores all weights."""

    origin: Origin
    size: Pair

    @cached_property
    def _whole(self) -> Floats:
        return self.origin.make(*self.size)

    @cached_property
    def weights(self) -> Floats:
        """`(height, width)` float32."""
        return resized(self._whole, *self.size)

    @property
    def is_cut(self) -> bool:
        """Whether weights other than 0 are cut off at this size."""
        return bool(np.count_nonzero(self.weights) < np.count_nonzero(self._whole))

    @property
    def name(self) -> str:
        """The name of the kernel's origin."""
        return self.origin.name

    @property
    def does(self) -> str:
        """What the kernel does, in a few words."""
        return f"what is left of {times(self._whole.shape)} weights" if self.is_cut else self.origin.does

    def of_size(self, height: int, width: int) -> Filter:
        """The same kernel at another size."""
        return Filter(self.origin, (height, width))


def whole(origin: Origin, size: Pair) -> Filter:
    """A kernel at its own size, or at a given one if it can be created at any size."""
    height, width = origin.make(*size).shape
    return Filter(origin, (height, width))


def another(filters: Sequence[Filter], chosen: int, layer: Conv2D | None) -> Filter:
    """A filter to add to others: the next learned one if the chosen one is learned, otherwise the next well-known one.

    Filters that are already there are skipped, and so are those that would be cut.

    Args:
        filters: the other filters, all of one size.
        chosen: the index of the filter that the new one comes after.
        layer: the convolution with the learned filters, if its kernels have a size that is possible here.
    """
    origin, there = filters[chosen].origin, [filter.origin for filter in filters]
    size = filters[chosen].size
    known, from_layer = _known_after(origin), _learned_after(origin, layer)
    first, second = (from_layer, known) if isinstance(origin, Learned) else (known, from_layer)
    fitting = [filter for filter in (Filter(each, size) for each in (*first, *second)) if not filter.is_cut]
    return next((filter for filter in fitting if filter.origin not in there), fitting[0])


def _known_after(origin: Origin) -> Sequence[Origin]:
    place = PRESETS.index(origin) + 1 if isinstance(origin, Preset) else 0
    return PRESETS[place:] + PRESETS[:place]


def _learned_after(origin: Origin, layer: Conv2D | None) -> Iterator[Origin]:
    if layer is None:
        return
    filter, channel = (origin.filter + 1, origin.channel) if isinstance(origin, Learned) else (0, 0)
    for step in range(layer.filters):
        yield learned(layer, filter + step, channel)
