"""Evaluates a network on all images of a set, batch by batch, and counts and orders the predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.network import Network
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet, Labels
from cnntui.values import dataclass

BATCH = 32
"""The most images that are read at a time: their activations still fit into the processor's cache."""

Indices = NDArray[np.int64]
"""Indices of images in the set, in some order."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """The predictions for the first images of a set.

    Attributes:
        data: all images, including those that have not been read yet.
        predicted: `(images read,)` int64, the most probable class of each.
        certainties: `(images read,)` float32, the probability of that class.
    """

    data: DataSet
    predicted: NDArray[np.int64]
    certainties: NDArray[np.float32]

    @property
    def labels(self) -> Labels:
        """`(all images,)` whole numbers: the class of each."""
        return self.data.labels

    @property
    def classes(self) -> int:
        """How many classes the data has."""
        return len(self.data.classes)

    @property
    def done(self) -> int:
        """How many images have been evaluated."""
        return len(self.predicted)

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.labels)

    @property
    def mistaken(self) -> NDArray[np.bool_]:
        """`(images evaluated,)`: whether the predicted class differs from the label."""
        mistaken: NDArray[np.bool_] = self.predicted != self.labels[: self.done]
        return mistaken

    @property
    def confusion(self) -> NDArray[np.int64]:
        """How often each class was predicted as each class: `(true classes, classes of the network)`."""
        classes = max(self.classes, int(self.predicted.max(initial=0)) + 1)
        pairs = self.labels[: self.done].astype(np.int64) * classes + self.predicted
        counts: NDArray[np.int64] = np.bincount(pairs, minlength=self.classes * classes)
        return counts.reshape(self.classes, classes)


def accuracies(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """The accuracy of each true class; NaN for a class without images so far."""
    totals = confusion.sum(axis=1)
    with np.errstate(invalid="ignore"):
        shares: NDArray[np.float64] = confusion.diagonal() / totals
    return shares


class Evaluation:
    """The evaluation of a network on all images. One thread may evaluate while another reads the result so far."""

    def __init__(self, network: Network, data: DataSet) -> None:
        """An evaluation that has not begun.

        Args:
            network: the network to evaluate.
            data: the images, read from the first to the last.
        """
        self.network = network
        self.data = data
        self._predictions = np.zeros(len(data), np.int64)
        self._certainties = np.zeros(len(data), np.float32)
        self._done = 0

    @property
    def predictions(self) -> Predictions:
        """The predictions so far; later ones do not change them."""
        done = self._done
        return Predictions(self.data, self._predictions[:done], self._certainties[:done])

    def read(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Read the images up to the last.

        Args:
            is_wanted: called before every batch; if it returns False, the evaluation stops, and can be continued later.
        """
        while self._done < len(self.data) and is_wanted():
            batch = slice(self._done, min(self._done + self.network.batch(BATCH), len(self.data)))
            probabilities = self.network.probabilities(self.network.input_of(self.data.images[batch]))
            self._predictions[batch] = probabilities.argmax(axis=1)
            self._certainties[batch] = probabilities.max(axis=1)
            # Set last and never reduced: what lies before it is not written again.
            self._done = batch.stop


@dataclass(frozen=True)
class Selection:
    """Which images, and in which order.

    Attributes:
        label: the true class of the images; None for all.
        read_as: the predicted class of the images; None for all.
        mistakes: only images whose predicted class differs from their label.
        unsure_first: by the probability of the predicted class, smallest first; otherwise in the order of the data set.
        surest_first: by that probability, largest first.
    """

    label: int | None = None
    read_as: int | None = None
    mistakes: bool = False
    unsure_first: bool = False
    surest_first: bool = False

    @property
    def needs_predictions(self) -> bool:
        """Whether only evaluated images can be selected."""
        return self.read_as is not None or self.mistakes or self.unsure_first or self.surest_first

    def of_class(self, label: int) -> Selection:
        """The same selection for one class; for all classes if it was that class already."""
        return replace(self, label=None if self.label == label and self.read_as is None else label, read_as=None)

    def indices(self, predictions: Predictions) -> Indices:
        """The images, in order; if predictions are needed, only those evaluated so far."""
        labels = predictions.labels[: predictions.done] if self.needs_predictions else predictions.labels
        chosen = np.ones(len(labels), np.bool_)
        if self.label is not None:
            chosen &= labels == self.label
        if self.read_as is not None:
            chosen &= predictions.predicted == self.read_as
        if self.mistakes:
            chosen &= predictions.mistaken
        places: Indices = np.flatnonzero(chosen)
        if self.unsure_first or self.surest_first:
            sign = -1 if self.surest_first else 1
            places = places[np.argsort(sign * predictions.certainties[places], kind="stable")]
        return places

    def words(self, data: DataSet) -> str:
        """The selection in words."""
        label = None if self.label is None else data.class_name(self.label)
        what = "all images" if label is None else f"true {label}"
        if self.read_as is not None:
            what += f" · predicted {data.class_name(self.read_as)}"
        if self.mistakes:
            what = "all mistakes" if label is None else f"mistakes on {label}"
        order = ", least certain first" if self.unsure_first else ", most certain first" if self.surest_first else ""
        return what + order


def index_in(text: str, data: DataSet) -> int:
    """The index of an image, given as text.

    Raises:
        CnntuiError: the text is not a whole number, or there is no such image.
    """
    written, count = text.strip().replace(",", ""), len(data)
    if not (written.isascii() and written.isdigit()):
        raise CnntuiError(f"‘{text.strip()}’ is not an index: images go from 0 to {count - 1:,}.")
    if len(written) > 18 or int(written) >= count:
        raise CnntuiError(f"There is no image {written[:18]}: they go from 0 to {count - 1:,}.")
    return int(written)


def class_in(text: str, data: DataSet) -> int | None:
    """The class that a text means: by its name, the beginning of it or a part of it, or by 'class' and its number.

    Returns:
        the class; None if no class matches, or more than one.
    """
    written = text.strip().casefold()
    word, _, number = written.partition(" ")
    if word == "class" and number.isascii() and number.isdigit() and len(number) < 9:
        return int(number) if int(number) < len(data.classes) else None
    names = [name.casefold() for name in data.classes]
    for matches in (str.__eq__, str.startswith, str.__contains__):
        found = [label for label, name in enumerate(names) if written and matches(name, written)]
        if found:
            return found[0] if len(found) == 1 else None
    return None
