"""Why this answer: a class's logit taken apart down to the pixels, and an experiment on what the answer depends on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.contributions import Node, NumberPlace, logit
from cnntui.cnn.layers import times
from cnntui.cnn.network import IMAGE
from cnntui.cnn.occlusion import OcclusionMeasurement
from cnntui.cnn.ops import Pair
from cnntui.cnn.unfolding import unfolded
from cnntui.cnn.window import Window
from cnntui.explore.scene import Scene
from cnntui.palette import Colormap, Mark, Scale
from cnntui.ui.keys import views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import image_text
from cnntui.ui.views.base.background import Looking, in_background
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.base.tree import text as tree_text
from cnntui.ui.views.base.tree.screen import TreeScreen, seen
from cnntui.ui.views.why import heat_text
from cnntui.ui.views.why import layout as why_layout
from cnntui.ui.views.why import text as why_text
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.map_grid import MapGrid, marked
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.pointed_lines import PointedLines
from cnntui.ui.widgets.text.responsive import ResponsiveText

SIZES = (3, 5, 7)
"""The possible numbers of rows and columns of the grey square: about the width of a stroke, and larger."""

FAINTEST = 0.01
"""The least change of probability that has the strongest colour: below it only rounding would be visible."""

HAS_INK = 0.3
"""The least brightness of a pixel that belongs to a stroke."""


class WhyScreen(TreeScreen):
    """A tree that the user opens level by level. No other screen uses its class or its open nodes."""

    WORDS: ClassVar[tuple[str, ...]] = ("#head", "#details", "#comparison", "#equation", "#experiment")
    MODE = "why"
    TEXT = """
Why takes the network's answer apart: the logit of a class as a sum, down to the pixels. The answer is the class with
the largest logit, so its largest terms are the reasons for it.

A logit adds up the units of the layer before, each times its weight for the class, and a bias. Each unit is a sum,
too, of cells of the last maps; each cell is a sum over its window; and so on down to the pixels. Open a number (→) to
see its terms, the largest first. They add up to its value: = means that the numbers shown give the result exactly, ≈
that they are rounded. A large window shows the largest terms open already, as far as there is room, down to a pixel.

Two kinds of number are not sums. A max pool passes on the largest value of its window, so there is one number below
it, the winner; an average pool is a sum of equal shares. And a number that ReLU set to 0 contributes nothing,
whatever it was before.

f picks another class, the most probable first, so you can also ask "why not?" The sentence below compares it with the
class it has to beat, and a wrong answer with the true class.

The terms are true of this image: the answer was computed from exactly these numbers. They do not say what would have
happened otherwise. Removing a term can change what ReLU or a pool passes on, and large terms of opposite signs can
cancel out. A pixel with a large term here may be read by a hundred other windows.

