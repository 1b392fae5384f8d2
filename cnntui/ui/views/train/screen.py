"""Train: a network learns, while its curves, its kernels and its prediction for an image move with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

import numpy as np
from textual import on
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.explore.focus import clamped
from cnntui.explore.scene import Scene, with_largest_term
from cnntui.palette import Colormap
from cnntui.printable import text_width
from cnntui.runs.history.history import EMPTY, History
from cnntui.ui.keys import views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import image_text
from cnntui.ui.views.base.curves import curves
from cnntui.ui.views.base.curves.charts import show_curves
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.train import file_text, weights_text
from cnntui.ui.views.train import layout as train_layout
from cnntui.ui.views.train import text as train_text
from cnntui.ui.widgets.bars.mode_bar import ModeBar
from cnntui.ui.widgets.charts.chart import Chart
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.kernel_grid import KernelGrid
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.responsive import ResponsiveText


class TrainScreen(ExplorerScreen):
    """The current run, and the prediction of its newest network for the image."""

    WORDS: ClassVar[tuple[str, ...]] = ("#status", "#diagnosis", "#sentence")
    MODE = "train"
    NEEDS_WEIGHTS = False
    TEXT = """
Press t to choose what to train, and t again to start. The curves then show how the network learns, batch by batch.

By default it trains on 60,000 handwritten digits, in a process of its own that continues when this window is closed.
The images are shown to the network in batches of 64. After each batch the weights move a little in the direction that
would have made the network less wrong.

Loss is how wrong the network was on a batch; accuracy is the fraction it got right. Each dot is one batch, the line
is their running mean, and ◆ is the value on the test images, or in a script's run on its validation data: the network
never learns from them. The numbers above a chart are the mean of the newest 20 batches and the newest ◆. An epoch is
one pass over all training images. The loss axis is logarithmic: equal distances mean equal ratios. ▾ and ▴ are values
beyond the axis, and × is a loss that is not a number.

Test accuracy can be higher than training accuracy: training values are means over batches while the weights still
improve, and the test is taken at the end of the epoch. Dropout, in networks that have it, lowers only the training
value.

The line below the curves judges progress by simple rules: whether the learning rate is too high or too low, whether
the network memorises its images, and what to try. m shows the accuracy of each class after the last epoch, and the
worst mistakes.

v draws another metric in the second chart, where there are others. A training in a script of your own is watched in the
same way: give its fit the callback Watch of cnntui.keras. ◆ is then the value on the validation data, and only what the
script can do is offered. Where the network cannot be opened, its curves alone are drawn, with the reason. A network
from a file has no curves; what is known about it takes their place.

During training, L changes the learning rate. While training is paused, . learns a single batch and shows by number
what that did to the weights.

The small grids are the kernels of the first convolution, on one colour scale: warm weights are positive, blue ones
negative. They start at random and become what is useful. Click one to see it step across the image. A network without
convolutions shows units instead: each weighs every pixel, and its weights, laid out like the pixels, are a picture of
what it looks for. Weights on pixels that never carry ink stay random.

