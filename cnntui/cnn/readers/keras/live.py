"""The network of a Keras model in memory, and its current weights. Keras itself is not imported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from cnntui.cnn.layers import Shape
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.cnn.readers.keras.described import Stored
from cnntui.cnn.readers.keras.model import model_from_config
from cnntui.cnn.readers.keras.tensors import WeightsPlace
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass

_MODELS = {"input_layers": "Functional", "layers": "Sequential"}
"""A key in the description of a model, and the kind of model it implies, whatever the name of the class."""


@dataclass(frozen=True, eq=False)
class LiveModel:
    """A model that is being trained.

    Attributes:
        network: the network, with zeros as weights.
        variables: Keras's variable, how it is stored, and the shape of our array, by "<layer>/<role>".
    """

    network: Network
    variables: Mapping[str, tuple[Any, Stored, Shape]]

    def weights(self) -> dict[str, Floats]:
        """The current weights, by "<layer>/<role>"."""
        return {
            key: stored.laid(np.array(variable, np.float32), shape)
            for key, (variable, stored, shape) in self.variables.items()
        }


def live_model(model: Any, config: Any) -> LiveModel:
    """The network and the weights of a model that can be shown.

    Args:
        model: a built Keras model.
        config: its description by `keras.saving.serialize_keras_object`.

    Raises:
        CnntuiError: cnntui cannot explain the model; the message says why.
    """
    try:
        plain = json.loads(json.dumps(config))
    except (TypeError, ValueError, RecursionError):
        raise CnntuiError("The model holds something that Keras could not save either.") from None
    inner = plain.get("config") if isinstance(plain, dict) else None
    if isinstance(inner, dict):
        # A subclass that only changes how the model learns has the same layers as any other.
        plain["class_name"] = next((kind for key, kind in _MODELS.items() if key in inner), plain.get("class_name"))
    read = model_from_config(plain)
    variables = {}
    for name, place in read.places.items():
        stored = _own_variables(model, place)
        for role, where in place.stored.items():
            variable = stored.get(str(where.number))
            if variable is None or tuple(variable.shape) != where.shape:
                raise CnntuiError(f"The {role} of layer '{name}' is not where Keras keeps it as a rule.")
            variables[f"{name}/{role}"] = variable, where, read.network[name].weights[role].shape
    return LiveModel(read.network, variables)


def _own_variables(model: Any, place: WeightsPlace) -> dict[str, Any]:
    """The variables of a layer, by their numbers in a `.keras` file."""
    layer = model
    try:
        for name in place.groups:
            layer = layer.get_layer(name)
        # In a path, each layer's name follows the word "layers"; the name of a layer inside it comes last.
        if len(place.path) % 2:
            layer = getattr(layer, place.path[-1])
        stored: dict[str, Any] = {}
        layer.save_own_variables(stored)
    except (ValueError, AttributeError):
        raise CnntuiError(f"The layer {'/'.join(place.groups)} is not to be found in the model.") from None
    return stored