So there is also an experiment (v): a grey square covers each pixel in turn, and the network reads the image again.
Warm is where the probability of the class falls, blue where it rises. + and − change the size of the square. This shows
what the answer depends on, but not why; and no training image has grey squares.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(views.WHY)

    def __init__(self, state: AppState) -> None:
        self._label = _class_of(state.scene)
        super().__init__(state, _top(state.scene, self._label))
        self._summed: tuple[Node, int] | None = None
        self._square = SIZES[1]
        self._is_heat = False
        self._pointed: Pair | None = None
        self._sliding: OcclusionMeasurement | None = None
        self._looking = Looking(self, self._show_experiment)

    def places(self, room: Size) -> Places:
        rows, cols, *_ = self.scene.network.input_shape
        return why_layout.why_places(room, (rows, cols), self._is_heat)

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="head")
        yield Lines("", id="digit-title")
        yield MapGrid(ink=Colormap.PIXELS, id="digit", large=Large.WHOLE)
        yield Lines("", id="heat-title")
        yield MapGrid(ink=Colormap.HEAT, id="heat", large=Large.WHOLE)
        yield Lines("", id="details")
        yield ResponsiveText(id="heading")
        yield PointedLines(id="tree")
        yield ResponsiveText(id="comparison")
        yield ResponsiveText(id="experiment")
        yield ResponsiveText(id="equation")

    @property
    def label(self) -> int | None:
        """The class whose logit is taken apart."""
        return self._label

    def ask_about(self, label: int) -> None:
        """Take another class's logit apart before anything is shown."""
        self._label = label
        self.unfolding = unfolded(logit(self.scene.activations, label))
        self._key = self.unfolding.rows[0].key

    # Keys

    def action_label(self, step: int) -> None:
        """Go to the class with the next lower logit; from the predicted class, to the runner-up."""
        if _is_shared(self.scene):
            self.hint("one number stands for both classes")
            return
        order = np.argsort(-self.scene.activations.logits, kind="stable").tolist()
        self._label = order[(order.index(self._label) + step) % len(order)]
        self._show_class()
        self.take_apart(logit(self.scene.activations, self._label))

    def action_heat(self) -> None:
        """Show the image with what the answer depends on, or the image alone."""
        self._is_heat = not self._is_heat
        self.arrange_anew()
        self._show_heat()

    def action_size(self, step: int) -> None:
        """Slide a larger or a smaller square; if the experiment is hidden, show it."""
        if not self._shows_heat:
            self.action_heat()
            return
        place = SIZES.index(self._square) + step
        if not 0 <= place < len(SIZES):
            self.hint(f"squares are from {SIZES[0]}×{SIZES[0]} to {SIZES[-1]}×{SIZES[-1]} pixels")
            return
        self._square = SIZES[place]
        self._pointed = None
        self._show_heat()

    # The mouse

    def on_grid_pointed(self, event: Grid.Pointed) -> None:
        """Show the square's effect at a pixel of the heat map; if pressed again, the place of its largest effect."""
        if event.grid.id == "heat":
            place = (event.row, event.col)
            self._pointed = place if place != self._pointed else None
            self._show_experiment()

    # Showing

    def show_scene(self, before: Scene | None) -> None:
        activations = self.scene.activations
        focus = self.scene.focus
        came_with = before is not None and (before.focus.layer, before.focus.unit) != (focus.layer, focus.unit)
        is_of_a_class = focus.layer == _last(self.scene) and not _is_shared(self.scene)
        if came_with and is_of_a_class and focus.unit != self._label:
            self._label = label = focus.unit
            self._show_class()
            self.take_apart(logit(activations, label))
        elif activations is not self.unfolding.top.activations:
            if not np.array_equal(activations.image, self.unfolding.top.activations.image):
                self._label = activations.predicted
            self._label = 1 if _is_shared(self.scene) else min(self._label, len(activations.logits) - 1)
            self._show_class()
            self.take_apart(logit(activations, self._label), as_before=True)
        elif before is None:
            self._show_class()
            self.take_apart(self.unfolding.top, as_before=True)

    def _show_class(self) -> None:
        activations, names, label = self.scene.activations, self.scene.class_names, self._label
        true = self.scene.label
        self.write("head", lambda room: [why_text.head(activations, names, label, room.width)])
        self.write("comparison", lambda room: [why_text.comparison(activations, names, label, true, room.width)])
        self.query_one("#digit", MapGrid).show_image(self.scene.image.pixels)
        self.write("heading", lambda room: [tree_text.heading(room.width)])

    def show_row(self) -> None:
        row = self.row
        above = self.above if row.level else None
        self.write("tree", self.lines)
        self.query_one("#details", Lines).set(*tree_text.details(row, above.node if above is not None else None))
        whole = row if row.is_open or above is None else above
        summed = (whole.node, self.unfolding.opened.get(whole.key.path, 0))
        if summed != self._summed:
            # Moving within a sum is far more frequent than opening one.
            self._summed = summed
            self.write("equation", lambda room: [tree_text.equation(*summed, room.width)])
        window = seen(row.node)
        self.query_one("#digit", MapGrid).mark(window)
        field = times((window.height, window.width)) if window is not None else ""
        self.query_one("#digit-title", Lines).set(image_text.image_title(self.scene, field))
        self._pointed = None
        self._show_heat()

    # The experiment

    @property
    def _shows_heat(self) -> bool:
        return self.has_room_for("heat")

    def _show_heat(self) -> None:
        """Show the measurement, and measure what is missing."""
        if self._shows_heat:
            self._measure()
            self._show_experiment()

    def _measure(self) -> None:
        """Start to measure, unless the same has been measured or is being measured."""
        network, digit = self.scene.network, self.scene.image.pixels
        sliding = self._sliding
        if (
            sliding is not None
            and sliding.network is network
            and sliding.asked == self._square
            and np.array_equal(sliding.image, digit)
        ):
            return
        self._sliding = OcclusionMeasurement(network, digit, self._square)
        # Paint what is on screen first.
        self.call_after_refresh(in_background, self, self._sliding.measure, "occlusion")
        self._looking.keep(True)

    def _show_experiment(self) -> None:
        if self._sliding is None:
            return
        occlusion, label = self._sliding.occlusion, self._label
        self._looking.keep(not occlusion.is_complete)
        heat = occlusion.heat(label)
        limit = max(float(np.abs(np.nan_to_num(heat)).max()), FAINTEST)
        grid, strokes = self.query_one("#heat", MapGrid), self.scene.image.grey >= HAS_INK
        grid.show(heat, Scale(limit), ground=marked(strokes, Mark.STROKE))
        pointed = self._pointed or self.pixel
        place = pointed or occlusion.extreme(label)
        window = Window(*place, 1, 1) if place is not None else None
        grid.mark(window, filled=None if occlusion.is_complete else occlusion.filled)
        self.query_one("#heat-title", Lines).set(heat_text.title(label, occlusion.size))
        self.write("experiment", lambda room: [heat_text.sentence(occlusion, label, pointed, room.width)])


def _last(scene: Scene) -> str:
    return scene.network.answering().name


def _top(scene: Scene, label: int) -> Node:
    """The top of the tree: a class's logit, or a pixel without a tree if no layer gives an answer."""
    if scene.network.answer is None:
        return Node(scene.activations, NumberPlace(IMAGE, (0, 0, 0)))
    return logit(scene.activations, label)


def _class_of(scene: Scene) -> int:
    """The class in question: the focused class, or else the predicted one; 0 if there is no answer."""
    if scene.network.answer is None:
        return 0
    if _is_shared(scene):
        return 1
    return scene.focus.unit if scene.focus.layer == _last(scene) else scene.activations.predicted


def _is_shared(scene: Scene) -> bool:
    """Whether two classes share one number, as with a sigmoid, where a value above 0 favours the second class."""
    return scene.network.shapes[-1] == (1,)
