"""The kernel lab: any kernel on a digit, or on a small input whose cells can be set, one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.layers import Conv2D, times
from cnntui.cnn.window import Window
from cnntui.focus import Move, towards
from cnntui.labs.kernel import MOST, PRESETS, Experiment, Preset, code, cross, resized
from cnntui.palette import Ink, Mark, Scale
from cnntui.scene import Scene
from cnntui.screens.labs import kernel_text
from cnntui.screens.labs.lab import LabScreen
from cnntui.screens.moves import moves
from cnntui.screens.over import lay_over
from cnntui.widgets.fitted import FittedLines
from cnntui.widgets.geometry import GridStyle
from cnntui.widgets.lines import FILL, Line, Lines
from cnntui.widgets.map_grid import MapGrid

CHANGE = 0.25
"""How much a key changes a weight or a cell: a number of which sums are exact."""

MOST_STRIDE, MOST_DILATION = 4, 3

TILES = 4
"""Columns of widgets that a large grid is painted in: more cost time, fewer cost bytes."""


class Part(Enum):
    """What the arrows move."""

    WINDOW = "window"
    KERNEL = "weights"
    INPUT = "cells"


class PaddedGrid(MapGrid):
    """A grid with the zeros around it that padding adds, drawn as what is no part of the map."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(tiles=TILES, id=id)
        self._ring: NDArray[np.bool_] = np.zeros((1, 1), np.bool_)

    def lay(self, values: NDArray[np.float32], ring: NDArray[np.bool_], unread: NDArray[np.bool_] | None) -> None:
        """Show values `(rows, columns)`; `ring` is True for those that padding added."""
        self._ring = ring
        self.show(values, Scale(1.0), unread=unread, ink=Ink.PIXELS if values.min() >= 0 else Ink.SIGNED)

    def _remark(self) -> None:
        super()._remark()
        if self._ring.shape == self._marks.shape:
            self._marks[self._ring & (self._marks == Mark.PLAIN)] = Mark.PENDING


