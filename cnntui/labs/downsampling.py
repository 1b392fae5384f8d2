"""One map downsampled by four methods: what each keeps, and what happens when the image is shifted by a pixel."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn import ops
from cnntui.cnn.layers import Shape
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats, Pair
from cnntui.cnn.receptive_field import receptive_field
from cnntui.images.data import DataSet
from cnntui.images.levels import Pixels
from cnntui.labs.learned_stride import SIZE, LearnedStride
from cnntui.labs.shift import shifted
from cnntui.labs.trainings import TrainingResult, read_training
from cnntui.values import dataclass

DIGITS = 200
"""How many images are shifted to measure how much stays in place."""

BATCH = 25
"""How many images are read at a time, so that their maps still fit into the processor's cache."""

WIDE_HEAD = 512
"""Units of the dense layer in the text's warning."""


class Downsampling(Enum):
    """The methods, with the names of the trainer's setting."""

    NONE = "none"
    MAX = "max"
    AVERAGE = "average"
    STRIDE = "stride"
    LEARNED = "learned"
    """A stride with weights learned for it; not a setting of the trainer, whose convolution itself has the stride."""


def smaller(maps: Floats, method: Downsampling, size: int, learned: LearnedStride | None = None) -> Floats:
    """Maps `(..., rows, columns, channels)`, downsampled.

    Args:
        maps: the output of a convolution.
        method: the method.
        size: the height and width of a pool's window, or the stride of a convolution. A convolution with a larger
            stride computes the same cells as one with stride 1, and leaves out those between.
        learned: the weights, if the method is a learned stride; they are for windows of one size.
    """
    match method:
        case Downsampling.NONE:
            return maps
        case Downsampling.MAX:
            return ops.max_pool2d(maps, (size, size))
        case Downsampling.AVERAGE:
            return ops.average_pool2d(maps, (size, size))
        case Downsampling.STRIDE:
            return maps[..., ::size, ::size, :]
        case Downsampling.LEARNED:
            assert learned is not None
            assert size == SIZE
            return learned.applied_to(maps)


def overlap(before: Floats, after: Floats) -> tuple[float, float]:
    """How much of two stacks of maps is the same at the same place, and how much there is of either: sums over cells.

    For each cell, the first sum takes the smaller of the two absolute values if their signs agree, and the second sum
    takes the larger. The quotient is 1 for equal maps and 0 for maps that have nothing in common (Ružička's
    similarity).
    """
    sizes = np.abs(before), np.abs(after)
    # A diverged network's NaN and infinities give NaN, and the texts say so.
    with np.errstate(invalid="ignore", over="ignore"):
        same = np.where(before * after > 0, np.minimum(*sizes), 0)
        return float(same.sum(dtype=np.float64)), float(np.maximum(*sizes).sum(dtype=np.float64))


def share(sums: tuple[float, float]) -> float:
    """The quotient of an overlap; NaN if both maps are blank."""
    same, either = sums
    return same / either if either > 0 else float("nan")


@dataclass(frozen=True)
class Probe:
    """The measurement: the layer of a network, and how far the images are shifted."""

    layer: str
    size: int
    shift: Pair
    """The shift down and to the right, in pixels."""


class Moved:
    """How much of all maps of a layer stays in place when the images are shifted, for each method of downsampling.

    One thread may read while another asks for the result so far.
    """

    def __init__(
        self, network: Network, data: DataSet, question: Probe | None, learned: LearnedStride | None = None
    ) -> None:
        """A measurement that has not begun.

        Args:
            network: the network that reads the images, up to the layer.
            data: the data set whose first `DIGITS` images are shifted.
            question: what to measure; None if the network has no maps.
            learned: the weights of a learned stride, if there are any for these maps and windows.
        """
        self.network = network
        self.data = data
        self.question = question
        self.count = min(DIGITS, len(data)) if question is not None else 0
        self.learned = learned
        methods = [method for method in Downsampling if method is not Downsampling.LEARNED or learned is not None]
        self._sums = dict.fromkeys(methods, (0.0, 0.0))
        self._done = 0

    @property
    def done(self) -> int:
        """How many images have been read, both unshifted and shifted."""
        return self._done

    @property
    def is_finished(self) -> bool:
        return self._done == self.count

    def read(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Read the images up to the last.

        Args:
            is_wanted: called before every batch; if it returns False, reading stops, and can be continued later.
        """
        question = self.question
        while question is not None and not self.is_finished and is_wanted():
            images = self.data.images[self._done : min(self._done + self.network.batch(BATCH), self.count)]
            before, after = (
                _maps(self.network, question.layer, pixels) for pixels in (images, shifted(images, *question.shift))
            )
            sums = {}
            for method, (same, either) in self._sums.items():
                more = overlap(*(smaller(maps, method, question.size, self.learned) for maps in (before, after)))
                sums[method] = same + more[0], either + more[1]
            self._sums = sums
            self._done += len(images)

    def shares(self) -> dict[Downsampling, float]:
        """The share of all maps that stays in place, for the images read so far; NaN before the first."""
        return {method: share(sums) for method, sums in self._sums.items()}


def _maps(network: Network, layer: str, images: Pixels) -> Floats:
    ((_, activation),) = deque(network.run(network.input_of(images), layer), maxlen=1)
    return activation.output


# Real networks with each method


@dataclass(frozen=True, eq=False)
class Trained(TrainingResult):
    """A network of the lesson with one method of downsampling, and the outcome of its training."""

    method: Downsampling

    @property
    def stages(self) -> tuple[tuple[str, Shape | None], ...]:
        """The shapes of the maps: after each convolution, and after each place for a pool, None if there is no pool."""
        stages: list[tuple[str, Shape | None]] = []
        for layer, shape in zip(self.network, self.network.shapes, strict=True):
            if not self.network.has_maps(layer.name):
                break
            if layer.MIXES_MAPS:
                stages += [(layer.name, shape), ("pool", None)]
            else:
                stages[-1] = "pool", shape
        return tuple(stages[:-1])

    @property
    def field(self) -> Pair:
        """The receptive field of a cell of the last feature maps."""
        return receptive_field(self.network, self.stages[-1][0]).size

    @property
    def wide_head(self) -> int:
        """How many parameters the head would have with 512 units: 512·h·w·depth weights, and a bias for each unit."""
        height, width, depth = self.flattened
        return WIDE_HEAD * height * width * depth + WIDE_HEAD


def trained(method: Downsampling) -> Trained:
    """The run with a given method that ships with cnntui.

    Raises:
        CnntuiError: the run is missing or damaged.
    """
    training = read_training(f"{method.value}-64-60000")
    return Trained(training.config, training.epochs, method)


PLACES = ("top left", "top right", "bottom left", "bottom right")
"""The cells of a 2×2 window, in reading order."""


def winners(map: Floats) -> NDArray[np.int64]:
    """`(4,)`: in how many 2×2 windows of a map `(rows, columns)` each cell alone holds the largest value."""
    windows = ops.windows(map[..., np.newaxis], (2, 2), (2, 2)).reshape(-1, 4)
    largest = windows == windows.max(axis=1, keepdims=True)
    return np.bincount(largest[largest.sum(axis=1) == 1].argmax(axis=1), minlength=4)


ORDER = (Downsampling.MAX, Downsampling.AVERAGE, Downsampling.STRIDE, Downsampling.NONE)
"""The order of the networks in the table."""
