"""The softmax view: all logits, their exponentials, the sum, the quotients, and the purpose of the shift."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.softmax_steps import SoftmaxStep
from cnntui.explore.scene import Scene
from cnntui.palette import Colormap
from cnntui.ui.keys import views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import image_text
from cnntui.ui.views.base.explorer import InnerScreen
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.softmax import layout as softmax_layout
from cnntui.ui.views.softmax import text as softmax_text
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.line import FILL
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.pointed_lines import PointedLines
from cnntui.ui.widgets.text.responsive import ResponsiveText


class SoftmaxScreen(InnerScreen):
    """A row for each class, one of them selected; below, the sum and the selected class's quotient as an equation."""

    WORDS: ClassVar[tuple[str, ...]] = ("#equation", "#shift")
    MODE = "softmax"
    TEXT = """
Softmax turns the logits of the last dense layer into probabilities. A logit is any number, positive or negative; the
probabilities are positive and add up to 1.

exp(z) makes every logit z positive, and larger logits much larger; dividing by their sum Σ makes them add up to 1.
Adding 1 to a logit multiplies its share by e ≈ 2.718.

Only differences between logits matter, so the same number may be subtracted from all of them. The largest one is:
then no exp is above 1. Otherwise exp(z) overflows float32 when z passes 88.72, and there would be no answer. v shows
both ways: the ratios stay the same.

A probability near 1 is not a proof. It says how far the largest logit is above the others, whatever the image shows.
There is no "none of these": the probabilities add up to 1 for a letter or a blank page, too.

w asks why: it takes the chosen class's logit apart, down to the pixels.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(views.SOFTMAX)

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._shifted = True
        self._step: tuple[object, SoftmaxStep] | None = None

    def places(self, room: Size) -> Places:
        rows, cols, *_ = self.scene.network.input_shape
        return softmax_layout.places(room, (rows, cols), self.step.logits.size)

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="head")
        yield Lines("", id="where")
        yield PointedLines(id="classes")
        yield ResponsiveText(id="sum")
        yield ResponsiveText(id="equation")
        yield ResponsiveText(id="shift")
        yield ResponsiveText(id="from")
        yield Lines("", id="digit-title")
        yield MapGrid(ink=Colormap.PIXELS, id="digit", large=Large.WHOLE)

    @property
    def step(self) -> SoftmaxStep:
        """All numbers of the view, computed once per image."""
        activations = self.scene.activations
        if self._step is None or self._step[0] is not activations:
            self._step = activations, SoftmaxStep.of(activations.scores)
        return self._step[1]

    @property
    def chosen(self) -> int:
        """The selected class."""
        return min(self.scene.focus.unit, self.step.logits.size - 1)

    def action_choose(self, step: int) -> None:
        """Go to another class."""
        count = self.step.logits.size
        self.look(lambda focus, _: replace(focus, unit=(focus.unit + step) % count))

    def action_shift(self) -> None:
        """Subtract the largest logit first, or do not."""
        self._shifted = not self._shifted
        self.show_scene(None)

    def action_follow(self) -> None:
        """Say that no further layer follows."""
        self.write("from", lambda room: [((softmax_text.END[: room.width], "window"),)])

    def on_pointed_lines_pointed(self, event: PointedLines.Pointed) -> None:
        """Select the class of a row."""
        count = self.step.logits.size
        place = softmax_text.first_class(count, self.chosen, event.lines.size.height) + event.line - 1
        if event.line > 0 and place < count:
            self.look(lambda focus, _: replace(focus, unit=place))

    def show_scene(self, before: Scene | None) -> None:
        step, chosen, shifted = self.step, self.chosen, self._shifted
        names = self.scene.class_names
        network = self.scene.network
        if before is None or before.activations is not self.scene.activations:
            self.query_one("#digit-title", Lines).set(image_text.image_title(self.scene, ""))
            self.query_one("#digit", MapGrid).show_image(self.scene.image.pixels)
        self.write("head", lambda room: [softmax_text.head(step, room.width)])
        self.query_one("#where", Lines).set((FILL, (f"class {names[chosen]}", "window")))
        self.write("classes", lambda room: softmax_text.table(step, names, chosen, shifted, room.width, room.height))
        self.write("sum", lambda room: softmax_text.sum_line(step, chosen, shifted, room.width, room.height))
        self.write("equation", lambda room: softmax_text.equation(step, chosen, shifted, room.width))
        self.write("shift", lambda room: softmax_text.shift(step, shifted, room.width))
        self.write("from", lambda room: [softmax_text.source(network, room.width)])
