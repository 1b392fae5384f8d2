"""An image in words: its true class, the predicted one, and the probability of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnntui.cnn.arithmetic import percent
from cnntui.cnn.ops import Floats
from cnntui.explore.scene import Scene
from cnntui.palette import bar
from cnntui.printable import set_width, text_width
from cnntui.ui.widgets.text.line import Line, line_width

if TYPE_CHECKING:
    from textual.geometry import Size

LEAST_BAR = 2
"""The number of columns that the names of classes leave for the bars."""

NARROW = 13
"""In fewer columns, probabilities are whole percentages without the sign; class names may need more."""

LONGEST_NAME = 6
"""The most columns by which class names widen this limit."""


COLOURS = ("red", "green", "blue")
"""The names of a colour image's channels."""


def channel_name(channel: int, is_picture: bool) -> str:
    """The name of an input channel; for a picture, the name of its colour."""
    return COLOURS[channel] if is_picture else f"channel {channel}"


def image_title(scene: Scene, field: str) -> Line:
    """The title of the image, on which the input of one cell is marked.

    Args:
        scene: the current scene.
        field: the rows and columns that are marked; empty if none are.
    """
    line: Line = ((f"{scene.title} ", "strong"), (scene.truth, ""))
    return (*line, ("  field ", "dim"), (field, "window")) if field else line


def sentence(scene: Scene, width: int, is_opened: bool = True) -> Line:
    """The image, its true class and the predicted one, in as many words as fit."""
    title: Line = ((scene.title, "dim"), (" · ", "dim"))
    if scene.is_awaited:
        return (*title, ("the network has no weights yet" if is_opened else "the network is not opened", "dim"))
    if scene.network.answer is None:
        return (*title, ("the network gives no answer", "dim"))
    label, probability = scene.label, float(scene.activations.probabilities.max())
    truth: Line = ()
    if scene.is_foreign:
        truth = ("not the run's data", "bad"), (" · ", "dim")
    elif label is not None:
        truth = ("true ", "dim"), (scene.named(label), "winner"), (" · ", "dim")
    if not np.isfinite(probability):
        return *title, *truth, ("the prediction is not a number", "bad")
    predicted = scene.activations.predicted
    role = "winner" if predicted == label else "strong" if label is None else "bad"
    mark = "" if label is None else " ✓" if predicted == label else " ✗"
    answer: Line = ("predicted ", "dim"), (scene.named(predicted) + mark, role)
    lines: list[Line] = [
        (*title, *truth, *answer, (f" · probability {share(probability)}", "dim")),
        (*title, *truth, *answer, (f" ({share(probability)})", "dim")),
        (*title, *truth, *answer),
        (*truth, *answer),
    ]
    return next((line for line in lines if line_width(line) <= width), answer)


def share(value: float) -> str:
    """A probability as a percentage, without decimals at 0 and 100."""
    return percent(value, 0 if value in (0, 1) else 1)


def probabilities(scene: Scene, size: Size) -> list[Line]:
    """A line for each class, with ▸ before the predicted class and ✓ after the true class.

    If there is no room for all classes, the most probable ones come first, and the last line counts the others.

    Args:
        scene: the network and the image.
        size: columns and lines; the bars take up what names and numbers leave.
    """
    values = np.nan_to_num(scene.activations.probabilities)
    said, truth = scene.activations.predicted, scene.label
    wrong = "bad" if truth is not None else "strong"
    longest = _longest_name(scene)
    narrow = _is_narrow(longest, size.width)
    free = size.width - 3 - (3 if narrow else 6)
    label_width = min(longest, max(1, free - LEAST_BAR))
    room = max(1, free - label_width)
    lines: list[Line] = []
    shown_classes, left_out = _shown(values, size.height)
    for number in shown_classes:
        value = float(values[number])
        role = "winner" if number == truth else wrong if number == said else ""
        shown = percent(value, 0)[:-1].rjust(3) if narrow else f"{share(value):>6}"
        lines.append(
            (
                ("▸" if number == said else " ", role),
                (set_width(scene.data.class_name(number, label_width), label_width), role),
                ("✓" if number == truth else " ", role),
                (bar(value, room), role or "dim"),
                (f" {shown}", "" if role else "dim"),
            )
        )
    if left_out:
        lines.append(((f" and {left_out:,} less probable", "dim"),))
    return lines


def _shown(values: Floats, height: int) -> tuple[list[int], int]:
    """The classes that have a line, and the number of the others."""
    count = len(values)
    if count <= height or height < 2:
        return [*range(count)], 0
    return np.argsort(-values, kind="stable")[: height - 1].tolist(), count - height + 1


def _longest_name(scene: Scene) -> int:
    """The length of the longest class name, in columns."""
    return max(map(text_width, scene.class_names), default=1)


def _is_narrow(longest: int, width: int) -> bool:
    """Whether probabilities are whole percentages: a readable name is worth more than tenths."""
    return width < max(NARROW, min(longest, LONGEST_NAME) + LEAST_BAR + 9)


def probabilities_title(scene: Scene, width: int) -> Line:
    """The title of the bars."""
    return (("prob., %" if _is_narrow(_longest_name(scene), width) else "probability", "dim"),)


def probabilities_legend(width: int) -> list[Line]:
    """The meaning of the signs beside the bars."""
    said = "predicted" if width > len("▸ predicts") else "predicts"
    return [(("▸ ", ""), (said, "dim")), (("✓ ", ""), ("true", "dim"))]
