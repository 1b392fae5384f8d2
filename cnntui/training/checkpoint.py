"""Resumes from a checkpoint: network, optimizer and step from one file, which is always replaced as a whole.

Nothing is loaded through Keras, which a file can make run code: the network is built from the run's settings, and only
numbers of the expected shapes are taken from the checkpoint.
"""

from __future__ import annotations

from pathlib import Path

import keras

from cnntui.cnn.network import weights_of
from cnntui.cnn.readers.keras.file import read_network, read_optimizer
from cnntui.files.errors import CnntuiError

BEGIN_AGAIN = "Put the right one back; or remove it, and the run begins again with the same weights as then."


def restore(model: keras.Sequential, path: Path) -> int:
    """Give a compiled model the weights and the optimizer state of a checkpoint; the model is changed in place.

    Returns:
        How many batches the network has learned from, as counted by the optimizer.

    Raises:
        CnntuiError: the file is damaged, or contains another network or another optimizer.
    """
    variables = model.optimizer.variables
    try:
        weights = weights_of(read_network(path))
        state = read_optimizer(path, [variable.numpy() for variable in variables])
    except CnntuiError as error:
        raise CnntuiError(f"The run cannot resume from its checkpoint. {error.message}", BEGIN_AGAIN) from None
    for layer in model.layers:
        for variable in layer.weights:
            array = weights.get(layer.name, {}).get(variable.name)
            if array is None or array.shape != tuple(variable.shape):
                raise CnntuiError(
                    f"{path} does not fit the run's settings: the {variable.name} of {layer.name} differs.",
                    BEGIN_AGAIN,
                )
    for layer in model.layers:
        for variable in layer.weights:
            variable.assign(weights[layer.name][variable.name])
    for variable, array in zip(variables, state, strict=True):
        variable.assign(array)
    return int(model.optimizer.iterations.numpy())
