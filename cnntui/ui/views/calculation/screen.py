"""A number of any layer, taken apart: the page for layers without a view of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.arithmetic import number
from cnntui.cnn.contributions import NumberPlace
from cnntui.cnn.folding import Folding, folding_of
from cnntui.cnn.layers import times
from cnntui.cnn.layers.operation import Operation
from cnntui.cnn.network import Activations
from cnntui.explore.focus import readers_of, with_map_or_unit
from cnntui.explore.scene import Scene
from cnntui.palette import Colormap, Scale
from cnntui.ui.keys import views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import image_text
from cnntui.ui.views.base.requests import Follow
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.base.tree import text as tree_text
from cnntui.ui.views.base.tree.screen import TreeScreen, seen
from cnntui.ui.views.calculation import layout as calculation_layout
from cnntui.ui.views.calculation import text as calculation_text
from cnntui.ui.views.calculation.diagram import Diagram, DrawnMap, diagram_of
from cnntui.ui.views.calculation.layout import MOST_INPUTS, SIGN, CalculationForm
from cnntui.ui.views.calculation.number import number_in_focus
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.places import TEXT_WIDTH, Places
from cnntui.ui.widgets.text.line import Line, in_lines
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.pointed_lines import PointedLines
from cnntui.ui.widgets.text.responsive import ResponsiveText

MOST_TERMS = 6
"""The number of terms of a sum that are written out."""


class CalculationScreen(TreeScreen):
    """The focused number and its terms, down to the pixels."""

    WORDS: ClassVar[tuple[str, ...]] = ("#head", "#details", "#rule", "#equation")
    MODE = "calculation"
    TEXT = """
This page shows how one number of the network is computed, as a sum you can open down to the pixels. It answers the
question "where does this number come from?" for any layer.

Open a number (→) to see its terms, the largest first; open those in turn. The terms add up to the number: = means
that the numbers shown give the result exactly, ≈ that they are rounded.

Enter on the number at the top follows it into the next layer. Enter on a term shows how that term is computed.

