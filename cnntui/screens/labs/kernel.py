"""The kernel lab: any kernel on a digit, or on a small input whose cells can be set, one step at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import numpy as np
from textual.binding import Binding, BindingType

from cnntui.cnn.layers import Conv2D, times
from cnntui.focus import Move, towards
from cnntui.labs.kernel import MOST, PRESETS, code, resized
from cnntui.scene import Scene
from cnntui.screens.labs.kernel_view import KernelView, Part
from cnntui.screens.moves import moves
from cnntui.screens.over import lay_over
from cnntui.widgets.map_grid import MapGrid

CHANGE = 0.25
"""How much a key changes a weight or a cell: a number of which sums are exact."""

MOST_STRIDE, MOST_DILATION = 4, 3


class KernelLab(KernelView):
    """What a person may do with the experiment, which stays while one looks at other screens."""

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
