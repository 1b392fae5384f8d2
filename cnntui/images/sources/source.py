"""What every reader of a data set offers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from cnntui.cnn.layers import Shape
from cnntui.values import dataclass

HINT = (
    "Use a .npz file like Keras's mnist.npz or MedMNIST's, MNIST's IDX files, a folder of pictures with a subfolder "
    "for each class, or a .csv of labels and pixels."
)

TRAIN, TEST, WHOLE = "train", "test", "whole"
"""The parts of a data set; 'whole' is a data set without parts."""

MOST_BYTES = 800_000_000
"""The most bytes for the images of a part: more than a million digits."""

MOST_CLASSES = 1000


@dataclass(frozen=True, eq=False)
class StoredPart:
    """Images and labels as a file stores them; they have not been checked in any way yet.

    Attributes:
        images: the images, of any type and shape.
        labels: the labels, of any type and shape.
        classes: the names of the classes; empty if the data set does not state them.
        notes: what was done to the images, a sentence each.
        first_label: the number of the first class in the original data set, which may count from 1.
    """

    images: NDArray[Any]
    labels: NDArray[Any]
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    first_label: int = 0


class Source(Protocol):
    """A data set on the disk."""

    @property
    def path(self) -> Path:
        """The file or folder."""

    @property
    def parts(self) -> Sequence[str]:
        """The parts that the data set has."""

    @property
    def files(self) -> Sequence[Path]:
        """The files of the data set, in an order that does not depend on the disk."""

    def read(self, part: str, shape: Shape | None) -> StoredPart:
        """The images of one of its parts.

        Args:
            part: the part to read.
            shape: the wanted height, width and channels, for images that have no common size.

        Raises:
            CnntuiError: the part is damaged or incomplete.
        """

    def labels(self, part: str) -> NDArray[Any]:
        """The labels of one of its parts alone: they may name classes that the other part lacks.

        Raises:
            CnntuiError: as for `read`.
        """
