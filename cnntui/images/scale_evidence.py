"""Finds the input scale of a network that does not state it, and the evidence for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from math import prod, sqrt

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.input_scale import BRIGHTEST, INVERTED, MINUS_ONE_TO_ONE, RAW, ZERO_TO_ONE, InputScale
from cnntui.cnn.network import Network
from cnntui.cnn.own_scaling import own_scaling
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.values import dataclass

MOST_IMAGES, LEAST_IMAGES = 300, 20
"""The number of images that each scale is measured on: fewer for a large network."""

MOST_WORK = 3e9
"""The multiplications of all measurements, roughly: half a second."""

WORK_OF_A_CALL = 600_000
"""Multiplications that take as long as to call a layer at all, which counts in networks of hundreds of layers."""

BATCH = 50

BETTER, MUCH_BETTER = 2.0, 5.0
"""Standard errors by which one accuracy must exceed another: if the loss is smaller too, or whatever the losses."""

AS_GOOD = 3.0
"""Standard errors within which two accuracies count as equal."""

MUCH_SURER, LEAST_GAIN = 2.0, 0.3
"""If accuracies may be equal: the factor and the difference by which the mean loss at 0..1 must exceed that at another
scale. Multiplying its input makes a network more certain, so even a network that has learned little gains from a wrong
scale: up to 0.2 if it distinguishes ten digits."""

FAR = BRIGHTEST / 4
"""In levels: a scale that moves black farther from 0 disturbs a network that was not trained with it, however certain
the network becomes. The loss need not fall as much for such a scale."""

MOST_LOSS = 14.0
"""The largest loss that counts for one image."""

SAMPLE = 1000
"""How many images the mean and deviation of a data set are computed from."""


class ScaleSource(Enum):
    """Where a scale comes from."""

    LAYER = "layer"
    MEASURED = "measured"
    ASSUMED = "assumed"
    CHOSEN = "chosen"


@dataclass(frozen=True)
class Score:
    """How well a network predicts at one scale.

    Attributes:
        scale: the scale.
        right: the number of images that it predicts correctly.
        loss: its mean loss, −log of the probability of the true class.
    """

    scale: InputScale
    right: int
    loss: float


@dataclass(frozen=True)
class ScaleEvidence:
    """The input scale of a network, and the evidence for it.

    Attributes:
        scale: the scale at which the network reads its images.
        source: where the scale comes from.
        choices: all scales that the user may choose from.
        scores: one score for each choice that was measured.
        count: the number of images that each choice was measured on.
        images: the name of these images, such as "test digits".
        layer: the network's own layer that scales its input.
        tied: another scale that is nearly as good; None if there is none.
        near_chance: whether no scale is much better than guessing.
        is_finite: whether any image has a finite probability, at any scale.
        reason: why nothing was measured.
    """

    scale: InputScale
    source: ScaleSource
    choices: tuple[InputScale, ...]
    scores: tuple[Score, ...] = ()
    count: int = 0
    images: str = ""
    layer: str = ""
    tied: InputScale | None = None
    near_chance: bool = False
    is_finite: bool = True
    reason: str = ""

    @property
    def is_chosen(self) -> bool:
        """Whether the user has chosen the scale."""
        return self.source is ScaleSource.CHOSEN

    @property
    def is_guessed(self) -> bool:
        """Whether neither the network nor the user has stated the scale."""
        return self.source in (ScaleSource.MEASURED, ScaleSource.ASSUMED)

    @property
    def is_doubtful(self) -> bool:
        """Whether the scale may well be wrong."""
        return self.near_chance or self.source is ScaleSource.ASSUMED or (self.is_guessed and self.scale != ZERO_TO_ONE)

    def chosen(self, scale: InputScale) -> ScaleEvidence:
        """The evidence after the user has chosen a scale."""
        choices = self.choices if scale in self.choices else (*self.choices, scale)
        return replace(self, scale=scale, source=ScaleSource.CHOSEN, choices=choices, layer="")

    def score(self, scale: InputScale) -> Score | None:
        """The score at a scale; None if it was not measured."""
        return next((score for score in self.scores if score.scale == scale), None)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The scale and its evidence in one or two sentences, the longest form first."""
        head = f"Input {self.scale}"
        match self.source:
            case ScaleSource.LAYER:
                return f"{head}: the network's own layer {self.layer} scales it.", f"{head}: {self.layer} scales it."
            case ScaleSource.ASSUMED:
                return f"{head} is assumed: {self.reason}.", f"{head} is assumed."
            case ScaleSource.CHOSEN:
                head += ", chosen by you"
        own = self.score(self.scale)
        if own is None:
            return (f"{head}.",)
        if not self.is_finite:
            return (
                f"{head}: at every scale the network's numbers are not finite, so images cannot tell which it is.",
                f"{head}: its numbers are not finite.",
            )
        if self.near_chance:
            best = max(self.scores, key=lambda score: score.right)
            most = f"at most {self._share(best)} of {self.count} {self.images} right ({best.scale.written})"
            return (
                f"{head}: near chance at every scale, {most}. It is untrained, or its classes are others.",
                f"{head}: near chance at every scale: {most}.",
                f"{head}: near chance at every scale.",
            )
        reads = f"{head}: reads {self._share(own)} of {self.count} {self.images} right"
        others = sorted((score for score in self.scores if score is not own), key=lambda score: -score.right)
        first = next((score for score in others if score.scale == self.tied), others[0])
        others.remove(first)
        listed = [f"{score.scale.written}: {self._share(score)}" for score in (first, *others)]
        doubt = f"; {self.tied.written} is as good" if self.tied not in (None, self.scale) else ""
        return (
            f"{reads}; {'; '.join(listed)}.",
            f"{reads}; {'; '.join(listed[:2])}.",
            f"{reads}; {listed[0]}.",
            f"{head}: {self._share(own)} right of {self.count}{doubt}.",
            f"{head}: {self._share(own)} right.",
        )

    def fitting(self, width: int) -> str:
        """The longest sentence that fits into some columns, or else the shortest."""
        return next((said for said in self.sentences if len(said) <= width), self.sentences[-1])

    def _share(self, score: Score) -> str:
        return f"{score.right / self.count:.1%}"


