"""A layer read from Keras, and where its weights are stored."""

from __future__ import annotations

from dataclasses import field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import Shape
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class Stored:
    """Where one of a layer's weight arrays is stored.

    Attributes:
        number: its place among the layer's arrays in a `.keras` file.
        name: its name in an `.h5` file.
        shape: its stored shape.
        axes: for each axis of our array, the stored axis it comes from; None if the order is the same.
        order: where each number along the first stored axis goes in ours; None if the order is the same.
    """

    number: int
    name: str
    shape: Shape
    axes: tuple[int, ...] | None = None
    order: NDArray[Any] | None = None

    def laid(self, array: NDArray[Any], shape: Shape) -> NDArray[Any]:
        """A stored array, arranged for our layer."""
        if self.axes is not None:
            array = array.transpose(self.axes)
        if self.order is not None:
            array = array[np.argsort(self.order)]
        return array.reshape(shape)


@dataclass(frozen=True)
class Described:
    """A layer that was read, and where its weights are stored.

    Attributes:
        layer: the layer.
        stored: its arrays by role.
        within: the path to them inside the Keras layer, in a `.keras` file.
    """

    layer: LayerDescription
    stored: dict[str, Stored] = field(default_factory=dict)
    within: tuple[str, ...] = ()
