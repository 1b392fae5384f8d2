"""Ends a trainer as `kill -9` does, at a moment that another process would hit only by chance."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cnntui.runs.recording.recorder import Recorder

KILLED = "CNNTUI_KILLED"
"""The variable that tells a preloaded trainer when: `batch 12.5`, or `checkpoint 0.5`."""

_LATER_SECONDS = 0.03


def die_at(moment: str) -> None:
    """End this process at a moment.

    Args:
        moment: `batch` and its number, with the part of 30 ms that pass after it; or `checkpoint` and the part of the
            next one that is written then.
    """
    place, _, number = moment.partition(" ")
    (_die_after_batch if place == "batch" else _die_within_checkpoint)(float(number))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_after_batch(batch: float) -> None:
    take_note = Recorder.batches

    def batches(self: Recorder, step: int, losses: np.ndarray, accuracies: np.ndarray) -> None:
        take_note(self, step, losses, accuracies)
        if step >= batch:
            threading.Timer(batch % 1 * _LATER_SECONDS, _die).start()

    Recorder.batches = batches  # type: ignore[method-assign]


def _die_within_checkpoint(part: float) -> None:
    keep = Recorder.checkpoint

    def checkpoint(self: Recorder, step: int, save: Callable[[Path], None]) -> None:
        def save_in_part(path: Path) -> None:
            save(path)
            os.truncate(path, int(part * path.stat().st_size))
            _die()

        keep(self, step, save_in_part)

    Recorder.checkpoint = checkpoint  # type: ignore[method-assign]
