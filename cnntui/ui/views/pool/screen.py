"""Pool: max pooling keeps the largest value of each window, average pooling their mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.arithmetic import number
from cnntui.cnn.layers import times
from cnntui.cnn.steps import PoolStep, PoolSteps
from cnntui.cnn.window import Window
from cnntui.explore.scene import Scene
from cnntui.palette import Mark, Scale
from cnntui.ui.views.base import stepper_text
from cnntui.ui.views.base.stepper import StepperScreen
from cnntui.ui.views.pool import layout as pool_layout
from cnntui.ui.views.pool import text as pool_text
from cnntui.ui.widgets.grids.map_grid import MapGrid, marked
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines


class PoolScreen(StepperScreen):
    """One channel of a pooling layer at one position."""

    WORDS: ClassVar[tuple[str, ...]] = ("#equation", "#sentence")
    MODE = "pool"
    TEXT = """
Max pooling slides a window over a feature map and keeps only the largest value. It makes maps smaller, and it learns
nothing.

2×2 windows that do not overlap halve the height and the width. Three quarters of the numbers are dropped, and with
them most of the weights that a dense layer after them would need. The next layer's window, though no larger, now
covers more of the image: this is how later layers recognise larger shapes built from smaller ones.

The price is that the position of the largest value within its window is lost.

A network can be trained with average pooling instead (cnntui train --pooling average). Then every value of a window
counts equally: a large value among small ones is diluted, and there is no winner.

Without padding, a last row or column that does not fill a window is never read: with 2×2 windows, on maps with an odd
number of rows or columns. Those cells are marked × and cannot change the network's answer.
"""

    def compose_calculation(self) -> Iterable[Widget]:
        yield Lines((("window", "window"),), id="patch-title")
        yield MapGrid(style=GridStyle.NUMBERS, id="patch")
        yield Lines("", id="goes-on")
        yield Lines("", id="counts")
        yield Lines("", id="equation")
        yield Lines("", id="unread")
        yield Lines("", id="field-growth")

    @property
    def step(self) -> PoolStep:
        """The step at the focused cell."""
        return self.steps.at(self.scene.focus.row, self.scene.focus.col)

    @property
    def steps(self) -> PoolSteps:
        """Every position of the window."""
        steps = super().steps
        assert isinstance(steps, PoolSteps)
        return steps

    def places(self, room: Size) -> Places:
        if self.is_lacking:
            return {}
        steps = self.steps
        rows, cols = steps.input_map.shape
        return pool_layout.places(room, (rows, cols), (steps.rows, steps.cols), steps.layer.size)

    def place(self, width: int) -> Line:
        focus, layer = self.scene.focus, self.steps.layer
        filters = self.scene.network.output_shape_of(layer.name)[-1]
        shown = [("map", f"{focus.filter}", f" of {filters}")]
        if not self.has_class("-compact"):
            shown.append(("window", times(layer.size), ""))
        return stepper_text.place(layer.name, shown, width)

    def show_scene(self, before: Scene | None) -> None:
        steps, step = self.steps, self.step
        if before is None or before.steps is not self.scene.steps:
            self.arrange_anew()
            self._show_maps(steps)
        place = None if self.covers_cell else step.winner
        winner = None if place is None else (step.window.top + place[0], step.window.left + place[1])
        self.query_one("#input", MapGrid).mark(step.window, winner=winner)
        self.mark_output()
        patch = self.query_one("#patch", MapGrid)
        patch.show(step.patch, self._scale)
        patch.mark(Window(0, 0, *step.patch.shape), winner=place)
        called, role = ("max", "winner") if step.winner is not None else ("mean", "window")
        self.query_one("#goes-on", Lines).set(((f"{called} is ", "dim"), (number(step.output, 3), role)))
        self.query_one("#equation", Lines).set(pool_text.equation(step))
        said = pool_text.sentence(step)
        self.write("sentence", lambda room: [said])
        self.show_where()

    def _show_maps(self, steps: PoolSteps) -> None:
        """Update everything that depends only on the layer, the map or the image."""
        # One scale for both maps, so that a value that is kept also keeps its colour.
        self._scale = Scale.of(steps.input_map)
        self.show_place()
        self.query_one("#input", MapGrid).show(steps.input_map, self._scale, ground=marked(steps.unread, Mark.UNREAD))
        self.query_one("#output", MapGrid).show(steps.output_map, self._scale)
        self.show_title("input-title", "before", steps.input_map, with_limits=True)
        self.show_title("output-title", "after", steps.output_map, with_limits=False)
        network = self.scene.network
        self.query_one("#counts", Lines).set(*pool_text.counts(steps, network.output_shape_of(steps.layer.name)[-1]))
        self.query_one("#field-growth", Lines).set(pool_text.field_growth(network, steps.layer))
        self.query_one("#unread", Lines).set(pool_text.unread(steps))
