"""The dense view: one unit's weighted sum, its largest terms, and the source of each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

import numpy as np
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.dense_steps import DenseStep, DenseSteps
from cnntui.cnn.layers import Dense
from cnntui.cnn.network import Network
from cnntui.cnn.window import Window
from cnntui.explore.focus import Focus, retraced, to_term, with_layer, with_unit
from cnntui.explore.scene import Scene, window_of, with_largest_term
from cnntui.ui.keys import views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import image_text
from cnntui.ui.views.base.explorer import InnerScreen
from cnntui.ui.views.base.field_rulers import compose_image, keep_form, show_field
from cnntui.ui.views.base.requests import Follow
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.dense import layout as dense_layout
from cnntui.ui.views.dense import text as dense_text
from cnntui.ui.views.dense.layout import DenseForm
from cnntui.ui.views.dense.text import DenseInput, source_of
from cnntui.ui.widgets.bars.bars import Bars
from cnntui.ui.widgets.cycle import Cycle
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.places import Places, is_small
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.pointed_lines import PointedLines
from cnntui.ui.widgets.text.responsive import ResponsiveText


class DrawnInput(Cycle):
    """The picture of a unit that reads pixels directly, if there is room for only one picture."""

    PRODUCTS = "cells"
    WEIGHTS = "weights"
    DIGIT = "digit"


class DenseScreen(InnerScreen):
    """One unit of a dense layer. Its terms are listed, and the source of the selected one is marked."""

    WORDS: ClassVar[tuple[str, ...]] = ("#where", "#sentence")
    MODE = "dense"
    TEXT = """
A unit of a dense layer multiplies every input by a weight of its own and adds up the products. This screen shows
which inputs make one unit's value large or small.

To the sum of the products the unit's bias is added, and ReLU turns a negative result into 0. The table names the
largest positive and negative products; all the others are one subtotal.

The first dense layer reads the flattened feature maps, so each term has a place: a cell of a map, which covers a
window of the image. Both are marked at the left. The small grid shows where on the maps this unit's sum comes from,
with all maps of a cell added up: warm cells count for the unit, blue ones against it. ↑ ↓ move through the terms, and
o goes to the cell that a term comes from.

A convolution uses the same weights everywhere. A dense layer has a weight for each place, so "this shape in that
place" can count for a class.

When the layer reads pixels directly, a unit's weights are a picture of what it looks for, and the products show where
in this image it finds that. v switches between the weights, the products and the image; a large terminal shows all
three.

The sums of the last layer are the logits, one for each class, and their terms are the units of the layer before. From
there Enter goes on to softmax, which turns logits into probabilities.

