"""Why this answer: a class's logit taken apart down to the pixels, and what the answer hangs on by experiment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import get_current_worker

from cnntui.cnn.contributions import IMAGE, Kind, Node, logit
from cnntui.cnn.layers import times
from cnntui.cnn.network import Network
from cnntui.cnn.occlusion import Sliding
from cnntui.cnn.ops import Pair
from cnntui.cnn.receptive_field import receptive_field
from cnntui.cnn.unfolding import Key, Part, Row, Tree, unfolded
from cnntui.cnn.window import Window
from cnntui.focus import Focus
from cnntui.palette import Ink, Scale
from cnntui.scene import Scene
from cnntui.screens import network_text, why_text
from cnntui.screens.explorer import Change, ExplorerScreen
from cnntui.widgets.fitted import FittedLines
from cnntui.widgets.geometry import GridStyle, scroll
from cnntui.widgets.heat_grid import HeatGrid
from cnntui.widgets.lines import Line, Lines
from cnntui.widgets.map_grid import MapGrid
from cnntui.widgets.pointed_lines import PointedLines

SIZES = (3, 5, 7)
"""Rows and columns of the grey square: about a stroke's width, and more."""

FAINTEST = 0.01
"""The probability that gets the strongest colour at least: below it there is nothing but rounding to see."""

TILES = 7
"""Columns of widgets that the digit is painted in: more cost time, fewer cost bytes."""

LOOK_SECONDS = 0.2
"""How often it is looked how far the measuring has come, until it is through."""

PAGE = 10
"""Rows that pageup and pagedown move by."""


