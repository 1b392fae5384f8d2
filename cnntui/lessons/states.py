"""States to find or bring about: whether the screen shows a given place or state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from cnntui.cnn.layers import Conv2D
from cnntui.explore.focus import Aim, Focus, aim_at, maps_shape
from cnntui.explore.scene import refocus
from cnntui.lessons.live import Live
from cnntui.lessons.numbers.on_screen import conv_step, pool_step
from cnntui.lessons.registry import STATES, Axis, state
from cnntui.runs.directory.run_directory import bundled_runs

MOST_IMAGES = 500
"""How many test images are searched for one that shows the answer."""


def shown(name: str, live: Live, given: dict[str, int]) -> Focus | None:
    """A focus at which a state holds, searched for along its axis; None if there is none, or no axis to search."""
    check = STATES[name]
    for focus in _along(check.axis, live):
        if check.holds(replace(live, scene=refocus(live.scene, focus)), **given):
            return focus
    return None


def can_be_shown(name: str) -> bool:
    """Whether a state can be searched for; otherwise, the user must bring it about."""
    return STATES[name].axis != ""


def _along(axis: Axis, live: Live) -> Iterator[Focus]:
    scene, focus = live.scene, live.scene.focus
    rows, cols, filters = maps_shape(scene.network, focus.layer)
    match axis:
        case "cell":
            yield from (replace(focus, row=row, col=col) for row in range(rows) for col in range(cols))
        case "filter":
            yield from (replace(focus, filter=filter) for filter in range(filters))
        case "unit" if aim_at(scene.network, focus.layer) is Aim.UNIT:
            units = scene.network.output_shape_of(focus.layer)[-1]
            yield from (replace(focus, unit=unit) for unit in range(units))
        case "image":
            yield from (replace(focus, index=index) for index in range(min(MOST_IMAGES, len(scene.data))))


@state("cell")
def silent_cell(live: Live) -> bool:
    """A cell that ReLU set to 0 although there is ink below the window."""
    step = conv_step(live)
    return bool(step.patch.any()) and step.output == 0


@state("cell")
def last_position(live: Live) -> bool:
    """The last position of the window, bottom right."""
    rows, cols, _ = live.scene.maps.shape
    return (live.scene.focus.row, live.scene.focus.col) == (rows - 1, cols - 1)


@state("filter")
def strongest_filter(live: Live) -> bool:
    """The filter that responds most to this patch."""
    focus = live.scene.focus
    vector = live.scene.maps[focus.row, focus.col]
    return bool(vector[focus.filter] == vector.max() and vector.max() > 0)


@state("filter")
def vertical_edges(live: Live) -> bool:
    """A kernel with opposite signs on its left and right, differing more from left to right than from top to bottom."""
    layer = next((each for each in live.scene.network.of_kind(Conv2D) if each.name == live.scene.focus.layer), None)
    if layer is None:
        return False
    kernel = layer.kernel[..., live.scene.focus.channel, live.scene.focus.filter]
    columns, rows = kernel.sum(axis=0), kernel.sum(axis=1)
    across, down = abs(float(columns[-1] - columns[0])), abs(float(rows[-1] - rows[0]))
    return bool(np.sign(columns[0]) != np.sign(columns[-1])) and across > down


@state("cell")
def winner_is_not_first(live: Live) -> bool:
    """A pooling window whose largest value is not its first."""
    step = pool_step(live)
    return step.winner is not None and step.winner != (0, 0) and step.output > 0


@state("image")
def mistaken_image(live: Live) -> bool:
    """A test image that the network gets wrong."""
    label = live.scene.label
    return label is not None and live.scene.activations.predicted != label


@state()
def drawn(live: Live, label: int) -> bool:
    """A user's own image whose predicted class is the given one."""
    return live.scene.focus.own and live.scene.activations.predicted == label


@state()
def trained(live: Live, batches: int) -> bool:
    """A user's own training that has learned from at least so many batches."""
    run = live.run
    return run is not None and run.run.path not in [each.path for each in bundled_runs()] and run.step >= batches
