"""Receptive field: its windows on the image and on every map along the way, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.cells import Cells
from cnntui.cnn.layers import Layer
from cnntui.cnn.lineage import lineage
from cnntui.cnn.network import Network
from cnntui.cnn.reach import read_at_all
from cnntui.explore.focus import (
    Aim,
    Focus,
    Move,
    aim_at,
    field_of,
    map_of,
    maps_of,
    moved,
    to_cell,
    to_layer,
    with_map_or_unit,
    with_unit,
)
from cnntui.explore.scene import Scene
from cnntui.palette import Colormap, Mark
from cnntui.ui.keys import views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.explorer import InnerScreen
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.field import layout as field_layout
from cnntui.ui.views.field import text as field_text
from cnntui.ui.views.field.text import Reach, reach_of
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.map_grid import MapGrid, marked
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText

SLOTS = 5
"""How many maps fit; if there are more layers, the selected one and those before it are shown."""


class FieldScreen(InnerScreen):
    """One number with all cells that it is computed from, back to the pixels, and all cells that depend on it."""

    WORDS: ClassVar[tuple[str, ...]] = ("#where", "#story")
    MODE = "field"
    TEXT = """
This screen shows the receptive field of one cell: all the pixels of the image that can reach it. Nothing outside it
can change the cell, whatever the weights are.

A cell of a feature map is computed from a window of the map before it. Each cell in that window has a window of its
own on the map before that, and so on back to the image. The receptive field and every window on the way are marked.
Move the cell and watch all the windows move together.

A cell of the first map covers a few pixels, enough for an edge or a corner. Each layer widens the receptive field by
(the width of its window − 1) × the distance between neighbouring cells in pixels, and every pool or stride makes that
distance larger. This is how later layers recognise larger shapes with windows that are no larger.

