"""The hierarchy lab: the patches of all images that activate a filter most, for several layers side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.network import Network
from cnntui.cnn.receptive_field import receptive_field
from cnntui.explore.focus import Focus, Move
from cnntui.explore.scene import Scene
from cnntui.labs.hierarchy import Patch, Search
from cnntui.palette import Colormap
from cnntui.ui.keys import labs
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs.background import BackgroundLab
from cnntui.ui.views.labs.hierarchy import layout
from cnntui.ui.views.labs.hierarchy import text as hierarchy_text
from cnntui.ui.views.labs.hierarchy.layout import COLUMNS
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.kernel_grid import KernelGrid
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText

RANKS = 48
"""The most patches of a filter that can be selected."""


class HierarchyLab(BackgroundLab):
    """A lab that searches while it is in front, and keeps the results."""

    WORDS: ClassVar[tuple[str, ...]] = ("#patch", "#found")
    MODE = "hierarchy"
    TEXT = """
This lab finds the image patches that excite each filter most. Convolutions are said to learn a hierarchy: the first
layer finds small patterns such as strokes, and each later layer finds larger ones built from those.

The network reads all test images. For each, the patch behind the filter's largest output is kept, at the size of the
receptive field. The strongest come first, for three layers side by side. What a filter's patches share suggests what
it looks for; what differs matters less to it, or was outweighed. Patches with equal outputs stand in the order of the
images.

Below each filter are the classes of its first 100 patches. A filter for a stroke that all digits have shows every
class about equally; one that detects a part of an 8 shows mostly 8s. The sentence at the bottom is the average over
all filters of each layer, measured here.

