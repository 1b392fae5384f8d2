"""Numbers of a run: its batches, its losses, and how far its weights have moved."""

from __future__ import annotations

from math import log

import numpy as np

from cnntui.cnn.layers import Conv2D
from cnntui.files.errors import CnntuiError
from cnntui.lessons.live import Live
from cnntui.lessons.numbers.on_screen import history
from cnntui.lessons.registry import number
from cnntui.runs.history.events import Started
from cnntui.runs.reading.opening import open_run


@number(2)
def loss_of_guessing(live: Live) -> float:
    """The cross-entropy of a network that gives every class the same probability."""
    return log(live.scene.network.classes)


@number(2)
def first_loss(live: Live) -> float:
    """The loss of the run's first batch."""
    return float(history(live).losses[0])


@number()
def batches_per_epoch(live: Live) -> float:
    """The number of batches in an epoch of the run."""
    return _started(live).steps_per_epoch


def _started(live: Live) -> Started:
    """The event that reports the run's start."""
    started = history(live).started
    assert started is not None
    return started


@number()
def batch_size(live: Live) -> float:
    """The number of images in a batch of the run."""
    if live.run is None or live.run.config.batch_size is None:
        raise CnntuiError("Nothing is known of the training of this network.")
    return live.run.config.batch_size


@number()
def epochs(live: Live) -> float:
    """The number of completed epochs of the run."""
    return len(history(live).epochs)


@number()
def train_images(live: Live) -> float:
    """The number of images that the run is trained on."""
    return _started(live).train_digits


@number(1)
def first_epoch_percent(live: Live) -> float:
    """The test accuracy after the first epoch, in percent."""
    return 100 * history(live).epochs[0].test_accuracy


@number(1)
def last_epoch_percent(live: Live) -> float:
    """The test accuracy after the last epoch, in percent."""
    return 100 * history(live).epochs[-1].test_accuracy


def share_of_change(live: Live, batches: int) -> float:
    """The first convolution's change after the given number of batches, as a share of its change by the end.

    Raises:
        CnntuiError: the network does not come from a run, or the run has kept no network.
    """
    if live.run is None:
        raise CnntuiError("Nothing is known of the training of this network.")
    run, steps = live.run.run, live.run.run.snapshot_steps()
    near = min(steps, key=lambda step: abs(step - batches), default=0)
    start, then, end = (open_run(run, step).network.of_kind(Conv2D)[0].kernel for step in (0, near, None))
    return float(np.linalg.norm(then - start) / np.linalg.norm(end - start))


@number()
def change_percent(live: Live) -> float:
    """The first kernels' change after 256 batches, as a percentage of their change by the end."""
    return 100 * share_of_change(live, 256)
