"""`Recorder`: everything that the trainer writes into its run directory."""

from __future__ import annotations

import time
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from cnntui.errors import CnntuiError
from cnntui.runs.directory import RunDirectory, cannot_write, write_atomically
from cnntui.runs.events import Batches, Checkpoint, Event, EventWriter, Snapshot

# Often enough for a smooth curve, rarely enough to cost nothing beside training.
REPORT_SECONDS = 0.15
LIVE_SECONDS = 0.3

# Room that is given back when the disk is full, so that the run can still say so.
_RESERVE_BYTES = 16 * 1024


class Recorder:
    """Writes events, checkpoints, snapshots and live weights of one run.

    Raises:
        CnntuiError: from every method, when something cannot be written.
    """

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._reserve = run.path / ".reserve"
        try:
            run.snapshots_path.mkdir(exist_ok=True)
            self._events = EventWriter(run.events_path)
            self._reserve.write_bytes(b"\1" * _RESERVE_BYTES)
        except OSError as error:
            raise cannot_write(run.path, error) from error
        self._losses: list[float] = []
        self._accuracies: list[float] = []
        self._last_report = self._last_live = time.monotonic()

    def event(self, event: Event) -> None:
        try:
            self._events.write(event)
        except OSError as error:
            raise cannot_write(self._run.events_path, error) from error

    def failure(self, event: Event) -> bool:
        """Write the last event of a run that failed, with the room kept for it; False when even that cannot be done."""
        self.close()
        try:
            self._events.write(event)
        except OSError:
            return False
        return True

    def batches(self, step: int, losses: NDArray[np.float32], accuracies: NDArray[np.float32]) -> None:
        """Take note of the batches up to `step`; they are written a few times a second, many together."""
        self._losses += losses.tolist()
        self._accuracies += accuracies.tolist()
        if time.monotonic() - self._last_report >= REPORT_SECONDS:
            self.report(step)

    def report(self, step: int) -> None:
        """Write the batches that were only noted so far."""
        if self._losses:
            self.event(Batches(time.time(), step, tuple(self._losses), tuple(self._accuracies)))
        self._losses, self._accuracies = [], []
        self._last_report = time.monotonic()

    def live(self, model: keras.Sequential, step: int, at_once: bool = False) -> None:
        """Give viewers the newest weights, a few times a second at most unless `at_once`."""
        if at_once or time.monotonic() - self._last_live >= LIVE_SECONDS:
            _save_weights(self._run.live_path, model, step)
            self._last_live = time.monotonic()

    def snapshot(self, model: keras.Sequential, step: int) -> None:
        """Keep the weights of `step` for ever."""
        path = self._run.snapshot_path(step)
        _save_weights(path, model, step)
        self.event(Snapshot(time.time(), step, path.name))

    def checkpoint(self, model: keras.Sequential, step: int) -> None:
        """Replace `model.keras`: the network with its optimizer's state."""
        write_atomically(self._run.checkpoint_path, model.save)
        self.event(Checkpoint(time.time(), step))

    def close(self) -> None:
        """Give the reserved room back."""
        self._reserve.unlink(missing_ok=True)


def _save_weights(path: Path, model: keras.Sequential, step: int) -> None:
    """Arrays "<layer>/kernel" and "<layer>/bias" as float32, and "step"; not compressed, as that would cost time."""
    weights = {
        f"{layer.name}/{variable.name}": variable.numpy() for layer in model.layers for variable in layer.weights
    }
    write_atomically(path, lambda beside: np.savez(beside, step=np.int64(step), **weights))


def check_finite(step: int, losses: NDArray[np.float32], learning_rate: float) -> None:
    """Refuse to go on from a loss that is no number.

    Args:
        step: the training step after the last of the batches.
        losses: (batches,).
        learning_rate: for the sentence.

    Raises:
        CnntuiError: a loss is NaN or infinite; the message names the first such step.
    """
    bad = np.flatnonzero(~np.isfinite(losses))
    if bad.size:
        first = step - len(losses) + 1 + int(bad[0])
        raise CnntuiError(
            f"The loss stopped being a number at step {first}: the weights have grown without bound.",
            f"Train again with a learning rate smaller than {learning_rate:g}; what was kept is from before.",
        )
