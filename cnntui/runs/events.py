"""The events of a run: what the trainer says, one JSON object a line, in `events.jsonl`.

The file is only ever appended to. A last line without its newline is 'not yet'; a line that cannot be understood
(damaged, or written by a newer version) is skipped and counted, so that one bad line never hides the others.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, get_args, get_origin, get_type_hints

from cnntui.files.regular import LONGEST_LINE, open_regular
from cnntui.printable import printable

MOST_BYTES = 1024**3
"""Events of some tens of millions of batches. A file beyond this is damage, and is not read."""

# A step or a number of digits beyond what a float64 can count is damage, and would overflow the arrays of a history.
_GREATEST_INT = 2**53

# In seconds since 1970: some thirty thousand years from now.
_LATEST_TIME = 1e12

_GREATEST_FLOAT32 = 3.4028235e38

EVERYTHING = ("pause", "stop", "step", "rate")
"""What cnntui's own trainer can be told."""

_MOST_METRICS = 64
_LONGEST_METRIC = 80

# Losses and accuracies are float32: seven significant digits hold all that they know.
_DIGITS = 7


@dataclass(frozen=True)
class Event:
    """Something that happened in a run at `time` (seconds since 1970, UTC).

    In every event, `step` is the number of batches that had been learned from when it happened.
    """

    time: float


@dataclass(frozen=True)
class Launched(Event):
    """Somebody has started a trainer that is to go on with the run; it has not got so far as to learn."""


@dataclass(frozen=True)
class Started(Event):
    """The trainer has the network and the digits, and begins at `step`: 0, or the checkpoint that it goes on from.

    Of a training that is not cnntui's own, numbers that nobody knows are 0.

    Attributes:
        first_epoch: the epoch (from 0) that the run's first batch belongs to.
        batch_size: images a batch; 0 where the settings say it.
        obeys: what a person can tell the trainer: `Command`s, and "rate" for another learning rate.
    """

    pid: int
    steps_per_epoch: int
    epochs: int
    train_digits: int
    test_digits: int
    step: int = 0
    first_epoch: int = 0
    batch_size: int = 0
    obeys: tuple[str, ...] = EVERYTHING

    def __post_init__(self) -> None:
        if self.steps_per_epoch * self.epochs > _GREATEST_INT:
            raise ValueError("no run has that many batches")


@dataclass(frozen=True)
class Batches(Event):
    """The loss and the accuracy of every single batch up to and including `step`, oldest first; no running means.

    Attributes:
        accuracies: empty where the training measures none.
        metrics: what else it measures, by name, a value a batch.
    """

    step: int
    losses: tuple[float, ...]
    accuracies: tuple[float, ...]
    metrics: dict[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class EpochEnd(Event):
    """`epoch` (from 0) is over: its means over the training digits, and the values on all test digits.

    `seconds` is its wall time with the evaluation, without pauses. What the training does not measure is NaN; what
    it measures besides loss and accuracy is in `metrics` and `test_metrics`, by name.
    """

    epoch: int
    step: int
    loss: float
    accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float
    metrics: dict[str, float] = field(default_factory=dict)
    test_metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot(Event):
    """All weights of `step` were kept in `snapshots/<file>`."""

    step: int
    file: str


@dataclass(frozen=True)
class Checkpoint(Event):
    """`model.keras` now holds the network and the optimizer of `step`."""

    step: int


@dataclass(frozen=True)
class Paused(Event):
    """The trainer waits: because somebody said so, or, with a message, for what that sentence and the next ask."""

    step: int
    message: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Resumed(Event):
    step: int


@dataclass(frozen=True)
class LearningRate(Event):
    """From `step` on the optimizer's step size is another than the settings say."""

    step: int
    rate: float


@dataclass(frozen=True)
class Finished(Event):
    """All epochs are over; the last checkpoint has these values on all test digits."""

    step: int
    test_loss: float
    test_accuracy: float


@dataclass(frozen=True)
class Stopped(Event):
    """Somebody asked the trainer to stop; what was learned until `step` is in the checkpoint."""

    step: int
    test_loss: float
    test_accuracy: float


@dataclass(frozen=True)
class Failed(Event):
    """The trainer had to give up: one sentence that says what happened, and one that says what to do."""

    message: str
    hint: str


_KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        Launched,
        Started,
        Batches,
        EpochEnd,
        Snapshot,
        Checkpoint,
        Paused,
        Resumed,
        LearningRate,
        Finished,
        Stopped,
        Failed,
    )
}
# Loose, and so fast: what stands in the brackets is looked at where it is turned into numbers.
_BATCHES_LINE = re.compile(
    rb'^{"event":"Batches","time":([^,]+),"step":([^,]+),"losses":\[([^]]+)\],"accuracies":\[([^]]+)\]}$', re.MULTILINE
)
_BLOCK_BYTES = 64 * 1024
_CHUNK_BYTES = 1024 * 1024