class KernelLab(LabScreen):
    """Holds the experiment, which stays while one looks at other screens."""

    MODE = "kernel"
    NAME = "Kernel lab"
    TEXT = """
A convolution is defined by its window: how high and wide it is, how far it moves at a time (stride), how far apart its
weights lie on the input (dilation), and what happens at the border (padding). Change any of them and watch the size of
the output, which is written out as the sum that it is.

The weights decide what the convolution finds. Nobody needs to learn a kernel to blur or to find edges: b goes through
those that people have known for long. f puts a kernel here that the network in view has learned, to be compared with
them. enter lets the arrows choose a weight; + and − change it, space makes it 0 or 1. Once more, and they choose a cell
of the 7×7 input, which i puts in the place of the digit.

Cells at the border lie in fewer windows than those in the middle, so that a convolution sees less of them: v shows how
often each is read. With the padding 'same' zeros are put around the input, so that with stride 1 the output is as large
as the input. Where their number is odd, TensorFlow puts one more below and at the right. The colours: lighter is
larger; warm is above 0, blue below; × is never read.

y copies the step as a program for NumPy and Keras, and shows it.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *moves("Move", "Go"),
        Binding("full_stop", "walk(1)", "Next cell in reading order", show=False),
        Binding("comma", "walk(-1)", "Previous cell in reading order", show=False),
        Binding("b", "preset(1)", "Known", tooltip="Next kernel that people have a name for"),
        Binding("B", "preset(-1)", "Previous known kernel", show=False),
        Binding("f", "learned(1)", "Learned", tooltip="Next kernel that the network has learned"),
        Binding("F", "learned(-1)", "Previous learned kernel", show=False),
        Binding("c", "channel(1)", "Next input channel of a learned kernel", show=False),
        Binding("C", "channel(-1)", "Previous input channel of a learned kernel", show=False),
        Binding("enter", "part", "Edit", tooltip="What the arrows move: the window, a weight, a cell of the 7×7 input"),
        Binding("plus,equals_sign", "change(1)", "More", key_display="+ −", tooltip="A weight, or cell, 0.25 more"),
        Binding("minus", "change(-1)", "A weight, or cell, 0.25 less", show=False),
        Binding("space", "flip", "Make a weight, or cell, 0 or 1", show=False),
        Binding("i", "input", "7×7", tooltip="A 7×7 input whose cells can be set, or the digit"),
        Binding("v", "reads", "Reads", tooltip="How often each cell of the input is read"),
        Binding("y", "copy", "Code", tooltip="Copy the step as a program for NumPy and Keras"),
        Binding("right_square_bracket", "size(0, 1)", "Kernel one column wider", show=False),
        Binding("left_square_bracket", "size(0, -1)", "Kernel one column narrower", show=False),
        Binding("right_curly_bracket", "size(1, 0)", "Kernel one row higher", show=False),
        Binding("left_curly_bracket", "size(-1, 0)", "Kernel one row lower", show=False),
        Binding("s", "stride", "Stride: 1 to 4", show=False),
        Binding("a", "dilation", "Dilation: 1 to 3", show=False),
        Binding("o", "padding", "Padding: valid or same", show=False),
        Binding("n", "digit(1)", "Next digit", show=False),
    ]

    DEFAULT_CSS = """
    KernelLab {
        #settings { offset: 1 0; width: 78; }
        #name { offset: 1 1; width: 78; }
        #input-title { offset: 1 2; width: 28; }
        #input, #reads { offset: 1 3; width: 28; height: 14; }
        #kernel-title { offset: 30 2; width: 21; }
        #kernel { offset: 30 3; width: 21; height: 7; }
        #patch-title { offset: 30 10; width: 21; }
        #patch { offset: 30 11; width: 21; height: 5; }
        #output-title { offset: 52 2; width: 28; }
        #output { offset: 52 3; width: 28; height: 14; }
        #equation { offset: 1 17; width: 78; }
        #story { offset: 1 18; width: 78; height: 4; }
    }
    KernelLab #reads { display: none; }
    KernelLab.-reads #reads { display: block; }
    KernelLab.-reads #input { display: none; }
    KernelLab.-large {
        #settings, #name, #equation, #story { width: 116; }
        #input-title { width: 56; }
        #input, #reads { width: 56; height: 28; }
        #output-title { offset: 61 2; width: 56; }
        #output { offset: 61 3; width: 56; height: 28; }
        #kernel-title { offset: 1 31; }
        #kernel { offset: 1 32; width: 21; height: 6; }
        #patch-title { offset: 24 31; }
        #patch { offset: 24 32; }
        #equation { offset: 47 32; width: 70; }
        #story { offset: 47 33; width: 70; height: 5; }
    }
    KernelLab.-compact {
        #settings, #name { width: 58; }
        #input-title, #output-title { display: none; }
        #input, #reads { offset: 1 2; }
        #output { offset: 31 2; }
        #kernel-title, #kernel, #patch-title, #patch, #equation, #story { display: none; }
    }
    """

    def __init__(self, scene: Scene, style: GridStyle) -> None:
        super().__init__(scene, style)
        self._own = cross()
        self._is_own = False
        self._preset: Preset | None = PRESETS[4]
        self._called, self._does = self._preset.name, self._preset.does
        self._filter = self._channel = -1
        self._experiment = Experiment(self._digit, self._preset.make(3, 3))
        self._cell = (0, 0)
        self._part = Part.WINDOW
        self._weight = self._own_cell = (0, 0)
        self._shows_reads = False
        self._refused = ""
        self._go_to_strongest()

    def compose_stage(self) -> Iterable[Widget]:
        yield Lines("", id="settings")
        yield Lines("", id="name")
        yield Lines("", id="input-title")
        yield PaddedGrid(id="input")
        yield Lines("", id="reads")
        yield Lines("", id="kernel-title")
        yield MapGrid(style=GridStyle.NUMBERS, id="kernel")
        yield Lines((("window", "window"),), id="patch-title")
        yield MapGrid(style=GridStyle.NUMBERS, digits=2, id="patch")
        yield Lines("", id="output-title")
        yield MapGrid(tiles=TILES, id="output")
        yield FittedLines(id="equation")
        yield FittedLines(id="story")

    @property
    def experiment(self) -> Experiment:
        """What is tried."""
        return self._experiment

    @property
    def _digit(self) -> NDArray[np.float32]:
        return np.ascontiguousarray(self.scene.activations.image[..., 0])

    @property
    def _origin(self) -> tuple[int, int]:
        """Where the input's first cell is drawn: the zeros before it are drawn where there is room for them."""
        return (self._experiment.zeros(0)[0], self._experiment.zeros(1)[0]) if self._is_own else (0, 0)

    # Another experiment

    def _try(self, **changes: object) -> bool:
        """Try something else, if the window then has a place; otherwise say why not."""
        other = replace(self._experiment, **changes)  # type: ignore[arg-type]
        if not other.fits:
            axis = next(axis for axis in (0, 1) if other.positions(axis) < 1)
            word = ("high", "wide")[axis]
            self._refuse(f"A window {other.extent[axis]} {word} has no place on {other.input.shape[axis]} cells.")
            return False
        self._refused = ""
        self._experiment = other
        row, col = self._cell
        self._cell = min(row, other.positions(0) - 1), min(col, other.positions(1) - 1)
        height, width = other.size
        self._weight = min(self._weight[0], height - 1), min(self._weight[1], width - 1)
        self._show_experiment()
        return True

    def _refuse(self, why: str) -> None:
        self._refused = why
        self.app.bell()
        self._show_story()

    def _go_to_strongest(self) -> None:
        """The cell where there is most to see."""
        steps = self._experiment.steps
        self._cell = divmod(int(np.abs(steps.output_map).argmax()), steps.cols)

    def show_scene(self, before: Scene | None) -> None:
        if before is None:
            self._show_experiment()
        elif before.activations is not self.scene.activations and not self._is_own:
            self._try(input=self._digit)

    def action_size(self, rows: int, cols: int) -> None:
        """A larger or a smaller kernel: of a known one that size where there is one, otherwise of the same weights."""
        height, width = self._experiment.size
        height, width = (min(max(length, 1), MOST) for length in (height + rows, width + cols))
        if (height, width) == self._experiment.size:
            self._refuse(f"A kernel has 1 to {MOST} rows and columns here.")
        elif self._preset is not None and self._preset.any_size:
            self._try(kernel=self._preset.make(height, width))
        elif self._try(kernel=resized(self._experiment.kernel, height, width)):
            self._become_own()

    def action_stride(self) -> None:
        """The next stride; a dilation ends, as Keras has only one of the two."""
        self._try(stride=self._experiment.stride % MOST_STRIDE + 1, dilation=1)

    def action_dilation(self) -> None:
        """The next dilation; a stride ends, as Keras has only one of the two."""
        dilation = self._experiment.dilation % MOST_DILATION + 1
        if not self._try(dilation=dilation, stride=1):
            self._experiment = replace(self._experiment, dilation=1)
            self._show_experiment()

    def action_padding(self) -> None:
        """The other padding."""
        self._try(padding="same" if self._experiment.padding == "valid" else "valid")

    def action_input(self) -> None:
        """The 7×7 input, or the digit."""
        self._is_own = not self._is_own
        if self._part is Part.INPUT:
            self._part = Part.WINDOW
        if not self._try(input=self._own if self._is_own else self._digit):
            self._is_own = not self._is_own
            return
        self._go_to_strongest()
        self._show_experiment()

    # Another kernel

    def action_preset(self, step: int) -> None:
        """The next or the previous kernel that has a name."""
        place = PRESETS.index(self._preset) + step if self._preset in PRESETS else 0
        preset = PRESETS[place % len(PRESETS)]
        size = self._experiment.size if preset.any_size and self._preset is not None else (3, 3)
        before = self._preset, self._called, self._does
        self._preset, self._called, self._does = preset, preset.name, preset.does
        if not self._try(kernel=preset.make(*size)):
            self._preset, self._called, self._does = before

    def action_learned(self, step: int) -> None:
        """The next or the previous filter of the convolution in focus, or of the nearest one."""
        self._channel = max(0, self._channel)
        self._take_learned(self._filter + step if self._filter >= 0 else self.scene.focus.filter, self._channel)

    def action_channel(self, step: int) -> None:
        """The next or the previous input channel of the learned kernel."""
        self._take_learned(max(0, self._filter), self._channel + step)

    def _take_learned(self, filter: int, channel: int) -> None:
        scene = self.scene
        focus = towards(scene.focus, scene.network, Conv2D)
        layer = scene.network[focus.layer] if focus is not None else None
        if not isinstance(layer, Conv2D):
            self._refuse("The network in view has no convolution.")
            return
        channels = layer.kernel.shape[2]
        filter, channel = filter % layer.filters, channel % channels
        if layer.size[0] > MOST or layer.size[1] > MOST:
            self._refuse(f"The kernels of {layer.name} are {times(layer.size)}; at most {MOST}×{MOST} fit here.")
            return
        self._filter, self._channel, self._preset = filter, channel, None
        of = f", channel {channel} of {channels}" if channels > 1 else ""
        self._called, self._does = f"{layer.name} filter {filter}{of}", "learned by the network in view"
        self._try(kernel=np.nan_to_num(layer.kernel[..., channel, filter]))

    def _become_own(self) -> None:
        self._preset, self._called, self._does = None, "your own", "as you set it"
        self._show_name()

    # Editing

    def action_part(self) -> None:
        """Let the arrows move something else."""
        parts = list(Part) if self._is_own else [Part.WINDOW, Part.KERNEL]
        self._part = parts[(parts.index(self._part) + 1) % len(parts)]
        self._show_experiment()

    def action_change(self, sign: int) -> None:
        """A weight, or a cell, a little more or less."""
        self._edit(lambda value: value + sign * CHANGE)

    def action_flip(self) -> None:
        """A weight, or a cell, 0 or 1."""
        self._edit(lambda value: 0.0 if value else 1.0)

    def _edit(self, change: Callable[[float], float]) -> None:
        if self._part is Part.WINDOW:
            # Nobody has chosen what to change yet.
            self._part = Part.KERNEL
        if self._part is Part.KERNEL:
            kernel = self._experiment.kernel.copy()
            kernel[self._weight] = change(float(kernel[self._weight]))
            self._try(kernel=kernel)
            self._become_own()
        else:
            self._own = self._own.copy()
            self._own[self._own_cell] = change(float(self._own[self._own_cell]))
            self._try(input=self._own)

    # Moving

    def action_move(self, direction: str, cells: int) -> None:
        """Move the window, or what is edited."""
        down, along = Move[direction.upper()].value

        def moved(place: tuple[int, int], shape: tuple[int, ...]) -> tuple[int, int]:
            row, col = place[0] + down * cells, place[1] + along * cells
            return min(max(row, 0), shape[0] - 1), min(max(col, 0), shape[1] - 1)

        if self._part is Part.WINDOW:
            self._go(moved(self._cell, self._experiment.steps.output_map.shape))
            return
        if self._part is Part.KERNEL:
            self._weight = moved(self._weight, self._experiment.size)
        else:
            self._own_cell = moved(self._own_cell, self._own.shape)
        self._show_marks()

    def action_walk(self, cells: int) -> None:
        """Go on in reading order, over the ends of rows."""
        steps = self._experiment.steps
        self._go(divmod(min(max(steps.index(*self._cell) + cells, 0), len(steps) - 1), steps.cols))

    def _go(self, cell: tuple[int, int]) -> None:
        self._cell = cell
        self._show_marks()
        self._show_step()

    def on_map_grid_pointed(self, event: MapGrid.Pointed) -> None:
        """A cell of the output is gone to, one of the input leads to its window, and a weight is chosen."""
        row, col = event.row, event.col
        if event.grid.id == "kernel":
            self._part, self._weight = Part.KERNEL, (row, col)
            self._show_experiment()
        elif event.grid.id == "output":
            self._go((row, col))
        elif event.grid.id == "input":
            row, col = row - self._origin[0], col - self._origin[1]
            if self._part is Part.INPUT and 0 <= row < MOST and 0 <= col < MOST:
                self._own_cell = row, col
                self._show_marks()
            elif (cell := self._experiment.steps.cell_of(row, col)) is not None:
                self._go(cell)

    # Code

    async def action_copy(self) -> None:
        """Copy the step as a program, and show it."""
        from cnntui.screens.labs.code_page import CodePage

        text = code(self._experiment, *self._cell)
        self.app.copy_to_clipboard(text)
        await lay_over(self.app, CodePage(text))

    def action_reads(self) -> None:
        """How often each cell is read, or the values again."""
        self._shows_reads = not self._shows_reads
        self._show_experiment()

    # Showing

    def _show_experiment(self) -> None:
        """What changes with anything but the place of the window."""
        experiment, steps = self._experiment, self._experiment.steps
        compact = self.has_class("-compact")
        self.query_one("#settings", Lines).set(kernel_text.settings(experiment, compact))
        self._show_input()
        self.query_one("#kernel", MapGrid).show(experiment.kernel, Scale.of(experiment.kernel))
        self.query_one("#output", MapGrid).show(steps.output_map, Scale.of(steps.output_map))
        self.query_one("#output-title", Lines).set((("output ", "strong"), (times(steps.output_map.shape), "")))
        self._show_name()
        self._show_marks()
        self._show_step()
        self._show_story()

    def _show_input(self) -> None:
        experiment = self._experiment
        grid = self.query_one("#input", PaddedGrid)
        as_table = self._shows_reads and self._is_own
        self.set_class(as_table, "-reads")
        around = [experiment.zeros(0), experiment.zeros(1)] if self._is_own else [(0, 0), (0, 0)]
        values = np.pad(experiment.input, around)
        ring = np.pad(np.zeros(experiment.input.shape, np.bool_), around, constant_values=True)
        unread = np.pad(experiment.reads == 0, around)
        if as_table:
            lines = kernel_text.reads_table(experiment, 4)
            self.query_one("#reads", Lines).set(*[line for row in lines for line in (row, ())])
        elif self._shows_reads:
            values = (experiment.reads / max(1, int(experiment.reads.max()))).astype(np.float32)
        grid.lay(values, ring, unread if unread.any() else None)

    def _show_name(self) -> None:
        steps = self._experiment.steps
        row, col = self._cell
        step = f"cell ({row}, {col})  step {steps.index(row, col) + 1}/{len(steps)}"
        does = () if self.has_class("-compact") else ((f"   {self._does}", "dim"),)
        self.query_one("#name", Lines).set(((self._called, "strong"), *does, FILL, (step, "window")))

    def _show_marks(self) -> None:
        experiment, part = self._experiment, self._part
        step = experiment.steps.at(*self._cell)
        above, before = self._origin
        grid = self.query_one("#input", PaddedGrid)
        if part is Part.INPUT:
            row, col = self._own_cell
            grid.mark(Window(row + above, col + before, 1, 1), look=Mark.WINNER)
        else:
            window = replace(step.window, top=step.window.top + above, left=step.window.left + before)
            only = ([row + above for row in step.rows], [col + before for col in step.cols])
            grid.mark(window, only=only if experiment.dilation > 1 else None)
        self.query_one("#output", MapGrid).mark(Window(*self._cell, 1, 1))
        self.query_one("#kernel", MapGrid).mark(Window(*self._weight, 1, 1) if part is Part.KERNEL else None)
        self._show_titles()

    def _show_titles(self) -> None:
        part, experiment = self._part, self._experiment
        name = "7×7 cells" if self._is_own else f"{self.scene.title} {times(experiment.input.shape)}"
        if self._shows_reads:
            name = "how often cells are read"
        title: Line = ((name, "strong"),)
        if part is Part.INPUT:
            title = ((f"▸ cell {self._own_cell} ", "accent"), (f"{self._own[self._own_cell]:.3g}", "strong"))
        self.query_one("#input-title", Lines).set(title)
        weight: Line = ((f"kernel {times(experiment.size)}", "strong"),)
        if part is Part.KERNEL:
            value = float(experiment.kernel[self._weight])
            weight = ((f"▸ weight {self._weight} ", "accent"), (f"{value:.3g}", "strong"))
        self.query_one("#kernel-title", Lines).set(weight)

    def _show_step(self) -> None:
        """The numbers of one step."""
        step = self._experiment.steps.at(*self._cell)
        self.query_one("#patch", MapGrid).show(
            np.ascontiguousarray(step.patch[..., 0]), Scale(1.0), ink=self._ink(step.patch)
        )
        self.query_one("#equation", FittedLines).write(lambda room: [kernel_text.equation(step, room.width)])
        self._show_name()

    def _ink(self, values: NDArray[np.float32]) -> Ink:
        return Ink.PIXELS if values.min() >= 0 else Ink.SIGNED

    def _show_story(self) -> None:
        self.query_one("#story", FittedLines).write(partial(self._story, self._experiment, self._refused))

    def _story(self, experiment: Experiment, refused: str, room: Size) -> list[Line]:
        rows, cols = (kernel_text.length(experiment, axis) for axis in (0, 1))
        if experiment.dilation > 1:
            rows = (*rows, ("   ", ""), *kernel_text.window(experiment))
        last: Line = ((refused, "bad"),) if refused else kernel_text.output(experiment, room.width)
        return [rows, cols, kernel_text.reads(experiment), last]
