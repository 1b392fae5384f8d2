"""Convolve: a kernel steps across an image, with every number of the step on screen."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.steps import ConvStep, ConvSteps
from cnntui.explore.focus import channels_of, with_channel, with_filter
from cnntui.explore.scene import Scene
from cnntui.palette import Colormap, Scale
from cnntui.ui.keys import views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import image_text, stepper_text
from cnntui.ui.views.base.explorer import ONE_CHANNEL
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.base.stepper import StepperScreen
from cnntui.ui.views.convolve import layout as convolve_layout
from cnntui.ui.views.convolve import text as conv_text
from cnntui.ui.views.convolve.layout import ConvolveForm
from cnntui.ui.widgets.bars.bars import Bars
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.places import TEXT_WIDTH, Places
from cnntui.ui.widgets.text.line import Line, plain
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText


class ConvolveScreen(StepperScreen):
    """One filter of a convolution at one position."""

    MODE = "convolve"
    TEXT = """
A kernel is a small grid of weights that slides over the input and stops at every position. This screen shows one
stop: how the window under the kernel becomes one number of the output.

At each position the patch under the kernel is multiplied by it cell by cell. The products are added up, the filter's
bias is added, and ReLU turns a negative result into 0. That is one cell of the feature map. Press space and watch.

The kernel is not flipped. Mathematicians call this cross-correlation; in deep learning it is called convolution.

The same few weights are used at every position, so a filter looks for one small, local pattern and finds it wherever
it occurs in the image. A dense layer has a separate weight for every pixel and learns patterns of the whole image.

A layer has many filters (f), and each produces its own feature map. So at every position the window becomes a vector
with one number per filter: the bars at the bottom. Later convolutions (]) read many input channels (c). The patch
then goes through all of them: each channel gives a subtotal, and the sum runs over all channels.

Without padding and with a stride of 1, the window has fewer positions than the input has cells: a window 2 wide has
28 − 2 + 1 = 27 positions on 28 columns. This is the border effect.

A colour image has three channels, red, green and blue. It is drawn in its own colours; v draws only the channel whose
products are shown (c).

