"""What the layers share that weigh their input: a kernel, a bias, and an activation after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cnntui.cnn.layers.activation import ACTIVATIONS
from cnntui.cnn.layers.layer import Layer, LayerActivation, times
from cnntui.cnn.ops import Floats
from cnntui.files.errors import CnntuiError


@dataclass(frozen=True, eq=False)
class WeightedLayer(Layer):
    """A layer of weighted sums. Its activation is a field of each kind.

    Attributes:
        kernel: float32, the weights; its last axis counts the outputs.
        bias: `(outputs,)` float32.
    """

    AXES: ClassVar[tuple[str, ...]]
    """What the axes of the kernel count."""

    kernel: Floats
    bias: Floats

    def __post_init__(self) -> None:
        """Raises CnntuiError unless kernel and bias are float32 arrays that belong together."""
        for role, array in self.weights.items():
            if array.dtype != "float32":
                raise CnntuiError(f"The {role} of layer '{self.name}' is {array.dtype}; cnntui computes in float32.")
        kernel, axes = self.kernel.shape, self.AXES
        if len(kernel) != len(axes):
            raise CnntuiError(
                f"The kernel of layer '{self.name}' has the shape {times(kernel)}; it should have {' × '.join(axes)}."
            )
        if self.bias.shape != kernel[-1:]:
            raise CnntuiError(
                f"The bias of layer '{self.name}' has the shape {times(self.bias.shape)}; "
                f"one number for each of the kernel's {kernel[-1]} {axes[-1]} is needed."
            )

    @property
    def weights(self) -> dict[str, Floats]:
        return {"kernel": self.kernel, "bias": self.bias}

    @property
    def description(self) -> str:
        return f"{self.KIND}, {self.activation}"

    def _activated(self, x: Floats, sums: Floats) -> LayerActivation:
        return LayerActivation((x,), sums, ACTIVATIONS[self.activation](sums + self.bias), self.bias)
