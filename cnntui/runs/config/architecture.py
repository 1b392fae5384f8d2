"""The network that a run's settings describe: its layers and shapes before anything is trained, without Keras."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from cnntui.cnn.description import Description, zeros
from cnntui.cnn.layers import AveragePool2D, Conv2D, Dense, Flatten, Layer, MaxPool2D
from cnntui.cnn.network import Network
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.runs.config.run_config import RunConfig
from cnntui.values import dataclass

MOST_PARAMETERS = 50_000_000
"""200 MB of float32, which a training writes again and again, as its weights change."""

_HINT = "Choose smaller kernels, --padding same or --pooling none."


@dataclass(frozen=True)
class LayerPlan:
    """One layer of a network that is to be trained.

    Attributes:
        name: the layer's name, such as conv2d_1.
        kind: 'Conv2D', 'MaxPool2D', 'AveragePool2D', 'Flatten' or 'Dense'.
        output_shape: `(rows, columns, channels)`, or `(units,)`.
        parameters: the number of trainable parameters.
        stride: how many cells the window moves at a time; 1 if the layer has no window.
        convolution: which of the convolutions the layer is, from 0; None for any other layer.
    """

    name: str
    kind: str
    output_shape: tuple[int, ...]
    parameters: int
    stride: int = 1
    convolution: int | None = None


def layers_of(config: RunConfig) -> tuple[LayerPlan, ...]:
    """The layers, in order.

    Raises:
        CnntuiError: no such network is possible; the message shows the arithmetic.
    """
    network = network_of(config)
    numbers = {layer.name: number for number, layer in enumerate(network.of_kind(Conv2D))}
    return tuple(
        LayerPlan(layer.name, type(layer).__name__, shape, layer.parameters, layer.stride[0], numbers.get(layer.name))
        for layer, shape in zip(network, network.shapes, strict=True)
    )


def network_of(config: RunConfig) -> Network:
    """The network with all weights zero, ready for `with_weights`; the zeros take no memory.

    The recipe's network has the shapes (height, width, channels) 28×28×1 → 27×27×32 → 13×13×32 → 12×12×64 → 6×6×64 →
    5×5×64 → 1600 → 64 → 10, and 127,978 parameters.

    If the run describes its layers, that description applies, whatever its settings say.

    Raises:
        CnntuiError: no such network is possible; the message shows the arithmetic.
    """
    if config.architecture is not None:
        return replace(Description.from_plain(config.architecture).network(), scale=config.scale)
    if config.network_problem:
        raise CnntuiError(config.network_problem)
    if config.model is None:
        raise CnntuiError(f"The run {config.name} does not describe its network.", "Open its model.keras.")
    layers: list[Layer] = []
    input_shape = config.data_shape or mnist.SHAPE
    shape: tuple[int, ...] = input_shape

    def add(layer: Layer) -> None:
        nonlocal shape
        try:
            shape = layer.output_shape(shape)
        except CnntuiError as error:
            raise CnntuiError(error.message, _HINT) from None
        layers.append(layer)

    convolutions = zip(config.filters, config.kernel_size, strict=True) if config.model == "cnn" else ()
    for number, (filters, size) in enumerate(convolutions):
        suffix = f"_{number}" if number else ""
        halved = config.pooling if number < len(config.filters) - 1 else "none"
        kernel = zeros(size, size, shape[-1], filters)
        stride = (2, 2) if halved == "stride" else (1, 1)
        add(Conv2D(f"conv2d{suffix}", kernel, zeros(filters), stride, config.padding))
        if halved == "max":
            add(MaxPool2D(f"max_pooling2d{suffix}"))
        elif halved == "average":
            add(AveragePool2D(f"average_pooling2d{suffix}"))
    add(Flatten("flatten"))
    add(Dense("dense", zeros(shape[0], config.dense), zeros(config.dense)))
    classes = len(config.classes or mnist.CLASSES)
    add(Dense("dense_1", zeros(config.dense, classes), zeros(classes), "softmax"))
    network = Network(tuple(layers), input_shape, config.scale)
    if network.parameters > MOST_PARAMETERS:
        largest = max(network, key=lambda layer: layer.parameters)
        raise CnntuiError(
            f"The network would have {network.parameters:,} parameters, {largest.parameters:,} of them in layer "
            f"'{largest.name}'; the limit is {MOST_PARAMETERS:,}.",
            "Choose fewer filters or units, or --pooling max.",
        )
    return network


def check_recorded(network: Network) -> None:
    """Refuse a network too large to keep its weights while it is trained; opened as a file, it may be larger.

    Raises:
        CnntuiError: the network is too large.
    """
    if network.parameters > MOST_PARAMETERS:
        raise CnntuiError(
            f"The network has {network.parameters:,} parameters; the weights of a training are kept, and can be seen "
            f"as they change, up to {MOST_PARAMETERS:,}."
        )


def stand_in(config: RunConfig) -> Network:
    """A placeholder for a network that cannot be opened, where some network is needed: it computes nothing."""
    shape, classes = config.data_shape or mnist.SHAPE, config.class_count or len(mnist.CLASSES)
    dense = Dense("dense", zeros(prod(shape), classes), zeros(classes), "softmax")
    return Network((Flatten("flatten"), dense), shape, config.scale)
