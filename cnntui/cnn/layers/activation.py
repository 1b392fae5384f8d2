"""What is applied to a layer's biased sums. It may be written over them, as nobody else has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from cnntui.cnn import ops
from cnntui.cnn.ops import Floats

Activation = Literal["relu", "softmax", "linear"]

ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "relu": lambda x: ops.relu(x, out=x),
    "softmax": ops.softmax,
    "linear": lambda x: x,
}
