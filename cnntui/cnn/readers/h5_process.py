"""The process that reads an `.h5` file for `keras_h5`, from its standard input.

HDF5 never ends on some texts that were tampered with, and nothing in the same process can stop it.
It writes a line of JSON, `{"config": …, "arrays": [[path, shape], …]}`, and then the numbers of these arrays as float32
one after the other; or the line `{"error": …}`.
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from typing import Any, BinaryIO

import numpy as np

from cnntui.cnn.cost import MOST_PARAMETERS
from cnntui.cnn.readers.hdf5 import DAMAGE, datasets_below, is_in_one_piece, opened

MOST_SECONDS = 3
MOST_MEMORY_BYTES = 1024**3
MOST_CONFIG_BYTES = 16 * 1024**2


def answer(source: BinaryIO, target: BinaryIO) -> None:
    """Write the description and the weights of a Keras model, or what is wrong with the file."""
    try:
        _read(source, target)
    except DAMAGE as error:
        said = str(error) or "it takes too much memory"
        target.write(json.dumps({"error": said}).encode() + b"\n")


def _read(source: BinaryIO, target: BinaryIO) -> None:
    import h5py

    with h5py.File(source, "r") as file:
        config = _text(file, "model_config")
        arrays = []
        if config is not None:
            for path, dataset in datasets_below(opened(file, "model_weights")):
                # Whatever else is there, such as a generator's state, is none of the weights.
                if dataset.dtype.kind == "f" and dataset.shape is not None and is_in_one_piece(dataset):
                    arrays.append((path, dataset))
        if sum(dataset.size for _, dataset in arrays) > MOST_PARAMETERS:
            raise ValueError(f"it holds more than {MOST_PARAMETERS:,} parameters")
        listed = [(path, dataset.shape) for path, dataset in arrays]
        target.write(json.dumps({"config": config, "arrays": listed}).encode() + b"\n")
        for _, dataset in arrays:
            target.write(np.ascontiguousarray(dataset[...], np.float32).data)


def _text(file: Any, name: str) -> str | None:
    if name not in file.attrs:
        return None
    value = file.attrs[name]
    value = value.decode() if isinstance(value, bytes) else value
    if not isinstance(value, str) or len(value) > MOST_CONFIG_BYTES:
        raise ValueError(f"{name} is no text, or too long")
    return value


def main() -> int:
    """Read from standard input, write to standard output; the exit status."""
    limits = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_CPU: (MOST_SECONDS, MOST_SECONDS + 1),
        resource.RLIMIT_AS: (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES),
    }
    for kind, limit in limits.items():
        with suppress(ValueError, OSError):  # the system has no such limit, or a lower one already
            resource.setrlimit(kind, limit)
    answer(sys.stdin.buffer, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