@cache
def _field_types(name: str) -> dict[str, Any]:
    return get_type_hints(_KINDS[name])


def encode(event: Event) -> str:
    """The event as one line of JSON with its newline. Numbers that are not finite become null."""
    values = {
        f.name: _to_json(value)
        for f in fields(event)
        # What came later is left out where it says nothing.
        if (value := getattr(event, f.name)) != f.default and (f.default_factory is MISSING or value)
    }
    return json.dumps({"event": type(event).__name__} | values, allow_nan=False, separators=(",", ":")) + "\n"


def decode(line: bytes) -> Event | None:
    """The event in a line, or None when it is none that this version understands."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict):
        return None
    name = values.get("event")
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        return None
    try:
        wanted = _field_types(kind.__name__).items()
        # A field that came later has a default, and is not in older files; one that has none is missed.
        given = {name: _from_json(values[name], of_type) for name, of_type in wanted if name in values}
        # One that makes no sense, NaN among them, would make nonsense of all durations.
        return kind(**given) if 0 <= given["time"] <= _LATEST_TIME else None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


class EventWriter:
    """Appends events to a file; each is with the operating system when `write` returns, whole or not at all.

    Raises:
        OSError: from `write`, when the line could not be written (a full disk). The writer stays usable: the next
            line begins on a line of its own, and readers skip the torn one.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        size = os.fstat(self._file).st_size
        # A trainer that was killed may have left half a line behind.
        self._torn = size > 0 and os.pread(self._file, 1, size - 1) != b"\n"

    def write(self, event: Event, lasting: bool = False) -> None:
        """Append an event; where it is to be lasting, it and all before it are on the disk when this returns."""
        line = encode(event).encode()
        rest = memoryview(b"\n" + line if self._torn else line)
        self._torn = True
        while rest:
            rest = rest[os.write(self._file, rest) :]
        self._torn = False
        if lasting:
            os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)


