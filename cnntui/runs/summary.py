"""`RunSummary`: what a list says of a run, found without reading all of its events.

Every batch of a run is in its events, so a long run has many megabytes of them; what a list wants stands at their
beginning and at their end. A run with more events than fit into a glance is read whole only where that is asked for.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from cnntui.errors import CnntuiError
from cnntui.regular_files import open_regular, read_lines
from cnntui.runs.architecture import network_of
from cnntui.runs.config import RunConfig
from cnntui.runs.directory import RunDirectory, bundled_runs, list_runs
from cnntui.runs.events import (
    MOST_BYTES,
    Batches,
    EpochEnd,
    Event,
    Failed,
    Finished,
    Paused,
    Resumed,
    Started,
    Stopped,
    decode,
)
from cnntui.runs.follow import Status, unreadable
from cnntui.runs.lock import is_held

GLANCE_BYTES = 64 * 1024
"""Events up to this size are read whole, which takes a fraction of a millisecond."""

_END_BYTES = 32 * 1024
"""What is read of the end of longer ones: more than an epoch of the recipe, which takes 20 KB."""

_BEGINNING_BYTES = 4096

_UNTOLD = (b'{"event":"Batches"', b'{"event":"Snapshot"', b'{"event":"Checkpoint"')
"""Lines that a summary does not need; as the trainer writes them, they begin like this."""

_Version = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class RunSummary:
    """What a list says of a run.

    Attributes:
        run: where it is.
        config: what was asked; None where that cannot be read, and then only `problem` says anything.
        status: what it is doing; None where that cannot be known.
        test_accuracy: the newest one, 0–1; None before the first.
        epochs_done: how many epochs were learned from to their end.
        seconds: from its first sign of life to its last, pauses included; None before the first.
        parameters: weights and biases of its network; None where they are not known, or not counted yet.
        problem: why it crashed or cannot be read; empty for any other run.
        is_whole: whether all that there is to know has been looked for.
    """

    run: RunDirectory
    config: RunConfig | None = None
    status: Status | None = None
    test_accuracy: float | None = None
    epochs_done: int = 0
    seconds: float | None = None
    parameters: int | None = None
    problem: str = ""
    is_whole: bool = False
    version: _Version = field(default=(), repr=False)
    """Changes when any file that the summary was made from does."""

    @property
    def name(self) -> str:
        return self.run.name

    @property
    def created(self) -> str:
        """When the run was made, ISO 8601, UTC; empty where nobody knows."""
        return self.config.created if self.config is not None else ""

    @property
    def is_active(self) -> bool:
        """Whether a trainer is at work on it."""
        return self.status is not None and self.status.is_active

    @property
    def is_newer(self) -> bool:
        """Whether a newer cnntui made it, so that not everything in it may be understood here."""
        return self.config is not None and self.config.is_newer


def every_run(runs_dir: Path) -> tuple[RunDirectory, ...]:
    """A person's own runs, newest first, and then the bundled ones.

    Raises:
        CnntuiError: the folder cannot be read.
    """
    return (*list_runs(runs_dir), *bundled_runs())


class Summaries:
    """Summaries of many runs, each made again only where its files have changed."""

    def __init__(self) -> None:
        self._known: dict[Path, RunSummary] = {}

    def of(self, runs: Iterable[RunDirectory]) -> tuple[RunSummary, ...]:
        """What a glance tells of some runs, in their order; of those that are not among them nothing is kept."""
        found = tuple(self.one(run) for run in runs)
        self._known = {summary.run.path: summary for summary in found}
        return found

    def learn(self, summaries: Iterable[RunSummary]) -> None:
        """Take in what was found elsewhere, such as in another thread."""
        self._known |= {summary.run.path: summary for summary in summaries}

    def rename(self, run: RunDirectory, renamed: RunDirectory) -> None:
        """What is known of a run is so under its new name too; its changed files are read again anyway."""
        if (known := self._known.pop(run.path, None)) is not None:
            self._known[renamed.path] = replace(known, run=renamed)

    def one(self, run: RunDirectory) -> RunSummary:
        """What a glance tells of one run, and what is known of it from before."""
        held = is_held(run.lock_path)
        version = (int(held), *_versions(run.config_path, run.events_path, run.checkpoint_path))
        known = self._known.get(run.path)
        if known is not None and known.version == version:
            return known
        summary = replace(glance(run, held), version=version)
        if known is not None:
            accuracy = known.test_accuracy if summary.test_accuracy is None else summary.test_accuracy
            summary = replace(summary, parameters=known.parameters, test_accuracy=accuracy)
        self._known[run.path] = summary
        return summary


def glance(run: RunDirectory, held: bool | None = None) -> RunSummary:
    """A run's summary from the beginning and the end of its events; one that cannot be read has only a problem.

    Args:
        run: the run.
        held: whether a trainer holds its lock; None to look.
    """
    try:
        config = run.read_config()
        # Before the events: a lock that is free then means that all events are there.
        held = is_held(run.lock_path) if held is None else held
        return _from_events(RunSummary(run, config), _ends(run.events_path), held)
    except CnntuiError as error:
        return RunSummary(run, problem=f"{error}", is_whole=True)
    except OSError as error:
        problem = unreadable(run, error.strerror or str(error)).message
        return RunSummary(run, config, Status.DAMAGED, problem=problem)


def complete(summary: RunSummary) -> RunSummary:
    """The summary with what a glance did not tell, found by reading whatever it takes: seconds for a very long run."""
    run = summary.run
    if summary.is_whole:
        return summary
    if summary.test_accuracy is None and summary.status is not Status.DAMAGED:
        # A run that has been removed since is what the next glance will tell.
        with suppress(OSError):
            summary = _from_events(summary, _chosen(read_lines(run.events_path, MOST_BYTES)), summary.is_active)
    return replace(summary, parameters=parameters_of(run, summary.config), is_whole=True)


def summarise(run: RunDirectory) -> RunSummary:
    """A run's whole summary."""
    return complete(glance(run))


