"""The output of the selected layer: maps, a long vector, or a number for each unit."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.layers import Layer
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.explore.focus import Aim, aim_at, maps_of, slot_of
from cnntui.explore.scene import Scene
from cnntui.ui.views.network.layout import OutputKind
from cnntui.ui.widgets.cycle import Cycle

CLASSES = 10
"""The most units of a last layer for each to have a line."""

_KINDS = {Aim.CELL: OutputKind.MAPS, Aim.SLOT: OutputKind.VECTOR, Aim.UNIT: OutputKind.UNITS}
"""The kinds of output, by the way that their numbers are selected."""


def lines_apart(height: int, classes: int) -> int:
    """How many lines there are from one class to the next below a heading; 0 if there is no room for all classes."""
    return 0 if height <= classes else 2 if height >= 2 * classes else 1


class MapColours(Cycle):
    """The values that the strongest colour is scaled to."""

    MAP = "map"
    LAYER = "layer"
    NETWORK = "network"


def selected_layer(scene: Scene) -> Layer:
    """The focused layer."""
    return scene.network[scene.focus.layer]


def selected_place(scene: Scene) -> int:
    """The focused unit of the layer, or slot of the vector."""
    is_unit = aim_at(scene.network, scene.focus.layer) is Aim.UNIT
    return scene.focus.unit if is_unit else slot_of(scene.focus, scene.network)


def output_kind(scene: Scene) -> OutputKind:
    """The kind of output of the selected layer."""
    layer = selected_layer(scene)
    aim = aim_at(scene.network, layer.name)
    is_classes = layer is scene.network.answer and aim is Aim.UNIT and scene.network.shapes[-1][0] <= CLASSES
    return OutputKind.CLASSES if is_classes else _KINDS[aim]


def flattened_vector(scene: Scene) -> Floats:
    """The flattened vector, with a row for each cell that it comes from and a column for each map.

    For a single map the rows are those of the map: the vector would otherwise be a single column.
    """
    activation = scene.activations[scene.focus.layer]
    _, cols, maps = activation.input.shape
    rows: Floats = activation.output.reshape(-1, maps if maps > 1 else cols)
    return rows


def unit_weights(scene: Scene) -> Floats:
    """The weights of the selected unit, which reads pixels, arranged like the pixels: the pattern that it looks for."""
    kernel = selected_layer(scene).weights["kernel"]
    return np.ascontiguousarray(kernel[:, selected_place(scene)].reshape(scene.network.input_shape[:2]))


def neighbour_of(network: Network, layer: Layer) -> Layer | None:
    """The next layer with maps, which reads this one; for the last such layer, the one before it."""
    every = maps_of(network)
    place = every.index(layer)
    return every[place + 1] if place + 1 < len(every) else every[place - 1] if place else None


def colour_limits(scene: Scene, maps: Floats, colours: MapColours) -> Floats:
    """The value that has the strongest colour in each map."""
    if colours is MapColours.MAP:
        return _peaks(maps)
    outputs = [maps]
    if colours is MapColours.NETWORK:
        outputs = [scene.activations[layer.name].output for layer in maps_of(scene.network)]
    largest = max(float(_peaks(output).max()) for output in outputs)
    return np.full(maps.shape[-1], largest, np.float32)


def _peaks(maps: Floats) -> Floats:
    """The largest absolute value of each map of `(rows, columns, maps)`; 0 for a blank map."""
    largest: Floats = np.abs(np.nan_to_num(maps, posinf=0.0, neginf=0.0)).max(axis=(0, 1))
    return largest
