"""Real bundled trainings for the labs to compare: their settings, and the end of each epoch."""

from __future__ import annotations

from functools import cached_property
from statistics import median
from typing import ClassVar

from cnntui.cnn.arithmetic import difference
from cnntui.cnn.layers import Dense, Shape
from cnntui.cnn.network import Network
from cnntui.files.errors import CnntuiError
from cnntui.runs.config.architecture import network_of
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.run_directory import lab_run
from cnntui.runs.history.events import EpochEnd
from cnntui.runs.listing.glance import epochs_of
from cnntui.values import dataclass

_HINT = "Install cnntui again."


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """The result of a training.

    Attributes:
        config: the settings of the training.
        epochs: the ends of its epochs, at least one. Loss and accuracy are means over the batches of an epoch, each
            measured before the network learned from it; those on the test images are from the end of the epoch.
    """

    config: RunConfig
    epochs: tuple[EpochEnd, ...]

    @cached_property
    def network(self) -> Network:
        """The layers of the network without weights: only their shapes and parameter counts are used."""
        return network_of(self.config)

    @property
    def parameters(self) -> int:
        """How many numbers the training changed."""
        return self.network.parameters

    @property
    def flattened(self) -> Shape:
        """`(h, w, depth)` of the last feature maps."""
        return self.network.input_shape_of("flatten")

    @property
    def head(self) -> Dense:
        """The dense layer after the last feature maps."""
        return self.network.of_kind(Dense)[0]

    @property
    def last(self) -> EpochEnd:
        return self.epochs[-1]

    SHOWN: ClassVar[int] = 4
    """Decimals of the accuracies shown beside the gap: 4 means hundredths of a percent."""

    @property
    def gap(self) -> float:
        """Training accuracy minus test accuracy at the end, both as printed."""
        return difference(self.last.accuracy, self.last.test_accuracy, self.SHOWN)

    @property
    def seconds(self) -> float:
        """The median wall time of an epoch."""
        return median(end.seconds for end in self.epochs)


def read_training(name: str) -> TrainingResult:
    """A training that ships with cnntui only as its history, by name.

    Raises:
        CnntuiError: the history is missing or damaged.
    """
    run = lab_run(name)
    config, epochs = run.read_config(), epochs_of(run)
    if len(epochs) < config.learning.epochs:
        raise CnntuiError(
            f"The history {name} is damaged: it tells of {len(epochs)} of {config.learning.epochs} epochs.", _HINT
        )
    return TrainingResult(config, epochs)
