"""A screen that takes a number apart: a tree that is opened level by level."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar

import numpy as np
from textual.binding import BindingType
from textual.geometry import Size

from cnntui.cnn.contributions import Node, NumberKind
from cnntui.cnn.network import IMAGE, Network
from cnntui.cnn.ops import Pair
from cnntui.cnn.receptive_field import receptive_field
from cnntui.cnn.unfolding import Key, Part, Row, Tree, unfolded
from cnntui.cnn.window import Window
from cnntui.explore.focus import Focus
from cnntui.ui.keys import views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.explorer import InnerScreen
from cnntui.ui.views.base.requests import Change
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.base.tree import text as tree_text
from cnntui.ui.widgets.grids.geometry import scroll
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.pointed_lines import PointedLines

DEEP = 24
"""The least height, in rows, at which a tree is open down to a pixel before any key is pressed."""


class TreeScreen(InnerScreen):
    """Owns a tree, its open nodes and the selected row. Subclasses show the row."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(views.TREE)

    def __init__(self, state: AppState, top: Node) -> None:
        super().__init__(state)
        self.unfolding = unfolded(top)
        self._key = self.unfolding.rows[0].key
        self._first = 0
        self._opening = False
        self._is_by_hand = False

    @abstractmethod
    def show_row(self) -> None:
        """Show the tree, and details of the selected row."""

    # What is selected

    @property
    def row(self) -> Row:
        """The selected row."""
        return self.unfolding.rows[self.unfolding.places[self._key]]

    @property
    def above(self) -> Row:
        """The row of the number that the selected one is a term of."""
        return self.unfolding.rows[self.unfolding.places[self._key.parent]]

    def _point(self, key: Key) -> None:
        self._key, self._opening = key, False
        self.show_row()

    def take_apart(self, top: Node, *, as_before: bool = False) -> None:
        """Take a number apart, keeping the selected row if it exists, and as deep as there is room to see.

        Args:
            top: the number.
            as_before: whether to open what the user opened, if anything.
        """
        self._is_by_hand &= as_before
        # The depth that fits depends on the number, whose network may differ from the previous one.
        self.unfolding = self.unfolding.of(top) if self._is_by_hand else unfolded(top)
        if not self._is_by_hand:
            self.unfolding = self._as_deep_as_seen(self.unfolding)
        self._first, self._opening = 0, False
        if self._key not in self.unfolding.places:
            self._key = self.unfolding.rows[0].key
        self.show_row()

    def _as_deep_as_seen(self, tree: Tree) -> Tree:
        """The same number, open down to a pixel if there is room, unless a page of the course decides what to open."""
        seen = self.places(self.room).get("tree")
        if seen is None or seen.height < DEEP or self.state.sheet is not None:
            return tree
        return tree.deepened(seen.height)

    def _grow(self, tree: Tree) -> None:
        self._is_by_hand = True
        self._opening = len(tree.rows) > len(self.unfolding.rows)
        self.unfolding = tree
        if self._key not in tree.places:
            self._key = tree.rows[0].key
        self.show_row()

    # Keys

    def action_move(self, rows: int) -> None:
        """Move by a number of rows, stopping at the ends."""
        place = self.unfolding.places[self._key] + rows
        self._point(self.unfolding.rows[max(0, min(place, len(self.unfolding.rows) - 1))].key)

    def action_end(self, end: int) -> None:
        """Go to the first (0) or the last (-1) row."""
        self._point(self.unfolding.rows[end].key)

    def action_open(self) -> None:
        """Open a number into its terms; on an open number go to the largest term; on the rest show more terms."""
        row, place = self.row, self.unfolding.places[self._key]
        if row.is_open:
            self.action_move(1)
        elif row.can_open:
            tree = self.unfolding.open(row)
            if row.key.part is Part.REST:
                # Select the first of the terms that the rest contained.
                self._key = tree.rows[place].key
            self._grow(tree)

    def action_close(self) -> None:
        """Close an open number; on a closed one go to the number above it."""
        row = self.row
        if row.is_open:
            self._grow(self.unfolding.close(row))
        else:
            self._point(self._key.parent)

    def action_follow(self) -> None:
        """Show how the selected number is computed; for a pixel or the rest of a sum, how the number above it is."""
        self.open(self._selected())

    def action_field(self) -> None:
        """Show the receptive field of the selected number."""
        self.look(self._selected())
        # Queued in the app itself, behind the request for the focus.
        self.app.call_later(self.app.run_action, "app.mode('field')")

    def _selected(self) -> Change:
        """The change of focus to the selected number."""
        node = self.row.node if self.pixel is None else self.above.node
        return lambda focus, network: focus_on(node, focus, network)

    # The mouse

    def on_pointed_lines_pointed(self, event: PointedLines.Pointed) -> None:
        """A press selects a row; a second press opens or closes it."""
        place = self._first + event.line
        if place >= len(self.unfolding.rows):
            return
        row = self.unfolding.rows[place]
        if row.key != self._key:
            self._point(row.key)
        elif row.is_open:
            self.action_close()
        else:
            self.action_open()

    def on_mouse_scroll_down(self) -> None:
        self.action_move(3)

    def on_mouse_scroll_up(self) -> None:
        self.action_move(-3)

    # Showing

    def lines(self, room: Size) -> list[Line]:
        """The rows in view: the selected row and, below a row that was just opened, as many of its terms as fit."""
        rows, place, height = self.unfolding.rows, self.unfolding.places[self._key], max(1, room.height)
        self._first = scroll(self._first, place, place, height, len(rows))
        if self._opening:
            last = place
            while last + 1 < min(len(rows), place + height) and rows[last + 1].level > rows[place].level:
                last += 1
            self._first = max(self._first, last - height + 1)
        shown = rows[self._first : self._first + height]
        return [tree_text.row_line(row, room.width, row.key == self._key) for row in shown]

    @property
    def pixel(self) -> Pair | None:
        """The pixel of the selected row; None if the row is not about a pixel."""
        row = self.row
        is_pixel = row.key.part is Part.NUMBER and row.node.kind is NumberKind.PIXEL
        return (row.node.place.index[0], row.node.place.index[1]) if is_pixel else None


def seen(node: Node) -> Window | None:
    """The pixels that a number depends on; None if it depends on the whole image."""
    if node.kind is NumberKind.PIXEL:
        return Window(node.place.index[0], node.place.index[1], 1, 1)
    if node.kind is NumberKind.CELL:
        row, col, _ = node.place.index
        return receptive_field(node.activations.network, node.place.layer).window(row, col)
    return None


def focus_on(node: Node, focus: Focus, network: Network) -> Focus:
    """The focus on a number of the tree, and on the largest of its terms."""
    focus = replace(focus, layer=node.place.layer)
    largest = node.terms[0].child.place.index if len(node.terms) else None
    if node.kind is NumberKind.CELL:
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
