"""`TrainedModel`: a Keras model in training, with its weights under the names that the network's layers have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.ops import Floats
from cnntui.runs.recording.recorder import Weights
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class Tensor:
    """One array of weights.

    Attributes:
        variable: the Keras variable.
        laid: reorders the axes of an array from the variable's order to that of the network's layer.
    """

    variable: keras.Variable
    laid: Callable[[NDArray[Any]], Floats]

    def array(self) -> Floats:
        """The tensor's current numbers."""
        return self.laid(np.asarray(self.variable.numpy(), np.float32))


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A model in training.

    Attributes:
        model: the compiled model, with its optimizer built; training changes it in place.
        tensors: the weights by "<layer>/<role>".
    """

    model: keras.Model
    tensors: Mapping[str, Tensor]

    @property
    def parameters(self) -> int:
        """How many numbers the layers have, including means that no gradient changes."""
        return int(self.model.count_params())

    def weights(self) -> Weights:
        """The current weights, by "<layer>/<role>"."""
        return {name: tensor.array() for name, tensor in self.tensors.items()}
