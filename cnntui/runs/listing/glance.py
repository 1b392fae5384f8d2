"""`glance`: a run's summary, found without reading all of its events.

A run's events include every batch, so a long run has many megabytes of them; the facts that a list needs are at their
beginning and at their end.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular, read_lines
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.status import Status
from cnntui.runs.history.event_file import MOST_BYTES
from cnntui.runs.history.event_lines import decode
from cnntui.runs.history.events import (
    EpochEnd,
    Event,
    Failed,
    Finished,
    Launched,
    Paused,
    Resumed,
    Started,
    Stopped,
)
from cnntui.runs.listing.summary import RunSummary

GLANCE_BYTES = 64 * 1024
"""Events up to this size are read completely, which takes a fraction of a millisecond."""

_END_BYTES = 32 * 1024
"""How much is read at first from the end of a longer file: more than an epoch of the recipe, which takes 20 KB."""

_MOST_END_BYTES = 32 * 1024 * 1024
"""An epoch of 60,000 batches takes 2 MB."""

_BEGINNING_BYTES = 4096

SEARCHED_BYTES = 4 * 1024 * 1024
"""Events up to this size are searched for the ends of all epochs: 200 epochs of the recipe, in a few milliseconds."""

_UNTOLD = (b'{"event":"Batches"', b'{"event":"Snapshot"', b'{"event":"Checkpoint"')
"""The beginnings of lines that a summary does not need, as the trainer writes them."""

_TESTED = (b'{"event":"EpochEnd"', b'{"event":"Finished"', b'{"event":"Stopped"')
"""The beginnings of lines with a test accuracy."""

_FAILED = b'{"event":"Failed"'
"""The beginning of a line that does not tell the step, as others do that end a run."""

_EPOCH_END = b"\n" + _TESTED[0]


def glance(run: RunDirectory, held: bool | None = None) -> RunSummary:
    """A run's summary from the beginning and the end of its events; for an unreadable run, only a problem.

    Args:
        run: the run.
        held: whether a trainer holds the run's lock; None to check.
    """
    config = None
    try:
        config = run.read_config()
        # Checked before the events are read: if the lock is free then, all events are there.
        held = is_held(run.lock_path) if held is None else held
        return _from_events(RunSummary(run, config), *_ends(run.events_path), held)
    except CnntuiError as error:
        return RunSummary(run, problem=f"{error}", is_whole=True)
    except OSError as error:
        problem = f"The events of {run.name} cannot be read: {error.strerror or error}."
        return RunSummary(run, config, Status.DAMAGED, problem=problem)


def epochs_of(run: RunDirectory) -> tuple[EpochEnd, ...]:
    """How a run's epochs ended, in order, skipping the lines about single batches.

    Raises:
        CnntuiError: the events cannot be read.
    """
    try:
        events = [decode(line) for line in _chosen(read_lines(run.events_path, MOST_BYTES))]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise CnntuiError(f"The events of {run.name} cannot be read: {error.strerror}.") from error
    # A trainer that resumed from a checkpoint reports an epoch's end again.
    ends = {event.epoch: event for event in events if isinstance(event, EpochEnd)}
    return tuple(ends[epoch] for epoch in sorted(ends))


def _from_events(summary: RunSummary, lines: Iterable[bytes], has_all_epochs: bool, held: bool) -> RunSummary:
    """The summary from the events; later events overrule earlier ones."""
    epochs: dict[int, float] = {}
    started: Started | None = None
    first = last = tested = None
    step, paused, launched = 0, False, False
    end: Event | None = None
    for line in lines:
        event = decode(line)
        if event is None:
            continue
        first, last = event.time if first is None else first, event.time
        step = getattr(event, "step", step)
        match event:
            case Launched():
                launched, paused, end = True, False, None
            case Started():
                started, paused, launched, end = event, False, False, None
            case EpochEnd():
                tested = event.test_accuracy
                epochs[event.epoch] = event.test_accuracy
            case Finished() | Stopped():
                tested, end = event.test_accuracy, event
            case Failed():
                end = event
            case Paused() | Resumed():
                paused = isinstance(event, Paused)
    status = _status(started is None or launched, end, paused, held)
    problem = end.message if isinstance(end, Failed) else ""
    if status is Status.CRASHED and not problem:
        script = summary.config.script if summary.config is not None else ""
        ended = f"{script} ended without a message" if script else "Its trainer exited unexpectedly"
        problem = f"{ended}: it was killed, or the machine went down."
    known = {epoch: accuracy for epoch, accuracy in epochs.items() if accuracy == accuracy and has_all_epochs}
    best = max(known, key=lambda epoch: (known[epoch], -epoch), default=None)
    return replace(
        summary,
        status=status,
        best_epoch=None if best is None else best + 1,
        best_accuracy=None if best is None else known[best],
        test_accuracy=tested if tested is not None and tested == tested else None,
        epochs_done=_epochs_done(started, step, epochs),
        seconds=None if first is None or last is None else max(0.0, last - first),
        problem=problem,
        step=step,
        total_steps=started.steps_per_epoch * (started.epochs - started.first_epoch) if started is not None else 0,
        is_over=end is not None,
    )


def _epochs_done(started: Started | None, step: int, ends: Mapping[int, float]) -> int:
    """How many epochs were completed; if their length is unknown, how many ends were reported."""
    if started is None:
        return 0
    return started.first_epoch + step // started.steps_per_epoch if started.steps_per_epoch else len(ends)


def _status(is_starting: bool, end: Event | None, paused: bool, held: bool) -> Status:
    if isinstance(end, Finished | Stopped):
        return Status.FINISHED if isinstance(end, Finished) else Status.STOPPED
    if end is not None or not held:
        return Status.CRASHED
    if is_starting:
        return Status.STARTING
    return Status.PAUSED if paused else Status.RUNNING


def _ends(path: Path) -> tuple[Iterable[bytes], bool]:
    """The lines of the events that a summary needs, and whether all ends of epochs are among them.

    In a long run these are the first lines, the last ones and, unless it is a very long run, the ends of epochs.
    """
    try:
        file = open_regular(path, MOST_BYTES)
    except FileNotFoundError:
        return (), True
    with file:
        size = os.fstat(file.fileno()).st_size
        if size <= GLANCE_BYTES:
            return _chosen(file.read(GLANCE_BYTES).split(b"\n")), True
        head = file.read(_BEGINNING_BYTES)
        end = _end(file, size)
        between: list[bytes] = []
        if size <= SEARCHED_BYTES:
            file.seek(max(head.rfind(b"\n"), 0))
            between = _epoch_ends(file.read(size - len(end) - file.tell()) + end[: end.find(b"\n") + 1])
        lines = [*_chosen(head.split(b"\n")[:-1]), *between, *_chosen(end.split(b"\n")[1:])]
        return lines, size <= SEARCHED_BYTES


def _epoch_ends(content: bytes) -> list[bytes]:
    """The lines about ends of epochs, found without parsing any others."""
    found = []
    place = content.find(_EPOCH_END)
    while place >= 0:
        end = content.find(b"\n", place + 1)
        if end < 0:
            break
        found.append(content[place + 1 : end])
        place = content.find(_EPOCH_END, end)
    return found


def _end(file: BinaryIO, size: int) -> bytes:
    """The end of a long events file, from before the last line with a test accuracy."""
    content, begin, length = b"", size, _END_BYTES
    while begin > _BEGINNING_BYTES and size - begin < _MOST_END_BYTES:
        before = max(begin - length, _BEGINNING_BYTES)
        file.seek(before)
        block = file.read(begin - before)
        content, begin, length = block + content, before, 2 * length
        if any(tested in block for tested in _TESTED):
            break
    return content


def _chosen(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines with news, and of those about batches the last before a failure or the end, for its time and step."""
    untold = b""
    for line in lines:
        if line.startswith(_UNTOLD):
            untold = line
        elif line:
            if untold and line.startswith(_FAILED):
                yield untold
            yield line
            untold = b""
    if untold:
        yield untold