The bars are all units of the layer before ReLU or softmax. Bars that hang down become 0 in ReLU. = means that the
numbers shown give the result exactly, ≈ that they are rounded.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(views.DENSE)

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._steps: tuple[object, DenseSteps] | None = None
        self._picture = DrawnInput.PRODUCTS

    def places(self, room: Size) -> Places:
        if self.is_lacking:
            return {}
        source = self.source
        rows, cols, *_ = self.scene.network.input_shape
        cells = (source.maps[0], source.maps[1]) if source.maps is not None else None
        form = DenseForm((rows, cols), cells, source.is_image, self._picture.value)
        return dense_layout.places(room, form)

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="head")
        yield Lines("", id="where")
        yield Lines("", id="digit-title")
        yield from compose_image()
        yield PointedLines(id="terms")
        yield Lines("", id="weights-title")
        yield MapGrid(id="weights", large=Large.WHOLE)
        yield Lines("", id="cells-title")
        yield MapGrid(id="cells", large=Large.WHOLE)
        yield ResponsiveText(id="inputs-title")
        yield Bars(id="inputs")
        yield ResponsiveText(id="units-title")
        yield Bars(id="units")
        yield ResponsiveText(id="sentence")

    # What is shown

    @property
    def dense(self) -> Dense:
        """The focused layer."""
        return self.scene.network.get(self.scene.focus.layer, Dense)

    @property
    def steps(self) -> DenseSteps:
        """All units of the layer, computed once per image."""
        activation = self.scene.activations[self.dense.name]
        if self._steps is None or self._steps[0] is not activation:
            self._steps = activation, DenseSteps(self.dense, activation)
        return self._steps[1]

    @property
    def step(self) -> DenseStep:
        """The unit in focus."""
        return self.steps.at(self.scene.focus.unit)

    @property
    def source(self) -> DenseInput:
        """The source of the layer's inputs."""
        return source_of(self.scene.network, self.dense)

    def _listed(self) -> tuple[int, ...]:
        """The terms in the table, from the top."""
        height = self.query_one("#terms").size.height
        return dense_text.listed(self.step, height, self.scene.focus.source).places

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply: a choice of pictures needs several of them, and room for only one."""
        reason = super().why_not(action, parameters)
        if action != "picture" or reason:
            return reason
        if not self.source.is_image:
            return "only a layer that reads pixels can be drawn as a picture"
        if is_small(self.room):
            return "this window has no room for a picture"
        return "all pictures are in view" if dense_layout.shows_all_pictures(self.room) else ""

    # Moving

    def action_picture(self) -> None:
        """Show another picture of the unit."""
        self._picture = self._picture.next()
        self.arrange_anew()

    def action_unit(self, step: int) -> None:
        """Go to another unit, at the same term."""
        self.look(lambda focus, network: with_unit(focus, network, step))

    def action_term(self, step: int) -> None:
        """Go to another term of the table."""
        listed = self._listed()
        place = listed.index(self.scene.focus.source) + step
        self._point_at(listed[max(0, min(place, len(listed) - 1))])

    def _point_at(self, place: int) -> None:
        """Select the term at a place."""
        self.look(lambda focus, network: to_term(focus, network, place))

    def action_origin(self) -> None:
        """Go to the cell or the unit that the term comes from."""
        self.open(lambda focus, network: retraced(focus, network) or focus)

    def action_layer(self, step: int) -> None:
        """Go to another dense layer."""
        scene = self.scene

        def change(focus: Focus, network: Network) -> Focus:
            after = with_layer(focus, network, network.of_kind(Dense), step)
            if after.layer == focus.layer:
                return focus
            if network[after.layer] is network.answer:
                after = replace(after, unit=scene.activations.predicted)
            return with_largest_term(scene, after)

        self.look(change)

    def action_follow(self) -> None:
        """Follow the unit into the next layer, or the logit into softmax."""
        self.app.post_message(Follow())

    # The mouse

    def on_pointed_lines_pointed(self, event: PointedLines.Pointed) -> None:
        """Select the term of a line of the table."""
        listed = self._listed()
        if 0 < event.line <= len(listed):
            self._point_at(listed[event.line - 1])

    def on_grid_pointed(self, event: Grid.Pointed) -> None:
        """Select the largest term that comes from a cell of the contributions."""
        source = self.source
        if event.grid.id != "cells" or source.maps is None:
            return
        products = np.abs(np.nan_to_num(self.step.products)).reshape(source.maps)[event.row, event.col]
        self._point_at(source.place(event.row, event.col, int(products.argmax())))

    def on_bars_pointed(self, event: Bars.Pointed) -> None:
        """Select the unit or the term of a bar."""
        if event.bars.id == "inputs":
            self._point_at(event.index)
        else:
            self.action_unit(event.index - self.scene.focus.unit)

    # Showing

    def style_grids(self) -> None:
        super().style_grids()
        keep_form(self, "#digit", "#cells", "#weights")

    def show_scene(self, before: Scene | None) -> None:
        scene, focus, layer, source, step = self.scene, self.scene.focus, self.dense, self.source, self.step
        if before is None or before.focus.layer != focus.layer or before.network is not scene.network:
            self.arrange_anew()
            self.refresh_bindings()
        chosen, steps = focus.source, self.steps
        self.write("head", lambda room: [dense_text.head(layer, source, focus.unit, room.width)])
        self.query_one("#where", Lines).set(dense_text.where(source, chosen))
        self.write("terms", lambda room: dense_text.table(step, layer, source, chosen, room.width, room.height))
        units = self.query_one("#units", Bars)
        units.show(steps.pre_activations, focus.unit)
        self.write("units-title", lambda room: [dense_text.units_title(steps, focus.unit, room.width)])
        is_last = layer is scene.network.answer
        self.write("sentence", lambda room: [dense_text.sentence(step, layer, is_last, room.width)])
        self.query_one("#digit-title", Lines).set(image_text.image_title(scene, ""))
        if source.maps is None:
            self._show_inputs(step, source, chosen)
            show_field(self, before, None)
        else:
            self._show_cells(step, source, chosen)
            row, col, _ = source.cell(chosen)
            show_field(self, before, window_of(scene, row, col))
        if source.is_image:
            self._show_weights(step, source, chosen)

    def _show_inputs(self, step: DenseStep, source: DenseInput, chosen: int) -> None:
        """Show the contribution of each unit of the previous layer."""
        self.query_one("#inputs", Bars).show(step.products, chosen)
        self.write("inputs-title", lambda room: [dense_text.inputs_title(step, source, chosen, room.width)])

    def _show_cells(self, step: DenseStep, source: DenseInput, chosen: int) -> None:
        """Show the contribution of each cell of the flattened maps."""
        assert source.maps is not None
        by_cell = step.by_cell(source.maps)
        row, col, _ = source.cell(chosen)
        cells = self.query_one("#cells", MapGrid)
        cells.show(by_cell)
        cells.mark(Window(row, col, 1, 1))
        self.query_one("#cells-title", Lines).set(dense_text.cells_title(float(by_cell[row, col]), source, chosen))

    def _show_weights(self, step: DenseStep, source: DenseInput, chosen: int) -> None:
        """Show the unit's weights, arranged like pixels, and mark the selected term's pixel there and on the image."""
        assert source.maps is not None
        row, col, _ = source.cell(chosen)
        weights, pixel = self.query_one("#weights", MapGrid), Window(row, col, 1, 1)
        weights.show(np.ascontiguousarray(step.weights.reshape(source.maps[:2])))
        weights.mark(pixel)
        self.query_one("#digit", MapGrid).mark(pixel)
        self.query_one("#weights-title", Lines).set(dense_text.weights_title(step, source, chosen))
