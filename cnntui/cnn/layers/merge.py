"""Layers that merge several stacks of maps into one: by arithmetic, by comparison, or by concatenation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import accumulate
from math import prod
from typing import ClassVar

import numpy as np

from cnntui.cnn.arithmetic import MINUS
from cnntui.cnn.cells import Cells, Shape, as_maps
from cnntui.cnn.layers.layer import Factors, Index, Layer, LayerActivation, times
from cnntui.cnn.layers.operation import Operation
from cnntui.cnn.ops import Floats
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass


class Merge(Layer):
    """Combines the numbers at the same place in all inputs. An axis of length 1 is repeated."""

    MADE_OF: ClassVar[str]
    """How the layer combines the numbers at one place, in a few words."""
    OPERATION: ClassVar[np.ufunc]
    """The operation that combines two of these numbers."""

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """The shape of the largest input. Raises CnntuiError when the shapes do not fit."""
        shapes = (input_shape, *others)
        try:
            if len({len(shape) for shape in shapes}) == 1:
                return tuple(np.broadcast_shapes(*shapes))
        except ValueError:
            pass
        raise CnntuiError(f"Layer '{self.name}' reads {' and '.join(map(times, shapes))}, which do not fit each other.")

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = reduce(self.OPERATION, others, x)
        return LayerActivation((x, *others), output, output)

    def rule(self, index: Index, activation: LayerActivation) -> str:
        # A layer that names no inputs has only one.
        named = zip(self.inputs, activation.inputs, strict=False)
        single = [name for name, array in named if prod(array.shape[:-1]) == 1 < prod(activation.output.shape[:-1])]
        more = f" {single[0]} has one number for each map." if single else ""
        return f"{self.MADE_OF} the {len(activation.inputs)} numbers at this place in the layers that it reads.{more}"

    def operations(self, index: Index, activation: LayerActivation) -> tuple[Operation, ...]:
        numbers = [float(array[_at(index, array.shape)]) for array in activation.inputs]
        done = [Operation("" if place == 0 else self.SIGN, "", each, each, place) for place, each in enumerate(numbers)]
        for place in range(1, len(done)):
            result = float(self.OPERATION(done[place - 1].result, numbers[place]))
            done[place] = replace(done[place], result=result)
        return tuple(done)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The number at that place in each input, with its weight."""
        indices = [_at(index, array.shape) for array in (x, *others)]
        values = np.array([array[at] for array, at in zip((x, *others), indices, strict=True)], np.float32)
        return self.weighed(np.array(indices), values)

    @abstractmethod
    def weighed(self, indices: np.typing.NDArray[np.int64], values: Floats) -> Factors:
        """The terms of a number, given the numbers at its place."""

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        rows, cols, maps = as_maps((input_shape, *others)[input])
        return Cells(
            cells.rows if rows > 1 else cells.rows[:1] and (0,),
            cells.cols if cols > 1 else cells.cols[:1] and (0,),
            cells.maps if maps > 1 else cells.maps[:1] and (0,),
        )

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        if not len(cells):
            return Cells()
        shapes = (input_shape, *others)
        own, whole = as_maps(shapes[input]), as_maps(tuple(np.broadcast_shapes(*shapes)))
        rows, cols, maps = (
            places if length > 1 else tuple(range(most))
            for places, length, most in zip((cells.rows, cells.cols, cells.maps), own, whole, strict=True)
        )
        return Cells(rows, cols, maps)


def _at(index: Index, shape: Shape) -> Index:
    return tuple(place if length > 1 else 0 for place, length in zip(index, shape, strict=True))


class Add(Merge):
    """The sum of its inputs, such as a layer's output and the input that skipped the layer."""

    KIND: ClassVar[str] = "add"
    MADE_OF: ClassVar[str] = "The sum of"
    OPERATION: ClassVar[np.ufunc] = np.add
    SIGN: ClassVar[str] = "+"

    def weighed(self, indices: np.typing.NDArray[np.int64], values: Floats) -> Factors:
        return Factors(indices, values, np.ones_like(values), inputs=np.arange(len(values)))


class Average(Merge):
    """The mean of its inputs."""

    KIND: ClassVar[str] = "average"
    MADE_OF: ClassVar[str] = "The mean of"
    OPERATION: ClassVar[np.ufunc] = np.add
    SIGN: ClassVar[str] = "+"

    def operations(self, index: Index, activation: LayerActivation) -> tuple[Operation, ...]:
        count, output = len(activation.inputs), float(activation.output[index])
        return (*super().operations(index, activation), Operation("÷", f"{count} inputs", count, output))

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = reduce(np.add, others, x) / np.float32(1 + len(others))
        return LayerActivation((x, *others), output, output)

    def weighed(self, indices: np.typing.NDArray[np.int64], values: Floats) -> Factors:
        shares = np.full_like(values, 1 / len(values))
        return Factors(indices, values, shares, inputs=np.arange(len(values)))


