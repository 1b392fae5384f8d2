"""A kernel through time: its weights at every kept step, and how far they have moved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.ops import Floats
from cnntui.cnn.trajectory import Trajectory
from cnntui.explore.focus import channels_of, with_channel, with_filter, with_layer
from cnntui.explore.scene import Scene
from cnntui.palette import Scale
from cnntui.ui.keys import general, views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import time_text
from cnntui.ui.views.base.explorer import ONE_CHANNEL, InnerScreen
from cnntui.ui.views.base.requests import Travel
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.kernel_time import layout as kernel_time_layout
from cnntui.ui.views.kernel_time import text as kernel_time_text
from cnntui.ui.views.kernel_time.past import past_of
from cnntui.ui.widgets.bars.bars import Bars
from cnntui.ui.widgets.grids.geometry import Geometry
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.kernel_row import KernelRow
from cnntui.ui.widgets.grids.tiling import in_a_row
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.line import FILL
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText

NUMBER_WIDTH = 7
"""The number of columns of a printed weight: a sign, three decimals and a space."""

MOST_NUMBERED = 3
"""The most columns of a kernel whose weights are printed."""

WIDEST = 24
"""The width of a step if there are few steps and its kernel needs less: a bar and a blank."""


class KernelTimeScreen(InnerScreen):
    """One filter of a convolution at all kept steps of the training."""

    MODE = "kernel-time"
    OWN_TIMELINE = True
    TEXT = """
This is one kernel at every moment of the training that was kept. It starts at random: nobody tells it what to look
for, and the updates turn it into a detector of something useful.

After each batch the weights move a little in the direction that would have made the network less wrong. The moments
at the beginning lie closer together, because most happens there.

At the top are the weights as numbers: at the beginning, around the moment shown (▸), and at the end. ← → move through
the training, and every other screen follows. Below are all the kept moments, small, on one colour scale.

The first bars show how far the filter has moved: the square root of the sum of the squared differences from its first
weights. The second bars are the cosine between the weights of each moment and the last ones: 1 means the same
pattern, whatever its strength.

