"""Everything that a screen shows for one focus: the network, the image, and all that the network computed for it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from cnntui.cnn.network import IMAGE, Activations, Network
from cnntui.cnn.ops import Floats
from cnntui.cnn.steps import ConvSteps, PoolSteps, steps_of
from cnntui.cnn.window import Window
from cnntui.explore.focus import Aim, Focus, aim_at, clamped, field_of, followed, map_of, retraced, to_term
from cnntui.images.data import DataSet, Image, is_in_colour
from cnntui.printable import shortened
from cnntui.values import dataclass

LONGEST_NAME = 20
"""The longest name of a data set, in columns."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A network and the image that it reads.

    Attributes:
        run: the name of the run that the weights come from.
        step: how many batches the network has learned from; None if that is not known.
        focus: the number that is shown.
        steps: every position of the window for the focus's layer and filter; None for a flat layer, which has no
            window.
        data: the images to choose from.
        own: the user's own picture, shown if the focus says so.
        is_awaited: whether the run has no weights yet: the network has its layers, but only zeros.
    """

    run: str
    step: int | None
    network: Network
    data: DataSet
    focus: Focus
    activations: Activations
    steps: ConvSteps | PoolSteps | None
    own: Image | None = None
    is_awaited: bool = False

    @property
    def label(self) -> int | None:
        """The true class of the image.

        None for the user's own picture, and for images that do not belong to the network: it was not trained to name
        their classes.
        """
        return None if self.focus.own or self.is_foreign else int(self.data.labels[self.focus.index])

    @property
    def is_foreign(self) -> bool:
        """Whether the image comes from data that the network was not trained for."""
        return bool(self.data.reason) and not self.focus.own

    @property
    def maps(self) -> Floats:
        """`(rows, columns, maps)`: what the focus's cell lies on, either a layer's output or the image."""
        layer = map_of(self.network, self.focus.layer)
        return self.activations.image if layer is None else self.activations[layer.name].output

    @cached_property
    def reads_picture(self) -> bool:
        """Whether the focus's layer reads a colour image pixel by pixel, at most rescaled."""
        network, name = self.network, self.focus.layer
        while len(reads := network.reads(name)) == 1 and reads[0] != IMAGE:
            (name,) = reads
            is_scaled = network[name].SCALES_LEVELS or network[name].KEEPS_LEVELS
            if not is_scaled or network.output_shape_of(name) != network.input_shape:
                return False
        return reads == (IMAGE,) and is_in_colour(self.image.pixels)

    @property
    def title(self) -> str:
        """A name for the image in a word or two: "image #7", "other.npz image #7", "your drawing"."""
        if self.focus.own and self.own is not None:
            return self.own.name
        name = shortened(self.data.name, LONGEST_NAME)
        return f"{name} image #{self.focus.index}".lstrip()

    def named(self, label: int) -> str:
        """The name of a class."""
        return self.data.class_name(label)

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes that the network distinguishes, each cut to the width of `class_name`."""
        return tuple(map(self.data.class_name, range(self.network.classes)))

    @property
    def truth(self) -> str:
        """The true class: "true 7"; empty if it is not known."""
        return "" if self.label is None else f"true {self.named(self.label)}"

    @property
    def answer(self) -> str:
        """The true class, if it is known, and the predicted class: `true 4 · predicted 9 ✗`."""
        return self.data.answer(self.label, self.activations.predicted)

    @cached_property
    def image(self) -> Image:
        """The image as it is stored."""
        if self.focus.own and self.own is not None:
            return self.own
        return Image(self.title, self.data.images[self.focus.index])


def compose(
    run: str,
    step: int | None,
    network: Network,
    data: DataSet,
    focus: Focus,
    own: Image | None = None,
    is_awaited: bool = False,
) -> Scene:
    """The scene of a focus, which is moved into the network and the data if it lies outside."""
    own = own if own is not None and own.pixels.shape == network.input_shape else None
    focus = replace(clamped(focus, network), index=focus.index % len(data), own=focus.own and own is not None)
    pixels = own.pixels if focus.own and own is not None else data.images[focus.index]
    activations = network.forward(network.input_of(pixels))
    steps = _steps(network, activations, focus)
    return Scene(run, step, network, data, focus, activations, steps, own, is_awaited)


def _recomposed(scene: Scene, focus: Focus, own: Image | None) -> Scene:
    return compose(scene.run, scene.step, scene.network, scene.data, focus, own, scene.is_awaited)


def refocus(scene: Scene, focus: Focus) -> Scene:
    """The same network at another focus, computing only what the change requires."""
    before = scene.focus
    if (focus.index, focus.own) != (before.index, before.own):
        return _recomposed(scene, focus, scene.own)
    focus = clamped(focus, scene.network)
    if (focus.layer, focus.filter) == (before.layer, before.filter):
        return replace(scene, focus=focus)
    return replace(scene, focus=focus, steps=_steps(scene.network, scene.activations, focus))


def with_own(scene: Scene, own: Image) -> Scene:
    """The same network with the user's own picture."""
    return _recomposed(scene, replace(scene.focus, own=True), own)


