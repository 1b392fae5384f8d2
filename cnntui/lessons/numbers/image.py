"""Numbers of the image, and of the network's prediction for it."""

from __future__ import annotations

from math import prod

from cnntui.files.errors import CnntuiError
from cnntui.lessons.live import Live
from cnntui.lessons.numbers.on_screen import conv_step
from cnntui.lessons.registry import number


@number()
def pixels(live: Live) -> float:
    """How many numbers an image consists of."""
    return prod(live.scene.network.input_shape)


@number()
def pixel_level(live: Live) -> float:
    """The level of the first pixel below the window, as it is stored."""
    window = conv_step(live).window
    return float(live.scene.image.pixels[max(window.top, 0), max(window.left, 0), 0])


@number(3)
def pixel_value(live: Live) -> float:
    """The value that the network reads there."""
    window = conv_step(live).window
    return float(live.scene.activations.image[max(window.top, 0), max(window.left, 0), 0])


@number()
def predicted_class(live: Live) -> float:
    """The class with the largest probability."""
    return live.scene.activations.predicted


@number()
def true_class(live: Live) -> float:
    """The class that people labelled the image with."""
    label = live.scene.label
    if label is None:
        raise CnntuiError("The true class of this image is not known.")
    return label


@number(2)
def probability_sum(live: Live) -> float:
    """The sum of all probabilities."""
    return float(live.scene.activations.probabilities.sum())


@number(1)
def predicted_percent(live: Live) -> float:
    """The probability of the predicted class, in percent."""
    return 100 * float(live.scene.activations.probabilities.max())


@number()
def true_percent(live: Live) -> float:
    """The probability of the true class, in percent."""
    return 100 * float(live.scene.activations.probabilities[int(true_class(live))])


@number()
def classes(live: Live) -> float:
    """How many classes there are."""
    return live.scene.network.classes