def epochs_of(run: RunDirectory) -> tuple[EpochEnd, ...]:
    """How a run's epochs ended, in their order, without what its events say of single batches.

    Raises:
        CnntuiError: the events cannot be read.
    """
    try:
        events = [decode(line) for line in _chosen(read_lines(run.events_path, MOST_BYTES))]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise CnntuiError(f"The events of {run.name} cannot be read: {error.strerror}.") from error
    # A trainer that went on from a checkpoint tells an epoch's end again.
    ends = {event.epoch: event for event in events if isinstance(event, EpochEnd)}
    return tuple(ends[epoch] for epoch in sorted(ends))


def _from_events(summary: RunSummary, lines: Iterable[bytes], held: bool) -> RunSummary:
    """The summary as the events tell it; a later one overrules those before."""
    started: Started | None = None
    first = last = tested = None
    step, paused = 0, False
    end: Event | None = None
    for line in lines:
        event = decode(line)
        if event is None:
            continue
        first, last = event.time if first is None else first, event.time
        match event:
            case Started():
                started, step, paused, end = event, event.step, False, None
            case Batches():
                step = event.step
            case EpochEnd():
                step, tested = event.step, event.test_accuracy
            case Finished() | Stopped():
                step, tested, end = event.step, event.test_accuracy, event
            case Failed():
                end = event
            case Paused() | Resumed():
                paused = isinstance(event, Paused)
    epochs = step // max(1, started.steps_per_epoch) if started is not None else 0
    seconds = None if first is None or last is None else max(0.0, last - first)
    status = _status(started, end, paused, held)
    problem = end.message if isinstance(end, Failed) else ""
    if status is Status.CRASHED and not problem:
        problem = "Its trainer ended without a word: killed, or the machine went down."
    return replace(summary, status=status, test_accuracy=tested, epochs_done=epochs, seconds=seconds, problem=problem)


def _status(started: Started | None, end: Event | None, paused: bool, held: bool) -> Status:
    if isinstance(end, Finished | Stopped):
        return Status.FINISHED if isinstance(end, Finished) else Status.STOPPED
    if end is not None or not held:
        return Status.CRASHED
    if started is None:
        return Status.STARTING
    return Status.PAUSED if paused else Status.RUNNING


def _ends(path: Path) -> Iterable[bytes]:
    """The lines of the events that tell something; of a long run the first ones and the last ones."""
    try:
        file = open_regular(path, MOST_BYTES)
    except FileNotFoundError:
        return ()
    with file:
        size = os.fstat(file.fileno()).st_size
        if size <= GLANCE_BYTES:
            return _chosen(file.read(GLANCE_BYTES).split(b"\n"))
        head = file.read(_BEGINNING_BYTES).split(b"\n")[:-1]
        file.seek(size - _END_BYTES)
        return [*_chosen(head), *_chosen(file.read(_END_BYTES).split(b"\n")[1:])]


def _chosen(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines that tell something, and where it comes last the one about batches, for its time and step."""
    untold = b""
    for line in lines:
        if line.startswith(_UNTOLD):
            untold = line
        elif line:
            yield line
            untold = b""
    if untold:
        yield untold


def parameters_of(run: RunDirectory, config: RunConfig | None) -> int | None:
    """How many weights and biases the run's network has, from its newest weights; None where it has none yet.

    Of a run that has kept a network but no snapshots, its settings tell; to open the network takes far longer.
    """
    steps = run.snapshot_steps()
    for path in ([run.snapshot_path(steps[-1])] if steps else []) + [run.live_path]:
        if (count := _parameters_in(path)) is not None:
            return count
    if config is None or not os.path.isfile(run.checkpoint_path):
        return None
    try:
        return network_of(config).parameters
    except CnntuiError:
        return None


def _parameters_in(path: Path) -> int | None:
    """The entries of all arrays of a snapshot, from their headers alone."""
    total = 0
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if name.endswith(("/kernel.npy", "/bias.npy")):
                    with archive.open(name) as member:
                        np.lib.format.read_magic(member)
                        shape, _, _ = np.lib.format.read_array_header_1_0(member)
                        total += int(np.prod(shape, dtype=np.int64))
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return None
    return total or None


def _versions(*paths: Path) -> Iterator[int]:
    """Modification time and size of files; zeros for those that are not there."""
    for path in paths:
        try:
            stat = os.stat(path)
        except OSError:
            yield from (0, 0)
        else:
            yield from (stat.st_mtime_ns, stat.st_size)
