"""The words of Train, in place of curves, about a network from a file: facts about it, and where to go."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from textual.geometry import Size

from cnntui.cnn.arithmetic import counted
from cnntui.cnn.layers import times
from cnntui.explore.scene import Scene
from cnntui.ui.widgets.text.line import Line

if TYPE_CHECKING:
    from cnntui.images.scale_evidence import ScaleEvidence

NAME_WIDTH = 11
"""The number of columns of the name of a fact."""

TRAIN_IT = "cnntui train --model FILE trains it"
"""How to train such a network so that it has curves."""


def known(scene: Scene, evidence: ScaleEvidence | None, room: Size) -> list[Line]:
    """The facts about the network in the file, and the evidence for its input scale."""
    network = scene.network
    gives = counted(network.classes, "class") if network.answer is not None else "no answer"
    lines: list[Line] = [
        (("what is known of it", "strong"),),
        _fact("network", counted(len(network), "layer")),
        _fact("parameters", f"{network.parameters:,}"),
        _fact("image", f"{times(network.input_shape)} → {gives}"),
    ]
    if evidence is not None:
        lines_left = max(1, room.height - len(lines))
        wrapped = [wrap(text.removeprefix("Input "), max(20, room.width - NAME_WIDTH)) for text in evidence.sentences]
        said = next((each for each in wrapped if len(each) <= lines_left), wrapped[-1])
        lines += [_fact("scale" if not place else "", line) for place, line in enumerate(said)]
    return lines[: room.height]


def ways(scene: Scene, room: Size) -> list[Line]:
    """The views that show more of the network, the most telling first."""
    shown: list[Line] = [
        (("what to look at", "strong"),),
        _way("2", "its layers, and what each computes"),
    ]
    if scene.network.answer is not None:
        shown += [
            _way("d", "what it predicts for the images"),
            _way("m", "its accuracy, class by class"),
            _way("w", "why it predicts this class"),
        ]
    shown.append(((TRAIN_IT, "dim"),))
    if len(shown) > room.height > 2:
        # If there is no room for all of it, the way to train the network stays.
        shown = [*shown[: room.height - 1], shown[-1]]
    return shown[: room.height]


def _fact(name: str, value: str) -> Line:
    return ((f"{name:<{NAME_WIDTH}}", "dim"), (value, ""))


def _way(key: str, text: str) -> Line:
    return ((f"{key}  ", "accent"), (text, ""))
