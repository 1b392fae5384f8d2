"""Where the numbers of a file's tensors are in the layers that they become.

Some files store channels before rows and columns; here they come last. To avoid moving any numbers, a tensor is
described by a layer and, for each of its numbers, a place in that layer's output. Reshaping or transposing a tensor
then only reshapes or transposes the places, and needs no layer. A kernel that reads a flattened tensor has its rows
sorted by these places.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.cells import as_maps
from cnntui.cnn.cost import MOST_NUMBERS_IN_ALL, SMALLER, check_size, kept
from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import Shape
from cnntui.files.errors import CnntuiError

CHANNELS_FIRST = 1, 2, 0
"""For each axis of our maps, the matching axis of a tensor `(channels, rows, columns)`."""

CHANNELS_LAST = 0, 1, 2

_AT_ONCE = 1 << 16
"""How many numbers are compared at once, to keep the memory for the comparison small."""

Axes = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor that depends on the image.

    Attributes:
        layer: the name of the layer that computes its numbers, or `IMAGE`.
        places: an array with the tensor's axes, but without the first, which is the batch: the place of each number in
            the layer's output, counted in that output's own order. Every output occurs; in a tensor that repeats
            its numbers, more than once.
    """

    layer: str
    places: NDArray[Any]

    @property
    def shape(self) -> Shape:
        """Its shape for one image."""
        return self.places.shape


@dataclass(eq=False)
class Layers:
    """Layers, added one by one, each after its inputs.

    Attributes:
        layers: the layers so far.
        shapes: the shapes of their outputs by name, and that of the image.
        reserved: names that an automatically added layer must not have.
    """

    shapes: dict[str, Shape] = field(default_factory=dict)
    layers: list[LayerDescription] = field(default_factory=list)
    reserved: frozenset[str] = frozenset()
    _made: dict[tuple[str, Shape], str] = field(default_factory=dict)
    _numbers: int = 0

    def append(self, layer: LayerDescription) -> str:
        """Add a layer; returns its name.

        Raises:
            CnntuiError: the layer does not fit what it reads, or is too large.
        """
        shape = layer.layer().output_shape(*(self.shapes[name] for name in layer.inputs))
        check_size(shape, f"Layer '{layer.name}' gives")
        self._count(kept(shape, "kernel" in layer.weights))
        self.layers.append(layer)
        self.shapes[layer.name] = shape
        return layer.name

    def _count(self, numbers: int) -> None:
        # Checked on the way, because following the places of so many numbers takes time as well.
        self._numbers += numbers
        if self._numbers > MOST_NUMBERS_IN_ALL:
            raise CnntuiError(
                f"The network computes more than {MOST_NUMBERS_IN_ALL:,} numbers, which is too many.", SMALLER
            )

    def unique(self, name: str, reserved: Container[str] = ()) -> str:
        """A name that is neither taken nor reserved."""
        unique, number = name, 0
        while unique in self.shapes or unique in reserved:
            number += 1
            unique = f"{name}_{number}"
        return unique

    def shaped(self, layer: str, shape: Shape, name: str = "") -> str:
        """A layer that gives the numbers of another layer in the same order, but in a given shape.

        Args:
            layer: the name of the other layer.
            shape: the shape, with one axis or three.
            name: the name of a layer that has to be added; if empty, its kind.
        """
        if self.shapes[layer] == shape:
            return layer
        if (layer, shape) not in self._made:
            kind, settings = ("Flatten", {}) if len(shape) == 1 else ("Reshape", {"shape": shape})
            name = self.unique(name) if name else self.unique(kind.lower(), self.reserved)
            made = LayerDescription(kind, name, settings, inputs=(layer,))
            self._made[layer, shape] = self.append(made)
        return self._made[layer, shape]

    def flat(self, value: Value) -> tuple[str, NDArray[Any]]:
        """A vector with the numbers of a tensor, and the place in it of each number, in the tensor's order."""
        return self.shaped(value.layer, (prod(self.shapes[value.layer]),)), value.places.reshape(-1)

    def lying(self, value: Value, wanted: Axes | None = None) -> tuple[str, Axes] | None:
        """A layer that gives a tensor as maps, and for each axis of the maps, the matching axis of the tensor.

        Args:
            value: the tensor.
            wanted: the axes that it must have; None for either order.

        Returns:
            None if its numbers do not lie in such an order, not even after the axes are transposed.
        """
        if value.places.ndim != 3:
            return None
        shape = self.shapes[value.layer]
        is_whole = value.places.size == prod(shape)
        fitting = [axes for axes in ((CHANNELS_FIRST, CHANNELS_LAST) if wanted is None else (wanted,))
                   if is_whole and is_counting(value.places.transpose(axes))]  # fmt: skip
        fitting.sort(key=lambda axes: value.places.transpose(axes).shape != shape)
        if fitting:
            return self.shaped(value.layer, value.places.transpose(fitting[0]).shape), fitting[0]
        axes = CHANNELS_LAST if wanted is None else wanted
        turned = value.places.transpose(axes)
        layer = self._turned(value.layer, turned) or self._selected(
            value.layer, turned, self.unique("select", self.reserved)
        )
        return None if layer is None else (layer, axes)

    def picked(self, value: Value, name: str) -> Value | None:
        """A tensor that lacks or repeats numbers of its layer, as the output of a new layer that picks them.

        Args:
            value: the tensor; one that has every number once is returned unchanged.
            name: what to call the layer.

        Returns:
            None if the tensor does not pick the same rows, columns and maps everywhere.
        """
        self._count(value.places.size)
        if value.places.size == prod(self.shapes[value.layer]) and is_counting(np.sort(value.places, axis=None)):
            return value
        last, first = CHANNELS_LAST, CHANNELS_FIRST
        ways: dict[int, list[tuple[Axes, Axes]]] = {
            1: [(last, (0, 1))], 2: [(last, (1,)), (last, (2,))], 3: [(last, ()), (first, ())],
        }  # fmt: skip
        for order, more in ways.get(value.places.ndim, []):
            maps = np.expand_dims(value.places, more).transpose(order)
            if (layer := self._selected(value.layer, maps, self.unique(name))) is not None:
                return Value(layer, places(maps.size).reshape(maps.shape).transpose(np.argsort(order)).squeeze(more))
        return None

    def _selected(self, layer: str, places: NDArray[Any], name: str) -> str | None:
        """A layer that picks rows, columns and maps of another; None if no such layer gives these places."""
        lengths = as_maps(self.shapes[layer])
        _, width, depth = lengths
        rows, cols, maps = places[:, 0, 0] // (width * depth), places[0, :, 0] // depth % width, places[0, 0] % depth
        if not np.array_equal((rows[:, np.newaxis, np.newaxis] * width + cols[:, np.newaxis]) * depth + maps, places):
            return None
        if len(rows) * len(cols) > 1 or len(self.shapes[layer]) == 3:
            layer = self.shaped(layer, lengths)
        settings: dict[str, Shape] = {
            key: tuple(each.tolist()) for key, each in (("rows", rows), ("cols", cols), ("maps", maps))
        }
        kind = "Select"
        if settings["maps"] == (*range(lengths[2]),) and (edges := _edges(settings, lengths)) is not None:
            kind, settings = "Cropping2D", edges
        key = layer, (*settings["rows"], -1, *settings["cols"], -1, *settings.get("maps", ()))
        if key not in self._made:
            made = LayerDescription(kind, name, settings, inputs=(layer,))
            self._made[key] = self.append(made)
        return self._made[key]

    def _turned(self, layer: str, places: NDArray[Any]) -> str | None:
        """A layer that puts the axes of another layer's maps in order; None if no order of axes gives these places."""
        steps = [int(places.take(1, axis).flat[0]) if length > 1 else 0 for axis, length in enumerate(places.shape)]
        order = sorted(range(places.ndim), key=lambda axis: -steps[axis])
        if places.size != prod(self.shapes[layer]) or not is_counting(places.transpose(order)):
            return None
        before = self.shaped(layer, places.transpose(order).shape)
        axes = tuple(order.index(axis) for axis in range(places.ndim))
        if (before, axes) not in self._made:
            made = LayerDescription("Permute", self.unique("permute", self.reserved), {"axes": axes}, inputs=(before,))
            self._made[before, axes] = self.append(made)
        return self._made[before, axes]

    def given(self, layer: str, axes: Axes = CHANNELS_FIRST) -> Value:
        """A layer's output as a tensor: maps with their axes in the order that `lying` returns, or a vector."""
        shape = self.shapes[layer]
        own = places(prod(shape)).reshape(shape)
        return Value(layer, own if len(shape) == 1 else own.transpose(tuple(np.argsort(axes))))