Some numbers are not sums. A layer that passes a number on unchanged has one number below it, and a number that ReLU
set to 0 contributes nothing, whatever it was before.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(views.CALCULATION)

    def __init__(self, state: AppState) -> None:
        super().__init__(state, number_in_focus(state.scene))
        self._arranged_for = CalculationForm()
        self._drawn: tuple[tuple[Activations, NumberPlace], Diagram] | None = None

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="head")
        yield Lines("", id="digit-title")
        yield MapGrid(ink=Colormap.PIXELS, id="digit", large=Large.WHOLE)
        for name in (*(f"input-{place}" for place in range(MOST_INPUTS)), "result"):
            yield ResponsiveText(id=f"{name}-title")
            yield MapGrid(id=name, large=Large.WHOLE)
        for place in range(MOST_INPUTS):
            yield Lines("", id=f"sign-{place}")
        yield Lines("", id="number")
        for name in ("kernel", "folded"):
            yield ResponsiveText(id=f"{name}-title")
            yield MapGrid(style=GridStyle.NUMBERS, id=name)
        yield Lines("", id="folded-bias")
        yield ResponsiveText(id="steps")
        yield Lines("", id="details")
        yield ResponsiveText(id="heading")
        yield PointedLines(id="tree")
        yield ResponsiveText(id="rule")
        yield ResponsiveText(id="equation")

    # Layout

    def places(self, room: Size) -> Places:
        if self.is_lacking:
            return {}
        return calculation_layout.places(room, self._form)

    @property
    def _form(self) -> CalculationForm:
        diagram, conv = self._diagram, self._folding.before if self._folding is not None else None
        return CalculationForm(
            tuple(each.shape for each in diagram.inputs),
            diagram.output.shape if diagram.output is not None else None,
            len(self._operations),
            1 + (len(self._said) > min(TEXT_WIDTH, self.size.width - 2)),
            (conv.kernel.shape[0], conv.kernel.shape[1]) if conv is not None else None,
            self.scene.image.grey.shape if all(each.pixels is None for each in diagram.inputs) else None,
        )

    @property
    def _diagram(self) -> Diagram:
        about = self.scene.activations, self.unfolding.top.place
        if self._drawn is None or self._drawn[0] != about:
            self._drawn = about, diagram_of(self.scene, about[1])
        return self._drawn[1]

    @property
    def _operations(self) -> tuple[Operation, ...]:
        place = self.unfolding.top.place
        return self.scene.network[place.layer].operations(place.index, self.scene.activations[place.layer])

    @property
    def _said(self) -> str:
        """The layer in words."""
        top, network = self.unfolding.top, self.scene.network
        if (folding := self._folding) is not None:
            return calculation_text.folding(folding.name, top.place.index[-1])
        layer = network[top.place.layer]
        return calculation_text.shortcut(network, layer) or layer.rule(top.place.index, top.activations[layer.name])

    @property
    def _folding(self) -> Folding | None:
        return folding_of(self.scene.network, self.unfolding.top.place)

    def action_follow(self) -> None:
        """Follow the focused number into the next layer; for one of its terms, show how the term is computed."""
        if self.row.node is not self.unfolding.top:
            super().action_follow()
        elif (
            readers_of(self.scene.focus, self.scene.network) or self.scene.network.after(self.scene.focus.layer) is None
        ):
            self.post_message(Follow())
        else:
            self.hint("nothing reads this number")

    def action_map(self, step: int) -> None:
        """Go to the number at the same place in another map, or to another number of a vector."""
        self.look(lambda focus, network: with_map_or_unit(focus, network, step))

    def show_scene(self, before: Scene | None) -> None:
        top, shown = number_in_focus(self.scene), self.unfolding.top
        if before is None or before.activations is not self.scene.activations:
            self.query_one("#digit", MapGrid).show_image(self.scene.image.pixels)
            self.write("heading", lambda room: [tree_text.heading(room.width)])
        if top.activations is not shown.activations:
            self.take_apart(top, as_before=True)
        elif top.place != shown.place:
            self.take_apart(top)
        elif before is None:
            self.take_apart(shown, as_before=True)
        if (form := self._form) != self._arranged_for:
            self._arranged_for = form
            self.arrange_anew()
        self._show_maps()

    def _show_maps(self) -> None:
        """Show what the layer reads and outputs, with the number in both, and the steps of its computation."""
        diagram, top = self._diagram, self.unfolding.top
        for place, each in enumerate(diagram.inputs):
            self._show_map(f"input-{place}", each)
            is_last = place == len(diagram.inputs) - 1
            sign = "=" if len(diagram.inputs) > 1 and is_last else diagram.sign
            self.query_one(f"#sign-{place}", Lines).set(((sign.center(SIGN), "dim"),))
        if diagram.output is not None:
            self._show_map("result", diagram.output)
        self.query_one("#number", Lines).set(((number(top.value, calculation_text.DIGITS), "window"),))
        operations, names = self._operations, diagram.names
        self.write("steps", lambda room: calculation_text.way(operations, names, room.width))
        if (folding := self._folding) is not None:
            self._show_folding(folding, top.place.index[-1])

    def _show_map(self, name: str, each: DrawnMap) -> None:
        grid = self.query_one(f"#{name}", MapGrid)
        if each.pixels is not None:
            grid.show_image(each.pixels)
        else:
            grid.show(each.values)
        grid.mark(each.window)
        self.write(
            f"{name}-title",
            lambda room: [calculation_text.map_title(each.name, each.map, each.pixels is not None, room.width)],
        )

    def _show_folding(self, folding: Folding, map: int) -> None:
        channel = min(self.scene.focus.channel, folding.before.kernel.shape[2] - 1)
        for name, kernel in (("kernel", folding.before.kernel), ("folded", folding.after.kernel)):
            self.query_one(f"#{name}", MapGrid).show(kernel[..., channel, map], Scale.of(kernel[..., map]))
        self.write("kernel-title", lambda room: [calculation_text.kernel_title(folding.name, channel, room.width)])
        self.write("folded-title", lambda room: [calculation_text.folded_title(folding.factor(map))])
        self.query_one("#folded-bias", Lines).set(calculation_text.folded_bias(float(folding.after.bias[map])))

    def show_row(self) -> None:
        row, top = self.row, self.unfolding.top
        above = self.above if row.level else None
        layer = self.scene.network[top.place.layer]
        self.write("head", lambda room: [tree_text.number_head(top, layer.description, room.width)])
        self.write("tree", self.lines)
        self.query_one("#details", Lines).set(*tree_text.details(row, above.node if above is not None else None))
        said = self._said
        self.write("rule", lambda room: _fitting(said, room))
        whole = row if row.is_open or above is None else above
        self.write("equation", lambda room: [tree_text.equation(whole.node, MOST_TERMS, room.width)])
        window = seen(row.node)
        self.query_one("#digit", MapGrid).mark(window)
        field = times((window.height, window.width)) if window is not None else ""
        self.query_one("#digit-title", Lines).set(image_text.image_title(self.scene, field))


def _fitting(said: str, room: Size) -> list[Line]:
    """As many whole sentences as fit, but at least the first."""
    height, sentences = max(1, room.height), said.split(". ")
    forms = [in_lines(". ".join(sentences[:count]), room.width) for count in range(len(sentences), 0, -1)]
    return next((lines for lines in forms if len(lines) <= height), forms[-1][:height])
