"""Reads an untrusted file in a separate process with limited memory and time.

The libraries that know these formats loop forever on some manipulated files, or take all the memory there is, and
nothing in the same process can stop them. The separate process reads the file from standard input. It writes one line
of JSON, `{"said": …, "arrays": [[name, shape], …]}`, followed by the numbers of these arrays as float32, one after the
other; or the line `{"error": …}`.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from math import prod
from pathlib import Path
from threading import Timer
from typing import IO, Any, BinaryIO

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
"""Bytes that a disk reads per second."""


@dataclass(frozen=True)
class Content:
    """The contents of a file.

    Attributes:
        said: everything but the arrays, as JSON.
        arrays: the weights by name, as float32.
    """

    said: Any
    arrays: dict[str, NDArray[Any]]


def content_of(path: Path, module: str, most_bytes: int, hint: str) -> Content:
    """What a module finds in a file when it is run as a process.

    Args:
        path: the file.
        module: the module to run; it calls `serve`.
        most_bytes: the largest file that is read.
        hint: what a user can do if the file is damaged.

    Raises:
        CnntuiError: the file cannot be read, is damaged, or needs too much memory or time.
    """
    try:
        with open_regular(path, most_bytes) as file:
            head, arrays = _answer(module, file, path, hint)
    except OSError as error:
        raise CnntuiError(f"{path} cannot be read: {error.strerror or error}.", "Check the path.") from None
    if "error" in head:
        raise CnntuiError(f"{path} is damaged: {printable(head['error'])}.", hint)
    if arrays is None:
        raise CnntuiError(f"{path} is damaged: not all of its weights can be read.", hint)
    return Content(head["said"], arrays)


Answer = tuple[dict[str, Any], dict[str, NDArray[Any]] | None]
"""The first line, empty if there is none, and the arrays; None if they are not complete."""


def _answer(module: str, file: BinaryIO, path: Path, hint: str) -> Answer:
    """What the process that reads the file writes."""
    seconds = MOST_SECONDS + 1 + os.fstat(file.fileno()).st_size / _SLOWEST
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", module], stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True, env=environment() | {"OPENBLAS_NUM_THREADS": "1"},  # threads count as memory
    )  # fmt: skip
    watchdog, began = Timer(seconds, process.kill), time.monotonic()
    with process:
        assert process.stdout is not None
        watchdog.start()
        try:
            answer = received(process.stdout)
            process.wait()
        finally:
            is_late = time.monotonic() - began >= seconds
            watchdog.cancel()
            process.kill()
    if is_late:
        raise CnntuiError(f"{path} is damaged, or its disk is slow: it could not be read in time.", hint)
    if process.returncode == -signal.SIGXCPU:
        raise CnntuiError(f"{path} is damaged: reading it does not end.", hint)
    if process.returncode or not answer[0]:
        raise CnntuiError(f"{path} is damaged: it cannot be read.", hint)
    return answer


def received(stream: IO[bytes]) -> Answer:
    """What `answer` wrote into a stream. Each array is read into its own memory, and takes up no more than that."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return {}, None
    head = json.loads(line)
    arrays = {}
    for name, shape in head.get("arrays", ()):
        arrays[name] = np.empty(shape, np.float32)
        content = arrays[name].reshape(-1).view(np.uint8)
        if stream.readinto(content.data) < content.size:  # type: ignore[attr-defined]
            return head, None
    return head, None if stream.read(1) else arrays


# The rest runs in the separate process.


Read = Callable[[BinaryIO, BinaryIO], None]
"""Reads a file and writes its contents with `write`."""


def serve(read: Read, damage: tuple[type[Exception], ...]) -> int:
    """Read from standard input within the limits and write to standard output; returns the exit status.

    Args:
        read: reads the file.
        damage: the exceptions that it raises on a damaged file.
    """
    limits = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_CPU: (MOST_SECONDS, MOST_SECONDS + 1),
        resource.RLIMIT_AS: (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES),
    }
    for kind, limit in limits.items():
        with suppress(ValueError, OSError):  # the system has no such limit, or already a lower one
            resource.setrlimit(kind, limit)
    answer(read, damage, sys.stdin.buffer, sys.stdout.buffer)
    return 0


def answer(read: Read, damage: tuple[type[Exception], ...], source: BinaryIO, target: BinaryIO) -> None:
    """Write the contents of a file, or what is wrong with it."""
    try:
        read(source, target)
    except damage as error:
        said = _reason(error)
        target.write(json.dumps({"error": said}).encode() + b"\n")


def _reason(error: Exception) -> str:
    """Why a file cannot be read, in words that fit into a sentence."""
    if isinstance(error, KeyError) and " " in str(error.args[0]):
        return str(error.args[0])
    if isinstance(error, LookupError | TypeError | AttributeError):
        return "its parts do not fit each other"
    return str(error) or "it takes too much memory"


def write(target: BinaryIO, said: Any, arrays: Iterable[tuple[str, Any]]) -> None:
    """Write the contents of a file.

    Args:
        target: standard output.
        said: everything but the arrays, as JSON.
        arrays: NumPy arrays, or objects that become one when indexed; each is held only while it is written.

    Raises:
        ValueError: they hold more numbers than any network that can be read.
    """
    listed = [(name, array, tuple(array.shape)) for name, array in arrays]
    if sum(prod(shape) for _, _, shape in listed) > MOST_PARAMETERS:
        raise ValueError(f"it holds more than {MOST_PARAMETERS:,} parameters")
    head = {"said": said, "arrays": [(name, shape) for name, _, shape in listed]}
    target.write(json.dumps(head).encode() + b"\n")
    for _, array, _ in listed:
        target.write(np.ascontiguousarray(array[...], np.float32).data)
