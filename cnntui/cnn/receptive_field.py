"""How much of the image one cell of a feature map can see."""

from __future__ import annotations

from dataclasses import dataclass

from cnntui.cnn import ops
from cnntui.cnn.network import Conv2D, Network, Pool2D
from cnntui.cnn.ops import Pair
from cnntui.cnn.window import Window


@dataclass(frozen=True)
class ReceptiveField:
    """The part of the image that reaches one cell of a map, rows and columns apart.

    Attributes:
        size: the height and width of that part, in pixels.
        jump: how many pixels it moves when the cell moves by one.
        offset: the row and column of its first pixel for the cell (0, 0); negative with 'same' padding.
    """

    size: Pair
    jump: Pair
    offset: Pair

    def window(self, row: int, col: int) -> Window:
        """The pixels that the cell at `(row, col)` can see; with 'same' padding it may stick out of the image."""
        return Window(
            self.offset[0] + row * self.jump[0], self.offset[1] + col * self.jump[1], self.size[0], self.size[1]
        )


PIXEL = ReceptiveField((1, 1), (1, 1), (0, 0))
"""What a pixel of the image sees: itself."""


def receptive_field(network: Network, name: str) -> ReceptiveField:
    """The receptive field of the cells of a convolution or pooling layer.

    A layer whose window is `k` cells wide sees `k − 1` cells more than the layer before it, and one cell of that layer
    is `jump` pixels: so `size` grows by `(k − 1) × jump`, and `jump` itself is multiplied by the stride. The holes of a
    dilated window count.

    Raises:
        CnntuiError: there is no such layer.
        ValueError: the layer is flat; it has no rows and columns.
    """
    size, jump, offset = [1, 1], [1, 1], [0, 0]
    for layer in network.layers[: network.index(name) + 1]:
        if not isinstance(layer, Conv2D | Pool2D):
            raise ValueError(f"the cells of layer '{name}' have no place in the image")
        zeros = ops.zeros_before(network.input_shape_of(layer.name), layer.extent, layer.stride, layer.padding)
        for axis in (0, 1):
            window, stride = layer.extent[axis], layer.stride[axis]
            offset[axis] -= zeros[axis] * jump[axis]
            size[axis] += (window - 1) * jump[axis]
            jump[axis] *= stride
    return ReceptiveField((size[0], size[1]), (jump[0], jump[1]), (offset[0], offset[1]))