Map colours: stronger is larger, warm is positive, blue is negative. The frame is the window. Click a cell to go there.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(views.CONVOLVE)

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._in_colours = True

    def compose_calculation(self) -> Iterable[Widget]:
        yield Lines((("patch", "window"),), id="patch-title")
        yield MapGrid(style=GridStyle.NUMBERS, id="patch")
        yield Lines((("× kernel", "dim"),), id="kernel-title")
        yield MapGrid(style=GridStyle.NUMBERS, id="kernel")
        yield Lines((("= products", "dim"),), id="products-title")
        yield MapGrid(style=GridStyle.NUMBERS, id="products")
        yield Lines("", id="sum-labels")
        yield Lines("", id="sums")
        yield ResponsiveText(id="channels-title")
        yield Bars(id="channels")
        yield ResponsiveText(id="vector-title")
        yield Bars(signed=False, id="vector")

    @property
    def step(self) -> ConvStep:
        """The step at the focused cell."""
        return self.steps.at(self.scene.focus.row, self.scene.focus.col)

    @property
    def steps(self) -> ConvSteps:
        """Every position of the window."""
        steps = super().steps
        assert isinstance(steps, ConvSteps)
        return steps

    @property
    def _layer(self) -> Conv2D:
        return self.steps.layer

    @property
    def _is_picture(self) -> bool:
        """Whether the input is drawn as a colour picture."""
        return self._in_colours and self.scene.reads_picture and self.style is not GridStyle.NUMBERS

    def places(self, room: Size) -> Places:
        if self.is_lacking:
            return {}
        steps = self.steps
        rows, cols, channels = steps.input.shape
        layer, notes = steps.layer, len(conv_text.notes(steps.layer, min(TEXT_WIDTH, room.width - 2)))
        form = ConvolveForm((rows, cols), (steps.rows, steps.cols), layer.size, channels, layer.filters, notes)
        return convolve_layout.places(room, form)

    def place(self, width: int) -> Line:
        focus, layer = self.scene.focus, self._layer
        shown = [("filter", f"{focus.filter}", f" of {layer.filters}")]
        if not self.has_class("-compact"):
            channel = image_text.COLOURS[focus.channel] if self.scene.reads_picture else f"{focus.channel}"
            shown.append(("channel", channel, f" of {layer.kernel.shape[2]}"))
        return stepper_text.place(layer.name, shown, width)

    def show_scene(self, before: Scene | None) -> None:
        steps, step, channel = self.steps, self.step, self.scene.focus.channel
        renewed = before is None or before.steps is not steps
        if before is None or before.focus.layer != self.scene.focus.layer:
            # Not every layer has several channels.
            self.refresh_bindings()
        if renewed:
            self.arrange_anew()
            self._show_walk(steps)
        if renewed or before is None or before.focus.channel != channel:
            self._show_channel(steps, channel)
            self.show_place()
        is_dilated = len(step.rows) * len(step.cols) < step.window.height * step.window.width
        self.query_one("#input", MapGrid).mark(step.window, only=(step.rows, step.cols) if is_dilated else None)
        self.mark_output()
        self._show_products(step, channel)
        self._show_sums(step)
        self.show_where()

    def _show_walk(self, steps: ConvSteps) -> None:
        """Update everything that depends on the image, the layer or the filter."""
        layer = steps.layer
        self.query_one("#output", MapGrid).show(steps.output_map)
        self.show_title("output-title", "output", steps.output_map, with_limits=True)
        bars = self.query_one("#vector", Bars)
        self.write(
            "vector-title",
            lambda room: [conv_text.vector_title(layer.filters, steps.filter, bars.size.width, room.width)],
        )

    def _show_channel(self, steps: ConvSteps, channel: int) -> None:
        """Update everything that also depends on the input channel."""
        scene, input_map, channels = self.scene, steps.input[..., channel], steps.kernel.shape[2]
        is_image = scene.network.index(steps.layer.name) == 0
        brightest = scene.network.scale.brightest if is_image else None
        self._ink = Colormap.SIGNED if brightest is None else Colormap.PIXELS
        self._scale = Scale.of(input_map) if brightest is None else Scale(brightest)
        grid = self.query_one("#input", MapGrid)
        if self._is_picture:
            grid.show_image(scene.image.pixels)
        else:
            grid.show(input_map, self._scale, ink=self._ink)
        name = scene.title if is_image or self._is_picture else f"input map {steps.maps.start + channel}"
        if scene.reads_picture and not self._is_picture:
            name = f"{image_text.COLOURS[channel]} of {scene.title}"
        self.show_title("input-title", name, input_map, with_limits=not (is_image or self._is_picture))
        self.query_one("#kernel", MapGrid).show(steps.kernel[..., channel], Scale.of(steps.kernel))
        bars, is_picture = self.query_one("#channels", Bars), scene.reads_picture
        self.write(
            "channels-title",
            lambda room: (
                [conv_text.channels_title(channels, channel, bars.size.width, room.width, is_picture)]
                if channels > 1
                else []
            ),
        )

    def _show_products(self, step: ConvStep, channel: int) -> None:
        """Show the patch and its products with the kernel, for one input channel."""
        self.query_one("#patch", MapGrid).show(step.patch[..., channel], self._scale, ink=self._ink)
        self.query_one("#products", MapGrid).show(step.products[..., channel], Scale.of(step.products))
        if step.subtotals.size > 1:
            self.query_one("#channels", Bars).show(step.subtotals, channel)

    def _show_sums(self, step: ConvStep) -> None:
        """Show the sum over all channels, the output, and the outputs of the other filters for the same patch."""
        channel = self.scene.focus.channel
        self.query_one("#sum-labels", Lines).set(
            *conv_text.sum_labels(step, self._layer, channel, self.scene.reads_picture)
        )
        self.query_one("#sums", Lines).set(*conv_text.sums(step, channel))
        self.query_one("#vector", Bars).show(self.steps.vector(step.row, step.col), self.steps.filter)
        self.write("sentence", partial(self._words, step))

    def _words(self, step: ConvStep, room: Size) -> list[Line]:
        """The step in as many words as fit."""
        if self.has_class("-compact"):
            return [conv_text.summary(step, self._layer)]
        notes = conv_text.notes(self._layer, room.width)
        sentence = conv_text.sentence(step, self._layer, self.scene.reads_picture)
        if step.subtotals.size > 1:
            return [sentence, *notes]
        return [conv_text.equation(step, 0, room.width), sentence, *notes]

    def words(self) -> str:
        """The complete equation and the sentence."""
        step = self.step
        assert isinstance(step, ConvStep)
        whole = plain(conv_text.equation(step, self.scene.focus.channel, width=100_000))
        sentence = plain(conv_text.sentence(step, self._layer, self.scene.reads_picture))
        if step.subtotals.size > 1:
            whole = f"{image_text.channel_name(self.scene.focus.channel, self.scene.reads_picture)}: {whole}"
        return f"{whole}\n{sentence}"

    def on_bars_pointed(self, event: Bars.Pointed) -> None:
        """Select the input channel or the filter of a bar."""
        index = event.index
        if event.bars.id == "channels":
            self.look(lambda focus, network: with_channel(focus, network, index - focus.channel))
        else:
            self.look(lambda focus, network: with_filter(focus, network, index - focus.filter))

    def state_changed(self, before: AppState) -> None:
        super().state_changed(before)
        if self.state.style is not before.style and not self.is_lacking and self.scene.reads_picture:
            # Cells with numbers show a single channel.
            self._show_channel(self.steps, self.scene.focus.channel)

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply: only colour images have colours, and a single channel leaves no choice."""
        reason = super().why_not(action, parameters)
        if action == "colours" and not reason and not self.scene.reads_picture:
            return "only the first layer on a colour image can be drawn in its colours"
        if action == "channel" and not reason and channels_of(self.scene.network, self.scene.focus.layer) < 2:
            return ONE_CHANNEL
        return reason

    def action_colours(self) -> None:
        """Draw the image in its own colours, or only the channel whose products are shown."""
        self._in_colours = not self._in_colours
        self._show_channel(self.steps, self.scene.focus.channel)

    def action_channel(self, step: int) -> None:
        """Go to the next or the previous input channel."""
        self.look(lambda focus, network: with_channel(focus, network, step))
