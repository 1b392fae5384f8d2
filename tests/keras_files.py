"""Writes `.keras` files as Keras writes them, without Keras, and lets a test spoil any part of them."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py

from cnntui.cnn.layers import Conv2D, Dense, Layer, MaxPool2D
from cnntui.cnn.network import Network, weights_of

GROUPS = {"Conv2D": "conv2d", "MaxPooling2D": "max_pooling2d", "Flatten": "flatten", "Dense": "dense"}


def keras_kind(layer: Layer) -> str:
    return "MaxPooling2D" if isinstance(layer, MaxPool2D) else type(layer).__name__


def layer_config(layer: Layer) -> dict[str, Any]:
    """One entry of config.json's list of layers."""
    config: dict[str, Any] = {
        "name": layer.name,
        "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}},
    }
    if isinstance(layer, Conv2D):
        config |= {
            "filters": layer.filters,
            "kernel_size": list(layer.size),
            "strides": list(layer.stride),
            "padding": layer.padding,
            "data_format": "channels_last",
            "dilation_rate": [1, 1],
            "groups": 1,
            "activation": layer.activation,
            "use_bias": True,
        }
    elif isinstance(layer, MaxPool2D):
        config |= {
            "pool_size": list(layer.size),
            "strides": list(layer.stride),
            "padding": "valid",
            "data_format": "channels_last",
        }
    elif isinstance(layer, Dense):
        config |= {"units": layer.units, "activation": layer.activation, "use_bias": True}
    return {"module": "keras.layers", "class_name": keras_kind(layer), "config": config, "registered_name": None}


def model_config(network: Network) -> dict[str, Any]:
    """All of config.json, for a Sequential model."""
    shape = [None, *network.input_shape]
    source = {"class_name": "InputLayer", "config": {"name": "input_layer", "batch_shape": shape, "dtype": "float32"}}
    layers = [source, *(layer_config(layer) for layer in network)]
    return {"module": "keras", "class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}


def weights_file(network: Network, *, note_names: bool = True) -> bytes:
    """model.weights.h5: groups named after classes and counted, with or without the notes of the layers' names."""
    buffer = io.BytesIO()
    weights = weights_of(network)
    seen: Counter[str] = Counter()
    with h5py.File(buffer, "w") as file:
        for layer in network:
            group = GROUPS[keras_kind(layer)]
            number, seen[group] = seen[group], seen[group] + 1
            variables = file.create_group(f"layers/{group}_{number}/vars" if number else f"layers/{group}/vars")
            if note_names:
                variables.attrs["name"] = layer.name
            for index, array in enumerate(weights.get(layer.name, {}).values()):
                variables[str(index)] = array
    return buffer.getvalue()


def write_archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def write_keras_file(
    path: Path, network: Network, config: dict[str, Any] | None = None, weights: bytes | None = None
) -> Path:
    """A whole `.keras` file of `network`, or with another config or other weights in it."""
    members = {
        "config.json": json.dumps(model_config(network) if config is None else config).encode(),
        "model.weights.h5": weights_file(network) if weights is None else weights,
    }
    return write_archive(path, members)


def exchanged(name: str, **dataset: Any) -> Callable[[h5py.File], None]:
    """What stores an array in another way."""

    def change(file: h5py.File) -> None:
        del file[name]
        file.create_dataset(name, **dataset)

    return change


def linked(name: str, link: Any) -> Callable[[h5py.File], None]:
    """What puts a link in place of an array or a group, if there is one."""

    def change(file: h5py.File) -> None:
        if name in file:
            del file[name]
        file[name] = link

    return change
