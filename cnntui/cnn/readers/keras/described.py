"""A layer that was read from Keras, and where its weights are stored."""

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
    """Where one array of a layer's weights is.

    Attributes:
        number: its place among the layer's arrays in a `.keras` file.
        name: what it is called in an `.h5` file.
        shape: as it is stored.
        axes: for each axis of the weights here, which one of the stored ones it is; None for the same order.
        order: the place here of each of the numbers along the first axis; None for the same order.
    """

    number: int
    name: str
    shape: Shape
    axes: tuple[int, ...] | None = None
    order: NDArray[Any] | None = None

    def laid(self, array: NDArray[Any], shape: Shape) -> NDArray[Any]:
        """A stored array as the layer has it."""
        if self.axes is not None:
            array = array.transpose(self.axes)
        if self.order is not None:
            array = array[np.argsort(self.order)]
        return array.reshape(shape)


@dataclass(frozen=True)
class Described:
    """A layer that was read, and where its weights are.

    Attributes:
        layer: what it is.
        stored: its arrays by role.
        within: where they are within the Keras layer, in a `.keras` file.
    """

    layer: LayerDescription
    stored: dict[str, Stored] = field(default_factory=dict)
    within: tuple[str, ...] = ()
