"""The parts of the scene on the screen that a number is computed from."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.network import Network
from cnntui.cnn.steps import ConvStep, PoolStep
from cnntui.files.errors import CnntuiError
from cnntui.lessons.live import Live
from cnntui.runs.directory.run_directory import DENSE, bundled_run
from cnntui.runs.history.history import History
from cnntui.runs.reading.opening import open_run

Step = TypeVar("Step", ConvStep, PoolStep)


def conv_step(live: Live) -> ConvStep:
    """The step of the convolution on the screen.

    Raises:
        CnntuiError: the screen shows no convolution.
    """
    return _step(live, ConvStep, "convolution")


def pool_step(live: Live) -> PoolStep:
    """The step of the pool on the screen.

    Raises:
        CnntuiError: the screen shows no pool.
    """
    return _step(live, PoolStep, "pool")


def _step(live: Live, kind: type[Step], called: str) -> Step:
    focus, steps = live.scene.focus, live.scene.steps
    step = steps.at(focus.row, focus.col) if steps is not None else None
    if not isinstance(step, kind):
        raise CnntuiError(f"{focus.layer} is not a {called}.")
    return step


def conv(live: Live) -> Conv2D:
    """The convolution on the screen, or the network's first."""
    network = live.scene.network
    layer = network[live.scene.focus.layer]
    convolutions = network.of_kind(Conv2D)
    if not convolutions:
        raise CnntuiError("The network has no convolution.")
    return next((found for found in convolutions if found is layer), convolutions[0])


def history(live: Live) -> History:
    """The curves of the run on the screen.

    Raises:
        CnntuiError: the network does not come from a run, or no epoch has ended yet.
    """
    if live.run is None or not live.run.history.epochs or live.run.history.started is None:
        raise CnntuiError("Nothing is known of the training of this network.")
    return live.run.history


@lru_cache(maxsize=1)
def dense_network() -> Network:
    """The bundled network without convolutions."""
    return open_run(bundled_run(DENSE)).network
