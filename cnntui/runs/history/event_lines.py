"""An event as a line of JSON, and back.

A line that cannot be understood (damaged, or written by a newer version) yields no event, so that one bad line never
hides the others.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, fields
from functools import cache, partial
from typing import Any, get_args, get_origin, get_type_hints

from cnntui.printable import printable
from cnntui.runs.history.events import GREATEST_INT, KINDS, Batches, Event

# In seconds since 1970: some thirty thousand years from now.
_LATEST_TIME = 1e12

_GREATEST_FLOAT32 = 3.4028235e38

_MOST_METRICS = 64
_LONGEST_METRIC = 80

# Losses and accuracies are float32: seven significant digits are all that a float32 holds.
_DIGITS = 7

# Loose, and therefore fast: the conversion to numbers checks the contents of the brackets.
_BATCHES_LINE = re.compile(
    rb'^{"event":"Batches","time":([^,]+),"step":([^,]+),"losses":\[([^]]+)\],"accuracies":\[([^]]+)\]}$', re.MULTILINE
)

_OTHER_LINE = re.compile(rb'^(?!{"event":"Batches").*\n', re.MULTILINE)


@cache
def _readers(name: str) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """The fields of a kind of event, each with the function that reads its value from JSON."""
    return tuple((field, _reader(wanted)) for field, wanted in get_type_hints(KINDS[name]).items())


def encode(event: Event) -> str:
    """The event as one line of JSON with its newline. Numbers that are not finite become null."""
    values = {
        f.name: _to_json(value)
        for f in fields(event)
        # Fields added later are left out while they have their default.
        if (value := getattr(event, f.name)) != f.default and (f.default_factory is MISSING or value)
    }
    return json.dumps({"event": type(event).__name__} | values, allow_nan=False, separators=(",", ":")) + "\n"


def decode(line: bytes) -> Event | None:
    """The event in a line; None if this version does not understand the line."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict):
        return None
    name = values.get("event")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        return None
    try:
        # A field added later has a default and is missing in older files; a field without a default is required.
        given = {field: read(values[field]) for field, read in _readers(kind.__name__) if field in values}
        # A time that makes no sense, such as NaN, would spoil all durations.
        return kind(**given) if 0 <= given["time"] <= _LATEST_TIME else None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def others(block: bytes) -> Iterator[re.Match[bytes]]:
    """The lines of a block that are not about batches, such as those at the end of an epoch."""
    is_all_batches = block.count(b'{"event":"Batches"') == block.count(b"\n")
    return iter(()) if is_all_batches else _OTHER_LINE.finditer(block)


def merged(block: bytes) -> Batches | None:
    """Lines that are all about batches, exactly as the writer writes them, as one event about all of these batches.

    A million lines take seconds one by one. None if a line is about anything else, or does not continue the one before.
    """
    rows = _BATCHES_LINE.findall(block)
    if not rows or len(rows) != block.count(b"\n"):
        return None
    times, steps, losses, accuracies = zip(*rows, strict=True)
    try:
        lost, right = (tuple(json.loads(b"[" + b",".join(each) + b"]")) for each in (losses, accuracies))
        time, first, last = float(times[-1]), int(steps[0]), int(steps[-1])
        is_sane = 0 < last <= GREATEST_INT and 0 <= time <= _LATEST_TIME and _are_float32(lost) and _are_float32(right)
    except (ValueError, TypeError, OverflowError):
        return None
    is_whole = len(lost) == len(right) == last - first + losses[0].count(b",") + 1
    return Batches(time, last, lost, right) if is_whole and is_sane else None


def _are_float32(values: Sequence[float]) -> bool:
    return min(values, default=0.0) >= -_GREATEST_FLOAT32 and max(values, default=0.0) <= _GREATEST_FLOAT32


def _to_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_to_json(v) for v in value]
    if isinstance(value, dict):
        return {name: _to_json(v) for name, v in value.items()}
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        # A time in seconds since 1970 already has ten digits before the point.
        return round(value, 3) if abs(value) >= 1e6 else float(f"{value:.{_DIGITS}g}")
    return value


def _reader(wanted: Any) -> Callable[[Any], Any]:
    """The function that reads a value of the wanted type; it raises TypeError for another type or an absurd value."""
    if get_origin(wanted) is dict:
        return partial(_named, _reader(get_args(wanted)[1]))
    if get_origin(wanted) is tuple:
        return _texts if str in get_args(wanted) else _numbers
    return {float: _number, int: _whole, str: _text}[wanted]


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= GREATEST_INT:
        raise TypeError
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError
    # These are shown in terminals, where a control character could do anything.
    return "\n".join(map(printable, value.split("\n")))


def _texts(value: Any) -> tuple[str, ...]:
    if type(value) is not list:
        raise TypeError
    return tuple(map(_text, value))


def _named(read: Callable[[Any], Any], value: Any) -> dict[str, Any]:
    """Values by the name of the metric."""
    if type(value) is not dict or len(value) > _MOST_METRICS:
        raise TypeError
    return {printable(name)[:_LONGEST_METRIC]: read(each) for name, each in value.items()}


def _numbers(value: Any) -> tuple[float, ...]:
    if type(value) is not list:
        raise TypeError
    return tuple(value) if set(map(type, value)) <= {float} and _are_float32(value) else tuple(map(_number, value))


def _number(value: Any) -> float:
    if value is None:
        return math.nan
    if type(value) not in (int, float):
        raise TypeError
    number = float(value)
    return number if abs(number) <= _GREATEST_FLOAT32 else math.nan
