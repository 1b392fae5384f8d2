"""The process that reads an `.h5` file for `h5` from its standard input."""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

from cnntui.cnn.readers.confined import serve, write
from cnntui.cnn.readers.keras.hdf5 import DAMAGE, Floats32, datasets_below, holds_floats, is_in_one_piece, opened

MOST_CONFIG_BYTES = 16 * 1024**2


def read(source: BinaryIO, target: BinaryIO) -> None:
    """Write the description of a Keras model, what it says of its training, and its weights.

    Raises:
        one of `DAMAGE`: the file is damaged.
    """
    import h5py

    with h5py.File(source, "r") as file:
        config, training = (_text(file, name) for name in ("model_config", "training_config"))
        arrays = []
        if config is not None:
            for path, dataset in datasets_below(opened(file, "model_weights")):
                # Anything else, such as the state of a random generator, is not a weight.
                if holds_floats(dataset) and dataset.shape is not None and is_in_one_piece(dataset):
                    arrays.append((path, Floats32(dataset)))
        write(target, {"model": config, "training": training}, arrays)


def _text(file: Any, name: str) -> str | None:
    if name not in file.attrs:
        return None
    value = file.attrs[name]
    value = value.decode() if isinstance(value, bytes) else value
    if not isinstance(value, str) or len(value) > MOST_CONFIG_BYTES:
        raise ValueError(f"{name} is no text, or too long")
    return value


if __name__ == "__main__":
    sys.exit(serve(read, DAMAGE))
