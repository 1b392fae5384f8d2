"""The kernel lab's display of an experiment: the input, the kernel, the output, and one step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.layers import times
from cnntui.cnn.window import Window
from cnntui.labs.filters import Filter, Learned
from cnntui.labs.kernel import FIRST, Experiment, cross
from cnntui.palette import Colormap, Mark, Scale
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs.kernel import layout
from cnntui.ui.views.labs.kernel import text as kernel_text
from cnntui.ui.views.labs.kernel.layout import KernelForm
from cnntui.ui.views.labs.lab import LabScreen
from cnntui.ui.widgets.grids.gallery import Gallery
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.places import Places, is_small
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText


class KernelPart(Enum):
    """The part that the arrow keys move through."""

    WINDOW = "window"
    KERNEL = "weights"
    INPUT = "cells"


class KernelView(LabScreen):
    """Shows an experiment. Subclasses let the user change it."""

    WORDS: ClassVar[tuple[str, ...]] = ("#step", "#story")

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._own = cross()
        self._is_own = False
        self._experiment = Experiment(self._digit, (Filter(FIRST, (3, 3)),))
        self._learned: Learned | None = None
        self._maps: NDArray[np.float32] = np.zeros((1, 1, 0), np.float32)
        self._cell = (0, 0)
        self._part = KernelPart.WINDOW
        self._weight = self._own_cell = (0, 0)
        self._shows_reads = False
        self._refused = ""
        self._go_to_strongest()

    def compose_stage(self) -> Iterable[Widget]:
        yield Lines("", id="settings")
        yield ResponsiveText(id="name")
        yield Lines("", id="input-title")
        yield MapGrid(id="input")
        yield ResponsiveText(id="reads")
        yield Lines("", id="kernel-title")
        yield MapGrid(style=GridStyle.NUMBERS, id="kernel")
        yield Lines((("window", "window"),), id="patch-title")
        yield MapGrid(style=GridStyle.NUMBERS, digits=2, id="patch")
        yield Lines("", id="output-title")
        yield MapGrid(id="output")
        yield ResponsiveText(id="step")
        yield ResponsiveText(id="story")
        yield Lines("", id="maps-title")
        yield Gallery(enlarge=True, id="maps")

    def places(self, room: Size) -> Places:
        experiment, steps = self._experiment, self._experiment.steps
        rows, cols = experiment.input.shape
        if self._is_own:
            rows, cols = rows + sum(experiment.zeros(0)), cols + sum(experiment.zeros(1))
        form = KernelForm(
            (rows, cols), (steps.rows, steps.cols), experiment.size, len(experiment.filters), self._is_table,
            is_brief=self.has_class("-above"),
        )  # fmt: skip
        return layout.places(room, form)

    @property
    def _is_table(self) -> bool:
        """Whether the number of reads of each cell replaces the input."""
        return self._shows_reads and self._is_own

    @property
    def experiment(self) -> Experiment:
        """The current experiment."""
        return self._experiment

    @property
    def cell(self) -> tuple[int, int]:
        """The output cell that the current window produces."""
        return self._cell

    @property
    def _digit(self) -> NDArray[np.float32]:
        return self.scene.image.grey

    @property
    def _origin(self) -> tuple[int, int]:
        """Where the input's first cell is drawn, which depends on whether padding is drawn."""
        return (self._experiment.zeros(0)[0], self._experiment.zeros(1)[0]) if self._is_own else (0, 0)

    def _go_to_strongest(self) -> None:
        """Go to the cell where there is most to see."""
        steps = self._experiment.steps
        self._cell = divmod(int(np.abs(steps.output_map).argmax()), steps.cols)

    # Showing

    def _show_experiment(self) -> None:
        """Update everything that does not depend only on the window's position."""
        experiment, steps = self._experiment, self._experiment.steps
        self.query_one("#settings", Lines).set(kernel_text.settings(experiment, is_small(self.room)))
        self._show_input()
        self.query_one("#kernel", MapGrid).show(experiment.kernel, Scale.of(experiment.kernel))
        self.query_one("#output", MapGrid).show(steps.output_map, Scale.of(steps.output_map))
        number: Line = (("   map ", "dim"), (f"{experiment.chosen}", "window")) if len(experiment.filters) > 1 else ()
        self.query_one("#output-title", Lines).set(
            (("output ", "strong"), (times(steps.output_maps.shape), ""), *number)
        )
        self._show_maps()
        self.arrange_anew()
        self._show_name()
        self._show_marks()
        self._show_step()
        self._show_story()

    def _show_input(self) -> None:
        experiment = self._experiment
        grid = self.query_one("#input", MapGrid)
        around = [experiment.zeros(0), experiment.zeros(1)] if self._is_own else [(0, 0), (0, 0)]
        values = np.pad(experiment.input, around)
        ring = np.pad(np.zeros(experiment.input.shape, np.bool_), around, constant_values=True)
        unread = np.pad(experiment.reads == 0, around)
        if self._is_table:
            self.write("reads", partial(_table, experiment))
        elif self._shows_reads:
            values = (experiment.reads / max(1, int(experiment.reads.max()))).astype(np.float32)
        # The padding around the map is drawn as not belonging to it.
        ground = np.where(unread, np.uint8(Mark.UNREAD), np.where(ring, np.uint8(Mark.PENDING), np.uint8(Mark.PLAIN)))
        grid.show(values, Scale(1.0), ground=ground, ink=self._ink(values))

    def _show_maps(self) -> None:
        """Show the maps of all filters, if there are several."""
        maps, chosen = self._experiment.steps.output_maps, self._experiment.chosen
        if not np.array_equal(maps, self._maps):
            # With the same array as before, selecting another map repaints only two numbers.
            self._maps = maps
        self.query_one("#maps", Gallery).show(self._maps, np.abs(self._maps).max(axis=(0, 1)), chosen)
        title: Line = ((f"all {maps.shape[-1]} maps", "strong"), ("   each on its own scale", "dim"))
        self.query_one("#maps-title", Lines).set(title)

    def _show_name(self) -> None:
        self.write("name", partial(self._named, self._experiment, self._cell, self._refused))

    def _named(self, experiment: Experiment, cell: tuple[int, int], refused: str, room: Size) -> list[Line]:
        compact = is_small(self.room)
        # Such a small room has no place for the text.
        return [
            ((refused, "bad"),) if compact and refused else kernel_text.name(experiment, *cell, room.width, compact)
        ]

    def _show_marks(self) -> None:
        experiment, part = self._experiment, self._part
        step = experiment.steps.at(*self._cell)
        above, before = self._origin
        grid = self.query_one("#input", MapGrid)
        if part is KernelPart.INPUT:
            row, col = self._own_cell
            grid.mark(Window(row + above, col + before, 1, 1), look=Mark.WINNER)
        else:
            window = replace(step.window, top=step.window.top + above, left=step.window.left + before)
            only = ([row + above for row in step.rows], [col + before for col in step.cols])
            grid.mark(window, only=only if experiment.dilation > 1 else None)
        self.query_one("#output", MapGrid).mark(Window(*self._cell, 1, 1))
        self.query_one("#kernel", MapGrid).mark(Window(*self._weight, 1, 1) if part is KernelPart.KERNEL else None)
        self._show_titles()

    def _show_titles(self) -> None:
        part, experiment = self._part, self._experiment
        name = "7×7 cells" if self._is_own else f"{self.scene.title} {times(experiment.input.shape)}"
        if self._shows_reads:
            name = "how often cells are read"
        title: Line = ((name, "strong"),)
        if part is KernelPart.INPUT:
            title = ((f"▸ cell {self._own_cell} ", "window"), (f"{self._own[self._own_cell]:.3g}", "strong"))
        self.query_one("#input-title", Lines).set(title)
        weight = kernel_text.kernel_title(experiment)
        if part is KernelPart.KERNEL:
            value = float(experiment.kernel[self._weight])
            weight = ((f"▸ weight {self._weight} ", "window"), (f"{value:.3g}", "strong"))
        self.query_one("#kernel-title", Lines).set(weight)

    def _show_step(self) -> None:
        step = self._experiment.steps.at(*self._cell)
        self.query_one("#patch", MapGrid).show(
            np.ascontiguousarray(step.patch[..., 0]), Scale(1.0), ink=self._ink(step.patch)
        )
        self.write("step", partial(self._lines_of_step, self._experiment, self._cell))
        self._show_name()

    def _ink(self, values: NDArray[np.float32]) -> Colormap:
        return Colormap.PIXELS if values.min() >= 0 else Colormap.SIGNED

    def _lines_of_step(self, experiment: Experiment, cell: tuple[int, int], room: Size) -> list[Line]:
        return kernel_text.step(experiment, *cell, room.width, room.height)

    def _show_story(self) -> None:
        self.write("story", partial(self._story, self._experiment, self._shows_reads, self._refused))

    def _story(self, experiment: Experiment, about_reads: bool, refused: str, room: Size) -> list[Line]:
        return kernel_text.story(experiment, about_reads, refused, room.width, room.height)


def _table(experiment: Experiment, room: Size) -> list[Line]:
    """A line for each row of cells, or several lines if cells are that high."""
    rows, cols = experiment.reads.shape
    lines = kernel_text.reads_table(experiment, max(2, min(room.width // cols, 8)))
    apart = max(1, min(room.height // rows, 4))
    return [line for row in lines for line in (row, *[()] * (apart - 1))]
