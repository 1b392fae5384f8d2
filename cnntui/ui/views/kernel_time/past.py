"""Reads the history of a filter's weights from the steps that a run has kept."""

from __future__ import annotations

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.trajectory import Trajectory, trajectory
from cnntui.files.errors import CnntuiError
from cnntui.ui.views.base.state import AppState


def past_of(state: AppState) -> Trajectory:
    """The weights of the filter in focus at all steps that can be read; if none can be read, its current weights."""
    scene, focus = state.scene, state.scene.focus
    steps, layers = [], []
    for step in state.timeline.stops:
        try:
            layer = state.network_at(step).get(focus.layer, Conv2D)
        except CnntuiError:
            continue
        steps.append(step)
        layers.append(layer)
    if not layers:
        steps, layers = [scene.step or 0], [scene.network.get(focus.layer, Conv2D)]
    return trajectory(steps, layers, focus.filter)
