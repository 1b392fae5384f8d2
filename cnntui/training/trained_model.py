"""`TrainedModel`: what is trained, a Keras model and its weights by the names that the network's layers have."""

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
        variable: Keras's.
        laid: brings an array with the variable's axes into the order that the network's layer has.
    """

    variable: keras.Variable
    laid: Callable[[NDArray[Any]], Floats]

    def array(self) -> Floats:
        """Its present numbers."""
        return self.laid(np.asarray(self.variable.numpy(), np.float32))


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A model that is trained.

    Attributes:
        model: compiled, its optimizer built; training changes it in place.
        tensors: by "<layer>/<role>".
    """

    model: keras.Model
    tensors: Mapping[str, Tensor]

    @property
    def parameters(self) -> int:
        """How many numbers the layers have, including means that no gradient changes."""
        return int(self.model.count_params())

    def weights(self) -> Weights:
        """The present weights, by "<layer>/<role>"."""
        return {name: tensor.array() for name, tensor in self.tensors.items()}
