"""What is applied to a layer's sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from cnntui.cnn import ops
from cnntui.cnn.ops import Floats

Activation = Literal["relu", "softmax", "linear"]

ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "relu": ops.relu,
    "softmax": ops.softmax,
    "linear": lambda x: x,
}
