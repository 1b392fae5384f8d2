"""A network: a graph of layers whose shapes fit together. Running it forward keeps every activation."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from math import isclose, prod
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn import ops
from cnntui.cnn.input_scale import ZERO_TO_ONE, InputScale
from cnntui.cnn.layers import Layer, LayerActivation, Shape, of_kind, times
from cnntui.cnn.layers.probability import Probabilities, probabilities_of
from cnntui.cnn.ops import Floats
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass

IMAGE = ""
"""Stands for the image where a layer's name is expected."""

_MOST_IN_A_BATCH = 4_000_000
"""The most numbers that all layers together may output for images that are read at once."""

NO_ANSWER = "So there is no answer; cnntui open shows the layers that can be computed."
"""What a user can do with a network that gives no answer."""

Kind = TypeVar("Kind", bound=Layer)

Weights = Mapping[str, Mapping[str, Floats]]
"""Weights by layer name, then by role: `weights["conv2d"]["kernel"]`."""


@dataclass(frozen=True, eq=False)
class Activations:
    """Everything a network computed for one image: `activations["conv2d"].output` and so on, in layer order."""

    network: Network
    image: Floats
    by_layer: Mapping[str, LayerActivation]

    def __getitem__(self, name: str) -> LayerActivation:
        return self.by_layer[self.network[name].name]

    def __iter__(self) -> Iterator[tuple[Layer, LayerActivation]]:
        return zip(self.network, self.by_layer.values(), strict=True)

    @property
    def logits(self) -> Floats:
        """The answering layer's weighted sums, before softmax. If two classes share one unit: 0 and its sum.

        Raises:
            CnntuiError: the network gives no answer.
        """
        return _for_both(self.by_layer[self.network.answering().name].pre_activation)

    @property
    def scores(self) -> Floats:
        """The input of softmax: the logits, or the last layer's output if that layer has no softmax of its own.

        If another layer made the probabilities, their logarithms, which softmax turns into the same probabilities.
        """
        last = self.network.answering()
        if self.network.passes_probabilities:
            return np.log(np.maximum(self.probabilities, np.finfo(np.float32).tiny))
        is_of_logits = last.activation == "softmax" or self.by_layer[last.name].output.shape[-1] == 1
        return self.logits if is_of_logits else self.by_layer[last.name].output

    @cached_property
    def probabilities(self) -> Floats:
        """One number for each class: the last layer's output if it gives probabilities, otherwise its softmax.

        The probabilities of a softmax add up to 1; those of sigmoids are independent of each other.
        """
        return _probabilities(self.network, self.by_layer[self.network.answering().name])

    @property
    def predicted(self) -> int:
        """The most probable class of a single image. For a batch, use `probabilities.argmax(-1)`."""
        return int(self.probabilities.argmax(axis=-1))


