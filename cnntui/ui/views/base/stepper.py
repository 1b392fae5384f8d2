"""The parts that Convolve and Pool share: a window that moves over a map by keys, by mouse and automatically."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget

from cnntui.cnn.ops import Floats
from cnntui.cnn.steps import ConvStep, ConvSteps, PoolStep, PoolSteps
from cnntui.cnn.window import Window
from cnntui.explore.focus import Move, dead_end, moved, readers_of, to_cell, to_index, with_filter, with_layer
from cnntui.palette import Mark
from cnntui.terminal.app import TerminalApp
from cnntui.ui.keys import views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import stepper_text
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.requests import Follow
from cnntui.ui.views.base.state import AppState
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.text.line import FILL, Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText

ROOMY = 90
"""The least width at which there is room for the cell as well while the window moves automatically."""

SPEEDS = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0)
"""The possible speeds in steps per second: a person could not follow more than ten, nor a slow line carry them."""


class StepperScreen(ExplorerScreen):
    """A screen on which a window moves over a map. Subclasses show the numbers of one step."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(views.STEPPER)

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._direction = 0
        self._speed = 2
        self._timer: Timer | None = None
        self._complete = False

    # What is on the stage

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="head")
        yield Lines("", id="where")
        yield ResponsiveText(id="input-title")
        yield ResponsiveText(id="output-title")
        yield MapGrid(id="input")
        yield MapGrid(id="output")
        yield from self.compose_calculation()
        yield ResponsiveText(id="sentence")

    @abstractmethod
    def compose_calculation(self) -> Iterable[Widget]:
        """The widgets that show the numbers of one step."""

    @property
    def steps(self) -> ConvSteps | PoolSteps:
        """Every position of the window."""
        assert self.scene.steps is not None
        return self.scene.steps

    @property
    def index(self) -> int:
        """The position of the focused cell among all positions of the window."""
        return self.steps.index(self.scene.focus.row, self.scene.focus.col)

    @property
    @abstractmethod
    def step(self) -> ConvStep | PoolStep:
        """The step at the focused cell."""

    @abstractmethod
    def place(self, width: int) -> Line:
        """Layer and filter, for the first line of the stage."""

    def show_place(self) -> None:
        """Show layer and filter."""
        self.query_one("#head", ResponsiveText).write(lambda room: [self.place(room.width)])

    def show_where(self) -> None:
        """Show where the window is and whether it is playing."""
        focus = self.scene.focus
        playing = f"{'▶' if self._direction > 0 else '◀'} {SPEEDS[self._speed]:g}/s   " if self._direction else ""
        # While playing, the position counts more than the cell, for which 80 columns have no room.
        cell = "" if playing and self.size.width < ROOMY else f"cell ({focus.row}, {focus.col})   "
        position = f"position {self.index + 1}/{len(self.steps)}"
        # A widget of its own, so that the constant text on its left need not be sent again at every step.
        self.query_one("#where", Lines).set((FILL, (f"{playing}{cell}{position}", "window")))

    def show_title(self, part: str, name: str, values: Floats, with_limits: bool) -> None:
        """Show the name and size of a map, and its colour scale."""
        self.write(part, lambda room: [stepper_text.map_title(name, values, with_limits, room.width)])

    @property
    def filled(self) -> int | None:
        """How many cells of the output map are shown; None for all of them."""
        if self.covers_cell:
            return self.index
        return None if self._complete else self.index + 1

    def mark_output(self) -> None:
        """Mark the cell that is computed, without any trace of its value while the cell is covered."""
        focus, look = self.scene.focus, Mark.UNKNOWN if self.covers_cell else Mark.WINDOW
        self.query_one("#output", MapGrid).mark(Window(focus.row, focus.col, 1, 1), filled=self.filled, look=look)

    # Walking

    def action_move(self, direction: str, cells: int) -> None:
        """Move the window and stop playing."""
        self._play(0)
        self.look(lambda focus, network: moved(focus, network, Move[direction.upper()], cells))

    def action_walk(self, cells: int) -> None:
        """Move on in reading order, across the ends of rows."""
        self._play(0)
        self._walk(cells)

    def _walk(self, cells: int) -> None:
        self.look(lambda focus, network: to_index(focus, network, self.steps.index(focus.row, focus.col) + cells))

    def on_grid_pointed(self, event: Grid.Pointed) -> None:
        """Go to a cell of the output; for a cell of the input, to the window that begins there."""
        if event.grid.id not in ("input", "output"):
            return
        cell = (event.row, event.col) if event.grid.id == "output" else self.steps.cell_of(event.row, event.col)
        if cell is not None:
            self._play(0)
            row, col = cell
            self.look(lambda focus, network: to_cell(focus, network, row, col))

    # Playing

    def action_play(self, direction: int) -> None:
        """Play forwards (1) or backwards (-1), from the other end if already at the end; or stop playing."""
        if self._direction == direction:
            self._play(0)
            return
        if self._at_the_end(direction):
            start = 0 if direction > 0 else len(self.steps) - 1
            self.look(lambda focus, network: to_index(focus, network, start))
        self._play(direction)

    def action_speed(self, change: int) -> None:
        """Play faster or slower."""
        self._speed = max(0, min(len(SPEEDS) - 1, self._speed + change))
        self._play(self._direction)
        if not self._direction:
            self.hint(f"{SPEEDS[self._speed]:g} positions a second: press space to play")

    def _at_the_end(self, direction: int) -> bool:
        return not 0 <= self.index + direction < len(self.steps)

    def _play(self, direction: int) -> None:
        if not direction and not self._direction:
            return
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._direction = direction
        if direction:
            self._timer = self.set_interval(1 / SPEEDS[self._speed], self._tick)
        if not self.is_lacking:
            self.show_where()

    def _tick(self) -> None:
        if self.is_lacking or self._at_the_end(self._direction):
            self._play(0)
        else:
            if isinstance(self.app, TerminalApp):
                self.app.keep_up()
            self._walk(self._direction)

    def on_screen_suspend(self) -> None:
        """Stop playing behind another screen."""
        self._play(0)

    # Changing the focus

    def action_complete(self) -> None:
        """Show the whole output map, or only the part that the window has reached."""
        self._complete = not self._complete
        self.show_scene(self.scene)

    def action_filter(self, step: int) -> None:
        """Go to the next or the previous filter, at the same position."""
        self.look(lambda focus, network: with_filter(focus, network, step))

    def action_layer(self, step: int) -> None:
        """Go to the next or the previous layer of this kind, at the same position if it exists there."""
        self._play(0)
        kind = self.kind
        assert kind is not None
        self.look(lambda focus, network: with_layer(focus, network, network.of_kind(kind), step))

    def action_follow(self) -> None:
        """Follow the cell into the next layer, or say why its way ends here."""
        self._play(0)
        if not readers_of(self.scene.focus, self.scene.network):
            end: Line = ((dead_end(self.scene.focus, self.scene.network), "bad"),)
            self.write("sentence", lambda room: [end])
            return
        self.app.post_message(Follow())
