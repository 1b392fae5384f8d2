"""`Recorder`: everything that a trainer writes to its run directory."""

from __future__ import annotations

import math
import time
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.run_directory import RunDirectory, remove_unfinished
from cnntui.runs.directory.writing import NoRoomError, cannot_write, write_atomically
from cnntui.runs.history.event_file import EventWriter
from cnntui.runs.history.events import Batches, Checkpoint, EpochEnd, Event, Paused, Resumed, Snapshot
from cnntui.runs.history.one_step import OneStep

Weights = Mapping[str, NDArray[np.float32]]
"""Arrays by "<layer>/<role>", such as "conv2d/kernel"."""

# Often enough for a smooth curve, rarely enough to cost next to nothing.
REPORT_SECONDS = 0.15
LIVE_SECONDS = 0.3

# A large network takes longer to write, so it is written less often: writing takes a hundredth of the time.
_LEARNING_PER_LIVE = 100

# Room that is released when the disk is full, so that the run can still report it.
_RESERVE_BYTES = 16 * 1024

_WAITING_FOR_ROOM = "Free some space: the training continues by itself. What was saved before is intact."


class Recorder:
    """Writes the events, checkpoints, snapshots and live weights of one run, whose lock this process holds.

    On a full disk, the recorder reports that it waits, and tries again for as long as `patience` lasts.

    Attributes:
        patience: waits a moment, and says whether to retry a write that failed for lack of room.
        waited: how many seconds the recorder has waited for room.

    Raises:
        CnntuiError: from every method, if something cannot be written. A `NoRoomError` once patience has run out.
    """

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._reserve = run.path / ".reserve"
        self.patience: Callable[[], bool] = lambda: False
        self.waited = 0.0
        try:
            run.snapshots_path.mkdir(exist_ok=True)
            remove_unfinished(run)
            self._events = EventWriter(run.events_path)
            self._take_reserve()
        except OSError as error:
            raise cannot_write(run.path, error) from error
        self._step = 0
        self._losses: list[float] = []
        self._accuracies: list[float] = []
        self._metrics: dict[str, list[float]] = {}
        self._last_report = time.monotonic()
        self._next_live = self._last_report + LIVE_SECONDS

    def event(self, event: Event) -> None:
        self._persist(lambda: self._append(event))

    def failure(self, event: Event) -> bool:
        """Write the batches noted so far and the last event of a failed run; False if even that is impossible."""
        self.close()  # On a full disk, this makes room for the event.
        try:
            if self._losses:
                self._append(self._noted())
            self._append(event)
        except CnntuiError:
            return False
        return True

    def batches(self, step: int, losses: NDArray[np.float32], accuracies: NDArray[np.float32]) -> None:
        """Note the batches up to `step`; they are written together a few times a second."""
        self._losses += losses.tolist()
        self._accuracies += accuracies.tolist()
        self._note(step)

    def batch(self, step: int, loss: float, accuracy: float | None, metrics: Mapping[str, float]) -> None:
        """Note one batch, as `batches` does for many."""
        before = len(self._losses)
        self._losses.append(loss)
        if accuracy is not None:
            self._accuracies.append(accuracy)
        for name in metrics.keys() | self._metrics.keys():
            curve = self._metrics.setdefault(name, [math.nan] * before)
            curve.append(metrics.get(name, math.nan))
        self._note(step)

    def _note(self, step: int) -> None:
        self._step = step
        if time.monotonic() - self._last_report >= REPORT_SECONDS:
            self.report(step)

    def report(self, step: int) -> None:
        """Write the batches noted so far."""
        self._step = step
        if self._losses:
            self.event(self._noted())
        self._losses, self._accuracies, self._metrics = [], [], {}
        self._last_report = time.monotonic()

    def live(self, step: int, weights: Callable[[], Weights], at_once: bool = False) -> None:
        """Give viewers the newest weights, fetched at most a few times a second unless `at_once`."""
        began = time.monotonic()
        if at_once or began >= self._next_live:
            waited = self.waited
            self._save(self._run.live_path, _with_step(weights(), step))
            now = time.monotonic()
            took = now - began - (self.waited - waited)
            self._next_live = now + max(LIVE_SECONDS, _LEARNING_PER_LIVE * took)

    def snapshot(self, step: int, weights: Weights) -> None:
        """Keep the weights of `step` for good."""
        path = self._run.snapshot_path(step)
        self._save(path, _with_step(weights, step))
        self.event(Snapshot(time.time(), step, path.name))

    def forget(self, step: int) -> None:
        """Remove the kept weights of a step."""
        self._run.snapshot_path(step).unlink(missing_ok=True)

    def one_step(self, one: OneStep) -> None:
        """Record what a single batch did."""
        self._save(self._run.step_path, one.arrays())

    def rewind(self, step: int) -> None:
        """Forget the weights kept after `step`, from which the training resumes."""
        try:
            for kept in self._run.snapshot_steps():
                if kept > step:
                    self._run.snapshot_path(kept).unlink(missing_ok=True)
            self._run.step_path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(self._run.snapshots_path, error) from error

    def checkpoint(self, step: int, save: Callable[[Path], None]) -> None:
        """Replace `model.keras` by what `save` writes to the path that it receives: network and optimizer state.

        The batches up to `step` are reported first, so that a trainer that resumes from there knows all of them. The
        checkpoint survives a power cut, as do the events up to it and those up to the end of an epoch.
        """
        self.report(step)
        self._persist(lambda: write_atomically(self._run.checkpoint_path, save, lasting=True))
        self.event(Checkpoint(time.time(), step))

    def close(self) -> None:
        """Release the reserved room."""
        self._reserve.unlink(missing_ok=True)

    def _take_reserve(self) -> None:
        self._reserve.unlink(missing_ok=True)
        self._reserve.write_bytes(b"\1" * _RESERVE_BYTES)

    def _noted(self) -> Batches:
        metrics = {name: tuple(values) for name, values in self._metrics.items()}
        return Batches(time.time(), self._step, tuple(self._losses), tuple(self._accuracies), metrics)

    def _append(self, event: Event) -> None:
        try:
            self._events.write(event, lasting=isinstance(event, Checkpoint | EpochEnd))
        except OSError as error:
            raise cannot_write(self._run.events_path, error) from error

    def _save(self, path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Save arrays uncompressed: float32 noise hardly shrinks, and viewers read the file several times a second."""

        def write(beside: Path) -> None:
            with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:
                for name, array in arrays.items():
                    with archive.open(f"{name}.npy", "w") as member:
                        np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)

        self._persist(lambda: write_atomically(path, write))

    def _persist(self, write: Callable[[], None]) -> None:
        """Write; on a full disk, wait until there is room, as long as patience lasts."""
        try:
            write()
        except NoRoomError as error:
            began = time.monotonic()
            said = self._say_that_it_waits(error)
            while self.patience():
                said = said or self._say_that_it_waits(error)
                with suppress(NoRoomError):
                    write()
                    break
            else:
                raise
            self.waited += time.monotonic() - began
            with suppress(OSError):
                self._take_reserve()
            if said:
                self.event(Resumed(time.time(), self._step))

    def _say_that_it_waits(self, error: NoRoomError) -> bool:
        """Inform the viewers, using the reserved room; False if even that is impossible."""
        self.close()
        try:
            self._append(Paused(time.time(), self._step, error.message, _WAITING_FOR_ROOM))
        except NoRoomError:
            return False
        return True


def _with_step(weights: Weights, step: int) -> dict[str, NDArray[Any]]:
    return {**weights, "step": np.asarray(np.int64(step))}