class Subtract(Merge):
    """The first input minus the second."""

    KIND: ClassVar[str] = "subtract"
    MADE_OF: ClassVar[str] = "The first minus the second of"
    OPERATION: ClassVar[np.ufunc] = np.subtract
    SIGN: ClassVar[str] = MINUS

    def weighed(self, indices: np.typing.NDArray[np.int64], values: Floats) -> Factors:
        signs = np.where(np.arange(len(values)) == 0, np.float32(1), np.float32(-1))
        return Factors(indices, values, signs, inputs=np.arange(len(values)))


class Multiply(Merge):
    """The product of its inputs; often one of them sets how much of each map passes."""

    KIND: ClassVar[str] = "multiply"
    MADE_OF: ClassVar[str] = "The product of"
    OPERATION: ClassVar[np.ufunc] = np.multiply
    SIGN: ClassVar[str] = "×"

    def weighed(self, indices: np.typing.NDArray[np.int64], values: Floats) -> Factors:
        """The first number, weighted with the product of the others."""
        return Factors(indices[:1], values[:1], np.prod(values[1:], keepdims=True), inputs=np.array([0]))


class Maximum(Merge):
    """The largest of its inputs at each place."""

    KIND: ClassVar[str] = "maximum"
    MADE_OF: ClassVar[str] = "The largest of"
    CHOICE: ClassVar[str] = "largest"
    OPERATION: ClassVar[np.ufunc] = np.maximum
    SIGN: ClassVar[str] = "or"

    def weighed(self, indices: np.typing.NDArray[np.int64], values: Floats) -> Factors:
        """The number that is kept; among equal ones, the first."""
        winner = int((values == self.OPERATION.reduce(values)).argmax())
        return Factors(indices[winner][np.newaxis], values[[winner]], None, inputs=np.array([winner]))


class Minimum(Maximum):
    """The smallest of its inputs at each place."""

    KIND: ClassVar[str] = "minimum"
    MADE_OF: ClassVar[str] = "The smallest of"
    CHOICE: ClassVar[str] = "smallest"
    OPERATION: ClassVar[np.ufunc] = np.minimum


@dataclass(frozen=True, eq=False)
class Concatenate(Layer):
    """Joins its inputs: maps in one stack, vectors end to end, or maps below or beside each other.

    Attributes:
        axis: the axis along which the inputs are joined: −1 for maps and for vectors, −2 for columns, −3 for rows.
    """

    KIND: ClassVar[str] = "concatenate"

    axis: int = -1

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """`(rows, columns, all maps)`. Raises CnntuiError when the other axes differ."""
        shapes = (input_shape, *others)
        own = len(input_shape) + self.axis
        if not 0 <= own < len(input_shape) or len({(*shape[:own], 0, *shape[own + 1 :]) for shape in shapes}) > 1:
            raise CnntuiError(f"Layer '{self.name}' reads {' and '.join(map(times, shapes))}, which cannot be joined.")
        return *input_shape[:own], sum(shape[own] for shape in shapes), *input_shape[own + 1 :]

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = np.concatenate((x, *others), axis=self.axis)
        return LayerActivation((x, *others), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The number at that place, copied from one of the inputs."""
        arrays = (x, *others)
        input, place = self._place(index, [array.shape for array in arrays])
        own = len(index) + self.axis
        at = (*index[:own], place, *index[own + 1 :])
        return Factors(np.array([at]), arrays[input][at][np.newaxis], None, inputs=np.array([input]))

    def rule(self, index: Index, activation: LayerActivation) -> str:
        input, place = self._place(index, [array.shape for array in activation.inputs])
        name = self.inputs[input] if self.inputs else "what it reads"
        kind = {-1: "Map", -2: "Column", -3: "Row"}[self.axis]
        return f"{kind} {index[self.axis]} here is {kind.lower()} {place} of {name}, unchanged."

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        shapes = [as_maps(shape) for shape in (input_shape, *others)]
        first, length = self._first(shapes)[input], shapes[input][self.axis]
        places = tuple(place - first for place in self._along(cells) if 0 <= place - first < length)
        return self._with(cells, places) if places else Cells()

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        first = self._first([as_maps(shape) for shape in (input_shape, *others)])[input]
        return self._with(cells, tuple(place + first for place in self._along(cells)))

    def _place(self, index: Index, shapes: Sequence[Shape]) -> tuple[int, int]:
        """Which input a number comes from, and its place there along the axis."""
        first = self._first(shapes)
        input = max(place for place, begin in enumerate(first) if begin <= index[self.axis])
        return input, index[self.axis] - first[input]

    def _first(self, shapes: Sequence[Shape]) -> list[int]:
        """Where along the axis each input begins."""
        return [0, *accumulate(shape[self.axis] for shape in shapes)][:-1]

    def _along(self, cells: Cells) -> tuple[int, ...]:
        return (cells.rows, cells.cols, cells.maps)[self.axis]

    def _with(self, cells: Cells, places: tuple[int, ...]) -> Cells:
        parts = [cells.rows, cells.cols, cells.maps]
        parts[self.axis] = places
        return Cells(*parts)
