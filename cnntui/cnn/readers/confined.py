"""Reads a stranger's file in a process of its own, which may take so much memory and time and no more.

The libraries that know these formats never end on some files that were tampered with, or take all memory there is, and
nothing in the same process can stop them. The process reads the file from its standard input. It writes a line of JSON,
`{"said": …, "arrays": [[name, shape], …]}`, and then the numbers of these arrays as float32 one after the other; or the
line `{"error": …}`.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.cost import MOST_PARAMETERS
from cnntui.files.errors import CnntuiError
from cnntui.files.interpreter import environment
from cnntui.files.regular import open_regular
from cnntui.printable import printable
from cnntui.values import dataclass

MOST_SECONDS = 3
MOST_MEMORY_BYTES = 1024**3
_SLOWEST = 50e6
"""Bytes a second that a disk reads."""


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Attributes:
        said: all but the arrays, as JSON has it.
        arrays: the weights by name, as float32.
    """

    said: Any
    arrays: dict[str, NDArray[Any]]


def content_of(path: Path, module: str, most_bytes: int, hint: str) -> Content:
    """What a module, started as a process, finds in a file.

    Args:
        path: the file.
        module: calls `serve`.
        most_bytes: the largest file that is looked at.
        hint: what a person can do where the file is damaged.

    Raises:
        CnntuiError: the file cannot be read, is damaged, or takes too much.
    """
    try:
        with open_regular(path, most_bytes) as file:
            answer = _answer(module, file, path, hint)
    except OSError as error:
        raise CnntuiError(f"{path} cannot be read: {error.strerror or error}.", "Check the path.") from None
    start = answer.index(b"\n") + 1
    head = json.loads(answer[:start])
    if "error" in head:
        raise CnntuiError(f"{path} is damaged: {printable(head['error'])}.", hint)
    if start + sum(4 * prod(shape) for _, shape in head["arrays"]) != len(answer):
        raise CnntuiError(f"{path} is damaged: not all of its weights can be read.", hint)
    arrays = {}
    for name, shape in head["arrays"]:
        values = np.frombuffer(answer, np.float32, prod(shape), start)
        arrays[name] = values.reshape(shape)
        start += values.nbytes
    return Content(head["said"], arrays)


def _answer(module: str, file: BinaryIO, path: Path, hint: str) -> bytes:
    """What the process that reads the file says."""
    seconds = MOST_SECONDS + 1 + os.fstat(file.fileno()).st_size / _SLOWEST
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", module], stdin=file, capture_output=True, start_new_session=True,
            timeout=seconds, check=False, env=environment() | {"OPENBLAS_NUM_THREADS": "1"},  # threads count as memory
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CnntuiError(f"{path} is damaged, or its disk is slow: it could not be read in time.", hint) from None
    if done.returncode == -signal.SIGXCPU:
        raise CnntuiError(f"{path} is damaged: reading it does not end.", hint)
    if done.returncode or b"\n" not in done.stdout:
        raise CnntuiError(f"{path} is damaged: it cannot be read.", hint)
    return done.stdout


# In the process


Read = Callable[[BinaryIO, BinaryIO], None]
"""Reads a file and writes what is in it with `write`."""


def serve(read: Read, damage: tuple[type[Exception], ...]) -> int:
    """Read from standard input within the limits, write to standard output; the exit status.

    Args:
        read: does so.
        damage: what it raises where the file is damaged.
    """
    limits = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_CPU: (MOST_SECONDS, MOST_SECONDS + 1),
        resource.RLIMIT_AS: (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES),
    }
    for kind, limit in limits.items():
        with suppress(ValueError, OSError):  # the system has no such limit, or a lower one already
            resource.setrlimit(kind, limit)
    answer(read, damage, sys.stdin.buffer, sys.stdout.buffer)
    return 0


def answer(read: Read, damage: tuple[type[Exception], ...], source: BinaryIO, target: BinaryIO) -> None:
    """Write what is in a file, or what is wrong with it."""
    try:
        read(source, target)
    except damage as error:
        said = _reason(error)
        target.write(json.dumps({"error": said}).encode() + b"\n")


def _reason(error: Exception) -> str:
    """What is wrong with a file, where the error says it in words."""
    if isinstance(error, KeyError) and " " in str(error.args[0]):
        return str(error.args[0])
    if isinstance(error, LookupError | TypeError | AttributeError):
        return "its parts do not fit each other"
    return str(error) or "it takes too much memory"


def write(target: BinaryIO, said: Any, arrays: Iterable[tuple[str, Any]]) -> None:
    """Write what is in a file.

    Args:
        target: standard output.
        said: all but the arrays, as JSON has it.
        arrays: NumPy's, or what becomes one when it is indexed; each is held for as long as it is written.

    Raises:
        ValueError: they hold more numbers than any network that is read.
    """
    listed = [(name, array, tuple(array.shape)) for name, array in arrays]
    if sum(prod(shape) for _, _, shape in listed) > MOST_PARAMETERS:
        raise ValueError(f"it holds more than {MOST_PARAMETERS:,} parameters")
    head = {"said": said, "arrays": [(name, shape) for name, _, shape in listed]}
    target.write(json.dumps(head).encode() + b"\n")
    for _, array, _ in listed:
        target.write(np.ascontiguousarray(array[...], np.float32).data)
