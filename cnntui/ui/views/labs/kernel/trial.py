"""The changes that the kernel lab offers to make to an experiment, and the reasons why one is refused."""

from __future__ import annotations

from dataclasses import replace

from cnntui.cnn.layers import Conv2D, times
from cnntui.cnn.ops import Padding
from cnntui.explore.focus import towards
from cnntui.explore.scene import Scene
from cnntui.labs.filters import LARGEST, PRESETS, Preset, another, learned, whole
from cnntui.labs.kernel import MOST_FILTERS, Experiment
from cnntui.ui.views.labs.kernel.view import KernelPart, KernelView

MOST_STRIDE, MOST_DILATION = 4, 3


class KernelTrial(KernelView):
    """Changes the experiment. Subclasses decide which keys do so, and what other keys do."""

    # Changing the experiment

    def _try(self, other: Experiment) -> bool:
        """Make a change if the window then has a position; otherwise say why it has none."""
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
        self._show_name()
        self._show_story()

    def show_scene(self, before: Scene | None) -> None:
        if before is None:
            self._show_experiment()
        elif before.activations is not self.scene.activations and not self._is_own:
            self._try(replace(self._experiment, input=self._digit))

    def action_size(self, rows: int, cols: int) -> None:
        """Use larger or smaller kernels: well-known ones of that size if there are any, or padded or cut ones."""
        height, width = self._experiment.size
        height, width = (min(max(length, 1), LARGEST) for length in (height + rows, width + cols))
        if (height, width) == self._experiment.size:
            self._refuse(f"A kernel has 1 to {LARGEST} rows and columns here.")
        else:
            self._try(self._experiment.of_size(height, width))

    def action_stride(self) -> None:
        """Use the next stride; this ends a dilation, since Keras allows only one of the two."""
        self._try(replace(self._experiment, stride=self._experiment.stride % MOST_STRIDE + 1, dilation=1))

    def action_dilation(self) -> None:
        """Use the next dilation; this ends a stride, since Keras allows only one of the two."""
        dilation = self._experiment.dilation % MOST_DILATION + 1
        if not self._try(replace(self._experiment, dilation=dilation, stride=1)):
            self._experiment = replace(self._experiment, dilation=1)
            self._show_experiment()

    def action_padding(self) -> None:
        """Use the other padding."""
        padding: Padding = "same" if self._experiment.padding == "valid" else "valid"
        self._try(replace(self._experiment, padding=padding))

    def action_input(self) -> None:
        """Use the 7×7 input, or the image."""
        self._is_own = not self._is_own
        if self._part is KernelPart.INPUT:
            self._part = KernelPart.WINDOW
        if not self._try(replace(self._experiment, input=self._own if self._is_own else self._digit)):
            self._is_own = not self._is_own
            return
        self._go_to_strongest()
        self._show_experiment()

    # Filters

    def action_filters(self, more: int) -> None:
        """Add a filter, or remove the selected one."""
        experiment = self._experiment
        count = len(experiment.filters)
        if more > 0 and count == MOST_FILTERS:
            self._refuse(f"There are at most {MOST_FILTERS} filters here.")
        elif more > 0:
            layer = self._convolution
            fits = layer is not None and max(layer.size) <= LARGEST
            self._try(experiment.added(another(experiment.filters, experiment.chosen, layer if fits else None)))
        elif count == 1:
            self._refuse("A convolution has at least one filter.")
        else:
            self._try(experiment.without_chosen())

    def action_filter(self, step: int) -> None:
        """Go to the next or the previous filter."""
        experiment = self._experiment
        if len(experiment.filters) == 1:
            self._refuse("This is the only filter; ) adds one.")
        else:
            self.choose((experiment.chosen + step) % len(experiment.filters))

    def choose(self, filter: int) -> None:
        """Go to another filter."""
        self._try(replace(self._experiment, chosen=filter))

    # Kernels

    def action_preset(self, step: int) -> None:
        """Use the next or the previous named kernel; if there are other filters, one that fits their size."""
        experiment = self._experiment
        origin = experiment.filter.origin
        place = PRESETS.index(origin) + step if isinstance(origin, Preset) else 0
        filter = whole(PRESETS[place % len(PRESETS)], experiment.size)
        while len(experiment.filters) > 1 and filter.of_size(*experiment.size).is_cut:
            place += step
            filter = whole(PRESETS[place % len(PRESETS)], experiment.size)
        self._try(experiment.exchanged(filter))

    def action_learned(self, step: int) -> None:
        """Use the next or the previous filter of the focused or nearest convolution."""
        last = self._learned
        self._take_learned(last.filter + step if last else self.scene.focus.filter, last.channel if last else 0)

    def action_channel(self, step: int) -> None:
        """Use the next or the previous input channel of the learned kernel."""
        last = self._learned
        self._take_learned(last.filter if last else 0, last.channel + step if last else 0)

    def _take_learned(self, filter: int, channel: int) -> None:
        layer = self._convolution
        if layer is None:
            self._refuse("The current network has no convolution.")
        elif max(layer.size) > LARGEST:
            self._refuse(f"The kernels of {layer.name} are {times(layer.size)}; at most {LARGEST}×{LARGEST} fit here.")
        else:
            origin = learned(layer, filter, channel)
            if self._try(self._experiment.exchanged(whole(origin, layer.size))):
                self._learned = origin

    @property
    def _convolution(self) -> Conv2D | None:
        """The focused or nearest convolution."""
        scene = self.scene
        focus = towards(scene.focus, scene.network, scene.network.of_kind(Conv2D))
        return None if focus is None else scene.network.get(focus.layer, Conv2D)