def _edges(picked: dict[str, Shape], lengths: Shape) -> dict[str, Shape] | None:
    """How many rows and columns to crop so that the picked ones are left; None if cropping cannot do that."""
    edges: dict[str, Shape] = {}
    for key, length in (("rows", lengths[0]), ("cols", lengths[1])):
        first, last = picked[key][0], picked[key][-1]
        if picked[key] != (*range(first, last + 1),):
            return None
        edges[key] = first, length - 1 - last
    return edges


def places(count: int) -> NDArray[Any]:
    """`0, 1, 2, …`."""
    return np.arange(count, dtype=np.int32)


def is_counting(array: NDArray[Any]) -> bool:
    """Whether the numbers of an array are 0, 1, 2 and so on."""
    # In any other order, the first step along an axis nearly always shows it, without moving a number.
    for axis, length in enumerate(array.shape):
        if length > 1 and array.size and array[(0,) * axis + (1,)].flat[0] != prod(array.shape[axis + 1 :]):
            return False
    flat, counted = array.ravel(), places(min(array.size, _AT_ONCE))
    return all(
        np.array_equal(part - start, counted[: part.size])
        for start in range(0, flat.size, _AT_ONCE)
        for part in [flat[start : start + _AT_ONCE]]
    )


def square(count: int) -> Shape | None:
    """The shape of a square image with that many numbers, in one channel or three; None if there is none."""
    for channels in (1, 3):
        side = round((count / channels) ** 0.5)
        if side * side * channels == count:
            return side, side, channels
    return None
