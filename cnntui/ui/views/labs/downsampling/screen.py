"""The downsampling lab: one map downsampled by four methods, side by side, and networks trained with each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.cnn.window import Window
from cnntui.explore.focus import Focus, Move, towards, with_filter, with_layer
from cnntui.explore.scene import Scene
from cnntui.files.errors import CnntuiError
from cnntui.labs.downsampling import ORDER, Downsampling, Moved, Probe, Trained, overlap, share, smaller, trained
from cnntui.labs.learned_stride import SIZE as LEARNED_SIZE
from cnntui.labs.learned_stride import LearnedStride, learned_stride
from cnntui.labs.shift import shifted
from cnntui.palette import Scale
from cnntui.ui.keys import labs
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs.background import BackgroundLab
from cnntui.ui.views.labs.downsampling import layout
from cnntui.ui.views.labs.downsampling import text as downsampling_text
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.places import Places, is_small
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText

SIZES = (2, 3, 4)
"""The available windows: larger ones leave hardly anything."""

PANELS = (Downsampling.NONE, Downsampling.MAX, Downsampling.AVERAGE, Downsampling.STRIDE)
"""The maps side by side; the last place may show a learned stride."""

STILL, RIGHT, DOWN, BOTH = (0, 0), (0, 1), (1, 0), (1, 1)
SHIFTS = (STILL, RIGHT, DOWN, BOTH)


class DownsamplingLab(BackgroundLab):
    """A lab that measures on the current network; the networks on its second page are bundled."""

    WORDS: ClassVar[tuple[str, ...]] = ("#window", "#found", "#said")
    MODE = "downsampling"
    TEXT = """
This lab shows one feature map made smaller in different ways, and what each way keeps. Networks shrink their maps to
compute less and to let later windows cover more of the image; pooling is also said to forgive a small shift.

At the left is a map as its convolution produced it. Beside it: max pooling keeps the largest value of each window,
average pooling the mean, and a stride of 2 computes only every second cell in both directions. The arrows move a
window; below are its numbers in each version.

Max pooling learns nothing. The last map is a convolution with a stride of 2 that learned its weights: four for each
map, without bias or ReLU. For this the bundled network was cut here, the layers before were kept, and the layers
after were trained again, once with max pooling and once with these weights, which started as an average. V shows
every second cell of the map itself instead, for any network and window.

"stays" is how much of a map remains in its place when the image moves one pixel (.): cell by cell the smaller of the
two values, added up, as a share of the larger. 100% means that the shift makes no difference. Below it is the same
for all maps of the layer and many images, measured in the background. + and − change the window.

