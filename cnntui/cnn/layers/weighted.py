"""What layers with weights have in common: a kernel, a bias, and an activation."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

import numpy as np

from cnntui.cnn.layers.activation import ACTIVATIONS
from cnntui.cnn.layers.layer import Layer, LayerActivation, times
from cnntui.cnn.ops import Floats
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class WeightedLayer(Layer):
    """A layer of weighted sums. Each kind declares its activation as a field.

    Attributes:
        kernel: the weights, float32; the last axis counts the outputs.
        bias: `(outputs,)` float32; zeros for a layer without a bias.
        has_bias: whether the layer has a bias to learn.
    """

    AXES: ClassVar[tuple[str, ...]]
    """What each axis of the kernel counts."""

    kernel: Floats
    bias: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    has_bias: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        """Raises CnntuiError unless kernel and bias are float32 arrays that fit together."""
        if not self.has_bias:
            object.__setattr__(self, "bias", np.zeros(self.outputs, np.float32))
        for role, array in self.weights.items():
            if array.dtype != "float32":
                raise CnntuiError(f"The {role} of layer '{self.name}' is {array.dtype}; cnntui computes in float32.")
        kernel, axes = self.kernel.shape, self.AXES
        if len(kernel) != len(axes):
            raise CnntuiError(
                f"The kernel of layer '{self.name}' has the shape {times(kernel)}; it should have {' × '.join(axes)}."
            )
        if self.bias.shape != (self.outputs,):
            raise CnntuiError(
                f"The bias of layer '{self.name}' has the shape {times(self.bias.shape)}; "
                f"one number for each of the kernel's {self.outputs} {axes[-1]} is needed."
            )

    @property
    def outputs(self) -> int:
        """The number of filters or units."""
        return int(self.kernel.shape[-1])

    @property
    def weights(self) -> dict[str, Floats]:
        return {"kernel": self.kernel} | ({"bias": self.bias} if self.has_bias else {})

    @property
    def description(self) -> str:
        return f"{self.KIND}, {self.activation}"

    def _activated(self, x: Floats, sums: Floats) -> LayerActivation:
        # Laid out over a whole image, the bias is added to many images twice as fast.
        bias = np.full(sums.shape[1:], self.bias) if sums.ndim == 4 else self.bias
        return LayerActivation((x,), sums, ACTIVATIONS[self.activation](sums + bias), self.bias)
