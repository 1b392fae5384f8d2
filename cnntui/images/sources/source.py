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
"""The parts of a data set; the whole is one without parts."""

MOST_BYTES = 800_000_000
"""The most bytes for the images of a part: more than a million digits."""

MOST_CLASSES = 1000


@dataclass(frozen=True, eq=False)
class StoredPart:
    """Images and labels as a file has them; nothing about them has been checked yet.

    Attributes:
        images: of any type and shape.
        labels: of any type and shape.
        classes: the names of the classes; empty where the data set does not say them.
        notes: what was done to the images, a sentence each.
        first_label: what the first class is called by number where the data set comes from, which counts from there.
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
        """Which parts it has."""

    @property
    def files(self) -> Sequence[Path]:
        """The files that it is made of, in an order that does not depend on the disk."""

    def read(self, part: str, shape: Shape | None) -> StoredPart:
        """The images of a part that it has.

        Args:
            part: which one.
            shape: height, width and channels that are wanted, for what has none of its own.

        Raises:
            CnntuiError: the part is damaged or incomplete.
        """

    def labels(self, part: str) -> NDArray[Any]:
        """The labels of a part that it has, alone: they may have classes that the other part lacks.

        Raises:
            CnntuiError: as for `read`.
        """
