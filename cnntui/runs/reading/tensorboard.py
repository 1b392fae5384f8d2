"""Writes a history as a TensorBoard event file through the library `tensorboard`, if that is installed.

This uses the part of the library that writes records rather than its `EventFileWriter`, which would load TensorFlow if
that is installed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnntui.runs.history.history import History

Scalar = tuple[float, int, str, float]
"""Time (seconds since 1970), step, tag, and value."""


def is_installed() -> bool:
    """Whether the library is installed; this does not load it."""
    return find_spec("tensorboard") is not None


def file_name(history: History) -> str:
    """A name by which TensorBoard recognises the file."""
    began = int(history.event_times[0]) if len(history.event_times) else 0
    return f"events.out.tfevents.{began}.cnntui"


def write(history: History, path: Path) -> None:
    """Write the curves of a history to an event file."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    with path.open("wb") as file:
        writer = RecordWriter(file)
        began = float(history.event_times[0]) if len(history.event_times) else 0.0
        writer.write(Event(wall_time=began, file_version="brain.Event:2").SerializeToString())
        for moment, step, tag, value in scalars(history):
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
            writer.write(Event(wall_time=moment, step=step, summary=summary).SerializeToString())


def scalars(history: History) -> Iterator[Scalar]:
    """The measured values of each batch, followed by those on the test images after each epoch."""
    return (scalar for scalar in _scalars(history) if "loss" in scalar[2] or math.isfinite(scalar[3]))


def _scalars(history: History) -> Iterator[Scalar]:
    moments = batch_times(history).tolist()
    rows = zip(moments, history.steps.tolist(), history.losses.tolist(), history.accuracies.tolist(), strict=True)
    for moment, step, loss, accuracy in rows:
        yield moment, step, "batch/loss", loss
        yield moment, step, "batch/accuracy", accuracy
    for end in history.epochs:
        yield end.time, end.step, "test/loss", end.test_loss
        yield end.time, end.step, "test/accuracy", end.test_accuracy
        for name, value in end.test_metrics.items():
            yield end.time, end.step, f"test/{name}", value
    for name, curve in history.metrics.items():
        for moment, step, value in zip(moments, history.steps.tolist(), curve.tolist(), strict=True):
            yield moment, step, f"batch/{name}", value


def batch_times(history: History) -> NDArray[np.float64]:
    """(batches,) the time at which each batch was trained on, interpolated between the trainer's reports."""
    if not len(history.event_times):
        return np.zeros(len(history.losses))
    return np.interp(history.steps, history.event_steps, history.event_times)