v shows four networks, each trained in one of these ways on all 60,000 images: their maps, the receptive field at the
end, the parameters of the dense layer after it, now and with 512 units, and their accuracy on test and training
images. The seconds per epoch were all measured on the same machine.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(labs.DOWNSAMPLING)

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._preferred = SIZES[0]
        self._wants_learned = True
        self._missing_weights = ""
        self._refused = False
        self._is_table = False
        self._shift = STILL
        self._cell: tuple[int, int] | None = None
        self._still = self._further = np.zeros((1, 1), np.float32)
        self._learned = self.learned
        self._moved = self._new()
        self._runs: Mapping[Downsampling, Trained] | None = None
        self._missing = ""

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="head")
        for method in PANELS:
            yield Lines("", id=f"{method.value}-title")
            yield MapGrid(id=method.value, large=Large.WHOLE)
            yield Lines("", id=f"{method.value}-numbers")
        yield ResponsiveText(id="summary")
        yield ResponsiveText(id="window")
        yield ResponsiveText(id="moved")
        yield ResponsiveText(id="found")
        yield ResponsiveText(id="networks")
        yield ResponsiveText(id="said")

    def places(self, room: Size) -> Places:
        place = self._place
        if self._is_table or self._layer is None or place is None:
            parts = layout.places(room, (1, 1), (1, 1), is_table=True)
            return parts if self._is_table else {"head": parts.get("head", room.region.shrink((0, 1, 0, 1)))}
        rows, cols = self.scene.network.output_shape_of(place.layer)[:2]
        by = self._pool_size
        return layout.places(room, (rows, cols), (-(-rows // by), -(-cols // by)), is_table=False)

    # The current place

    @property
    def _place(self) -> Focus | None:
        """The convolution whose map is downsampled: the focused or nearest one; None if there is none."""
        return towards(self.scene.focus, self.scene.network, self.scene.network.of_kind(Conv2D))

    @property
    def _layer(self) -> Conv2D | None:
        """That convolution; None if its maps are too small for any window."""
        place = self._place
        return self.scene.network.get(place.layer, Conv2D) if place is not None and self._sizes else None

    @property
    def _sizes(self) -> tuple[int, ...]:
        """The sizes of window that fit the map."""
        place = self._place
        rows, cols = self.scene.network.output_shape_of(place.layer)[:2] if place is not None else (0, 0)
        return tuple(size for size in SIZES if size <= min(rows, cols))

    @property
    def _pool_size(self) -> int:
        """The chosen size of window, or the largest that fits."""
        return min(self._preferred, self._sizes[-1]) if self._sizes else self._preferred

    @property
    def _whole(self) -> Floats:
        """The current map before downsampling."""
        return self._still if self._shift == STILL else self._further

    @property
    def direction(self) -> tuple[int, int]:
        """The shift that is measured: the current one, or one pixel to the right."""
        return self._shift if self._shift != STILL else RIGHT

    def map(self, shift: tuple[int, int]) -> Floats:
        """`(rows, columns)`: the map of the shifted image."""
        place, scene = self._place, self.scene
        assert place is not None
        activations = scene.activations
        if shift != STILL:
            network = scene.network
            activations = network.forward(network.input_of(shifted(scene.image.pixels, *shift)))
        return activations[place.layer].output[..., place.filter]

    @property
    def learned(self) -> LearnedStride | None:
        """The weights learned for the current maps and window; None if there are none."""
        layer = self._layer
        if layer is None or self._pool_size != LEARNED_SIZE:
            return None
        try:
            return learned_stride(self.scene.network, layer.name)
        except CnntuiError as error:
            self._missing_weights = f"{error}"
            return None

    def _methods(self) -> dict[Downsampling, Downsampling]:
        """The method that each place shows."""
        last = Downsampling.LEARNED if self._wants_learned and self._learned is not None else Downsampling.STRIDE
        return {**{method: method for method in PANELS}, Downsampling.STRIDE: last}

    def made(self, map: Floats, method: Downsampling) -> Floats:
        """A map after downsampling."""
        weights = self._learned_here() if method is Downsampling.LEARNED else None
        return np.ascontiguousarray(smaller(map[..., np.newaxis], method, self._pool_size, weights)[..., 0])

    # Measuring

    @property
    def job(self) -> Moved:
        return self._moved

    def _new(self) -> Moved:
        layer = self._layer
        question = Probe(layer.name, self._pool_size, self.direction) if layer is not None else None
        return Moved(self.scene.network, self.scene.data, question, self._learned)

    def _ask(self) -> None:
        """Measure again if the present question differs from the one that has been or is being measured."""
        self._learned = self.learned
        before, after = self._moved, self._new()
        # While a network trains, finish the measurement with the weights that it began with before starting another.
        alike = before.question == after.question and before.data is after.data and before.learned is after.learned
        if alike and (before.network is after.network or not before.is_finished):
            return
        self.halt()
        self._moved = after
        self.start_job()

    def job_finished(self) -> None:
        """Measure again if the network has continued to learn."""
        self._ask()

    # Changing

    def action_move(self, direction: str, cells: int) -> None:
        """Move the window."""
        if self._layer is None:
            return
        down, along = Move[direction.upper()].value
        row, col = self._cell or (0, 0)
        self._go(row + down * cells, col + along * cells)

    def _go(self, row: int, col: int) -> None:
        rows, cols = self.made(self._whole, Downsampling.STRIDE).shape
        self._cell = min(max(row, 0), rows - 1), min(max(col, 0), cols - 1)
        self._show_window(*self._cell)

    def _strongest(self) -> tuple[int, int]:
        """The window with the largest value, where there is most to see."""
        largest = self.made(self._whole, Downsampling.MAX)
        row, col = divmod(int(np.nan_to_num(largest).argmax()), int(largest.shape[1]))
        return row, col

    def on_grid_pointed(self, event: Grid.Pointed) -> None:
        """Select the window of any map."""
        apart = self._pool_size if event.grid.id == Downsampling.NONE.value else 1
        self._go(event.row // apart, event.col // apart)

    def action_shift(self, step: int) -> None:
        """Shift the image by no pixel, or by one right, down, or both."""
        self._shift = SHIFTS[(SHIFTS.index(self._shift) + step) % len(SHIFTS)]
        self._ask()
        self._show_maps()

    def action_size(self, step: int) -> None:
        """Use a larger or a smaller window."""
        sizes = self._sizes
        place = sizes.index(self._pool_size) + step if sizes else -1
        if not 0 <= place < len(sizes):
            self.hint(
                "no other window fits this map" if len(sizes) < 2 else f"windows are {sizes[0]} to {sizes[-1]} wide"
            )
            return
        self._refused = False
        self._preferred = sizes[place]
        self._ask()
        self._show_maps()

    def action_weights(self) -> None:
        """Show a stride with learned weights, or every second cell of the map."""
        if self._learned is None:
            self._refused = True
            self.show_found()
            return
        self._wants_learned = not self._wants_learned
        self._show_maps()

    def action_filter(self, step: int) -> None:
        """Go to the next or the previous map."""

        def change(focus: Focus, network: Network) -> Focus:
            place = towards(focus, network, network.of_kind(Conv2D))
            return with_filter(place, network, step) if place is not None else focus

        self.look(change)

    def action_layer(self, step: int) -> None:
        """Go to the maps of the next or the previous convolution."""
        if self._place is not None:
            self.look(lambda focus, network: with_layer(focus, network, network.of_kind(Conv2D), step))

    def action_networks(self) -> None:
        """Show the networks that were trained with each method, or the map again."""
        self._is_table = not self._is_table
        self.arrange_anew()
        self._show_maps()
        self._show_networks()

    # Showing

    def show_scene(self, before: Scene | None) -> None:
        self._refused = False
        self._ask()
        self._show_maps()
        self._show_networks()

    def _show_maps(self) -> None:
        layer, place, scene = self._layer, self._place, self.scene
        self.arrange_anew()
        if layer is None or place is None:
            network = self.scene.network
            self.write("head", lambda room: [downsampling_text.no_map(network, place)])
            return
        filter, size = place.filter, self._pool_size
        self.write("head", lambda room: [downsampling_text.head(layer, filter, size, scene.title, room.width)])
        self._still, self._further = self.map(STILL), self.map(self.direction)
        whole = self._whole
        scale = Scale.of(whole)
        of = f"{layer.name} {filter}" if is_small(self.room) else ""
        for panel, method in self._methods().items():
            map = self.made(whole, method)
            # Learned weights give numbers on another scale.
            self.query_one(f"#{panel.value}", MapGrid).show(
                map, Scale.of(map) if method is Downsampling.LEARNED else scale
            )
            title = downsampling_text.title(method, map, of if method is Downsampling.NONE else "")
            self.query_one(f"#{panel.value}-title", Lines).set(title)
        self._go(*(self._cell or self._strongest()))
        self.show_found()

    def _show_window(self, row: int, col: int) -> None:
        """Show the window on all maps, and the result of each method."""
        size, whole = self._pool_size, self._whole
        for method in PANELS:
            marked = (
                Window(row * size, col * size, size, size) if method is Downsampling.NONE else Window(row, col, 1, 1)
            )
            self.query_one(f"#{method.value}", MapGrid).mark(marked)
        learned = self._learned_here()
        self.write("window", lambda room: [downsampling_text.window(whole, row, col, size, learned)])
        if learned is not None:
            self.write("found", lambda room: downsampling_text.learned(whole, row, col, learned, room.width))

    def _learned_here(self) -> LearnedStride | None:
        """The weights for the current map alone, if they are shown."""
        if Downsampling.LEARNED not in self._methods().values():
            return None
        assert self._learned is not None
        assert self._place is not None
        filter = self._place.filter
        return replace(self._learned, weights=self._learned.weights[..., filter : filter + 1])

    def show_found(self) -> None:
        """Show how much stays in place, on this map and on all maps measured so far."""
        layer, moved = self._layer, self._moved
        if layer is None:
            return
        made = {}
        for panel, method in self._methods().items():
            before, after = self.made(self._still, method), self.made(self._further, method)
            here = share(overlap(before, after))
            made[method] = before, here
            place = self.query_one(f"#{panel.value}-numbers", Lines)
            place.set(*downsampling_text.numbers(before, self._still, here, moved, method))
        self.write("summary", lambda room: downsampling_text.summary(made, moved, room.width))
        shift, is_moved = self.direction, self._shift != STILL
        self.write("moved", lambda room: [downsampling_text.moved_line(shift, is_moved, moved)])
        if self._learned_here() is None:
            why = downsampling_text.no_weights(self._pool_size, self._missing_weights) if self._refused else None
            self.write("found", partial(_found, layer, shift, moved, why))

    def _show_networks(self) -> None:
        if not self._is_table:
            return
        if self._runs is None:
            self._runs = self._read_runs()
        runs, missing = self._runs, self._missing
        side_by_side = [runs[method] for method in ORDER if method in runs]
        self.write("networks", lambda room: downsampling_text.table(side_by_side, room.width, room.height))
        self.write("head", lambda room: [downsampling_text.networks_head(side_by_side)])
        said: Line = ((missing, "bad"),)
        self.write("said", lambda room: [said] if missing else downsampling_text.networks(runs, room.width))

    def _read_runs(self) -> Mapping[Downsampling, Trained]:
        """The bundled runs, as far as they can be read."""
        runs = {}
        for method in ORDER:
            try:
                runs[method] = trained(method)
            except CnntuiError as error:
                self._missing = f"{error}"
        return runs


def _found(layer: Conv2D, shift: tuple[int, int], moved: Moved, why: Line | None, room: Size) -> list[Line]:
    lines = downsampling_text.found(layer, shift, moved, room.width)
    return lines if why is None else [why, *lines][: room.height]