class EventReader:
    """Reads the events that were added since it last read.

    Attributes:
        skipped: how many whole lines could not be understood so far.
        problem: why the file cannot be read, to complete "the events cannot be read: …"; empty where it can, and where
            there is none yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._size = 0
        self._overlong = False
        self.skipped = 0
        self.problem = ""

    def has_grown(self) -> bool:
        """Whether the file has bytes that were not looked at yet; one `stat`, no reading."""
        try:
            return os.stat(self._path).st_size != self._size
        except OSError:
            return False

    def read(self) -> list[Event]:
        """The new whole lines as events, in their order; empty when there is no file yet, or none that can be read."""
        events: list[Event] = []
        try:
            with open_regular(self._path, MOST_BYTES) as file:
                file.seek(self._offset)
                self._read_on(file, events)
        except FileNotFoundError:
            pass
        except OSError as error:
            self.problem = error.strerror or str(error)
            with suppress(OSError):
                self._size = os.stat(self._path).st_size
        else:
            self.problem = ""
        return events

    def _read_on(self, file: BinaryIO, events: list[Event]) -> None:
        """Take in the file from where it is; what comes after its last newline is left for the next time."""
        rest, is_over = b"", False
        while not is_over:
            chunk = file.read(_CHUNK_BYTES)
            is_over = not chunk
            data = rest + chunk
            self._size = self._offset + len(data)
            end = data.rfind(b"\n") + 1
            begin = data.find(b"\n") + 1 if self._overlong else 0
            self._overlong = self._overlong and not end
            # Of a long run its last part, from which the present speed is known, is always read line by line.
            while end - begin > 2 * _BLOCK_BYTES:
                after = (data.rfind(b"\n", begin, begin + _BLOCK_BYTES) + 1) or (data.find(b"\n", begin) + 1)
                block = data[begin:after]
                merged = _merged(block)
                events += [merged] if merged is not None else self._each(block)
                begin = after
            is_too_long = len(data) - end > LONGEST_LINE
            if is_over or is_too_long:
                events += self._each(data[begin:end])
                begin = end
            rest = data[begin:]
            if self._overlong or is_too_long:
                self.skipped += not self._overlong
                self._overlong, rest = True, b""
            self._offset = self._size - len(rest)

    def _each(self, data: bytes) -> list[Event]:
        """Whole lines as an event each; those that cannot be understood are counted."""
        events = []
        for line in data.splitlines():
            event = decode(line) if line.strip() else None
            if event is not None:
                events.append(event)
            elif line.strip():
                self.skipped += 1
        return events


def _merged(block: bytes) -> Batches | None:
    """Lines that are all about batches, as the writer writes them, as one event about all of these batches.

    A million lines take seconds one by one. None where a line is about anything else, or is not the next one.
    """
    rows = _BATCHES_LINE.findall(block)
    if not rows or len(rows) != block.count(b"\n"):
        return None
    times, steps, losses, accuracies = zip(*rows, strict=True)
    try:
        lost = tuple(map(float, json.loads(b"[" + b",".join(losses) + b"]")))
        right = tuple(map(float, json.loads(b"[" + b",".join(accuracies) + b"]")))
        time, first, last = float(times[-1]), int(steps[0]), int(steps[-1])
    except (ValueError, TypeError, OverflowError):
        return None
    is_whole = len(lost) == len(right) == last - first + losses[0].count(b",") + 1
    is_sane = 0 < last <= _GREATEST_INT and 0 <= time <= _LATEST_TIME and _are_float32(lost) and _are_float32(right)
    return Batches(time, last, lost, right) if is_whole and is_sane else None


def _are_float32(values: Sequence[float]) -> bool:
    return max(map(abs, values), default=0.0) <= _GREATEST_FLOAT32


def _to_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_to_json(v) for v in value]
    if isinstance(value, dict):
        return {name: _to_json(v) for name, v in value.items()}
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        # A time in seconds since 1970 has ten digits before the point already.
        return round(value, 3) if abs(value) >= 1e6 else float(f"{value:.{_DIGITS}g}")
    return value


def _from_json(value: Any, wanted: Any) -> Any:
    """The value as the type that the event's field wants.

    Raises:
        TypeError: it is of another type, or out of all bounds.
    """
    if wanted is float:
        return _number(value)
    if wanted is int:
        if type(value) is not int or not 0 <= value <= _GREATEST_INT:
            raise TypeError
        return value
    if wanted is str:
        if type(value) is not str:
            raise TypeError
        # These are shown in terminals, where a control character may do anything.
        return "\n".join(map(printable, value.split("\n")))
    if get_origin(wanted) is dict:
        if type(value) is not dict or len(value) > _MOST_METRICS:
            raise TypeError
        _, of_type = get_args(wanted)
        return {printable(name)[:_LONGEST_METRIC]: _from_json(each, of_type) for name, each in value.items()}
    if type(value) is not list:
        raise TypeError
    if str in get_args(wanted):
        return tuple(_from_json(each, str) for each in value)
    return tuple(value) if set(map(type, value)) <= {float} and _are_float32(value) else tuple(map(_number, value))


def _number(value: Any) -> float:
    if value is None:
        return math.nan
    if type(value) not in (int, float):
        raise TypeError
    number = float(value)
    return number if abs(number) <= _GREATEST_FLOAT32 else math.nan
