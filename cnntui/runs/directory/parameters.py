"""How many parameters the network of a run has, found without opening the network."""

from __future__ import annotations

import os
import zipfile
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np

from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular
from cnntui.runs.config.architecture import network_of
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.run_directory import RunDirectory


def parameters_of(run: RunDirectory, config: RunConfig | None) -> int | None:
    """The number of weights and biases in the run's newest weights; None if the run has none yet.

    If a run has kept a network but no snapshots, the count comes from its settings; opening the network takes far
    longer.
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
    """The total number of entries in all arrays of a snapshot, from their headers alone."""
    total = 0
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if name.endswith(("/kernel.npy", "/bias.npy")):
                    with archive.open(name) as member:
                        total += _entries(_header(member))
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return None
    return total or None


def _header(array: IO[bytes]) -> bytes:
    """The bytes before an array in NumPy's format: ten, of which the last two give the length of the rest."""
    begin = array.read(10)
    return begin + array.read(int.from_bytes(begin[8:], "little"))


@lru_cache(maxsize=1000)
def _entries(header: bytes) -> int:
    """How many numbers an array has. Among thousands of runs, most have the same arrays.

    Raises:
        ValueError: the bytes are not a header in NumPy's format.
    """
    stream = BytesIO(header)
    np.lib.format.read_magic(stream)
    shape, _, _ = np.lib.format.read_array_header_1_0(stream)
    return int(np.prod(shape, dtype=np.int64))