@dataclass(frozen=True, eq=False)
class Network:
    """A graph of layers, each of which reads the image or earlier layers.

    Attributes:
        layers: the layers, with unique names, each after the layers that it reads. A layer that names no inputs reads
            the layer before it.
        input_shape: `(height, width, channels)` of one image.
        scale: how the levels of an image become the numbers that the network was trained on.
        unanswered: a sentence on why there is no answer; empty if the last layer gives a number for each class.
        shapes: the output shape of every layer; `shapes[0]` is the first layer's.

    Raises:
        CnntuiError: a layer does not fit its inputs or reads a layer that does not come before it, or two layers share
            a name.
    """

    layers: tuple[Layer, ...]
    input_shape: Shape
    scale: InputScale = ZERO_TO_ONE
    unanswered: str = ""

    def __post_init__(self) -> None:
        if not self.layers:
            raise CnntuiError("A network needs at least one layer.")
        names = [layer.name for layer in self.layers]
        for place, name in enumerate(names):
            if names.count(name) > 1:
                raise CnntuiError(f"Two layers of the network have the name '{name}'.", "Give each a name of its own.")
            for read in self._reads[place]:
                if read != IMAGE and read not in names[:place]:
                    raise CnntuiError(f"Layer '{name}' reads '{read}', which does not come before it.")
        _ = self.shapes

    @cached_property
    def _places(self) -> dict[str, int]:
        return {layer.name: place for place, layer in enumerate(self.layers)}

    @cached_property
    def _reads(self) -> tuple[tuple[str, ...], ...]:
        before = (IMAGE, *(layer.name for layer in self.layers))
        return tuple(layer.inputs or (name,) for layer, name in zip(self.layers, before, strict=False))

    @cached_property
    def _read_last(self) -> dict[int, list[str]]:
        """For each place in the network, the outputs that no layer after it reads."""
        last = {IMAGE: 0} | self._places
        for place, reads in enumerate(self._reads):
            last |= dict.fromkeys(reads, place)
        dropped: dict[int, list[str]] = {place: [] for place in range(len(self))}
        for name, place in last.items():
            dropped[place].append(name)
        return dropped

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        shapes = {IMAGE: self.input_shape}
        for layer, reads in zip(self.layers, self._reads, strict=True):
            shapes[layer.name] = layer.output_shape(*(shapes[name] for name in reads))
        return tuple(shapes[layer.name] for layer in self.layers)

    def of_kind(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """The layers of a kind, in order."""
        # Cached: this is needed at every move, and with a hundred layers it would take as long as drawing a line.
        if kind not in self._by_kind:
            self._by_kind[kind] = of_kind(self.layers, kind)
        return cast("tuple[Kind, ...]", self._by_kind[kind])

    @cached_property
    def _by_kind(self) -> dict[type[Layer], tuple[Layer, ...]]:
        return {}

    def get(self, name: str, kind: type[Kind]) -> Kind:
        """The layer with a given name, which must be of a given kind.

        Raises:
            CnntuiError: there is no layer with that name.
            ValueError: the layer is of another kind.
        """
        (layer,) = of_kind([self[name]], kind)
        return layer

    def has_maps(self, name: str) -> bool:
        """Whether a layer outputs maps with rows and columns, not a vector."""
        return len(self.output_shape_of(name)) == 3

    def reads(self, name: str) -> tuple[str, ...]:
        """The names of a layer's inputs: earlier layers, or `IMAGE`."""
        return self._reads[self.index(name)]

    def readers(self, name: str) -> tuple[Layer, ...]:
        """The layers that read a layer, or the image if `name` is `IMAGE`, in order."""
        return tuple(layer for layer, reads in zip(self.layers, self._reads, strict=True) if name in reads)

    def before(self, name: str) -> Layer | None:
        """The first layer that a layer reads; None if it reads the image."""
        read = self.reads(name)[0]
        return None if read == IMAGE else self[read]

    def after(self, name: str) -> Layer | None:
        """The first layer that reads a layer; None if no layer does."""
        return next(iter(self.readers(name)), None)

    def path_to(self, name: str) -> tuple[Layer, ...]:
        """The layers on the path from the image to a layer; each is the first input of the next."""
        path = [self[name]]
        while (before := self.before(path[-1].name)) is not None:
            path.append(before)
        return tuple(reversed(path))

    def shape_of(self, name: str) -> Shape:
        """The shape of a layer's output, or of the image if `name` is `IMAGE`."""
        return self.output_shape_of(name) if name != IMAGE else self.input_shape

    def input_shapes_of(self, name: str) -> tuple[Shape, ...]:
        """The shapes of all inputs of a layer."""
        return tuple(self.shape_of(read) for read in self.reads(name))

    @property
    def answer(self) -> Layer | None:
        """The layer that gives the answer, a number for each class; None if no layer does."""
        return None if self.unanswered else self.layers[-1]

    def answering(self) -> Layer:
        """The layer that gives the answer. Raises CnntuiError, with the reason, if there is none."""
        if self.unanswered:
            raise CnntuiError(self.unanswered, NO_ANSWER)
        return self.layers[-1]

    def without_answer(self, reason: str) -> Network:
        """The same network, except that no layer gives the answer."""
        return replace(self, unanswered=reason)

    @cached_property
    def outcome(self) -> str:
        """What made the last layer's numbers probabilities: "softmax" or "sigmoid"; empty if they are none."""
        known: dict[str, Probabilities | None] = {IMAGE: None}
        for layer, reads in zip(self.layers, self._reads, strict=True):
            shapes = [self.shape_of(name) for name in reads]
            known[layer.name] = probabilities_of(layer, shapes, [known[name] for name in reads])
        last = known[self.layers[-1].name]
        return last.function if last is not None and isclose(last.total, 1, abs_tol=1e-6) else ""

    @property
    def passes_probabilities(self) -> bool:
        """Whether the last layer only passes on, or averages, probabilities that other layers made."""
        return self.outcome != "" and self.layers[-1].activation != self.outcome

    @property
    def classes(self) -> int:
        """The number of classes to choose from, two of which may share one number; 0 if there is no answer."""
        return max(2, self.shapes[-1][-1]) if self.answer is not None else 0

    @property
    def parameters(self) -> int:
        """How many numbers training can change."""
        return sum(layer.parameters for layer in self.layers)

    def batch(self, most: int) -> int:
        """How many images to read at a time, at most `most`: in a large network, a single image may take a second."""
        return max(1, min(most, _MOST_IN_A_BATCH // self.flow))

    @property
    def flow(self) -> int:
        """How many numbers all layers together output for one image."""
        return sum(map(prod, self.shapes))

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __getitem__(self, name: str) -> Layer:
        """The layer with that name. Raises CnntuiError, with a list of the layers, if there is none."""
        return self.layers[self.index(name)]

    def index(self, name: str) -> int:
        """The place of a layer, from 0. Raises CnntuiError, with a list of the layers, if there is none."""
        if name not in self._places:
            raise CnntuiError(f"The network has no layer '{name}'.", f"Its layers are {', '.join(self._places)}.")
        return self._places[name]

    def input_shape_of(self, name: str) -> Shape:
        """The shape of the layer's input, or of the first of several."""
        return self.input_shapes_of(name)[0]

    def output_shape_of(self, name: str) -> Shape:
        """The shape of the layer's output."""
        return self.shapes[self.index(name)]

    def input_of(self, pixels: NDArray[np.uint8]) -> Floats:
        """The network's input, in float32, for images `(..., height, width, channels)` of levels from 0 to 255.

        Raises:
            CnntuiError: the scale is for a different number of channels.
        """
        return self.scale.applied(pixels)

    def forward(self, image: Floats) -> Activations:
        """Runs an image `(height, width, channels)` float32, or a batch of them, through every layer.

        Raises:
            CnntuiError: the image has a different shape than the network's input, or is not float32.
        """
        return Activations(self, image, {layer.name: activation for layer, activation in self.run(image)})

    def run(self, image: Floats, last: str | None = None) -> Iterator[tuple[Layer, LayerActivation]]:
        """Like `forward`, but layer by layer; an output is dropped as soon as no later layer reads it.

        Args:
            image: an image, or a batch of them.
            last: the name of the layer to stop after; None for the last layer.

        Raises:
            CnntuiError: as for `forward`, or there is no layer of that name.
        """
        if image.shape[-len(self.input_shape) :] != self.input_shape or image.dtype != np.float32:
            raise CnntuiError(
                f"The network takes {times(self.input_shape)} images in float32, "
                f"not {times(image.shape)} in {image.dtype}."
            )
        end = len(self) if last is None else self.index(last) + 1
        _keep_memory(2 * self.flow * (image.size // prod(self.input_shape)))
        outputs = {IMAGE: image}
        for place, layer in enumerate(self.layers[:end]):
            # A diverged network's infinities and NaN are shown, not warned about.
            with np.errstate(over="ignore", invalid="ignore"):
                activation = layer.forward(*(outputs[name] for name in self._reads[place]))
            yield layer, activation
            outputs[layer.name] = activation.output
            for name in self._read_last[place]:
                del outputs[name]

    def probabilities(self, images: Floats) -> Floats:
        """The probabilities of every class for images `(n, height, width, channels)` float32: `(n, classes)`.

        Memory use grows by a few hundred kilobytes for each image. A few dozen images at a time still fit into a
        processor's cache.

        Raises:
            CnntuiError: the network gives no answer.
        """
        self.answering()
        ((_, activation),) = deque(self.run(images), maxlen=1)
        return _probabilities(self, activation)


def _keep_memory(numbers: int) -> None:
    """Has the C library keep freed memory for the next pass, instead of returning all of it to the system.

    Memory that is new to the process takes longer to get than most layers take to compute what they write into it. On
    Linux, glibc keeps up to twice as much as the largest array that was ever freed (`man mallopt`, M_TRIM_THRESHOLD);
    where another library does otherwise, this does nothing.

    Args:
        numbers: about how many float32 numbers a pass computes.
    """
    np.empty(min(numbers, _MOST_IN_A_BATCH), np.float32)


def _for_both(sums: Floats) -> Floats:
    """`(..., 2)`: for a single sum z, the pair (0, z), as `sigmoid(z)` is the second number of `softmax(0, z)`."""
    return sums if sums.shape[-1] > 1 else np.concatenate([np.zeros_like(sums), sums], axis=-1)


def _probabilities(network: Network, last: LayerActivation) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        if last.output.shape[-1] > 1:
            return last.output if network.outcome else ops.softmax(last.output)
        if network.passes_probabilities:
            return np.concatenate([1 - last.output, last.output], axis=-1)
        return ops.softmax(_for_both(last.pre_activation))


def weights_of(network: Network) -> dict[str, dict[str, Floats]]:
    """The weights of every layer that has any, by layer name."""
    return {layer.name: layer.weights for layer in network if layer.weights}


def with_weights(network: Network, weights: Weights) -> Network:
    """The same architecture with new weights.

    Raises:
        CnntuiError: weights are missing, left over, or of another shape or type than the layer's own.
    """
    unknown = set(weights) - set(weights_of(network))
    if unknown:
        raise CnntuiError(f"There are weights for '{min(unknown)}', but the network has no such layer with weights.")
    return replace(network, layers=tuple(layer.with_weights(weights.get(layer.name, {})) for layer in network))
