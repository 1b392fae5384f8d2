"""The shift lab: an image slides while two networks predict its class, and the same is measured on many images."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

import numpy as np
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.ops import Floats
from cnntui.cnn.window import Window
from cnntui.explore.focus import Move
from cnntui.explore.scene import Scene
from cnntui.files.errors import CnntuiError
from cnntui.images.levels import Pixels
from cnntui.labs.shift import FARTHEST, SIDE, Race, Reader, shifted
from cnntui.palette import Colormap, Scale
from cnntui.runs.directory.run_directory import bundled_run
from cnntui.runs.reading.opening import open_run
from cnntui.ui.keys import labs
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.background import LOOK_SECONDS, fetch
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs.background import BackgroundLab
from cnntui.ui.views.labs.lab import ALL_IN_VIEW
from cnntui.ui.views.labs.shift import layout
from cnntui.ui.views.labs.shift import text as shift_text
from cnntui.ui.views.labs.shift import verdict as shift_verdict
from cnntui.ui.views.labs.shift.compared import COUNT, incomparable, other_run
from cnntui.ui.views.labs.shift.layout import ShiftForm
from cnntui.ui.widgets.charts.comparison_chart import ComparisonChart
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText

COUNTS = (100, 200, 500, 1000, 2000, 5000, 10_000)
"""The available numbers of images."""

DEFAULT = COUNTS.index(COUNT)

WIDEST_DIFFERENCE = 0.5
"""The difference in accuracy that has the strongest colour."""


class ShiftLab(BackgroundLab):
    """A lab that measures while it is in front, and keeps the measurement of two networks on a number of images."""

    WORDS: ClassVar[tuple[str, ...]] = ("#says", "#at", "#found")
    MODE = "shift"
    TEXT = """
In this lab you slide an image and watch how two networks cope. A convolution applies the same kernel everywhere, so
networks of convolutions are often called translation invariant: indifferent to where a digit is.

Slide the image with the arrows. The first network is the current one; the second has no convolutions and comes with
cnntui. (If the current one has none either, it is compared with the bundled CNN.) Each prediction is marked right or
wrong.

The squares show the same for many images: the middle is no shift, each cell is one shift, and lighter means more
images still right. The third square is the first minus the second: warm where the first is better, blue where it is
worse. v switches between them where there is no room for all. The chart is the middle row of both squares, from the
middle to the right. + and − change the number of images; more take longer and give a more exact answer.

The sentence is made from these measurements. It says "better" only where the first network gets more images right
than chance can explain, and has lost less than the second.

