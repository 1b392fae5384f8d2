"""The Convolve screen: a kernel steps across a digit, and every number of the step is on the screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from cnntui.cnn.layers import Conv2D, times
from cnntui.cnn.steps import ConvStep, ConvSteps
from cnntui.cnn.window import Window
from cnntui.focus import with_channel, with_filter
from cnntui.palette import Ink, Scale
from cnntui.scene import Scene
from cnntui.screens import conv_text
from cnntui.screens.stepper import StepperScreen
from cnntui.widgets.bars import Bars
from cnntui.widgets.geometry import GridStyle
from cnntui.widgets.lines import Line, Lines
from cnntui.widgets.map_grid import MapGrid


WIDTH, LARGE_WIDTH = 78, 64
"""Columns of an equation, as app.tcss has it at the normal size and at the large one."""


class ConvolveScreen(StepperScreen):
    """One filter of a convolution at one position."""

    MODE = "convolve"
    KIND = Conv2D
    TEXT = """
A kernel is a small grid of weights. It slides over the input and stops at every place. There it lies on a
patch: patch and kernel are multiplied cell by cell, the products are added up, the filter's bias is added, and
ReLU turns what is below 0 into 0. The result is one cell of the output. Press space and watch.

The same few weights are used at every place. So a filter looks for one small, local pattern, and finds it
wherever in the digit it stands; a dense layer has a weight for every pixel of its own and learns patterns of
the whole image.

A layer has many filters (f). Each draws a map of its own, so at every place the window becomes one vector, as
long as there are filters: the bars at the bottom. In the second and third layer (]) the input has many channels
(c). The patch then goes through all of them: every channel gives a subtotal, and the sum runs over all.

Without padding the window has fewer places than the input has cells: a window 2 wide has 28 − 2 + 1 = 27 places
on 28 columns. That is the border effect.

