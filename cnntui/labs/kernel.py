"""One kernel on one map: any size, stride, dilation and padding, and how often each cell of the input is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn import ops
from cnntui.cnn.layers import Conv2D
from cnntui.cnn.ops import Floats, Padding, Pair
from cnntui.cnn.steps import ConvSteps

MOST = 7
"""Rows and columns of the largest kernel, and of the input whose cells can be set."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """What is tried.

    Attributes:
        input: `(rows, columns)` float32.
        kernel: `(height, width)` float32.
        stride, dilation: the same down and along.
    """

    input: Floats
    kernel: Floats
    stride: int = 1
    dilation: int = 1
    padding: Padding = "valid"

    @property
    def size(self) -> Pair:
        """The kernel's height and width."""
        height, width = self.kernel.shape
        return height, width

    @property
    def layer(self) -> Conv2D:
        """The convolution, without bias and activation."""
        pair = self.stride, self.stride
        kernel, bias = self.kernel[..., np.newaxis, np.newaxis], np.zeros(1, np.float32)
        return Conv2D("kernel", kernel, bias, pair, self.padding, "linear", (self.dilation, self.dilation))

    @property
    def extent(self) -> Pair:
        """The height and width of the window on the input, holes included."""
        return self.layer.extent

    @property
    def fits(self) -> bool:
        """Whether the window has any place on the input."""
        return all(self.positions(axis) >= 1 for axis in (0, 1))

    def positions(self, axis: int) -> int:
        """How many places the window has along an axis; 0 or less where it does not fit."""
        return ops.output_length(self.input.shape[axis], self.extent[axis], self.stride, self.padding)

    def zeros(self, axis: int) -> Pair:
        """The zeros before and after an axis of the input."""
        if self.padding == "valid":
            return 0, 0
        return ops.same_padding(self.input.shape[axis], self.extent[axis], self.stride)

    @cached_property
    def steps(self) -> ConvSteps:
        """Every position of the window. Raises CnntuiError where it has none."""
        return ConvSteps(self.layer, self.input[..., np.newaxis], 0)

    @cached_property
    def reads(self) -> NDArray[np.int64]:
        """`(rows, columns)`: how many windows read each cell of the input, counted by sliding over a map of ones."""
        counts = [np.zeros(length, np.int64) for length in self.input.shape]
        for axis, count in enumerate(counts):
            before = self.zeros(axis)[0]
            for position in range(self.positions(axis)):
                first = position * self.stride - before
                cells = np.arange(first, first + self.extent[axis], self.dilation)
                count[cells[(cells >= 0) & (cells < len(count))]] += 1
        return np.multiply.outer(*counts)


# Kernels that people have names for

Sized = Callable[[int, int], Floats]


def identity(height: int, width: int) -> Floats:
    """1 in the middle."""
    kernel = np.zeros((height, width), np.float32)
    kernel[(height - 1) // 2, (width - 1) // 2] = 1
    return kernel


def box(height: int, width: int) -> Floats:
    """The average."""
    return np.full((height, width), 1 / (height * width), np.float32)


def gaussian(height: int, width: int) -> Floats:
    """A bell that adds up to 1: the binomial coefficients, which come near to one and are exact for small sizes."""

    def bell(length: int) -> Floats:
        row = np.ones(1)
        for _ in range(length - 1):
            row = np.convolve(row, [1, 1])
        shares: Floats = (row / row.sum()).astype(np.float32)
        return shares

    kernel: Floats = np.multiply.outer(bell(height), bell(width)).astype(np.float32)
    return kernel


def fixed(*rows: tuple[float, ...]) -> Sized:
    """A kernel of one size."""
    kernel = np.array(rows, np.float32)
    return lambda height, width: kernel


@dataclass(frozen=True)
class Preset:
    """A kernel with a name.

    Attributes:
        does: what it does, in a few words.
        make: makes it, of a height and a width where there is one of any size.
        any_size: whether there is.
    """

    name: str
    does: str
    make: Sized
    any_size: bool = False


PRESETS = (
    Preset("identity", "copies", identity, True),
    Preset("box blur", "averages", box, True),
    Preset("Gaussian blur", "averages, the middle most", gaussian, True),
    Preset("sharpen", "sets off from the neighbours", fixed((0, -1, 0), (-1, 5, -1), (0, -1, 0))),
    Preset("Sobel →", "finds where it gets lighter to the right", fixed((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))),
    Preset("Sobel ↓", "finds where it gets lighter downwards", fixed((-1, -2, -1), (0, 0, 0), (1, 2, 1))),
    Preset("Laplacian", "finds edges in all directions", fixed((0, 1, 0), (1, -4, 1), (0, 1, 0))),
    Preset("emboss", "lights from one corner", fixed((-2, -1, 0), (-1, 1, 1), (0, 1, 2))),
)


def resized(kernel: Floats, height: int, width: int) -> Floats:
    """A kernel with rows and columns cut off at the end, or added as zeros."""
    other = np.zeros((height, width), np.float32)
    kept = kernel[:height, :width]
    other[: kept.shape[0], : kept.shape[1]] = kept
    return other


def cross() -> Floats:
    """The 7×7 input to begin with: a slanted stroke and a straight one."""
    cells = np.zeros((MOST, MOST), np.float32)
    cells[3, 1:6] = 1
    for place in range(1, 6):
        cells[place, 6 - place] = 1
    return cells


# Code to take away


PROGRAM = Path(__file__).with_name("kernel_program.txt")
"""The program that a person takes away, with a field for each number. It is handed out as text and never run here."""


def code(experiment: Experiment, row: int, col: int) -> str:
    """The step at an output cell as a program: in NumPy, and in Keras where that is installed."""
    height, width = experiment.size
    return PROGRAM.read_text(encoding="utf-8").format(
        input=_literal(experiment.input), kernel=_literal(experiment.kernel), height=height, width=width,
        stride=experiment.stride, dilation=experiment.dilation, padding=experiment.padding,
        zeros_down=experiment.zeros(0), zeros_along=experiment.zeros(1),
        extent_down=experiment.extent[0], extent_along=experiment.extent[1],
        rows=experiment.positions(0), cols=experiment.positions(1), row=row, col=col,
        output=experiment.steps.at(row, col).output,
    )  # fmt: skip


def _literal(values: Floats) -> str:
    """An array as nested lists, short and exact enough to be the same float32 numbers again."""
    rows = [", ".join(_shortest(value) for value in row) for row in values]
    return "[\n" + "".join(f"    [{row}],\n" for row in rows) + "]"


def _shortest(value: np.float32) -> str:
    return np.format_float_positional(value, unique=True, trim="-")
