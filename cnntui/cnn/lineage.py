"""One map of each layer, chosen so that they belong together: the main source of each map, and the map that it feeds.

A cell of a convolution is computed from all maps of its input. Only one of them can be shown beside it: the one that
contributes most.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnntui.cnn.cells import Cells
from cnntui.cnn.layers import Layer
from cnntui.cnn.network import IMAGE, Activations
from cnntui.cnn.ops import Floats


def lineage(activations: Activations, name: str, map: int, cells: Sequence[Cells] | None = None) -> tuple[int, ...]:
    """The maps of the image, the first layer, the second, … that belong with one map of a layer.

    Going backwards from that layer, a pool's map comes from the map with the same number, and a convolution's map
    mainly from the one whose sums of products are the largest, whatever their sign. Going forwards, a pool again keeps
    the number, and a convolution is represented by its map with the largest value. The line ends before flat layers;
    these, and layers with no connection to the given one, get 0.

    Args:
        activations: all activations of the network for one image.
        name: the name of a layer that outputs maps.
        map: the number of one of its maps.
        cells: the cells that count, for the image and each layer; by default all.
    """
    network = activations.network
    cells = cells or [Cells.every(shape) for shape in (network.input_shape, *network.shapes)]
    known = {name: map}
    for place in range(network.index(name), -1, -1):
        layer = network.layers[place]
        if layer.name in known and network.has_maps(layer.name):
            for which, read in enumerate(network.reads(layer.name)):
                known.setdefault(read, _feeding(activations, layer, which, known[layer.name], cells[place + 1]))
    for place in range(network.index(name) + 1, len(network)):
        layer = network.layers[place]
        for which, read in enumerate(network.reads(layer.name)):
            if read in known and network.has_maps(layer.name):
                known.setdefault(layer.name, _fed(activations, layer, which, known[read], cells[place + 1]))
    return tuple(known.get(each, 0) for each in (IMAGE, *(layer.name for layer in network)))


def _feeding(activations: Activations, layer: Layer, which: int, map: int, cells: Cells) -> int:
    """The map of one of a layer's inputs that contributes most to one of its maps."""
    if "kernel" in layer.weights:
        sums = layer.subtotals(activations[layer.name].input, map)
        counted = sums[np.ix_(cells.rows, cells.cols)]
        return int(_finite(np.abs(counted).sum(axis=(0, 1))).argmax())
    shapes = activations.network.input_shapes_of(layer.name)
    return next(iter(layer.sources(Cells.one(0, 0, map), *shapes, input=which).maps), 0)


def _fed(activations: Activations, layer: Layer, which: int, map: int, cells: Cells) -> int:
    """The map of a layer that belongs with a map of one of its inputs."""
    if "kernel" in layer.weights:
        output = activations[layer.name].output
        if len(cells):
            output = output[np.ix_(cells.rows, cells.cols)]
        return int(_finite(output.max(axis=(0, 1))).argmax())
    shapes = activations.network.input_shapes_of(layer.name)
    return next(iter(layer.readers(Cells.one(0, 0, map), *shapes, input=which).maps), 0)


def _finite(values: Floats) -> Floats:
    """The values with NaN as −∞, so that they can be compared even after training has diverged."""
    return np.nan_to_num(values, nan=-np.inf)
