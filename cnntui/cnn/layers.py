"""The kinds of layer that cnntui explains. Each is a value: its weights, and what it does to an input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Literal

from cnntui.cnn import ops
from cnntui.cnn.ops import Floats, Padding, Pair
from cnntui.errors import CnntuiError

Shape = tuple[int, ...]
Activation = Literal["relu", "softmax", "linear"]

ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "relu": ops.relu,
    "softmax": ops.softmax,
    "linear": lambda x: x,
}


@dataclass(frozen=True, eq=False)
class LayerActivation:
    """What went into a layer and what came out of it.

    Attributes:
        input: what the layer was given.
        pre_activation: the weighted sums, before ReLU or softmax; the output itself in layers without weights.
        output: what the next layer is given.
    """

    input: Floats
    pre_activation: Floats
    output: Floats


@dataclass(frozen=True, eq=False)
class Conv2D:
    """A convolution: `filters` kernels slide over the input, and each of them draws one feature map.

    Attributes:
        kernel: `(height, width, input channels, filters)` float32.
        bias: `(filters,)` float32.
        stride: how far the window moves, `(rows, columns)`.
        padding: 'valid' keeps the window inside the input; 'same' pads with zeros.
        dilation: how far two neighbouring weights lie apart on the input, `(rows, columns)`; 1 leaves no holes.
    """

    name: str
    kernel: Floats
    bias: Floats
    stride: Pair = (1, 1)
    padding: Padding = "valid"
    activation: Activation = "relu"
    dilation: Pair = (1, 1)

    def __post_init__(self) -> None:
        _check_weights(self.name, self.kernel, self.bias, ("height", "width", "input channels", "filters"))

    @property
    def size(self) -> Pair:
        """The height and width of the kernel."""
        height, width, _, _ = self.kernel.shape
        return height, width

    @property
    def extent(self) -> Pair:
        """The height and width of the window on the input, holes included."""
        return ops.extent(self.size[0], self.dilation[0]), ops.extent(self.size[1], self.dilation[1])

    @property
    def filters(self) -> int:
        return len(self.bias)

    @property
    def parameters(self) -> int:
        return self.kernel.size + self.bias.size

    def output_shape(self, input_shape: Shape) -> Shape:
        """`(rows, columns, filters)`. Raises CnntuiError when the input does not fit."""
        _check_is_a_map(self.name, input_shape)
        channels = self.kernel.shape[2]
        if input_shape[-1] != channels:
            raise CnntuiError(
                f"Layer '{self.name}' has kernels for {channels} input channels, "
                f"but its input is {times(input_shape)}, which has {input_shape[-1]}."
            )
        return *_positions(self.name, input_shape, self.extent, self.stride, self.padding), self.filters

    def forward(self, x: Floats) -> LayerActivation:
        pre_activation = ops.conv2d(x, self.kernel, self.bias, self.stride, self.padding, self.dilation)
        return LayerActivation(x, pre_activation, ACTIVATIONS[self.activation](pre_activation))


@dataclass(frozen=True, eq=False)
class Pool2D:
    """A pool makes one number of every window, each map on its own. It has nothing to learn.

    Attributes:
        padding: 'valid' keeps the window inside the input; with 'same' it may stick out, and what does counts nothing.
    """

    name: str
    size: Pair = (2, 2)
    stride: Pair = (2, 2)
    padding: Padding = "valid"

    @property
    def parameters(self) -> int:
        return 0

    @property
    def extent(self) -> Pair:
        """The height and width of the window, as a convolution has them."""
        return self.size

    @property
    def dilation(self) -> Pair:
        """A pool's window has no holes."""
        return 1, 1

    def output_shape(self, input_shape: Shape) -> Shape:
        """`(rows, columns, channels)`. Raises CnntuiError when the window does not fit."""
        _check_is_a_map(self.name, input_shape)
        return *_positions(self.name, input_shape, self.size, self.stride, self.padding), input_shape[-1]


@dataclass(frozen=True, eq=False)
class MaxPool2D(Pool2D):
    """Max pooling: of every window only the largest value goes on."""

    def forward(self, x: Floats) -> LayerActivation:
        output = ops.max_pool2d(x, self.size, self.stride, self.padding)
        return LayerActivation(x, output, output)


