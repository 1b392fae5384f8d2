"""The drawing on the calculation page: the maps that a layer reads and outputs, and the place of the number on them."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.cells import Cells
from cnntui.cnn.contributions import NumberPlace
from cnntui.cnn.network import IMAGE
from cnntui.cnn.ops import Floats, Pair
from cnntui.cnn.window import Window
from cnntui.explore.scene import Scene
from cnntui.images.data import is_in_colour
from cnntui.images.levels import Pixels
from cnntui.ui.views.calculation.layout import MOST_INPUTS
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class DrawnMap:
    """A map, and the part of it that the number is computed from or lies on.

    Attributes:
        name: the name of the layer that outputs the map, or of the image.
        map: the number of the map in that layer's output.
        values: `(rows, columns)` values of the map.
        window: the cells of that part; None for all cells.
        pixels: the image, if it is drawn in its own colours; otherwise None.
    """

    name: str
    map: int
    values: Floats
    window: Window | None
    pixels: Pixels | None = None

    @property
    def shape(self) -> Pair:
        """The number of rows and columns."""
        rows, cols = self.values.shape
        return rows, cols


@dataclass(frozen=True, eq=False)
class Diagram:
    """The drawing of a number.

    Attributes:
        names: the names of the layer's inputs.
        inputs: the maps that the number is computed from; empty if the layer reads vectors.
        output: the map that contains the number; None if the number belongs to a vector.
        sign: the operator between the inputs.
    """

    names: tuple[str, ...]
    inputs: tuple[DrawnMap, ...]
    output: DrawnMap | None
    sign: str


def diagram_of(scene: Scene, place: NumberPlace) -> Diagram:
    """The drawing for a number of a layer."""
    network, layer, activation = scene.network, scene.network[place.layer], scene.activations[place.layer]
    reads, shapes = network.reads(layer.name), network.input_shapes_of(layer.name)
    names = tuple(scene.title if name == IMAGE else name for name in reads)
    is_cell = len(place.index) == 3
    cells = Cells.one(*place.index) if is_cell else Cells.one(0, 0, place.index[0])
    inputs = []
    for which, (name, shape) in enumerate(zip(reads, shapes, strict=True)):
        read = layer.sources(cells, *shapes, input=which)
        if len(shape) != 3 or not len(read):
            continue
        map = read.maps[0]
        pixels = scene.image.pixels if name == IMAGE and is_in_colour(scene.image.pixels) else None
        values = np.ascontiguousarray(activation.inputs[which][..., map])
        window = read.window
        covers = window is not None and (window.height, window.width) == values.shape
        inputs.append(DrawnMap(names[which], map, values, None if covers else window, pixels))
    output = None
    if is_cell:
        row, col, map = place.index
        output = DrawnMap(layer.name, map, np.ascontiguousarray(activation.output[..., map]), Window(row, col, 1, 1))
    # A layer that only rearranges numbers has no maps to compare.
    drawn = () if layer.IS_REARRANGED else tuple(inputs[:MOST_INPUTS])
    return Diagram(names, drawn, output, layer.SIGN)