The bars are the network's current prediction: probabilities that add up to 1. ▸ marks the prediction, ✓ the true
class.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(views.TRAIN)

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._charted: History | None = None
        self._curve = 0
        """The number of the curve that is drawn besides the loss."""

    def places(self, room: Size) -> Places:
        network, run = self.scene.network, self.run
        rows, cols, *_ = network.input_shape
        return train_layout.places(
            room, (rows, cols), network.shapes[-1][0], has_problem=run is not None and run.problem is not None,
            is_unopened=bool(self.state.network_problem), names=max(map(text_width, self.scene.class_names), default=1),
            is_file=run is None,
        )  # fmt: skip

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="status")
        yield ResponsiveText(id="problem")
        yield Chart(id="loss")
        yield Chart(id="accuracy")
        yield ResponsiveText(id="known")
        yield ResponsiveText(id="ways")
        yield ResponsiveText(id="diagnosis")
        yield MapGrid(ink=Colormap.PIXELS, id="digit", large=Large.WHOLE)
        yield ResponsiveText(id="sentence")
        yield ResponsiveText(id="probabilities-title")
        yield ResponsiveText(id="probabilities")
        yield ResponsiveText(id="legend")
        yield ResponsiveText(id="kernels-title")
        yield KernelGrid(id="kernels")
        yield ResponsiveText(id="unopened")
        yield ResponsiveText(id="kernels-range")

    def about(self) -> tuple[str, ...]:
        """The name of the run: everything else is on the stage."""
        return (self.run.run.name if self.run is not None else self.scene.run,)

    # The run

    def state_changed(self, before: AppState) -> None:
        """Update what has changed, including the run's state."""
        super().state_changed(before)
        state = self.state
        if state.run is not before.run or (state.asked, state.options) != (before.asked, before.options):
            self._show_run()

    def _show_run(self) -> None:
        view, asked, invitation = self.run, self.state.asked, train_text.invitation(self.state.options)
        self.write("status", lambda room: [train_text.headline(view, asked, invitation, room.width)])
        self.write("problem", lambda room: train_text.problem(view, room.width, room.height))
        self.arrange_anew()
        self.query_one(ModeBar).tell(*self.about())
        self._show_kernels_title()
        history = EMPTY if view is None else view.history
        self.write("diagnosis", lambda room: [train_text.diagnosis(view, room.width)])
        if history is not self._charted:
            self._charted = history
            self._show_curves(history)

    def _show_curves(self, history: History) -> None:
        config = self.run.config if self.run is not None else None
        loss, other = self.query_one("#loss", Chart), self.query_one("#accuracy", Chart)
        show_curves(history, config, loss, other, self._curve)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer another curve only if there is one."""
        if action == "curve":
            return self.run is not None and len(curves.others(self.run.history)) > 1
        return super().check_action(action, parameters)

    def action_curve(self) -> None:
        """Draw the next metric in the second chart."""
        self._curve += 1
        if self.run is not None:
            self._show_curves(self.run.history)

    # The network and the image

    def show_scene(self, before: Scene | None) -> None:
        scene = self.scene
        if before is None:
            self._show_run()
        if before is None or before.activations.image is not scene.activations.image:
            self.query_one("#digit", MapGrid).show_image(scene.image.pixels)
        if before is None or before.activations is not scene.activations:
            self._show_answer()
        if before is None or before.network is not scene.network:
            self._show_file()
            self._show_kernels()

    def _show_file(self) -> None:
        """Show the facts about a network that has no curves."""
        scene, evidence = self.scene, self.state.evidence
        self.write("known", lambda room: file_text.known(scene, evidence, room))
        self.write("ways", lambda room: file_text.ways(scene, room))

    def _show_answer(self) -> None:
        scene = self.scene
        is_opened = not self.state.network_problem
        self.write("sentence", lambda room: [image_text.sentence(scene, room.width, is_opened)])
        has_answer = not scene.is_awaited and scene.network.answer is not None
        self.write("legend", lambda room: image_text.probabilities_legend(room.width) if has_answer else [])
        self.write(
            "probabilities-title",
            lambda room: [image_text.probabilities_title(scene, room.width)] if has_answer else [],
        )
        self.write("probabilities", lambda room: image_text.probabilities(scene, room) if has_answer else [])

    def _show_kernels(self) -> None:
        network, grid = self.scene.network, self.query_one(KernelGrid)
        layer, units = weights_text.first_convolution(network), weights_text.units_that_look(network)
        if self.scene.is_awaited:
            grid.show(np.zeros((1, 1, 0), np.float32))
        elif layer is not None:
            grid.show(layer.kernel[:, :, 0, :])
        elif units is not None:
            grid.show(weights_text.pictures(network, units))
        else:
            grid.show(np.zeros((1, 1, 0), np.float32))
        self._show_kernels_title()

    def _show_kernels_title(self) -> None:
        network, grid, step = self.scene.network, self.query_one(KernelGrid), self.scene.step
        active = (self.run is not None and self.run.status.is_active) or not self.timeline.following
        layer, units = weights_text.first_convolution(network), weights_text.units_that_look(network)

        if self.scene.is_awaited:
            problem = self.state.network_problem
            title_line = weights_text.UNOPENED if problem else weights_text.TO_COME
            self.write("kernels-title", lambda room: [title_line])
            self.write("unopened", lambda room: weights_text.unopened(problem, room))
            self.write("kernels-range", lambda room: [])
            return

        def title(room: Size) -> list[Line]:
            shown = grid.drawn.shape[-1]
            if self.run is None and layer is not None:
                return [weights_text.given_title(layer, shown, room.width)]
            if units is None:
                return [weights_text.kernels_title(layer, shown, step, active, room.width)]
            return [weights_text.units_title(units, shown, step, active, room.width)]

        def limits(room: Size) -> list[Line]:
            if units is None:
                return [weights_text.kernels_range(layer)]
            return [weights_text.units_range(grid.drawn, grid.tiling.reduced, room.width)]

        self.write("kernels-title", title)
        self.write("kernels-range", limits)

    @on(Grid.Pointed, "#kernels")
    def on_kernel(self, event: Grid.Pointed) -> None:
        """Open a kernel on Convolve, or the weighted sum of a unit."""
        chosen, network = event.tile, self.scene.network
        layer, units = weights_text.first_convolution(network), weights_text.units_that_look(network)
        if layer is not None:
            name = layer.name
            self.look(lambda focus, network: clamped(replace(focus, layer=name, filter=chosen), network))
            self.post_message(ModeBar.Chosen("convolve"))
        elif units is not None:
            name = units.name
            unit = clamped(replace(self.scene.focus, layer=name, unit=chosen), network)
            self.open(lambda focus, _: with_largest_term(self.scene, unit))