class WhyScreen(ExplorerScreen):
    """A tree that is opened level by level. Which class, and what of it is open, is of no meaning to other screens."""

    MODE = "why"
    TAB = "network"
    NAME = "Why this answer"
    TEXT = """
The network's answer is the class with the largest logit. A logit is a sum: each unit of the layer before, times its
weight for the class, and a bias. Such a unit is a sum as well, of the cells of the last maps; a cell is a sum over its
window; and so on down to the pixels. Open a number (→) and see its terms, the largest first. They add up to its value:
= where the numbers shown come to it exactly, ≈ where only the numbers behind them do.

Two kinds of numbers are no sums. A pool hands on the largest value of its window, so there is one number below it, the
winner. And what ReLU made 0 adds nothing, whatever it was before: of many units only some speak.

f chooses another class: also why not. The sentence below compares it with the one it has to beat.

The terms are true of this digit: exactly so was the answer computed. They do not say what would have happened
otherwise. A term that is taken away can make ReLU or a pool hand on something else, and large terms of opposite signs
can cancel out. A pixel with a large term here may be read by a hundred other windows.

So there is an experiment besides (o): a grey square is laid around each pixel in turn, and the network reads the digit
again. Warm is where the probability of the class falls, blue where it rises. s chooses the size of the square. That
says what the answer hangs on, but not why; and no digit that it learned from has grey squares.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "open", "Open", key_display="←→", tooltip="Open: what a number is made of; then into it"),
        Binding("left,h", "close", "Close, or to the number above", show=False),
        Binding("down,j", "move(1)", "Row", key_display="↑↓", tooltip="Next row"),
        Binding("up,k", "move(-1)", "Previous row", show=False),
        Binding("pagedown", f"move({PAGE})", "Ten rows down", show=False),
        Binding("pageup", f"move(-{PAGE})", "Ten rows up", show=False),
        Binding("home", "end(0)", "First row", show=False),
        Binding("end", "end(-1)", "Last row", show=False),
        Binding("enter", "follow", "Look", tooltip="Look at this number on the screen that shows how it is computed"),
        Binding("e", "field", "What the selected number sees", show=False),
        Binding("f", "label(1)", "Class", tooltip="Next class"),
        Binding("F", "label(-1)", "Previous class", show=False),
        Binding("o", "heat", "Heat", tooltip="Occlusion: what the answer hangs on, by experiment"),
        Binding("s", "size", "Square", tooltip="Size of the grey square"),
        # The footer has no room for what every screen can do.
        Binding("t", "app.train", "Start training", show=False),
    ]

    def __init__(self, scene: Scene, style: GridStyle) -> None:
        super().__init__(scene, style)
        self._label = scene.activations.predicted
        self._tree = unfolded(logit(scene.activations, self._label))
        self._key = self._tree.rows[0].key
        self._first = 0
        self._opening = False
        self._summed: tuple[Node, int] | None = None
        self._square = SIZES[1]
        self._pointed: Pair | None = None
        self._sliding: Sliding | None = None
        self._looking: Timer | None = None

    def compose_stage(self) -> Iterable[Widget]:
        yield FittedLines(id="head")
        yield Lines("", id="digit-title")
        yield MapGrid(ink=Ink.PIXELS, tiles=TILES, id="digit")
        yield Lines("", id="heat-title")
        yield HeatGrid(id="heat")
        yield Lines("", id="details")
        yield FittedLines(id="heading")
        yield PointedLines(id="tree")
        yield FittedLines(id="comparison")
        yield FittedLines(id="experiment")
        yield FittedLines(id="equation")

    # What is selected

    @property
    def _row(self) -> Row:
        """The row that is pointed at."""
        return self._tree.rows[self._tree.places[self._key]]

    @property
    def _above(self) -> Row:
        """The row of the number that the selected one is part of."""
        return self._tree.rows[self._tree.places[self._key.parent]]

    def _point(self, key: Key) -> None:
        self._key, self._pointed, self._opening = key, None, False
        self._show_row()

    def _grow(self, tree: Tree) -> None:
        self._opening = len(tree.rows) > len(self._tree.rows)
        self._tree = tree
        if self._key not in tree.places:
            self._key = tree.rows[0].key
        self._show_row()

    # Keys

    def action_move(self, rows: int) -> None:
        """Some rows on, stopping at the ends."""
        place = self._tree.places[self._key] + rows
        self._point(self._tree.rows[max(0, min(place, len(self._tree.rows) - 1))].key)

    def action_end(self, end: int) -> None:
        """To the first (0) or the last (-1) row."""
        self._point(self._tree.rows[end].key)

    def action_open(self) -> None:
        """Show what a number is made of; of an open one go to the largest term; of the rest show more."""
        row, place = self._row, self._tree.places[self._key]
        if row.is_open:
            self.action_move(1)
        elif row.can_open:
            tree = self._tree.open(row)
            if row.key.part is Part.REST:
                # The first of those that were in it.
                self._key = tree.rows[place].key
            self._grow(tree)

    def action_close(self) -> None:
        """Hide what a number is made of; of a closed one go to the number above."""
        row = self._row
        if row.is_open:
            self._grow(self._tree.close(row))
        else:
            self._point(self._key.parent)

    def action_label(self, step: int) -> None:
        """Ask for another class."""
        self._label = (self._label + step) % len(self.scene.activations.logits)
        self._pointed = None
        self._ask(unfolded(logit(self.scene.activations, self._label)))

    def _ask(self, tree: Tree) -> None:
        """Show another tree from its top."""
        self._tree, self._first = tree, 0
        if self._key not in tree.places:
            self._key = tree.rows[0].key
        self._show_class()
        self._show_row()
        self._show_heat()

    def action_follow(self) -> None:
        """Show how the selected number is computed; for a pixel, or a rest, the number that it is part of."""
        self.app.post_message(self.Open(self._selected()))

    def action_field(self) -> None:
        """Show what the selected number sees of the digit."""
        self.look(self._selected())
        # In the app's own queue, behind the look.
        self.app.call_later(self.app.run_action, "app.visit('field')")

    def _selected(self) -> Change:
        """Going from what is being looked at to the selected number."""
        node = self._row.node if self._pixel is None else self._above.node
        return lambda focus, network: focus_on(node, focus, network)

    def action_heat(self) -> None:
        """Show the digit with what the answer hangs on, or as it is."""
        self.toggle_class("-heat")
        self._show_heat()

    def action_size(self) -> None:
        """Slide a square of another size; where nothing of that is shown, show it."""
        if not self._shows_heat:
            self.action_heat()
            return
        self._square = SIZES[(SIZES.index(self._square) + 1) % len(SIZES)]
        self._pointed = None
        self._show_heat()

    # The mouse

    def on_pointed_lines_pointed(self, event: PointedLines.Pointed) -> None:
        """A press selects a row; a second one opens or closes it."""
        place = self._first + event.line
        if place >= len(self._tree.rows):
            return
        row = self._tree.rows[place]
        if row.key != self._key:
            self._point(row.key)
        elif row.is_open:
            self.action_close()
        else:
            self.action_open()

    def on_map_grid_pointed(self, event: MapGrid.Pointed) -> None:
        """A press on the heat says what the grey square does there; on it again, where it does most."""
        if event.grid.id == "heat":
            place = (event.row, event.col)
            self._pointed = place if place != self._pointed else None
            self._show_experiment()

    def on_mouse_scroll_down(self) -> None:
        self.action_move(3)

    def on_mouse_scroll_up(self) -> None:
        self.action_move(-3)

    # Showing

    def show_scene(self, before: Scene | None) -> None:
        activations = self.scene.activations
        if activations is not self._tree.top.activations:
            if not np.array_equal(activations.image, self._tree.top.activations.image):
                self._label, self._pointed = activations.predicted, None
            self._label = min(self._label, len(activations.logits) - 1)
            self._ask(self._tree.of(logit(activations, self._label)))
        elif before is None:
            self._show_class()
            self._show_row()
            self._show_heat()

    def _show_class(self) -> None:
        activations, label = self.scene.activations, self._label
        self.query_one("#head", FittedLines).write(lambda room: [why_text.head(activations, label, room.width)])
        self.query_one("#comparison", FittedLines).write(
            lambda room: [why_text.comparison(activations, label, room.width)]
        )
        self.query_one("#digit", MapGrid).show(np.ascontiguousarray(activations.image[..., 0]), Scale(1.0))
        self.query_one("#heading", FittedLines).write(lambda room: [why_text.heading(room.width)])

    def _show_row(self) -> None:
        row = self._row
        above = self._above if row.level else None
        self.query_one("#tree", PointedLines).write(self._lines)
        self.query_one("#details", Lines).set(*why_text.details(row, above.node if above is not None else None))
        whole = row if row.is_open or above is None else above
        summed = (whole.node, self._tree.opened.get(whole.key.path, 0))
        if summed != self._summed:
            # Rows of one sum are gone through far more often than sums.
            self._summed = summed
            self.query_one("#equation", FittedLines).write(lambda room: [why_text.equation(*summed, room.width)])
        window = seen(row.node, above.node if above is not None else None)
        self.query_one("#digit", MapGrid).mark(window)
        sees = times((window.height, window.width)) if window is not None else ""
        self.query_one("#digit-title", Lines).set(network_text.digit_title(self.scene, sees))
        if self._shows_heat:
            self._show_experiment()

    def _lines(self, room: Size) -> list[Line]:
        """The rows in view, so that the selected one is among them; of one just opened, also what is below it."""
        rows, place, height = self._tree.rows, self._tree.places[self._key], max(1, room.height)
        self._first = scroll(self._first, place, place, height, len(rows))
        if self._opening:
            last = place
            while last + 1 < min(len(rows), place + height) and rows[last + 1].level > rows[place].level:
                last += 1
            self._first = max(self._first, last - height + 1)
        shown = rows[self._first : self._first + height]
        return [why_text.row_line(row, room.width, row.key == self._key) for row in shown]

    # The experiment

    @property
    def _pixel(self) -> Pair | None:
        """The pixel that the selected row stands for."""
        row = self._row
        is_pixel = row.key.part is Part.NUMBER and row.node.kind is Kind.PIXEL
        return (row.node.place.index[0], row.node.place.index[1]) if is_pixel else None

    @property
    def _shows_heat(self) -> bool:
        return self.has_class("-heat") or self.has_class("-large")

    def _show_heat(self) -> None:
        """Show what was measured, and measure what was not."""
        if self._shows_heat:
            self._measure()
            self._show_experiment()

    def _measure(self) -> None:
        """Begin to measure, unless just that is measured already."""
        network, image = self.scene.network, self.scene.activations.image
        digit = np.rint(image[..., 0] * 255).astype(np.uint8)
        sliding = self._sliding
        if (
            sliding is not None
            and sliding.network is network
            and sliding.size == self._square
            and np.array_equal(sliding.digit, digit)
        ):
            return
        self._sliding = Sliding(network, digit, self._square)
        # What is on the screen already comes first.
        self.call_after_refresh(self._slide, self._sliding)
        if self._looking is None:
            self._looking = self.set_interval(LOOK_SECONDS, self._show_experiment)

    def _slide(self, sliding: Sliding) -> None:
        # Exclusive: what is looked at no longer need not be measured.
        self.run_worker(partial(_measure, sliding), group="occlusion", exclusive=True, thread=True)

    def _show_experiment(self) -> None:
        if self._sliding is None:
            return
        occlusion, label = self._sliding.occlusion, self._label
        if occlusion.is_complete and self._looking is not None:
            self._looking.stop()
            self._looking = None
        heat = occlusion.heat(label)
        limit = max(float(np.abs(np.nan_to_num(heat)).max()), FAINTEST)
        grid = self.query_one("#heat", HeatGrid)
        grid.lay(heat, np.ascontiguousarray(self.scene.activations.image[..., 0]), Scale(limit))
        pointed = self._pointed or self._pixel
        place = pointed or occlusion.extreme(label)
        window = Window(*place, 1, 1) if place is not None else None
        grid.mark(window, filled=None if occlusion.is_complete else occlusion.done)
        self.query_one("#heat-title", Lines).set(why_text.heat_title(label, occlusion.size))
        self.query_one("#experiment", FittedLines).write(
            lambda room: [why_text.heat_sentence(occlusion, label, pointed, room.width)]
        )


def _measure(sliding: Sliding) -> None:
    worker = get_current_worker()
    sliding.measure(lambda: not worker.is_cancelled)


def seen(node: Node, above: Node | None) -> Window | None:
    """The pixels that a number depends on; None where that is all of the digit."""
    if node.kind is Kind.PIXEL:
        return Window(node.place.index[0], node.place.index[1], 1, 1)
    if node.kind in (Kind.CELL, Kind.POOLED):
        row, col, _ = node.place.index
        return receptive_field(node.activations.network, node.place.layer).window(row, col)
    return None


def focus_on(node: Node, focus: Focus, network: Network) -> Focus:
    """A number of the tree as what is being looked at, and of what it is made of the largest."""
    focus = replace(focus, layer=node.place.layer)
    largest = node.terms[0].child.place.index if len(node.terms) else None
    if node.kind in (Kind.CELL, Kind.POOLED):
        row, col, filter = node.place.index
        channel = largest[-1] if largest is not None else 0
        return replace(focus, row=row, col=col, filter=filter, channel=channel)
    focus = replace(focus, unit=node.place.index[0])
    if largest is None:
        return focus
    if len(largest) == 1:
        return replace(focus, source=largest[0])
    row, col, filter = largest
    source = node.terms[0].child.place.layer
    shape = network.output_shape_of(source) if source != IMAGE else network.input_shape
    return replace(focus, source=int(np.ravel_multi_index(largest, shape)), row=row, col=col, filter=filter)
