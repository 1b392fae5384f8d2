"""How an image's stored levels become the network's input."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cnntui.files.errors import CnntuiError
from cnntui.printable import printable
from cnntui.values import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cnntui.cnn.ops import Floats

BRIGHTEST = 255
"""The highest level of a stored pixel; the lowest is 0."""


@dataclass(frozen=True)
class InputScale:
    """The scale that a network was trained on: (level − mean) ÷ deviation, with levels from 0 to 255.

    Attributes:
        mean: the level that becomes 0; one for all channels, or one for each.
        deviation: the difference in levels that becomes 1; one for all channels, or one for each. Negative if light and
            dark are swapped.

    Raises:
        CnntuiError: a number is not finite, or a deviation is 0.
    """

    mean: tuple[float, ...] = (0.0,)
    deviation: tuple[float, ...] = (float(BRIGHTEST),)

    def __post_init__(self) -> None:
        numbers = (*self.mean, *self.deviation)
        if not self.mean or not self.deviation or not all(map(math.isfinite, numbers)) or 0 in self.deviation:
            raise CnntuiError(
                f"There is no input scale with mean {_listed(self.mean)} and deviation {_listed(self.deviation)}.",
                "Both are finite numbers, and the deviation is not 0.",
            )

    def applied(self, pixels: NDArray[Any]) -> Floats:
        """The network's input, in float32, for images `(..., height, width, channels)` of levels from 0 to 255.

        Raises:
            CnntuiError: the images have a different number of channels than the scale.
        """
        import numpy as np  # A run states its scale, and runs are listed without NumPy.

        channels = pixels.shape[-1]
        if not {len(self.mean), len(self.deviation)} <= {1, channels}:
            raise CnntuiError(
                f"The input scale is for {max(len(self.mean), len(self.deviation))} channels, "
                f"but the images have {channels}."
            )
        levels: Floats = pixels.astype(np.float32)
        if any(self.mean):
            levels -= np.array(self.mean, np.float32)
        levels /= np.array(self.deviation, np.float32)
        return levels

    @property
    def brightest(self) -> float | None:
        """The number that the highest level becomes if the lowest becomes 0 in all channels; None for other scales."""
        if any(self.mean) or len({*self.deviation}) > 1 or self.deviation[0] < 0:
            return None
        return BRIGHTEST / self.deviation[0]

    @property
    def written(self) -> str:
        """The scale in the form that `parse_scale` reads."""
        return _NAMES.get(self, ",".join(f"{number:.9g}" for number in (*self.mean, *self.deviation)))

    def __str__(self) -> str:
        """As people write it: '0..1', '0..255', '-1..1', '1..0 (inverted)', or mean and deviation of the levels."""
        if self == INVERTED:
            return f"{_NAMES[self]} (inverted)"
        return _NAMES.get(self, f"mean {_listed(self.mean)}, deviation {_listed(self.deviation)}")


ZERO_TO_ONE = InputScale()
"""Levels divided by 255."""

RAW = InputScale(deviation=(1.0,))
"""Levels as stored, for networks that scale their input in a layer of their own."""

MINUS_ONE_TO_ONE = InputScale((BRIGHTEST / 2,), (BRIGHTEST / 2,))

INVERTED = InputScale((float(BRIGHTEST),), (-float(BRIGHTEST),))
"""1 − level ÷ 255: for dark strokes on light paper."""

_NAMES = {ZERO_TO_ONE: "0..1", RAW: f"0..{BRIGHTEST}", MINUS_ONE_TO_ONE: "-1..1", INVERTED: "1..0"}


def parse_scale(text: str) -> InputScale:
    """The scale that a text names: `0..1`, `-1..1`, or means and deviations of the levels, such as `33.4,78.7`.

    Raises:
        CnntuiError: the text is not a scale.
    """
    words = text.strip().replace("−", "-")
    for scale, name in _NAMES.items():
        if words == name:
            return scale
    try:
        numbers = tuple(float(part) for part in words.split(","))
    except ValueError:
        numbers = ()
    if not numbers or len(numbers) % 2:
        raise CnntuiError(
            f"‘{printable(text)}’ is not an input scale.",
            f"Write {', '.join(_NAMES.values())}, or MEAN,DEVIATION in levels from 0 to {BRIGHTEST}; for several "
            "channels all means, then all deviations.",
        )
    half = len(numbers) // 2
    return InputScale(numbers[:half], numbers[half:])


def _listed(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)