The arrows choose a patch, f the filter and [ ] the layer. Enter opens the patch's image on Convolve, at the cell that
was excited.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(labs.HIERARCHY)

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._search = Search(self.scene.network, self.scene.data)
        self._filters: dict[str, int] = {}
        self._selected = 0
        self._rank = 0

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="head")
        for place in range(COLUMNS):
            yield Lines("", "", id=f"title-{place}")
            yield KernelGrid(ink=Colormap.PIXELS, id=f"wall-{place}")
            yield ResponsiveText(id=f"classes-{place}")
        yield Lines("", id="patch")
        yield ResponsiveText(id="found")

    def places(self, room: Size) -> Places:
        return layout.places(room, min(COLUMNS, len(self._layers)))

    # Searching

    @property
    def job(self) -> Search:
        return self._search

    def job_finished(self) -> None:
        """Search again if the network has continued to learn."""
        if self._search.network is not self.scene.network:
            self._begin()

    def _begin(self) -> None:
        self.halt()
        self._search = Search(self.scene.network, self.scene.data)
        self.start_job()

    # What is selected

    @property
    def _layers(self) -> tuple[Conv2D, ...]:
        return self._search.layers

    @property
    def _layer(self) -> Conv2D:
        return self._layers[self._selected]

    @property
    def _first(self) -> int:
        """The first layer in view."""
        return max(0, min(self._selected - COLUMNS // 2, len(self._layers) - COLUMNS))

    @property
    def _shown(self) -> int:
        """How many patches of a filter are in view: as many of the strongest as fit."""
        layers = self._layers[self._first : self._first + COLUMNS]
        fields = [receptive_field(self._search.network, layer.name).size for layer in layers]
        wall = self.places(self.room).get("wall-0")
        return layout.patches_in(wall.size, max(fields)) if wall else 1

    def _filter_of(self, layer: Conv2D) -> int:
        return min(self._filters.get(layer.name, 0), layer.filters - 1)

    def _patches(self, layer: Conv2D) -> list[Patch]:
        """The patches of a layer's filter that are in view; in the selected layer, those around the selected one."""
        page = self._rank // self._shown if layer is self._layer else 0
        return self._search.best(layer.name, self._filter_of(layer), (page + 1) * self._shown)[page * self._shown :]

    @property
    def chosen(self) -> Patch | None:
        """The selected patch; None if none has been found."""
        if not self._layers:
            return None
        patches = self._patches(self._layer)
        place = min(self._rank % self._shown, len(patches) - 1)
        return patches[place] if patches else None

    def action_move(self, direction: str, cells: int) -> None:
        """Select another patch."""
        down, along = Move[direction.upper()].value
        wall = self.query_one(f"#wall-{self._selected - self._first}", KernelGrid)
        rank = self._rank + (down * wall.tiling.across + along) * cells
        available = len(self._search.best(self._layer.name, self._filter_of(self._layer), RANKS)) if self._layers else 0
        self._rank = min(max(rank, 0), max(available - 1, 0))
        self.show_found()

    def action_filter(self, step: int) -> None:
        """Go to the next or the previous filter of the selected layer."""
        if self._layers:
            layer = self._layer
            self._select(self._selected, (self._filter_of(layer) + step) % layer.filters)

    def action_layer(self, step: int) -> None:
        """Go to the next or the previous layer."""
        if self._layers:
            place = (self._selected + step) % len(self._layers)
            self._select(place, self._filter_of(self._layers[place]))

    def _select(self, place: int, filter: int) -> None:
        layer = self._layers[place].name

        def change(focus: Focus, network: Network) -> Focus:
            return replace(focus, layer=layer, filter=filter, channel=0) if layer in network else focus

        self.look(change)

    def action_open(self) -> None:
        """Open the selected patch's image on Convolve."""
        patch = self.chosen
        if patch is None:
            self.hint("no patch excites this filter")
            return
        layer, filter = self._layer.name, self._filter_of(self._layer)

        def change(focus: Focus, network: Network) -> Focus:
            there = replace(focus, index=patch.index, own=False, row=patch.row, col=patch.col)
            return replace(there, layer=layer, filter=filter)

        self.open(change)

    def on_grid_pointed(self, event: Grid.Pointed) -> None:
        """Select a patch; open it if it is already selected."""
        place = self._first + int(str(event.grid.id).removeprefix("wall-"))
        if place != self._selected:
            self._rank = event.tile
            self._select(place, self._filter_of(self._layers[place]))
        elif event.tile == self._rank % self._shown:
            self.action_open()
        else:
            self._rank += event.tile - self._rank % self._shown
            self.show_found()

    # Showing

    def show_scene(self, before: Scene | None) -> None:
        scene = self.scene
        if self._search.network is not scene.network:
            is_alike = [layer.kernel.shape for layer in self._search.layers] == [
                layer.kernel.shape for layer in scene.network.of_kind(Conv2D)
            ]
            # While a network trains, finish the search with the weights that it began with before starting another.
            if not is_alike or self._search.averages or self._search.data is not scene.data:
                self._begin()
        names = [layer.name for layer in self._layers]
        if scene.focus.layer in names:
            place, filter = names.index(scene.focus.layer), scene.focus.filter
            if (place, filter) != (self._selected, self._filter_of(self._layers[place])):
                self._selected, self._filters[scene.focus.layer] = place, filter
                self._rank = 0
        self._selected = min(self._selected, max(0, len(names) - 1))
        self.show_found()

    def show_found(self) -> None:
        """Show the best patches found so far."""
        search, layers = self._search, self._layers[self._first : self._first + COLUMNS]
        self.write("head", lambda room: [hierarchy_text.head(search, room.width)])
        for place, layer in enumerate(layers):
            title, wall = self.query_one(f"#title-{place}", Lines), self.query_one(f"#wall-{place}", KernelGrid)
            filter, is_selected = self._filter_of(layer), layer is self._layer
            title.set(*hierarchy_text.title(search, layer.name, filter, is_selected, self.has_class("-compact")))
            patches = self._patches(layer)
            size = receptive_field(search.network, layer.name).size
            pixels = np.zeros((*size, self._shown), np.float32)
            for index, patch in enumerate(patches):
                pixels[..., index] = patch.pixels
            wall.show(pixels)
            wall.choose(min(self._rank % self._shown, max(0, len(patches) - 1)) if is_selected else None)
            self.write(f"classes-{place}", partial(_classes, search, layer.name, filter))
        chosen = self.chosen if search.done else None
        compact = self.has_class("-compact")
        words = hierarchy_text.patch(search, chosen, self._rank, compact) if search.done else ()
        self.query_one("#patch", Lines).set(words)
        self.arrange_anew()
        self.write("found", partial(_found, search.averages, len(search.data.classes)))


def _classes(search: Search, name: str, filter: int, room: Size) -> list[Line]:
    return [hierarchy_text.classes(search, name, filter, room.width)] if search.done else []


def _found(averages: Sequence[tuple[str, float]], classes: int, room: Size) -> list[Line]:
    return hierarchy_text.found(averages, classes, room.width)
