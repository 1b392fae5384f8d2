"""One map for each layer, such that they belong together: where a map has most of its input from, and what it feeds.

A cell of a convolution is made from all maps of its input. Of these, one can be shown beside it: the one that
contributes most.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnntui.cnn.cells import Cells
from cnntui.cnn.network import Activations
from cnntui.cnn.ops import Floats


def lineage(activations: Activations, name: str, map: int, cells: Sequence[Cells] | None = None) -> tuple[int, ...]:
    """The map of the image, of the first layer, of the second, … that belongs with one map of a layer.

    Backwards from that layer: a pool has its own map from the map of the same number, a convolution most from the one
    whose sums of products are the largest, whatever their sign. Forwards: a pool again keeps the number, and of a
    convolution the map with the largest value is taken. It ends before the first flat layer.

    Args:
        activations: of one image.
        name: a convolution or a pool.
        map: which of its maps.
        cells: for the image and each layer, which cells count; by default all.
    """
    network = activations.network
    place = network.index(name)
    shapes = (network.input_shape, *network.shapes)
    cells = cells or [Cells.every(shape) for shape in shapes]
    before = [map]
    for index in range(place, -1, -1):
        layer, feeding = network.layers[index], before[-1]
        if layer.MIXES_MAPS:
            sums = layer.subtotals(activations[layer.name].input, feeding)
            counted = sums[np.ix_(cells[index + 1].rows, cells[index + 1].cols)]
            feeding = int(_finite(np.abs(counted).sum(axis=(0, 1))).argmax())
        before.append(feeding)
    after = []
    for index in range(place + 1, len(network)):
        layer = network.layers[index]
        if not network.has_maps(layer.name):
            break
        if layer.MIXES_MAPS:
            output, counting = activations[layer.name].output, cells[index + 1]
            if len(counting):
                output = output[np.ix_(counting.rows, counting.cols)]
            map = int(_finite(output.max(axis=(0, 1))).argmax())
        after.append(map)
    return (*reversed(before), *after)


def _finite(values: Floats) -> Floats:
    """Numbers that can be compared, where training has diverged."""
    return np.nan_to_num(values, nan=-np.inf)
