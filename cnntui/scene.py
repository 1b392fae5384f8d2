"""Everything that a screen shows of one focus: the network, the digit and all that the network computed for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnntui.cnn.layers import Conv2D, MaxPool2D
from cnntui.cnn.network import Activations, Network, as_input
from cnntui.cnn.steps import ConvSteps, PoolSteps
from cnntui.data import Digits
from cnntui.focus import Focus, clamped


@dataclass(frozen=True, eq=False)
class Scene:
    """A network looking at a digit.

    Attributes:
        run: name of the run that the weights come from.
        step: how many batches the network has learned from; None where nobody knows.
        focus: what is being looked at.
        steps: every position of the window on the focus's layer and filter.
    """

    run: str
    step: int | None
    network: Network
    digits: Digits
    focus: Focus
    activations: Activations
    steps: ConvSteps | PoolSteps

    @property
    def label(self) -> int:
        """The class that the digit was given by the people who collected it."""
        return int(self.digits.labels[self.focus.digit])


def compose(run: str, step: int | None, network: Network, digits: Digits, focus: Focus) -> Scene:
    """The scene of a focus, brought inside the network and the digits where it lies outside."""
    focus = replace(clamped(focus, network), digit=focus.digit % len(digits))
    activations = network.forward(as_input(digits.images[focus.digit]))
    return Scene(run, step, network, digits, focus, activations, _steps(network, activations, focus))


def refocus(scene: Scene, focus: Focus) -> Scene:
    """The same network on another focus, computing only what the change asks for."""
    before = scene.focus
    if focus.digit != before.digit:
        return compose(scene.run, scene.step, scene.network, scene.digits, focus)
    focus = clamped(focus, scene.network)
    if (focus.layer, focus.filter) == (before.layer, before.filter):
        return replace(scene, focus=focus)
    return replace(scene, focus=focus, steps=_steps(scene.network, scene.activations, focus))


def relearned(scene: Scene, run: str, step: int | None, network: Network) -> Scene:
    """The same focus seen by a network that has learned on, or by another run's."""
    return compose(run, step, network, scene.digits, scene.focus)


def strongest(scene: Scene) -> Scene:
    """The scene at the cell where the map is largest: where there is something to see."""
    row, col = divmod(int(scene.steps.output_map.argmax()), scene.steps.cols)
    return refocus(scene, replace(scene.focus, row=row, col=col))


def _steps(network: Network, activations: Activations, focus: Focus) -> ConvSteps | PoolSteps:
    layer = network[focus.layer]
    if isinstance(layer, Conv2D):
        return ConvSteps(layer, activations[layer.name].input, focus.filter)
    assert isinstance(layer, MaxPool2D)
    return PoolSteps(layer, activations[layer.name].input, focus.filter)
