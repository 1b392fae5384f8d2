"""The base of all layers: a value that knows its weights, its rules and its description.

Other code need not know the class of a layer. It asks the layer for the shape of its output, for what it computes, for
the input cells that an output cell depends on and the other way round, and for the terms of each number. The defaults
here suit a layer that handles each number separately.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.cells import Cells, Shape
from cnntui.cnn.layers.operation import Operation
from cnntui.cnn.ops import Floats, Pair
from cnntui.cnn.sliding import Sliding
from cnntui.cnn.window import ReceptiveField
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass

Activation = str
"""The name of the activation that is applied to a layer's sums, as in Keras; see `layers.activation`."""

Index = tuple[int, ...]
"""The place of a number in the activation of one image: `(row, column, map)`, or `(unit,)` in a vector."""


@dataclass(frozen=True, eq=False)
class LayerActivation:
    """The inputs and outputs of a layer.

    Attributes:
        inputs: the layer's inputs, one array for each layer that it reads.
        sums: the weighted sums, before the bias; the output itself for a layer without weights.
        output: the input of the next layer.
        bias: the bias that is added to the sums; None for a layer without weights.
    """

    inputs: tuple[Floats, ...]
    sums: Floats
    output: Floats
    bias: Floats | None = None

    @cached_property
    def pre_activation(self) -> Floats:
        """The sums and the bias, before ReLU or softmax; the output itself for a layer without weights."""
        # Computed only when needed: for many images it would take up as much memory again as the output.
        with np.errstate(over="ignore", invalid="ignore"):
            sums: Floats = self.sums if self.bias is None else self.sums + self.bias
        return sums

    @property
    def input(self) -> Floats:
        """The layer's input, or the first of several."""
        return self.inputs[0]


@dataclass(frozen=True, eq=False)
class Factors:
    """The terms of a number: numbers from the layer's inputs, each with its weight, and the bias.

    Attributes:
        indices: `(terms, axes)` int64, the place of each number in its input.
        values: `(terms,)` float32, the numbers.
        weights: `(terms,)` float32, their weights; None for a single number that is passed on unchanged.
        bias: the bias that is added to the terms; None if there is none.
        inputs: `(terms,)` int64, the input of the layer that each number comes from; None if all come from the first.
    """

    indices: NDArray[np.int64]
    values: Floats
    weights: Floats | None
    bias: float | None = None
    inputs: NDArray[np.int64] | None = None


