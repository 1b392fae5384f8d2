"""The kernel lab: any kernels on an image, or on a small input with editable cells, one step at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from cnntui.explore.focus import Move
from cnntui.labs.filters import OwnKernel, whole
from cnntui.labs.kernel import CELLS, code
from cnntui.ui.keys import labs
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.overlay import lay_over
from cnntui.ui.views.labs.kernel.trial import KernelTrial
from cnntui.ui.views.labs.kernel.view import KernelPart
from cnntui.ui.widgets.grids.grid import Grid

CHANGE = 0.25
"""How much a key changes a weight or a cell: an amount whose sums are exact."""


class KernelLab(KernelTrial):
    """Edits the experiment, which is kept while other screens are open."""

    MODE = "kernel"
    TEXT = """
In this lab you build a convolution by hand and watch its output change. Two choices define it: the size of its
window, and the number of its filters, which is the depth of its output.

Stride (how far the window moves), dilation (the gaps between weights) and padding (the border) matter, too. Change
any of them and watch the output size, written out as arithmetic, and the parameter count.

The weights decide what a filter finds. Some kernels need no learning: b goes through well-known ones that blur or
find edges. f loads a kernel of the current network to compare with them. Kernels are applied as written, not flipped:
the convolution of mathematics turns them by 180° first, which swaps light and dark for Sobel and emboss. Enter lets
the arrows choose a weight; + and − change it, and space sets it to 0 or 1. Enter again, and the arrows choose a cell
of the 7×7 input that i puts in place of the image.

) adds a filter, up to 16; ( removes the current one; tab goes to the next. All of them lie on the same window and
each produces one number, so at every position the window becomes a vector with one number per filter. The number of
the current filter stands in brackets. Every filter adds a map to the output and its weights to the parameters. b, f,
c and editing change the current filter; size, stride, dilation and padding belong to the layer. At another size, a
known kernel is padded with zeros or cut, and is whole again at its own size.

Cells at the border lie in fewer windows than cells in the middle, so they count less: v shows how often each cell is
read. With 'same' padding zeros surround the input, so that with stride 1 the output is as large as the input. If
their number is odd, TensorFlow puts the extra one below and at the right.

Colours: stronger is larger, warm is positive, blue is negative; × is never read. E copies this step as code for NumPy
and Keras, and shows it.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(labs.KERNEL)

    # Editing

    def action_part(self) -> None:
        """Let the arrow keys move something else."""
        parts = list(KernelPart) if self._is_own else [KernelPart.WINDOW, KernelPart.KERNEL]
        self._part = parts[(parts.index(self._part) + 1) % len(parts)]
        self._show_experiment()

    def action_change(self, sign: int) -> None:
        """Increase or decrease a weight or a cell."""
        self._edit(lambda value: value + sign * CHANGE)

    def action_flip(self) -> None:
        """Set a weight or a cell to 0 or 1."""
        self._edit(lambda value: 0.0 if value else 1.0)

    def _edit(self, change: Callable[[float], float]) -> None:
        if self._part is KernelPart.WINDOW:
            # Nothing has been selected to edit yet.
            self._part = KernelPart.KERNEL
        if self._part is KernelPart.KERNEL:
            kernel = self._experiment.kernel.copy()
            kernel[self._weight] = change(float(kernel[self._weight]))
            self._try(self._experiment.exchanged(whole(OwnKernel(kernel), self._experiment.size)))
        else:
            self._own = self._own.copy()
            self._own[self._own_cell] = change(float(self._own[self._own_cell]))
            self._try(replace(self._experiment, input=self._own))

    # Moving

    def action_move(self, direction: str, cells: int) -> None:
        """Move the window, or the selection for editing."""
        down, along = Move[direction.upper()].value

        def moved(place: tuple[int, int], shape: tuple[int, ...]) -> tuple[int, int]:
            row, col = place[0] + down * cells, place[1] + along * cells
            return min(max(row, 0), shape[0] - 1), min(max(col, 0), shape[1] - 1)

        if self._part is KernelPart.WINDOW:
            self._go(moved(self._cell, self._experiment.steps.output_map.shape))
            return
        if self._part is KernelPart.KERNEL:
            self._weight = moved(self._weight, self._experiment.size)
        else:
            self._own_cell = moved(self._own_cell, self._own.shape)
        self._show_marks()

    def action_walk(self, cells: int) -> None:
        """Move on in reading order, across the ends of rows."""
        steps = self._experiment.steps
        self._go(divmod(min(max(steps.index(*self._cell) + cells, 0), len(steps) - 1), steps.cols))

    def _go(self, cell: tuple[int, int]) -> None:
        self._cell = cell
        if self._refused:
            self._refused = ""
            self._show_story()
        self._show_marks()
        self._show_step()

    @on(Grid.Pointed, "#maps")
    def on_small_map(self, event: Grid.Pointed) -> None:
        """Select the filter of a map."""
        self.choose(event.tile)

    @on(Grid.Pointed, "MapGrid")
    def on_cell(self, event: Grid.Pointed) -> None:
        """Go to a cell of the output, to the window of a cell of the input, or to a weight of the kernel."""
        row, col = event.row, event.col
        if event.grid.id == "kernel":
            self._part, self._weight = KernelPart.KERNEL, (row, col)
            self._show_experiment()
        elif event.grid.id == "output":
            self._go((row, col))
        elif event.grid.id == "input":
            row, col = row - self._origin[0], col - self._origin[1]
            if self._part is KernelPart.INPUT and 0 <= row < CELLS and 0 <= col < CELLS:
                self._own_cell = row, col
                self._show_marks()
            elif (cell := self._experiment.steps.cell_of(row, col)) is not None:
                self._go(cell)

    # Code

    async def action_copy(self) -> None:
        """Copy the step as a program, and show it."""
        from cnntui.ui.views.labs.code_page import CodePage

        text = code(self._experiment, *self._cell)
        self.app.copy_to_clipboard(text)
        await lay_over(self.app, CodePage(text))

    def action_reads(self) -> None:
        """Show how often each cell is read, or the values again."""
        self._shows_reads = not self._shows_reads
        self._show_experiment()
