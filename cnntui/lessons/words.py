"""The texts, besides single numbers, that a course's pages can contain."""

from __future__ import annotations

from cnntui.cnn.arithmetic import number, percent
from cnntui.cnn.layers import said
from cnntui.lessons.live import Live
from cnntui.lessons.numbers.on_screen import conv_step, pool_step
from cnntui.lessons.registry import word

MOST_VALUES = 16
"""The most values of a window that are named."""


@word
def products(live: Live) -> str:
    """The products of the patch, one after another."""
    return ", ".join(number(product, 3) for product in conv_step(live).products[..., 0].ravel().tolist())


@word
def window_values(live: Live) -> str:
    """The values below the pool's window; of a large one, the first ones."""
    values = pool_step(live).patch.ravel().tolist()
    shown = [number(value, 3) for value in values[:MOST_VALUES]]
    return ", ".join(shown if len(values) <= MOST_VALUES else [*shown, "…"])


@word
def image(live: Live) -> str:
    """The index of the test image on the screen."""
    return f"#{live.scene.focus.index}"


@word
def cell(live: Live) -> str:
    """The row and column of the cell."""
    return f"({live.scene.focus.row}, {live.scene.focus.col})"


@word
def run(live: Live) -> str:
    """The run on the screen."""
    return live.scene.run


@word
def layers(live: Live) -> str:
    """How many layers the network has."""
    return f"{len(live.scene.network)}"


@word
def layer(live: Live) -> str:
    """The current layer."""
    return live.scene.focus.layer


@word
def filter_number(live: Live) -> str:
    """The current filter."""
    return str(live.scene.focus.filter)


@word
def parameter_sum(live: Live) -> str:
    """The parameters of the layer, written out."""
    return live.scene.network[live.scene.focus.layer].parameter_sum


@word
def activation(live: Live) -> str:
    """The layer's activation function."""
    return said(live.scene.network[live.scene.focus.layer].activation)


MOST_LISTED = 12
"""How many classes are listed; if there are more, the last one stands for the rest."""


@word
def probability(live: Live) -> str:
    """The probability of the predicted class, which is never given as 100%."""
    return percent(float(live.scene.activations.probabilities.max()))


@word
def class_list(live: Live) -> str:
    """The classes with their numbers."""
    names = [f"{place} {name}" for place, name in enumerate(live.scene.class_names)]
    if len(names) > MOST_LISTED:
        names = [*names[: MOST_LISTED - 2], "…", names[-1]]
    return " · ".join(names)


@word
def predicted_name(live: Live) -> str:
    """The name of the predicted class."""
    return live.scene.named(live.scene.activations.predicted)
