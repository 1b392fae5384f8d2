"""How much of the image one cell of a feature map can see."""

from __future__ import annotations

from cnntui.cnn.network import IMAGE, Network
from cnntui.cnn.window import PIXEL, ReceptiveField

__all__ = ["PIXEL", "ReceptiveField", "receptive_field"]


def receptive_field(network: Network, name: str) -> ReceptiveField:
    """The receptive field of the cells of a layer that gives maps, as each layer on the way to it widens the field.

    Where branches meet it is all that one of them sees.

    Raises:
        CnntuiError: there is no such layer.
        ValueError: the layer is flat; it has no rows and columns.
    """
    fields: dict[str, ReceptiveField | None] = {IMAGE: PIXEL}
    for layer in network.layers[: network.index(name) + 1]:
        before: ReceptiveField | None
        before, *others = (fields[read] for read in network.reads(layer.name))
        for other in others:
            before = before | other if before is not None and other is not None else None
        shape = network.input_shape_of(layer.name)
        fields[layer.name] = layer.receptive_field(before, shape) if before is not None else None
    field = fields[name]
    if field is None:
        raise ValueError(f"the cells of layer '{name}' have no place in the image")
    return field
