"""Numbers of a batch normalization, for the focused number."""

from __future__ import annotations

from cnntui.cnn.layers import BatchNormalization, of_kind
from cnntui.cnn.layers.operation import Operation
from cnntui.files.errors import CnntuiError
from cnntui.lessons.live import Live
from cnntui.lessons.registry import number


def normalization(live: Live) -> BatchNormalization:
    """The batch normalization on the screen.

    Raises:
        CnntuiError: the screen shows another kind of layer.
    """
    name = live.scene.focus.layer
    found = of_kind([live.scene.network[name]], BatchNormalization)
    if not found:
        raise CnntuiError(f"{name} is not a batch normalization.")
    return found[0]


def _operations(live: Live) -> tuple[Operation, ...]:
    layer, focus = normalization(live), live.scene.focus
    return layer.operations((focus.row, focus.col, focus.filter), live.scene.activations[layer.name])


@number(3)
def number_before(live: Live) -> float:
    """The input of the layer."""
    return _operations(live)[0].result


@number(3)
def map_mean(live: Live) -> float:
    """The mean of the map, as measured in training."""
    return _operations(live)[1].operand or 0.0


@number(3)
def map_deviation(live: Live) -> float:
    """The standard deviation of the map, as measured in training."""
    return _operations(live)[2].operand or 0.0


@number(2)
def normalized(live: Live) -> float:
    """The number minus the mean, in standard deviations."""
    return _operations(live)[2].result


@number(2)
def number_after(live: Live) -> float:
    """The output of the layer."""
    return _operations(live)[-1].result


@number()
def normalized_maps(live: Live) -> float:
    """How many maps the layer normalizes."""
    return len(normalization(live).mean)


@number()
def learned_numbers(live: Live) -> float:
    """How many of the layer's numbers are learned: its factors and terms, not what it has measured."""
    layer = normalization(live)
    return sum(part.size for part in (layer.gamma, layer.beta) if part is not None)
