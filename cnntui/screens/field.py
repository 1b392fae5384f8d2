"""What a cell sees: its window on the digit, and on all the maps between, outlined side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.arithmetic import number
from cnntui.cnn.layers import Conv2D, Dense, Layer, MaxPool2D
from cnntui.cnn.lineage import lineage
from cnntui.cnn.network import Network
from cnntui.focus import Focus, Move, map_of, maps_of, moved, to_layer, with_filter, with_unit
from cnntui.palette import Ink, Mark, Scale
from cnntui.scene import Scene
from cnntui.screens import field_text
from cnntui.screens.explorer import ExplorerScreen
from cnntui.screens.field_text import Sight
from cnntui.widgets.fitted import FittedLines
from cnntui.widgets.geometry import GridStyle
from cnntui.widgets.lines import FILL, Line, Lines
from cnntui.widgets.map_grid import MapGrid

SLOTS = 5
"""Maps that there is room for; of more layers those up to the selected one are shown."""

FAR = 10_000
"""More cells than any map has: to the edge."""


class FieldScreen(ExplorerScreen):
    """One number, all cells that it is made from, back to the pixels, and all that are made from it."""

    MODE = "field"
    TAB = "network"
    NAME = "What a cell sees"
    TEXT = """
To be written.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "move('right', 1)", "Cell", key_display="←↑↓→", tooltip="One cell right"),
        Binding("left,h", "move('left', 1)", "One cell left", show=False),
        Binding("up,k", "move('up', 1)", "One cell up", show=False),
        Binding("down,j", "move('down', 1)", "One cell down", show=False),
        Binding("shift+left,H", "move('left', 5)", "Five cells left", show=False),
        Binding("shift+right,L", "move('right', 5)", "Five cells right", show=False),
        Binding("shift+up,K", "move('up', 5)", "Five cells up", show=False),
        Binding("shift+down,J", "move('down', 5)", "Five cells down", show=False),
        Binding("home", f"move('left', {FAR})", "First cell of the row", show=False),
        Binding("end", f"move('right', {FAR})", "Last cell of the row", show=False),
        Binding("pageup", f"move('up', {FAR})", "First cell of the column", show=False),
        Binding("pagedown", f"move('down', {FAR})", "Last cell of the column", show=False),
        Binding("right_square_bracket", "layer(1)", "Layer", key_display="[ ]", tooltip="Next layer"),
        Binding("left_square_bracket", "layer(-1)", "Previous layer", show=False),
        Binding("f", "filter(1)", "Filter", tooltip="Next filter, map, unit or slot"),
        Binding("F", "filter(-1)", "Previous filter, map, unit or slot", show=False),
        Binding("u", "unread", "Unread", tooltip="What the network never reads"),
        Binding("enter", "open", "Open", tooltip="Open the cell: how it is computed"),
        Binding("t", "app.train", "Start training", show=False),
    ]

    def __init__(self, scene: Scene, style: GridStyle) -> None:
        super().__init__(scene, style)
        self._unread = False

    def compose_stage(self) -> Iterable[Widget]:
        yield Lines("", id="head")
        yield Lines("", id="where")
        yield FittedLines(id="digit-title")
        yield MapGrid(ink=Ink.PIXELS, tiles=4, id="digit")
        for slot in range(SLOTS):
            yield FittedLines(id=f"title-{slot}")
            yield MapGrid(tiles=4 if slot == 0 else 0, id=f"map-{slot}")
        yield FittedLines(id="story")

    def action_move(self, direction: str, cells: int) -> None:
        """Look at another cell of the layer."""
        self.look(lambda focus, network: moved(focus, network, Move[direction.upper()], cells))

    def action_filter(self, step: int) -> None:
        """The next or the previous map, unit or slot."""

        def change(focus: Focus, network: Network) -> Focus:
            return (with_unit if isinstance(network[focus.layer], Dense) else with_filter)(focus, network, step)

        self.look(change)

    def action_layer(self, step: int) -> None:
        """The next or the previous layer."""

        def change(focus: Focus, network: Network) -> Focus:
            place = max(0, min(network.index(focus.layer) + step, len(network) - 1))
            return to_layer(focus, network, network.layers[place].name)

        self.look(change)

    def action_unread(self) -> None:
        """Mark what the network never reads, or no longer."""
        self._unread = not self._unread
        self.show_scene(None)

    def action_open(self) -> None:
        """Show how the cell is computed."""
        self.app.post_message(self.Open(lambda focus, _: focus))

    # Showing

    def shown(self, network: Network, focus: Focus) -> tuple[Layer, ...]:
        """The layers whose maps are drawn."""
        layers = maps_of(network)
        place = layers.index(map_of(network, focus.layer))
        first = max(0, min(place + 1, len(layers)) - SLOTS)
        return layers[first : first + SLOTS]

    def show_scene(self, before: Scene | None) -> None:
        scene = self.scene
        focus, network = scene.focus, scene.network
        seen = field_text.sight(focus, network)
        if before is None or (before.steps, before.focus.layer, before.focus.unit) != (
            scene.steps, focus.layer, focus.unit,
        ) or before.activations is not scene.activations:  # fmt: skip
            self._show_maps()
        digit = self.query_one("#digit", MapGrid)
        digit.mark(seen.pixels.window)
        for slot, layer in enumerate(self.shown(network, focus)):
            place = network.index(layer.name)
            look = Mark.WINDOW if place <= seen.place else Mark.WINNER
            self.query_one(f"#map-{slot}", MapGrid).mark(seen.cells[place + 1].window, look=look)
        value = 0.0
        self.query_one("#where", Lines).set((FILL, (f"cell ({focus.row}, {focus.col})   {number(value)}", "window")))
        self.query_one("#story", FittedLines).write(lambda room: self._story(seen, room))

    def _show_maps(self) -> None:
        scene = self.scene
        focus, network = scene.focus, scene.network
        self.query_one("#head", Lines).set(field_text.head(focus, network))
        self.query_one("#digit", MapGrid).show(np.ascontiguousarray(scene.activations.image[..., 0]), Scale(1.0))
        line: Line = ((f"{scene.title}", "strong"),)
        self.query_one("#digit-title", FittedLines).write(lambda room: [line])
        maps = lineage(scene.activations, map_of(network, focus.layer).name, focus.filter)
        for slot, layer in enumerate(self.shown(network, focus)):
            output = scene.activations[layer.name].output
            map = maps[network.index(layer.name) + 1]
            self.query_one(f"#map-{slot}", MapGrid).show(np.ascontiguousarray(output[..., map]))
            title = self.query_one(f"#title-{slot}", FittedLines)
            title.write(_titled(layer, map, output.shape[-1], layer.name == focus.layer))

    def _story(self, seen: Sight, room: Size) -> list[Line]:
        network = self.scene.network
        layer = network[self.scene.focus.layer]
        lines = [field_text.sees(network, seen), field_text.where(seen)]
        if isinstance(layer, Conv2D | MaxPool2D):
            lines += field_text.growth(network, layer, room.width)
            lines += field_text.why(network, layer, room.width)
        return lines


def _titled(layer: Layer, map: int, maps: int, selected: bool):
    return lambda room: [field_text.title(layer, map, maps, selected, room.width)]