def found(network: Network, labelled: Callable[[], DataSet]) -> ScaleEvidence:
    """The input scale of a network that does not state it: known from its first layers, measured, or assumed.

    Args:
        network: the network.
        labelled: reads images of the network's size and classes; raises CnntuiError with the reason if there are none.
    """
    if (own := own_scaling(network)) is not None:
        return ScaleEvidence(own.scale, ScaleSource.LAYER, candidates(network), layer=own.layer)
    count, reason = image_count(network), "the network is too large to be tried on images within a second"
    if network.answer is None:
        reason = "the network gives no answer to try it by"
    elif count >= LEAST_IMAGES:
        try:
            return measured(network, labelled(), count)
        except CnntuiError as error:
            reason = error.message.removesuffix(".")
    return ScaleEvidence(ZERO_TO_ONE, ScaleSource.ASSUMED, candidates(network), reason=reason)


def measured(network: Network, data: DataSet, count: int) -> ScaleEvidence:
    """The scale at which a network predicts labelled images best.

    0..1 is chosen unless another scale is clearly better, by the number of correct predictions or, if these are equal,
    by how certain the network is of the true class.
    """
    choices = candidates(network, data)
    # Spread over all images, which may be ordered by class.
    places = np.linspace(0, len(data) - 1, min(count, len(data))).astype(np.int64)
    images, labels = data.images[places], data.labels[places]
    right, loss, is_finite = np.stack([_read(network, images, labels, scale) for scale in choices], axis=1)
    scores = tuple(
        Score(scale, int(rights.sum()), float(losses.mean()))
        for scale, rights, losses in zip(choices, right, loss, strict=True)
    )
    first = choices.index(ZERO_TO_ONE)
    better = [place for place in range(len(choices)) if _beats(right, loss, choices, place, first)]
    chance = float(np.bincount(data.labels.astype(np.int64)).max()) / len(data)
    near_chance = int(right.sum(axis=1).max()) <= len(labels) * _least_share(chance, len(labels))
    chosen = min(better, key=lambda place: scores[place].loss, default=first) if not near_chance else first
    tied = [place for place in range(len(choices)) if place != chosen and _gain(right[place], right[chosen]) > -BETTER]
    return ScaleEvidence(
        choices[chosen], ScaleSource.MEASURED, choices, scores, len(labels), "test images",
        tied=choices[min(tied, key=lambda place: scores[place].loss)] if tied else None, near_chance=near_chance,
        is_finite=bool(is_finite.any()),
    )  # fmt: skip


