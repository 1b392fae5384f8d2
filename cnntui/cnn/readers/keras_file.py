"""Reads a `.keras` file without Keras.

A `.keras` file is a zip archive: config.json holds the architecture, model.weights.h5 the weights in HDF5.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.layers import Shape, times
from cnntui.cnn.network import Network, Weights, with_weights
from cnntui.cnn.readers.keras_graph import Config
from cnntui.cnn.readers.keras_model import KerasModel, model_from_config
from cnntui.files.archives import Archive
from cnntui.files.errors import CnntuiError

if TYPE_CHECKING:
    import h5py

# h5py reports damage by whichever of these is nearest to the HDF5 call that failed.
DAMAGE = (OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError, MemoryError)

_HINT = "Save the model again with model.save('name.keras')."
_FLOAT32 = np.dtype(np.float32)
_MOST_CONFIG_BYTES = 16 * 1024**2
_MOST_WEIGHTS_BYTES = 1024**3
"""The most parameters that are read, four times over: an optimizer keeps up to three more numbers for each."""


def read_network(path: Path, weights: Weights | None = None) -> Network:
    """Reads a network from a `.keras` file.

    Args:
        path: the file.
        weights: weights to use instead of those in the file, such as a snapshot from earlier in the training. HDF5 is
            then not needed, and h5py, which takes as long to import as all the rest, is not imported.

    Raises:
        CnntuiError: the file is missing, damaged or no `.keras` file; it holds a layer that is not supported (named);
            or `weights` do not fit it.
    """
    with Archive(path, "a .keras file", _HINT) as archive:
        model = _model(archive)
        if weights is None:
            weights = _saved_weights(archive, model)
    return with_weights(model.network, weights)


def read_architecture(path: Path) -> Network:
    """The network in a `.keras` file with all of its weights zero, to be supplied by `with_weights`.

    Raises:
        CnntuiError: as for `read_network`.
    """
    with Archive(path, "a .keras file", _HINT) as archive:
        return _model(archive).network


def read_optimizer(path: Path, like: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """Reads the optimizer's state from a `.keras` file: how often it stepped, its learning rate, what it remembers.

    Args:
        path: the file.
        like: arrays of the shapes and types that the optimizer has, in Keras's order.

    Raises:
        CnntuiError: the file is missing or damaged, or its optimizer is another one.
    """
    import h5py

    where = f"model.weights.h5 in {path}"
    with Archive(path, "a .keras file", _HINT) as archive:
        content = archive.read("model.weights.h5", _MOST_WEIGHTS_BYTES)
    try:
        with h5py.File(BytesIO(content), "r") as file:
            return [
                dataset(file, f"optimizer/vars/{number}", array.shape, where, array.dtype)
                for number, array in enumerate(like)
            ]
    except DAMAGE as error:
        raise CnntuiError(f"{where} is damaged: {error}.", _HINT) from None


def _config(archive: Archive) -> Config:
    try:
        config = json.loads(archive.read("config.json", _MOST_CONFIG_BYTES))
    except (ValueError, RecursionError):
        raise CnntuiError(f"config.json in {archive.path} is not JSON.", _HINT) from None
    if not isinstance(config, dict):
        raise CnntuiError(f"config.json in {archive.path} does not describe a model.", _HINT)
    return config


def _model(archive: Archive) -> KerasModel:
    try:
        return model_from_config(_config(archive))
    except CnntuiError as error:
        raise CnntuiError(f"{archive.path} cannot be explained. {error.message}", error.hint) from None


def _saved_weights(archive: Archive, model: KerasModel) -> Weights:
    """The weights in model.weights.h5, by layer name."""
    import h5py

    content = archive.read("model.weights.h5", _MOST_WEIGHTS_BYTES)
    where = f"model.weights.h5 in {archive.path}"
    try:
        with h5py.File(BytesIO(content), "r") as file:
            return {
                name: {
                    role: dataset(file, f"{'/'.join(place.path)}/vars/{stored.number}", stored.shape, where).reshape(
                        model.network[name].weights[role].shape
                    )
                    for role, stored in place.stored.items()
                }
                for name, place in model.places.items()
            }
    except DAMAGE as error:
        raise CnntuiError(f"{where} is damaged: {error}.", _HINT) from None


def _open(file: h5py.File, path: str) -> Any:
    """What lies at a path of the file itself. HDF5 can also link to other files, and such a link is not followed."""
    import h5py

    node: Any = file
    for part in path.split("/"):
        if not isinstance(node, h5py.Group) or node.id.links.get_info(part.encode()).type != h5py.h5l.TYPE_HARD:
            raise KeyError(f"{path} is not there")
        node = node[part]
    return node


def dataset(file: h5py.File, path: str, shape: Shape, where: str, dtype: np.dtype[Any] | None = None) -> NDArray[Any]:
    """The array at a path, once its declared shape and type have been found to be what the architecture asks for.

    Args:
        file: an HDF5 file.
        path: of the array.
        shape: that it has to have.
        where: what to call the file.
        dtype: the type that it has to have; None for floating-point numbers, which are read as float32.

    Raises:
        CnntuiError: it has another shape or type, or is not stored in one piece.
    """
    import h5py

    found = _open(file, path)
    is_fit = isinstance(found, h5py.Dataset) and found.shape == shape
    if not is_fit or (found.dtype.kind != "f" if dtype is None else found.dtype != dtype):
        said = f"{found.dtype} {times(found.shape or ())}" if isinstance(found, h5py.Dataset) else "no array"
        raise CnntuiError(f"{path} of {where} should be {dtype or _FLOAT32} {times(shape)}, but is {said}.", _HINT)
    if found.external or found.is_virtual or found.chunks:
        raise CnntuiError(f"{path} of {where} is not stored in one piece in the file itself.", _HINT)
    return np.asarray(found[...], _FLOAT32 if dtype is None else dtype)