@dataclass(frozen=True, eq=False)
class AveragePool2D(Pool2D):
    """Average pooling: of every window the mean goes on."""

    def forward(self, x: Floats) -> LayerActivation:
        output = ops.average_pool2d(x, self.size, self.stride, self.padding)
        return LayerActivation(x, output, output)


@dataclass(frozen=True, eq=False)
class Flatten:
    """Lays a stack of maps out as one vector, row by row, all channels of a cell together."""

    name: str

    @property
    def parameters(self) -> int:
        return 0

    def output_shape(self, input_shape: Shape) -> Shape:
        return (prod(input_shape),)

    def forward(self, x: Floats) -> LayerActivation:
        output = x.reshape(*x.shape[:-3], -1)
        return LayerActivation(x, output, output)


@dataclass(frozen=True, eq=False)
class Dense:
    """A dense layer: every unit weighs the whole input.

    Attributes:
        kernel: `(inputs, units)` float32.
        bias: `(units,)` float32.
    """

    name: str
    kernel: Floats
    bias: Floats
    activation: Activation = "relu"

    def __post_init__(self) -> None:
        _check_weights(self.name, self.kernel, self.bias, ("inputs", "units"))

    @property
    def units(self) -> int:
        return len(self.bias)

    @property
    def parameters(self) -> int:
        return self.kernel.size + self.bias.size

    def output_shape(self, input_shape: Shape) -> Shape:
        """`(units,)`. Raises CnntuiError when the input is not a vector of the kernel's length."""
        inputs = self.kernel.shape[0]
        if input_shape != (inputs,):
            raise CnntuiError(
                f"Layer '{self.name}' weighs a vector of {inputs:,} numbers, but its input is {times(input_shape)}."
            )
        return (self.units,)

    def forward(self, x: Floats) -> LayerActivation:
        pre_activation = ops.dense(x, self.kernel, self.bias)
        return LayerActivation(x, pre_activation, ACTIVATIONS[self.activation](pre_activation))


Layer = Conv2D | MaxPool2D | AveragePool2D | Flatten | Dense
Kind = type[Conv2D] | type[Pool2D] | type[Flatten] | type[Dense]


def times(shape: Shape) -> str:
    """A shape as people write it: `(27, 27, 32)` is '27×27×32'."""
    return "×".join(str(length) for length in shape)


def _check_weights(name: str, kernel: Floats, bias: Floats, axes: tuple[str, ...]) -> None:
    """Raises CnntuiError unless kernel and bias are float32 arrays that belong together."""
    for role, array in (("kernel", kernel), ("bias", bias)):
        if array.dtype != "float32":
            raise CnntuiError(f"The {role} of layer '{name}' is {array.dtype}; cnntui computes in float32.")
    if kernel.ndim != len(axes):
        raise CnntuiError(
            f"The kernel of layer '{name}' has the shape {times(kernel.shape)}; it should have {' × '.join(axes)}."
        )
    if bias.shape != kernel.shape[-1:]:
        raise CnntuiError(
            f"The bias of layer '{name}' has the shape {times(bias.shape)}; "
            f"one number for each of the kernel's {kernel.shape[-1]} {axes[-1]} is needed."
        )


def _check_is_a_map(name: str, input_shape: Shape) -> None:
    if len(input_shape) != 3:
        raise CnntuiError(
            f"Layer '{name}' needs maps with rows, columns and channels, but its input is {times(input_shape)}."
        )


def _positions(name: str, input_shape: Shape, size: Pair, stride: Pair, padding: Padding) -> Pair:
    """How many rows and columns of positions a window has, or a CnntuiError that shows the sum."""
    for length, window, step, word in zip(input_shape, size, stride, ("rows", "columns"), strict=False):
        if ops.output_length(length, window, step, padding) < 1:
            raise CnntuiError(
                f"Layer '{name}': a {times(size)} window does not fit into a {times(input_shape[:2])} map: "
                f"({length} − {window}) // {step} + 1 leaves no {word}."
            )
    return (
        ops.output_length(input_shape[0], size[0], stride[0], padding),
        ops.output_length(input_shape[1], size[1], stride[1], padding),
    )