def candidates(network: Network, data: DataSet | None = None) -> tuple[InputScale, ...]:
    """The scales that are common in training; mean and deviation are those of the data, or of MNIST."""
    own = (standardized(data),) if data is not None else ()
    if data is None and network.input_shape == mnist.SHAPE:
        own = (InputScale((mnist.MEAN,), (mnist.DEVIATION,)),)
    return ZERO_TO_ONE, RAW, MINUS_ONE_TO_ONE, *own, INVERTED


def standardized(data: DataSet) -> InputScale:
    """The scale that subtracts the mean of the levels and divides by their deviation, for each channel."""
    if data.sha256 == mnist.SHA256:
        return InputScale((mnist.MEAN,), (mnist.DEVIATION,))
    sample = data.images[np.linspace(0, len(data) - 1, min(SAMPLE, len(data))).astype(np.int64)]
    levels = sample.reshape(-1, sample.shape[-1])
    means, deviations = levels.mean(axis=0, dtype=np.float64), levels.std(axis=0, dtype=np.float64)
    # Images that are all equal have no deviation to divide by.
    return InputScale(_rounded(means), _rounded(np.maximum(deviations, 1)))


def image_count(network: Network) -> int:
    """How many images can be measured at all scales within the time allowed."""
    work = WORK_OF_A_CALL * len(network) // network.batch(BATCH)
    for layer, shape in zip(network, network.shapes, strict=True):
        places = prod(shape[:-1])
        work += prod(shape) + places * sum(array.size for array in layer.weights.values() if array.ndim > 1)
    return min(MOST_IMAGES, int(MOST_WORK / len(candidates(network)) / max(1, work)))


def _read(network: Network, images: NDArray[np.uint8], labels: NDArray[np.integer], scale: InputScale
          ) -> NDArray[np.float64]:  # fmt: skip
    """`(3, images)`: 1 for each right prediction, its loss, and 1 if its probabilities are finite."""
    rows = []
    size = network.batch(BATCH)
    for begin in range(0, len(labels), size):
        batch = slice(begin, begin + size)
        probabilities = network.probabilities(scale.applied(images[batch]))
        true = probabilities[np.arange(len(probabilities)), labels[batch]].astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            loss = np.nan_to_num(np.minimum(-np.log(true), MOST_LOSS), nan=MOST_LOSS)
        is_finite = np.isfinite(probabilities).all(axis=-1)
        rows.append(np.stack([is_finite & (probabilities.argmax(axis=-1) == labels[batch]), loss, is_finite]))
    return np.concatenate(rows, axis=1)


def _beats(
    right: NDArray[np.float64], loss: NDArray[np.float64], choices: tuple[InputScale, ...], place: int, first: int
) -> bool:
    """Whether a scale is better than the first one by more than chance allows with so few images."""
    gain, losses = _gain(right[place], right[first]), loss.mean(axis=1)
    needed = LEAST_GAIN if max(choices[place].mean) < FAR else 0.0
    return (
        gain > MUCH_BETTER
        or (gain > BETTER and losses[place] < losses[first])
        or (gain > -AS_GOOD and losses[first] > max(losses[place] * MUCH_SURER, losses[place] + needed))
    )


def _gain(right: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """By how many standard errors more of the same images are right (McNemar's test)."""
    won, lost = int((right > other).sum()), int((other > right).sum())
    return (won - lost) / sqrt(max(1, won + lost))


def _least_share(chance: float, count: int) -> float:
    """The share of right predictions above which a network does more than guess."""
    error = sqrt(chance * (1 - chance) / count)
    return chance + max(3 * error, min(1.5 * chance, (1 - chance) / 6))


def _rounded(numbers: Sequence[float] | NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(number), 1) for number in numbers)