Colours: lighter is larger; warm is above 0, blue below. Cyan is where the window is. Point with the mouse at a
cell to go there.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "channel(1)", "Channel", tooltip="Next input channel"),
        Binding("C", "channel(-1)", "Previous input channel", show=False),
    ]

    def compose_calculation(self) -> Iterable[Widget]:
        yield Lines((("patch", "window"),), id="patch-title")
        yield MapGrid(style=GridStyle.NUMBERS, id="patch")
        yield Lines((("× kernel", "dim"),), id="kernel-title")
        yield MapGrid(style=GridStyle.NUMBERS, id="kernel")
        yield Lines((("= products", "dim"),), id="products-title")
        yield MapGrid(style=GridStyle.NUMBERS, id="products")
        yield Lines("", id="subtotal")
        yield Lines("", id="sum-labels")
        yield Lines("", id="sums")
        yield Lines("", id="channels-title")
        yield Bars(id="channels")
        yield Lines("", id="equation")
        yield Lines("", id="vector-title")
        yield Bars(signed=False, id="vector")

    @property
    def step(self) -> ConvStep:
        """The step that is shown."""
        return self._steps.at(self.scene.focus.row, self.scene.focus.col)

    @property
    def _steps(self) -> ConvSteps:
        assert isinstance(self.scene.steps, ConvSteps)
        return self.scene.steps

    @property
    def _layer(self) -> Conv2D:
        return self._steps.layer

    def place(self) -> Line:
        focus, layer = self.scene.focus, self._layer
        channels = layer.kernel.shape[2]
        return (
            (f"{layer.name}", "strong"),
            ("   filter ", "dim"), (f"{focus.filter}", "strong"), (f" of {layer.filters}", "dim"),
            ("   channel ", "dim"), (f"{focus.channel}", "strong"), (f" of {channels}", "dim"),
        )  # fmt: skip

    def show_scene(self, before: Scene | None) -> None:
        scene, steps, step = self.scene, self._steps, self.step
        focus, layer = scene.focus, self._layer
        renewed = before is None or before.steps is not scene.steps
        rechannelled = renewed or before is None or before.focus.channel != focus.channel
        if rechannelled:
            self._show_channel(steps, focus.channel)
        if renewed:
            output = self.query_one("#output", MapGrid)
            output.show(steps.output_map)
            peak = f"   0 … {float(steps.output_map.max()):.3g}"
            self.query_one("#output-title", Lines).set(
                (("output ", "strong"), (f"{steps.rows}×{steps.cols}", ""), (peak, "dim"))
            )
        self.query_one("#input", MapGrid).mark(step.window)
        self.query_one("#output", MapGrid).mark(Window(step.row, step.col, 1, 1), filled=self.filled)
        self._show_step(step, layer, focus.channel)
        self.show_head()

    def _show_channel(self, steps: ConvSteps, channel: int) -> None:
        """What changes only with the input channel or the filter: the input map and the kernel."""
        input_map = steps.input[..., channel]
        is_digit = self.scene.network.index(steps.layer.name) == 0
        scale = Scale(1.0) if is_digit else Scale.of(input_map)
        self._input_scale = scale
        self._kernel_scale = Scale.of(steps.kernel)
        grid = self.query_one("#input", MapGrid)
        grid.show(input_map, scale, ink=Ink.PIXELS if is_digit else Ink.SIGNED)
        name = f"digit {self.scene.focus.digit}" if is_digit else f"input map {channel}"
        peak = "" if is_digit else f"   0 … {float(input_map.max()):.3g}"
        self.query_one("#input-title", Lines).set(((f"{name} ", "strong"), (times(input_map.shape), ""), (peak, "dim")))
        self.query_one("#patch", MapGrid).show(input_map[: steps.layer.size[0], : steps.layer.size[1]], scale)
        self.query_one("#kernel", MapGrid).show(steps.kernel[..., channel], self._kernel_scale)

    def _show_step(self, step: ConvStep, layer: Conv2D, channel: int) -> None:
        """What changes with every step."""
        is_digit = self.scene.network.index(layer.name) == 0
        self.query_one("#patch", MapGrid).show(
            step.patch[..., channel], self._input_scale, ink=Ink.PIXELS if is_digit else Ink.SIGNED
        )
        self.query_one("#products", MapGrid).show(step.products[..., channel], Scale.of(step.products))
        self.query_one("#sums", Lines).set(*conv_text.sums(step))
        self.query_one("#subtotal", Lines).set(conv_text.subtotal(step, channel))
        self.query_one("#sum-labels", Lines).set(*conv_text.sum_labels(step, layer))
        channels = step.subtotals.size
        several = channels > 1
        self.set_class(several, "-channels")
        self.set_class(layer.size[0] > 2, "-tall")
        equation = self.query_one("#equation", Lines)
        title = self.query_one("#channels-title", Lines)
        if several:
            title.set(
                (
                    ("subtotals of ", "dim"), (f"{channels} input channels", ""), (" that add up to Σ; ", "dim"),
                    (f"{channel}", "window"), (" is the one above", "dim"),
                )
            )  # fmt: skip
            self.query_one("#channels", Bars).show(step.subtotals, channel)
        else:
            title.set("")
            width = LARGE_WIDTH if self.has_class("-large") else WIDTH
            equation.set(conv_text.equation(step, channel, width), conv_text.rectifier(step, layer, width))
        vector = f" here: the window becomes one vector of {layer.filters} numbers"
        self.query_one("#vector-title", Lines).set((("all ", "dim"), (f"{layer.filters} filters", ""), (vector, "dim")))
        self.query_one("#vector", Bars).show(self._steps.vector(step.row, step.col), self._steps.filter)
        self.query_one("#sentence", Lines).set(conv_text.sentence(step, layer))

    def on_bars_pointed(self, event: Bars.Pointed) -> None:
        """A bar chooses the input channel or the filter that it stands for."""
        index = event.index
        if event.bars.id == "channels":
            self.look(lambda focus, network: with_channel(focus, network, index - focus.channel))
        else:
            self.look(lambda focus, network: with_filter(focus, network, index - focus.filter))

    def action_channel(self, step: int) -> None:
        """The next or the previous input channel."""
        self.look(lambda focus, network: with_channel(focus, network, step))
