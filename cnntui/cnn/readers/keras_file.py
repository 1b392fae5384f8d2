"""Reads a `.keras` file without Keras.

A `.keras` file is a zip archive: config.json holds the architecture, model.weights.h5 the weights in HDF5.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.layers import Shape, times
from cnntui.cnn.network import Network, Weights, weights_of, with_weights
from cnntui.cnn.readers.keras_config import Config, KerasLayer, keras_layers, network_from_config
from cnntui.files.archives import Archive
from cnntui.files.errors import CnntuiError

if TYPE_CHECKING:
    import h5py

# h5py reports damage by whichever of these is nearest to the HDF5 call that failed.
_DAMAGE = (OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError, MemoryError)

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
        config = _config(archive)
        network = _network(archive, config)
        if weights is None:
            weights = _saved_weights(archive, keras_layers(config), network)
    return with_weights(network, weights)


def read_architecture(path: Path) -> Network:
    """The network in a `.keras` file with all of its weights zero, to be supplied by `with_weights`.

    Raises:
        CnntuiError: as for `read_network`.
    """
    with Archive(path, "a .keras file", _HINT) as archive:
        return _network(archive, _config(archive))


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
                _dataset(file, f"optimizer/vars/{number}", array.shape, where, array.dtype)
                for number, array in enumerate(like)
            ]
    except _DAMAGE as error:
        raise CnntuiError(f"{where} is damaged: {error}.", _HINT) from None


def _config(archive: Archive) -> Config:
    try:
        config = json.loads(archive.read("config.json", _MOST_CONFIG_BYTES))
    except (ValueError, RecursionError):
        raise CnntuiError(f"config.json in {archive.path} is not JSON.", _HINT) from None
    if not isinstance(config, dict):
        raise CnntuiError(f"config.json in {archive.path} does not describe a model.", _HINT)
    return config


def _network(archive: Archive, config: Config) -> Network:
    try:
        return network_from_config(config)
    except CnntuiError as error:
        raise CnntuiError(f"{archive.path} cannot be explained. {error.message}", error.hint) from None


def _saved_weights(archive: Archive, layers: list[KerasLayer], network: Network) -> Weights:
    """The weights in model.weights.h5, by layer name."""
    import h5py

    content = archive.read("model.weights.h5", _MOST_WEIGHTS_BYTES)
    where = f"model.weights.h5 in {archive.path}"
    try:
        with h5py.File(BytesIO(content), "r") as file:
            groups = _groups_by_layer(layers)
            return {
                name: {
                    role: _dataset(file, f"{groups[name]}/vars/{number}", array.shape, where)
                    for number, (role, array) in enumerate(own.items())
                }
                for name, own in weights_of(network).items()
            }
    except _DAMAGE as error:
        raise CnntuiError(f"{where} is damaged: {error}.", _HINT) from None


def _groups_by_layer(layers: list[KerasLayer]) -> dict[str, str]:
    """Where each layer's weights are: `{"conv2d_7": "layers/conv2d", …}`.

    Keras does not store weights under the layers' names. It makes a path from the name of the class and counts: the
    first two Conv2D layers of any model are in layers/conv2d and layers/conv2d_1, whatever they are called. Newer
    versions note the layer's name in an attribute beside the weights. Keras goes by the path alone when it loads, and
    so does this: HDF5 can be led into an endless loop by a text attribute that was tampered with.
    """
    seen: Counter[str] = Counter()
    groups: dict[str, str] = {}
    for layer in layers:
        base = _snake_case(layer.kind)
        groups[layer.name] = f"layers/{base}_{seen[base]}" if seen[base] else f"layers/{base}"
        seen[base] += 1
    return groups


def _snake_case(kind: str) -> str:
    """Keras's own way from a class to a path: 'MaxPooling2D' becomes 'max_pooling2d'."""
    kind = re.sub(r"\W+", "", kind)
    kind = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", kind)
    return re.sub("([a-z])([A-Z])", r"\1_\2", kind).lower()


def _open(file: h5py.File, path: str) -> Any:
    """What lies at a path of the file itself. HDF5 can also link to other files, and such a link is not followed."""
    import h5py

    node: Any = file
    for part in path.split("/"):
        if not isinstance(node, h5py.Group) or node.id.links.get_info(part.encode()).type != h5py.h5l.TYPE_HARD:
            raise KeyError(f"{path} is not there")
        node = node[part]
    return node


def _dataset(file: h5py.File, path: str, shape: Shape, where: str, dtype: np.dtype[Any] = _FLOAT32) -> NDArray[Any]:
    """The array at a path, once its declared shape and type have been found to be what the architecture asks for."""
    import h5py

    dataset = _open(file, path)
    if not isinstance(dataset, h5py.Dataset) or dataset.dtype != dtype or dataset.shape != shape:
        found = f"{dataset.dtype} {times(dataset.shape or ())}" if isinstance(dataset, h5py.Dataset) else "no array"
        raise CnntuiError(f"{path} of {where} should be {dtype} {times(shape)}, but is {found}.", _HINT)
    if dataset.external or dataset.is_virtual or dataset.chunks:
        raise CnntuiError(f"{path} of {where} is not stored in one piece in the file itself.", _HINT)
    return np.asarray(dataset[...])
