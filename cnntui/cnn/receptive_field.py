"""How much of the image one cell of a feature map can see."""

from __future__ import annotations

from cnntui.cnn.network import Network
from cnntui.cnn.window import PIXEL, ReceptiveField

__all__ = ["PIXEL", "ReceptiveField", "receptive_field"]


def receptive_field(network: Network, name: str) -> ReceptiveField:
    """The receptive field of the cells of a layer that gives maps, as each layer on the way to it widens the field.

    Raises:
        CnntuiError: there is no such layer.
        ValueError: the layer is flat; it has no rows and columns.
    """
    field: ReceptiveField | None = PIXEL
    for layer in network.layers[: network.index(name) + 1]:
        field = layer.receptive_field(field, network.input_shape_of(layer.name)) if field is not None else None
    if field is None:
        raise ValueError(f"the cells of layer '{name}' have no place in the image")
    return field
