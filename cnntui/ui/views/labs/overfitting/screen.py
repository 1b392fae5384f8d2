"""The overfitting lab: real runs with and without pooling, on few images and many, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.explore.focus import Move
from cnntui.explore.scene import Scene
from cnntui.labs.overfitting import CELLS, POOLINGS, Cell, Outcome, cell_of, moved, options_of, read_histories
from cnntui.runs.reading.follow import RunView
from cnntui.ui.keys import labs
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs.lab import ALL_IN_VIEW, LabScreen
from cnntui.ui.views.labs.overfitting import layout
from cnntui.ui.views.labs.overfitting import table as overfitting_table
from cnntui.ui.views.labs.overfitting import text as overfitting_text
from cnntui.ui.views.labs.overfitting import verdict as overfitting_verdict
from cnntui.ui.views.labs.overfitting.charts import Shown, accuracy_comparisons, loss_comparisons
from cnntui.ui.widgets.charts.comparison_chart import ComparisonChart
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.pointed_lines import PointedLines
from cnntui.ui.widgets.text.responsive import ResponsiveText


class OverfittingLab(LabScreen):
    """Shows the bundled histories, and the user's own run beside them."""

    WORDS: ClassVar[tuple[str, ...]] = ("#numbers", "#formula", "#found")
    MODE = "overfitting"
    NEEDS_WEIGHTS = False
    TEXT = """
This lab compares real runs with and without pooling, on 500 to 60,000 images. A network overfits when it memorises
its training images: accuracy on them keeps rising, and accuracy on new images does not.

The claim is that without pooling this is severe: the last maps stay so large that a dense layer of 512 units after
them has 512·h·w·depth parameters.

Each cell of the square at the right is one run with one seed; its number is the gap between training and test
accuracy at the end, in percentage points. Another seed would give slightly different numbers, so gaps that differ by
less than half a point are called about the same. ↑ ↓ choose the number of images, ← → the network. The charts show
the chosen run beside the one that differs only in pooling, on the same axes: line 1 is training, line 2 the 10,000
test images. Where the lines part, the network overfits.

Training values are means over the batches of an epoch, each taken before the network learned from that batch. So
early in a run they lie below the test values, which are measured at the end of the epoch.

v shows all the numbers: accuracies in percent, test losses, and after @ the epoch with the lowest one. Enter opens
the form with the chosen settings, to start the same run or a changed one; your run then appears here live, as lines 3
and 4.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(labs.OVERFITTING)

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._histories = read_histories()
        own = _own(state.run)
        self._chosen = own[0] if own is not None else CELLS[0]
        self._is_table = False

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="head")
        for pooling in POOLINGS:
            yield ComparisonChart(id=f"loss-{pooling}")
            yield ComparisonChart(id=f"accuracy-{pooling}")
        yield PointedLines(id="square")
        yield ResponsiveText(id="numbers")
        yield PointedLines(id="table")
        yield ResponsiveText(id="formula")
        yield ResponsiveText(id="yours")
        yield ResponsiveText(id="found")

    def places(self, room: Size) -> Places:
        return layout.places(room, self._chosen.pooling, self._is_table, _own(self.run) is not None)

    # Selecting

    def action_move(self, direction: str, cells: int) -> None:
        """Select more or fewer training images, or the other network."""
        down, right = Move[direction.upper()].value
        self._choose(moved(self._chosen, down * cells, right * cells))

    def on_pointed_lines_pointed(self, event: PointedLines.Pointed) -> None:
        """Select the cell under the mouse."""
        if event.lines.id == "square":
            cell = overfitting_table.cell_in_square(event.column, event.line)
        else:
            cell = overfitting_table.cell_in_table(event.column, event.line, event.lines.size.width)
        if cell is not None:
            self._choose(cell)

    def _choose(self, cell: Cell) -> None:
        if cell != self._chosen:
            self._chosen = cell
            self._show_cells()

    def action_table(self) -> None:
        """Show all numbers of all runs."""
        self._turn(True)

    def action_curves(self) -> None:
        """Show the curves of the selected run."""
        self._turn(False)

    def _turn(self, is_table: bool) -> None:
        self._is_table = is_table
        self.arrange_anew()
        self.refresh_bindings()

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply: the table replaces the curves only if there is no room for both."""
        if action in ("table", "curves") and (layout.shows_all(self.room) or self._is_table != (action == "curves")):
            return ALL_IN_VIEW
        return super().why_not(action, parameters)

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout for another size, which may have room for both."""
        super().on_resize(event)
        self.refresh_bindings()

    def action_train(self) -> None:
        """Request a training with the selected settings."""
        self.app.post_message(self.Propose(options_of(self._chosen, self._histories.outcome(self._chosen))))

    # The user's own run

    def show_state(self, state: AppState) -> None:
        """Show the progress of the user's own run; select it when another run is opened."""
        run, before = state.run, self.run
        is_another = run is not None and (before is None or before.run != run.run)
        if is_another and (own := _own(run)) is not None:
            self._chosen = own[0]
        super().show_state(state)

    def state_changed(self, before: AppState) -> None:
        """Update what has changed, including the user's own run."""
        super().state_changed(before)
        if self.run is not before.run:
            self._show_cells()

    # Showing

    def show_scene(self, before: Scene | None) -> None:
        if before is None:
            self._show_cells()

    def _show_cells(self) -> None:
        """Show the results of the selected pair and of all runs."""
        histories, chosen, own, run = self._histories, self._chosen, _own(self.run), self.run
        own_cell = own[0] if own else None
        in_charts = own is not None and own[1] is not None and own_cell in chosen.pair
        shown = [
            Shown(histories.outcome(cell), own[1].epochs if own and own[1] and cell == own_cell else ())
            for cell in chosen.pair
        ]
        for value, overlays in (("loss", loss_comparisons(shown)), ("accuracy", accuracy_comparisons(shown))):
            for cell, overlay in zip(chosen.pair, overlays, strict=True):
                chart = self.query_one(f"#{value}-{cell.pooling}", ComparisonChart)
                chart.show(overfitting_text.chart_title(value, cell, cell == chosen), overlay)
        self.write("head", lambda room: [overfitting_text.head(in_charts, room.width)])
        self.write("square", lambda room: overfitting_table.square(histories, chosen))
        self.write("numbers", lambda room: overfitting_table.numbers(histories, chosen))
        self.write("table", lambda room: overfitting_table.table(histories, chosen, own_cell, room.width))
        self.write("formula", lambda room: [overfitting_text.formula(histories, chosen, room.width)])
        self.write("found", lambda room: overfitting_verdict.found(histories, chosen, room.width, room.height))
        self.arrange_anew()
        if own is not None and run is not None:
            self.write("yours", lambda room: [overfitting_text.yours(run, *own, chosen, room.width)])
        else:
            self.write("yours", lambda room: [])


def _own(run: RunView | None) -> tuple[Cell, Outcome | None] | None:
    """The cell of a run and its outcome so far; None if the run is not the user's own or has no cell."""
    if run is None or run.run.read_only:
        return None
    cell, epochs = cell_of(run.config), run.history.epochs
    return None if cell is None else (cell, Outcome(run.config, epochs) if epochs else None)
