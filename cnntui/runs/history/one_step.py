"""`OneStep`: one training step, number by number, as the trainer records it when asked for a single batch.

A weight becomes `before − rate × direction / divisor`:

| optimizer | rate | direction | divisor |
|---|---|---|---|
| rmsprop | learning rate | gradient | √(velocity + ε) |
| adam | learning rate × √(1 − 0.999ᵗ) / (1 − 0.9ᵗ) | momentum | √velocity + ε |
| sgd | learning rate | gradient | 1 |

Velocity and momentum are the values after the gradient was added, which are the ones that the optimizer uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.ops import Floats
from cnntui.files.archives import Archive
from cnntui.files.errors import CnntuiError
from cnntui.runs.config.settings import CHOICES
from cnntui.values import dataclass

_MOST_BYTES = 512 * 1024**2
_HINT = "Ask for one more batch."
_NUMBERS = ("step", "learning_rate", "rate", "epsilon")
_ALWAYS = ("before", "gradient", "after")
_MEMORY = {"rmsprop": ("velocity",), "adam": ("velocity", "momentum"), "sgd": ()}


@dataclass(frozen=True, eq=False)
class TensorStep:
    """What one batch did to one kernel or bias; all arrays are float32 and have its shape.

    Attributes:
        before: the weights before the batch.
        gradient: the gradient of the batch's mean loss.
        after: the weights after the batch.
        velocity: the mean square of recent gradients, including this one; None for sgd.
        momentum: the mean of recent gradients, including this one; None except for adam.
    """

    before: Floats
    gradient: Floats
    after: Floats
    velocity: Floats | None = None
    momentum: Floats | None = None

    @property
    def direction(self) -> Floats:
        """The array that is multiplied by the rate."""
        return self.gradient if self.momentum is None else self.momentum


@dataclass(frozen=True, eq=False)
class OneStep:
    """One batch, and what it did to every weight.

    Attributes:
        step: the number of batches that had been learned from, including this one.
        optimizer: the optimizer's name, such as rmsprop.
        learning_rate: the learning rate that was set.
        rate: the factor of the direction; for adam, this also corrects for averages that have only just begun.
        epsilon: keeps the divisor from being zero; 0 for sgd.
        indices: (batch,) int64, the index in the training set of each image in the batch.
        losses: (batch,) float32, the loss of each image before the step; the batch's loss is their mean.
        tensors: what happened to each tensor, by "<layer>/kernel", "<layer>/bias" and the names of any others that a
            layer learns.
    """

    step: int
    optimizer: str
    learning_rate: float
    rate: float
    epsilon: float
    indices: NDArray[np.int64]
    losses: Floats
    tensors: Mapping[str, TensorStep]

    def divisor(self, name: str) -> Floats:
        """The divisor of the direction of tensor `name`, in the tensor's shape; ones for sgd."""
        tensor, epsilon = self.tensors[name], np.float32(self.epsilon)
        if tensor.velocity is None:
            return np.ones_like(tensor.before)
        adam = self.optimizer == "adam"
        divisor: Floats = np.sqrt(tensor.velocity) + epsilon if adam else np.sqrt(tensor.velocity + epsilon)
        return divisor

    def computed(self, name: str) -> Floats:
        """The equation with the numbers inserted: this equals `after` of the tensor `name` to float32 accuracy."""
        tensor = self.tensors[name]
        with np.errstate(all="ignore"):  # Weights that have grown without bound should be seen.
            return tensor.before - np.float32(self.rate) * tensor.direction / self.divisor(name)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The step as arrays of an archive, as `read_one_step` reads them."""
        arrays: dict[str, NDArray[Any]] = {name: np.asarray(getattr(self, name)) for name in _NUMBERS}
        arrays |= {"optimizer": np.array(self.optimizer.encode()), "indices": self.indices, "losses": self.losses}
        for name, tensor in self.tensors.items():
            for part in (*_ALWAYS, *_MEMORY[self.optimizer]):
                arrays[f"{name}/{part}"] = getattr(tensor, part)
        return arrays


def read_one_step(path: Path) -> OneStep:
    """The step in a run's step.npz.

    Raises:
        CnntuiError: there is no such file, or the file is damaged or contains something else.
    """
    with Archive(path, "a step of learning", _HINT) as archive:
        names = [name for name in archive.arrays if "/" in name]
        found = {name: archive.array(name, _MOST_BYTES) for name in archive.arrays}

    def wrong(what: str) -> CnntuiError:
        return CnntuiError(f"{path} is not a step of learning: {what}.", _HINT)

    def number(name: str, kinds: str) -> Any:
        value = found.get(name)
        if value is None or value.shape != () or value.dtype.kind not in kinds:
            raise wrong(f"its {name} is missing or no number")
        return value.item()

    optimizer = number("optimizer", "S").decode("ascii", "replace")
    if optimizer not in CHOICES["optimizer"]:
        raise wrong("its optimizer is none that cnntui knows")
    indices, losses = found.get("indices"), found.get("losses")
    if indices is None or losses is None or indices.ndim != 1 or indices.shape != losses.shape:
        raise wrong("it does not say which digits the batch had")
    if indices.dtype.kind not in "iu" or losses.dtype != np.float32 or (indices.size and indices.min() < 0):
        raise wrong("its digits or their losses are of the wrong type")

    tensors = {}
    parts = (*_ALWAYS, *_MEMORY[optimizer])
    for name in dict.fromkeys(name.rpartition("/")[0] for name in names):
        arrays = {part: found.get(f"{name}/{part}") for part in parts}
        shapes = {None if array is None else array.shape for array in arrays.values()}
        if None in shapes or len(shapes) != 1:
            raise wrong(f"the arrays of '{name}' are not all there, or do not fit one another")
        if any(array is not None and array.dtype != np.float32 for array in arrays.values()):
            raise wrong(f"the arrays of '{name}' are not float32")
        tensors[name] = TensorStep(**arrays)  # type: ignore[arg-type]
    return OneStep(
        step=number("step", "iu"),
        optimizer=optimizer,
        learning_rate=number("learning_rate", "f"),
        rate=number("rate", "f"),
        epsilon=number("epsilon", "f"),
        indices=indices.astype(np.int64),
        losses=losses,
        tensors=tensors,
    )