A kernel that hardly moves was useful from the start, or never. Compare a few: f.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings((*general.in_help_alone("earlier"), *views.KERNEL_TIME))

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._past: Trajectory | None = None
        self._past_of: tuple[object, ...] = ()
        self._numbered: list[int] = []
        self._first = 0

    def places(self, room: Size) -> Places:
        if self.is_lacking:
            return {}
        rows, cols = self._layer.size
        return kernel_time_layout.places(room, rows, is_numbered=cols <= MOST_NUMBERED)

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="head")
        yield ResponsiveText(id="where")
        yield ResponsiveText(id="captions")
        yield KernelRow(id="numbers")
        yield ResponsiveText(id="biases")
        yield ResponsiveText(id="strip-title")
        yield KernelRow(id="strip")
        yield ResponsiveText(id="moved-title")
        yield Bars(signed=False, id="moved")
        yield ResponsiveText(id="alike-title")
        yield Bars(id="alike")
        yield Lines("", id="axis")
        yield ResponsiveText(id="sentence")

    # What is shown

    @property
    def way(self) -> Trajectory:
        """The history of the filter in focus, over all steps that can be read."""
        scene, focus = self.scene, self.scene.focus
        of = (self.timeline.stops, scene.network if not self.timeline.stops else None, focus.layer, focus.filter)
        if self._past is None or of != self._past_of:
            self._past, self._past_of = past_of(self.state), of
        return self._past

    @property
    def _layer(self) -> Conv2D:
        return self.scene.network.get(self.scene.focus.layer, Conv2D)

    @property
    def place(self) -> int:
        """The place of the current step in the history, or of the last step before it."""
        step, steps = self.scene.step, self.way.steps
        return len(steps) - 1 if step is None else max(0, sum(kept <= step for kept in steps) - 1)

    # Showing

    def state_changed(self, before: AppState) -> None:
        """Update what has changed; a training that continues adds to the history."""
        super().state_changed(before)
        if self.scene is before.scene and self.timeline != before.timeline and not self.is_lacking:
            self.show_scene(self.scene)

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply: a single channel leaves no choice of channels."""
        reason = super().why_not(action, parameters)
        if action == "channel" and not reason and channels_of(self.scene.network, self.scene.focus.layer) < 2:
            return ONE_CHANNEL
        return reason

    def show_scene(self, before: Scene | None) -> None:
        way, place, focus, layer = self.way, self.place, self.scene.focus, self._layer
        kernels = way.kernels[..., focus.channel]
        if before is None or before.focus.layer != focus.layer:
            self.arrange_anew()
            # Not every layer has several channels.
            self.refresh_bindings()
        scale = Scale.of(np.nan_to_num(kernels, posinf=0.0, neginf=0.0))
        self.write("head", lambda room: [kernel_time_text.head(layer, focus, room.width)])
        self.write(
            "where", lambda room: [(*((FILL,) if room.width < self.room.width - 2 else ()), *self._facts(room.width))]
        )
        self._show_numbers(way, place, kernels, scale)
        self._show_way(way, place, kernels, scale)
        self.write("sentence", lambda room: [kernel_time_text.sentence(way, room.width)])

    def _facts(self, width: int) -> list[tuple[str, str]]:
        """Facts about the current step."""
        said: list[tuple[str, str]] = []
        for text, role in time_text.facts(self.timeline, self.run) if self.timeline.stops else []:
            gap = "   " if said else ""
            if sum(len(text) for text, _ in said) + len(gap + text) <= width:
                said.append((gap + text, role))
        return said

    def _show_numbers(self, way: Trajectory, place: int, kernels: Floats, scale: Scale) -> None:
        """Show the weights of some steps as numbers."""
        row = self.query_one("#numbers", KernelRow)
        rows, cols = kernels.shape[1:]
        pitch = NUMBER_WIDTH * cols + 1
        places = kernel_time_text.chosen(len(way.steps), place, max(1, self._width // pitch))
        room = self.places(self.room).get("numbers")
        cell_height = 2 if room is not None and 2 * rows <= room.height else 1
        tile = Geometry(NUMBER_WIDTH, cell_height, False, rows, cols, numbers=True)
        row.show(kernels[places], scale, in_a_row(tile, len(places), pitch))
        self._numbered = places
        self.write("captions", lambda room: [kernel_time_text.captions(way, places, place, pitch)])
        self.write("biases", lambda room: [kernel_time_text.biases(way, places, pitch)])

    def _show_way(self, way: Trajectory, place: int, kernels: Floats, scale: Scale) -> None:
        """Show all steps, and the bars below them."""
        cols, count = kernels.shape[2], len(way.steps)
        rows, height = kernels.shape[1], self.places(self.room)["strip"].height
        # The largest cells that leave all steps in view, or else the smallest.
        size = next((size for size in range(height // rows, 0, -1) if (2 * size * cols + 1) * count <= self._width), 1)
        pitch = max(cols + 1, min(max(2 * size * cols + 1, WIDEST), self._width // count))
        view = max(1, self._width // pitch)
        first = max(0, min(place // view * view, count - view))
        seen = slice(first, first + view)
        self._first = first
        tile = Geometry.blocks(rows, cols, size) if pitch > 2 * cols else Geometry(1, 1, False, rows, cols)
        self.query_one("#strip", KernelRow).show(kernels[seen], scale, in_a_row(tile, min(view, count - first), pitch))
        # Most kernels never point away from their final weights; their bars then have all the room.
        self.query_one("#alike", Bars).keep_lower_half(bool((way.alike < 0).any()))
        # The current step is marked only in one row of bars, and below the other: each line of bars takes 200 bytes.
        farthest = float(way.moved.max())
        limit = farthest if np.isfinite(farthest) else None
        self.query_one("#moved", Bars).show(way.moved[seen], place - first, pitch, limit)
        self.query_one("#alike", Bars).show(way.alike[seen], None, pitch, 1.0)
        self.write("strip-title", lambda room: [kernel_time_text.strip_title(count, view, room.width)])
        self.write("moved-title", lambda room: [kernel_time_text.moved_title(way, place, room.width)])
        self.write("alike-title", lambda room: [kernel_time_text.alike_title(way, place, room.width)])
        self.query_one("#axis", Lines).set(kernel_time_text.axis(way.steps[seen], place - first, pitch))

    @property
    def _width(self) -> int:
        """The width of the row of kernels."""
        return self.room.width - 2

    # Moving

    def action_filter(self, step: int) -> None:
        """Go to the next or the previous filter."""
        self.look(lambda focus, network: with_filter(focus, network, step))

    def action_channel(self, step: int) -> None:
        """Go to the next or the previous input channel."""
        self.look(lambda focus, network: with_channel(focus, network, step))

    def action_layer(self, step: int) -> None:
        """Go to the next or the previous convolution."""
        self.look(lambda focus, network: with_layer(focus, network, network.of_kind(Conv2D), step))

    def action_open(self) -> None:
        """Step through the image with the kernel."""
        self.open(lambda focus, _: focus)

    def on_grid_pointed(self, event: Grid.Pointed) -> None:
        """Go to the step of a kernel."""
        self._go(self._numbered[event.tile] if event.grid.id == "numbers" else self._first + event.tile)

    def on_bars_pointed(self, event: Bars.Pointed) -> None:
        """Go to the step of a bar."""
        self._go(self._first + event.index)

    def _go(self, place: int) -> None:
        if self.timeline.stops:
            self.app.post_message(Travel(self.way.steps[place]))
