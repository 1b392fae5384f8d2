"""The flatten view: a cell of the last map and the slot of the vector that it becomes, in both directions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.layers import Shape, times
from cnntui.cnn.window import Window
from cnntui.explore.focus import Move, map_of, moved, slot_of, to_cell, to_slot, with_filter, with_unit
from cnntui.explore.scene import Scene, window_of
from cnntui.palette import Colormap, Scale
from cnntui.ui.keys import views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import image_text
from cnntui.ui.views.base.explorer import InnerScreen
from cnntui.ui.views.base.field_rulers import compose_image, keep_form, show_field
from cnntui.ui.views.base.requests import Follow
from cnntui.ui.views.flatten import layout as flatten_layout
from cnntui.ui.views.flatten import text as flatten_text
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText


class FlattenScreen(InnerScreen):
    """The last map on the left, the vector on the right, and the arithmetic that joins them."""

    WORDS: ClassVar[tuple[str, ...]] = ("#where", "#arithmetic", "#why")
    MODE = "flatten"
    TEXT = """
Flatten lays the last feature maps out as one long vector, because a dense layer reads a row of numbers. Nothing is
computed and nothing is lost.

The order is row by row, from left to right, and for each cell all its maps side by side. The vector is drawn as a
grid with a line for each cell and a column for each map; read line by line, it is the vector. The arrows move the
cell on the map, and its slot in the vector follows. Comma and full stop move along the vector, and the cell follows.

A dense layer knows nothing of up, down or beside: shuffle all slots in the same way for every image, and it would
learn just as well. But the order is always the same, so a slot always stands for one map and one place, and a weight
can be about "this shape in that place".

A network without convolutions starts here: the image itself is laid out, pixel by pixel. The lines of the vector then
have another length than the lines of the image, which shows what a dense layer is given: no lines at all.

Map colours: stronger is larger, warm is positive, blue is negative. The frame is where you are. Click a cell of either
grid to go there.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(views.FLATTEN)

    def places(self, room: Size) -> Places:
        if self.is_lacking:
            return {}
        rows, cols, count = self.maps
        height, width, *_ = self.scene.network.input_shape
        vector = rows * cols * count // self.across, self.across
        return flatten_layout.places(room, (rows, cols), vector, (height, width), is_single=count == 1)

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="head")
        yield Lines("", id="where")
        yield Lines("", id="map-title")
        yield MapGrid(id="map")
        yield Lines("", id="cell")
        yield ResponsiveText(id="column")
        yield ResponsiveText(id="row")
        yield MapGrid(id="vector", large=Large.PART)
        yield ResponsiveText(id="arithmetic")
        yield ResponsiveText(id="why")
        yield Lines("", id="digit-title")
        yield from compose_image()

    @property
    def maps(self) -> Shape:
        """`(rows, columns, maps)` of the layer's input."""
        return self.scene.maps.shape

    @property
    def across(self) -> int:
        """The number of slots in a line of the grid that shows the vector."""
        return flatten_text.across(self.maps)

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply: a single map leaves no choice of maps."""
        reason = super().why_not(action, parameters)
        return reason or ("there is one map only" if action == "filter" and self.maps[-1] < 2 else "")

    # Moving

    def action_move(self, direction: str, cells: int) -> None:
        """Go to another cell of the map."""
        self.look(lambda focus, network: moved(focus, network, Move[direction.upper()], cells))

    def action_slot(self, step: int) -> None:
        """Go to another slot of the vector."""
        self.look(lambda focus, network: with_unit(focus, network, step))

    def action_filter(self, step: int) -> None:
        """Go to the same cell of another map."""
        self.look(lambda focus, network: with_filter(focus, network, step))

    def on_grid_pointed(self, event: Grid.Pointed) -> None:
        """Select a cell of either grid."""
        row, col = event.row, event.col
        if event.grid.id == "map":
            self.look(lambda focus, network: to_cell(focus, network, row, col))
        elif event.grid.id == "vector":
            slot = row * self.across + col
            self.look(lambda focus, network: to_slot(focus, network, slot))

    # Showing

    def style_grids(self) -> None:
        super().style_grids()
        keep_form(self, "#digit", "#map")
        # Cells of another shape lie in other places.
        self._show_pointers()

    def show_scene(self, before: Scene | None) -> None:
        scene, focus, maps, across = self.scene, self.scene.focus, self.maps, self.across
        stack, slot = scene.maps, slot_of(focus, scene.network)
        is_image = map_of(scene.network, focus.layer) is None
        if before is None or before.activations is not scene.activations:
            self.arrange_anew()
            brightest = scene.network.scale.brightest if is_image else None
            self._scale = Scale.of(stack) if brightest is None else Scale(brightest)
            self._ink = ink = Colormap.SIGNED if brightest is None else Colormap.PIXELS
            self.query_one("#vector", MapGrid).show(stack.reshape(-1, across), self._scale, ink=ink)
            self.write("head", lambda room: [flatten_text.head(focus.layer, maps, room.width)])
        grid = self.query_one("#map", MapGrid)
        grid.show(np.ascontiguousarray(stack[..., focus.filter]), self._scale, ink=self._ink)
        grid.mark(Window(focus.row, focus.col, 1, 1))
        self.query_one("#vector", MapGrid).mark(Window(*divmod(slot, across), 1, 1))
        title: Line = ((scene.title, "strong"),) if is_image else (("map ", "dim"), (f"{focus.filter}", "window"))
        self.query_one("#map-title", Lines).set(title)
        value = float(stack[focus.row, focus.col, focus.filter])
        self.query_one("#cell", Lines).set(*flatten_text.cell(focus.row, focus.col, value, maps))
        self.query_one("#where", Lines).set(flatten_text.where(slot, maps))
        self.write(
            "arithmetic", lambda room: flatten_text.arithmetic(focus.row, focus.col, focus.filter, maps, room.height)
        )
        self._show_pointers()
        field = window_of(scene, focus.row, focus.col)
        show_field(self, before, field)
        self.query_one("#digit-title", Lines).set(image_text.image_title(scene, times((field.height, field.width))))
        self.write(
            "why",
            lambda room: flatten_text.why(
                focus.row, focus.col, maps, None if is_image else field, room.width, room.height
            ),
        )

    def _show_pointers(self) -> None:
        """Point at the slot's line and column in the vector, where a single cell is easily overlooked."""
        focus, vector, maps = self.scene.focus, self.query_one("#vector", MapGrid), self.maps
        slot = slot_of(focus, self.scene.network)
        line, place = divmod(slot, self.across)
        label = f"map {focus.filter}" if maps[-1] > 1 else f"slot {slot}"

        def column(room: Size) -> list[Line]:
            return [flatten_text.column_pointer(label, vector.place_of(line, place).x, room.width)]

        def row(room: Size) -> list[Line]:
            return flatten_text.row_pointer(vector.place_of(line, place).y, room.height)

        self.write("column", column)
        self.write("row", row)

    def action_follow(self) -> None:
        """Follow the slot into the dense layer."""
        self.app.post_message(Follow())