def relearned(scene: Scene, run: str, step: int | None, network: Network, is_awaited: bool = False) -> Scene:
    """The same focus in a network that has continued to learn, or in the network of another run."""
    return compose(run, step, network, scene.data, scene.focus, scene.own, is_awaited)


def follow(scene: Scene, to: str | None = None) -> Focus | None:
    """The place where another layer reads the number in focus, by default the first that does; None if none does.

    A dense layer reads it in all its units; this is the unit that it moves most or, for the classes, the most probable
    one.
    """
    focus = followed(scene.focus, scene.network, to)
    if focus is None or aim_at(scene.network, focus.layer) is not Aim.UNIT:
        return focus
    layer = scene.network[focus.layer]
    if layer is scene.network.answer:
        return replace(focus, unit=scene.activations.predicted)
    kernel = layer.weights.get("kernel")
    return replace(focus, unit=focus.source if kernel is None else _largest(kernel[focus.source]))


def retrace(scene: Scene, to: str | None = None) -> Focus | None:
    """A number that the one in focus is computed from, by default in the first layer read; None if there is none."""
    focus = retraced(scene.focus, scene.network, to)
    return focus if focus is None else with_largest_term(scene, focus)


def with_largest_term(scene: Scene, focus: Focus) -> Focus:
    """On a dense layer, the focus on the largest term of the unit's sum and on the cell that the term comes from."""
    if aim_at(scene.network, focus.layer) is not Aim.UNIT:
        return focus
    activation = scene.activations[focus.layer]
    unit = min(focus.unit, len(activation.output) - 1)
    factors = scene.network[focus.layer].factors((unit,), *activation.inputs)
    terms = factors.values if factors.weights is None else factors.values * factors.weights
    return to_term(focus, scene.network, int(factors.indices[_largest(terms)][-1]))


def _largest(values: Floats) -> int:
    return int(np.abs(np.nan_to_num(values)).argmax())


def strongest(scene: Scene) -> Scene:
    """The scene at the largest value of the map, or at a unit's largest term: where there is something to see."""
    if aim_at(scene.network, scene.focus.layer) is Aim.UNIT:
        return refocus(scene, with_largest_term(scene, scene.focus))
    values = scene.maps[..., scene.focus.filter]
    row, col = divmod(int(values.argmax()), values.shape[1])
    return refocus(scene, replace(scene.focus, row=row, col=col))


def _steps(network: Network, activations: Activations, focus: Focus) -> ConvSteps | PoolSteps | None:
    return steps_of(network[focus.layer], activations[focus.layer], focus.filter)


def window_of(scene: Scene, row: int, col: int) -> Window:
    """The pixels that a cell of the last map before the focus's layer depends on."""
    field = field_of(scene.network, scene.focus.layer)
    return field.window(row, col).clipped(*scene.activations.image.shape[:2])
