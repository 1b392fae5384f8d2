"""The shift lab: a digit slides, and the network says what it still reads; and how that is with many digits."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

import numpy as np
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.network import Activations, as_input
from cnntui.cnn.ops import Floats
from cnntui.cnn.window import Window
from cnntui.focus import Move
from cnntui.labs.shift import FARTHEST, Tolerance, shifted
from cnntui.palette import Ink, Scale
from cnntui.scene import Scene
from cnntui.screens.labs import shift_text
from cnntui.screens.labs.background import BackgroundLab
from cnntui.screens.moves import moves
from cnntui.widgets.fitted import FittedLines
from cnntui.widgets.geometry import GridStyle
from cnntui.widgets.lines import Line, Lines
from cnntui.widgets.map_grid import MapGrid

COUNTS = (100, 200, 500, 1000, 2000, 5000, 10_000)
"""How many digits can be asked for."""


class ShiftLab(BackgroundLab):
    """Measures while it is in front, and keeps what was measured of one network and one number of digits."""

    MODE = "shift"
    NAME = "Shift lab"
    TEXT = """
A convolution finds a pattern wherever it stands, since the same kernel is laid on every place. It is often said that a
network of convolutions is therefore indifferent to where a digit stands: translation invariant.

Slide the digit with the arrows and see what the network reads. The square at the right is the same for many digits: its
middle is where nothing is moved, each cell is one shift, and the lighter it is the more of them are still read rightly.
Below is its middle row, from the middle to the right. + and − ask for more digits or fewer; more take longer and give a
more exact answer.

The maps move along with the digit. But flatten gives every cell of the last maps a place of its own, and the dense
layers behind it have learned a weight for each place.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *moves("Slide", "Slide"),
        Binding("plus,equals_sign", "count(1)", "Digits", key_display="+ −", tooltip="Measure on more digits"),
        Binding("minus", "count(-1)", "Measure on fewer digits", show=False),
        Binding("z", "centre", "Back", tooltip="Back to where the digit stands"),
    ]

    DEFAULT_CSS = """
    ShiftLab {
        #head { offset: 1 0; width: 78; }
        #digit-title { offset: 1 1; width: 28; }
        #digit { offset: 1 2; width: 28; height: 14; }
        #classes { offset: 30 3; width: 14; height: 10; }
        #map-title { offset: 45 1; width: 34; }
        #map { offset: 45 2; width: 34; height: 17; }
        #curve { offset: 1 17; width: 44; height: 2; }
        #found { offset: 1 19; width: 78; height: 3; }
    }
    ShiftLab.-large {
        #head { width: 116; }
        #digit-title { offset: 1 2; }
        #digit { offset: 1 3; width: 56; height: 28; }
        #classes { offset: 61 22; width: 50; height: 10; }
        #map-title { offset: 61 2; }
        #map { offset: 61 3; }
        #curve { offset: 1 33; }
        #found { offset: 1 35; width: 116; }
    }
    ShiftLab.-compact {
        #head { width: 58; }
        #digit { offset: 1 2; }
        #map-title { offset: 30 1; width: 29; }
        #map { offset: 30 2; width: 17; height: 9; }
        #curve, #classes { display: none; }
        #found { display: none; }
    }
    """

    def __init__(self, scene: Scene, style: GridStyle) -> None:
        super().__init__(scene, style)
        self._count = 1
        self._tolerance = self._new()
        self._shift = (0, 0)

    def _new(self) -> Tolerance:
        return Tolerance(self.scene.network, self.scene.digits, COUNTS[self._count])

    def compose_stage(self) -> Iterable[Widget]:
        yield FittedLines(id="head")
        yield Lines("", id="digit-title")
        yield MapGrid(ink=Ink.PIXELS, id="digit")
        yield FittedLines(id="classes")
        yield Lines("", id="map-title")
        yield MapGrid(id="map")
        yield Lines("", id="curve")
        yield FittedLines(id="found")

    # Measuring

    @property
    def job(self) -> Tolerance:
        return self._tolerance

    def job_finished(self) -> None:
        """Measure again where the network has learned on meanwhile."""
        if self._tolerance.network is not self.scene.network:
            self._begin()

    def _begin(self) -> None:
        self.halt()
        self._tolerance = self._new()
        self.go_on()

    def action_count(self, step: int) -> None:
        """Measure on more digits, or on fewer."""
        count = min(max(self._count + step, 0), len(COUNTS) - 1)
        if count != self._count:
            self._count = count
            self._begin()
            self.show_found()

    # Sliding

    def action_move(self, direction: str, cells: int) -> None:
        """Slide the digit."""
        down, right = Move[direction.upper()].value
        self._slide(self._shift[0] + down * cells, self._shift[1] + right * cells)

    def action_centre(self) -> None:
        """Back to where the digit stands."""
        self._slide(0, 0)

    def _slide(self, down: int, right: int) -> None:
        self._shift = tuple(min(max(pixels, -FARTHEST), FARTHEST) for pixels in (down, right))  # type: ignore[assignment]
        self._show_digit()

    def on_map_grid_pointed(self, event: MapGrid.Pointed) -> None:
        """A cell of the map is a shift."""
        if event.grid.id == "map":
            self._slide(event.row - FARTHEST, event.col - FARTHEST)

    # Showing

    @property
    def activations(self) -> Activations:
        """What the network computes for the digit as it stands now."""
        pixels = np.rint(self.scene.activations.image[..., 0] * 255).astype(np.uint8)
        return self.scene.network.forward(as_input(shifted(pixels, *self._shift)))

    def show_scene(self, before: Scene | None) -> None:
        scene, measured = self.scene, self._tolerance
        # While a network learns, a measurement is finished with the weights that it began with, and then begun again.
        if measured.network is not scene.network and (
            measured.is_finished or [*map(type, measured.network)] != [*map(type, scene.network)]
        ):
            self._begin()
        self.show_found()
        if before is None or before.activations is not scene.activations:
            self._show_digit()

    def _show_digit(self) -> None:
        activations, label = self.activations, self.scene.label
        self.query_one("#digit", MapGrid).show(np.ascontiguousarray(activations.image[..., 0]), Scale(1.0))
        says, sure = activations.predicted, float(activations.probabilities[activations.predicted])
        role = "good" if label in (None, says) else "bad"
        self.query_one("#digit-title", Lines).set(
            (
                (shift_text.way(*self._shift), "window"),
                (": read as ", "dim"),
                (f"{says}", role),
                (f" {sure:.0%}", "dim"),
            )
        )
        self.query_one("#classes", FittedLines).write(lambda room: shift_text.classes(activations, label, room.width))
        down, right = self._shift
        self.query_one("#map", MapGrid).mark(Window(down + FARTHEST, right + FARTHEST, 1, 1))
        self.query_one("#map-title", Lines).set(shift_text.at(self._tolerance.accuracies(), down, right))

    def show_found(self) -> None:
        """Show what has been measured."""
        tolerance, shares = self._tolerance, self._tolerance.accuracies()
        self.query_one("#head", FittedLines).write(lambda room: [shift_text.head(tolerance)])
        self.query_one("#map", MapGrid).show(np.nan_to_num(shares), Scale(1.0))
        self.query_one("#map-title", Lines).set(shift_text.at(shares, *self._shift))
        self.query_one("#curve", Lines).set(*shift_text.curve(shares))
        self.query_one("#found", FittedLines).write(partial(_found, shares))


def _found(shares: Floats, room: Size) -> list[Line]:
    return shift_text.found(shares, room.width)
