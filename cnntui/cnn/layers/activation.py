"""Activation functions, and the layer that applies one to the output of another layer.

A function may overwrite its argument, as nothing else uses the sums. All functions follow Keras's definitions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import ClassVar

import numpy as np

from cnntui.cnn import ops
from cnntui.cnn.arithmetic import number
from cnntui.cnn.cells import Shape
from cnntui.cnn.layers.layer import Activation, Factors, Index, Layer, LayerActivation
from cnntui.cnn.layers.operation import Operation
from cnntui.cnn.ops import Floats
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass

ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "relu": lambda x: ops.relu(x, out=x),
    "softmax": ops.softmax,
    "log_softmax": ops.log_softmax,
    "linear": lambda x: x,
    "sigmoid": ops.sigmoid,
    "tanh": lambda x: np.tanh(x, out=x),
    "relu6": lambda x: np.clip(x, 0, 6, out=x),
    "leaky_relu": lambda x: ops.leaky_relu(x, 0.2),
    "elu": lambda x: ops.elu(x, 1.0),
    "selu": lambda x: np.float32(1.05070098) * ops.elu(x, 1.67326324),
    "gelu": ops.gelu,
    "gelu_tanh": ops.gelu_tanh,
    "silu": lambda x: x * ops.sigmoid(x),
    "softplus": lambda x: np.logaddexp(x, np.float32(0)),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "hard_sigmoid": lambda x: np.clip(x + 3, 0, 6) / np.float32(6),
    "hard_silu": lambda x: x * (np.clip(x + 3, 0, 6) / np.float32(6)),
    "mish": lambda x: x * np.tanh(np.logaddexp(x, np.float32(0))),
    "exponential": lambda x: np.exp(x, out=x),
    "log_sigmoid": lambda x: -np.logaddexp(-x, np.float32(0)),
    "celu": lambda x: ops.elu(x, 1.0),
    "hard_tanh": lambda x: np.clip(x, -1, 1, out=x),
    "tanh_shrink": lambda x: x - np.tanh(x),
    "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, x, np.float32(0)),
    "soft_shrink": lambda x: x - np.clip(x, -0.5, 0.5),
    "squareplus": lambda x: (x + np.sqrt(x * x + np.float32(4))) / np.float32(2),
    "sparse_sigmoid": lambda x: np.clip((x + 1) / np.float32(2), 0, 1),
    "abs": lambda x: np.abs(x, out=x),
    "square": lambda x: np.square(x, out=x),
    "sqrt": lambda x: np.sqrt(x, out=x),
    "erf": lambda x: np.asarray(ops.erf(x.astype(np.float64)), np.float32),
}

SAID = {
    "relu": "ReLU", "relu6": "ReLU6", "leaky_relu": "leaky ReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU",
    "gelu_tanh": "GELU by tanh",    "silu": "SiLU", "log_softmax": "log softmax", "erf": "error function",
    "hard_sigmoid": "hard sigmoid", "hard_silu": "hard SiLU", "log_sigmoid": "log sigmoid", "celu": "CELU",
    "hard_tanh": "hard tanh", "tanh_shrink": "x − tanh(x)", "hard_shrink": "hard shrink", "soft_shrink": "soft shrink",
    "sparse_sigmoid": "sparse sigmoid", "abs": "absolute value", "sqrt": "square root",
}  # fmt: skip
"""The names of activations in sentences, if they differ from those in code."""


def said(activation: str) -> str:
    """An activation's name in a sentence."""
    return SAID.get(activation, activation)


@dataclass(frozen=True, eq=False)
class Activate(Layer):
    """An activation function as a layer of its own: it changes every number separately, or as softmax a whole vector.

    Attributes:
        function: the activation function.
    """

    KIND: ClassVar[str] = "activation"

    function: Activation = "relu"

    @property
    def description(self) -> str:
        return said(self.function)

    @property
    def activation(self) -> Activation:
        return self.function

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        return LayerActivation((x,), x, np.asarray(ACTIVATIONS[self.function](x.copy()), np.float32))

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The number that the function is applied to."""
        return Factors(np.array([index]), x[index][np.newaxis], None)

    def operations(self, index: Index, activation: LayerActivation) -> tuple[Operation, ...]:
        x, y = (float(array[index]) for array in (activation.input, activation.output))
        return Operation("", "", x, x, 0), Operation("", self.description, None, y)

    def rule(self, index: Index, activation: LayerActivation) -> str:
        x, y = (number(float(array[index])) for array in (activation.input, activation.output))
        return f"{self.description} turns {x} into {y}; it looks at each number on its own."


@dataclass(frozen=True, eq=False)
class LeakyReLU(Activate):
    """A general ReLU: numbers below a threshold are multiplied by a slope, and numbers above a limit are cut to it.

    Attributes:
        slope: the factor for numbers below the threshold, after the threshold is subtracted.
        threshold: numbers from here up pass unchanged.
        limit: the largest number that passes; None for no limit.
    """

    slope: float = 0.3
    threshold: float = 0.0
    limit: float | None = None

    @property
    def description(self) -> str:
        most = f", at most {self.limit:g}" if self.limit is not None else ""
        below = f" × {self.slope:g} below {self.threshold:g}" if self.slope or self.threshold else ""
        return f"ReLU{below}{most}"

    @property
    def activation(self) -> Activation:
        return "relu" if not (self.slope or self.threshold) and self.limit is None else "leaky_relu"

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        slope, threshold = np.float32(self.slope), np.float32(self.threshold)
        above = x if self.limit is None else np.minimum(x, np.float32(self.limit))
        return LayerActivation((x,), x, np.where(x >= threshold, above, slope * (x - threshold)))


@dataclass(frozen=True, eq=False)
class ELU(Activate):
    """Exponential linear units: above 0 a number is unchanged, below 0 it becomes `alpha · (exp(x) − 1)`."""

    function: Activation = "elu"
    alpha: float = 1.0

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        return LayerActivation((x,), x, ops.elu(x, self.alpha))


@dataclass(frozen=True, eq=False)
class PReLU(Activate):
    """ReLU with a learned slope below 0.

    Attributes:
        alpha: float32, the slopes, `(height, width, channels)`; axes along which one slope is shared have the length 1.
    """

    KIND: ClassVar[str] = "activation"

    alpha: Floats = field(default_factory=lambda: np.zeros((1, 1, 1), np.float32))

    @property
    def description(self) -> str:
        return "ReLU with learned slopes"

    @property
    def activation(self) -> Activation:
        return "leaky_relu"

    @property
    def weights(self) -> dict[str, Floats]:
        return {"alpha": self.alpha}

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        if np.broadcast_shapes(self.alpha.shape, input_shape) != input_shape:
            raise CnntuiError(f"The slopes of layer '{self.name}' do not fit its input.")
        return input_shape

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        return LayerActivation((x,), x, np.where(x > 0, x, self.alpha * x))
