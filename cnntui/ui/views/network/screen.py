"""Network: all layers in order, and the complete output of the selected one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import prod
from typing import ClassVar

import numpy as np
from textual import on
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.layers import Layer, times
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.cnn.receptive_field import receptive_field
from cnntui.cnn.window import Window
from cnntui.explore.focus import (
    Focus,
    maps_of,
    reads_pixels,
    to_cell,
    to_layer,
    with_filter,
    with_map_or_unit,
    with_unit,
)
from cnntui.explore.scene import Scene, with_largest_term
from cnntui.palette import Colormap, Scale
from cnntui.ui.keys import views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import image_text
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.network import layout as network_layout
from cnntui.ui.views.network import table as network_table
from cnntui.ui.views.network import text as network_text
from cnntui.ui.views.network.layout import NetworkForm, OutputKind
from cnntui.ui.views.network.outputs import (
    MapColours,
    colour_limits,
    flattened_vector,
    lines_apart,
    neighbour_of,
    output_kind,
    selected_layer,
    selected_place,
    unit_weights,
)
from cnntui.ui.widgets.bars.bars import Bars
from cnntui.ui.widgets.grids.gallery import Gallery
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.pointed_lines import PointedLines
from cnntui.ui.widgets.text.responsive import ResponsiveText


class NetworkScreen(ExplorerScreen):
    """The table of layers, and the maps or units of the selected layer."""

    WORDS: ClassVar[tuple[str, ...]] = ("#title", "#map-title", "#slot")
    MODE = "network"
    TEXT = """
Read from top to bottom: this is an image's path through the network. It shows what each layer computes, how large its
output is, and where the parameters are.

Each layer reads the output of the one above it. Maps shrink and multiply, until they are laid out as one long vector;
from that the dense layers compute one number per class, and softmax turns those into probabilities. Where a network
branches, arcs beside the names lead from a layer to those that read it (╭ to ╰). Where several layers read a number,
following it asks which way to go.

The receptive field is how many pixels of the image one cell of a map depends on. It grows from layer to layer: the
first maps detect strokes and edges, the last ones larger shapes made of them.

Parameter counts are written out as arithmetic. A convolution has one weight for each cell of its window, each input
channel and each filter, and one bias per filter, however large the image is. A dense layer has one weight for each
pair of input and unit; where it reads a long vector, most of the parameters are there.

At the bottom are all maps of the selected layer, small, and one of them large. Where there is little room, several
cells are drawn as one, with the largest value among them, and the title says so. The wheel or moving on brings the
others into view. v chooses what the strongest colour means: the largest value of each map, which shows shapes, or of
the layer or the whole network, which shows how strong each map is.

