"""One map of each layer such that they belong together: the main source of each map, and what it feeds.

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
    """The map of the image, of the first layer, of the second, … that belongs with one map of a layer.

    Backwards from that layer, along the edges: a pool has its own map from the map of the same number, a convolution
    most from the one whose sums of products are the largest, whatever their sign. Forwards: a pool again keeps the
    number, and of a convolution the map with the largest value is taken. It ends before flat layers; those, and layers
    that have nothing to do with it, have 0.

    Args:
        activations: of one image.
        name: a layer that gives maps.
        map: which of its maps.
        cells: for the image and each layer, which cells count; by default all.
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
    """Numbers that can be compared even where training has diverged."""
    return np.nan_to_num(values, nan=-np.inf)
