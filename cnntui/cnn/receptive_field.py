"""How much of the image one cell of a feature map can see."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from cnntui.cnn.network import IMAGE, Network
from cnntui.cnn.window import PIXEL, ReceptiveField

__all__ = ["PIXEL", "ReceptiveField", "receptive_field"]


def receptive_field(network: Network, name: str) -> ReceptiveField:
    """The receptive field of the cells of a layer that gives maps, as each layer on the way to it widens the field.

    Where branches meet it is all that any of them sees. Where the parts that cells see do not move with them, as behind
    a pool of whole maps, it is the whole image.

    Raises:
        CnntuiError: there is no such layer.
        ValueError: the layer is flat; it has no rows and columns.
    """
    if not network.has_maps(name):
        raise ValueError(f"the cells of layer '{name}' have no place in the image")
    if network not in _KNOWN:
        _KNOWN[network] = _fields(network)
    return _KNOWN[network][name]


_KNOWN: WeakKeyDictionary[Network, dict[str, ReceptiveField]] = WeakKeyDictionary()
"""Every table of layers asks for all of them at every move."""


def _fields(network: Network) -> dict[str, ReceptiveField]:
    rows, cols, _ = network.input_shape
    whole = ReceptiveField((rows, cols), (0, 0), (0, 0))
    fields: dict[str, ReceptiveField] = {IMAGE: PIXEL}
    for layer in network:
        before, *others = (fields[read] for read in network.reads(layer.name))
        for other in others:
            before = before | other or whole
        fields[layer.name] = layer.receptive_field(before, network.input_shape_of(layer.name)) or whole
    return fields