@dataclass(frozen=True, eq=False)
class Layer(ABC):
    """One step of a network.

    Attributes:
        name: the layer's name, unique in its network.
        inputs: the names of the layers that it reads; empty if it reads the layer before it, or the image.
    """

    KIND: ClassVar[str]
    """A short name for this kind of layer."""
    IS_REARRANGED: ClassVar[bool] = False
    """Whether every output is one of the inputs, only in another place."""
    KEEPS_LEVELS: ClassVar[bool] = False
    """Whether every output is one of the inputs or 0."""
    CHOICE: ClassVar[str] = ""
    """The one of several inputs that every output is, such as "largest"; empty if the layer does not choose."""
    POOLS_CELLS: ClassVar[bool] = False
    """Whether every output stands for many cells of one map, such as their mean."""
    SCALES_LEVELS: ClassVar[bool] = False
    """Whether the layer only rescales numbers, by constants that training does not change."""
    SIGN: ClassVar[str] = "→"
    """The operator that is drawn between the layer's inputs."""
    MIXES_MAPS: ClassVar[bool] = False
    """Whether an output map is computed from all input maps, rather than only the one with the same number."""

    name: str
    inputs: tuple[str, ...] = field(default=(), kw_only=True)

    # Description

    @property
    def description(self) -> str:
        """What the layer does, in a few words."""
        return self.KIND

    @property
    def activation(self) -> Activation:
        """The activation that is applied to the layer's sums."""
        return "linear"

    # Weights

    @property
    def weights(self) -> dict[str, Floats]:
        """The weights that training changes, by role."""
        return {}

    def with_weights(self, weights: Mapping[str, Floats]) -> Self:
        """The same layer with other weights.

        Raises:
            CnntuiError: weights are missing, left over, or of another shape than the layer's own.
        """
        own = self.weights
        if left_over := set(weights) - set(own):
            raise CnntuiError(f"There is a {min(left_over)} for layer '{self.name}', which has none.")
        for role, array in own.items():
            if role not in weights:
                raise CnntuiError(f"There is no {role} for layer '{self.name}' among the weights.")
            if weights[role].shape != array.shape:
                raise CnntuiError(
                    f"The {role} for layer '{self.name}' is {times(weights[role].shape)}; "
                    f"the layer needs {times(array.shape)}."
                )
        changes: dict[str, Any] = {role: weights[role] for role in own}
        return replace(self, **changes) if changes else self

    @property
    def parameters(self) -> int:
        """How many numbers training can change."""
        return sum(array.size for array in self.weights.values())

    @property
    def parameter_sum(self) -> str:
        """The number of parameters as a sum: `2·2·32·64 + 64 = 8,256`; empty if there are none."""
        if not self.parameters:
            return ""
        terms = (
            "·".join(f"{length:,}" if length >= 10_000 else str(length) for length in array.shape)
            for array in self.weights.values()
        )
        return f"{' + '.join(terms)} = {self.parameters:,}"

    @property
    def saving(self) -> str:
        """How many parameters the layer saves against a full layer of its kind, in two sentences; may be empty."""
        return ""

    # Computation

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        """The shape of the output for one image. Raises CnntuiError when the inputs do not fit."""
        return input_shape

    @abstractmethod
    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        """The activation of the layer for some inputs, which may have a batch axis first."""

    @abstractmethod
    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        """The terms of one number in the output, before the activation, for one image."""

    def rule(self, index: Index, activation: LayerActivation) -> str:
        """One sentence on how a number in the output is computed; empty for layers with a view of their own."""
        return ""

    def operations(self, index: Index, activation: LayerActivation) -> tuple[Operation, ...]:
        """The operations from the input to one number in the output; empty if they are shown elsewhere."""
        return ()

    def folded_into(self, before: Layer) -> Layer | None:
        """The layer before this one, with this one folded into its weights; None if that is impossible."""
        return None

    # Which cells depend on which

    @property
    def sliding(self) -> Sliding | None:
        """How the layer's window slides over maps; None if the layer has no window."""
        return None

    @property
    def stride(self) -> Pair:
        """How many cells the window moves when the output cell moves by one."""
        return (1, 1) if self.sliding is None else self.sliding.stride

    @property
    def extent(self) -> Pair:
        """The height and width of the window on maps, holes included."""
        return (1, 1) if self.sliding is None else self.sliding.extent

    def maps_read(self, map: int, count: int) -> range:
        """The maps, out of `count` in the input, that one map of the output is computed from."""
        return range(count) if self.MIXES_MAPS else range(map, map + 1)

    def sources(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        """The cells of one input that some output cells are computed from."""
        return cells

    def readers(self, cells: Cells, input_shape: Shape, *others: Shape, input: int = 0) -> Cells:
        """The output cells that are computed from at least one of the given cells of one input."""
        return cells

    def receptive_field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField | None:
        """The receptive field of an output cell, if `before` is that of an input cell; None if it is no rectangle."""
        return before

    def subtotals(self, input: Floats, map: int) -> Floats:
        """The contribution of each input map to each cell of an output map: `(rows, columns, input maps)`."""
        raise NotImplementedError(f"the cells of {self.name} are not sums over several maps")


Kind = TypeVar("Kind", bound=Layer)


def of_kind(layers: Iterable[Layer], kind: type[Kind]) -> tuple[Kind, ...]:
    """The layers of a kind, in order."""
    return tuple(layer for layer in layers if isinstance(layer, kind))


def times(shape: Shape) -> str:
    """A shape as people write it: `(27, 27, 32)` is '27×27×32'."""
    return "×".join(str(length) for length in shape)


def check_is_a_map(name: str, input_shape: Shape) -> None:
    """Raises CnntuiError unless the input of a layer for maps is a stack of maps."""
    if len(input_shape) != 3:
        raise CnntuiError(
            f"Layer '{name}' needs maps with rows, columns and channels, but its input is {times(input_shape)}."
        )


def positions(name: str, sliding: Sliding, input_shape: Shape) -> Pair:
    """The rows and columns of positions of a layer's window. Raises CnntuiError, with the sum, if there are none."""
    found = sliding.positions(input_shape)
    for length, window, step, count, word in zip(
        input_shape, sliding.extent, sliding.stride, found, ("rows", "columns"), strict=False
    ):
        if count < 1:
            raise CnntuiError(
                f"Layer '{name}': a {times(sliding.extent)} window does not fit into a {times(input_shape[:2])} map: "
                f"({length} − {window}) // {step} + 1 leaves no {word}."
            )
    return found