The maps of a convolution move along with the image, by whole cells: after two 2×2 pools only a shift by a multiple of
4 pixels moves them unchanged. And flatten gives every cell of the last maps its own slot, for which the dense layers
have learned weights of its own.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(labs.SHIFT)

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._count = DEFAULT
        self._shift = (0, 0)
        self._view = 0
        # The networks that have been read for comparison, by the name of their run, or why one could not be read.
        self._others: dict[str, Reader | CnntuiError] = {}
        self._race = Race(self._readers, self.scene.data, COUNTS[self._count])

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="head")
        yield Lines("", id="digit-title")
        yield MapGrid(ink=Colormap.PIXELS, id="digit", large=Large.WHOLE)
        yield Lines("", id="says")
        yield ResponsiveText(id="classes")
        yield ComparisonChart(id="curve")
        for place in range(3):
            yield ResponsiveText(id=f"title-{place}")
            yield MapGrid(id=f"map-{place}", classes="map")
        yield Lines("", id="at")
        yield ResponsiveText(id="found")

    # The networks

    @property
    def _own(self) -> Reader:
        return Reader(self.scene.run, self.scene.network)

    @property
    def _other(self) -> Reader | CnntuiError | None:
        """The network to compare with, or the reason why there is none; None until it has been read."""
        own, found = self._own, self._others.get(other_run(self._own))
        return (incomparable(own, found) or found) if isinstance(found, Reader) else found

    @property
    def _readers(self) -> tuple[Reader, ...]:
        """The current network and the one to compare with; if one has convolutions, it comes first."""
        own, other = self._own, self._other
        readers = (own, other) if isinstance(other, Reader) else (own,)
        return tuple(sorted(readers, key=lambda reader: not reader.is_convolutional))

    def _take(self, run: str, found: Reader | CnntuiError) -> None:
        self._others[run] = found
        self._begin()
        self.arrange_anew()
        self.refresh_bindings()
        self._show_image()
        self.show_found()

    # Measuring

    @property
    def job(self) -> Race:
        return self._race

    def start_job(self) -> None:
        """Measure once there is a network to compare with."""
        if self._other is not None:
            super().start_job()
        elif self.is_current:
            # A moment later, since reading it would delay painting what is already known.
            self.set_timer(LOOK_SECONDS, self._fetch_other)

    def _fetch_other(self) -> None:
        if self.is_current and self._other is None:
            run = other_run(self._own)
            # In a thread: importing the modules that read such a file takes longer than a key may wait.
            fetch(self, partial(_read_other, run), partial(self._take, run), partial(self._take, run), "other")

    def job_finished(self) -> None:
        """Measure again if the network has continued to learn."""
        if not self._is_of(self.scene.network):
            self._begin()

    def _is_of(self, network: object) -> bool:
        """Whether the measured network is the current one."""
        return any(reader.network is network for reader in self._race.readers)

    def _begin(self) -> None:
        self.halt()
        self._race = Race(self._readers, self.scene.data, COUNTS[self._count])
        self.start_job()

    def action_count(self, step: int) -> None:
        """Measure on more or fewer images."""
        count = min(max(self._count + step, 0), len(COUNTS) - 1)
        if count == self._count:
            self.hint(f"it is measured on {COUNTS[0]:,} to {COUNTS[-1]:,} images")
        else:
            self._count = count
            self._begin()
            self.show_found()

    # Shifting

    def action_move(self, direction: str, cells: int) -> None:
        """Slide the image."""
        down, right = Move[direction.upper()].value
        self._slide(self._shift[0] + down * cells, self._shift[1] + right * cells)

    def action_centre(self) -> None:
        """Return to no shift."""
        self._slide(0, 0)

    def _slide(self, down: int, right: int) -> None:
        self._shift = _within(down), _within(right)
        self._show_image()

    def on_grid_pointed(self, event: Grid.Pointed) -> None:
        """Select the shift of a cell on a map."""
        if event.grid.has_class("map"):
            self._slide(event.row - FARTHEST, event.col - FARTHEST)

    # Showing

    @property
    def moved(self) -> Pixels:
        """The shifted image, `(height, width, channels)`."""
        return shifted(self.scene.image.pixels, *self._shift)

    def answers(self) -> list[Floats]:
        """The probabilities that each network gives for the shifted image."""
        image = self.moved
        return [
            network.forward(network.input_of(image)).probabilities
            for network in (reader.network for reader in self._readers)
        ]

    def action_view(self) -> None:
        """Show the next group of the parts that share one place."""
        self._view = (self._view + 1) % len(self._views)
        self.arrange_anew()

    @property
    def _form(self) -> ShiftForm:
        rows, cols = self.scene.image.grey.shape
        # As if the other network had been read, so that nothing moves once it has been.
        networks = 1 if isinstance(self._other, CnntuiError) else 2
        return ShiftForm((rows, cols), self.scene.network.classes, networks)

    @property
    def _views(self) -> tuple[tuple[str, ...], ...]:
        return layout.views(self.room, self._form)

    def places(self, room: Size) -> Places:
        return layout.places(room, self._form, self._view)

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply: there are no other parts if everything fits."""
        if action == "view" and len(self._views) < 2:
            return ALL_IN_VIEW
        return super().why_not(action, parameters)

    def show_scene(self, before: Scene | None) -> None:
        scene, race = self.scene, self._race
        if not self._is_of(scene.network):
            # While a network trains, finish the measurement with the weights that it began with before starting
            # another. For another run, or another step of this one, start again at once.
            alike = any(
                reader.run == scene.run and [*map(type, reader.network)] == [*map(type, scene.network)]
                for reader in race.readers
            )
            if race.is_finished or not alike or not self.timeline.is_live:
                self._begin()
        self.arrange_anew()
        if before is None:
            self.refresh_bindings()
        self.show_found()
        if before is None or before.activations is not scene.activations:
            self._show_image()

    def _show_image(self) -> None:
        label, readers, answers = self.scene.label, self._readers, self.answers()
        self.query_one("#digit", MapGrid).show_image(self.moved)
        self.query_one("#digit-title", Lines).set(shift_text.title(*self._shift, self.scene.truth))
        self.query_one("#says", Lines).set(*shift_text.says(readers, answers, label, self.scene.class_names))
        self.write("classes", lambda room: shift_text.classes(readers, answers, label, room.width))
        self._show_place(self._race.accuracies())

    def _show_place(self, shares: Floats) -> None:
        """Mark the image's shift on the maps."""
        readers, (down, right) = self._race.readers, self._shift
        for grid in self.query(MapGrid).filter(".map"):
            grid.mark(Window(down + FARTHEST, right + FARTHEST, 1, 1))
        for place in range(len(readers)):
            line = shift_text.map_title(readers, shares, place, down, right)
            self.write(f"title-{place}", partial(_one_line, line))
        if len(readers) == 2:
            self.write("title-2", lambda room: [shift_text.difference_title(readers, shares, down, right, room.width)])
        count = int(self._race.counts()[down + FARTHEST, right + FARTHEST])
        self.query_one("#at", Lines).set(*shift_text.at(readers, shares, count, down, right))

    def show_found(self) -> None:
        """Show the measurement so far."""
        race, shares = self._race, self._race.accuracies()
        readers, known = race.readers, np.nan_to_num(shares)
        self.write("head", lambda room: [shift_text.head(race, room.width)])
        for place in range(len(readers)):
            self.query_one(f"#map-{place}", MapGrid).show(known[place], Scale(1.0))
        difference = known[0] - known[1] if len(readers) == 2 else np.zeros((SIDE, SIDE), np.float32)
        self.query_one("#map-2", MapGrid).show(difference, Scale(WIDEST_DIFFERENCE))
        compared = shift_text.comparison(readers, shares)
        self.query_one("#curve", ComparisonChart).show(shift_text.chart_title(), compared)
        count, other = int(race.counts()[FARTHEST, -1]), self._other
        trouble = f"{other}" if isinstance(other, CnntuiError) else ""
        self.write("found", lambda room: shift_verdict.found(readers, shares, count, room.width, trouble, room.height))
        self._show_place(shares)


def _read_other(run: str) -> Reader:
    return Reader(run, open_run(bundled_run(run)).network)


def _within(pixels: int) -> int:
    return min(max(pixels, -FARTHEST), FARTHEST)


def _one_line(line: Line, room: Size) -> list[Line]:
    return [line]
