"""A few kernels on one map: any size, stride, dilation and padding, and how often each cell of the input is read."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from textwrap import fill, indent

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn import ops
from cnntui.cnn.layers import Conv2D
from cnntui.cnn.ops import Floats, Padding, Pair
from cnntui.cnn.steps import ConvSteps
from cnntui.labs.filters import PRESETS, Filter
from cnntui.values import dataclass

CELLS = 7
"""Rows and columns of the input whose cells can be set."""

MOST_FILTERS = 16

FIRST = PRESETS[4]
"""The kernel that is shown first."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """The setup of the lab: the filters of one layer, one of which is selected.

    Attributes:
        input: `(rows, columns)` float32.
        filters: at least one filter; all have the same size.
        chosen: the index of the selected filter.
        stride, dilation: the same for rows and columns.
    """

    input: Floats
    filters: tuple[Filter, ...]
    chosen: int = 0
    stride: int = 1
    dilation: int = 1
    padding: Padding = "valid"

    @property
    def filter(self) -> Filter:
        """The selected filter."""
        return self.filters[self.chosen]

    @property
    def kernel(self) -> Floats:
        """`(height, width)`: the weights of the selected filter."""
        return self.filter.weights

    @cached_property
    def kernels(self) -> Floats:
        """`(height, width, filters)`: the weights of all filters."""
        return np.stack([filter.weights for filter in self.filters], axis=-1)

    @property
    def size(self) -> Pair:
        """The height and width of every kernel."""
        return self.filter.size

    @cached_property
    def layer(self) -> Conv2D:
        """The convolution, without biases and activation."""
        pair, biases = (self.stride, self.stride), np.zeros(len(self.filters), np.float32)
        kernel = self.kernels[:, :, np.newaxis, :]
        return Conv2D("kernel", kernel, biases, pair, self.padding, "linear", (self.dilation, self.dilation))

    @property
    def extent(self) -> Pair:
        """The height and width of the window on the input, holes included."""
        return self.layer.extent

    @property
    def fits(self) -> bool:
        """Whether the window has any position on the input."""
        return all(self.positions(axis) >= 1 for axis in (0, 1))

    def positions(self, axis: int) -> int:
        """The number of positions of the window along an axis; 0 or less if it does not fit."""
        return ops.output_length(self.input.shape[axis], self.extent[axis], self.stride, self.padding)

    def zeros(self, axis: int) -> Pair:
        """The zeros before and after an axis of the input."""
        if self.padding == "valid":
            return 0, 0
        return ops.same_padding(self.input.shape[axis], self.extent[axis], self.stride)

    @cached_property
    def steps(self) -> ConvSteps:
        """Every position of the window. Raises CnntuiError if there is none."""
        return ConvSteps(self.layer, self.layer.forward(self.input[..., np.newaxis]), self.chosen)

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

    # Changing filters

    def of_size(self, height: int, width: int) -> Experiment:
        """The same filters at another size."""
        return replace(self, filters=tuple(filter.of_size(height, width) for filter in self.filters))

    def exchanged(self, filter: Filter) -> Experiment:
        """Another filter in place of the selected one: alone it brings its own size, beside others it takes theirs."""
        if len(self.filters) > 1:
            filter = filter.of_size(*self.size)
        return replace(self, filters=(*self.filters[: self.chosen], filter, *self.filters[self.chosen + 1 :]))

    def added(self, filter: Filter) -> Experiment:
        """Add a filter, which is then selected."""
        return replace(self, filters=(*self.filters, filter.of_size(*self.size)), chosen=len(self.filters))

    def without_chosen(self) -> Experiment:
        """Remove the selected one of several filters; the next one is then selected."""
        filters = (*self.filters[: self.chosen], *self.filters[self.chosen + 1 :])
        return replace(self, filters=filters, chosen=min(self.chosen, len(filters) - 1))


def cross() -> Floats:
    """The first 7×7 input: a slanted stroke and a straight one."""
    cells = np.zeros((CELLS, CELLS), np.float32)
    cells[3, 1:6] = 1
    for place in range(1, 6):
        cells[place, 6 - place] = 1
    return cells


# Code to copy


PROGRAM = Path(__file__).with_name("kernel_program.txt")
"""The program that the user can copy, with a field for each number. It is only shown as text, never run here."""


def code(experiment: Experiment, row: int, col: int) -> str:
    """The computation of an output cell as a program: in NumPy, and in Keras if that is installed."""
    height, width = experiment.size
    vector = ", ".join(f"{value:.6g}" for value in experiment.steps.vector(row, col).tolist())
    where = f"The step at output cell ({row}, {col}), in NumPy. The window becomes ({vector})."
    return PROGRAM.read_text(encoding="utf-8").format(
        input=_literal(experiment.input), kernels="".join(_commented(filter) for filter in experiment.filters),
        filters=len(experiment.filters), height=height, width=width,
        stride=experiment.stride, dilation=experiment.dilation, padding=experiment.padding,
        zeros_down=experiment.zeros(0), zeros_along=experiment.zeros(1),
        extent_down=experiment.extent[0], extent_along=experiment.extent[1],
        rows=experiment.positions(0), cols=experiment.positions(1), row=row, col=col,
        step=fill(where, 100, initial_indent="# ", subsequent_indent="# "),
    )  # fmt: skip


def _commented(filter: Filter) -> str:
    """A kernel as nested lists below its name. Names come from model files, so what could end a comment is removed."""
    name = "".join(character for character in filter.name if character.isprintable())
    return indent(f"# {name}\n{_literal(filter.weights)},\n", "    ")


def _literal(values: Floats) -> str:
    """An array as nested lists, short but exact enough to give the same float32 numbers."""
    rows = [", ".join(_shortest(value) for value in row) for row in values]
    return "[\n" + "".join(f"    [{row}],\n" for row in rows) + "]"


def _shortest(value: np.float32) -> str:
    return np.format_float_positional(value, unique=True, trim="-")
