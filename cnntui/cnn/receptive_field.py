"""How much of the image reaches one cell of a feature map."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from cnntui.cnn.network import IMAGE, Network
from cnntui.cnn.window import PIXEL, ReceptiveField


def receptive_field(network: Network, name: str) -> ReceptiveField:
    """The receptive field of the cells of a layer that outputs maps; each layer on the way to it widens the field.

    Where branches meet, the field covers those of all branches. It is the whole image if the fields do not move along
    with the cells, as after a pool of whole maps.

    Raises:
        CnntuiError: there is no such layer.
        ValueError: the layer is flat, so it has no rows and columns.
    """
    if not network.has_maps(name):
        raise ValueError(f"the cells of layer '{name}' have no place in the image")
    if network not in _KNOWN:
        _KNOWN[network] = _fields(network)
    return _KNOWN[network][name]


_KNOWN: WeakKeyDictionary[Network, dict[str, ReceptiveField]] = WeakKeyDictionary()
"""Cached, because every table of layers needs all fields at every move."""


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