On the maps after the selected one, the cells that read the selected cell are marked, too. ] follows the cell into the
next layer, and [ goes back to the one before.

A convolution reads all maps of its input, but only one can be drawn: the one that contributes most to the selected
map on this image, by the sum of its products. v chooses the one that contributes most to the selected cell instead;
the pictures may then change with every move. Of later layers, the map with the largest value is drawn.

u marks pixels that the whole network never reads: no window reaches them, so nothing there can change the answer.

In a network without convolutions nothing is local. A flattened cell is one pixel, and a dense unit reads all pixels
at once.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(views.FIELD)

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._marks_unread = False
        self._of_this_cell = False

    def places(self, room: Size) -> Places:
        network = self.scene.network
        rows, cols, *_ = network.input_shape
        layers = self.layers_drawn
        shapes = [network.output_shape_of(layer.name)[:2] for layer in layers]
        chosen = map_of(network, self.scene.focus.layer)
        selected = layers.index(chosen) if chosen in layers else None
        return field_layout.places(room, (rows, cols), [(high, wide) for high, wide, *_ in shapes], selected)

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="head")
        yield Lines("", id="where")
        yield ResponsiveText(id="digit-title")
        yield MapGrid(ink=Colormap.PIXELS, id="digit", large=Large.WHOLE)
        for slot in range(SLOTS):
            yield ResponsiveText(id=f"title-{slot}")
            yield MapGrid(id=f"map-{slot}", large=Large.WHOLE)
        yield ResponsiveText(id="story")

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply: without maps there is no choice of maps."""
        lacks = action == "maps" and not maps_of(self.scene.network)
        return "this network has no maps" if lacks else super().why_not(action, parameters)

    # Changing the focus

    def action_move(self, direction: str, cells: int) -> None:
        """Go to another cell of the layer, or to another unit of a dense one."""
        move = Move[direction.upper()]

        def change(focus: Focus, network: Network) -> Focus:
            if aim_at(network, focus.layer) is Aim.UNIT:
                return with_unit(focus, network, sum(move.value))
            return moved(focus, network, move, cells)

        self.look(change)

    def action_filter(self, step: int) -> None:
        """Go to the next or the previous map, slot or unit."""
        self.look(lambda focus, network: with_map_or_unit(focus, network, step))

    def action_layer(self, step: int) -> None:
        """Go to the cell that this one is passed on to, or back to a cell that it is computed from."""

        def change(focus: Focus, network: Network) -> Focus:
            place = max(0, min(network.index(focus.layer) + step, len(network) - 1))
            return self._on(network.layers[place], focus, network)

        self.look(change)

    def _on(self, layer: Layer, focus: Focus, network: Network) -> Focus:
        """The focus on another layer, on the map that is drawn for it."""
        if layer.name == focus.layer:
            return focus
        there = to_layer(focus, network, layer.name)
        if network.has_maps(layer.name):
            return replace(there, filter=self._drawn(focus, network)[network.index(layer.name) + 1])
        return replace(there, unit=self.scene.activations.predicted if layer is network.answer else 0)

    def action_unread(self) -> None:
        """Mark what the network never reads, or remove the marks."""
        self._marks_unread = not self._marks_unread
        self.show_scene(None)

    def action_maps(self) -> None:
        """Choose maps for the selected cell, or for its whole map."""
        self._of_this_cell = not self._of_this_cell
        self.show_scene(None)

    def action_open(self) -> None:
        """Show how the cell is computed."""
        self.open(lambda focus, _: focus)

    def on_grid_pointed(self, event: Grid.Pointed) -> None:
        """Select a cell of a map; for a pixel, the cell whose window is centred there."""
        row, col, drawn = event.row, event.col, event.grid.id

        def change(focus: Focus, network: Network) -> Focus:
            if drawn == "digit":
                return _cell_centred_on(row, col, focus, network)
            layer = self.layers_drawn[int(str(drawn).removeprefix("map-"))]
            return to_cell(self._on(layer, focus, network), network, row, col)

        self.look(change)

    # What is drawn

    @property
    def layers_drawn(self) -> tuple[Layer, ...]:
        """The layers whose maps are drawn."""
        network = self.scene.network
        layers, selected = maps_of(network), map_of(network, self.scene.focus.layer)
        last = layers.index(selected) + 1 if selected is not None else 0
        first = max(0, last - SLOTS)
        return layers[first : first + SLOTS]

    def _drawn(self, focus: Focus, network: Network) -> tuple[int, ...]:
        """The number of the map that is drawn for the image and for each layer."""
        layer = map_of(network, focus.layer)
        if layer is None:
            return (focus.filter,)
        cells = reach_of(focus, network).cells if self._of_this_cell else None
        return lineage(self.scene.activations, layer.name, focus.filter, cells)

    def show_scene(self, before: Scene | None) -> None:
        scene, seen = self.scene, reach_of(self.scene.focus, self.scene.network)
        if before is None or self._of_this_cell or _picture(before) != _picture(scene):
            self._show_maps()
        _mark(self.query_one("#digit", MapGrid), seen.pixels, Mark.WINDOW)
        for slot, layer in enumerate(self.layers_drawn):
            place = scene.network.index(layer.name)
            look = Mark.WINDOW if place <= seen.place else Mark.WINNER
            _mark(self.query_one(f"#map-{slot}", MapGrid), seen.cells[place + 1], look)
        self.query_one("#where", Lines).set(field_text.cell(scene))
        self.write("story", partial(self._story, scene, seen))

    def _story(self, scene: Scene, seen: Reach, room: Size) -> list[Line]:
        if self._marks_unread:
            lines = field_text.unread(scene.network, room.width)
        else:
            lines = field_text.story(scene, seen, room.width)
        return lines[: room.height]

    def _show_maps(self) -> None:
        """Update everything that depends on the image, the layer, the map or the network."""
        scene, layers, unread = self.scene, self.layers_drawn, self._unread()
        network, drawn = scene.network, self._drawn(scene.focus, scene.network)
        self.arrange_anew()
        of_this_cell = self._of_this_cell
        self.write("head", lambda room: [field_text.head(scene, of_this_cell, room.width)])
        self.write("digit-title", lambda room: [field_text.image_title(scene)])
        ground = marked(unread[0], Mark.UNREAD)
        self.query_one("#digit", MapGrid).show_image(scene.image.pixels, ground=ground)
        for slot, layer in enumerate(layers):
            selected, place = layer is map_of(network, scene.focus.layer), network.index(layer.name) + 1
            self.query_one(f"#map-{slot}", MapGrid).show(
                np.ascontiguousarray(scene.activations[layer.name].output[..., drawn[place]]),
                ground=marked(unread[place], Mark.UNREAD),
            )
            self.write(f"title-{slot}", partial(_title, network, layer, drawn[place], selected))

    def _unread(self) -> list[NDArray[np.bool_] | None]:
        """The unread cells of the image and of each layer; None if none are marked."""
        network = self.scene.network
        if not self._marks_unread:
            return [None] * (len(network) + 1)
        masks = [
            ~cells.mask(shape)
            for cells, shape in zip(read_at_all(network), (network.input_shape, *network.shapes), strict=True)
        ]
        return [mask if mask.any() else None for mask in masks]


def _picture(scene: Scene) -> tuple[object, ...]:
    """Everything that the drawn maps depend on."""
    focus = scene.focus
    return scene.activations, focus.layer, focus.filter, focus.unit


def _mark(grid: MapGrid, cells: Cells, look: Mark) -> None:
    window = cells.window
    apart = window is not None and window.height * window.width > cells.on_a_map
    grid.mark(window, look=look, only=(cells.rows, cells.cols) if apart else None)


def _title(network: Network, layer: Layer, map: int, selected: bool, room: Size) -> list[Line]:
    return [field_text.map_title(network, layer, map, selected, room.width)]


def _cell_centred_on(row: int, col: int, focus: Focus, network: Network) -> Focus:
    """The cell of the focused map whose window is centred nearest to a pixel."""
    layer = map_of(network, focus.layer)
    focus = replace(focus, layer=network.layers[0].name if layer is None else layer.name)
    field = field_of(network, focus.layer)
    places = [
        round((pixel - offset - (size - 1) / 2) / jump)
        for pixel, offset, size, jump in zip((row, col), field.offset, field.size, field.jump, strict=True)
    ]
    return to_cell(focus, network, *places)
