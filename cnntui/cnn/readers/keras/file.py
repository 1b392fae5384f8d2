"""Reads a `.keras` file without Keras.

A `.keras` file is a zip archive: config.json holds the architecture, and model.weights.h5 the weights in HDF5. A folder
with these two files, such as an unpacked archive, can be read as well.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from cnntui.cnn.network import Network, Weights, with_weights
from cnntui.cnn.readers.keras.calls import Config
from cnntui.cnn.readers.keras.hdf5 import DAMAGE, array_at
from cnntui.cnn.readers.keras.model import KerasModel, model_from_config
from cnntui.files.archives import Archive
from cnntui.files.errors import CnntuiError
from cnntui.files.folders import Folder

HINT = "Save the model again with model.save('name.keras')."
_MOST_CONFIG_BYTES = 16 * 1024**2
_BYTES_PER_PARAMETER = 12
"""A parameter, and the two numbers that common optimizers keep for it."""
_OTHER_BYTES = 64 * 1024**2
_BYTES_IN_MEMORY = 4
"""A parameter as float32."""
_MOST_UNPACKED_BYTES = 800_000_000
"""What a compressed file's weights may take, unpacked and as arrays; Keras itself does not compress them."""
_PARTLY_READ_BYTES = 256 * 1024**2


def read_network(path: Path, weights: Weights | None = None) -> Network:
    """Reads a network from a `.keras` file, or from the folder of an unpacked one.

    Args:
        path: the file.
        weights: weights to use instead of those in the file, such as a snapshot from earlier in the training. Then
            h5py is not imported, which takes as long to import as everything else.

    Raises:
        CnntuiError: the file is missing, damaged or not a `.keras` file; it holds an unsupported layer (named);
            or `weights` do not fit it.
    """
    with _parts(path) as archive:
        model = _model(archive)
        if weights is None:
            weights = _saved_weights(archive, model)
    return with_weights(model.network, weights)


def read_architecture(path: Path) -> Network:
    """The network in a `.keras` file with all of its weights zero, to be supplied by `with_weights`.

    Raises:
        CnntuiError: as for `read_network`.
    """
    with _parts(path) as archive:
        return _model(archive).network


def read_optimizer(path: Path, like: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """Reads the optimizer's state from a `.keras` file: the number of updates, the learning rate, and its memory.

    Args:
        path: the file.
        like: arrays with the shapes and types of the optimizer's own, in Keras's order.

    Raises:
        CnntuiError: the file is missing or damaged, or its optimizer is a different one.
    """
    import h5py

    where = f"model.weights.h5 in {path}"
    most = 2 * sum(array.nbytes for array in like) + _OTHER_BYTES
    with _parts(path) as archive:
        content = archive.opened("model.weights.h5", most, most)
        try:
            with h5py.File(content, "r") as file:
                return [
                    array_at(file, f"optimizer/vars/{number}", array.shape, where, HINT, array.dtype)
                    for number, array in enumerate(like)
                ]
        except DAMAGE as error:
            raise _damaged(where, error) from None


def _parts(path: Path) -> Archive | Folder:
    return Folder(path, "a .keras file", HINT) if path.is_dir() else Archive(path, "a .keras file", HINT)


def config_of(text: str | bytes, where: str) -> Config:
    """Parses the description of a model.

    Raises:
        CnntuiError: the text is not a description; `where` names the file or the part of it.
    """
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        raise CnntuiError(f"{where} is not JSON.", HINT) from None
    if not isinstance(config, dict):
        raise CnntuiError(f"{where} does not describe a model.", HINT)
    return config


def model_of(config: Config, path: Path) -> KerasModel:
    """The model that a file describes.

    Raises:
        CnntuiError: cnntui cannot explain it; the message names the file.
    """
    try:
        return model_from_config(config)
    except CnntuiError as error:
        raise CnntuiError(f"{path} cannot be explained. {error.message}", error.hint) from None
    except RecursionError:
        raise CnntuiError(f"{path} cannot be explained. Its description is nested too deeply.", HINT) from None


def _model(archive: Archive | Folder) -> KerasModel:
    config = config_of(archive.read("config.json", _MOST_CONFIG_BYTES), f"config.json in {archive.path}")
    return model_of(config, archive.path)


def _saved_weights(archive: Archive | Folder, model: KerasModel) -> Weights:
    """The weights in model.weights.h5, by layer name."""
    import h5py

    most = model.network.parameters * _BYTES_PER_PARAMETER + _OTHER_BYTES
    # If only part of a network opens, the file still has the weights of its other layers.
    most = max(most, _PARTLY_READ_BYTES) if model.network.unanswered else most
    unpacked = max(0, _MOST_UNPACKED_BYTES - model.network.parameters * _BYTES_IN_MEMORY)
    content = archive.opened("model.weights.h5", most, min(most, unpacked))
    where = f"model.weights.h5 in {archive.path}"
    try:
        with h5py.File(content, "r") as file:
            return {
                name: {
                    role: stored.laid(
                        array_at(file, f"{'/'.join(place.path)}/vars/{stored.number}", stored.shape, where, HINT),
                        model.network[name].weights[role].shape,
                    )
                    for role, stored in place.stored.items()
                }
                for name, place in model.places.items()
            }
    except DAMAGE as error:
        raise _damaged(where, error) from None


def _damaged(where: str, error: Exception) -> CnntuiError:
    said = error.args[0] if isinstance(error, KeyError) and error.args else error
    return CnntuiError(f"{where} is damaged: {said}.", HINT)