For a network from a file, the first line gives its input scale: how a pixel's level, 0 to 255, is converted before
the first layer reads it. A file does not always say on what scale its network was trained, and at a wrong one every
number here would be wrong. If the first layer does not settle it, it is measured: the scale with the highest accuracy
on the test images. i chooses another one, which is remembered for the file. 0..1 is used where the measurement cannot
decide.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(views.NETWORK)

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._colours = MapColours.MAP
        self._shown: tuple[object, ...] = ()
        self._strongest: Floats = np.zeros(0, np.float32)

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="scale")
        yield PointedLines(id="layers")
        yield ResponsiveText(id="title")
        yield Lines("", id="map-title")
        yield Lines("", id="digit-title")
        yield MapGrid(ink=Colormap.PIXELS, id="digit", large=Large.WHOLE)
        yield Gallery(enlarge=True, id="gallery")
        yield MapGrid(id="map")
        yield ResponsiveText(id="neighbour-title")
        yield Gallery(enlarge=True, id="neighbour")
        yield MapGrid(id="vector", large=Large.PART)
        yield ResponsiveText(id="slot")
        yield Bars(id="before")
        yield ResponsiveText(id="after-title")
        yield Bars(signed=False, id="after")
        yield PointedLines(id="classes")

    # What is selected

    @property
    def selected(self) -> Layer:
        """The selected layer."""
        return selected_layer(self.scene)

    @property
    def place(self) -> int:
        """The selected unit or slot of a flatten or dense layer."""
        return selected_place(self.scene)

    def action_layer(self, step: int) -> None:
        """Go to the layer below or above."""

        # Computed when its turn comes: the previous key may still be on its way.
        def change(focus: Focus, network: Network) -> Focus:
            place = network.index(focus.layer) + step
            return self._select(network.layers[max(0, min(place, len(network) - 1))], focus, network)

        self.look(change)

    def _select(self, layer: Layer, focus: Focus, network: Network) -> Focus:
        if layer.name == focus.layer:
            return focus
        unit = self.scene.activations.predicted if layer is network.answer else 0
        return to_layer(replace(focus, unit=unit), network, layer.name)

    def action_channel(self, step: int) -> None:
        """Go to the next or the previous map, unit or slot."""
        self.look(lambda focus, network: with_map_or_unit(focus, network, step))

    def _go_to_place(self, place: int) -> None:
        self.look(lambda focus, network: with_unit(focus, network, place - self.place))

    def action_colours(self) -> None:
        """Scale the colours to something else."""
        self._colours = self._colours.next()
        self.show_scene(None)

    def action_open(self) -> None:
        """Show how the selected number is computed."""
        self.open(lambda focus, _: with_largest_term(self.scene, focus))

    # The mouse

    def on_pointed_lines_pointed(self, event: PointedLines.Pointed) -> None:
        """Select the layer of a line of the table, or the class of a line of the classes."""
        if event.lines.id == "classes":
            # If there are too few lines, the classes are in another order.
            classes = prod(self.scene.network.output_shape_of(self.selected.name))
            apart = lines_apart(event.lines.size.height, classes)
            if apart and event.line > 0 and (place := (event.line - 1) // apart) < classes:
                self._go_to_place(place)
            return
        network = self.scene.network
        first = network_table.first_row(network, self.selected.name, *event.lines.size)
        place = first + event.line - 1
        if event.line > 0 and place < len(network):
            name = network.layers[place].name
            self.look(lambda focus, network: self._select(network[name], focus, network))

    @on(Grid.Pointed, "Gallery")
    def on_small_map(self, event: Grid.Pointed) -> None:
        """Make a small map the large one; in the neighbouring layer, select that layer as well."""
        index, layer = event.tile, self.selected
        if event.grid.id == "neighbour":
            layer = neighbour_of(self.scene.network, self.selected) or layer

        def change(focus: Focus, network: Network) -> Focus:
            there = self._select(layer, focus, network)
            return with_filter(there, network, index - there.filter)

        self.look(change)

    def on_bars_pointed(self, event: Bars.Pointed) -> None:
        """Select the unit of a bar."""
        self._go_to_place(event.index)

    @on(Grid.Pointed, "MapGrid")
    def on_cell(self, event: Grid.Pointed) -> None:
        """Select the cell of the large map that Convolve or Pool opens on, or a slot of the vector."""
        row, col = event.row, event.col
        if event.grid.id == "map":
            self.look(lambda focus, network: to_cell(focus, network, row, col))
        elif output_kind(self.scene) is OutputKind.VECTOR:
            # Otherwise another layer has been selected, and the vector has not left the stage yet.
            self._go_to_place(row * flattened_vector(self.scene).shape[1] + col)

    # Layout

    def places(self, room: Size) -> Places:
        if self.is_lacking:
            return {}
        network, layer, kind = self.scene.network, self.selected, output_kind(self.scene)
        height, width, *_ = rows, cols, *_ = network.input_shape
        if kind is OutputKind.MAPS:
            rows, cols = network.output_shape_of(layer.name)[:2]
        elif kind is OutputKind.VECTOR:
            rows, cols = flattened_vector(self.scene).shape
        form = NetworkForm(
            kind=kind,
            layers=len(network),
            image=(height, width),
            grid=(rows, cols),
            is_pictured=reads_pixels(network, layer.name),
            is_scaled=self.state.evidence is not None,
            maps=network.output_shape_of(layer.name)[-1],
            has_neighbour=kind is OutputKind.MAPS and neighbour_of(self.scene.network, self.selected) is not None,
        )
        return network_layout.places(room, form)

    # Showing

    def show_scene(self, before: Scene | None) -> None:
        scene, layer, kind = self.scene, self.selected, output_kind(self.scene)
        self.arrange_anew()
        evidence = self.state.evidence
        if evidence is not None:
            self.write("scale", lambda room: [network_text.scale_line(evidence, room.width)])
        moment = "layer" if self.timeline.following or scene.step is None else f"batch {scene.step:,}"
        table = (scene.network, layer.name, moment)
        if before is None or self._shown != table:
            self._shown = table
            self.write(
                "layers", lambda room: network_table.table(scene.network, layer.name, room.width, room.height, moment)
            )
        match kind:
            case OutputKind.UNITS | OutputKind.CLASSES:
                self._show_units(layer, kind is OutputKind.CLASSES)
            case OutputKind.VECTOR:
                self._show_slots(layer)
            case OutputKind.MAPS:
                self._show_maps(layer, before)
        if before is None or not _same_place(before, scene):
            self._show_image(layer)

    def _show_image(self, layer: Layer) -> None:
        """Show the image, and mark the receptive field of the selected cell."""
        scene, window = self.scene, None
        if scene.network.has_maps(layer.name):
            window = receptive_field(scene.network, layer.name).window(scene.focus.row, scene.focus.col)
        digit = self.query_one("#digit", MapGrid)
        digit.show_image(scene.image.pixels)
        digit.mark(window)
        field = times((window.height, window.width)) if window is not None else ""
        self.query_one("#digit-title", Lines).set(image_text.image_title(scene, field))

    def _show_maps(self, layer: Layer, before: Scene | None) -> None:
        scene, channel = self.scene, self.scene.focus.filter
        maps = scene.activations[layer.name].output
        if before is None or not _same_place(before, scene):
            # The limits are the same for all maps of the layer, which the user may go through one after the other.
            self._strongest = colour_limits(self.scene, maps, self._colours)
        limits = self._strongest
        gallery = self.query_one("#gallery", Gallery)
        gallery.show(maps, limits, channel)
        own = maps[..., channel]
        large = self.query_one("#map", MapGrid)
        large.show(own, Scale(float(limits[channel]) or 1.0))
        large.mark(Window(scene.focus.row, scene.focus.col, 1, 1))
        self._show_maps_title()
        self.query_one("#map-title", Lines).set(*network_text.map_title(scene.focus, own, float(limits[channel])))

        if self.has_room_for("neighbour"):
            self._show_neighbour()

    def _show_neighbour(self) -> None:
        """Show the maps of the neighbouring layer, coloured in the same way."""
        neighbour, gallery = neighbour_of(self.scene.network, self.selected), self.query_one("#neighbour", Gallery)
        if neighbour is None:
            return
        scene = self.scene
        maps = scene.activations[neighbour.name].output
        reads = scene.network.index(neighbour.name) > scene.network.index(self.selected.name)
        same = not (neighbour if reads else self.selected).MIXES_MAPS
        gallery.show(maps, colour_limits(self.scene, maps, self._colours), scene.focus.filter if same else None)
        self.write(
            "neighbour-title", lambda room: [network_text.neighbour_title(neighbour, maps, reads, gallery.shown)]
        )

    def _show_maps_title(self) -> None:
        layer, focus, colours = self.selected, self.scene.focus, self._colours.value
        gallery = self.query_one("#gallery", Gallery)

        # Asked when the title is painted: only then does the gallery know its room.
        def title(room: Size) -> list[Line]:
            reduced, shown, count = gallery.reduced, gallery.shown, gallery.count
            return [network_text.maps_title(layer, focus, colours, reduced, room.width, shown, count)]

        self.write("title", title)

    def on_gallery_refitted(self) -> None:
        """Update the titles after the maps have been laid out, perhaps in a new room."""
        if output_kind(self.scene) is OutputKind.MAPS:
            self._show_maps_title()
            if self.has_room_for("neighbour"):
                self._show_neighbour()

    def _show_slots(self, layer: Layer) -> None:
        vector, place = flattened_vector(self.scene), self.place
        grid, network = self.query_one("#vector", MapGrid), self.scene.network
        brightest = None if maps_of(network) else network.scale.brightest
        ink = Colormap.SIGNED if brightest is None else Colormap.PIXELS
        grid.show(vector, None if brightest is None else Scale(brightest), ink=ink)
        row, col = divmod(place, vector.shape[1])
        grid.mark(Window(row, col, 1, 1))
        self.write("slot", lambda room: network_text.slot(self.scene, layer, place, room.width))

    def _show_units(self, layer: Layer, is_classes: bool) -> None:
        activation, place = self.scene.activations[layer.name], self.place
        weighted, output = float(activation.pre_activation[place]), float(activation.output[place])
        self.write(
            "title",
            lambda room: [network_text.unit_title(layer, place, activation.output.size, weighted, output, room.width)],
        )
        if is_classes:
            activations, names = self.scene.activations, self.scene.class_names
            self.write(
                "classes", lambda room: network_text.probabilities(activations, names, place, room.width, room.height)
            )
            return
        if reads_pixels(self.scene.network, layer.name):
            self._show_weights(place)
        self.query_one("#before", Bars).show(activation.pre_activation, place)
        self.write("after-title", lambda room: [network_text.passed(layer, activation.output, place, room.width)])
        after = self.query_one("#after", Bars)
        if layer.activation != "linear":
            after.show(activation.output, place)
        else:
            after.show(activation.output[:0])

    def _show_weights(self, unit: int) -> None:
        """Show the weights of a unit that reads pixels, arranged like the pixels: the pattern that it looks for."""
        picture = unit_weights(self.scene)
        grid = self.query_one("#map", MapGrid)
        grid.show(picture)
        grid.mark(None)
        self.query_one("#map-title", Lines).set(*network_text.weights_title(unit, picture))


def _same_place(before: Scene, after: Scene) -> bool:
    """Whether two scenes have the same image, layer and cell, so that at most the map differs."""
    one, two = before.focus, after.focus
    same_cell = (one.layer, one.row, one.col) == (two.layer, two.row, two.col)
    return same_cell and before.activations is after.activations
